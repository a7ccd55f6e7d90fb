"""How much does the guard catch, and how often does it cry wolf?

python -m tests.bench guard                    planted mistakes in hand-written styles
"made_with" was open while the guard was written. "held_out" and "held_out_2" were written after
it; their false alarms then widened the word lists, so only their first figures were unseen.

python -m tests.bench guard --drafts FILE      any JSONL of {lang, facts, text, corruption, span}
python -m tests.bench guard --only round_4     one half alone, with each style

The rounds are clean prose of one writing each, read once unseen and then used: the figures of that
first sight are kept in guard_set/first_sight.tsv, those printed here are of texts already known.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from aiassist.copywriting.engine import Fact
from aiassist.copywriting.guard import Policy
from tests.bench.guard_corrupt import CLASSES, Case, Planted, plant
from tests.bench.guard_drafts import Sample, drafts_of
from tests.bench.guard_report import report
from tests.bench.guard_rounds import round_texts, rounds
from tests.bench.guard_subtle import SUBTLE
from tests.bench.guard_texts import styled_texts, written_texts

SEEDS = 2
WRITTEN = (("made_with", "practice"), ("held_out", "held_out"), ("held_out_2", "held_out_2"))


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench guard", description=__doc__)
    parser.add_argument("--drafts", type=Path, help="a JSONL file of drafts with their truth")
    parser.add_argument("--show", type=int, default=0, help="print this many misses of each kind")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--only", default="", help="one half of the texts, such as round_4")
    options = parser.parse_args(argv)
    if options.drafts:
        samples = list(drafts_of(options.drafts))
    else:
        samples = list(planted_samples(seeds=options.seeds, only=options.only))
    report(samples, show=options.show)
    return 0


def planted_samples(*, seeds: int, only: str = "") -> Iterator[Sample]:
    """Every clean text once, and once more with each class of mistake it has room for."""
    for half, style, case, text in clean_texts(seeds=seeds):
        if only and half != only:
            continue
        yield sample_of(half, case, text, None, (), style)
        for kind, (changed, spans) in _planted(half, case, text):
            yield sample_of(half, case, changed, kind, tuple(spans), style)


def _planted(half: str, case: Case, text: str) -> Iterator[tuple[str, Planted]]:
    words = "made_with" if half == "made_with" else "held_out"
    for kind in (*CLASSES, *SUBTLE):
        rng = random.Random(f"{kind}{case.id}{text}")
        known = replace(case, half=words)
        planted = SUBTLE[kind](text, case, rng) if kind in SUBTLE else plant(text, known, kind, rng)
        if planted and planted[0] != text:
            yield kind, planted


def clean_texts(*, seeds: int) -> Iterator[tuple[str, str, Case, str]]:
    for lang in ("en", "zh"):
        for half, name in (("made_with", "styles"), ("held_out", "held_out_styles")):
            for style, case, text in styled_texts(name, lang, seeds=seeds):
                yield half, style, case, text
    for half, name in WRITTEN:
        for style, case, text in written_texts(name):
            yield half, style, case, text
    for name in rounds():
        for style, case, text in round_texts(name):
            yield name, style, case, text


def sample_of(
    half: str,
    case: Case,
    text: str,
    corruption: str | None = None,
    spans: tuple[tuple[int, int], ...] = (),
    style: str = "",
) -> Sample:
    facts = tuple(Fact(k, key, v, None, u) for k, (key, v, u) in case.facts.items())
    policy = Policy(lang=case.lang, name=case.name, brand=case.brand, product_type=case.type)
    return Sample(half, case.lang, policy, facts, text, corruption, spans, style)
