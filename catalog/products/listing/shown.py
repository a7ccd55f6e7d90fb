"""What the rows of a page show, in one statement around the query that finds them.

The function `shown_products` of the database does it for the ids of the page: planned once for a
connection, it takes half the time of a statement that is planned for every page, and nothing is
built from querysets. It runs as whoever calls it, so row-level security holds.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from catalog.products.listing.columns import Column

Row = dict[str, Any]

ROWS = "SELECT * FROM shown_products(ARRAY({cut}))"
# With the values of some kinds of fact, the product's own before its variants'.
ROWS_AND_FACTS = """SELECT p.*, ARRAY(
    SELECT json_build_object('a', f.attribute_id, 'v', f.value, 'u', f.unit, 's', f.status)
    FROM catalog_fact f
    WHERE f.product_id = p.id AND f.status <> 'rejected' AND f.attribute_id = ANY (%s)
    ORDER BY f.variant_id NULLS FIRST, f.id) AS stated
FROM shown_products(ARRAY({cut})) p"""


class Shown:
    """The rows that a query of products cuts out, in its order, with what the columns show."""

    def __init__(
        self, cut: QuerySet, columns: Sequence[Column], named: Sequence[UUID] = ()
    ) -> None:
        self.cut, self.named = cut, named
        self.attributes = [column.attribute.pk for column in columns if column.attribute]

    def order_by(self, *_names: str) -> "Shown":
        return self

    def __iter__(self) -> Iterator[Row]:
        cut, params = self.cut.values("pk").query.sql_with_params()
        text, given = (
            (ROWS_AND_FACTS, (self.attributes, *params)) if self.attributes else (ROWS, params)
        )
        with connection.cursor() as cursor:
            cursor.execute(text.format(cut=cut), given)
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        for row in rows:
            row["place"], row["named"] = row["id"], 0 if row["id"] in self.named else 1
            if self.attributes:
                row["stated"] = [_loaded(one) for one in row["stated"]]
        return iter(rows)


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
