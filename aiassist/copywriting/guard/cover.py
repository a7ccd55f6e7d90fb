"""Account for every token of a sentence with the cheapest phrases; what stays is unbacked."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from aiassist.copywriting.guard.evidence import Entry, Evidence
from aiassist.copywriting.guard.lexicon import Phrase, denied, phrases, readings
from aiassist.copywriting.guard.tokens import Token
from aiassist.copywriting.guard.vocabulary import product_nouns, value_phrases

# An unexplained token costs more than any explanation of a sentence.
UNEXPLAINED = 1000.0
# A known value of several words is itself, not a chance meeting of words from different facts.
KNOWN_WHOLE = 1.7
IDIOM = 0.4  # "no doubt" is a phrase of its own, not a denial
COSTS = {"deny": 0.45, "claim": 1.9, "word": 2.0, "phrase": 2.0, "soft": 2.1, "mild": 2.2}
COSTS |= {
    "touchy": 2.25,
    "scene": 2.3,
    "verb": 2.35,
    "limit": 1.0,
    "part": 2.5,
    "noun": 2.6,
    "foreign": 3.0,
}
# The guard's sections of words, each with what a phrase of it is to the cover.
SECTIONS = {"words": "word", "phrases": "phrase", "mild": "mild", "scene": "scene"}
SECTIONS |= {"parts": "part", "limits": "limit", "claim": "claim", "touchy": "touchy"}
SECTIONS |= {"foreign": "foreign", "imperative": "verb", "figurative": "verb"}


@lru_cache(maxsize=1)
def _language() -> dict[str, list[Entry]]:
    """First token -> phrases of the language itself, the same for every product."""
    table: dict[str, list[Entry]] = {}
    kinds = [(kind, phrases(section)) for section, kind in SECTIONS.items()]
    kinds += [("noun", frozenset(product_nouns())), ("foreign", value_phrases())]
    things = phrases("parts") | phrases("body") | product_nouns().keys()
    for kind, found in kinds:
        for phrase in found - things if kind == "verb" else found:
            table.setdefault(phrase[0], []).append(Entry(phrase, kind, _cost(kind, phrase)))
    for kind, labels in (("deny", denied()), ("soft", readings())):
        for phrase, label in labels.items():
            table.setdefault(phrase[0], []).append(Entry(phrase, kind, COSTS[kind], (), label))
    return table


def _cost(kind: str, phrase: Phrase) -> float:
    """An idiom is chosen before the claims that its words make one by one."""
    if kind == "foreign" and len(phrase) > 1:
        return KNOWN_WHOLE
    is_idiom = kind in ("phrase", "scene", "mild") and len(phrase) > 1
    if is_idiom and any(part in denied() for part in _parts(phrase)):
        return IDIOM
    return COSTS[kind]


def _parts(phrase: Phrase) -> Iterator[Phrase]:
    places = range(len(phrase) + 1)
    return (phrase[i:j] for i, j in combinations(places, 2) if j - i < len(phrase))


def cover(tokens: Sequence[Token], evidence: Evidence) -> list[tuple[int, int, Entry | None]]:
    """(first token, past last token, entry) from left to right; no entry: nothing explains it."""
    table = _language()
    total = [0.0] * (len(tokens) + 1)
    step: list[tuple[int, Entry | None]] = [(1, None)] * len(tokens)
    for i in range(len(tokens) - 1, -1, -1):
        if tokens[i].kind in ("punct", "amount", "given", "own"):
            total[i] = total[i + 1]
            continue
        total[i] = UNEXPLAINED + total[i + 1]
        norm = tokens[i].norm
        for entry in (*evidence.entries.get(norm, ()), *table.get(norm, ())):
            length = len(entry.tokens)
            if not _matches(tokens, i, entry):
                continue
            cost = entry.cost + total[i + length]
            if cost < total[i]:
                total[i], step[i] = cost, (length, entry)
    return _walk(step)


def _matches(tokens: Sequence[Token], at: int, entry: Entry) -> bool:
    end = at + len(entry.tokens)
    if end > len(tokens):
        return False
    return all(
        token.norm == norm and token.kind != "punct"
        for token, norm in zip(tokens[at:end], entry.tokens, strict=True)
    )


def _walk(step: Sequence[tuple[int, Entry | None]]) -> list[tuple[int, int, Entry | None]]:
    pieces, at = [], 0
    while at < len(step):
        length, entry = step[at]
        pieces.append((at, at + length, entry))
        at += length
    return pieces
