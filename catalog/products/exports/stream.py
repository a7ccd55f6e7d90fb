"""The file itself, drawn while it is sent: PostgreSQL writes the lines, this passes them on.

An answer that streams outlives the request's transaction, and rows are visible only inside one:
so the stream opens its own, for the shop that the view entered. A cursor on the server and the
lines of a piece are all that is ever in memory.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from catalog.products.exports import workbook
from catalog.products.exports.copied import copied, copied_rows
from catalog.products.exports.formats import Column, Format
from catalog.products.exports.guarded import Guard, csv_line, gathered
from catalog.products.exports.sql import Chosen, is_number, is_text, statement
from catalog.products.imports.guard import guard
from catalog.products.models import Product
from ecomportal.tenancy.context import current_merchant_id, tenant
from ecomportal.tenancy.models import Merchant

BATCH = 2000  # products of one statement that names them
RANGE = 20_000  # products of one that takes all of them
DENSE = 3  # products of a range for each chosen one, up to which all of the range is read
# Ids rise with time, so what stands below them lies together on the disk. The planner, who does not
# know that, would collect the rows of a range and sort them.
IN_ORDER = "SET LOCAL enable_bitmapscan = off"
# What is read of a dense range is joined as a whole: in a shop that is a small part of the tables
# the planner expects a row or two, and would go through all of one table for each of another.
AS_A_WHOLE = "SET LOCAL enable_nestloop = {}"
LAST_ID = UUID(int=(1 << 128) - 1)
# Whether most products of the range are chosen, any has a picture, and each has a variant: one
# without has nothing as its lowest price.
LOOK = """
SELECT (SELECT count(*) FROM (
    SELECT FROM catalog_product WHERE id BETWEEN %(first)s AND %(last)s LIMIT %(most)s
) between_them), EXISTS (
    SELECT FROM catalog_productimage
    WHERE source_url <> '' AND product_id BETWEEN %(first)s AND %(last)s
), NOT EXISTS (
    SELECT FROM catalog_productfigures f
    WHERE lowest_cents = 0 AND product_id BETWEEN %(first)s AND %(last)s AND NOT EXISTS (
        SELECT FROM catalog_variant v WHERE v.product_id = f.product_id AND v.deleted_at IS NULL
    )
)
"""


def stream(
    products: QuerySet,
    written_as: Format,
    merchant: Merchant,
    *,
    with_bom: bool = False,
    columns: Sequence[Column] | None = None,
) -> Iterator[bytes]:
    """The file in pieces; `columns` are all of the format if not given."""
    with tenant(merchant):
        columns = columns or written_as.columns(products, merchant)
        if written_as.extension == "xlsx":
            yield from pieces(_workbook(products, columns, written_as, merchant))
        else:
            yield from pieces(table(products, columns, written_as, merchant, with_bom=with_bom))


def table(
    products: QuerySet,
    columns: Sequence[Column],
    written_as: Format,
    merchant: Merchant,
    *,
    with_bom: bool = False,
) -> Iterator[bytes]:
    """A header and lines, parted as the format says."""
    header = csv_line([guard(column.name) for column in columns], written_as.delimiter)
    yield ("\ufeff".encode() if with_bom else b"") + header
    options = "FORMAT csv"
    if written_as.delimiter == "\t":
        options += ", DELIMITER E'\\t'"
    guarded = Guard([is_text(column) for column in columns], written_as.delimiter)
    for chosen in batches(products, has_ranges=written_as.has_ranges):
        with copied(statement(columns, written_as, chosen, merchant, options=options)) as lines:
            yield from guarded.pieces(lines)


def _workbook(
    products: QuerySet, columns: Sequence[Column], written_as: Format, merchant: Merchant
) -> Iterator[bytes]:
    guards = [guard if is_text(column) else str for column in columns]

    def rows() -> Iterator[list[str | None]]:
        for chosen in batches(products, has_ranges=written_as.has_ranges):
            text = statement(columns, written_as, chosen, merchant, options="FORMAT text")
            with copied_rows(text) as made:
                for row in made:
                    yield [c and told(c) for told, c in zip(guards, row, strict=True)]

    numbers = [is_number(column) for column in columns]
    yield from workbook.write([column.name for column in columns], rows(), numbers=numbers)


def batches(products: QuerySet, *, has_ranges: bool = False) -> Iterator[Chosen]:
    """The products in order, some at a time; all of a shop by ranges, where the format can."""
    every = Product.objects.filter(merchant=current_merchant_id())
    if has_ranges and _sql(products) == _sql(every.filter(deleted_at=None)):
        yield from _ranges(every)
    else:
        yield from _named(products)


def _sql(products: QuerySet) -> Any:
    """What it asks the database, each condition once; None if it is known to find nothing."""
    query = products.order_by().values("pk").query
    query.where.children = list(dict.fromkeys(query.where.children))
    try:
        return query.sql_with_params()
    except EmptyResultSet:
        return None


def _ranges(every: QuerySet) -> Iterator[Chosen]:
    """All of the shop. Where a range ends is read in the index of all ids, of the deleted ones
    as well, which says it without a look at the products."""
    with connection.cursor() as cursor:
        cursor.execute(IN_ORDER)
    last = 0
    while last < LAST_ID.int:
        after = every.filter(pk__gt=UUID(int=last)).order_by("pk").values_list("pk", flat=True)
        first, last = last + 1, next(iter(after[RANGE - 1 : RANGE]), LAST_ID).int
        edges = [str(UUID(int=first)), str(UUID(int=last))]
        yield _looked_at(edges, whole_of=current_merchant_id())


def _named(products: QuerySet) -> Iterator[Chosen]:
    """By their ids; the cursor stays on the server."""
    batch: list[str] = []
    # As text: the statement is text, and a million UUIDs cost seconds.
    ids = products.order_by("pk").annotate(key=Cast("pk", TextField()))
    for key in ids.values_list("key", flat=True).iterator(chunk_size=BATCH):
        batch.append(key)
        if len(batch) == BATCH:
            yield _looked_at(batch)
            batch = []
    if batch:
        yield _looked_at(batch)


def _looked_at(ids: list[str], *, whole_of: int | None = None) -> Chosen:
    most = 0 if whole_of else len(ids) * DENSE + 1
    with connection.cursor() as cursor:
        cursor.execute(LOOK, {"first": ids[0], "last": ids[-1], "most": most})
        n_between, has_pictures, has_variants = cursor.fetchone()
        is_dense = bool(whole_of) or n_between < most
        if not whole_of:
            cursor.execute(AS_A_WHOLE.format("off" if is_dense else "on"))
    return Chosen(ids, is_dense, has_pictures, whole_of, has_variants)


def pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Put together to be sent."""
    return map(b"".join, gathered(lines))
