"""The grounded composer over unseen products: claims, coverage, grammar, variety, speed.

The claim check does not use the composer. It takes everything traceable to a fact out of
a text (values, quantities, labels, the name, the brand, the type) and asks whether what
stays is in a closed list of function words; words that belong to one kind of fact
("weighs", "warranty") are let through only where the product has that fact.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence

from aiassist.copywriting.composer import Composer
from aiassist.copywriting.engine import DraftText
from tests.bench.composer_grammar import grammar_errors
from tests.bench.composer_products import Unseen, products
from tests.bench.composer_residue import unsupported

LANGS = ("en", "zh")
SEED = 20_260_117


def run(argv: Sequence[str]) -> dict[str, float]:
    options = _options(argv)
    unseen = products(options.products, options.seed)
    requests = [(product, lang) for product in unseen for lang in LANGS]
    composer = Composer()
    composer.generate([unseen[0].request(lang) for lang in LANGS])  # tables are read once
    start = time.process_time()
    drafts = composer.generate([product.request(lang) for product, lang in requests])
    seconds = time.process_time() - start
    found = Found(options.show)
    for (product, lang), draft in zip(requests, drafts, strict=True):
        found.look(product, lang, draft)
    return found.figures() | {"texts_per_second": round(len(drafts) / seconds)}


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench composer")
    parser.add_argument("--products", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--show", type=int, default=5, help="failures printed of each sort")
    return parser.parse_args(argv)


class Found:
    """What the checks found, with the first few examples printed."""

    def __init__(self, n_shown: int) -> None:
        self.n_shown = n_shown
        self.counts: Counter[str] = Counter()
        self.texts: list[str] = []
        self.n_must, self.n_told = 0, 0

    def look(self, product: Unseen, lang: str, draft: object) -> None:
        if not isinstance(draft, DraftText):
            self._note("no_text", f"{product.name}: {draft}")
            return
        self.texts.append(_shape(draft.text, product))
        for word in unsupported(draft.text, product, lang):
            self._note("unsupported", f"{word!r} in: {draft.text}")
        for error in grammar_errors(draft.text, product, lang):
            self._note("grammar", f"{error} in: {draft.text}")
        self._cover(product, lang, draft)

    def _cover(self, product: Unseen, lang: str, draft: DraftText) -> None:
        for given in product.must_have():
            self.n_must += 1
            words = given.zh if lang == "zh" else given.en
            if given.kind.type == "list":
                told = all(word.lower() in draft.text.lower() for word in words)
            else:
                told = any(word.lower() in draft.text.lower() for word in words)
            self.n_told += told
            if not told:
                self._note("must_have", f"{given.fact.key}={words} not in: {draft.text}")

    def _note(self, sort: str, example: str) -> None:
        self.counts[sort] += 1
        if self.counts[sort] <= self.n_shown:
            print(f"[{sort}] {example}")

    def figures(self) -> dict[str, float]:
        return {
            "texts": len(self.texts),
            "no_text": self.counts["no_text"],
            "unsupported_claims": self.counts["unsupported"],
            "must_have_coverage": self.n_told / self.n_must if self.n_must else 0.0,
            "grammar_errors": self.counts["grammar"],
            "distinct_share": round(len(set(self.texts)) / max(1, len(self.texts)), 4),
        }


def _shape(text: str, product: Unseen) -> str:
    """The text without its name and values: two texts are distinct only if their build is."""
    for words in sorted(
        (w for given in product.given for w in (*given.en, *given.zh)), key=len, reverse=True
    ):
        text = text.replace(words, "#")
    return text.replace(product.name, "@").replace(product.brand, "@")


def main(argv: Sequence[str]) -> int:
    figures = run(argv)
    is_clean = (
        figures["no_text"] == figures["unsupported_claims"] == figures["grammar_errors"] == 0
        and figures["must_have_coverage"] == 1.0
    )
    print(json.dumps(figures))
    return 0 if is_clean else 1
