"""Plant one mistake in a clean text. The word lists here know nothing of the guard's lexicon."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SET = Path(__file__).parent / "guard_set"
WORDS: dict[str, Any] = json.loads((SET / "corruptions.json").read_text("utf-8"))
Span = tuple[int, int]
Planted = tuple[str, list[Span]]


@dataclass(frozen=True)
class Case:
    """A product in one language: its facts by English key, as (key, value, unit)."""

    id: str
    lang: str
    name: str
    brand: str
    type: str
    facts: dict[str, tuple[str, str, str]]
    half: str = "made_with"

    def words(self, table: str) -> Any:
        return WORDS[self.half][table][self.lang]


def plant(text: str, case: Case, kind: str, rng: random.Random) -> Planted | None:
    """The text with one corruption and where it stands; None where the text gives no place."""
    inserted = WORDS[case.half]["inserted"]
    if kind in inserted:
        return _insert(text, case, inserted[kind][case.lang], rng)
    return REPLACING[kind](text, case, rng)


def _insert(text: str, case: Case, sentences: list[str], rng: random.Random) -> Planted | None:
    sentence = rng.choice(sentences)
    for slot in re.findall(r"\{(\w+)\}", sentence):
        value = case.type if slot == "type" else _spoken(case, slot)
        if value is None:
            return None
        sentence = sentence.replace("{" + slot + "}", value)
    if _is_true(sentence, case):
        return None
    bulleted = text.lstrip().startswith("-")
    if bulleted:
        at, piece = len(text), f"\n- {sentence.rstrip('.。')}"
    else:
        ends = [m.end() for m in re.finditer(r"[.!?](?=\s|$)|[。！？]", text)]
        at = rng.choice(ends) if ends else len(text)
        piece = f" {sentence}" if case.lang == "en" else sentence
    return text[:at] + piece + text[at:], [(at, at + len(piece))]


def _is_true(sentence: str, case: Case) -> bool:
    """ "It is wireless." is no mistake in a text about wireless headphones."""
    stated = " ".join([case.name, *(part for fact in case.facts.values() for part in fact)])
    core = re.split(r"\s", sentence.strip(".。"))[-1] if case.lang == "en" else sentence.strip("。")
    return core.lower() in stated.lower()


def _spoken(case: Case, key: str) -> str | None:
    if key not in case.facts:
        return None
    _, value, unit = case.facts[key]
    return f"{value} {unit}".strip() if case.lang == "en" else f"{value}{unit}"


def numbers_of(text: str, case: Case) -> list[tuple[re.Match[str], str]]:
    """Numbers of the text that are a measured fact, with their unit."""
    found = []
    for _, value, unit in case.facts.values():
        if re.fullmatch(r"\d+(\.\d+)?", value):
            pattern = rf"(?<![\d.A-Za-z]){re.escape(value)}(?![\d.]*\d)"
            found += [(match, unit) for match in re.finditer(pattern, text)]
    return found


def _wrong_number(text: str, case: Case, rng: random.Random) -> Planted | None:
    places = numbers_of(text, case)
    if not places:
        return None
    match, _ = rng.choice(places)
    known = {value for _, value, _ in case.facts.values()}
    factor = rng.choice([0.5, 0.9, 1.1, 1.25, 1.5, 2, 3, 10])
    number = f"{float(match.group()) * factor:.4g}"
    number = f"{float(number):.10g}"
    if "." not in match.group() and "." in number:
        number = str(round(float(number)))
    if number == match.group() or number in known:
        number = str(int(float(match.group())) + 7)
    return put_in(text, match.span(), number)


def _swapped_numbers(text: str, case: Case, rng: random.Random) -> Planted | None:
    places = {match.group(): match for match, _ in numbers_of(text, case)}
    if len(places) < 2:
        return None
    first, second = sorted(rng.sample(list(places.values()), 2), key=lambda m: m.start())
    a, b = first.group(), second.group()
    if re.fullmatch(r"\s*\w*\s*(?:x|×|by)\s*", text[first.end() : second.start()]):
        return None  # 9.5 x 11 names no side, so the order is no mistake
    swapped = text[: first.start()] + b + text[first.end() : second.start()] + a
    at = len(swapped) - len(a)
    spans = [(first.start(), first.start() + len(b)), (at, at + len(a))]
    return swapped + text[second.end() :], spans


def _wrong_unit(text: str, case: Case, rng: random.Random) -> Planted | None:
    places = []
    for match, unit in numbers_of(text, case):
        after = re.compile(rf"[\s-]*{re.escape(unit)}(?![A-Za-z])").match(text, match.end())
        other = case.words("units").get(unit)
        if unit and after and other:
            places.append((match.start(), after.end(), match.group(), other))
    if not places:
        return None
    start, end, number, other = rng.choice(places)
    gap = " " if case.lang == "en" else ""
    return put_in(text, (start, end), f"{number}{gap}{other}")


def _other_value(key: str, table: str) -> Callable[[str, Case, random.Random], Planted | None]:
    def corrupt(text: str, case: Case, rng: random.Random) -> Planted | None:
        if key not in case.facts:
            return None
        value = case.facts[key][1]
        at = text.lower().find(value.lower())
        if at < 0:
            return None
        others = [w for w in case.words(table) if w not in value and value not in w]
        return put_in(text, (at, at + len(value)), rng.choice(others))

    return corrupt


def _foreign_brand(text: str, case: Case, rng: random.Random) -> Planted | None:
    at = text.find(case.brand) if case.brand else -1
    if at < 0:
        other = rng.choice(case.words("brands"))
        lead = " It is by " if case.lang == "en" else "出自"
        end = "." if case.lang == "en" else "。"
        if text.lstrip().startswith("-"):
            lead, end = ("\n- Brand: " if case.lang == "en" else "\n- 品牌："), ""
        start = len(text) + len(lead)
        return text + lead + other + end, [(start, start + len(other))]
    return put_in(text, (at, at + len(case.brand)), rng.choice(case.words("brands")))


def put_in(text: str, span: Span, new: str) -> Planted:
    start, end = span
    return text[:start] + new + text[end:], [(start, start + len(new))]


REPLACING: dict[str, Callable[[str, Case, random.Random], Planted | None]] = {
    "wrong_number": _wrong_number,
    "swapped_numbers": _swapped_numbers,
    "wrong_unit": _wrong_unit,
    "foreign_material": _other_value("material", "materials"),
    "wrong_colour": _other_value("colour", "colours"),
    "foreign_brand": _foreign_brand,
}
CLASSES = (*REPLACING, *WORDS["made_with"]["inserted"])
