"""Writes generated rows in batches: COPY into a temporary table, then one INSERT ... SELECT.

Each batch is a transaction of its own, so memory stays flat here and in the server, whose deferred
key checks are kept until a transaction ends. COPY straight into a table with row-level security is
refused by PostgreSQL; this way policies, generated columns and history do their work.
"""

import random
from collections.abc import Callable, Iterator
from uuid import UUID

import pghistory
from django.db import connection, connections

from catalog.demo.seeded import days_ago
from catalog.demo.typical import typical
from catalog.demo.write import analyze, shift_to_today
from catalog.generator.rows import (
    COLUMNS,
    OLDEST_DAYS,
    Ids,
    Maker,
    Rows,
    Shelf,
    attribute_keys,
    category_steps,
)
from catalog.products.models import (
    Attribute,
    Category,
    Fact,
    Product,
    ProductFigures,
    ProductText,
    Variant,
)
from catalog.products.vocabulary import KINDS
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

NewId = Callable[..., UUID]  # takes words that say what for
BATCH = 1000  # products of one transaction, about 15,000 rows
MODELS = {"product": Product, "variant": Variant, "fact": Fact, "text": ProductText}
# What every generated row has; the merchant is added when it is written.
CONSTANTS = {
    "product": {"extra": "'{}'", "version": "1"},
    "variant": {},
    "fact": {},
    "text": {"provenance": "'{}'", "version": "1"},
}


def write_catalogue(merchant: Merchant, numbers: range, *, seed: int) -> Iterator[dict[str, int]]:
    """Write the products of these numbers; gives the rows of each batch once it is committed."""
    shift = shift_to_today()
    ids = Ids(merchant.slug)
    shelf = shelf_of(merchant, ids, seed)
    maker = Maker(seed, merchant.language, ids=ids, shelf=shelf, shift=shift)
    for start in range(numbers.start, numbers.stop, BATCH):
        rows = maker.rows(range(start, min(start + BATCH, numbers.stop)))
        with pghistory.context(source="generator"), tenant(merchant):
            for name in COLUMNS:
                _copy(name, merchant, rows)
        yield rows.counts()


def _copy(name: str, merchant: Merchant, rows: Rows) -> None:
    quote = connection.ops.quote_name
    table = quote(MODELS[name]._meta.db_table)
    columns = ", ".join(COLUMNS[name].split())
    constants = {"merchant_id": str(merchant.pk), **CONSTANTS[name]}
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE generated ON COMMIT DROP AS "
            f"SELECT {columns} FROM {table} WITH NO DATA"
        )
        with cursor.copy(f"COPY generated ({columns}) FROM STDIN") as stream:
            for row in getattr(rows, name):
                stream.write_row(row)
        cursor.execute(
            f"INSERT INTO {table} ({columns}, {', '.join(constants)}) "
            f"SELECT {columns}, {', '.join(constants.values())} FROM generated"
        )
        cursor.execute("DROP TABLE generated")


def shelf_of(merchant: Merchant, ids: Ids, seed: int) -> Shelf:
    """The shop's categories and attributes; those that generated products need are added."""

    def new_id(*purpose: str) -> UUID:
        rng = random.Random(":".join((str(seed), *purpose)))
        return ids.make(rng, days_ago(OLDEST_DAYS))

    with tenant(merchant):
        return Shelf(_categories(merchant, new_id), _attributes(merchant, new_id))


def _categories(merchant: Merchant, new_id: NewId) -> dict[str, UUID]:
    there = dict(merchant.categories.values_list("path", "pk"))
    made = []
    for one in typical().values():
        parent = None
        for name, name_zh, path in category_steps(merchant.language, one):
            if path not in there:
                there[path] = new_id("category", path)
                made.append(
                    Category(
                        id=there[path], merchant=merchant, parent_id=parent, name=name,
                        name_zh=name_zh, path=path, family=one.family,
                    )
                )  # fmt: skip
            parent = there[path]
    Category.objects.bulk_create(made)
    return there


def _attributes(merchant: Merchant, new_id: NewId) -> dict[str, UUID]:
    there = dict(merchant.attributes.values_list("key", "pk"))
    made = []
    for position, key in enumerate(attribute_keys(), start=1):
        if key in there:
            continue
        kind, there[key] = KINDS[key], new_id("attribute", key)
        label = kind.label_en[0].upper() + kind.label_en[1:]
        made.append(
            Attribute(
                id=there[key], merchant=merchant, key=key, label_en=label, type=kind.type,
                label_zh=kind.label_zh, unit=kind.default_unit, position=10 * position,
            )
        )  # fmt: skip
    Attribute.objects.bulk_create(made)
    return there


def settle() -> None:
    """What the server would do by itself within minutes: tell the planner of the rows, and the
    indexes that all may see them. Only the owner of a table may ask for it."""
    with connections["owner"].cursor() as cursor:
        for model in (*MODELS.values(), ProductFigures):
            cursor.execute(f'VACUUM "{model._meta.db_table}"')
    analyze()
