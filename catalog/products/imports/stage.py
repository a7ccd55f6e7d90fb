"""Many rows into a table in two statements: COPY into a temporary table, then one guarded write.

COPY cannot write into a table with row-level security, and must not: the second statement is the
one that policies, triggers and constraints watch.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

STAGE = "import_stage"


@contextmanager
def staged(
    model: type[models.Model], rows: Iterable[Sequence[Any]], columns: Sequence[str]
) -> Iterator[Any]:
    """Copy rows into a temporary table shaped like the model's; gives a cursor to use it with.

    A row has a value for each column: text, a number, None, a list as `array` writes it, JSON as
    `as_json` does.
    """
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in columns)
    text = io.StringIO()
    # PostgreSQL wants a lone carriage return quoted, so it must be part of a line's end here.
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    kept = ", ".join(f'"{name}"' for name in columns if name in _texts(model))
    never_null = f", FORCE_NOT_NULL ({kept})" if kept else ""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {STAGE} AS SELECT {names} FROM {table} WITH NO DATA")
        with cursor.copy(f"COPY {STAGE} ({names}) FROM STDIN (FORMAT csv{never_null})") as copy:
            # A cell may hold half of a pair of signs, which UTF-8 cannot say.
            copy.write(text.getvalue().encode(errors="replace"))
        yield cursor
        cursor.execute(f"DROP TABLE {STAGE}")


@cache
def _texts(model: type[models.Model]) -> frozenset[str]:
    """Columns where an empty cell is an empty text: everywhere else it is NULL."""
    kinds = (models.CharField, models.TextField)
    fields = (f for f in model._meta.concrete_fields if isinstance(f, kinds) and not f.null)
    return frozenset(field.column for field in fields)


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
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    with staged(model, rows, columns) as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {names} FROM {STAGE} "
            "ON CONFLICT DO NOTHING"
        )
