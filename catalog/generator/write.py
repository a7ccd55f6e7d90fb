"""Writes generated rows in batches: COPY into a temporary table, then one INSERT ... SELECT.

Each batch is a transaction of its own, so memory stays flat here and in the server, whose deferred
key checks are kept until a transaction ends. COPY straight into a table with row-level security is
refused by PostgreSQL; this way policies, generated columns and history do their work. Batches do
not depend on each other, so several processes may write them at once.
"""

import multiprocessing
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from uuid import UUID

import django
import pghistory
from django.db import connection, connections

from catalog.demo.seeded import days_ago
from catalog.demo.typical import typical
from catalog.demo.write import shift_to_today
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
from catalog.products.versions import versions_by_hand
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


@dataclass(frozen=True)
class Order:
    """What a process must know to write any batch of a catalogue."""

    merchant: Merchant
    seed: int
    shelf: Shelf

    def write(self, numbers: range) -> dict[str, int]:
        """Write one batch in a transaction of its own; gives its rows by kind."""
        merchant = self.merchant
        maker = Maker(
            self.seed,
            merchant.language,
            ids=Ids(merchant.slug),
            shelf=self.shelf,
            shift=shift_to_today(),
        )
        rows = maker.rows(numbers)
        with pghistory.context(source="generator"), tenant(merchant), versions_by_hand():
            for name in COLUMNS:
                _copy(name, merchant, rows)
        return rows.counts()


def write_catalogue(
    merchant: Merchant, numbers: range, *, seed: int, n_processes: int = 1
) -> Iterator[dict[str, int]]:
    """Write the products of these numbers; gives the rows of each batch once it is committed."""
    order = Order(merchant, seed, shelf_of(merchant, Ids(merchant.slug), seed))
    batches = [
        range(start, min(start + BATCH, numbers.stop))
        for start in range(numbers.start, numbers.stop, BATCH)
    ]
    if n_processes > 1 and len(batches) > 1:
        return _written_together(order, batches, n_processes)
    return map(order.write, batches)


def _written_together(
    order: Order, batches: list[range], n_processes: int
) -> Iterator[dict[str, int]]:
    """Each process opens its own connections: started afresh, it inherits none of ours."""
    afresh = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(n_processes, mp_context=afresh, initializer=django.setup)
    try:
        for done in as_completed([pool.submit(order.write, batch) for batch in batches]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


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
            cursor.execute(f'VACUUM (ANALYZE) "{model._meta.db_table}"')
        for model in (Category, Attribute, *(model.pgh_event_model for model in MODELS.values())):
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')
