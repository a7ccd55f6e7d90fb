"""A product's noun is its name, not a claim - but only as the subject of a sentence.

"This kettle" says what is for sale; "comes with a kettle" adds something to the parcel.
"""

from collections.abc import Sequence

from aiassist.copywriting.guard.evidence import Entry, Evidence
from aiassist.copywriting.guard.lexicon import phrases
from aiassist.copywriting.guard.tokens import Token
from aiassist.copywriting.guard.vocabulary import product_nouns

PASSED = frozenset({"fact", "name", "mild", "noun", "cue"})


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
        tokens[start].kind == "amount"
        or tokens[start].norm == "的"
        or (entry is not None and entry.kind in PASSED)
    )


def _names(tokens: Sequence[Token], piece: tuple[int, int, Entry | None]) -> bool:
    return tokens[piece[0]].kind == "punct" or (tokens[piece[1] - 1].norm,) in phrases("naming")


def _fits_type(noun: tuple[str, ...], evidence: Evidence) -> bool:
    """Where the type is known, another type's noun is a mistake."""
    types = product_nouns().get(noun, frozenset())
    return not types or not evidence.type_keys or bool(types & evidence.type_keys)
