"""What a file is of, whose it is, and which of its columns feeds which field."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalog.orders.imports.dialects import ANY, DIALECTS, Dialect
from catalog.orders.imports.fields import FIELD_OF, FIELDS, LEFT_OUT
from catalog.orders.imports.models import Subject
from catalog.products.imports.detect import PROBLEM_COLUMN, is_unnamed
from catalog.products.imports.problems import Problem, problem
from catalog.products.imports.words import normal

CLOSE = 0.78  # similarity above which a name is worth suggesting
# Columns that only files of this kind have: they tell what an unknown table is of.
TELLING = {
    Subject.ORDERS: {"number", "total", "line", "status", "line_refunded", "refunded"},
    Subject.CUSTOMERS: {"accepts_marketing", "tags", "email", "phone", "first_name", "last_name"},
    Subject.INTERACTIONS: {"event_id", "event", "anonymous_id", "session_id"},
}
NEEDS_PERSON = ("customer", "email", "phone")


@dataclass(frozen=True)
class Detected:
    subject: str
    dialect: str
    mapping: dict[str, str]
    unknown: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def detect(header: Sequence[str], *, subject: str = "") -> Detected:
    """Map every column; `subject` is what a person said the file is of."""
    names = {name: plain(name) for name in header if name != PROBLEM_COLUMN}
    dialect = _dialect_of(set(names.values()), subject)
    if dialect:
        return _of_dialect(header, names, dialect)
    return _of_any(header, names, subject or _subject_of(names.values()))


def plain(name: str) -> str:
    return normal(name).replace("_", " ")


def _dialect_of(names: set[str], subject: str) -> Dialect | None:
    told = [
        d
        for d in DIALECTS
        if any(columns <= names for columns in d.told_by) and subject in ("", d.subject)
    ]
    return max(told, key=lambda d: len(names & d.columns.keys()), default=None)


def _of_dialect(header: Sequence[str], names: Mapping[str, str], dialect: Dialect) -> Detected:
    mapping, warnings = _first_of_each(header, names, dialect.columns)
    # What others export beside is known and has no field of ours; of our own files it is a slip.
    own = dialect.name.startswith("own")
    unknown = [n for n in names if own and names[n] not in dialect.columns and not is_unnamed(n)]
    return Detected(dialect.subject, dialect.name, mapping, unknown, [], warnings)


def _subject_of(names: Sequence[str]) -> str:
    """The kind of file whose telling columns are most, orders where none are more."""
    found = {
        subject: sum(FIELD_OF[subject].get(name, "") in telling for name in names)
        for subject, telling in TELLING.items()
    }
    n_fields = {s: sum(name in FIELD_OF[s] for name in names) for s in TELLING}
    return max(TELLING, key=lambda subject: (found[subject], n_fields[subject]))


def _of_any(header: Sequence[str], names: Mapping[str, str], subject: str) -> Detected:
    mapping, warnings = _first_of_each(header, names, FIELD_OF[subject])
    unknown = [n for n in names if mapping[n] == LEFT_OUT and not is_unnamed(n)]
    guessed = []
    for name in unknown:
        near = nearest(name, subject)
        if near and near not in mapping.values():
            mapping[name] = near
            guessed.append(name)
    return Detected(subject, ANY, mapping, unknown, guessed, warnings)


def _first_of_each(
    header: Sequence[str], names: Mapping[str, str], columns: Mapping[str, str]
) -> tuple[dict[str, str], list[Problem]]:
    """Where two columns say the same, the first one counts."""
    mapping: dict[str, str] = {}
    first: dict[str, str] = {}
    warnings = []
    for name in header:
        target = columns.get(names.get(name, ""), LEFT_OUT)
        if target and first.setdefault(target, name) != name:
            warnings.append(problem("second_column", column=name, other=first[target]))
            target = LEFT_OUT
        mapping[name] = target
    return mapping, warnings


def nearest(name: str, subject: str) -> str:
    """The field one of whose names looks most like this one, or stands in it; "" if none does."""
    wanted, known = plain(name), FIELD_OF[subject]
    if close := difflib.get_close_matches(wanted, known, n=1, cutoff=CLOSE):
        return known[close[0]]
    parts = [n for n in known if len(n) > 3 and re.search(rf"\b{re.escape(n)}\b", wanted)]
    return known[max(parts, key=len)] if parts else ""


def mapping_problems(mapping: Mapping[str, str], subject: str) -> Iterator[Problem]:
    """What is wrong with a mapping as a whole."""
    used: dict[str, list[str]] = {}
    for column, target in mapping.items():
        if target:
            used.setdefault(target, []).append(column)
    for target, columns in used.items():
        if len(columns) > 1:
            name = str(FIELDS[subject].get(target, target))
            yield problem("mapped_twice", field=name, names=", ".join(columns))
    yield from _missing(used, subject)


def _missing(used: Mapping[str, list[str]], subject: str) -> Iterator[Problem]:
    has_person = any(name in used for name in NEEDS_PERSON)
    if subject == Subject.CUSTOMERS and not has_person:
        yield problem("no_person")
    elif subject == Subject.INTERACTIONS:
        if "event" not in used:
            yield problem("no_event")
        if "at" not in used:
            yield problem("no_date")
        if not {"customer", "anonymous_id", "session_id"} & used.keys():
            yield problem("no_visitor")
    elif subject == Subject.ORDERS and "number" not in used:
        yield problem("no_number")
