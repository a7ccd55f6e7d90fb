"""Write down which fact was wanted of which product, and read what is still wanted."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from catalog.products.models import Fact, FactStatus

WRITE = """
INSERT INTO catalog_factdemand (merchant_id, product_id, key, source, n, first_at, last_at)
SELECT %(merchant)s, p.id, u.key, %(source)s, u.n, now(), now()
FROM unnest(%(products)s::uuid[], %(keys)s::text[], %(counts)s::int[]) u (product, key, n)
JOIN catalog_product p ON p.id = u.product
ORDER BY p.id, u.key
ON CONFLICT ON CONSTRAINT demand_once DO UPDATE
SET n = catalog_factdemand.n + excluded.n, last_at = excluded.last_at
"""


def record_demand(merchant: Any, wanted: Iterable[tuple[UUID, str]], source: str) -> None:
    """Add one to each (product, key); a product that is gone meanwhile is left out. In one
    statement, inside the caller's transaction."""
    counts = Counter((str(product_id), key[:60]) for product_id, key in wanted)
    if not counts:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "merchant": merchant.pk,
                "source": source,
                "products": [product_id for product_id, _key in counts],
                "keys": [key for _product_id, key in counts],
                "counts": list(counts.values()),
            },
        )


def open_demands(merchant: Any) -> QuerySet:
    """Those of live products whose fact nobody confirmed yet."""
    known = Fact.objects.filter(
        product=OuterRef("product"), attribute__key=OuterRef("key"), status=FactStatus.CONFIRMED
    )
    return merchant.fact_demands.filter(~Exists(known), product__deleted_at=None)


def n_blocked(merchant: Any) -> dict[str, dict[str, int]]:
    """How many products wait for each fact, by key and source."""
    rows = open_demands(merchant).order_by().values("key", "source").annotate(n=Count("product"))
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["key"], {})[row["source"]] = row["n"]
    return found
