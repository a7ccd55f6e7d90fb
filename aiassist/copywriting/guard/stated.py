"""Words that stand so in a fact, places of origin, shares of a mixture, numbers before lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from aiassist.copywriting.guard.lexicon import phrases
from aiassist.copywriting.guard.tokens import fold, norms
from aiassist.copywriting.guard.types import FactLike, Leftover
from aiassist.copywriting.guard.vocabulary import other_names

ORIGIN = re.compile(
    r"(?:产自|原产于|出产于|源自|原产地[是为:：]?|产地[是为:：])([\u4e00-\u9fff]{2,8}?)(?=[，。；、,;.!！\s]|的|$)"
)
NUMBERING = re.compile(r"(?:(?<=\s)|^)(\d{1,2})[.)、）](?=\s|[^\d\s])")
SHARE = re.compile(r"(\d+(?:\.\d+)?)\s?%\s?([a-z]+|[\u4e00-\u9fff]{1,6})", re.I)
SAID_ALIKE = {"unbacked", "handwork", "certification", "foreign_value", "foreign_part"}


def find_origins(folded: str, facts: Sequence[FactLike]) -> Iterator[Leftover]:
    """Places that no fact names, behind the words that Chinese puts before a place of origin."""
    values = [fold(str(fact.value or "")) for fact in facts]
    values += [name for value in values for name in other_names(value)]
    for match in ORIGIN.finditer(folded):
        place = match[1]
        if not any(place in value or (value and value in place) for value in values):
            yield Leftover(match.start(1), match.end(1), "unbacked")


def find_swapped_shares(folded: str, facts: Sequence[FactLike]) -> Iterator[Leftover]:
    """ "28% merino, 70% polyamide" of a mixture that is 70 % merino: shares changed places."""
    stated = [m for fact in facts for m in SHARE.finditer(fold(str(fact.value or "")))]
    share_of = {m[2].lower(): m[1] for m in stated}
    for match in SHARE.finditer(folded):
        known = share_of.get(match[2].lower())
        if known and known != match[1] and match[1] in share_of.values():
            yield Leftover(match.start(), match.end(), "swapped_numbers")


def without_numbering(folded: str) -> str:
    """The text with "1. ... 2. ..." before its lines blanked; every character keeps its place."""
    found = list(NUMBERING.finditer(folded))
    if len(found) < 2 or [int(m[1]) for m in found] != list(range(1, len(found) + 1)):
        return folded
    for match in found:
        folded = folded[: match.start()] + "\n" * len(match[0]) + folded[match.end() :]
    return folded


def without_stated(
    leftovers: Sequence[Leftover], folded: str, facts: Sequence[FactLike]
) -> list[Leftover]:
    """Objections to words that stand so in a fact which denies nothing only warn."""
    values = [fold(str(fact.value or "")).lower() for fact in facts]
    plain = [value for value in values if not set(_words(value)) & _turning()]
    return [_softer(one, folded[one.start : one.end].lower(), plain) for one in leftovers]


def _softer(leftover: Leftover, words: str, values: Sequence[str]) -> Leftover:
    is_weighed = leftover.level == "block" and leftover.rule in SAID_ALIKE and len(words) > 1
    if is_weighed and any(_holds(value, words) for value in values):
        return replace(leftover, level="warn")
    return leftover


def _holds(value: str, words: str) -> bool:
    if words.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(words)}(?![a-z0-9])", value) is not None
    return words in value


def _words(value: str) -> list[tuple[str, ...]]:
    return [(token,) for token in norms(value)]


def _turning() -> frozenset[tuple[str, ...]]:
    return phrases("negators") | phrases("weakeners")
