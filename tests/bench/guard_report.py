"""The guard's figures: what it caught of each class, and how often it cried wolf."""

import json
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiassist.copywriting.guard import Finding, align, check
from tests.bench.guard_drafts import Sample

Tally = dict[tuple[str, ...], Counter[bool]]


def _tally() -> Tally:
    return defaultdict(Counter)


@dataclass
class Figures:
    caught: Tally = field(default_factory=_tally)  # half, language, class
    alarms: Tally = field(default_factory=_tally)  # half, language: texts
    clauses: Tally = field(default_factory=_tally)  # half, language: clauses of clean texts
    styles: Tally = field(default_factory=_tally)  # half, language, style: texts
    misses: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def report(samples: Sequence[Sample], *, show: int) -> None:
    figures = Figures()
    started = time.process_time()
    found = [check(s.text, s.facts, s.policy) for s in samples]
    seconds = time.process_time() - started
    for sample, findings in zip(samples, found, strict=True):
        blocking = [f for f in findings if f.level == "block"]
        count = _count_clean if sample.corruption is None else _count_planted
        count(sample, blocking, figures)
    for name, texts in sorted(figures.misses.items()):
        for text in texts[:show]:
            print(f"{name}: {text}")
    _print_tables(figures)
    print(json.dumps(_summary(figures, len(samples) / max(seconds, 1e-9))))


def _count_clean(sample: Sample, blocking: Sequence[Finding], figures: Figures) -> None:
    key = (sample.half, sample.lang)
    figures.alarms[key][bool(blocking)] += 1
    figures.styles[*key, sample.style][bool(blocking)] += 1
    for claim in align(sample.text, sample.facts, sample.policy):
        figures.clauses[key][claim.kind == "unbacked"] += 1
    if blocking:
        spans = [(f.span_text, f.rule) for f in blocking]
        figures.misses[f"false alarm {' '.join(key)}"].append(f"{sample.text!r} {spans}")


def _count_planted(sample: Sample, blocking: Sequence[Finding], figures: Figures) -> None:
    key = (sample.half, sample.lang, str(sample.corruption))
    hit = _is_caught(sample, blocking)
    figures.caught[key][hit] += 1
    if not hit:
        planted = [sample.text[s:e] for s, e in sample.spans]
        figures.misses[f"missed {' '.join(key)}"].append(f"{sample.text!r} {planted}")


def _is_caught(sample: Sample, blocking: Sequence[Finding]) -> bool:
    """A finding that blocks and touches the planted place; one elsewhere does not count."""
    if not sample.spans:
        return bool(blocking)
    return any(f.start < end and start < f.end for f in blocking for start, end in sample.spans)


def _print_tables(figures: Figures) -> None:
    tables = [("caught", figures.caught), ("false alarms by style", figures.styles)]
    tables += [("false alarms, clauses", figures.clauses), ("false alarms, texts", figures.alarms)]
    for title, tally in tables:
        for key, counts in sorted(tally.items()):
            name = f"{' '.join(key):44} {title}"
            print(f"{name:68} {counts[True]:5}/{counts.total():<5} {_share(counts):.4f}")


def _summary(figures: Figures, speed: float) -> dict[str, Any]:
    recall = {kind: round(_share(c), 4) for kind, c in sorted(_by(figures.caught, 2).items())}
    halves = {half for half, *_ in (*figures.alarms, *figures.caught)}
    return {
        "recall_min": min(recall.values(), default=None),
        "recall": recall,
        "false_alarm": round(_share(_total(figures.alarms)), 4),
        "false_alarm_clauses": round(_share(_total(figures.clauses)), 4),
        "by_half": {half: _half(figures, half) for half in sorted(halves)},
        "texts_per_second": round(speed),
    }


def _half(figures: Figures, half: str) -> dict[str, float]:
    caught = {key: counts for key, counts in figures.caught.items() if key[0] == half}
    alarms = {key: counts for key, counts in figures.alarms.items() if key[0] == half}
    return {
        "recall": round(_share(_total(caught)), 4),
        "recall_min": round(min(map(_share, _by(caught, 2).values()), default=0.0), 4),
        "false_alarm": round(_share(_total(alarms)), 4),
    }


def _by(tally: Tally, place: int) -> Tally:
    found = _tally()
    for key, counts in tally.items():
        found[key[place]] += counts  # type: ignore[index]
    return found


def _total(tally: Tally) -> Counter[bool]:
    return sum(tally.values(), Counter())


def _share(counts: Counter[bool]) -> float:
    return counts[True] / counts.total() if counts.total() else 0.0
