"""Orders of customers, and what profiles must say of them, reckoned the plain way with numpy.

It is the measure of the SQL: slow, in memory, one customer after the other.
"""

import math
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from aiassist.segments.rfm_groups import group_of
from catalog.orders.models import Customer, Order
from ecomportal.tenancy.context import tenant

_n = count(1)
FIFTHS = (0.2, 0.4, 0.6, 0.8)


class Bought(NamedTuple):
    """An order as the reckoning sees it."""

    customer: Any
    at: datetime
    cents: int


def customer(shop: Any, number: str = "") -> Customer:
    with tenant(shop):
        return Customer.objects.create(merchant=shop, external_id=number or f"L-{next(_n)}")


def order(shop: Any, whose: Any, at: str | datetime, cents: int = 1000, **fields: Any) -> Order:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at
    given = {"status": "paid", "currency": shop.currency, **fields}
    with tenant(shop):
        return Order.objects.create(
            merchant=shop,
            customer=whose,
            number=f"N-{next(_n)}",
            total_cents=cents,
            ordered_at=moment,
            **given,
        )


def profiles_of(orders: list[Order], factors: dict[str, Decimal], zone: str) -> dict[Any, dict]:
    """Customer -> what the profile must say."""
    bought = [one for row in orders if (one := counted(row, factors))]
    cap = cap_of(bought)
    sums = sums_of(bought, cap, zone)
    limits = {
        name: np.quantile([one[name] for one in sums.values()], FIFTHS) if sums else []
        for name in ("day", "n_orders", "capped_cents")
    }
    return {whose: scored(one, limits) for whose, one in sums.items()}


def counted(row: Order, factors: dict[str, Decimal]) -> Bought | None:
    if row.status not in ("paid", "shipped", "delivered", "refunded"):
        return None
    if row.currency not in factors or row.customer_id is None:
        return None
    if row.status == "refunded" and not row.refunded_cents:
        return None
    if row.refunded_cents >= row.total_cents and (row.refunded_cents or row.total_cents):
        return None
    net = (row.total_cents - row.refunded_cents) * factors[row.currency]
    return Bought(row.customer_id, row.ordered_at, int(net.quantize(Decimal(1), ROUND_HALF_UP)))


def cap_of(bought: list[Bought]) -> float:
    sizes = np.log([one.cents for one in bought if one.cents > 0])
    if sizes.size < 20:
        return math.inf
    middle = np.median(sizes)
    spread = np.median(np.abs(sizes - middle))
    return math.ceil(math.exp(middle + max(3.5 / 0.6745 * spread, math.log(10))))


def sums_of(bought: list[Bought], cap: float, zone: str) -> dict[Any, dict[str, Any]]:
    days: dict[Any, dict[date, list[Bought]]] = defaultdict(lambda: defaultdict(list))
    for one in bought:
        days[one.customer][one.at.astimezone(ZoneInfo(zone)).date()].append(one)
    return {whose: _sum(found, cap) for whose, found in days.items()}


def _sum(days: dict[date, list[Bought]], cap: float) -> dict[str, Any]:
    orders = [one for found in days.values() for one in found]
    per_day = {day: sum(min(one.cents, cap) for one in found) for day, found in days.items()}
    first, last, n_repeats = min(days), max(days), len(days) - 1
    capped, spent = sum(per_day.values()), sum(one.cents for one in orders)
    return {
        "n_orders": len(orders),
        "spent_cents": spent,
        "capped_cents": capped,
        "average_cents": round_half_even(spent / len(orders)),
        "first_order_at": min(one.at for one in orders),
        "last_order_at": max(one.at for one in orders),
        "n_repeats": n_repeats,
        "last_repeat_days": (last - first).days,
        "repeat_cents": round_half_even((capped - per_day[first]) / n_repeats)
        if n_repeats
        else None,
        "day": last.toordinal(),
    }


def round_half_even(value: float) -> int:
    """As PostgreSQL rounds float8."""
    return round(value)


def scored(one: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
    r_score = 1 + sum(limit <= one["day"] for limit in limits["day"])
    f_score = 1 + sum(limit < one["n_orders"] for limit in limits["n_orders"])
    m_score = 1 + sum(limit < one["capped_cents"] for limit in limits["capped_cents"])
    told = {name: value for name, value in one.items() if name != "day"}
    scores = {"r_score": r_score, "f_score": f_score, "m_score": m_score}
    return told | scores | {"rfm_group": str(group_of(r_score, f_score, m_score))}
