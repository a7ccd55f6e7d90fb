"""All that is foretold of a customer, from one fitted state that can be stored and restored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import gammaincinv

from aiassist.ml.clv.fitting import Fit, fit_purchases
from aiassist.ml.clv.foretell import Outlook, days_to_next, outlook, outlook_of_all
from aiassist.ml.clv.histories import Array, Histories, Orders, State
from aiassist.ml.clv.purchases import BG, MBG, PurchaseModel
from aiassist.ml.clv.spend import SpendFit, SpendModel, correlation, fit_spend
from aiassist.ml.clv.tuning import (
    WINDOW,
    Tuning,
    features,
    fit_chance,
    fit_orders,
    level_chance,
    level_orders,
)

YEAR = 365
INTERVAL = 0.90
KINDS = (BG, MBG)
# Up to these numbers of repeats the parameters' doubt is taken together.
STEPS = np.array([0, 1, 3, 7, 15])
N_DRAWS, MOST_DRAWN = 40, 2_000
MOST_LEVELLED, MOST_SPENDING = 50_000, 200_000


@dataclass(frozen=True)
class Customers:
    """Histories, and the mean money of an order day (the first one included)."""

    histories: Histories
    mean_value: Array

    @classmethod
    def of(cls, state: State) -> "Customers":
        return cls(state.histories, state.total / (state.histories.repeats + 1))

    def __len__(self) -> int:
        return len(self.histories)

    def part(self, most: int) -> "Customers":
        """These, or as many of them by chance; always the same ones."""
        if len(self) <= most:
            return self
        places = np.random.default_rng(0).choice(len(self), most, replace=False)
        return Customers(self.histories.take(places), self.mean_value[places])


@dataclass(frozen=True)
class Forecast:
    """Of each customer in the days asked for; money in the unit of the orders."""

    orders: Array
    value: Array
    low: Array
    high: Array


@dataclass(frozen=True)
class Predictions:
    """All that is told of each customer: orders in 90 days, a year's orders and money, P(no order
    in 90 days), days until half of such customers have ordered again (inf: never)."""

    orders_90: Array
    year: Forecast
    p_none: Array
    days_to_next: Array


@dataclass(frozen=True)
class Predictor:
    """The purchase and the spend model, what was tuned, and how unsure the parameters leave us.

    `doubt` is the relative variance of expected orders by the step of repeats (STEPS). `season` is
    by how much the next 90 days bring more orders than an average time of the year.
    """

    purchases: PurchaseModel
    spend: SpendModel
    typical: float
    doubt: Array
    chance: Tuning | None = None
    orders: Tuning | None = None
    season: float = 1.0

    def predict(self, customers: Customers) -> Predictions:
        soon = self._ahead(customers, WINDOW)
        rows = self._features(customers, soon)
        p_none = soon.p_none if self.chance is None else self.chance.chance(rows)
        return Predictions(
            self._tuned(soon, rows).mean * self.season,
            self._forecast(customers, self._tuned(self._ahead(customers, YEAR), rows)),
            p_none**self.season,
            days_to_next(self.purchases, customers.histories),
        )

    def p_none(self, customers: Customers) -> Array:
        """P(no order in the next 90 days)."""
        soon = self._ahead(customers, WINDOW)
        if self.chance is None:
            return soon.p_none**self.season
        return self.chance.chance(self._features(customers, soon)) ** self.season

    def forecast(self, customers: Customers, days: float) -> Forecast:
        """Orders and money, with the interval that holds 9 of 10 such customers."""
        ahead = self._ahead(customers, days)
        if self.orders is not None:
            soon = self._ahead(customers, WINDOW)
            ahead = self._tuned(ahead, self._features(customers, soon))
        # Other horizons hold other parts of a year; a whole one holds all of them.
        return self._forecast(customers, ahead.times(self.season) if days == WINDOW else ahead)

    def _forecast(self, customers: Customers, ahead: Outlook) -> Forecast:
        n = customers.histories.repeats + 1
        value = ahead.mean * self.spend.expected(n, customers.mean_value)
        square = self.spend.sum_moments(
            n, customers.mean_value, orders=ahead.mean, square=ahead.square
        )
        step = np.searchsorted(STEPS, customers.histories.repeats, "right") - 1
        square = square + value**2 * self.doubt[step]
        return Forecast(ahead.mean, value, *interval(value, square, ahead.p_none))

    def _ahead(self, customers: Customers, days: float) -> Outlook:
        return outlook_of_all(self.purchases, customers.histories, days)

    def _features(self, customers: Customers, soon: Outlook) -> Array:
        return features(
            soon.p_none, customers.histories, customers.mean_value, typical=self.typical
        )

    def _tuned(self, ahead: Outlook, rows: Array) -> Outlook:
        if self.orders is None:
            return ahead
        factor = self.orders.factor(rows)
        return replace(ahead.times(factor), p_none=ahead.p_none)

    # --- Keeping -----------------------------------------------------------------------------

    def tensors(self) -> dict[str, Array]:
        kept = {
            "kind": np.array([KINDS.index(self.purchases.kind)], np.int64),
            "purchases": self.purchases.parameters,
            "spend": self.spend.parameters,
            "typical": np.array([self.typical]),
            "doubt": np.asarray(self.doubt, np.float64),
            "season": np.array([self.season]),
        }
        for name, tuning in (("chance", self.chance), ("orders", self.orders)):
            if tuning is not None:
                rows = [tuning.middle, tuning.spread, tuning.weights]
                kept[name] = np.array([*rows, np.full_like(tuning.middle, tuning.bias)])
        return kept

    @classmethod
    def of_tensors(cls, kept: Mapping[str, Array]) -> "Predictor":
        tunings = {
            name: Tuning(*kept[name][:3], bias=float(kept[name][3][0]))
            for name in ("chance", "orders")
            if name in kept
        }
        return cls(
            PurchaseModel.of(KINDS[int(kept["kind"][0])], kept["purchases"]),
            SpendModel(*(float(one) for one in kept["spend"])),
            float(kept["typical"][0]),
            kept["doubt"],
            season=float(kept["season"][0]),
            **tunings,
        )


def interval(mean: Array, square: Array, p_none: Array) -> tuple[Array, Array]:
    """The ends that leave a twentieth of such customers on each side.

    Nothing with P(none), else a gamma distribution with the right mean and variance. The upper end
    is never below the mean, which a few large customers can lift above it.
    """
    some = np.maximum(1 - p_none, 1e-12)
    mean_some = np.maximum(mean / some, 1e-12)
    spread = np.maximum(square / some - mean_some**2, 1e-9 * mean_some**2)
    shape = np.clip(mean_some**2 / spread, 1e-3, 1e6)
    ends = []
    for share in ((1 - INTERVAL) / 2, (1 + INTERVAL) / 2):
        inside = np.clip((share - p_none) / some, 0, 1 - 1e-9)
        ends.append(gammaincinv(shape, inside) * mean_some / shape)
    return np.minimum(ends[0], mean), np.maximum(ends[1], mean)


@dataclass(frozen=True)
class Trained:
    """A predictor with the fits behind it and what they say about themselves."""

    predictor: Predictor
    fit: Fit
    spend: SpendFit
    correlation: float
    day: int


def train(
    customers: Customers, *, kind: str = MBG, day: int = 0, past: "Past | None" = None
) -> Trained:
    """Fit both models; tune them on `past`, a window that is over. Raises CannotFit."""
    seen = customers.histories
    fit = fit_purchases(seen, kind)
    # The value of an order is known from far fewer customers than the rest.
    spending = customers.part(MOST_SPENDING)
    spend = fit_spend(spending.histories.repeats + 1, spending.mean_value)
    values = customers.mean_value[customers.mean_value > 0]
    predictor = Predictor(fit.model, spend.model, float(np.median(values)), _doubt(fit, seen))
    if past is not None:
        predictor = past.tuned(predictor, customers)
    repeaters = seen.repeats > 0
    related = correlation(seen.repeats[repeaters], customers.mean_value[repeaters])
    return Trained(predictor, fit, spend, related, day)


def _doubt(fit: Fit, seen: Histories) -> Array:
    """How far other likely parameters move the expected orders of a year, by step of repeats."""
    rng = np.random.default_rng(0)
    places = rng.choice(len(seen), min(len(seen), MOST_DRAWN), replace=False)
    part = seen.take(places)
    step = np.searchsorted(STEPS, part.repeats, "right") - 1
    means = np.array([outlook(one, part, YEAR).mean for one in fit.draws(N_DRAWS, rng)])
    relative = means.var(axis=0) / np.maximum(means.mean(axis=0), 1e-12) ** 2
    n = np.bincount(step, minlength=len(STEPS))
    overall = float(relative.mean())
    summed = np.bincount(step, weights=relative, minlength=len(STEPS))
    return np.where(n > 0, summed / np.maximum(n, 1), overall)


@dataclass(frozen=True)
class Past:
    """What a model of then foretold of a window that is over, and what came."""

    trained: Trained
    customers: Customers
    orders: Array
    use_chance: bool
    use_orders: bool

    def tuned(self, predictor: Predictor, now: Customers) -> Predictor:
        """The predictor with what the window taught; its level over `now` stays as it was."""
        then, now = self.trained.predictor, now.part(MOST_LEVELLED)
        expected, ahead = then._ahead(self.customers, WINDOW), predictor._ahead(now, WINDOW)
        rows, today = then._features(self.customers, expected), predictor._features(now, ahead)
        changes = {}
        if self.use_chance:
            found = fit_chance(rows, (self.orders == 0).astype(np.float64))
            changes["chance"] = level_chance(found, today, float(ahead.p_none.mean()))
        if self.use_orders:
            found = fit_orders(rows, expected.mean, self.orders)
            changes["orders"] = level_orders(found, today, ahead.mean)
        return replace(predictor, **changes)


def past_of(
    orders: Orders, day: int, *, kind: str, use_chance: bool = True, use_orders: bool = True
) -> Past:
    """The window that ended on `day`, seen from its first evening. Raises CannotFit."""
    then = orders.as_of(day - WINDOW)
    customers = Customers.of(then)
    came = orders.between(day - WINDOW, day)[0][then.ids]
    trained = train(customers, kind=kind, day=day - WINDOW)
    return Past(trained, customers, came, use_chance, use_orders)
