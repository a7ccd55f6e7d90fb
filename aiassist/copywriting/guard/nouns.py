"""A product's noun is its name, not a claim - but only as the subject of a sentence.

"This kettle" says what is for sale; "comes with a kettle" adds something to the parcel.
"""

from collections.abc import Sequence

from aiassist.copywriting.guard.evidence import Entry, Evidence
from aiassist.copywriting.guard.lexicon import phrases
from aiassist.copywriting.guard.tokens import Token
from aiassist.copywriting.guard.vocabulary import product_nouns

LINKS = frozenset({"of", "in", "from", "is", "are", "为", "是", "采", "由", "以"})
PASSED = frozenset({"fact", "name", "mild", "scene", "noun", "cue"})


def noun_is_subject(
    tokens: Sequence[Token],
    at: int,
    *,
    covered: Sequence[tuple[int, int, Entry | None]],
    evidence: Evidence,
) -> bool:
    here = next(i for i, (start, _, _) in enumerate(covered) if start == at)
    entry = covered[here][2]
    if entry and not _fits_type(entry.tokens, evidence):
        return False
    before = list(covered[:here])
    while before and _is_passed(tokens, before[-1]):
        before.pop()
    if not before or tokens[before[-1][0]].kind == "punct":
        return True
    said = tuple(t.norm for t in tokens[before[-1][0] : before[-1][1]])
    if said in phrases("articles"):
        return len(before) < 2 or _names(tokens, before[-2])
    return said in phrases("naming") or bool({said[:1], said[-1:]} & phrases("pointing"))


def _is_passed(tokens: Sequence[Token], piece: tuple[int, int, Entry | None]) -> bool:
    start, _, entry = piece
    return (
        tokens[start].kind in ("amount", "own")
        or tokens[start].norm == "的"
        or (entry is not None and entry.kind in PASSED)
    )


def _names(tokens: Sequence[Token], piece: tuple[int, int, Entry | None]) -> bool:
    return tokens[piece[0]].kind == "punct" or (tokens[piece[1] - 1].norm,) in phrases("naming")


def _fits_type(noun: tuple[str, ...], evidence: Evidence) -> bool:
    """Where the type is known, another type's noun is a mistake."""
    types = product_nouns().get(noun, frozenset())
    return not types or not evidence.type_keys or bool(types & evidence.type_keys)


def part_has_value(
    tokens: Sequence[Token], at: int, *, covered: Sequence[tuple[int, int, Entry | None]]
) -> bool:
    """ "Titanium case", "a case of titanium": the part only says where the value is."""
    here = next(i for i, (start, _, _) in enumerate(covered) if start == at)
    before = list(covered[:here])
    while before and _is_dressing(tokens, before[-1]):
        before.pop()
    if before and _is_value(tokens, before[-1]):
        return True
    after = [p for p in covered[here + 1 :] if not _is_dressing(tokens, p)]
    if after and tokens[after[0][0]].norm in LINKS:
        after = after[1:]
    elif tokens[at].norm.isascii():
        return False
    return bool(after) and _is_value(tokens, after[0])


def _is_dressing(tokens: Sequence[Token], piece: tuple[int, int, Entry | None]) -> bool:
    start, _, entry = piece
    kinds = ("mild", "scene", "part")
    return tokens[start].norm == "的" or (entry is not None and entry.kind in kinds)


def _is_value(tokens: Sequence[Token], piece: tuple[int, int, Entry | None]) -> bool:
    start, _, entry = piece
    is_own = tokens[start].kind in ("amount", "own")
    return is_own or (entry is not None and entry.kind in ("fact", "name"))
