"""The phrase tables: how each kind of fact reads as a predicate, a noun phrase or a sentence."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiassist.copywriting.composer.grammar import ARTICLE, agree

FOLDER = Path(__file__).parent
SLOT = re.compile(r"\{\w+\}")
VERB = re.compile(r"\[([a-z]+)\]")
# A bar inside braces parts "pocket|pockets", not two cells.
CELL_BAR = re.compile(r"\|(?![^{]*\})")


@dataclass(frozen=True)
class Predicate:
    one: str  # "is made of {v}"
    many: str  # "are made of {v}"
    participle: str = ""  # "made of {v}", where it can open a sentence


@dataclass(frozen=True)
class Frame:
    theme: str
    predicates: tuple[Predicate, ...] = ()
    nouns: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()  # sentences of their own, without the full stop


@dataclass(frozen=True)
class Pattern:
    slot: str
    text: str
    needs: frozenset[str]
    is_lead_in: bool = False  # says nothing but "look": one a text is enough


def table_lines(file_name: str) -> list[str]:
    text = (FOLDER / file_name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


@cache
def frames(lang: str) -> dict[str, Frame]:
    """Frames by "key" or "key:variant"."""
    found = {}
    for line in table_lines(f"frames_{lang}.txt"):
        key, theme, clauses, nouns = _cells(line, 4)
        parts = _parts(clauses)
        found[key] = Frame(
            theme,
            tuple(_predicate(part) for part in parts if not part.startswith("=")),
            tuple(noun.replace("@", ARTICLE) for noun in _parts(nouns)),
            tuple(part[1:].replace("@", ARTICLE) for part in parts if part.startswith("=")),
        )
    return found


def _cells(line: str, n_cells: int) -> list[str]:
    cells = [cell.strip() for cell in CELL_BAR.split(line)]
    return (cells + [""] * n_cells)[:n_cells]


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _predicate(text: str) -> Predicate:
    opens = text.startswith("+")
    text = text.lstrip("+").replace("@", ARTICLE)
    return Predicate(
        VERB.sub(lambda match: agree(match[1], False), text),
        VERB.sub(lambda match: agree(match[1], True), text),
        text.removeprefix("[be] ").removeprefix("[was] ") if opens else "",
    )


@cache
def patterns(lang: str) -> dict[str, dict[str, tuple[Pattern, ...]]]:
    """Sentence patterns by tone and slot."""
    found: dict[str, dict[str, list[Pattern]]] = {}
    tone = ""
    for line in table_lines(f"tones_{lang}.txt"):
        if line.startswith("["):
            tone = line[1:-1]
            continue
        slot, text = _cells(line, 2)
        needs = frozenset(re.findall(r"\{(\w+)\}", text))
        pattern = Pattern(slot, text.lstrip("~"), needs, text.startswith("~"))
        found.setdefault(tone, {}).setdefault(slot, []).append(pattern)
    return {
        tone: {slot: tuple(dict.fromkeys(some)) for slot, some in slots.items()}
        for tone, slots in found.items()
    }


@cache
def connectives(lang: str) -> frozenset[str]:
    """The words of the sentence patterns between their slots: they state nothing of a product."""
    found = set()
    for slots in patterns(lang).values():
        for pattern in (one for some in slots.values() for one in some):
            found |= {piece.strip(" ,.:!?，。：！？") for piece in SLOT.split(pattern.text)}
    return frozenset(found - {""})
