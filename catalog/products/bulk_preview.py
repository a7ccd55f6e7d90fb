"""What a bulk edit would do, worked out by the database over the whole selection."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.products.bulk_job import named
from catalog.products.bulk_sql import Edit
from catalog.products.history import shown_value
from ecomportal.web.formats import money

N_SHOWN = 20  # products, and as many of those that would be refused

WHY = {
    "below": _("The price would be below zero"),
    "rounded": _("Rounding would make it free"),
    "large": _("The price would be too large"),
    "taken": _("Its handle or SKU is used by another product now"),
}

TOTALS = """
WITH chosen (id) AS ({chosen}), plan AS ({plan})
SELECT count(*), coalesce(sum(n_variants), 0),
    count(*) FILTER (WHERE why = '' AND n_changed > 0),
    coalesce(sum(n_changed) FILTER (WHERE why = ''), 0),
    coalesce(sum(n_lost) FILTER (WHERE why = ''), 0),
    coalesce(sum(delta) FILTER (WHERE why = ''), 0),
    count(*) FILTER (WHERE why = 'below'), count(*) FILTER (WHERE why = 'rounded'),
    count(*) FILTER (WHERE why = 'large'), count(*) FILTER (WHERE why = 'taken'),
    (array_agg(id ORDER BY id) FILTER (WHERE why <> ''))[:{n_shown}]
FROM plan
"""
ROWS = """
WITH chosen (id) AS (SELECT unnest(%(ids)s::uuid[])), plan AS ({plan})
SELECT p.id, p.title, plan.n_changed, plan.why, plan.old, plan.new
FROM plan JOIN catalog_product p ON p.id = plan.id
ORDER BY array_position(%(ids)s::uuid[], p.id)
"""


@dataclass(frozen=True)
class Totals:
    """The whole selection; what is refused counts as a product but not as a change."""

    n_products: int
    n_variants: int
    n_changing: int  # products
    n_changed: int  # variants, or products where the edit is of the product itself
    n_lost: int  # variants whose change rounding takes away
    sum_cents: int
    refused: dict[str, int]  # reason -> products
    refused_ids: list[UUID]  # the first of them

    @property
    def n_refused(self) -> int:
        return sum(self.refused.values())

    @property
    def n_same(self) -> int:
        return self.n_products - self.n_changing - self.n_refused

    @property
    def average_cents(self) -> int:
        return round(self.sum_cents / self.n_changed) if self.n_changed else 0


@dataclass(frozen=True)
class Row:
    """One product before and after, in words."""

    product_id: UUID
    title: str
    is_changing: bool
    why: Any
    old: str
    new: str


def totals(edit: Edit, products: QuerySet) -> Totals:
    chosen, values = named(products)
    sql = TOTALS.format(chosen=chosen, plan=edit.plan, n_shown=N_SHOWN)
    with connection.cursor() as cursor:
        cursor.execute(sql, {**edit.values, **values})
        found = cursor.fetchone()
    refused = dict(zip(WHY, found[6:10], strict=True))
    return Totals(
        *(int(n) for n in found[:6]),
        {why: n for why, n in refused.items() if n},
        found[10] or [],
    )


def first_rows(edit: Edit, ids: list[UUID], shown: Any) -> list[Row]:
    """The products of these ids, in their order; `shown` puts a value into words."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS.format(plan=edit.plan), {**edit.values, "ids": ids})
        found = cursor.fetchall()
    return [
        Row(pk, title, n_changed > 0, WHY.get(why, ""), shown(_json(old)), shown(_json(new)))
        for pk, title, n_changed, why, old, new in found
    ]


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def shower(action: str, merchant: Any) -> Any:
    """How values of this action are told: prices as a range, a category by its path."""
    if action in ("price", "compare_at"):
        return lambda pair: price_range(pair, merchant.currency)
    if action == "category":
        paths = {str(pk): path for pk, path in merchant.categories.values_list("pk", "path")}
        return lambda pk: paths.get(pk, "") if pk else ""
    if action == "fact":
        return lambda values: " · ".join(values or [])
    return lambda value: shown_value(action, value, merchant.currency) if value else ""


def price_range(pair: list[Any], currency: str) -> str:
    low, high = (None if value is None else money(int(value), currency) for value in pair)
    if low is None:
        return ""
    return low if low == high else f"{low} – {high}"
