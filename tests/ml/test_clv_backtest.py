"""Back-tests, what they measure and choose; and files of transactions in all their forms."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aiassist.ml.clv import figures
from aiassist.ml.clv.backtest import back_test, chosen, hold_out, own_rate, usual_days
from aiassist.ml.clv.fitting import CannotFit
from aiassist.ml.clv.histories import Histories, Orders
from aiassist.ml.clv.predictor import Customers, Predictor, interval, train
from aiassist.ml.clv.purchases import MBG, PurchaseModel
from aiassist.ml.clv.simulate import simulate_orders
from aiassist.ml.clv.tuning import Tuning, level_chance
from tests.bench import clv
from tests.bench.clv_files import Unreadable, read_orders

WAYS = PurchaseModel(MBG, 0.7, 40.0, 0.8, 2.0)


@pytest.fixture(scope="module")
def orders() -> Orders:
    return simulate_orders(WAYS, n=3_000, days=540, rng=np.random.default_rng(7))


def test_the_state_of_a_day_knows_nothing_of_later_days() -> None:
    orders = Orders.of([0, 0, 0, 1, 1, 2], [10, 10, 30, 12, 40, 35], [1, 2, 4, 8, 16, 32])
    state = orders.as_of(32)
    assert state.ids.tolist() == [0, 1]
    assert state.histories.repeats.tolist() == [1, 0]
    assert state.histories.last.tolist() == [20, 0]
    assert state.histories.age.tolist() == [22, 20]
    assert state.total.tolist() == [7, 8]
    assert state.repeat_mean.tolist() == [4, 0]
    n, value = orders.between(32, 40)
    assert (n.tolist(), value.tolist()) == ([0, 1, 1], [0, 16, 32])


def test_own_rate_is_what_went_on_until_now() -> None:
    orders = Orders.of([0, 0, 0, 1], [0, 10, 20, 5], [7, 4, 6, 9])
    pace, money = own_rate(orders.as_of(40), 80)
    assert pace.tolist() == [4, 0]
    assert money.tolist() == [20, 0]


def test_what_a_back_test_measures_can_be_counted_by_hand() -> None:
    predicted, actual = np.array([4.0, 1.0, 2.0, 1.0]), np.array([6.0, 0.0, 2.0, 0.0])
    found = figures.errors(predicted, actual)
    assert found["mae"] == 1.0
    assert found["level"] == 1.0
    assert found["top_decile_lift"] == 3.0
    assert figures.spearman(np.array([1.0, 2, 3]), np.array([10.0, 30, 20])) == pytest.approx(0.5)
    happened = np.array([True, False, True, False])
    assert figures.auc(np.array([0.9, 0.8, 0.3, 0.3]), happened) == pytest.approx(0.625)
    assert np.isnan(figures.auc(predicted, np.ones(4, bool)))


def test_equal_scores_are_cut_without_favour() -> None:
    score = np.zeros(1000)
    actual = np.arange(1000.0)
    assert figures.top_lift(score, actual) == pytest.approx(1, abs=0.15)


def test_a_model_of_its_own_world_beats_the_naive_guess(orders: Orders) -> None:
    test = back_test(orders, day=360, days=180)
    report = test.report
    assert test.beats_naive
    assert report["value"]["model"]["level"] == pytest.approx(1, abs=0.15)
    assert report["no_order_90"]["calibration_error"] < 0.03
    assert report["no_order_90"]["auc"] > report["no_order_90"]["auc_of_recency"]
    assert len(report["deciles"]) == 10
    assert report["deciles"][0]["actual"] > 2 * report["deciles"][9]["actual"]


def test_nine_of_ten_simulated_customers_end_inside_their_interval() -> None:
    """With gamma and inverse-gamma spend as the model supposes, at the product's 365 days."""
    orders = simulate_orders(WAYS, n=8_000, days=900, rng=np.random.default_rng(8), joining=400)
    held = hold_out(orders, 535, 365)
    customers = Customers.of(held.state)
    found = train(customers).predictor.forecast(customers, 365)
    inside = (held.value >= found.low) & (held.value <= found.high)
    assert 0.9 <= inside.mean() <= 0.97
    assert (held.value > found.high).mean() <= 0.06
    repeaters = held.state.histories.repeats > 2
    assert 0.86 <= inside[repeaters].mean() <= 0.96


def test_the_interval_is_exact_where_no_chance_of_nothing_is_left() -> None:
    low, high = interval(np.array([100.0]), np.array([100.0**2 + 400]), np.array([0.0]))
    assert low[0] == pytest.approx(69.3, abs=1.5)
    assert high[0] == pytest.approx(134.8, abs=1.5)
    assert interval(np.array([1.0]), np.array([90.0]), np.array([0.99]))[0].tolist() == [0]


def test_a_predictor_is_the_same_after_it_was_kept(orders: Orders) -> None:
    trained = chosen(orders, 540)
    again = Predictor.of_tensors(trained.predictor.tensors())
    customers = Customers.of(orders.as_of(540))
    before, after = trained.predictor.predict(customers), again.predict(customers)
    assert (before.p_none == after.p_none).all()
    assert (before.year.high == after.year.high).all()
    assert (before.orders_90 == after.orders_90).all()


def test_tuning_ranks_but_does_not_move_the_level() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(500, 6))
    tuning = Tuning(np.zeros(6), np.ones(6), np.full(6, 0.7), 2.5)
    levelled = level_chance(tuning, rows, 0.8)
    assert levelled.chance(rows).mean() == pytest.approx(0.8, abs=1e-9)
    assert (np.argsort(levelled.chance(rows)) == np.argsort(tuning.score(rows))).all()


def test_a_history_too_short_to_learn_from_a_window_is_not_tuned(orders: Orders) -> None:
    predictor = chosen(orders, 120).predictor
    assert predictor.chance is None
    assert predictor.orders is None


def test_a_season_is_taken_over_from_a_year_ago() -> None:
    """A world in which the days from 60 to 150 of each year bring half as many orders again."""
    plain = simulate_orders(WAYS, n=6_000, days=1100, rng=np.random.default_rng(9), joining=1000)
    in_season = (plain.day % 365 >= 60) & (plain.day % 365 < 150)
    kept = in_season | (np.random.default_rng(1).random(len(plain.day)) < 2 / 3)
    orders = Orders.of(plain.customer[kept], plain.day[kept], plain.value[kept])
    day = 730 + 59
    trained = chosen(orders, day)
    assert trained.predictor.season == pytest.approx(1.38, abs=0.15)
    held = hold_out(orders, day, 90)
    flat = replace(trained.predictor, season=1.0)
    customers = Customers.of(held.state)
    with_season, without = (
        one.forecast(customers, 90).orders.sum() / held.orders.sum()
        for one in (trained.predictor, flat)
    )
    assert without < 0.85
    assert with_season == pytest.approx(1, abs=0.1)
    errors = [
        figures.calibration_error(one.p_none(customers), held.none)
        for one in (trained.predictor, flat)
    ]
    assert errors[0] < errors[1]


def test_a_year_holds_all_seasons_and_a_young_shop_has_none(orders: Orders) -> None:
    assert chosen(orders, 390).predictor.season == 1.0
    predictor = chosen(orders, 540).predictor
    customers = Customers.of(orders.as_of(540))
    flat = replace(predictor, season=1.0)
    year, again = (one.forecast(customers, 365).orders for one in (predictor, flat))
    assert (year == again).all()


def test_nobody_who_came_back_is_said_so() -> None:
    once = Orders.of(np.arange(50), np.arange(50) % 40, np.ones(50))
    with pytest.raises(CannotFit):
        back_test(once, day=20, days=15)


def test_predictions_of_extreme_customers_are_finite(orders: Orders) -> None:
    predictor = chosen(orders, 540).predictor
    seen = Histories.of([0, 0, 5000, 1, 3], [0, 0, 9000, 1e-3, 2], [0, 20000, 9000, 2, 8000])
    found = predictor.predict(Customers(seen, np.array([0.0, 1e9, 5.0, 1e-6, 3.0])))
    for values in (
        found.orders_90,
        found.p_none,
        found.year.value,
        found.year.low,
        found.year.high,
    ):
        assert np.isfinite(values).all()
    assert (found.p_none >= 0).all()
    assert (found.p_none <= 1).all()
    assert 25 < found.orders_90[2] < 50  # fifty at her rate, less the chance to leave meanwhile


def test_half_of_the_days_are_held_out_and_a_year_at_the_most() -> None:
    assert usual_days(546) == 273
    assert usual_days(2000) == 365


# --- Files ---------------------------------------------------------------------------------------

ISO = "customer_id,date,amount\na,2026-01-05,10.5\na,2026-01-20,2\nb,2026-03-02,1\n"
FORMS = {
    "iso": ISO,
    "other order and case": (
        "Amount;DATE;Customer ID\n10.5;2026-01-05;a\n2;2026-01-20;a\n1;2026-03-02;b\n"
    ),
    "compact": "master_id,date,value\na,20260105,10.5\na,20260120,2\nb,20260302,1\n",
    "with a clock": (
        "CustomerID,InvoiceDate,Total\na,2026-01-05 08:26:00,10.5\n"
        "a,2026-01-20T10:00:00Z,2\nb,2026-03-02 00:00:00+00:00,1\n"
    ),
    "american": (
        "user,date,amount\na,1/5/2026 8:26,$10.50\na,1/20/2026 10:00,$2.00\nb,3/2/2026 1:00,$1.00\n"
    ),
    "german": (
        "customer;date;amount\na;05.01.2026;10,50 €\na;20.01.2026;2,00 €\nb;02.03.2026;1,00 €\n"
    ),
    "words": (
        'customer,date,amount\na,"Jan 5, 2026",10.5\na,"Jan 20, 2026",2\nb,"Mar 2, 2026",1\n'
    ),
    "seconds": "customer,timestamp,amount\na,1767571200,10.5\na,1768867200,2\nb,1772409600,1\n",
    "chinese": "客户,日期,金额\na,2026年01月05日,10.5\na,2026年01月20日,2\nb,2026年03月02日,1\n",
    "tabs": "\ufeff" + ISO.replace(",", "\t").replace("-", "/"),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_file_is_read_in_many_forms(tmp_path: Path, text: str) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(text, encoding="utf-8")
    orders, notes = read_orders(file)
    assert orders.customer.tolist() == [0, 0, 1]
    assert (orders.day - orders.day[0]).tolist() == [0, 15, 56]
    assert orders.value.tolist() == [10.5, 2, 1]
    assert orders.day[0] == 739621
    assert notes == []


def test_rows_that_cannot_be_used_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(
        "customer_id,date,amount\na,2026-01-05,5\n,2026-01-05,5\na,soon,5\na,2026-01-06,-5\n"
        "b,2026-01-06,many\n"
    )
    orders, notes = read_orders(file)
    assert len(orders.day) == 1
    assert sorted(int(note.split()[0]) for note in notes) == [1, 1, 1, 1]


UNREADABLE = {
    "": "is empty",
    "customer_id,date,amount\n": "no rows",
    "name,city\nx,y\n": "no column for customer_id",
    "customer_id,date,amount\na,soon,5\n": "No date could be read",
}


@pytest.mark.parametrize(("text", "told"), UNREADABLE.items())
def test_a_file_that_cannot_be_used_is_answered_in_words(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(text)
    with pytest.raises(Unreadable, match=told):
        read_orders(file)


TINY = {
    "customer_id,date,amount\na,2026-01-05,5\n": "lie within 1 days",
    "customer_id,date,amount\na,2026-01-05,5\nb,2026-05-05,5\n": "Without repeat orders",
    "customer_id,date,amount\na,2026-01-05,5\na,2026-05-05,5\nb,2026-05-05,5\nb,2026-05-06,5\n":
        "nobody had ordered twice",
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), TINY.items())
def test_a_tiny_file_is_answered_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(text)
    assert clv.main(["--transactions", str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert told in " ".join(lines[:-1])
    assert json.loads(lines[-1])["ok"] is False


def test_any_file_is_back_tested(
    tmp_path: Path, orders: Orders, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "orders.csv"
    rows = zip(orders.customer, orders.day, orders.value, strict=True)
    lines = [f"{np.datetime64('2024-01-01') + int(d)},{v:.2f},c{c}" for c, d, v in rows]
    file.write_text("\n".join(["Order Date,Total,Customer", *lines]))
    assert clv.main(["--transactions", str(file), "--horizon", "180"]) == 0
    out = capsys.readouterr().out
    found = json.loads(out.splitlines()[-1])
    assert found["ok"]
    assert found["days"] == 180
    assert found["spend_mae_vs_naive"] < 0
    assert "tenths by money foretold" in out


def test_figures_of_any_kind_become_json() -> None:
    told = clv.clean({"a": np.float64("nan"), "b": [np.bool_(True), np.int64(3)], "c": (1.5,)})
    assert json.loads(json.dumps(told)) == {"a": None, "b": [True, 3], "c": [1.5]}
