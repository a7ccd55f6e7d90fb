"""Many rows into a table in two statements: COPY into a temporary table, then one guarded write.

COPY cannot write into a table with row-level security, and must not: the second statement is the
one that policies, triggers and constraints watch.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

STAGE = "import_stage"
# What parts cells and rows on the way, and stands for NULL; texts of a shop hold none of them.
CELL, ROW, NULL = "\x1f", "\x1e", "\x1d"
ESCAPED = (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"))


@contextmanager
def staged(
    model: type[models.Model], rows: Iterable[Sequence[Any]], columns: Sequence[str]
) -> Iterator[Any]:
    """Copy rows into a temporary table shaped like the model's; gives a cursor to use it with.

    A row has a value for each column: text, a number, None for NULL, a list as `array` writes it,
    JSON as `as_json` does.
    """
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in columns)
    copied = f"COPY {STAGE} ({names}) FROM STDIN (DELIMITER E'\\x1f', NULL E'\\x1d')"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {STAGE} AS SELECT {names} FROM {table} WITH NO DATA")
        with cursor.copy(copied) as copy:
            # A cell may hold half of a pair of signs, which UTF-8 cannot say.
            copy.write(as_copied(rows, len(columns)).encode(errors="replace"))
        yield cursor
        cursor.execute(f"DROP TABLE {STAGE}")


def as_copied(rows: Iterable[Sequence[Any]], width: int) -> str:
    """Rows as COPY reads them. All of them are escaped together: cell by cell that would cost as
    much as everything else that is done with a row."""
    rows = list(rows)
    text = ROW.join([CELL.join([_cell(value) for value in row]) for row in rows])
    n_null = sum(row.count(None) for row in rows)
    found = text.count(CELL), text.count(ROW), text.count(NULL)
    if found != (len(rows) * (width - 1), len(rows) - 1, n_null):
        return as_copied([[_without_marks(value) for value in row] for row in rows], width)
    for sign, escaped in ESCAPED:
        if sign in text:
            text = text.replace(sign, escaped)
    return text.replace(ROW, "\n") + "\n"


def _cell(value: Any) -> str:
    return value if type(value) is str else NULL if value is None else str(value)


def _without_marks(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.replace(CELL, " ").replace(ROW, " ").replace(NULL, " ")


def array(values: Sequence[str]) -> str:
    """A list of texts as PostgreSQL reads it."""
    return _array(tuple(values)) if values else "{}"


@lru_cache(maxsize=4096)
def _array(values: tuple[str, ...]) -> str:
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def as_json(value: Any) -> str:
    if not value and isinstance(value, list | dict):
        return "[]" if isinstance(value, list) else "{}"
    return _encode(value)


def as_rows(
    model: type[models.Model], rows: Iterable[dict[str, Any]], columns: Sequence[str]
) -> Iterator[list[Any]]:
    """Rows of plain values as `staged` takes them."""
    change = {
        field.column: as_json if isinstance(field, models.JSONField) else array
        for field in model._meta.concrete_fields
        if isinstance(field, models.JSONField | ArrayField) and field.column in columns
    }
    for row in rows:
        yield [change[c](row[c]) if c in change else row[c] for c in columns]


def insert(
    model: type[models.Model], rows: Iterable[Sequence[Any]], columns: Sequence[str]
) -> None:
    """Insert rows, leaving out those that some unique key refuses."""
    rows = list(rows)
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    with staged(model, rows, columns) as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {names} FROM {STAGE} "
            "ON CONFLICT DO NOTHING"
        )
