"""What customers bought by category, read in slices that fit into memory however large the shop."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Count

from aiassist.ml.personas import FIT_ROWS, Baskets
from aiassist.profiles.models import CustomerProfile
from aiassist.segments.rfm_orders import counted_orders
from catalog.orders.models import OrderLine
from ecomportal.jobs.run import Run
from ecomportal.tenancy.models import Merchant

SLICE = 20_000  # customers that are placed in one transaction
MAX_CATEGORIES = 200
FEW = 0.005  # share of customers below which a category counts as the one it lies in
SAMPLED = """
SELECT customer_id FROM aiassist_customerprofile
WHERE merchant_id = %s AND n_orders > 0
ORDER BY hashtextextended(customer_id::text, %s) LIMIT %s
"""


@dataclass(frozen=True)
class Columns:
    """The categories that interests are told apart by, and to which of them each other counts."""

    ids: tuple[str, ...]
    of: dict[str, int]  # any category's id -> column

    def __len__(self) -> int:
        return len(self.ids)


def sampled_customers(run: Run, *, seed: int) -> list[UUID]:
    """Buyers the fit looks at: all of them, or as many as it can hold, drawn by the seed."""
    with run.tenant(), connection.cursor() as cursor:
        cursor.execute(SAMPLED, [run.merchant.pk, seed, FIT_ROWS])
        return sorted(row[0] for row in cursor.fetchall())


def slices(run: Run) -> Iterator[list[UUID]]:
    """All buyers, by id."""
    last: UUID | None = None
    while True:
        run.check()
        with run.tenant():
            rows = CustomerProfile.objects.filter(merchant=run.merchant, n_orders__gt=0)
            rows = rows.filter(customer_id__gt=last) if last else rows
            ids = list(rows.order_by("customer_id").values_list("customer_id", flat=True)[:SLICE])
        if not ids:
            return
        last = ids[-1]
        yield ids


def bought(merchant: Merchant, customers: Sequence[UUID]) -> list[tuple[UUID, str, int]]:
    """(customer, category, order lines) of orders that count; inside the tenant."""
    orders = counted_orders(merchant).filter(customer__in=customers)
    lines = OrderLine.objects.filter(
        merchant=merchant, order__in=orders.order_by().values("pk"), product__category__isnull=False
    )
    counted = lines.order_by().values_list("order__customer_id", "product__category_id")
    return [(row[0], str(row[1]), row[2]) for row in counted.annotate(n=Count("pk"))]


def columns_of(merchant: Merchant, rows: Sequence[tuple[UUID, str, int]]) -> Columns:
    """Categories that enough customers buy from; a rarer one counts as the one it lies in."""
    parents = {
        str(pk): str(parent) if parent else None
        for pk, parent in merchant.categories.values_list("pk", "parent_id")
    }
    buyers: dict[str, set[UUID]] = {}
    for customer, category, _n in rows:
        buyers.setdefault(category, set()).add(customer)
    enough = max(3, FEW * len({customer for customer, _category, _n in rows}))
    place = {category: category for category in buyers}
    # From the leaves up: what is too rare joins its parent, which may then be enough.
    for category in sorted(buyers, key=lambda one: -_depth(one, parents)):
        _join(category, place, buyers, parents, enough)
    kept = sorted({_root(category, place) for category in place})
    if len(kept) > MAX_CATEGORIES:
        kept = sorted(sorted(kept, key=lambda one: -len(buyers[one]))[:MAX_CATEGORIES])
    at = {category: n for n, category in enumerate(kept)}
    of = {one: at[_root(one, place)] for one in place if _root(one, place) in at}
    return Columns(tuple(kept), of)


def _join(
    category: str, place: dict[str, str], buyers: dict[str, set[UUID]],
    parents: dict[str, str | None], enough: float,
) -> None:  # fmt: skip
    while len(buyers[category]) < enough and (parent := parents.get(category)):
        place[category] = parent
        place.setdefault(parent, parent)
        buyers.setdefault(parent, set()).update(buyers[category])
        category = parent


def _root(category: str, place: dict[str, str]) -> str:
    while place[category] != category:
        category = place[category]
    return category


def _depth(category: str, parents: dict[str, str | None]) -> int:
    depth = 0
    while category := parents.get(category) or "":
        depth += 1
    return depth


def baskets_of(
    rows: Sequence[tuple[UUID, str, int]], columns: Columns
) -> tuple[list[UUID], Baskets]:
    """The customers with something in a known category, by id, and what they bought."""
    known = [(customer, columns.of[c], n) for customer, c, n in rows if c in columns.of]
    customers = sorted({customer for customer, _column, _n in known})
    at = {customer: n for n, customer in enumerate(customers)}
    # Two rare categories may count as one column: the same pair then stands there twice.
    triples = np.array([(at[who], what, n) for who, what, n in known], np.int64).reshape(-1, 3)
    baskets = Baskets.of(*triples.T, n_rows=len(customers), n_categories=len(columns))
    return customers, baskets


def category_names(merchant: Merchant, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """{"en", "zh"} of each category, short where that is clear; inside the tenant."""
    rows: Any = list(merchant.categories.filter(pk__in=ids))
    times = Counter(row.name for row in rows)
    return {
        str(row.pk): {"en": row.name, "zh": row.name_zh or row.name}
        if times[row.name] == 1
        else {"en": row.label("en"), "zh": row.label("zh")}
        for row in rows
    }
