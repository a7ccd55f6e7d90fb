"""What the last completed window teaches beyond the purchase model, without moving its level.

A purchase model knows repeats, the last order and the age. A small regression on these and on the
basket's value, fitted to what the customers of a past window then did, ranks them better. Its level
is that window's season, so the level is held at the model's.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize

from aiassist.ml.clv.histories import Array, Histories

WINDOW = 90  # days
# Of standardised features: the chance is tuned fully, the number of orders half the way.
PULL_CHANCE, PULL_ORDERS = 10.0, 50.0
STRENGTH_ORDERS = 0.5
FARTHEST = 2.0
N_FEATURES = 6


def features(p_none: Array, seen: Histories, mean_value: Array, *, typical: float) -> Array:
    """(n, 6); `p_none` is the purchase model's own P(no order in the window)."""
    value = np.log(np.maximum(mean_value, typical / 100) / typical) if typical > 0 else 0.0
    columns = [
        logit(p_none),
        np.log1p(seen.age - seen.last),
        seen.repeats == 0,
        np.log1p(seen.repeats),
        np.clip(value, -3, 3) * np.ones(len(seen)),
        np.log1p(seen.age),
    ]
    return np.column_stack(columns).astype(np.float64)


def logit(p: Array) -> Array:
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p))


def logistic(z: Array) -> Array:
    return 1 / (1 + np.exp(-np.clip(z, -30, 30)))


@dataclass(frozen=True)
class Tuning:
    """A linear score of standardised features: `bias` + features @ weights."""

    middle: Array
    spread: Array
    weights: Array
    bias: float

    def score(self, rows: Array) -> Array:
        return (rows - self.middle) / self.spread @ self.weights + self.bias

    def chance(self, rows: Array) -> Array:
        """P(no order in the window)."""
        return logistic(self.score(rows))

    def factor(self, rows: Array) -> Array:
        """What to multiply the expected number of orders by."""
        return np.exp(np.clip(self.score(rows), -FARTHEST, FARTHEST))

    def moved(self, bias: float) -> "Tuning":
        return Tuning(self.middle, self.spread, self.weights, bias)


def fit_chance(rows: Array, none: Array) -> Tuning:
    """A logistic regression of "ordered nothing in the window"."""

    def loss(z: Array) -> tuple[float, Array]:
        return float((np.logaddexp(0, z) - none * z).sum()), logistic(z) - none

    return _fit(rows, loss, PULL_CHANCE)


def fit_orders(rows: Array, expected: Array, orders: Array) -> Tuning:
    """A Poisson regression of orders on what was expected, widened by how far they scatter."""
    scatter = max(1.0, float(np.mean((orders - expected) ** 2 / np.maximum(expected, 1e-3))))

    def loss(z: Array) -> tuple[float, Array]:
        mean = expected * np.exp(np.clip(z, -5, 5))
        return float((mean - orders * z).sum() / scatter), (mean - orders) / scatter

    found = _fit(rows, loss, PULL_ORDERS)
    return Tuning(found.middle, found.spread, found.weights * STRENGTH_ORDERS, 0.0)


def _fit(rows: Array, loss: Callable[[Array], tuple[float, Array]], pull: float) -> Tuning:
    middle, spread = rows.mean(axis=0), rows.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    scaled = np.column_stack([np.ones(len(rows)), (rows - middle) / spread])
    pulls = np.array([1e-6] + [pull] * rows.shape[1])

    def objective(weights: Array) -> tuple[float, Array]:
        value, slope = loss(scaled @ weights)
        return value + 0.5 * float(pulls @ weights**2), scaled.T @ slope + pulls * weights

    found = minimize(objective, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B").x
    return Tuning(middle, spread, found[1:], float(found[0]))


def level_chance(tuning: Tuning, rows: Array, mean: float) -> Tuning:
    """The same ranks with this mean probability over the given customers."""
    score = tuning.score(rows) - tuning.bias
    if not 0 < mean < 1:
        return tuning
    return tuning.moved(float(brentq(lambda bias: logistic(score + bias).mean() - mean, -30, 30)))


def level_orders(tuning: Tuning, rows: Array, expected: Array) -> Tuning:
    """The same ranks with the model's number of orders in all."""
    total = float((expected * tuning.factor(rows)).sum())
    return tuning.moved(tuning.bias + float(np.log(expected.sum() / total)))
