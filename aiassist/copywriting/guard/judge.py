"""A second opinion on clauses that rest on no fact: do they state something, or set a scene?

The rules know words and forms one by one; this weighs all of them together. It is a logistic
regression over the clause's words (English) or characters (Chinese), what each piece of it is to
the rules, and what the rules object to. Its weights are learnt by `python -m tests.bench
guard_judge`, from sentences that state something and sentences that do not.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from aiassist.copywriting.guard.types import Leftover, Piece

WEIGHTS = Path(__file__).parent / "data" / "judge"
# Log odds from which a clause states something: it is stopped though no rule objects; below, the
# rules' objections to single words only warn.
ENOUGH = 0.4
# Objections to single words, which the clause around them may take the weight from.
WEIGHABLE = {
    "unbacked", "implied", "negation", "comparison", "superlative", "handwork",
    "foreign_value", "foreign_part", "foreign_product",
    "unknown_number", "wrong_number", "wrong_unit",
}  # fmt: skip
STATED = {"fact", "cue", "given"}  # pieces that rest on the facts
WORD = re.compile(r"[a-z']+|\d[\d.,]*")
# Numbers in words, promises and work by hand need more to be taken for a way of speaking.
FIRM, SURE = {"unknown_number", "wrong_number", "wrong_unit", "handwork"}, -1.0
ALONE = 0.6  # a clause weighed without its neighbours is judged from less
FEWEST = {"en": 3, "zh": 4}  # words or characters of a clause that can be weighed
ENDINGS = ("ing", "edly", "ed", "es", "s", "ly")
EDGES = " \t\n.。!！?？~～,，;；:：—–-"


def features(text: str, lang: str, kinds: Sequence[str], rules: Iterable[str]) -> frozenset[str]:
    """What is weighed: `kinds` of the clause's pieces in order, `rules` as "name:level"."""
    found = set(_in_chinese(text) if lang == "zh" else _in_english(text))
    for kind, n in Counter(kinds).items():
        found |= {f"k:{kind}", f"k{min(n, 3)}:{kind}"}
    found |= {f"k@{at}:{kind}" for at, kind in enumerate(kinds[:2])}
    found |= {f"kk:{one}_{other}" for one, other in zip(kinds, kinds[1:], strict=False)}
    said = set(rules)
    found |= {f"r:{rule}" for rule in said}
    found.add("blocked" if any(rule.endswith(":block") for rule in said) else "passed")
    return frozenset(found)


def _in_english(text: str) -> Iterator[str]:
    words = [_stem(word) for word in WORD.findall(text.lower())]
    if not words:
        return
    yield from (f"w:{word}" for word in words)
    yield from (f"b:{one}_{other}" for one, other in zip(words, words[1:], strict=False))
    yield from (f"end:{word[-3:]}" for word in WORD.findall(text.lower()) if len(word) > 5)
    yield from (f"h:{words[0]}", f"hh:{'_'.join(words[:2])}", f"e:{words[-1]}")
    yield f"n:{min(len(words) // 3, 4)}"


def _stem(word: str) -> str:
    if word[0].isdigit():
        return "0"
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def _in_chinese(text: str) -> Iterator[str]:
    plain = re.sub(r"[a-z]+", "a", re.sub(r"\d+(\.\d+)?", "0", text.lower()))
    chars = [c for c in plain if "\u4e00" <= c <= "\u9fff" or c in "0a%"]
    if not chars:
        return
    yield from (f"c:{char}" for char in chars)
    yield from (f"b:{a}{b}" for a, b in zip(chars, chars[1:], strict=False))
    yield from (f"t:{a}{b}{c}" for a, b, c in zip(chars, chars[1:], chars[2:], strict=False))
    yield from (f"h:{chars[0]}", f"hh:{''.join(chars[:2])}")
    yield from (f"e:{chars[-1]}", f"ee:{''.join(chars[-2:])}")
    yield f"n:{min(len(chars) // 3, 4)}"


@lru_cache(maxsize=2)
def _weights(lang: str) -> dict[str, float]:
    lines = (WEIGHTS / f"{lang}.tsv").read_text("utf-8").splitlines()
    pairs = (line.rsplit("\t", 1) for line in lines if not line.startswith("# "))
    return {name: float(weight) for name, weight in pairs}


def score(found: Iterable[str], lang: str) -> float:
    """Log odds that the clause states something; 0 is even."""
    weights = _weights(lang)
    return weights.get("", 0.0) + sum(weights.get(name, 0.0) for name in found)


def weigh(
    folded: str, clauses: Iterable[tuple[int, int]], pieces: Sequence[Piece], lang: str
) -> Iterator[tuple[list[Piece], frozenset[str]]]:
    """The stretches of a sentence that rest on no fact: their pieces, and what is weighed."""
    for inside in _stretches(clauses, pieces):
        text = folded[inside[0].start : inside[-1].end].strip(EDGES)
        if len(WORD.findall(text.lower()) if lang == "en" else text) < FEWEST[lang]:
            continue
        kinds = [p.kind for p in inside if p.kind != "punct"]
        rules = [f"{p.leftover.rule}:{p.leftover.level}" for p in inside if p.leftover]
        yield inside, features(text, lang, kinds, rules)


def _stretches(
    clauses: Iterable[tuple[int, int]], pieces: Sequence[Piece]
) -> Iterator[list[Piece]]:
    stretch: list[Piece] = []
    for start, end in clauses:
        inside = [p for p in pieces if p.start < end and p.end > start]
        if any(_rests_on_fact(p) for p in inside):
            yield from [stretch] if stretch else []
            stretch = []
        else:
            stretch = [*stretch, *inside]
    yield from [stretch] if stretch else []


def _rests_on_fact(piece: Piece) -> bool:
    return piece.kind in STATED or (piece.kind == "amount" and piece.leftover is None)


def reconsider(
    folded: str,
    clauses: Iterable[tuple[int, int]],
    pieces: Sequence[Piece],
    lang: str,
    *,
    known: Sequence[Leftover] = (),
) -> list[Leftover]:
    """The rules' objections of one sentence, with those dropped or added that the whole of a
    clause asks for. Where something is `known` to be wrong already, nothing is added."""
    spans = list(clauses)
    odds_at: dict[int, float] = {}
    for part in (*([span] for span in spans), spans):  # an objection outlasts a dreamy neighbour
        for inside, found in weigh(folded, part, pieces, lang):
            odds = score(found, lang) - (0 if part is spans else ALONE)
            odds_at |= {p.start: max(odds, odds_at.get(p.start, odds)) for p in inside}
    added = _unseen(weigh(folded, spans, pieces, lang), lang, known)
    kept = [_softer(p, folded, odds=odds_at.get(p.start, ENOUGH)) for p in pieces if p.leftover]
    return [*kept, *added]


def _unseen(
    weighed: Iterable[tuple[list[Piece], frozenset[str]]], lang: str, known: Sequence[Leftover]
) -> Iterator[Leftover]:
    """Stretches that state something though no rule objects to a word of them."""
    for inside, found in weighed:
        start, end = inside[0].start, inside[-1].end
        is_known = any(o.start < end and o.end > start for o in known)
        if "passed" in found and not is_known and score(found, lang) >= ENOUGH:
            yield Leftover(start, end, "implied")


def _softer(piece: Piece, folded: str, *, odds: float) -> Leftover:
    """Figures and what only a list of marks, brands or languages knows keep their weight."""
    leftover = piece.leftover
    is_weighed = leftover.level == "block" and leftover.rule in WEIGHABLE
    has_digits = any(c.isdigit() for c in folded[leftover.start : leftover.end])
    is_firm = leftover.rule in FIRM or (piece.kind == "deny" and leftover.rule == "implied")
    if is_weighed and odds < (SURE if is_firm else ENOUGH) and not has_digits:
        return replace(leftover, level="warn")
    return leftover
