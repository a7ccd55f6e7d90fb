"""What a refresh found out besides profiles: limits in words, giant orders, orders left out."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F

from aiassist.profiles.models import RfmGroup
from aiassist.segments.rfm_days import shop_day
from aiassist.segments.rfm_orders import COUNTED, counted_orders, factors_of
from aiassist.segments.rfm_sql import TOUCHED
from ecomportal.tenancy.models import Merchant

MAX_GIANTS, MAX_CUT = 20, 5_000  # orders told of, and customers among whose they are looked for
DAY_ZERO = date(2000, 1, 1)  # of the day numbers in rfm_sql

GROUPS = """
SELECT r_score, f_score, rfm_group, count(*), sum(clv_cents), sum(clv_low_cents),
    sum(clv_high_cents), count(clv_cents)
FROM aiassist_customerprofile WHERE merchant_id = %s AND rfm_group <> '' GROUP BY 1, 2, 3
"""
DAY = """
INSERT INTO aiassist_groupday (merchant_id, "group", day, n_members, clv_cents)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT (merchant_id, "group", day)
DO UPDATE SET n_members = EXCLUDED.n_members, clv_cents = EXCLUDED.clv_cents
"""


def standing(
    merchant: Merchant, told: dict[str, Any], before: dict[str, Any] | None = None
) -> dict[str, Any]:
    """For people: the limits, the cap and whose orders it cut, what did not count and why.

    Where only some customers were looked at, `before` is what stood there: their giant orders
    are looked up again, and those left out are told as of the last time all were counted.
    """
    cap_cents = None if told["cap"] is None else round(told["cap"])
    return {
        "limits": _limits(told),
        "cap_cents": cap_cents,
        "giants": _giants(merchant, cap_cents, before) if cap_cents else [],
        "left_out": before["left_out"] if before else _left_out(merchant),
    }


def _limits(told: dict[str, Any]) -> dict[str, list[Any]]:
    """Upper ends of the four lower fifths, lowest first."""
    if told["r"] is None:
        return {"r": [], "f": [], "m": []}
    return {
        "r": [(DAY_ZERO + timedelta(days=int(day))).isoformat() for day in told["r"]],
        "f": [-value for value in reversed(told["f"])],
        "m": [-round(value) for value in reversed(told["m"])],
    }


def _giants(
    merchant: Merchant, cap_cents: int, before: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """The largest orders above the cap. Whose profile was not cut has none."""
    cut = merchant.customer_profiles.filter(capped_cents__lt=F("spent_cents")).annotate(
        over=F("spent_cents") - F("capped_cents")
    )
    others: list[dict[str, Any]] = []
    if before is not None:
        cut = cut.extra(where=[f"customer_id IN (SELECT customer_id FROM {TOUCHED})"])
        seen = _touched({one["customer"] for one in before["giants"]})
        others = [one for one in before["giants"] if one["customer"] not in seen]
    orders = counted_orders(merchant).filter(
        net_cents__gt=cap_cents,
        customer__in=list(cut.order_by("-over").values_list("pk", flat=True)[:MAX_CUT]),
    )
    found = [
        {
            "order": str(order.pk),
            "number": order.number,
            "customer": str(order.customer_id),
            "cents": order.net_cents,
        }
        for order in orders.order_by("-net_cents")[:MAX_GIANTS]
    ]
    return sorted(found + others, key=lambda one: -one["cents"])[:MAX_GIANTS]


def _touched(customers: set[str]) -> set[str]:
    """Those among them that were looked at again."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT customer_id::text FROM {TOUCHED} WHERE customer_id = ANY (%s::uuid[])",
            [list(customers)],
        )
        return {row[0] for row in cursor.fetchall()}


def _left_out(merchant: Merchant) -> dict[str, Any]:
    """Orders that do not count, by reason."""
    rated = list(factors_of(merchant))
    out: dict[str, Any] = {"currencies": {}}
    pairs = merchant.orders.values_list("status", "currency").annotate(n=Count("pk"))
    for status, currency, n in pairs.order_by():
        if status in COUNTED and currency not in rated:
            out["currencies"][currency] = out["currencies"].get(currency, 0) + n
        elif status not in ("paid", "shipped", "delivered"):
            out[status] = out.get(status, 0) + n
    return out


# --- Groups and their days -----------------------------------------------------------------------


def count_groups(merchant: Merchant) -> dict[str, Any]:
    """Members of each cell of R and F and of each group, with the means of their predictions, in
    one statement; inside the tenant. Groups without members stand there as well."""
    with connection.cursor() as cursor:
        cursor.execute(GROUPS, [merchant.pk])
        rows = cursor.fetchall()
    cells: dict[str, dict[str, int]] = {}
    sums = {str(group): [0, 0, 0, 0, 0] for group in RfmGroup}
    for r_score, f_score, group, *counts in rows:
        cell = f"{r_score}{f_score}"
        cells.setdefault(cell, {})[group] = counts[0]
        sums[group] = [a + int(b or 0) for a, b in zip(sums[group], counts, strict=True)]
    return {"cells": cells, "groups": {name: _means(*values) for name, values in sums.items()}}


def _means(n: int, clv: int, low: int, high: int, n_predicted: int) -> dict[str, int | None]:
    def mean(total: int) -> int | None:
        return round(total / n_predicted) if n_predicted else None

    return {"n": n, "clv_cents": mean(clv), "low_cents": mean(low), "high_cents": mean(high)}


def write_day(merchant: Merchant, counted: dict[str, Any]) -> None:
    """Today's row of each group; the last one of a day stays."""
    day = shop_day(merchant)
    rows = [
        (merchant.pk, group, day, one["n"], one["clv_cents"])
        for group, one in counted["groups"].items()
    ]
    with connection.cursor() as cursor:
        cursor.executemany(DAY, rows)
