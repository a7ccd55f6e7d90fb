"""Writes generated rows: COPY into a temporary table, then one INSERT ... SELECT a table.

COPY straight into a table with row-level security is refused by PostgreSQL; this way policies,
generated columns and history triggers all do their work.
"""

import hashlib
import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections, models, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from catalog.demo.pictures import SIZE, draw_picture, encode, thumbnail
from catalog.demo.seeded import REFERENCE
from catalog.products.images import thumb_path
from ecomportal.tenancy.models import Merchant
from ecomportal.tenancy.rls import is_append_only, tenant_models

Row = dict[str, Any]


def shift_to_today() -> timedelta:
    """From the reference day to today, in whole days."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return timedelta(days=(today - REFERENCE).days)


def copy_rows(model: type[models.Model], merchant: Merchant, rows: Iterable[Row]) -> int:
    """Insert rows of one shop, their moments moved to today. Missing columns get defaults."""
    rows = list(rows)
    if not rows:
        return 0
    fields = _fields(model, rows[0])
    shift = shift_to_today()
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = ", ".join(quote(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE demo_rows ON COMMIT DROP AS "
            f"SELECT {columns} FROM {table} WITH NO DATA"
        )
        with cursor.copy(f"COPY demo_rows ({columns}) FROM STDIN") as stream:
            for row in rows:
                row = {**row, "merchant_id": merchant.pk}
                stream.write_row([_value(field, row, shift) for field in fields])
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM demo_rows")
        cursor.execute("DROP TABLE demo_rows")
    return len(rows)


def _fields(model: type[models.Model], row: Row) -> list[models.Field]:
    """Columns that are written: not generated, and nothing that the table gives itself."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.generated and (field.attname in row or not _is_given(field))
    ]


def _is_given(field: models.Field) -> bool:
    return isinstance(field, models.AutoField) or field.has_db_default()


def _value(field: models.Field, row: Row, shift: timedelta) -> Any:
    value = row[field.attname] if field.attname in row else field.get_default()
    if isinstance(value, datetime):
        return value + shift
    return Jsonb(value) if isinstance(field, models.JSONField) else value


def write_picture(merchant: Merchant, *drawing: Any, **details: Any) -> Row:
    """Draw, store with its thumbnail, and tell what a ProductImage row keeps."""
    image = draw_picture(*drawing, **details)
    data = encode(image)
    digest = hashlib.sha256(data).hexdigest()
    name = f"{merchant.pk}/images/{digest[:32]}.webp"
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    thumb_path(path).write_bytes(encode(thumbnail(image)))
    return {"file": name, "width": SIZE, "height": SIZE, "sha256": digest}


def drop_shop(merchant: Merchant) -> None:
    """Take a demo shop away with everything that hangs on it, history included.

    History and audit are append-only for the app, so this is the owner's work. Keys are checked
    at the end of the transaction; history goes last because the deletes above write some.
    """
    tables = [model._meta.db_table for model in tenant_models()]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for table in sorted(tables, key=is_append_only):
            cursor.execute(f'DELETE FROM "{table}" WHERE merchant_id = %s', [merchant.pk])
        cursor.execute("DELETE FROM ecomportal_merchant WHERE id = %s", [merchant.pk])
    shutil.rmtree(Path(settings.MEDIA_ROOT) / str(merchant.pk), ignore_errors=True)


def analyze() -> None:
    """The planner must know of the new rows; only the owner of a table may tell it."""
    with connections["owner"].cursor() as cursor:
        for model in tenant_models():
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')
