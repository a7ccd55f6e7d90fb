"""Mistakes that stay close to the truth: a stronger word, another fact's number, a hundred percent.

Like the other planted mistakes these know nothing of the guard's lists.
"""

import random
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from tests.bench.guard_corrupt import Case, Planted, numbers_of, put_in

SET = Path(__file__).parent / "guard_set"
# What a careless writer makes of a careful fact, per language.
STRONGER = {
    "en": (
        (r"machine wash", "hand wash"),
        (r"hand wash", "machine wash"),
        (r"water[- ]resistant", "waterproof"),
        (r"recycled (?=\w)", "virgin "),
        (r"faux ", "genuine "),
        (r"blend", "pure fibre"),
        (r"\bup to (\d[\d.,]*)", r"at least \1"),
        (r"dishwasher", "oven"),
        (r"[Mm]ade in", "Designed and made by hand in"),
        (r"adults?\b", "newborns"),
        (r"detachable|removable", "heated"),
    ),
    "zh": (
        (r"机洗", "手洗"),
        (r"手洗", "机洗"),
        (r"防泼水", "防水"),
        (r"再生", "原生"),
        (r"人造", "天然"),
        (r"混纺", "纯"),
        (r"洗碗机", "烤箱"),
        (r"可拆卸?", "可加热"),
        (r"约(\d[\d.]*)", r"不低于\1"),
        (r"防水", "防水防爆"),
        (r"成犬", "幼犬"),
    ),
}


def _stronger(text: str, case: Case, rng: random.Random) -> Planted | None:
    found = [
        (match, new) for pattern, new in STRONGER[case.lang] for match in re.finditer(pattern, text)
    ]
    if not found:
        return None
    match, new = rng.choice(found)
    return put_in(text, match.span(), match.expand(new))


def _anothers_number(text: str, case: Case, rng: random.Random) -> Planted | None:
    """The number of one attribute where another's stands; their units differ."""
    places = numbers_of(text, case)
    pairs = [
        (match, other)
        for match, unit in places
        for _, other, other_unit in case.facts.values()
        if re.fullmatch(r"\d+(\.\d+)?", other) and unit and other_unit not in ("", unit)
        if other != match.group()
    ]
    if not pairs:
        return None
    match, other = rng.choice(pairs)
    return put_in(text, match.span(), other)


def _all_of_it(text: str, case: Case, rng: random.Random) -> Planted | None:
    value = case.facts.get("material", ("", "", ""))[1]
    at = text.lower().find(value.lower()) if value else -1
    if at < 0 or "100" in value or "纯" in value:
        return None
    new = ("100% " if case.lang == "en" else "百分百") + text[at : at + len(value)]
    return put_in(text, (at, at + len(value)), new)


def _for_life(text: str, case: Case, rng: random.Random) -> Planted | None:
    patterns = {
        "en": r"(?:\d+|two|three|five)[- ](?:year|month)s?(?=[^.]{0,20}warranty)",
        "zh": r"(?:质保|保修)(?:\d+|[一二两三五])年|(?:\d+|[一二两三五])年质保",
    }
    match = re.search(patterns[case.lang], text)
    if not match:
        return None
    return put_in(text, match.span(), "lifetime" if case.lang == "en" else "终身质保")


@lru_cache(maxsize=1)
def unbacked_sentences() -> dict[tuple[str, str], list[str]]:
    """(language, class) -> sentences that no product's facts back."""
    found: dict[tuple[str, str], list[str]] = {}
    for path in sorted(SET.glob("claims_*.txt")):
        for of, sentences in sentences_of(path).items():
            found.setdefault(of, []).extend(sentences)
    return found


def sentences_of(path: Path) -> dict[tuple[str, str], list[str]]:
    """(language, class) -> the sentences of a file; a line "= lang" opens a language."""
    found: dict[tuple[str, str], list[str]] = {}
    lang = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("= "):
            lang = line[2:].strip()
        elif line and not line.startswith("#"):
            kind, _, sentences = line.partition(": ")
            found.setdefault((lang, kind), []).extend(sentences.split(" | "))
    return found


def _said(kind: str) -> Callable[[str, Case, random.Random], Planted | None]:
    def corrupt(text: str, case: Case, rng: random.Random) -> Planted | None:
        sentence = rng.choice(unbacked_sentences()[case.lang, kind])
        joint = "\n- " if text.lstrip().startswith("-") else " " if case.lang == "en" else ""
        end = "" if text.rstrip()[-1:] in ".!?。！？～" else "." if case.lang == "en" else "。"
        whole = text.rstrip() + end + joint + sentence
        return whole, [(len(whole) - len(sentence), len(whole))]

    return corrupt


KINDS = sorted({kind for _, kind in unbacked_sentences()})
SUBTLE: dict[str, Callable[[str, Case, random.Random], Planted | None]] = {
    "stronger_word": _stronger,
    "anothers_number": _anothers_number,
    "hundred_percent": _all_of_it,
    "lifetime_for_years": _for_life,
    **{f"said_{kind}": _said(kind) for kind in KINDS},
}
