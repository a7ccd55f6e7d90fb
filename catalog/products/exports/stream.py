"""The file itself, drawn while it is sent.

An answer that streams outlives the request's transaction, and rows are visible only inside one:
so the stream opens its own, for the shop that the view entered. A cursor on the server and a
batch of products are all that is ever in memory.
"""

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from catalog.products.exports.formats import Format
from catalog.products.imports.compare import category_paths, with_paths
from catalog.products.imports.guard import guard
from catalog.products.imports.stated_facts import attribute_keys, with_keys
from catalog.products.snapshot import snapshot
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

BATCH = 200  # products in memory


class _Echo:
    def write(self, text: str) -> str:
        return text


def stream(
    products: QuerySet, written_as: Format, merchant: Merchant, *, with_bom: bool
) -> Iterator[bytes]:
    """The lines of the file in pieces, each as large as its batch."""
    with tenant(merchant):
        columns = written_as.header(products, merchant)
        start = "\ufeff" if with_bom else ""
        yield (start + _text([columns])).encode()
        paths, keys = category_paths(merchant), attribute_keys(merchant)
        for ids in _batches(products):
            snaps = with_keys(with_paths(snapshot(ids), paths), keys)
            lines = (written_as.lines(snaps[pk], columns, merchant) for pk in ids if pk in snaps)
            yield _text(chain.from_iterable(lines)).encode()


def _batches(products: QuerySet) -> Iterator[list[Any]]:
    batch: list[Any] = []
    ids = products.order_by("pk").values_list("pk", flat=True)
    for pk in ids.iterator(chunk_size=BATCH):
        batch.append(pk)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _text(lines: Iterable[list[str]]) -> str:
    writer = csv.writer(_Echo())
    return "".join(writer.writerow([_safe(cell) for cell in line]) for line in lines)


def _safe(cell: str) -> str:
    """No cell that a spreadsheet would run; a number below zero stays a number."""
    is_number = cell[:1] == "-" and cell[1:].replace(".", "", 1).isdecimal() and cell.isascii()
    return cell if is_number else guard(cell)
