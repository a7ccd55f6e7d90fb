"""The purchase models against what their authors and other implementations published."""

from pathlib import Path

import numpy as np
import pytest
from scipy.special import hyp2f1

from aiassist.ml.clv.fitting import CannotFit, fit_purchases
from aiassist.ml.clv.foretell import days_to_next, outlook
from aiassist.ml.clv.histories import Histories
from aiassist.ml.clv.purchases import BG, MBG, Likelihood, PurchaseModel
from aiassist.ml.clv.simulate import simulate_histories
from aiassist.ml.clv.spend import correlation, fit_spend

DATA = Path(__file__).parent / "data"
WEEKS = 39.0


@pytest.fixture(scope="module")
def cdnow() -> Histories:
    """1,016 distinct (x, tx, T) of the 2,357 customers of the CDNOW sample, in weeks."""
    rows = np.loadtxt(DATA / "cdnow_histories.csv", delimiter=",", skiprows=1)
    return Histories.of(*rows.T)


@pytest.fixture(scope="module")
def spend_rows() -> np.ndarray:
    return np.loadtxt(DATA / "cdnow_spend.csv", delimiter=",", skiprows=1)


# Fader, Hardie and Lee (2005) and CLVTools for the BG/NBD; two implementations for the MBG/NBD.
PUBLISHED = {
    BG: ([0.2425945, 4.4136019, 0.7929199, 2.4258881], -9582.429),
    MBG: ([0.52484, 6.18299, 0.89136, 1.61400], -9582.13),
}


@pytest.mark.parametrize("kind", [BG, MBG])
def test_the_fit_finds_the_published_parameters(cdnow: Histories, kind: str) -> None:
    fit = fit_purchases(cdnow, kind)
    parameters, log_likelihood = PUBLISHED[kind]
    assert fit.n_customers == 2357
    assert fit.model.parameters == pytest.approx(parameters, rel=1e-3)
    assert fit.log_likelihood == pytest.approx(log_likelihood, abs=0.01)
    assert fit.has_dropout


def test_gamma_gamma_finds_the_published_parameters(spend_rows: np.ndarray) -> None:
    fit = fit_spend(spend_rows[:, 0], spend_rows[:, 1])
    assert fit.n_customers == 946
    assert fit.model.parameters == pytest.approx([6.25, 3.74, 15.44], rel=2e-3)
    assert fit.log_likelihood == pytest.approx(-4055.9177, abs=0.01)
    assert correlation(spend_rows[:, 0], spend_rows[:, 1]) == pytest.approx(0.1139, abs=1e-3)


def test_single_customers_have_the_published_likelihood() -> None:
    model = PurchaseModel(BG, 0.25, 4.0, 0.8, 2.5)
    found = model.log_likelihoods(Histories.of([0, 200], [0, 38], [40, 40]))
    assert found == pytest.approx([-0.59947382, 100.7957], abs=1e-4)
    assert found[0] == pytest.approx(-0.59947382, abs=1e-7)


@pytest.mark.parametrize("kind", [BG, MBG])
def test_the_gradient_is_that_of_the_likelihood(cdnow: Histories, kind: str) -> None:
    likelihood, at = Likelihood(cdnow, kind), np.array([0.4, 6.0, 0.9, 2.0])
    _, gradient = likelihood(at)
    for k in range(4):
        step = np.zeros(4)
        step[k] = 1e-5
        slope = (likelihood(at + step)[0] - likelihood(at - step)[0]) / 2e-5
        assert gradient[k] == pytest.approx(slope, rel=1e-5)


@pytest.mark.parametrize("kind", [BG, MBG])
def test_expected_orders_are_those_of_the_hypergeometric_formula(
    cdnow: Histories, kind: str
) -> None:
    model = PurchaseModel.of(kind, np.array(PUBLISHED[kind][0]))
    r, alpha, a, b = model.parameters
    x, age = cdnow.repeats, cdnow.age
    early = model.early
    shrunk = ((alpha + age) / (alpha + age + WEEKS)) ** (r + x)
    tail = hyp2f1(r + x, b + x + early, a + b + x + early - 1, WEEKS / (alpha + age + WEEKS))
    expected = (a + b + x + early - 1) / (a - 1) * (1 - shrunk * tail) * model.p_active(cdnow)
    assert outlook(model, cdnow, WEEKS).mean == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_chances_and_moments_are_those_of_simulated_customers() -> None:
    """Of customers with one same history, what the model says is what happens to them."""
    model = PurchaseModel(MBG, 0.9, 30.0, 0.6, 2.0)
    rng = np.random.default_rng(3)
    n = 400_000
    rate, leaves = rng.gamma(0.9 + 2, 1 / (30 + 100), n), rng.beta(0.6, 2 + 3, n)
    seen = Histories.of([2], [70], [100])
    is_active = rng.random(n) < float(model.p_active(seen)[0])
    until = np.minimum(rng.poisson(rate * 60), rng.geometric(np.maximum(leaves, 1e-9)))
    orders = np.where(is_active, until, 0)
    ahead = outlook(model, seen, 60)
    assert ahead.mean[0] == pytest.approx(orders.mean(), rel=0.01)
    assert ahead.p_none[0] == pytest.approx((orders == 0).mean(), rel=0.01)
    assert ahead.variance[0] == pytest.approx(orders.var(), rel=0.02)


def test_one_time_buyers_are_not_all_taken_for_active() -> None:
    """In the BG/NBD they are, for ever: so the chance of an order is shown, not of being active."""
    seen = Histories.of([0, 0], [0, 0], [30, 3000])
    bg, mbg = (PurchaseModel(kind, 0.5, 40, 0.8, 2.0) for kind in (BG, MBG))
    assert bg.p_active(seen).tolist() == [1, 1]
    assert mbg.p_active(seen)[1] < mbg.p_active(seen)[0] < 1
    none = outlook(bg, seen, 90).p_none
    assert none[0] < none[1]


def test_half_have_ordered_by_the_day_foretold() -> None:
    model = PurchaseModel(MBG, 0.9, 30.0, 0.6, 2.0)
    seen = Histories.of([12, 0], [190, 0], [200, 900])
    days = days_to_next(model, seen)
    assert outlook(model, seen.take(np.array([0])), days[0]).p_none == pytest.approx(
        [0.5], abs=1e-9
    )
    assert np.isinf(days[1])


def test_parameters_are_found_again_in_simulated_customers() -> None:
    true = PurchaseModel(MBG, 0.6, 45.0, 0.8, 2.5)
    seen = simulate_histories(true, n=30_000, age=700, rng=np.random.default_rng(1))
    fit = fit_purchases(seen)
    doubt = np.sqrt(np.diag(fit.covariance))
    off = np.log(fit.model.parameters) - np.log(true.parameters)
    assert (np.abs(off) < 3.5 * doubt).all()
    assert (doubt < 0.15).all()


def test_equal_histories_are_one_row_and_the_fit_is_the_same() -> None:
    true = PurchaseModel(MBG, 0.6, 45.0, 0.8, 2.5)
    seen = simulate_histories(true, n=3_000, age=700, rng=np.random.default_rng(2))
    seen = Histories.of(seen.repeats, np.floor(seen.last), seen.age)
    rows, place = seen.distinct()
    assert len(rows) < len(seen)
    assert rows.weight.sum() == 3_000
    assert (rows.last[place] == seen.last).all()
    assert (rows.age[place] == seen.age).all()
    doubled = Histories.of(rows.repeats, rows.last, rows.age, rows.weight)
    once, again = fit_purchases(seen), fit_purchases(doubled)
    assert once.model.parameters == pytest.approx(again.model.parameters, rel=1e-9)


def test_customers_who_never_leave_are_said_to_show_no_dropout() -> None:
    rng = np.random.default_rng(4)
    rate = rng.gamma(1.0, 1 / 40, 4_000)
    repeats = rng.poisson(rate * 365)
    last = np.where(repeats > 0, 365 * rng.beta(np.maximum(repeats, 1), 1), 0)
    fit = fit_purchases(Histories.of(repeats, last, np.full(4_000, 365)))
    assert not fit.has_dropout
    assert np.isfinite(outlook(fit.model, Histories.of([3], [300], [365]), 365).mean).all()


@pytest.mark.parametrize("seen", [Histories.of([], [], []), Histories.of([0, 0], [0, 0], [9, 9])])
def test_nothing_is_made_up_where_nobody_came_back(seen: Histories) -> None:
    with pytest.raises(CannotFit):
        fit_purchases(seen)


def test_wild_values_give_a_finite_mean() -> None:
    rng = np.random.default_rng(5)
    n, mean = rng.integers(1, 5, 500), np.exp(rng.normal(3, 4, 500))
    model = fit_spend(n, mean).model
    expected = model.expected(n, mean)
    assert np.isfinite(expected).all()
    assert (expected > 0).all()
