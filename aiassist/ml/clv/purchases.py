"""When customers buy again and when they stop: the BG/NBD and MBG/NBD models.

While a customer is active, orders come at random with a rate of their own; rates differ between
customers as a gamma distribution (r, alpha). After an order the customer leaves for good with a
probability of their own; these differ as a beta distribution (a, b). In the MBG/NBD model one can
leave right after the first order, in the BG/NBD only after a repeat.
Sources: Fader, Hardie and Lee, "Counting Your Customers" the Easy Way (Marketing Science, 2005);
Batislam, Denizel and Filiztekin, Empirical validation and comparison of models for customer base
analysis (International Journal of Research in Marketing, 2007).
"""

from dataclasses import dataclass

import numpy as np
import torch

from aiassist.ml.clv.histories import Array, Histories

BG, MBG = "bg", "mbg"
NAMES = ("r", "alpha", "a", "b")


@dataclass(frozen=True)
class PurchaseModel:
    """A kind (BG or MBG) and its four parameters; alpha in days."""

    kind: str
    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def of(cls, kind: str, parameters: Array) -> "PurchaseModel":
        return cls(kind, *(float(one) for one in parameters))

    @property
    def parameters(self) -> Array:
        return np.array([self.r, self.alpha, self.a, self.b])

    @property
    def early(self) -> float:
        """How many chances to leave the first order gave: none in the BG/NBD."""
        return 1.0 if self.kind == MBG else 0.0

    def log_odds_gone(self, seen: Histories) -> Array:
        """ln of P(has left) / P(is active), of each history."""
        times = np.log(self.alpha + seen.age) - np.log(self.alpha + seen.last)
        chances = self.b + seen.repeats + self.early - 1
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = np.log(self.a / chances) + (self.r + seen.repeats) * times
        if self.kind == BG:
            odds = np.where(seen.repeats > 0, odds, -np.inf)
        return odds

    def p_active(self, seen: Histories) -> Array:
        return 1 / (1 + np.exp(np.minimum(self.log_odds_gone(seen), 700)))

    def log_likelihoods(self, seen: Histories) -> Array:
        """ln of the probability of each history, without its weight."""
        return Likelihood(seen, self.kind).each(self.parameters)


class Likelihood:
    """The log-likelihood of distinct histories and its gradient, quick to ask again and again.

    Times that recur are looked up, so that logarithms and gamma functions are taken of what differs
    alone: of a few hundred days and repeat counts, however many customers there are.
    """

    def __init__(self, seen: Histories, kind: str) -> None:
        self.kind = kind
        self.early = 1.0 if kind == MBG else 0.0
        self.x, self.at_x = _distinct(seen.repeats)
        self.ages, self.at_age = _distinct(seen.age)
        self.lasts, self.at_last = _distinct(seen.last)
        self.weight = torch.from_numpy(np.ascontiguousarray(seen.weight))
        self.n_of_x = self._by_x(self.weight)
        self.n_of_age = torch.bincount(self.at_age, self.weight, len(self.ages))
        x_of_row = self.x[self.at_x]
        self.orders_of_age = torch.bincount(self.at_age, self.weight * x_of_row, len(self.ages))
        self.x_of_row = x_of_row

    def _by_x(self, values: torch.Tensor) -> torch.Tensor:
        return torch.bincount(self.at_x, values, len(self.x))

    def _constants(self, r: float, alpha: float, a: float, b: float) -> torch.Tensor:
        """What depends on the number of repeats alone."""
        x, end = self.x, b + self.x + self.early
        fixed = torch.tensor([r, a + b, b], dtype=torch.float64).lgamma()
        return (
            (r + x).lgamma() - fixed[0] + r * np.log(alpha) + fixed[1] - fixed[2]
            + end.lgamma() - (a + end).lgamma()
        )  # fmt: skip

    def _odds_of_x(self, a: float, b: float) -> torch.Tensor:
        chances = b + self.x + self.early - 1
        odds = np.log(a) - chances.clamp(min=1e-300).log()
        return torch.where(self.x > 0, odds, -torch.inf) if self.kind == BG else odds

    def _rows(self, parameters: Array) -> tuple[torch.Tensor, ...]:
        r, alpha, a, b = (float(one) for one in parameters)
        log_age, log_last = (self.ages + alpha).log(), (self.lasts + alpha).log()
        times = log_age[self.at_age] - log_last[self.at_last]
        odds = torch.addcmul(self._odds_of_x(a, b)[self.at_x], self.x_of_row + r, times)
        return log_age, times, odds

    def each(self, parameters: Array) -> Array:
        r, alpha, a, b = (float(one) for one in parameters)
        log_age, _, odds = self._rows(parameters)
        own = self._constants(r, alpha, a, b)[self.at_x]
        own = own - (self.x_of_row + r) * log_age[self.at_age]
        return (own + torch.nn.functional.softplus(odds, threshold=40)).numpy()

    def __call__(self, parameters: Array) -> tuple[float, Array]:
        """The log-likelihood of all customers, and its derivatives by r, alpha, a and b."""
        r, alpha, a, b = (float(one) for one in parameters)
        log_age, times, odds = self._rows(parameters)
        value = (
            self.n_of_x @ self._constants(r, alpha, a, b)
            - (self.orders_of_age + r * self.n_of_age) @ log_age
            + self.weight @ torch.nn.functional.softplus(odds, threshold=40)
        )
        gone = torch.sigmoid(odds) * self.weight
        return float(value), self._gradient(r, alpha, a, b, gone=gone, times=times, log_age=log_age)

    def _gradient(
        self, r: float, alpha: float, a: float, b: float, *,
        gone: torch.Tensor, times: torch.Tensor, log_age: torch.Tensor,
    ) -> Array:  # fmt: skip
        """`gone`: P(has left) of each row times its weight."""
        x, end = self.x, b + self.x + self.early
        gone_of_x, pace = self._by_x(gone), gone * (self.x_of_row + r)
        by_age, by_last = 1 / (self.ages + alpha), 1 / (self.lasts + alpha)
        fixed = torch.tensor([r, a + b, b], dtype=torch.float64).digamma()
        n, ends = self.n_of_x, (a + end).digamma()
        chances = (end - 1).clamp(min=1e-300)
        left = gone_of_x / chances
        if self.kind == BG:
            left = torch.where(x > 0, left, 0.0)
        by_r = n @ ((r + x).digamma() - fixed[0] + np.log(alpha)) - self.n_of_age @ log_age
        by_alpha = n.sum() * r / alpha - (self.orders_of_age + r * self.n_of_age) @ by_age
        by_alpha += torch.bincount(self.at_age, pace, len(self.ages)) @ by_age
        by_alpha -= torch.bincount(self.at_last, pace, len(self.lasts)) @ by_last
        by_a = n @ (fixed[1] - ends) + gone.sum() / a
        by_b = n @ (fixed[1] - fixed[2] + end.digamma() - ends) - left.sum()
        return np.array([float(one) for one in (by_r + gone @ times, by_alpha, by_a, by_b)])


def _distinct(values: Array) -> tuple[torch.Tensor, torch.Tensor]:
    kept, place = np.unique(values, return_inverse=True)
    return torch.from_numpy(kept), torch.from_numpy(place)
