"""Many rows into a table in two statements: COPY into a temporary table, then one guarded upsert.

COPY cannot write into a table with row-level security, and must not: the second statement is the
one that policies, triggers and constraints watch.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb

Row = dict[str, Any]
STAGE = "import_stage"


@contextmanager
def staged(model: type[models.Model], rows: Iterable[Row], columns: Sequence[str]) -> Iterator[Any]:
    """Copy rows into a temporary table shaped like the model's; gives a cursor to use it with."""
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in columns)
    json_columns = {f.column for f in model._meta.fields if isinstance(f, models.JSONField)}
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {STAGE} AS SELECT {names} FROM {table} WITH NO DATA")
        with cursor.copy(f"COPY {STAGE} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([Jsonb(row[c]) if c in json_columns else row[c] for c in columns])
        yield cursor
        cursor.execute(f"DROP TABLE {STAGE}")


def upsert(model: type[models.Model], rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Insert rows, or update those whose id is there."""
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    fixed = {"id", "merchant_id", "product_id", "created_at"}
    sets = ", ".join(f'"{c}" = EXCLUDED."{c}"' for c in columns if c not in fixed)
    with staged(model, rows, columns) as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {names} FROM {STAGE} "
            f"ON CONFLICT (id) DO UPDATE SET {sets}"
        )


def insert(model: type[models.Model], rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Insert rows, leaving out those that some unique key refuses."""
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    with staged(model, rows, columns) as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {names} FROM {STAGE} "
            "ON CONFLICT DO NOTHING"
        )
