"""What customers will buy: our fits beside the published ones, hold-outs, and the time of a fit.

    python -m tests.bench clv                            CDNOW and Online Retail
    python -m tests.bench clv --transactions FILE.csv    the back-test on any file

FILE has the columns customer_id, date and amount, under these or like names, in any order. Half of
its days are held out, a year at the most; `--horizon DAYS` or `--cutoff DATE` say otherwise. The
last line is one JSON object. Exits 1 where a target is missed or a file says too little.
"""

import argparse
import json
import math
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from aiassist.ml.clv.backtest import BackTest, back_test, usual_days
from aiassist.ml.clv.fitting import CannotFit, fit_purchases
from aiassist.ml.clv.histories import Histories, Orders
from aiassist.ml.clv.predictor import YEAR
from aiassist.ml.clv.purchases import BG, MBG
from aiassist.ml.clv.spend import fit_spend
from tests.bench.clv_files import Unreadable, read_orders

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "ml" / "data"
DATA = ROOT.parent / "shared" / "data" / "customers"
CACHE = Path(tempfile.gettempdir()) / "ecomportal-peers"
TARGETS = {
    "fit_speedup_vs_lifetimes": (4, "at least"),
    "fit_speedup_vs_lifetimes_1m": (5, "at least"),
    "cdnow_spend_mae_vs_naive": (-0.23, "at most"),
    "fits_equal_published": (1, "at least"),
}
# Fader, Hardie and Lee (2005), CLVTools; for the MBG/NBD what two implementations agree on.
PUBLISHED = {
    "BG/NBD": ([0.2425945, 4.4136019, 0.7929199, 2.4258881], -9582.429),
    "MBG/NBD": ([0.52484, 6.18299, 0.89136, 1.61400], -9582.13),
    "Gamma-Gamma": ([6.25, 3.74, 15.44], -4055.9177),
}
# Shares of parameters: the Gamma-Gamma ones are published with three digits.
CLOSE = {"BG/NBD": 1e-3, "MBG/NBD": 1e-3, "Gamma-Gamma": 2e-3}
# What the portal asks for before it predicts (aiassist/segments/clv_gate.py).
LEAST_BUYERS, LEAST_DAYS = 500, 180


def main(argv: Sequence[str] | None = None) -> int:
    options = _options(argv)
    if options.transactions:
        return _of_file(options)
    if options.recover:
        return _recover(options.recover)
    report: dict[str, Any] = {"bench": "clv", **measure(data=options.data)}
    report["missed"] = missed(report)
    print(json.dumps(clean(report)))
    return 1 if report["missed"] else 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench clv")
    parser.add_argument("--transactions", type=Path, help="a CSV: customer_id, date, amount")
    parser.add_argument("--horizon", type=int, help="days to hold out")
    parser.add_argument("--cutoff", type=date.fromisoformat, help="the last day to learn from")
    parser.add_argument("--model", choices=[BG, MBG], default=MBG)
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the public data")
    parser.add_argument("--recover", type=int, help="fit so many simulated customers")
    return parser.parse_args(argv)


def measure(*, is_small: bool = False, data: Path = DATA) -> dict[str, Any]:
    """All figures; the small form leaves the million out."""
    fits = fits_beside_published()
    found = {"fits": fits, "fits_equal_published": int(all(one["equal"] for one in fits.values()))}
    found |= held_out(data)
    found |= speed(is_small=is_small)
    return found


def missed(report: dict[str, Any]) -> list[str]:
    return [
        name
        for name, (bound, side) in TARGETS.items()
        if report.get(name) is not None
        and (report[name] < bound if side == "at least" else report[name] > bound)
    ]


def clean(value: Any) -> Any:
    """The same without NaN, which JSON does not know."""
    if isinstance(value, dict):
        return {name: clean(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [clean(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


# --- Fits ----------------------------------------------------------------------------------------


def cdnow() -> Histories:
    """The 2,357 customers of the CDNOW sample, in weeks."""
    return Histories.of(*np.loadtxt(SAMPLE / "cdnow_histories.csv", delimiter=",", skiprows=1).T)


def fits_beside_published() -> dict[str, Any]:
    spend = np.loadtxt(SAMPLE / "cdnow_spend.csv", delimiter=",", skiprows=1)
    money = fit_spend(spend[:, 0], spend[:, 1])
    purchases = {name: fit_purchases(cdnow(), kind) for name, kind in _KINDS.items()}
    found = {name: (fit.model.parameters, fit.log_likelihood) for name, fit in purchases.items()}
    found["Gamma-Gamma"] = (money.model.parameters, money.log_likelihood)
    print("CDNOW, fitted beside published")
    return {name: _beside(name, *values) for name, values in found.items()}


_KINDS = {"BG/NBD": BG, "MBG/NBD": MBG}


def _beside(name: str, parameters: np.ndarray, log_likelihood: float) -> dict[str, Any]:
    published, their_likelihood = PUBLISHED[name]
    off = float(np.max(np.abs(parameters / np.array(published) - 1)))
    is_equal = off <= CLOSE[name] and abs(log_likelihood - their_likelihood) <= 0.01
    told = " ".join(f"{value:.5f}" for value in parameters)
    beside = " ".join(f"{value:g}" for value in published)
    print(f"  {name:12} {told}  LL {log_likelihood:.3f}")
    print(f"  {'published':12} {beside}  LL {their_likelihood}  {'equal' if is_equal else 'OFF'}")
    return {
        "parameters": parameters.tolist(),
        "log_likelihood": log_likelihood,
        "published": published,
        "published_log_likelihood": their_likelihood,
        "largest_share_off": off,
        "equal": is_equal,
    }


# --- Hold-outs -----------------------------------------------------------------------------------


def held_out(data: Path) -> dict[str, Any]:
    """CDNOW by halves, as published studies do, and Online Retail before Christmas."""
    found: dict[str, Any] = {"hold_outs": {}}
    sample, retail = data / "cdnow/transactions_sample.csv", data / "online_retail"
    if not sample.exists():
        print(f"The data of {data} are not there: no hold-outs. --data names their folder.")
        return found
    orders, _ = read_orders(sample)
    first = back_test(orders, day=orders.first_day + 272, days=273)
    money = first.report["value"]
    found["hold_outs"]["CDNOW, 39 weeks"] = told("CDNOW, 39 of 78 weeks", first)
    found["cdnow_spend_mae_vs_naive"] = money["model"]["mae"] / money["naive"]["mae"] - 1
    retail_files = sorted(retail.glob("*.parquet"))
    if retail_files:
        orders = online_retail(retail_files[0])
        for days in (91, 186):
            test = back_test(orders, day=orders.last_day - days, days=days)
            name = f"Online Retail, {days} days"
            found["hold_outs"][name] = told(name, test)
        found["top_decile_lift"] = test.report["value"]["model"]["top_decile_lift"]
        found["auc_no_purchase_90d"] = test.report["no_order_90"]["auc"]
    return found


def online_retail(path: Path) -> Orders:
    """Invoices of known customers, without cancellations and corrections."""
    import polars as pl

    lines = pl.read_parquet(path).filter(
        pl.col("customer").is_not_null()
        & ~pl.col("invoice").cast(pl.String).str.starts_with("C")
        & (pl.col("quantity") > 0)
        & (pl.col("price") > 0)
    )
    value = (lines["quantity"] * lines["price"]).to_numpy()
    customer = lines["customer"].rank("dense").to_numpy().astype(int) - 1
    return Orders.of(customer, lines["at"].dt.date().dt.epoch("d").to_numpy(), value)


def told(name: str, test: BackTest) -> dict[str, Any]:
    """The hold-out as a table, and as figures."""
    report = test.report
    print(f"\n{name}: {report['n_customers']:,} customers, {report['days']} days held out")
    print(f"  {'':26}{'MAE':>10}{'Spearman':>10}{'lift':>8}{'top 20 %':>10}{'level':>8}")
    for amount in ("orders", "value"):
        for way, figures in report[amount].items():
            print(
                f"  {amount + ' by ' + _WAYS[way]:26}{figures['mae']:10.3f}"
                f"{figures['spearman']:10.3f}{figures['top_decile_lift']:8.2f}"
                f"{figures['top_20_share']:10.3f}{figures['level']:8.3f}"
            )
    chance = report.get("no_order_90")
    if chance:
        print(
            f"  no order in 90 days: AUC {chance['auc']:.3f} (recency alone "
            f"{chance['auc_of_recency']:.3f}), Brier {chance['brier']:.4f}, "
            f"calibration error {chance['calibration_error']:.4f}"
        )
    print(f"  intervals of 90 % hold {100 * report['coverage']['inside']:.1f} % of customers")
    model, naive = report["value"]["model"]["mae"], report["value"]["naive"]["mae"]
    verdict = "published" if test.beats_naive else "not published: it does not beat own rate"
    if naive:
        print(f"  money, error against own rate: {100 * (model / naive - 1):+.1f} %; {verdict}")
    for line in remarks(test):
        print(f"  {line}")
    return {key: value for key, value in report.items() if key not in ("deciles", "reliability")}


_WAYS = {"model": "model", "naive": "own rate", "mean": "mean of all"}


def remarks(test: BackTest) -> list[str]:
    """What the fits say about themselves."""
    trained = test.trained
    tunings = {"chance": trained.predictor.chance, "orders": trained.predictor.orders}
    tuned = [name for name, one in tunings.items() if one is not None]
    lines = [f"tuned by the last window: {', '.join(tuned) or 'nothing'}"]
    if not trained.fit.has_dropout:
        lines.append("No dropout identifiable in these orders.")
    related = f"Frequency and order value: correlation {trained.correlation:.2f}"
    lines.append(related + (", above 0.3: read the money with care." if _is_related(test) else "."))
    if trained.spend.is_moments:
        lines.append("Order values are too wild for Gamma-Gamma; a shrunken mean stands in.")
    return lines


def _is_related(test: BackTest) -> bool:
    return abs(test.trained.correlation) > 0.3


# --- Speed ---------------------------------------------------------------------------------------


def speed(*, is_small: bool) -> dict[str, Any]:
    from tests.bench.clv_speed import against_lifetimes, large
    from tests.bench.peers.site import PeerMissing

    rows = cdnow()
    everyone = rows.take(np.repeat(np.arange(len(rows)), rows.weight.astype(int)))
    seen = Histories.of(everyone.repeats, everyone.last, everyone.age)
    try:
        small = {kind: against_lifetimes(seen, kind, cache=CACHE, n_runs=5) for kind in (BG, MBG)}
    except PeerMissing as error:
        print(f"\nlifetimes cannot be had here: {error}")
        return {}
    found: dict[str, Any] = {"fit_cdnow": small}
    found["fit_speedup_vs_lifetimes"] = min(one["speedup"] for one in small.values())
    _print_speed("CDNOW", small)
    if not is_small:
        found["fit_1m"] = against_lifetimes(large(), MBG, cache=CACHE, n_runs=1)
        found["fit_speedup_vs_lifetimes_1m"] = found["fit_1m"]["speedup"]
        _print_speed("1,000,000 simulated", {MBG: found["fit_1m"]})
    return found


def _print_speed(name: str, rows: dict[str, dict[str, Any]]) -> None:
    print(f"\nFit of {name}: CPU seconds, ours and lifetimes'")
    for kind, row in rows.items():
        print(
            f"  {kind:4} {row['cpu_s']:9.4f} {row['cpu_s_lifetimes']:9.4f}  "
            f"{row['speedup']:.1f} times; LL {row['log_likelihood']:.3f} "
            f"{row['log_likelihood_lifetimes']:.3f}; {row['distinct']:,} distinct histories"
        )


def _recover(n: int) -> int:
    from tests.bench.clv_speed import recovered

    found = recovered(n)
    for name, true, ours in zip(("r", "alpha", "a", "b"), found["true"], found["found"],
                                strict=True):  # fmt: skip
        print(f"  {name:6} true {true:9.4f}  found {ours:9.4f}  {100 * (ours / true - 1):+.2f} %")
    print(json.dumps({"bench": "clv", "recovery": found}))
    return 0


# --- Any file ------------------------------------------------------------------------------------


def _of_file(options: argparse.Namespace) -> int:
    try:
        orders, notes = read_orders(options.transactions)
        test, more = _tested(orders, options)
    except Unreadable as error:
        print(error)
        print(json.dumps({"bench": "clv", "ok": False, "problem": str(error)}))
        return 1
    for line in (*notes, *more):
        print(line)
    figures = told(options.transactions.name, test)
    _print_groups(test)
    money = test.report["value"]
    print(json.dumps(clean(_told_file(options, test, figures, money=money))))
    return 0


def _told_file(
    options: argparse.Namespace, test: BackTest, figures: dict[str, Any], *, money: dict[str, Any]
) -> dict[str, Any]:
    naive = money["naive"]["mae"]
    chance = test.report.get("no_order_90", {})
    purchases = test.trained.predictor.purchases
    return {
        "bench": "clv",
        "ok": True,
        "file": options.transactions.name,
        "model": purchases.kind,
        "spend_mae_vs_naive": money["model"]["mae"] / naive - 1 if naive else None,
        "top_decile_lift": money["model"]["top_decile_lift"],
        "auc_no_purchase_90d": chance.get("auc"),
        "calibration_error": chance.get("calibration_error"),
        "level": money["model"]["level"],
        "is_published": test.beats_naive,
        "has_dropout": test.trained.fit.has_dropout,
        "correlation": test.trained.correlation,
        "parameters": purchases.parameters.tolist(),
        "spend_parameters": test.trained.predictor.spend.parameters.tolist(),
        "log_likelihood": test.trained.fit.log_likelihood,
        "deciles": test.report["deciles"],
        "reliability": test.report.get("reliability"),
        **figures,
    }


def _tested(orders: Orders, options: argparse.Namespace) -> tuple[BackTest, list[str]]:
    span = orders.last_day - orders.first_day
    n_again = int((orders.as_of(orders.last_day).histories.repeats > 0).sum())
    if span < 14:
        raise Unreadable(
            f"All orders lie within {span + 1} days ({orders.n_customers} customers). A back-test "
            "needs days to learn from and days to compare with: two weeks at the least."
        )
    if n_again < 2:
        raise Unreadable(
            f"Of {orders.n_customers} customers {n_again} ordered on more than one day. Without "
            "repeat orders there is nothing to learn."
        )
    day, days = _window(orders, options, span)
    try:
        test = back_test(orders, day=day, days=days, kind=options.model)
    except CannotFit:
        raise Unreadable(
            f"Until {date.fromordinal(day)} nobody had ordered twice, or nobody ordered in the "
            f"{days} days after it: there is nothing to learn from or to compare with. Try another "
            "--cutoff."
        ) from None
    return test, _shortfall(test, span)


def _window(orders: Orders, options: argparse.Namespace, span: int) -> tuple[int, int]:
    """The last day to learn from, and how many days to compare with."""
    if options.cutoff:
        day = options.cutoff.toordinal()
        days = min(options.horizon or YEAR, orders.last_day - day)
    else:
        days = options.horizon or usual_days(span)
        day = orders.last_day - days
    if not orders.first_day < day < orders.last_day or days < 1:
        raise Unreadable(
            f"The orders run from {date.fromordinal(orders.first_day)} to "
            f"{date.fromordinal(orders.last_day)}: that cutoff or horizon leaves nothing to learn "
            "from or nothing to compare with."
        )
    return day, days


def _shortfall(test: BackTest, span: int) -> list[str]:
    n = test.report["n_customers"]
    lines = []
    if n < LEAST_BUYERS:
        lines.append(f"{n} of {LEAST_BUYERS} customers: the portal would not predict from these.")
    if span < LEAST_DAYS:
        lines.append(f"{span} of {LEAST_DAYS} days: the portal would not predict from these.")
    return lines


def _print_groups(test: BackTest) -> None:
    print("\n  tenths by money foretold   foretold      spent")
    for n, row in enumerate(test.report["deciles"], 1):
        print(f"  {n:24} {row['predicted']:10.2f} {row['actual']:10.2f}")
    rows = test.report.get("reliability")
    if rows:
        print("\n  tenths by chance of no order in 90 days   said    came")
        for n, row in enumerate(rows, 1):
            print(f"  {n:39} {row['said']:6.3f}  {row['came']:6.3f}")
