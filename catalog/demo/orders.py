"""What customers ordered, with the structure that real orders have.

- *Taste*: the lead product of a basket is drawn by family, brand, price band and popularity.
- *Seasons*: the shop's peaks raise the number of orders; dresses and tents sell in summer,
  jackets in autumn and winter, green tea in spring, toys before the holidays.
- *Together*: PAIRS puts a fitting second product into the basket (a kettle and tea).
- *One after the other*: FOLLOWS names the type of the next order (running shoes, then socks,
  then a watch), and mostly the same product of it, so that a sequence model can learn it.
- *Again*: what is used up is bought again.
"""

import random
from bisect import bisect
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from operator import mul
from typing import Any

from catalog.demo.catalogue import Item, sizes_of
from catalog.demo.customers import ELSEWHERE, TASTES, Customer
from catalog.demo.seeded import REFERENCE, chance, days_ago, make_id
from catalog.demo.shops import DemoShop
from catalog.demo.typical import CONSUMABLE

Row = dict[str, Any]
PAIRS = {
    "kettle": "green_tea",
    "teapot": "black_tea",
    "camera": "camera_bag",
    "coffee": "biscuits",
    "table": "chair",
    "shampoo": "soap",
    "ring": "earrings",
}
FOLLOWS = {
    "running_shoes": "socks",
    "socks": "sport_watch",
    "sport_watch": "bottle",
    "camera": "power_bank",
    "power_bank": "guidebook",
    "guidebook": "suitcase",
    "kettle": "teapot",
    "pan": "cookbook",
    "cookbook": "knife",
    "knife": "cutting_board",
    "blocks": "toy_train",
    "toy_train": "picture_book",
    "picture_book": "plush",
    "dress": "necklace",
    "necklace": "lipstick",
    "chair": "lamp",
    "lamp": "shelf",
    "headphones": "speaker",
    "tent": "backpack",
    "novel": "black_tea",
    "cream": "soap",
    "shirt": "trousers",
}
CHANCE_FOLLOW, CHANCE_SAME_NUMBER, CHANCE_AGAIN = 0.5, 0.85, 0.45
CHANCE_PAIR, CHANCE_EXTRA = 0.42, 0.25
SEASONS = {  # picture -> months in which it sells, and how much better
    "dress": ((4, 5, 6, 7), 2.2),
    "tent": ((5, 6, 7), 2.5),
    "bottle": ((5, 6, 7, 8), 1.6),
    "jacket": ((9, 10, 11, 12), 2.4),
    "green_tea": ((3, 4, 5), 2.2),
    "plush": ((11, 12), 2.5),
    "blocks": ((11, 12), 2.2),
    "toy_train": ((11, 12), 2.5),
    "puzzle": ((11, 12), 2.0),
    "necklace": ((2, 12), 1.8),
}
PEAKS = {  # shop language -> (first month and day, last, how many times as many orders)
    "en": (((11, 20), (12, 22), 2.2), ((6, 24), (7, 8), 1.3)),
    "zh": (((11, 1), (11, 12), 3.0), ((6, 1), (6, 18), 2.2), ((1, 10), (1, 26), 1.6)),
}
SHARE_CANCELLED, SHARE_REFUNDED, SHARE_PART_REFUNDED = 0.035, 0.03, 0.02
OFTEN_RETURNED = {"dress", "trousers", "running_shoes", "shirt", "jacket"}


@dataclass
class Placed:
    """An order with its lines, and what interactions and conversations need of it."""

    customer: Customer
    row: Row
    lines: list[Row]
    items: list[Item]


def peak(shop: DemoShop, at: datetime) -> float:
    day = (at.month, at.day)
    return next((f for first, last, f in PEAKS[shop.language] if first <= day <= last), 1.0)


def build(shop: DemoShop, customers: list[Customer], items: list[Item], *, n: int) -> list[Placed]:
    """Exactly n orders: we simulate a few too many and leave some later ones out at random."""
    moments = _moments(shop, customers, n)
    shelf = Shelf(items)
    placed = []
    for customer, times in zip(customers, moments, strict=True):
        rng = chance(shop.slug, "basket", customer.row["external_id"])
        weights = shelf.weights_for(customer)
        history: list[list[Item]] = []
        for at in times:
            basket = _basket(shelf, weights, history, at, rng)
            history.append(basket)
            placed.append(_order(shop, customer, basket, at, rng))
    placed.sort(key=lambda order: order.row["ordered_at"])
    _number(shop, placed)
    return placed


def _moments(shop: DemoShop, customers: list[Customer], n: int) -> list[list[datetime]]:
    speed = 1.0
    while sum(map(len, moments := [_times(shop, c, speed) for c in customers])) < n:
        speed *= 1.1
    rng = chance(shop.slug, "left out")
    later = [(i, j) for i, times in enumerate(moments) for j in range(1, len(times))]
    surplus = sum(map(len, moments)) - n
    left_out = set(rng.sample(later, surplus))
    return [
        [at for j, at in enumerate(times) if (i, j) not in left_out]
        for i, times in enumerate(moments)
    ]


def _times(shop: DemoShop, customer: Customer, speed: float) -> list[datetime]:
    """When one customer orders: a Poisson process thinned by the season, until one lapses."""
    rng = chance(shop.slug, "times", customer.row["external_id"])
    top = max(factor for _, _, factor in PEAKS[shop.language])
    days, found = customer.joined_days_ago, []
    while customer.buys and days > 0.02:
        at = days_ago(days)
        if not found or rng.random() < peak(shop, at) / top:
            found.append(in_waking_hours(shop, at, rng))
            if rng.random() < customer.lapse_chance:
                break
        days -= rng.expovariate(top * speed / customer.days_between)
    return found


def in_waking_hours(shop: DemoShop, at: datetime, rng: random.Random) -> datetime:
    """The same day, at an hour when people of the shop's country are awake."""
    hour = (rng.choices(range(24), HOURS)[0] - shop.utc_offset_hours) % 24
    moved = at.replace(hour=hour, minute=rng.randrange(60), second=rng.randrange(60))
    return min(moved, REFERENCE - timedelta(minutes=5))


HOURS = (1, 0.5, 0.3, 0.2, 0.2, 0.5, 1, 2, 3, 4, 5, 5, 6, 5, 4, 4, 4, 5, 6, 8, 9, 8, 5, 2)


class Shelf:
    """The products on sale, with what a draw by taste needs."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self.by_type: dict[str, list[Item]] = {}
        for item in items:
            self.by_type.setdefault(item.kind.picture, []).append(item)
        self.bands = {item.id: self._band(item) for item in items}
        self.seasons = [[_season(item, month) for item in items] for month in range(13)]

    def _band(self, item: Item) -> int:
        prices = sorted(other.line.price for other in self.by_type[item.kind.picture])
        return min(2, 3 * prices.index(item.line.price) // len(prices))

    def weights_for(self, customer: Customer) -> list[float]:
        taste = TASTES[customer.taste]
        return [
            taste.get(item.kind.family, ELSEWHERE)
            * (2 if self.bands[item.id] == customer.price_band else 1)
            * (3 if item.line.brand in customer.brands else 1)
            / (0.6 + item.line.number) ** 0.7
            for item in self.items
        ]

    def draw(self, weights: list[float], at: datetime, rng: random.Random) -> Item:
        """One product by taste and season; what did not exist yet is drawn again."""
        totals = list(accumulate(map(mul, weights, self.seasons[at.month])))
        while True:
            place = bisect(totals, rng.random() * totals[-1])
            item = self.items[min(place, len(totals) - 1)]
            if item.row["created_at"] < at:
                return item

    def partner(self, item: Item, picture: str, at: datetime, rng: random.Random) -> Item | None:
        """The product of another type that goes with this one: mostly the same number."""
        fitting = [i for i in self.by_type.get(picture, []) if i.row["created_at"] < at]
        if not fitting:
            return None
        if rng.random() < CHANCE_SAME_NUMBER:
            return fitting[(item.line.number - 1) % len(fitting)]
        return rng.choice(fitting)


def _season(item: Item, month: int) -> float:
    months, factor = SEASONS.get(item.kind.picture, ((), 1.0))
    return factor if month in months else 1.0


def _basket(
    shelf: Shelf,
    weights: list[float],
    history: list[list[Item]],
    at: datetime,
    rng: random.Random,
) -> list[Item]:
    lead = _lead(shelf, weights, history, at, rng)
    basket = [lead]
    pair = PAIRS.get(lead.kind.picture)
    if pair and rng.random() < CHANCE_PAIR:
        basket.append(shelf.partner(lead, pair, at, rng))
    while rng.random() < CHANCE_EXTRA and len(basket) < 5:
        basket.append(shelf.draw(weights, at, rng))
    return list({item.id: item for item in basket if item}.values())


def _lead(
    shelf: Shelf,
    weights: list[float],
    history: list[list[Item]],
    at: datetime,
    rng: random.Random,
) -> Item:
    if history:
        last = history[-1][0]
        follows = FOLLOWS.get(last.kind.picture)
        if follows and rng.random() < CHANCE_FOLLOW:
            found = shelf.partner(last, follows, at, rng)
            if found:
                return found
        used_up = [i for basket in history[-4:] for i in basket if i.kind.picture in CONSUMABLE]
        if used_up and rng.random() < CHANCE_AGAIN:
            return rng.choice(used_up)
    return shelf.draw(weights, at, rng)


def _order(
    shop: DemoShop, customer: Customer, basket: list[Item], at: datetime, rng: random.Random
) -> Placed:
    order_id = make_id(rng, at)
    lines = [_line(shop, customer, order_id, item, at, rng) for item in basket]
    for position, line in enumerate(lines, start=1):
        line["line_number"] = str(position)
    total = sum(_cents(line) for line in lines)
    row = {
        "id": order_id,
        "customer_id": customer.row["id"],
        "number": "",
        "currency": shop.currency,
        "total_cents": total,
        "ordered_at": at,
        **_fate(basket, lines, total, at, rng),
    }
    return Placed(customer, row, lines, basket)


def _line(
    shop: DemoShop,
    customer: Customer,
    order_id: Any,
    item: Item,
    at: datetime,
    rng: random.Random,
) -> Row:
    variant = _variant(item, customer, rng)
    quantity = rng.choices((1, 2, 3), (6, 3, 1))[0] if item.kind.picture in CONSUMABLE else 1
    is_reduced = rng.random() < (0.4 if peak(shop, at) > 1.5 else 0.1)
    share = rng.choice((0.1, 0.15, 0.2)) if is_reduced else 0
    return {
        "order_id": order_id,
        "product_id": item.id,
        "variant_id": variant["id"],
        "sku": variant["sku"],
        "quantity": quantity,
        "unit_price_cents": variant["price_cents"],
        "discount_cents": round(variant["price_cents"] * quantity * share),
    }


def _variant(item: Item, customer: Customer, rng: random.Random) -> Row:
    """One's own size, and the first colour more often than the others."""
    sizes = sizes_of(item.kind)
    wanted = sizes[customer.size_index % len(sizes)] if sizes else ""
    fitting = [v for v in item.variants if not sizes or wanted in v["options"]]
    return rng.choices(fitting, [1 / (1 + i) for i in range(len(fitting))])[0]


def _fate(
    basket: list[Item], lines: list[Row], total: int, at: datetime, rng: random.Random
) -> Row:
    """What became of the order by the reference day."""
    age_days = (REFERENCE - at).total_seconds() / 86400
    travel = timedelta(days=rng.uniform(1.5, 6), hours=rng.uniform(0, 8))
    draw, factor = rng.random(), 1.0
    if any(item.kind.picture in OFTEN_RETURNED for item in basket):
        factor = 2.5
    if draw < SHARE_CANCELLED:
        return {"status": "cancelled", "refunded_cents": 0, "delivered_at": None}
    if at + travel > REFERENCE:
        status = "shipped" if age_days > 1.5 else ("paid" if rng.random() < 0.85 else "pending")
        return {"status": status, "refunded_cents": 0, "delivered_at": None}
    arrived = {"status": "delivered", "refunded_cents": 0, "delivered_at": at + travel}
    if draw > 1 - SHARE_REFUNDED * factor and age_days > 14:
        return {**arrived, "status": "refunded", "refunded_cents": total}
    if SHARE_CANCELLED < draw < SHARE_CANCELLED + SHARE_PART_REFUNDED and len(lines) > 1:
        return {**arrived, "refunded_cents": _cents(lines[-1])}
    return arrived


def _cents(line: Row) -> int:
    return line["quantity"] * line["unit_price_cents"] - line["discount_cents"]


def _number(shop: DemoShop, placed: list[Placed]) -> None:
    for n, order in enumerate(placed, start=1):
        order.row["number"] = f"{shop.code}-{100000 + n}"
