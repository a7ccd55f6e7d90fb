"""Customers and when they order, drawn from a seed as arrays; nothing here touches the database.

The process is that of the purchase models (Fader, Hardie and Lee 2005; Fader and Hardie 2013):
while active, a customer orders at a gamma-distributed rate; after every order a beta-distributed
chance says whether it was the last; what an order is worth is gamma around a mean of one's own.
Seasons bend the calendar: the same process runs faster before the holidays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from catalog.demo.customers import SHARE_NEVER_ORDERED
from catalog.demo.orders import PEAKS, SHARE_CANCELLED, SHARE_PART_REFUNDED, SHARE_REFUNDED

YEARS = 3
DAYS = 365 * YEARS
SECONDS_A_DAY = 86_400
RATE_SHAPE = 0.8  # of the gamma: small means rates differ much
LAPSE = (0.7, 5.0)  # of the beta
# Gamma-Gamma: shape of one's orders, and shape and scale of the customers' means, in whole money.
SPEND = (6.25, 3.74, 15.44)
YUAN_PER_EURO = 8
STATUSES = ("paid", "shipped", "delivered", "cancelled", "refunded", "pending")
PAID, SHIPPED, DELIVERED, CANCELLED, REFUNDED, PENDING = range(len(STATUSES))
N_TASTES = 6
SHARE_OF_TASTE = 0.75  # of what one buys
HOURS = np.array([1, 0.5, 0.3, 0.2, 0.2, 0.5, 1, 2, 3, 4, 5, 5, 6, 5, 4, 4, 4, 5, 6, 8, 9, 8, 5, 2])


@dataclass(frozen=True)
class Drawn:
    """Arrays with an entry a customer, and with an entry an order, orders in order of time."""

    joined: np.ndarray  # (customers,) seconds before the end
    taste: np.ndarray  # (customers,) 0 to N_TASTES - 1
    customer: np.ndarray  # (orders,) index of the customer
    at: np.ndarray  # (orders,) seconds before the end, falling
    cents: np.ndarray  # (orders,)
    refunded: np.ndarray  # (orders,) cents
    status: np.ndarray  # (orders,) index in STATUSES
    travel: np.ndarray  # (orders,) seconds until it arrives


def draw(n_customers: int, n_orders: int, *, seed: int, language: str, end_day: int) -> Drawn:
    """Exactly as many of both; `end_day` is the day of the year on which the history ends."""
    rng = np.random.default_rng(seed)
    joined = DAYS * rng.random(n_customers) ** 0.8  # days before the end, on the even calendar
    buyers = np.flatnonzero(rng.random(n_customers) >= SHARE_NEVER_ORDERED)[:n_orders]
    if not buyers.size and n_orders:
        buyers = np.arange(min(1, n_customers))
    customer, even = _orders(rng, buyers, joined, n_orders)
    calendar = _calendar(language, end_day)
    order = np.argsort(-even, kind="stable")
    customer, days = customer[order], calendar(even[order])
    at = _at_hours(rng, days)
    cents = _cents(rng, n_customers, customer, times=YUAN_PER_EURO if language == "zh" else 1)
    status, refunded, travel = _fates(rng, at, cents)
    return Drawn(
        joined=calendar(joined) * SECONDS_A_DAY + SECONDS_A_DAY,
        taste=rng.integers(0, N_TASTES, n_customers),
        customer=customer,
        at=at,
        cents=cents,
        refunded=refunded,
        status=status,
        travel=travel,
    )


def _orders(
    rng: np.random.Generator, buyers: np.ndarray, joined: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """Whose order and how many even days before the end: first ones, then as many later ones as
    are wanted. A few too many are drawn and some of them left out at random."""
    rate = rng.gamma(RATE_SHAPE, 1 / RATE_SHAPE, buyers.size) + 1e-3
    lapse = rng.beta(*LAPSE, buyers.size)
    if n <= buyers.size:
        return buyers, joined[buyers]
    n_later, speed = n - buyers.size, max(n / max(buyers.size, 1), 1) / DAYS
    while True:
        whose, when = _later(rng, joined[buyers], rate * speed, lapse)
        if whose.size >= n_later:
            break
        speed *= 1.25
        lapse = lapse * 0.9  # nobody comes often enough who leaves at once
    kept = rng.choice(whose.size, n_later, replace=False)
    return (
        np.concatenate([buyers, buyers[whose[kept]]]),
        np.concatenate([joined[buyers], when[kept]]),
    )


def _later(
    rng: np.random.Generator, left: np.ndarray, rate: np.ndarray, lapse: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Rounds of one order for everybody who is still active and has days left."""
    active, left, whose, when = np.arange(left.size), left.copy(), [], []
    while active.size:
        active = active[rng.random(active.size) >= lapse[active]]
        left_now = left[active] - rng.exponential(1 / rate[active])
        is_in_time = left_now > 0
        active, left_now = active[is_in_time], left_now[is_in_time]
        left[active] = left_now
        whose.append(active)
        when.append(left_now)
    return np.concatenate(whose), np.concatenate(when)


def _calendar(language: str, end_day: int) -> Callable[[np.ndarray], np.ndarray]:
    """From even days before the end to calendar days: dense where the shop's peaks are."""
    weights = np.ones(DAYS)
    days = (end_day - 1 - np.arange(DAYS)) % 365  # day of the year, going back
    for first, last, factor in PEAKS[language]:
        low, high = _day_of_year(*first), _day_of_year(*last)
        weights[(days >= low) & (days <= high)] = factor
    edges = np.concatenate([[0], np.cumsum(weights)]) * (DAYS / weights.sum())
    return lambda even: np.interp(even, edges, np.arange(DAYS + 1))


def _day_of_year(month: int, day: int) -> int:
    return date(2025, month, day).timetuple().tm_yday - 1


def _at_hours(rng: np.random.Generator, days: np.ndarray) -> np.ndarray:
    """The same day at an hour when people are awake; seconds before the end, oldest first."""
    hour = rng.choice(24, days.size, p=HOURS / HOURS.sum())
    second = hour * 3600 + rng.integers(0, 3600, days.size)
    at = (np.floor(days) + 1) * SECONDS_A_DAY - second
    return np.maximum(at, 60).astype(np.int64)


def _cents(
    rng: np.random.Generator, n_customers: int, customer: np.ndarray, *, times: int
) -> np.ndarray:
    p, q, scale = SPEND
    mean = 1 / rng.gamma(q, 1 / scale, n_customers)
    amount = rng.gamma(p, 1, customer.size) * mean[customer] * times
    return np.maximum(np.rint(amount * 100), 100).astype(np.int64)


def _fates(
    rng: np.random.Generator, at: np.ndarray, cents: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Status, refunded cents and days of travel of each order, by how long ago it was."""
    travel = (rng.uniform(1.5, 6.5, at.size) * SECONDS_A_DAY).astype(np.int64)
    luck, age = rng.random(at.size), at / SECONDS_A_DAY
    status = np.full(at.size, DELIVERED, np.int16)
    on_its_way = travel > at
    status[on_its_way] = np.where(age[on_its_way] > 1.5, SHIPPED, PAID)
    status[on_its_way & (age < 1.5) & (luck > 0.85)] = PENDING
    is_back = ~on_its_way & (luck > 1 - SHARE_REFUNDED) & (age > 14)
    status[is_back] = REFUNDED
    status[luck < SHARE_CANCELLED] = CANCELLED
    is_part = (luck > SHARE_CANCELLED) & (luck < SHARE_CANCELLED + SHARE_PART_REFUNDED)
    part = np.rint(cents * rng.uniform(0.1, 0.6, at.size)).astype(np.int64)
    refunded = np.where(is_back, cents, np.where(is_part & ~on_its_way, part, 0))
    return status, refunded, travel
