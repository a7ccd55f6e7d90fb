"""Read a text clause by clause: what each clause rests on, and what nothing accounts for."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aiassist.copywriting.guard.amounts import CLASSIFIERS, Amount, dimension, find_amounts
from aiassist.copywriting.guard.assertions import is_assertion
from aiassist.copywriting.guard.cover import cover
from aiassist.copywriting.guard.evidence import (
    BRAND_KEYS,
    NAME_KEYS,
    Entry,
    Evidence,
    gather,
    plain_key,
)
from aiassist.copywriting.guard.judge import reconsider
from aiassist.copywriting.guard.lexicon import phrases
from aiassist.copywriting.guard.naming import hide_names
from aiassist.copywriting.guard.numbers import Mark, Verdict, judge, swapped
from aiassist.copywriting.guard.objections import objection
from aiassist.copywriting.guard.patterns import find_forbidden
from aiassist.copywriting.guard.scope import Scope
from aiassist.copywriting.guard.stated import (
    find_origins,
    find_swapped_shares,
    without_numbering,
    without_stated,
)
from aiassist.copywriting.guard.tokens import OWN, Token, clauses, fold, sentences, tokenise
from aiassist.copywriting.guard.types import (
    Claim,
    FactLike,
    Leftover,
    Piece,
    Policy,
    Reading,
)

COMMA_HOPS = 4  # a comma puts a number and an attribute's name further apart
AND_HOPS = 1
SMALL = (2, 3)
COUNTABLE_KINDS = frozenset({"claim", "touchy", "part", "noun", "foreign", "soft", "cue"})
Span = tuple[int, int]  # of characters
FOREIGN_WORDS = 2  # function words of the other language that give a sentence away


def read(text: str, facts: Sequence[FactLike], policy: Policy) -> Reading:
    """The one pass behind align() and check()."""
    folded = fold(text)
    policy = _with_names(policy, facts)
    evidence = gather(facts, policy)
    given = _given(folded, policy)
    claims: list[Claim] = []
    leftovers = list(find_forbidden(folded))
    leftovers += [*find_origins(folded, facts), *find_swapped_shares(folded, facts)]
    folded = hide_names(without_numbering(folded), facts, policy)
    for (start, end), parts, pieces in read_pieces(folded, evidence=evidence, given=given):
        found = reconsider(folded, parts, pieces, policy.lang, known=leftovers)
        if _is_question(folded, start, end):
            found = [_asked(o, folded) for o in found]
        leftovers += found
        if _is_foreign(folded, pieces, policy.lang):
            leftovers.append(Leftover(start, end, "language"))
        for clause in parts:
            claims.append(_claim(text, clause, pieces, leftovers))
    return Reading(claims, _merged(without_stated(leftovers, folded, facts), folded))


def read_pieces(
    folded: str, *, evidence: Evidence, given: Sequence[tuple[int, int]] = ()
) -> Iterator[tuple[Span, list[Span], list[Piece]]]:
    """Each sentence's place, its clauses, and its pieces with what the rules object to."""
    for start, end in sentences(folded):
        pieces = list(_pieces(folded, start, end, evidence=evidence, given=given))
        yield (start, end), clauses(folded, start, end), pieces


def _with_names(policy: Policy, facts: Sequence[FactLike]) -> Policy:
    """The name and the brand may stand among the facts alone."""
    said = {plain_key(fact.key): str(fact.value or "") for fact in facts}
    name = policy.name or next((said[key] for key in NAME_KEYS if said.get(key)), "")
    brand = policy.brand or next((said[key] for key in BRAND_KEYS if said.get(key)), "")
    return replace(policy, name=name, brand=brand)


def _asked(leftover: Leftover, folded: str) -> Leftover:
    is_name = folded[leftover.start].isupper()
    is_harmless = leftover.rule == "unbacked" and not is_name
    return replace(leftover, level="warn") if is_harmless else leftover


def _is_foreign(folded: str, pieces: Sequence[Piece], lang: str) -> bool:
    """Function words tell the language; names and values may come from another one."""
    own = [folded[p.start].isascii() for p in pieces if p.kind in ("word", "phrase")]
    n_foreign = sum(is_english == (lang == "zh") for is_english in own)
    return n_foreign >= FOREIGN_WORDS and n_foreign > len(own) / 2


def _is_question(folded: str, start: int, end: int) -> bool:
    """An English question states nothing; what it names wrongly is still objected to."""
    return folded[end : end + 1] == "?" and folded[start:end].isascii()


def _given(folded: str, policy: Policy) -> list[tuple[int, int]]:
    """Places of the sentences the merchant approved, word for word."""
    spans = []
    low = folded.lower()
    for approved in policy.approved_texts:
        wanted = fold(approved).strip().rstrip(".。!！").lower()
        at = low.find(wanted) if wanted else -1
        while at >= 0:
            spans.append((at, at + len(wanted)))
            at = low.find(wanted, at + 1)
    return spans


def _claim(
    text: str, clause: tuple[int, int], pieces: Sequence[Piece], leftovers: Sequence[Leftover]
) -> Claim:
    start, end = clause
    inside = [p for p in pieces if p.start < end and p.end > start]
    ids = tuple(sorted({i for p in inside for i in p.fact_ids}))
    blocked = any(o.start < end and o.end > start and o.level == "block" for o in leftovers)
    kind = "unbacked" if blocked else "fact" if ids else "filler"
    return Claim(start, end, text[start:end], ids, kind)


def _pieces(
    folded: str,
    start: int,
    end: int,
    *,
    evidence: Evidence,
    given: Sequence[tuple[int, int]],
) -> Iterator[Piece]:
    sentence = folded[start:end]
    amounts = find_amounts(sentence, extra_units=evidence.extra_units)
    raw = [_moved(token, start) for token in tokenise(sentence)]
    tokens, placed = _with_amounts(raw, amounts, start, given)
    covered = cover(tokens, evidence)
    after = {at - 1: entry for at, _, entry in covered}
    verdicts = {
        i: judge(a, tokens, i, evidence, counts_other=_counts_other(tokens, i, after))
        for i, a in placed.items()
    }
    wrong = _swaps(tokens, covered, verdicts, placed, evidence)
    scope = Scope(folded, tokens, covered, evidence)
    for at, past, entry in covered:
        piece = _piece(tokens, at, past, entry, scope=scope)
        if at in verdicts:
            piece = _amount_piece(tokens[at], verdicts[at], wrong.get(at))
            if verdicts[at].rule and _is_loose_count(scope, at, placed[at]):
                piece = replace(piece, leftover=None)
        yield piece


def _is_loose_count(scope: Scope, at: int, amount: Amount) -> bool:
    """ "No two days", 没有两颗一样的: a small number in words that counts no part of it."""
    is_small = len(amount.values) == 1 and amount.values[0] in SMALL
    is_word = not any(c.isdigit() for c in scope.raw(at))
    is_bare = amount.unit is None or amount.unit.alias in CLASSIFIERS
    kinds = {entry.kind for _, _, entry in scope.clause_of(at) if entry}
    is_denied = at > 0 and scope.before(at).endswith(("No", "no", "没有"))
    if not (is_denied or scope.is_free[at] or scope.is_dreamy(at)):
        return False
    is_small = is_small and not scope.before(at).endswith("of")
    return is_small and is_word and is_bare and not kinds & COUNTABLE_KINDS


def _counts_other(tokens: Sequence[Token], at: int, after: dict[int, Entry | None]) -> bool:
    """'352 chapters' counts something else than the 352 pages of the facts."""
    if at not in after or tokens[at + 1].kind not in ("word", "han"):
        return False
    entry = after[at]
    if entry is None:
        return True
    if entry.tokens[:1] in phrases("joiners") or entry.tokens in phrases("people"):
        return False
    return entry.kind in ("scene", "part", "foreign", "noun", "touchy", "claim")


def _moved(token: Token, by: int) -> Token:
    return Token(token.start + by, token.end + by, token.norm, token.kind)


def _with_amounts(
    raw: Sequence[Token],
    amounts: Sequence[Amount],
    offset: int,
    given: Sequence[tuple[int, int]],
) -> tuple[list[Token], dict[int, Amount]]:
    """Put one token in place of those that make up an amount; mark approved sentences."""
    tokens: list[Token] = []
    placed: dict[int, Amount] = {}
    spans = {(a.start + offset, a.end + offset): a for a in amounts}
    for token in raw:
        if any(s <= token.start and token.end <= e for s, e in given):
            tokens.append(Token(token.start, token.end, token.norm, "given"))
            continue
        span = next((s for s in spans if s[0] < token.end and token.start < s[1]), None)
        if span is None:
            tokens.append(token)
        elif not (tokens and (tokens[-1].start, tokens[-1].end) == span):
            placed[len(tokens)] = spans[span]
            tokens.append(Token(*span, "#", "amount"))
    return tokens, placed


def _swaps(
    tokens: Sequence[Token],
    covered: Sequence[tuple[int, int, Entry | None]],
    verdicts: dict[int, Verdict],
    placed: dict[int, Amount],
    evidence: Evidence,
) -> dict[int, str | None]:
    """Token index of an amount that stands with another attribute's name -> that attribute."""
    measures: dict[str, set[str]] = {}
    for fact_id, amount in evidence.amounts:
        measures.setdefault(fact_id, set()).add(dimension(amount.unit))
    commas = _commas(tokens)
    marks = []
    for at, past, entry in covered:
        if at in verdicts and not verdicts[at].rule:
            unit = frozenset({dimension(placed[at].unit)})
            marks.append(Mark(at, True, verdicts[at].fact_ids, True, unit, commas[at]))
        elif entry and entry.kind == "cue":
            ids = frozenset(evidence.cue_facts.get(entry.tokens, ())) & set(measures)
            units = frozenset().union(*(measures[i] for i in ids)) if ids else frozenset()
            if ids:
                strong = entry.tokens in evidence.strong_cues
                marks.append(Mark(past - 1, False, ids, strong, units, commas[at]))
    found = swapped(marks, _gaps(tokens))
    return {mark.at: next(iter(mark.fact_ids), None) for mark in found}


def _commas(tokens: Sequence[Token]) -> list[int]:
    counts, total = [], 0
    for token in tokens:
        total += token.kind == "punct" and token.norm not in (":", "：", "、")
        counts.append(total)
    return counts


def _gaps(tokens: Sequence[Token]) -> list[int]:
    gaps, total = [], 0
    for token in tokens:
        if token.norm not in (":", "："):
            total += COMMA_HOPS if token.kind == "punct" else 1
        total += AND_HOPS if (token.norm,) in phrases("joiners") else 0
        gaps.append(total)
    return gaps


def _amount_piece(token: Token, verdict: Verdict, swapped_with: str | None) -> Piece:
    leftover = None
    if verdict.rule:
        leftover = Leftover(token.start, token.end, verdict.rule, fact_id=verdict.fact_id)
    elif swapped_with is not None:
        leftover = Leftover(token.start, token.end, "swapped_numbers", fact_id=swapped_with)
    return Piece(token.start, token.end, "amount", verdict.fact_ids, leftover)


def _piece(
    tokens: Sequence[Token],
    at: int,
    past: int,
    entry: Entry | None,
    *,
    scope: Scope,
) -> Piece:
    start, end = tokens[at].start, tokens[past - 1].end
    if tokens[at].kind in ("punct", "given"):
        return Piece(start, end, tokens[at].kind, frozenset())
    if tokens[at].kind == "own":
        return Piece(start, end, "name", frozenset({OWN[tokens[at].norm[0]]}))
    rule, level = objection(scope, at, entry)
    if level != "block" and is_assertion(scope, at):
        rule, level = "implied", "block"
    leftover = Leftover(start, end, rule, level) if rule else None  # type: ignore[arg-type]
    ids = frozenset(entry.fact_ids) if entry else frozenset()
    kind = entry.kind if entry else "unbacked"
    return Piece(start, end, kind, ids, leftover)


def _merged(leftovers: Sequence[Leftover], folded: str) -> list[Leftover]:
    """Neighbouring words with the same objection make one finding."""
    merged: list[Leftover] = []
    for one in sorted(leftovers, key=lambda o: (o.start, o.end)):
        last = merged[-1] if merged else None
        between = folded[last.end : one.start] if last else "x"
        if last and last.rule == one.rule and not between.strip(" -'") and one.start >= last.end:
            merged[-1] = Leftover(last.start, one.end, last.rule, last.level, last.fact_id)
        else:
            merged.append(one)
    return merged
