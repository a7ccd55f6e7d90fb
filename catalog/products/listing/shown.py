"""What the rows of a page show, in one statement around the query that finds them.

The function `shown_products` of the database does it for the ids of the page: planned once for a
connection, it takes half the time of a statement that is planned for every page, and nothing is
built from querysets. It runs as whoever calls it, so row-level security holds.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from catalog.products.filters import ProductFilters
from catalog.products.listing.columns import Column
from catalog.products.listing.query import ORDERS, ordered_by

Row = dict[str, Any]

# A moment is read as microseconds and arrays as words: the driver takes long over both.
COLUMNS = {
    **{name: name for name in ("id", "title", "status", "product_type", "vendor", "tags")},
    "updated_at": "(extract(epoch FROM updated_at) * 1000000)::bigint",
    **{name: name for name in ("lowest_price", "n_in_stock", "drafts", "n_variants")},
    **{name: name for name in ("low", "high", "stock", "sku", "image_id")},
    **{name: name for name in ("category", "category_zh", "family", "n_proposed")},
    "keys": "array_to_string(keys, ' ')",
    "languages": "array_to_string(languages, ' ')",
}
NAMES = tuple(COLUMNS)
ROWS = f"SELECT {', '.join(COLUMNS.values())} FROM shown_products(ARRAY({{cut}})) p"
# The values of some kinds of fact, the product's own before its variants'.
STATED = """, ARRAY(
    SELECT json_build_object('a', f.attribute_id, 'v', f.value, 'u', f.unit, 's', f.status)
    FROM catalog_fact f
    WHERE f.product_id = p.id AND f.status <> 'rejected' AND f.attribute_id = ANY (%s)
    ORDER BY f.variant_id NULLS FIRST, f.id) FROM"""
ROWS_AND_FACTS = ROWS.replace(" FROM shown", f"{STATED} shown")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_first_pages: dict[tuple[str, int], str] = {}  # the query that cuts, by order and size


class Shown:
    """The rows that a query of products cuts out, in its order, with what the columns show."""

    def __init__(
        self, cut: QuerySet, columns: Sequence[Column], named: Sequence[UUID] = ()
    ) -> None:
        self.cut, self.columns, self.named = cut, columns, named

    def order_by(self, *_names: str) -> "Shown":
        return self

    def __iter__(self) -> Iterator[Row]:
        cut, params = self.cut.values("pk").query.sql_with_params()
        rows = _rows(cut, params, self.columns)
        for row in rows:
            row["named"] = 0 if row["id"] in self.named else 1
        return iter(rows)


def first_rows(
    filters: ProductFilters, columns: Sequence[Column], *, sort: str, size: int
) -> list[Row]:
    """The first rows of a list that nothing narrows, and one more. The query is always the same,
    so it is built once."""
    merchant, key = filters.merchant, (sort, size)
    if key not in _first_pages:
        found = ordered_by(filters.walk(merchant.products.all()), sort).order_by(*ORDERS[sort])
        cut, params = found[: size + 1].values("pk").query.sql_with_params()
        if params != (merchant.pk,):  # it depends on more than the shop
            return _rows(cut, params, columns)
        _first_pages[key] = cut
    return _rows(_first_pages[key], (merchant.pk,), columns)


def _rows(cut: str, params: tuple[Any, ...], columns: Sequence[Column]) -> list[Row]:
    attributes = [column.attribute.pk for column in columns if column.attribute]
    text = ROWS_AND_FACTS if attributes else ROWS
    with connection.cursor() as cursor:
        cursor.execute(text.format(cut=cut), (attributes, *params) if attributes else params)
        found = cursor.fetchall()
    rows = [dict(zip(NAMES, row, strict=False)) for row in found]
    for row, values in zip(rows, found, strict=True):
        row["place"] = row["id"]
        row["updated_at"] = EPOCH + timedelta(microseconds=row["updated_at"])
        if attributes:
            row["stated"] = [_loaded(one) for one in values[-1]]
    return rows


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
