"""Which column feeds which field: by its name, one column at a time, never by the file as a whole.

Mixed files exist (the old `Handle` beside the new `Price`), so a dialect is only the set of names
it knows; what it is called on the page is the dialect that most columns belong to. Where plain
words of trade say more than any dialect does, the file is a table to be mapped by hand, and what
the columns are called and hold becomes a first proposal.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.products.imports import google, own, shopify, table, woocommerce
from catalog.products.imports.fields import (
    BY_NAME,
    EXTRA,
    FACT,
    FIELDS,
    LEFT_OUT,
    MORE_IMAGES,
)
from catalog.products.imports.guess import fits, guess, profile
from catalog.products.imports.problems import Problem, Refused, problem
from catalog.products.imports.products import Dialect
from catalog.products.imports.words import field_named, nearest_field, normal

DIALECTS: tuple[Dialect, ...] = (
    shopify.DIALECT,
    own.DIALECT,
    woocommerce.DIALECT,
    google.DIALECT,
)
ANY = table.DIALECT
PROBLEM_COLUMN = "Import problem"  # the column that the error file adds, left out when it returns
CLOSE = 0.72  # similarity above which a name is worth suggesting
Columns = Mapping[str, Sequence[str]]  # the first values of each column
KindOf = Callable[[str], str]  # the key of the kind of fact that a name stands for, or ""


@dataclass(frozen=True)
class Detected:
    dialect: str  # its name
    mapping: dict[str, str]
    unknown: list[str] = field(default_factory=list)
    suggestions: dict[str, str] = field(default_factory=dict)  # unknown column -> our field
    warnings: list[Problem] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)  # columns mapped by a guess


def _no_kind(name: str) -> str:
    return ""


def detect(
    header: Iterable[str],
    *,
    columns: Columns | None = None,
    kind_of: KindOf = _no_kind,
    has_header: bool = True,
) -> Detected:
    """Map every column, or raise `Refused` when the file is no table at all."""
    names = list(header)
    dialect = max(DIALECTS, key=lambda d: sum(known(d, name) is not None for name in names))
    found = {name: known(dialect, name) for name in names}
    words = [name for name in names if field_named(name) or kind_of(name)]
    told = [name for name, target in found.items() if target is not None]
    if not told and not words and len(names) < 2:
        raise Refused("not_a_table", found=", ".join(names)[:120])
    # A dialect is told by words of its own; words that everybody uses make a table of any kind.
    is_told = any(found.values()) and set(told) - set(words) - {PROBLEM_COLUMN}
    if not has_header or not is_told or len(words) > len(told):
        return _detect_table(names, columns or {}, kind_of, has_header=has_header)
    mapping, warnings = _without_doubles(found)
    unknown = [name for name in names if found[name] is None and not is_unnamed(name)]
    if unknown:
        warnings.append(problem("unknown_columns", names=", ".join(unknown)))
    suggestions = {name: near for name in unknown if (near := nearest(dialect, name))}
    return Detected(dialect.variety(names), mapping, unknown, suggestions, warnings)


def _detect_table(
    names: list[str], columns: Columns, kind_of: KindOf, *, has_header: bool
) -> Detected:
    """What plain words and the values themselves say; a person looks at it before anything runs."""
    mapping: dict[str, str] = {}
    for name in names if has_header else []:
        target = _by_word(name, columns.get(name, ()), kind_of)
        if target == "image_url" and target in mapping.values():
            target = MORE_IMAGES
        if target and (target not in FIELDS or target not in mapping.values()):
            mapping[name] = target
    taken = set(mapping.values()) | {LEFT_OUT}
    free = {n: columns.get(n, ()) for n in names if n not in mapping and n != PROBLEM_COLUMN}
    guessed = guess(free, taken, has_header=has_header)
    unknown = [name for name in free if has_header and not is_unnamed(name)]
    for name in unknown if has_header else ():
        near = "" if name in guessed else nearest_field(name)
        is_free = near and near not in taken | set(guessed.values())
        if is_free and fits(near, profile(columns.get(name, ()))):
            guessed[name] = near
    mapping |= guessed
    complete = {name: mapping.get(name, _rest(name)) for name in names}
    return Detected(ANY.name, complete, unknown, dict(guessed), [], list(guessed))


def _by_word(name: str, values: Sequence[str], kind_of: KindOf) -> str:
    if name == PROBLEM_COLUMN:
        return LEFT_OUT
    target = field_named(name)
    if target and fits(target, profile(values)):
        return target
    kind = kind_of(name)
    return f"{FACT}{kind}" if kind else ""


def _rest(name: str) -> str:
    return LEFT_OUT if name == PROBLEM_COLUMN or is_unnamed(name) else EXTRA


def known(dialect: Dialect, name: str) -> str | None:
    """Our field, EXTRA or BY_NAME for a known column without one, None for an unknown one."""
    if name == PROBLEM_COLUMN:
        return LEFT_OUT
    wanted = normal(name)
    if wanted in dialect.columns:
        return dialect.columns[wanted]
    if any(re.fullmatch(rule, wanted) for rule in dialect.by_name):
        return BY_NAME
    if wanted.replace(" ", "_") in FIELDS:
        return wanted.replace(" ", "_")
    return EXTRA if any(re.fullmatch(rule, wanted) for rule in dialect.kept) else None


def is_unnamed(name: str) -> bool:
    return re.fullmatch(r"#\d+", name) is not None


def _without_doubles(found: Mapping[str, str | None]) -> tuple[dict[str, str], list[Problem]]:
    """Where two columns say the same (old and new name side by side), the first one counts."""
    first: dict[str, str] = {}
    mapping, warnings = {}, []
    for name, target in found.items():
        mapping[name] = EXTRA if target is None and not is_unnamed(name) else target or LEFT_OUT
        if target in FIELDS and first.setdefault(target, name) != name:
            mapping[name] = LEFT_OUT
            warnings.append(problem("second_column", column=name, other=first[target]))
    return mapping, warnings


def nearest(dialect: Dialect, name: str) -> str:
    """The field whose known column names look most like this one, or ""."""
    names = {column: target for column, target in dialect.columns.items() if target in FIELDS}
    close = difflib.get_close_matches(normal(name), names, n=1, cutoff=CLOSE)
    return names[close[0]] if close else ""


def dialect_of(name: str) -> Dialect:
    return next((d for d in (*DIALECTS, ANY) if name.startswith(d.name)), DIALECTS[0])


def name_of(variety: str) -> str:
    """What a variety is called on a page."""
    return str(dialect_of(variety).varieties.get(variety, variety))


def mapping_problems(mapping: Mapping[str, str], dialect: str = "") -> Iterator[Problem]:
    """What is wrong with a mapping as a whole."""
    used: dict[str, list[str]] = {}
    for column, target in mapping.items():
        if target in FIELDS:
            used.setdefault(target, []).append(column)
    for target, columns in used.items():
        if len(columns) > 1:
            yield problem("mapped_twice", field=str(FIELDS[target]), names=", ".join(columns))
    names = {"handle", "title", "sku"} if dialect == ANY.name else {"handle", "title"}
    if not (names & used.keys()):
        yield problem("no_identity")


def columns_of(header: list[str], mapping: Mapping[str, str]) -> dict[str, Any]:
    """Where each field stands, and the columns kept or read by name."""
    places = {
        mapping.get(name): at for at, name in enumerate(header) if mapping.get(name) in FIELDS
    }
    kept, by_name = (
        {name: at for at, name in enumerate(header) if mapping.get(name) in targets}
        for targets in ((EXTRA,), (BY_NAME, MORE_IMAGES))
    )
    return {"fields": places, "kept": kept, "by_name": by_name}
