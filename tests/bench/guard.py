"""How much does the guard catch, and how often does it cry wolf?

python -m tests.bench guard                    planted mistakes in hand-written styles
"made_with" was open while the guard was written. "held_out" and "held_out_2" were written after
it; their false alarms then widened the word lists, so only their first figures were unseen.

python -m tests.bench guard --drafts FILE      any JSONL of {lang, facts, text, corruption, span}
"""

import argparse
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aiassist.copywriting.engine import Fact
from aiassist.copywriting.guard import Finding, Policy, check
from tests.bench.guard_corrupt import CLASSES, Case, plant
from tests.bench.guard_texts import styled_texts, written_texts

SEEDS = 6


@dataclass(frozen=True)
class Sample:
    half: str
    lang: str
    policy: Policy
    facts: tuple[Fact, ...]
    text: str
    corruption: str | None
    spans: tuple[tuple[int, int], ...]


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench guard", description=__doc__)
    parser.add_argument("--drafts", type=Path, help="a JSONL file of drafts with their truth")
    parser.add_argument("--show", type=int, default=0, help="print this many misses of each kind")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    options = parser.parse_args(argv)
    if options.drafts:
        samples = list(drafts_of(options.drafts))
    else:
        samples = list(planted_samples(seeds=options.seeds))
    report(samples, show=options.show)
    return 0


def drafts_of(path: Path) -> Iterator[Sample]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            yield _draft(json.loads(line))


def _draft(row: dict[str, Any]) -> Sample:
    facts = tuple(
        Fact(str(n), f["key"], str(f["value"]), None, f.get("unit") or "")
        for n, f in enumerate(row["facts"])
    )
    span = row.get("span")
    if isinstance(span, str):
        at = row["text"].find(span)
        span = [at, at + len(span)] if at >= 0 else None
    spans = (
        tuple(tuple(s) for s in (span if span and isinstance(span[0], list) else [span]))
        if span
        else ()
    )
    policy = Policy(lang=row["lang"], name=row.get("name", ""), brand=row.get("brand", ""))
    return Sample("file", row["lang"], policy, facts, row["text"], row.get("corruption"), spans)


def planted_samples(*, seeds: int) -> Iterator[Sample]:
    """Every clean text once, and once more with each class of mistake it has room for."""
    for half, _, case, text in clean_texts(seeds=seeds):
        yield _sample(half, case, text, None, ())
        for kind in CLASSES:
            rng = random.Random(f"{kind}{case.id}{text}")
            planted = plant(text, replace(case, half=half.removesuffix("_2")), kind, rng)
            if planted and planted[0] != text:
                yield _sample(half, case, planted[0], kind, tuple(planted[1]))


def clean_texts(*, seeds: int) -> Iterator[tuple[str, str, Case, str]]:
    for lang in ("en", "zh"):
        for style, case, text in styled_texts("styles", lang, seeds=seeds):
            yield "made_with", style, case, text
        for style, case, text in styled_texts("held_out_styles", lang, seeds=seeds):
            yield "held_out", style, case, text
    for half, name in (
        ("made_with", "practice"),
        ("held_out", "held_out"),
        ("held_out_2", "held_out_2"),
    ):
        for style, case, text in written_texts(name):
            yield half, style, case, text


def _sample(
    half: str, case: Case, text: str, corruption: str | None, spans: tuple[tuple[int, int], ...]
) -> Sample:
    facts = tuple(Fact(k, key, v, None, u) for k, (key, v, u) in case.facts.items())
    policy = Policy(lang=case.lang, name=case.name, brand=case.brand, product_type=case.type)
    return Sample(half, case.lang, policy, facts, text, corruption, spans)


def _is_caught(sample: Sample, findings: Sequence[Finding]) -> bool:
    """A finding that blocks and touches the planted place; one elsewhere does not count."""
    blocking = [f for f in findings if f.level == "block"]
    if not sample.spans:
        return bool(blocking)
    return any(f.start < end and start < f.end for f in blocking for start, end in sample.spans)


def report(samples: Sequence[Sample], *, show: int) -> None:
    caught: dict[tuple[str, str, str], Counter[bool]] = defaultdict(Counter)
    alarms: dict[tuple[str, str], Counter[bool]] = defaultdict(Counter)
    misses: dict[str, list[str]] = defaultdict(list)
    started = time.process_time()
    for sample in samples:
        findings = check(sample.text, sample.facts, sample.policy)
        _count(sample, findings, caught=caught, alarms=alarms, misses=misses)
    seconds = time.process_time() - started
    _print_misses(misses, show)
    _print_table(caught, alarms)
    print(json.dumps(_summary(caught, alarms, len(samples) / max(seconds, 1e-9))))


def _count(
    sample: Sample,
    findings: Sequence[Finding],
    *,
    caught: dict[tuple[str, str, str], Counter[bool]],
    alarms: dict[tuple[str, str], Counter[bool]],
    misses: dict[str, list[str]],
) -> None:
    key = (sample.half, sample.lang)
    if sample.corruption is None:
        blocking = [f for f in findings if f.level == "block"]
        alarms[key][bool(blocking)] += 1
        if blocking:
            spans = [(f.span_text, f.rule) for f in blocking]
            misses[f"false alarm {' '.join(key)}"].append(f"{sample.text!r} {spans}")
        return
    hit = _is_caught(sample, findings)
    caught[*key, sample.corruption][hit] += 1
    if not hit:
        planted = [sample.text[s:e] for s, e in sample.spans]
        misses[f"missed {sample.corruption} {' '.join(key)}"].append(f"{sample.text!r} {planted}")


def _print_misses(misses: dict[str, list[str]], show: int) -> None:
    for name, texts in sorted(misses.items()):
        for text in texts[:show]:
            print(f"{name}: {text}")


def _print_table(
    caught: dict[tuple[str, str, str], Counter[bool]], alarms: dict[tuple[str, str], Counter[bool]]
) -> None:
    for (half, lang, kind), counts in sorted(caught.items()):
        total = counts.total()
        print(f"{half:10} {lang} {kind:30} {counts[True]:5}/{total:<5} {counts[True] / total:.4f}")
    for (half, lang), counts in sorted(alarms.items()):
        share = counts[True] / counts.total()
        name = f"{half:10} {lang} {'false alarms on clean text':30}"
        print(f"{name} {counts[True]:5}/{counts.total():<5} {share:.4f}")


def _summary(
    caught: dict[tuple[str, str, str], Counter[bool]],
    alarms: dict[tuple[str, str], Counter[bool]],
    speed: float,
) -> dict[str, Any]:
    by_class: dict[str, Counter[bool]] = defaultdict(Counter)
    by_half: dict[str, Counter[bool]] = defaultdict(Counter)
    halves: dict[str, dict[str, Counter[bool]]] = defaultdict(lambda: defaultdict(Counter))
    for (half, _, kind), counts in caught.items():
        by_class[kind] += counts
        halves[half][kind] += counts
    for (half, _), counts in alarms.items():
        by_half[half] += counts
    recall = {kind: round(_share(counts), 4) for kind, counts in sorted(by_class.items())}
    return {
        "recall_min": min(recall.values(), default=None),
        "recall": recall,
        "false_alarm": round(_share(sum(alarms.values(), Counter())), 4),
        "by_half": {
            half: {
                "recall_min": round(min(map(_share, halves[half].values()), default=0.0), 4),
                "false_alarm": round(_share(by_half[half]), 4),
            }
            for half in sorted(by_half)
        },
        "texts_per_second": round(speed),
    }


def _share(counts: Counter[bool]) -> float:
    return counts[True] / counts.total() if counts.total() else 0.0
