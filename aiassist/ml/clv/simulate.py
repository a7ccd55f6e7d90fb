"""Customers whose true ways are known, to see whether a fit finds them again."""

import numpy as np

from aiassist.ml.clv.histories import Array, Histories, Orders
from aiassist.ml.clv.purchases import PurchaseModel


def simulate_orders(
    model: PurchaseModel, *, n: int, days: int, rng: np.random.Generator,
    spend: tuple[float, float, float] = (6.0, 4.0, 15.0), joining: int | None = None,
) -> Orders:  # fmt: skip
    """Orders of `n` customers who join over the first `joining` days (half of all by default).

    Two orders of one day are one order day, as everywhere.
    """
    start = rng.integers(0, joining or max(days // 2, 1), n).astype(np.float64)
    rate = rng.gamma(model.r, 1 / model.alpha, n)
    leaves = rng.beta(model.a, model.b, n)
    p, q, gamma = spend
    scale = 1 / rng.gamma(q, 1 / gamma, n)
    when, active = start.copy(), np.ones(n, bool)
    if model.early:
        active &= rng.random(n) >= leaves
    whos, days_of = [np.arange(n)], [start]
    while active.any():
        who = np.flatnonzero(active)
        when[who] += rng.exponential(1 / np.maximum(rate[who], 1e-12))
        who = who[when[who] < days]
        whos.append(who)
        days_of.append(when[who])
        active = np.zeros(n, bool)
        active[who] = rng.random(len(who)) >= leaves[who]
    who, day = np.concatenate(whos), np.concatenate(days_of)
    return Orders.of(who, np.floor(day), rng.gamma(p, scale[who]))


def simulate_histories(
    model: PurchaseModel, *, n: int, age: float, rng: np.random.Generator
) -> Histories:
    """Histories in continuous time, with ages spread over the last third of `age`."""
    ages = age - rng.integers(0, max(int(age / 3), 1), n)
    rate = rng.gamma(model.r, 1 / model.alpha, n)
    leaves = rng.beta(model.a, model.b, n)
    repeats, last, when = np.zeros(n), np.zeros(n), np.zeros(n)
    active = rng.random(n) >= leaves if model.early else np.ones(n, bool)
    while active.any():
        who = _next(active, when=when, rate=rate, ages=ages, rng=rng)
        repeats[who] += 1
        last[who] = when[who]
        active = np.zeros(n, bool)
        active[who] = rng.random(len(who)) >= leaves[who]
    return Histories.of(repeats, last, ages)


def _next(
    active: Array, *, when: Array, rate: Array, ages: Array, rng: np.random.Generator
) -> Array:
    who = np.flatnonzero(active)
    when[who] += rng.exponential(1 / np.maximum(rate[who], 1e-12))
    return who[when[who] < ages[who]]
