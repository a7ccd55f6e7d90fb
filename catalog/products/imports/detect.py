"""Which column feeds which field: by its name, one column at a time, never by the file as a whole.

Mixed files exist (the old `Handle` beside the new `Price`), so a dialect is only the set of names
it knows; what it is called on the page is the dialect that most columns belong to.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.products.imports import google, own, shopify, woocommerce
from catalog.products.imports.fields import BY_NAME, EXTRA, FIELDS, LEFT_OUT
from catalog.products.imports.problems import Problem, Refused, problem
from catalog.products.imports.products import Dialect

DIALECTS: tuple[Dialect, ...] = (
    shopify.DIALECT,
    own.DIALECT,
    woocommerce.DIALECT,
    google.DIALECT,
)
PROBLEM_COLUMN = "Import problem"  # the column that the error file adds, left out when it returns
CLOSE = 0.72  # similarity above which a name is worth suggesting


@dataclass(frozen=True)
class Detected:
    dialect: str  # its name
    mapping: dict[str, str]
    unknown: list[str] = field(default_factory=list)
    suggestions: dict[str, str] = field(default_factory=dict)  # unknown column -> our field
    warnings: list[Problem] = field(default_factory=list)


def normal(name: str) -> str:
    """A header as it is compared: lower case, single blanks, no marks."""
    return " ".join(re.sub(r"[_\s]+", " ", name.replace("\ufeff", "")).casefold().split())


def detect(header: Iterable[str]) -> Detected:
    """Map every column, or raise `Refused` when none of them is known."""
    names = list(header)
    dialect = max(DIALECTS, key=lambda d: sum(known(d, name) is not None for name in names))
    found = {name: known(dialect, name) for name in names}
    if not any(found.values()):
        raise Refused("not_a_table", found=", ".join(names)[:120])
    mapping, warnings = _without_doubles(found)
    unknown = [name for name in names if found[name] is None and not is_unnamed(name)]
    if unknown:
        warnings.append(problem("unknown_columns", names=", ".join(unknown)))
    suggestions = {name: near for name in unknown if (near := nearest(dialect, name))}
    return Detected(dialect.variety(names), mapping, unknown, suggestions, warnings)


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
    return next((d for d in DIALECTS if name.startswith(d.name)), DIALECTS[0])


def name_of(variety: str) -> str:
    """What a variety is called on a page."""
    return str(dialect_of(variety).varieties.get(variety, variety))


def mapping_problems(mapping: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with a mapping as a whole."""
    used: dict[str, list[str]] = {}
    for column, target in mapping.items():
        if target in FIELDS:
            used.setdefault(target, []).append(column)
    for target, columns in used.items():
        if len(columns) > 1:
            yield problem("mapped_twice", field=str(FIELDS[target]), names=", ".join(columns))
    if not ({"handle", "title"} & used.keys()):
        yield problem("no_identity")


def columns_of(header: list[str], mapping: Mapping[str, str]) -> dict[str, Any]:
    """Where each field stands, and the columns kept or read by name."""
    places = {
        mapping.get(name): at for at, name in enumerate(header) if mapping.get(name) in FIELDS
    }
    kept, by_name = (
        {name: at for at, name in enumerate(header) if mapping.get(name) == target}
        for target in (EXTRA, BY_NAME)
    )
    return {"fields": places, "kept": kept, "by_name": by_name}
