"""What an order is worth: the Gamma-Gamma model, a shrunken mean where that does not hold.

The values of a customer's orders vary around a mean of their own; the means vary between customers.
Both are gamma distributions, so that the expected mean is the customer's own, drawn towards that of
all by as much as `pull` orders weigh.
Source: Fader and Hardie, The Gamma-Gamma Model of Monetary Value (2013); Fader, Hardie and Lee,
RFM and CLV: Using Iso-Value Curves for Customer Base Analysis (Journal of Marketing Research,
2005).
"""

from dataclasses import dataclass

import numpy as np
import torch

from aiassist.ml.clv.fitting import CannotFit, covariance, minimised, negative
from aiassist.ml.clv.histories import Array

NAMES = ("p", "q", "gamma")
# At or below this the mean of means, p * gamma / (q - 1), is not to be trusted.
LEAST_Q = 1.05


@dataclass(frozen=True)
class SpendModel:
    """p, q and gamma in the unit of the values."""

    p: float
    q: float
    gamma: float

    @property
    def parameters(self) -> Array:
        return np.array([self.p, self.q, self.gamma])

    @property
    def mean(self) -> float:
        """Of a customer of whom no order is known."""
        return self.p * self.gamma / (self.q - 1)

    @property
    def pull(self) -> float:
        return (self.q - 1) / self.p

    def expected(self, n: Array, mean: Array) -> Array:
        """Mean value of the next orders of customers with n orders of this mean value."""
        return self.p * (self.gamma + n * mean) / (self.p * n + self.q - 1)

    def sum_moments(self, n: Array, mean: Array, *, orders: Array, square: Array) -> Array:
        """E[V^2] of the money of a random number of orders, whose two moments are given.

        With q + p n at most 2 the variance is infinite; there it is held at that of a bit more.
        """
        shape = np.maximum(self.p * n + self.q, 2.2)
        scale = self.gamma + n * mean
        inverse_square = scale**2 / ((shape - 1) * (shape - 2))
        return inverse_square * (self.p**2 * square + self.p * orders)


@dataclass(frozen=True)
class SpendFit:
    model: SpendModel
    log_likelihood: float
    covariance: Array
    n_customers: int
    is_moments: bool = False


class SpendLikelihood:
    """Of customers with n orders of a mean value each."""

    def __init__(self, n: Array, mean: Array) -> None:
        kept, place = np.unique(n, return_inverse=True)
        self.x, self.at = torch.from_numpy(kept), torch.from_numpy(place)
        self.weight = torch.bincount(self.at, minlength=len(kept)).double()
        self.n, self.total = torch.from_numpy(n), torch.from_numpy(n * mean)
        self.log_means = torch.bincount(self.at, torch.from_numpy(np.log(mean)), len(kept))
        self.of_data = float(self.log_means.sum())

    def __call__(self, parameters: Array) -> tuple[float, Array]:
        p, q, gamma = (float(one) for one in parameters)
        x, weight = self.x, self.weight
        px, fixed = p * x, torch.tensor(q, dtype=torch.float64)
        scale = self.total + gamma
        logs = scale.log()
        logs_of_x = torch.bincount(self.at, logs, len(x))
        own = (px + q).lgamma() - px.lgamma() - fixed.lgamma() + q * np.log(gamma) + px * x.log()
        value = weight @ own + px @ self.log_means - self.of_data - (px + q) @ logs_of_x
        both = (px + q).digamma()
        by_p = weight @ (x * (both - px.digamma() + x.log())) + x @ (self.log_means - logs_of_x)
        by_q = weight @ (both - fixed.digamma() + np.log(gamma)) - logs_of_x.sum()
        by_gamma = weight.sum() * q / gamma - ((p * self.n + q) / scale).sum()
        return float(value), np.array([float(by_p), float(by_q), float(by_gamma)])


def fit_spend(n: Array, mean: Array) -> SpendFit:
    """From customers with at least one order (n) of a positive mean value. Raises CannotFit."""
    n, mean = np.asarray(n, np.float64), np.asarray(mean, np.float64)
    used = (n > 0) & (mean > 0)
    n, mean = n[used], mean[used]
    if len(n) < 2:
        raise CannotFit
    unit = float(np.median(mean))
    likelihood = SpendLikelihood(n, mean / unit)
    objective = negative(likelihood, len(n))
    found, _ = minimised(objective, np.log([1.0, 2.0, 1.0]))
    p, q, gamma = np.exp(found)
    if q < LEAST_Q or not np.isfinite(p * gamma / (q - 1)):
        return _by_moments(n, mean)
    return SpendFit(
        SpendModel(float(p), float(q), float(gamma * unit)),
        likelihood(np.exp(found))[0] - len(n) * np.log(unit),
        covariance(objective, found) / len(n),
        len(n),
    )


def _by_moments(n: Array, mean: Array) -> SpendFit:
    """Where values vary too wildly for a fit: the same form with q = 3, and p by the spread."""
    overall = float(n @ mean / n.sum())
    between = max(float(np.var(mean)) / overall**2, 0.05)
    p = float(np.clip(2 / between, 0.2, 20))
    model = SpendModel(p, 3.0, overall * 2 / p)
    return SpendFit(model, float("nan"), np.zeros((3, 3)), len(n), is_moments=True)


def correlation(n: Array, mean: Array) -> float:
    """Of frequency and mean value, which the model takes to be independent; 0 if undefined."""
    n, mean = np.asarray(n, np.float64), np.asarray(mean, np.float64)
    used = n > 0
    if used.sum() < 3 or not np.ptp(n[used]) or not np.ptp(mean[used]):
        return 0.0
    return float(np.corrcoef(n[used], mean[used])[0, 1])
