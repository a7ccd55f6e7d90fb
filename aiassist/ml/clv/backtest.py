"""Holds out the last days, foretells them from the days before, and says how right that was."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from aiassist.ml.clv import figures
from aiassist.ml.clv.fitting import CannotFit
from aiassist.ml.clv.foretell import outlook_of_all
from aiassist.ml.clv.histories import Array, Orders, State
from aiassist.ml.clv.predictor import YEAR, Customers, Trained, past_of, train
from aiassist.ml.clv.purchases import MBG, PurchaseModel
from aiassist.ml.clv.tuning import WINDOW

# A window is learnt from only where as many days lie before it.
LEAST_BEFORE = 90
# A season is told from a year ago: customers known for this many days by then, and so many orders.
LEAST_KNOWN, LEAST_ORDERS, MOST_SEASON = 30, 200, 2.0


@dataclass(frozen=True)
class Held:
    """A state and what came after it."""

    state: State
    orders: Array
    value: Array
    none: Array | None


@dataclass(frozen=True)
class BackTest:
    """How a model of `day` did in the `days` after it; `report` holds all figures, `points` a few
    hundred customers as (foretold, came)."""

    trained: Trained
    day: int
    days: int
    report: dict[str, Any]
    points: list[tuple[float, float]]

    @property
    def beats_naive(self) -> bool:
        money = self.report["value"]
        return money["model"]["mae"] < money["naive"]["mae"]


def usual_days(span: int) -> int:
    """How much to hold out of orders over `span` days: half of them, a year at the most."""
    return max(1, min(span // 2, YEAR))


def horizon_of_shop(span: int) -> int:
    """A shop's own test keeps most of its history to learn from."""
    if span >= 3 * YEAR:
        return YEAR
    return 180 if span >= 540 else WINDOW


def chosen(orders: Orders, day: int, *, kind: str = MBG, now: Customers | None = None) -> Trained:
    """The model as it is trained on `day`: each tuning only if it helped in the window before.

    It helped if, learnt from the window before that, it lowered the error of the last one. `now`:
    the customers to fit to, where `orders` are those of a part of them.
    """
    now = now or Customers.of(orders.as_of(day))
    past = None
    if day - WINDOW - orders.first_day >= LEAST_BEFORE:
        uses = _worth(orders, day, kind=kind)
        past = past_of(orders, day, kind=kind, **uses) if any(uses.values()) else None
    trained = train(now, kind=kind, day=day, past=past)
    season = season_of(orders, day, trained.predictor.purchases)
    return replace(trained, predictor=replace(trained.predictor, season=season))


def season_of(orders: Orders, day: int, model: PurchaseModel) -> float:
    """How many orders the same days of a year ago brought for one that the model expects.

    Of customers who were known by then, so that growth is no season. 1 without thirteen months.
    """
    then = day - YEAR
    if then - orders.first_day < LEAST_KNOWN:
        return 1.0
    state = orders.as_of(then)
    came = float(orders.between(then, then + WINDOW)[0][state.ids].sum())
    if came < LEAST_ORDERS:
        return 1.0
    expected = float(outlook_of_all(model, state.histories, WINDOW).mean.sum())
    return float(np.clip(came / expected, 1 / MOST_SEASON, MOST_SEASON))


def _worth(orders: Orders, day: int, *, kind: str) -> dict[str, bool]:
    then = day - WINDOW
    if then - WINDOW - orders.first_day < LEAST_BEFORE:
        # Nothing to try it on: the chance gains nearly always, the number of orders does not.
        return {"use_chance": True, "use_orders": False}
    held = hold_out(orders, then, WINDOW)
    customers = Customers.of(held.state)
    plain = train(customers, kind=kind).predictor
    tuned = past_of(orders, then, kind=kind).tuned(plain, customers)
    before, after = (one.forecast(customers, WINDOW).value for one in (plain, tuned))
    return {
        "use_chance": figures.brier(tuned.p_none(customers), held.none)
        <= figures.brier(plain.p_none(customers), held.none),
        "use_orders": np.abs(after - held.value).mean() < np.abs(before - held.value).mean(),
    }


def hold_out(orders: Orders, day: int, days: int) -> Held:
    state = orders.as_of(day)
    n, value = (one[state.ids] for one in orders.between(day, day + days))
    none = None
    if max(orders.last_day, day + days) >= day + WINDOW:
        none = orders.between(day, day + WINDOW)[0][state.ids] == 0
    return Held(state, n, value, none)


def back_test(orders: Orders, *, day: int, days: int, kind: str = MBG) -> BackTest:
    """Train as of `day`, compare with the `days` after it. Raises CannotFit."""
    held = hold_out(orders, day, days)
    if not len(held.state.ids) or not held.orders.sum():
        raise CannotFit
    trained = chosen(orders, day, kind=kind)
    customers = Customers.of(held.state)
    forecast = trained.predictor.forecast(customers, days)
    report = {
        "n_customers": len(customers),
        "days": days,
        "orders": _beside(forecast.orders, held.orders, own_rate(held.state, days)[0]),
        "value": _beside(forecast.value, held.value, own_rate(held.state, days)[1]),
        "deciles": figures.shares(forecast.value, held.value),
        "coverage": _coverage(forecast.low, forecast.high, held.value),
    }
    if held.none is not None:
        report |= _of_chance(trained.predictor.p_none(customers), held)
    return BackTest(trained, day, days, report, _points(forecast.value, held.value))


def own_rate(state: State, days: int) -> tuple[Array, Array]:
    """The naive guess: everyone goes on as until now. (orders, money)"""
    pace = state.histories.repeats / np.maximum(state.histories.age, 1) * days
    return pace, pace * state.repeat_mean


def _beside(predicted: Array, actual: Array, naive: Array) -> dict[str, dict[str, float]]:
    mean = np.full_like(predicted, actual.mean())
    return {
        "model": figures.errors(predicted, actual),
        "naive": figures.errors(naive, actual),
        "mean": figures.errors(mean, actual),
    }


def _of_chance(p_none: Array, held: Held) -> dict[str, Any]:
    recency = held.state.recency
    return {
        "no_order_90": figures.of_probability(p_none, held.none)
        | {"auc_of_recency": figures.auc(recency, held.none), "share": float(held.none.mean())},
        "reliability": figures.reliability(p_none, held.none),
    }


def _coverage(low: Array, high: Array, value: Array) -> dict[str, float]:
    return {
        "inside": float(((value >= low - 1e-9) & (value <= high + 1e-9)).mean()),
        "above": float((value > high + 1e-9).mean()),
    }


def _points(predicted: Array, actual: Array, n: int = 300) -> list[tuple[float, float]]:
    places = np.random.default_rng(0).permutation(len(predicted))[:n]
    return [(float(predicted[i]), float(actual[i])) for i in sorted(places)]
