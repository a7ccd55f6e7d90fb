"""Columns that a person mapped to kinds of fact: their cells become stated facts of the product."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from catalog.products.imports.fields import FACT, PAIRS
from catalog.products.imports.problems import problem
from catalog.products.imports.products import Parsed, Reading, cleaned
from catalog.products.imports.read import Line

MAX_FACT = 500  # characters
MAX_KEY = 60
MAX_PAIRS = 200  # in one cell
LISTS = re.compile(r"[\n|;；]+")
COMMAS = re.compile(r"[,，、](?!\d)")
NEXT_PAIR = re.compile(r"[,，;；\n|](?=[^=,，;；\n|]{1,60}[=:：])")
NAME = re.compile(r"\s*([^=:：]{1,60}?)\s*[=:：]\s*(.*)", re.DOTALL)


KeyOf = Callable[[str], str]  # the key under which the shop keeps a kind called so


@dataclass(frozen=True)
class _Columns:
    key_of: KeyOf
    facts: list[tuple[int, str, str]]  # place, column, key
    pairs: list[tuple[int, str]]


def states_facts(mapping: Mapping[str, str]) -> bool:
    return any(target == PAIRS or target.startswith(FACT) for target in mapping.values())


def with_mapped_facts(
    reading: Reading, header: Sequence[str], mapping: Mapping[str, str], *, key_of: KeyOf
) -> Reading:
    """The same products with the facts that mapped columns state."""
    columns = _Columns(key_of, [], [])
    for at, name in enumerate(header):
        target = mapping.get(name, "")
        if target.startswith(FACT):
            columns.facts.append((at, name, key_of(target.removeprefix(FACT))))
        elif target == PAIRS:
            columns.pairs.append((at, name))
    step = partial(_state, columns)
    return Reading(reading.n_lines, (parsed.then(step) for parsed in reading.rows))


def _state(columns: _Columns, parsed: Parsed) -> None:
    if not parsed.payload:
        return
    facts: dict[str, list[str]] = parsed.payload.setdefault("facts", {})
    for at, name, key in columns.facts:
        values = (value for cell in _cells(parsed.lines, at) for value in split_list(cell))
        _add(parsed, facts, name, key, list(dict.fromkeys(values)))
    for at, name in columns.pairs:
        for cell in _cells(parsed.lines, at):
            for key, values in split_pairs(cell):
                _add(parsed, facts, name, columns.key_of(key), values)


def _cells(lines: Iterable[Line], at: int) -> Iterator[str]:
    for line in lines:
        if at < len(line.cells):
            yield cleaned(line.cells[at])


def _add(
    parsed: Parsed, facts: dict[str, list[str]], column: str, key: str, values: list[str]
) -> None:
    if len(key) > MAX_KEY or any(len(value) > MAX_FACT for value in values):
        why = problem("too_long", line=parsed.line, column=column, limit=MAX_FACT)
        parsed.problems.append(why)
        return
    own = next((name for name in facts if name.casefold() == key.casefold()), key)
    facts[own] = list(dict.fromkeys([*facts.get(own, []), *values]))


def split_list(cell: str) -> list[str]:
    return list(_split(cell))


@lru_cache(maxsize=8192)
def _split(cell: str) -> tuple[str, ...]:
    """The values of a cell: between lines, bars or semicolons, or between commas where every part
    is a word or two; a comma inside a sentence or a number parts nothing."""
    parts = LISTS.split(cell)
    if len(parts) == 1:
        by_comma = COMMAS.split(cell)
        if all(len(part) <= 40 and len(part.split()) <= 3 for part in by_comma):
            parts = by_comma
    return tuple(part.strip() for part in parts if part.strip())


def split_pairs(cell: str) -> Iterator[tuple[str, list[str]]]:
    """`color=Red,material=Nylon|Cotton` as kinds and their values."""
    for part in NEXT_PAIR.split(cell)[:MAX_PAIRS]:
        found = NAME.fullmatch(part)
        if found and found[1]:
            yield found[1].replace("_", " "), split_list(found[2])
