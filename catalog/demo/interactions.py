"""What customers who agreed to be followed did in the shop, session by session.

Before an order: looks at what is bought and at things beside it, then carts, then purchases.
Besides: sessions that only look, carts that are left behind, and visits without a sign-in.
"""

import random
from datetime import datetime, timedelta
from typing import Any

from catalog.demo.catalogue import Item
from catalog.demo.customers import Customer
from catalog.demo.orders import Placed, Shelf, peak
from catalog.demo.seeded import DAYS, REFERENCE, chance, days_ago, make_id
from catalog.demo.shops import DemoShop
from catalog.orders.events.names import NAMES

Row = dict[str, Any]
SHARE_LEFT_BEHIND = 0.35  # of browsing sessions end with a cart and no order
SHARE_UNKNOWN = 0.12  # of browsing sessions without a sign-in
LONGEST_SESSION = timedelta(hours=2)


def build(
    shop: DemoShop,
    customers: list[Customer],
    placed: list[Placed],
    items: list[Item],
    *,
    n: int,
) -> list[Row]:
    """Exactly n interactions in time order; journeys to orders first, looking around fills up."""
    rng = chance(shop.slug, "interactions")
    shelf = Shelf(items)
    rows: list[Row] = []
    for order in placed:
        if order.customer.is_tracked and len(rows) < n:
            rows += _journey(order, shelf, rng)
    tracked = [c for c in customers if c.is_tracked]
    weights = {c.row["external_id"]: shelf.weights_for(c) for c in tracked}
    while len(rows) < n:
        customer = rng.choice(tracked)
        rows += _visit(shop, customer, weights[customer.row["external_id"]], shelf, rng)
    rows = sorted(rows[:n], key=lambda row: (row["at"], str(row["event_id"])))
    return rows


def _session(rng: random.Random) -> str:
    return f"s-{rng.getrandbits(64):016x}"


def _event(
    kind: str, item: Item, at: datetime, customer: Row | None, session: str, rng: random.Random
) -> Row:
    return {
        "event_id": make_id(rng, at),
        "event": NAMES[kind],
        "kind": kind,
        "customer_id": customer["id"] if customer else None,
        "session_id": session,
        "product_id": item.id,
        "sku": item.variants[0]["sku"],
        "quantity": 1,
        "at": at,
    }


def _journey(order: Placed, shelf: Shelf, rng: random.Random) -> list[Row]:
    """Looks, carts and purchases that end at the moment of the order."""
    at, session, customer = order.row["ordered_at"], _session(rng), order.customer.row
    rows = []
    for line, item in zip(order.lines, order.items, strict=True):
        looked = at - timedelta(minutes=rng.uniform(6, 40))
        beside = rng.choice(shelf.by_type[item.kind.picture])
        if beside is not item and rng.random() < 0.5:
            earlier = looked - timedelta(minutes=rng.uniform(0.5, 5))
            rows.append(_event("view", beside, earlier, customer, session, rng))
        rows.append(_event("view", item, looked, customer, session, rng))
        carted = looked + timedelta(minutes=rng.uniform(0.5, 5))
        for kind, moment in (("cart", carted), ("purchase", at)):
            event = _event(kind, item, moment, customer, session, rng)
            rows.append({**event, "sku": line["sku"], "quantity": line["quantity"]})
    return rows


def _visit(
    shop: DemoShop, customer: Customer, weights: list[float], shelf: Shelf, rng: random.Random
) -> list[Row]:
    """A session that buys nothing: looks by one's taste, and sometimes a cart left behind."""
    span = min(DAYS - 1, customer.joined_days_ago + 20)
    at = days_ago(rng.uniform(0.1, span))
    if peak(shop, at) < 1.5 and rng.random() < 0.3:
        at = days_ago(rng.uniform(0.1, min(span, 90)))  # more is known of the last months
    who = None if rng.random() < SHARE_UNKNOWN else customer.row
    session, rows = _session(rng), []
    for _ in range(rng.choices((1, 2, 3, 4, 6), (3, 4, 3, 2, 1))[0]):
        item = shelf.draw(weights, at, rng)
        rows.append(_event("view", item, at, who, session, rng))
        at += timedelta(minutes=rng.uniform(0.3, 6))
    if rng.random() < SHARE_LEFT_BEHIND:
        rows.append(_event("cart", item, at, who, session, rng))
    return [row for row in rows if row["at"] < REFERENCE]
