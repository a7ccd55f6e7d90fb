"""The gate of a trained manner of writing: what it must not make worse, and what it must better."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiassist.copywriting.engine import Answer, CopyRequest, DraftText, TextEngine
from aiassist.copywriting.guard import align, check
from aiassist.copywriting.learning.rows import policy_of
from aiassist.copywriting.publish import edit_distance
from aiassist.ml.bootstrap import paired_interval
from catalog.products.vocabulary import must_have
from ecomportal.said import Said, said


@dataclass
class Judged:
    """How an engine did, one entry a case: on frozen cases, and on edits it has not seen."""

    unsupported: list[float] = field(default_factory=list)  # 1 where a claim has no fact
    slot_errors: list[float] = field(default_factory=list)  # share of facts missing or wrong
    distances: list[float] = field(default_factory=list)  # of the final text's length
    n_failed: int = 0

    def rates(self) -> dict[str, float]:
        return {
            "unsupported_rate": _mean(self.unsupported),
            "slot_error_rate": _mean(self.slot_errors),
            "edit_distance": _mean(self.distances),
            "n_failed": self.n_failed,
        }


@dataclass(frozen=True)
class Verdict:
    passed: bool
    reason: Said
    metrics: dict[str, Any]


def judge(
    engine: TextEngine,
    frozen: Sequence[CopyRequest],
    edits: Sequence[tuple[CopyRequest, str]],
    *,
    on_batch: Any = None,
) -> Judged:
    """Let the engine write, and compare: with the facts, and with what people made of theirs."""
    judged = Judged()
    for request, answer in zip(frozen, _written(engine, frozen, on_batch), strict=True):
        judged.n_failed += not isinstance(answer, DraftText)
        judged.unsupported.append(unsupported(answer, request))
        judged.slot_errors.append(slot_error(answer, request))
    asked = [request for request, _final in edits]
    for (_request, final), answer in zip(edits, _written(engine, asked, on_batch), strict=True):
        judged.n_failed += not isinstance(answer, DraftText)
        text = answer.text if isinstance(answer, DraftText) else ""
        judged.distances.append(edit_distance(text, final) / max(1, len(final)))
    return judged


def _written(engine: TextEngine, requests: Sequence[CopyRequest], on_batch: Any) -> list[Answer]:
    answers: list[Answer] = []
    size = engine.capabilities.batch_size
    for start in range(0, len(requests), size):
        if on_batch is not None:
            on_batch()
        answers += engine.generate(requests[start : start + size])
    return answers


def unsupported(answer: Answer, request: CopyRequest) -> float:
    """Whether the text claims what no fact backs; a text that could not be read counts as such."""
    if not isinstance(answer, DraftText):
        return 1.0
    found = check(answer.text, request.facts, policy_of(request))
    return float(any(finding.level == "block" for finding in found))


def slot_error(answer: Answer, request: CopyRequest) -> float:
    """The share of slots that are missing, wrong or made up; slots are what the text should tell.

    Those are the facts the family must have, or all where none of them is there.
    """
    wanted = {kind.key for kind in must_have(request.family, request.product_type)}
    slots = [f for f in request.facts if f.key in wanted] or list(request.facts)
    if not isinstance(answer, DraftText):
        return 1.0
    policy = policy_of(request)
    told = {i for claim in align(answer.text, request.facts, policy) for i in claim.fact_ids}
    n_missing = sum(fact.id not in told for fact in slots)
    findings = check(answer.text, request.facts, policy)
    n_wrong = sum(finding.level == "block" for finding in findings)
    return min(1.0, (n_missing + n_wrong) / max(1, len(slots)))


def decide(before: Judged, after: Judged) -> Verdict:
    """All three must hold; the reason names the first that does not."""
    slots = paired_interval(before.slot_errors, after.slot_errors)
    edits = paired_interval(before.distances, after.distances)
    metrics = {
        "before": before.rates(),
        "after": after.rates(),
        "slot_error_change": list(slots),
        "edit_distance_change": list(edits),
        "n_frozen": len(after.unsupported),
        "n_edits": len(after.distances),
    }
    was, now = before.rates(), after.rates()
    values = {
        "before": _percent(was["unsupported_rate"]), "after": _percent(now["unsupported_rate"])
    }  # fmt: skip
    if now["unsupported_rate"] > was["unsupported_rate"]:
        reason = said(
            "Refused: texts with a claim that no fact backs would rise from %(before)s to "
            "%(after)s.",
            **values,
        )
        return Verdict(False, reason, metrics)
    if slots[1] > 0:
        reason = said(
            "Refused: facts missing or wrong would rise by %(change)s (interval %(low)s to "
            "%(high)s).",
            **_interval(slots),
        )
        return Verdict(False, reason, metrics)
    if edits[2] >= 0:
        reason = said(
            "Refused: it is not certain that there would be less to edit (change %(change)s, "
            "interval %(low)s to %(high)s).",
            **_interval(edits),
        )
        return Verdict(False, reason, metrics)
    reason = said(
        "Passed: less to edit by %(change)s of a text (interval %(low)s to %(high)s), and no more "
        "unbacked claims or wrong facts.",
        **_interval((-edits[0], -edits[2], -edits[1])),
    )
    return Verdict(True, reason, metrics)


def _interval(values: tuple[float, float, float]) -> dict[str, str]:
    return dict(zip(("change", "low", "high"), map(_percent, values), strict=True))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
