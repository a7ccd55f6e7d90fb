"""Does a number of the text stand in the facts, and does it stand with its own attribute?"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from aiassist.copywriting.guard.amounts import (
    Amount,
    base,
    dimension,
    same_value,
)
from aiassist.copywriting.guard.evidence import Evidence
from aiassist.copywriting.guard.lexicon import phrases
from aiassist.copywriting.guard.tokens import Token

HEDGED = Decimal("0.06")  # "about 1 kg" may stand for 950 g
BOUND = Decimal("0.15")  # "over 900 g" may stand for 950 g
COUNTED = {"piece", "pack", "box", "bottle", "can", "pair", "set", "layer", "step", "person"}
COUNTED |= {"serving", "page", "threads"}
ANY_COUNT = frozenset("个件只")  # Chinese measure words that count anything
YEARS = (1900, 2100)
MAX_HOPS = 12  # tokens between a number and the word that names its attribute
GOVERNED = 3  # "weight of about 5 g": this close after its name a number belongs to it


@dataclass(frozen=True)
class Verdict:
    fact_ids: frozenset[str]
    rule: str = ""  # empty when the amount is backed
    fact_id: str | None = None


def judge(
    amount: Amount,
    sentence: Sequence[Token],
    at: int,
    ev: Evidence,
    *,
    counts_other: bool = False,
) -> Verdict:
    """Match the amount at token `at` with the facts; `counts_other`: its noun is a foreign one."""
    ids = [_holders(value, amount, sentence, ev) for value in amount.values]
    if counts_other and amount.unit is None:
        ids = [{i for i in found if not ev.units.get(i)} for found in ids]
    bound, hedged = _prefix(sentence[:at])
    if bound:
        ids = [_bounded(value, amount, ev, bound) for value in amount.values]
    if not all(ids) and hedged:
        ids = [i or _near(v, amount, ev) for i, v in zip(ids, amount.values, strict=True)]
    if not all(ids) and len(amount.values) == 1 and _says(sentence, "sums"):
        ids = [_summed(amount, ev)]
    if all(ids):
        return Verdict(frozenset().union(*ids))
    return _refuse(amount, ev)


def _holders(value: Decimal, amount: Amount, sentence: Sequence[Token], ev: Evidence) -> set[str]:
    found = {
        fact_id
        for fact_id, known in ev.amounts
        if _comparable(fact_id, amount, known, sentence, ev)
        and any(same_value(value, amount, v, known.unit) for v in known.values)
    }
    is_count = amount.unit is None or amount.unit.dimension in COUNTED
    if not found and is_count and value >= 2 and value == int(value):
        return set(ev.list_sizes.get(int(value), ()))
    return found


def _comparable(
    fact_id: str, amount: Amount, known: Amount, sentence: Sequence[Token], ev: Evidence
) -> bool:
    ours, theirs = dimension(amount.unit), dimension(known.unit)
    if ours == theirs:
        return True
    if {ours, theirs} == {"temperature", "angle"} or {ours, theirs} == {"mass", "areal"}:
        return {ours, theirs} == {"temperature", "angle"}
    if theirs in COUNTED and amount.unit and amount.unit.alias in ANY_COUNT:
        return True
    if not theirs:
        if any(YEARS[0] <= v <= YEARS[1] for v in known.values):
            return False  # a year is no count of pages
        return ours in COUNTED or _has_cue(fact_id, sentence, ev)
    return not ours and (theirs in COUNTED or _has_cue(fact_id, sentence, ev))


def _has_cue(fact_id: str, sentence: Sequence[Token], ev: Evidence) -> bool:
    words = [token.norm for token in sentence]
    return any(
        fact_id in ids and any(tuple(words[i : i + len(cue)]) == cue for i in range(len(words)))
        for cue, ids in ev.cue_facts.items()
    )


def _prefix(before: Sequence[Token]) -> tuple[str, bool]:
    """('above' or 'below' or '', whether the number is hedged)."""
    words = tuple(token.norm for token in before if token.kind != "punct")
    for name in ("above", "below"):
        if any(words[-len(p) :] == p for p in phrases(name)):
            is_limit = any(words[-len(p) :] == p for p in phrases("inclusive"))
            return (f"{name} or equal" if is_limit else name), False
    return "", any(words[-len(p) :] == p for p in phrases("hedges"))


def _bounded(value: Decimal, amount: Amount, ev: Evidence, bound: str) -> set[str]:
    found = set()
    for fact_id, known in ev.amounts:
        for v in known.values:
            gap = base(v, known.unit) - base(value, amount.unit)
            gap = gap if bound.startswith("above") else -gap
            fits = dimension(known.unit) == dimension(amount.unit)
            is_floor = bound.startswith("below") or fact_id in ev.floors
            is_beyond = gap > 0 or (gap == 0 and bound.endswith("equal") and is_floor)
            if fits and is_beyond and gap <= BOUND * abs(base(v, known.unit)):
                found.add(fact_id)
    return found


def _near(value: Decimal, amount: Amount, ev: Evidence) -> set[str]:
    claimed = base(value, amount.unit)
    return {
        fact_id
        for fact_id, known in ev.amounts
        if dimension(known.unit) == dimension(amount.unit)
        and any(abs(base(v, known.unit) - claimed) <= HEDGED * claimed for v in known.values)
    }


def _summed(amount: Amount, ev: Evidence) -> set[str]:
    """A total of two or three facts, or a count times an amount."""
    claimed = base(amount.values[0], amount.unit)
    same = [
        (fact_id, base(v, known.unit))
        for fact_id, known in ev.amounts
        for v in known.values
        if dimension(known.unit) == dimension(amount.unit)
    ]
    for size in (2, 3):
        for parts in combinations(same, size):
            if sum(v for _, v in parts) == claimed:
                return {fact_id for fact_id, _ in parts}
    for fact_id, known in ev.amounts:
        if fact_id in ev.countable:
            for other, v in same:
                if other != fact_id and any(v * count == claimed for count in known.values):
                    return {fact_id, other}
    return set()


def _says(sentence: Sequence[Token], section: str) -> bool:
    words = [token.norm for token in sentence]
    return any(
        tuple(words[i : i + len(p)]) == p for p in phrases(section) for i in range(len(words))
    )


def _refuse(amount: Amount, ev: Evidence) -> Verdict:
    """Say what is wrong: the number stands in a fact with another unit, or nowhere."""
    for fact_id, known in ev.amounts:
        if set(known.values) & set(amount.values):
            return Verdict(frozenset(), "wrong_unit", fact_id)
    for fact_id, known in ev.amounts:
        if dimension(known.unit) == dimension(amount.unit):
            return Verdict(frozenset(), "wrong_number", fact_id)
    return Verdict(frozenset(), "unknown_number")


@dataclass(frozen=True)
class Mark:
    """An amount or an attribute word in a sentence, in order."""

    at: int  # token index
    is_amount: bool
    fact_ids: frozenset[str]
    strong: bool = True
    measures: frozenset[str] = frozenset()  # dimensions of the facts, or of the amount
    commas: int = 0  # how many stand before it in the sentence


def swapped(marks: Sequence[Mark], gaps: Sequence[int]) -> list[Mark]:
    """Amounts that stand with another attribute's name; `gaps[i]` places token i on a line."""
    wrong: list[Mark] = []
    loose: list[Mark] = []
    for group in _groups(marks):
        paired = _pair_in_order(_merged(group))
        if paired is None:
            loose += group
        else:
            wrong += [a for c, a in paired if _disagree(c, a, gaps, is_list=len(paired) > 1)]
    paired = _pair_in_order(_merged(loose), is_one_clause=False)
    if paired is not None:
        return wrong + [a for c, a in paired if _disagree(c, a, gaps, is_list=len(paired) > 1)]
    return wrong + _misplaced(loose, gaps)


def _groups(marks: Sequence[Mark]) -> list[list[Mark]]:
    """Marks with no comma between them."""
    groups: list[list[Mark]] = []
    for mark in marks:
        if groups and groups[-1][-1].commas == mark.commas:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    return groups


def _disagree(cue: Mark, amount: Mark, gaps: Sequence[int], *, is_list: bool) -> bool:
    if cue.fact_ids & amount.fact_ids:
        return False
    is_governed = 0 < gaps[amount.at] - gaps[cue.at] <= GOVERNED
    return is_list or is_governed or bool(cue.measures & amount.measures)


def _misplaced(marks: Sequence[Mark], gaps: Sequence[int]) -> list[Mark]:
    """Without order each number takes the nearer of two names that fits; none may contradict."""
    governed = _governed_wrongly(marks, gaps)
    free = [m for m in _merged(marks) if not m.is_amount]
    waiting = list(governed)
    for amount in (m for m in marks if m.is_amount and m not in governed):
        near = sorted(free, key=lambda c: abs(gaps[c.at] - gaps[amount.at]))[:2]
        match = next((c for c in near if c.fact_ids & amount.fact_ids), None)
        if match:
            free = [c for c in free if c is not match and not _repeats(c, match, amount, gaps)]
        else:
            waiting.append(amount)
    return [a for a in waiting if a in governed or _contradicted(a, free, gaps)]


def _repeats(cue: Mark, match: Mark, amount: Mark, gaps: Sequence[int]) -> bool:
    """ "Standing 140 cm tall": two words that name one attribute of one number."""
    is_close = abs(gaps[cue.at] - gaps[amount.at]) <= GOVERNED
    return is_close and bool(cue.fact_ids & match.fact_ids)


def _governed_wrongly(marks: Sequence[Mark], gaps: Sequence[int]) -> list[Mark]:
    """ "It weighs 1.8 L": right behind a name that no number before it has taken."""
    wrong = []
    for i, amount in enumerate(marks):
        cue = marks[i - 1] if i else None
        if not amount.is_amount or cue is None or cue.is_amount or not cue.strong:
            continue
        taken = i > 1 and marks[i - 2].is_amount and marks[i - 2].fact_ids & cue.fact_ids
        is_close = gaps[amount.at] - gaps[cue.at] <= GOVERNED - 1
        if is_close and not taken and not cue.fact_ids & amount.fact_ids:
            wrong.append(amount)
    return wrong


def _contradicted(amount: Mark, free: Sequence[Mark], gaps: Sequence[int]) -> bool:
    """The nearest name is another attribute's: of the same measure, or right before the number."""
    near = [c for c in free if abs(gaps[c.at] - gaps[amount.at]) <= MAX_HOPS]
    if not near:
        return False
    nearest = min(near, key=lambda c: abs(gaps[c.at] - gaps[amount.at]))
    if not nearest.strong or nearest.fact_ids & amount.fact_ids:
        return False
    return _disagree(nearest, amount, gaps, is_list=False)


def _merged(marks: Sequence[Mark]) -> list[Mark]:
    """Neighbouring attribute words of the same facts are one; a word that two attributes share
    by chance joins nothing ("4 pockets and a capacity of", where both are in a laptop's sleeve)."""
    merged: list[Mark] = []
    for mark in marks:
        last = merged[-1] if merged else None
        if last and not (mark.is_amount or last.is_amount) and _is_part(last, mark):
            both = last.fact_ids & mark.fact_ids
            merged[-1] = Mark(
                mark.at, False, both, last.strong or mark.strong, last.measures, mark.commas
            )
        else:
            merged.append(mark)
    return merged


def _is_part(one: Mark, other: Mark) -> bool:
    return one.fact_ids <= other.fact_ids or other.fact_ids <= one.fact_ids


def _pair_in_order(
    marks: Sequence[Mark], *, is_one_clause: bool = True
) -> list[tuple[Mark, Mark]] | None:
    """Names and numbers in step: A1 B2, 1A 2B or, in one clause, AB 12; None where they are not."""
    cues = [m for m in marks if not m.is_amount]
    amounts = [m for m in marks if m.is_amount]
    if len(cues) != len(amounts) or not cues or not all(c.strong for c in cues):
        return None
    kinds = [m.is_amount for m in marks]
    half = len(kinds) // 2
    in_step = kinds == [False, True] * half or kinds == [True, False] * half
    in_blocks = kinds == [False] * half + [True] * half or kinds == [True] * half + [False] * half
    return (
        list(zip(cues, amounts, strict=True)) if in_step or (in_blocks and is_one_clause) else None
    )
