"""Segments that a rule refers to: whether they exist, and never in a circle."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from aiassist.segments.language.errors import RuleError, nearest
from aiassist.segments.language.rules import Rule, parse
from aiassist.segments.language.tree import Call
from aiassist.segments.language.writing import clause_text, quoted
from ecomportal.said import Said, said
from ecomportal.tenancy.models import Merchant

References = dict[str, list[str]]  # of each segment by name, the names it refers to


def check_references(merchant: Merchant, segment_id: UUID | None, rule: Rule) -> None:
    """Raise RuleError if the rule, as that of this segment (None: a new one), refers to a segment
    that is not there, to itself, or in a circle; the message names the way round."""
    calls = [c for c in rule.clauses() if isinstance(c, Call) and c.name == "in_segment"]
    if not calls:
        return
    names, references = _segments(merchant)
    own = names.get(segment_id)
    for call in calls:
        name = str(call.get("name"))
        if name not in references:
            raise unknown_segment(call, name, [other for other in references if other != own])
        if name == own:
            reason = said("A segment cannot refer to itself.")
            raise RuleError(reason, call.position, call.length)
        way = own and _way(name, own, references)
        if way:
            raise RuleError(_circle([own, *way]), call.position, call.length)


def referring_to(merchant: Merchant, name: str) -> list[Any]:
    """Live segments whose rule names this one: what must be rewritten when it is renamed."""
    rows = merchant.segments.filter(deleted_at=None, is_static=False, rule__icontains="in_segment")
    return [row for row in rows.order_by("name") if name in _names_in(row.rule)]


def _segments(merchant: Merchant) -> tuple[dict[UUID, str], References]:
    rows = list(merchant.segments.filter(deleted_at=None).only("name", "rule", "is_static"))
    # A fixed list keeps its rule for reading only, so no way leads on through it.
    references = {row.name: [] if row.is_static else _names_in(row.rule) for row in rows}
    return {row.pk: row.name for row in rows}, references


def _names_in(text: str) -> list[str]:
    try:
        return parse(text).segments()
    except RuleError:  # a rule that cannot be read refers to nothing; its own page says so
        return []


def _way(start: str, goal: str, references: References) -> list[str] | None:
    """The shortest way along the references, both ends included."""
    before: dict[str, str | None] = {start: None}
    waiting = [start]
    for name in waiting:  # grows while it is walked
        if name == goal:
            return list(_back(name, before))[::-1]
        for further in references.get(name, ()):
            if further not in before:
                before[further] = name
                waiting.append(further)
    return None


def _back(name: str | None, before: dict[str, str | None]) -> Iterator[str]:
    while name is not None:
        yield name
        name = before[name]


def _circle(way: list[str]) -> Said:
    return said("The segments would refer to each other in a circle: %(way)s.",
                way=" → ".join(way))  # fmt: skip


def unknown_segment(call: Call, name: str, others: list[str]) -> RuleError:
    near = nearest(name, others)
    before = "NOT " if call.is_not else ""
    proposals = [f"{before}in_segment({quoted(other)})" for other in near]
    if near:
        reason = said("There is no segment “%(name)s”. Did you mean %(near)s?",
                      name=name, near=near)  # fmt: skip
    else:
        reason = said("There is no segment “%(name)s”.", name=name)
    position, length = call.position, call.length or len(clause_text(call))
    return RuleError(reason, position, length, proposals)
