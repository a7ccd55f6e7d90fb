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
from django.db.models import QuerySet

from catalog.products.exports import workbook
from catalog.products.exports.formats import Column, Format
from catalog.products.exports.sql import is_number, statement
from catalog.products.imports.guard import guard
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

BATCH = 2000  # products of one statement
PIECE = 1 << 16  # bytes that are sent at once


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
    for ids in batches(products):
        with copied(statement(columns, written_as, ids, merchant, options=options)) as lines:
            yield from map(bytes, lines)


def _workbook(
    products: QuerySet, columns: Sequence[Column], written_as: Format, merchant: Merchant
) -> Iterator[bytes]:
    def rows() -> Iterator[tuple[str | None, ...]]:
        for ids in batches(products):
            text = statement(columns, written_as, ids, merchant, options="FORMAT text")
            with copied(text) as lines:
                yield from lines.rows()

    numbers = [is_number(column) for column in columns]
    yield from workbook.write([column.name for column in columns], rows(), numbers=numbers)


def copied(text: str) -> Any:
    """What the statement gives, as it comes from the server."""
    cursor = connection.cursor()
    return cursor.copy(text)


def batches(products: QuerySet) -> Iterator[list[Any]]:
    """The products' ids, in order; the cursor stays on the server."""
    batch: list[Any] = []
    ids = products.order_by("pk").values_list("pk", flat=True)
    for pk in ids.iterator(chunk_size=BATCH):
        batch.append(pk)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


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
