"""Where a segment is used: the rules of other segments name it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from aiassist.profiles.models import Segment
from aiassist.segments.language import RuleError, parse


def live_segments(merchant: Any) -> Any:
    return merchant.segments.filter(deleted_at=None)


def names_in(segment: Segment) -> list[str]:
    """The segments a rule names; that of a fixed list is only remembered."""
    if segment.is_static or "segment" not in segment.rule.casefold():
        return []
    try:
        return parse(segment.rule).segments()
    except RuleError:
        return []


def users_by_name(segments: Iterable[Segment]) -> dict[str, list[Segment]]:
    """Which segments' rules name one: by the name of the one used."""
    found: dict[str, list[Segment]] = defaultdict(list)
    for segment in segments:
        for name in names_in(segment):
            found[name].append(segment)
    return found


def users_of(segment: Segment, segments: Iterable[Segment]) -> list[Segment]:
    return users_by_name(segments).get(segment.name, [])
