"""What a fitted purchase model expects of each customer, with the whole spread of it.

Given that a customer is active, the number of orders the rate would bring (N, negative binomial)
and the number of orders until the customer leaves (G, beta-geometric) are independent, so

    P(at least k orders within t) = P(active) * P(N >= k) * P(G >= k).

Summed over k this is the expected number of orders (the hypergeometric formulas of the papers give
the same), and it gives the chance of no order, the variance and every quantile besides.
"""

from dataclasses import dataclass

import numpy as np

from aiassist.ml.clv.histories import Array, Histories
from aiassist.ml.clv.purchases import PurchaseModel

NEGLIGIBLE = 1e-10
# Rows that are finished are put aside every so many steps.
SIEVE = 8
MOST_ORDERS = 20_000


@dataclass(frozen=True)
class Outlook:
    """Of each history: the mean and the second moment of the number of orders, P(none)."""

    mean: Array
    square: Array
    p_none: Array

    @property
    def variance(self) -> Array:
        return np.maximum(self.square - self.mean**2, 0)

    def times(self, factor: Array | float) -> "Outlook":
        """The same at another rate: pairs of orders grow with its square, single ones with it."""
        pairs = (self.square - self.mean) * factor**2
        return Outlook(self.mean * factor, pairs + self.mean * factor, self.p_none**factor)

    def take(self, places: Array) -> "Outlook":
        return Outlook(self.mean[places], self.square[places], self.p_none[places])


def outlook(model: PurchaseModel, seen: Histories, days: float) -> Outlook:
    """Orders in the next `days` of customers with these histories."""
    p_active = model.p_active(seen)
    shape = model.r + seen.repeats
    chance = days / (model.alpha + seen.age + days)
    first = -np.expm1(shape * np.log1p(-chance))
    mean, square = _moments(shape, chance, model.a, model.b + seen.repeats + model.early)
    return Outlook(p_active * mean, p_active * square, 1 - p_active * first)


def outlook_of_all(model: PurchaseModel, seen: Histories, days: float) -> Outlook:
    """The same of many customers, of whom most share their history with others."""
    rows, place = seen.distinct()
    return outlook(model, rows, days).take(place)


def _moments(shape: Array, chance: Array, a: float, stay: Array) -> tuple[Array, Array]:
    """Sums over k of P(N >= k) P(G >= k) and of (2k - 1) times that."""
    mean, square = np.zeros_like(shape), np.zeros_like(shape)
    places = np.arange(len(shape))
    log_p = shape * np.log1p(-chance)
    tail, loyal = -np.expm1(log_p), np.ones_like(shape)
    log_chance = np.log(chance)
    for k in range(1, MOST_ORDERS):
        term = tail * loyal
        mean[places] += term
        square[places] += (2 * k - 1) * term
        if k % SIEVE == 0:
            kept = term > NEGLIGIBLE * mean[places]
            if not kept.any():
                break
            places, shape, chance, stay = places[kept], shape[kept], chance[kept], stay[kept]
            log_p, tail, loyal, log_chance = log_p[kept], tail[kept], loyal[kept], log_chance[kept]
        log_p = log_p + np.log((shape + k - 1) / k) + log_chance
        tail = np.maximum(tail - np.exp(log_p), 0)
        loyal = loyal * (stay + k - 1) / (a + stay + k - 1)
    return mean, square


def days_to_next(model: PurchaseModel, seen: Histories, share: float = 0.5) -> Array:
    """Days until such customers have ordered again with this probability; inf where they never do.

    Half of a customer's like order before that day. Who has probably left has no such day.
    """
    wanted = share / np.maximum(model.p_active(seen), 1e-12)
    shape = model.r + seen.repeats
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        days = (model.alpha + seen.age) * np.expm1(-np.log1p(-np.minimum(wanted, 1)) / shape)
    return np.where(wanted < 1, days, np.inf)
