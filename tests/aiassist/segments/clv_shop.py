"""A shop whose customers buy as the models suppose, up to yesterday."""

from datetime import timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from aiassist.ml.clv.histories import Orders
from aiassist.ml.clv.purchases import MBG, PurchaseModel
from aiassist.ml.clv.simulate import simulate_orders
from aiassist.segments.rfm import refresh_all
from catalog.orders.models import Customer, Order
from ecomportal.tenancy.context import tenant

WAYS = PurchaseModel(MBG, 0.7, 40.0, 0.8, 2.0)


def fill(shop: Any, *, n: int = 700, days: int = 400, seed: int = 1) -> Orders:
    """Customers who buy as the model supposes."""
    orders = simulate_orders(WAYS, n=n, days=days, rng=np.random.default_rng(seed))
    put(shop, orders, n=n, days=days)
    return orders


def fill_regular(shop: Any, *, n: int = 510, days: int = 400) -> None:
    """Customers who order every 18, 19 ... 60 days for ever the same sum."""
    who, when = [], []
    for i in range(n):
        mine = range(i % 30, days, 18 + i % 43)
        who += [i] * len(mine)
        when += list(mine)
    value = 10.0 + np.array(who) % 90
    put(shop, Orders.of(np.array(who), np.array(when), value), n=n, days=days)


def put(shop: Any, orders: Orders, *, n: int, days: int) -> None:
    """Into the database, the last day of `days` yesterday; and profiles that stand on them."""
    start = timezone.now() - timedelta(days=days)
    with tenant(shop):
        people = Customer.objects.bulk_create(
            Customer(merchant=shop, external_id=f"c{i}") for i in range(n)
        )
        Order.objects.bulk_create(
            Order(
                merchant=shop, customer=people[who], number=f"o{i}", status="paid",
                currency=shop.currency, total_cents=round(100 * value),
                ordered_at=start + timedelta(days=int(day)),
            )
            for i, (who, day, value) in enumerate(
                zip(orders.customer, orders.day, orders.value, strict=True)
            )
        )  # fmt: skip
    refresh_all(shop)
