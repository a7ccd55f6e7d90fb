"""Do the composer and the guard agree on what a product is? Every field, tone and language.

python -m tests.bench guard_agreement [--files FOLDER] [--only NAME] [--show N]
A text of the composer that the guard blocks is a fault of one of the two.
"""

import argparse
import json
import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import django

SHOWN_SPANS = 60


def main(argv: Sequence[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecomportal.settings")
    django.setup()
    parser = argparse.ArgumentParser(prog="python -m tests.bench guard_agreement")
    parser.add_argument("--files", type=Path, help="a folder with product files (shopify_*.csv)")
    parser.add_argument("--only", default="", help="only this source")
    parser.add_argument("--field", default="", help="only this field")
    parser.add_argument("--lang", default="", help="only this language")
    parser.add_argument("--every", type=int, default=1, help="only each n-th product")
    parser.add_argument("--show", type=int, default=0, help="print this many faults of each sort")
    options = parser.parse_args(argv)
    print(json.dumps(measure(options)))
    return 0


def measure(options: argparse.Namespace) -> dict[str, float]:
    """Shares of blocked texts, by source, language and field."""
    from aiassist.copywriting.engine import FIELDS
    from tests.bench.guard_products import sources

    fields = [options.field] if options.field else FIELDS
    langs = [options.lang] if options.lang else ["en", "zh"]
    shares: dict[str, float] = {}
    faults: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for name, found in sources(options.files):
        if options.only and options.only != name:
            continue
        for lang in langs:
            for field in fields:
                asked = found[:: options.every]
                shares[f"{name} {lang} {field}"] = _share(asked, lang, field, faults)
                print(f"{name:20} {lang} {field:16} {shares[f'{name} {lang} {field}']:.4f}")
    _print_faults(faults, options.show)
    return {"worst": max(shares.values()), "mean": sum(shares.values()) / len(shares)}


def _share(found: list, lang: str, field: str, faults: dict) -> float:
    from aiassist.copywriting.checking import BLOCK
    from aiassist.copywriting.composer import Composer
    from aiassist.copywriting.engine import TONES, DraftText
    from aiassist.copywriting.guard import check

    composer, counts = Composer(), Counter()
    for product in found:
        policy, facts = product.policy(lang), product.facts
        for tone in TONES:
            answer = composer.generate([product.request(lang, field, tone)])[0]
            if not isinstance(answer, DraftText):
                continue
            blocking = [f for f in check(answer.text, facts, policy) if f.level == BLOCK]
            counts[bool(blocking)] += 1
            for finding in blocking:
                key = (lang, finding.rule, finding.span_text.lower())
                faults[key].append(f"[{product.name}] {answer.text}")
    return counts[True] / max(1, counts.total())


def _print_faults(faults: dict, n_shown: int) -> None:
    ordered = sorted(faults.items(), key=lambda item: -len(item[1]))
    for (lang, rule, span), texts in ordered[: SHOWN_SPANS if n_shown else 0]:
        print(f"{len(texts):5} {lang} {rule:16} {span}")
        for text in texts[:n_shown]:
            print(f"        {text[:420]}")
