"""The file itself, drawn while it is sent: PostgreSQL writes the lines, this passes them on.

An answer that streams outlives the request's transaction, and rows are visible only inside one:
so the stream opens its own, for the shop that the view entered. A cursor on the server and the
lines of a batch are all that is ever in memory.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from catalog.products.exports import workbook
from catalog.products.exports.formats import Column, Format
from catalog.products.exports.sql import Chosen, is_number, statement
from catalog.products.imports.guard import guard
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

BATCH = 2000  # products of one statement
PIECE = 1 << 16  # bytes that are sent at once
DENSE = 3  # products of a range for each chosen one, up to which all of the range is read
LOOK = """
SELECT (SELECT count(*) FROM (
    SELECT FROM catalog_product WHERE id BETWEEN %(first)s AND %(last)s LIMIT %(most)s
) between_them), EXISTS (
    SELECT FROM catalog_productimage
    WHERE source_url <> '' AND product_id BETWEEN %(first)s AND %(last)s
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
    line = io.StringIO()
    writer = csv.writer(line, delimiter=written_as.delimiter, lineterminator="\n")
    writer.writerow([guard(column.name) for column in columns])
    yield (("\ufeff" if with_bom else "") + line.getvalue()).encode()
    options = "FORMAT csv"
    if written_as.delimiter == "\t":
        options += ", DELIMITER E'\\t'"
    for chosen in batches(products):
        with copied(statement(columns, written_as, chosen, merchant, options=options)) as lines:
            yield from lines


def _workbook(
    products: QuerySet, columns: Sequence[Column], written_as: Format, merchant: Merchant
) -> Iterator[bytes]:
    def rows() -> Iterator[tuple[str | None, ...]]:
        for chosen in batches(products):
            text = statement(columns, written_as, chosen, merchant, options="FORMAT text")
            with copied(text) as lines:
                yield from lines.rows()

    numbers = [is_number(column) for column in columns]
    yield from workbook.write([column.name for column in columns], rows(), numbers=numbers)


def copied(text: str) -> Any:
    """What the statement gives, as it comes from the server."""
    cursor = connection.cursor()
    return cursor.copy(text)


def batches(products: QuerySet) -> Iterator[Chosen]:
    """The products in order, some at a time; the cursor stays on the server."""
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


def _looked_at(ids: list[str]) -> Chosen:
    """Whether most products between the first and the last are these, and any has a picture."""
    edges = {"first": ids[0], "last": ids[-1], "most": len(ids) * DENSE + 1}
    with connection.cursor() as cursor:
        cursor.execute(LOOK, edges)
        n_between, has_pictures = cursor.fetchone()
    return Chosen(ids, n_between < edges["most"], has_pictures)


def pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Lines put together: sending each alone would cost more than making it."""
    waiting: list[bytes] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size >= PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
