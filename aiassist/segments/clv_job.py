"""Foretells what each customer will buy, and publishes it only if that beats the naive guess.

Fit on all customers, back-test on orders as of an earlier day, gate, promote, write. Each step is
written by itself: a repeat after a kill goes on with the version it made, and writing the same
predictions again changes no row.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
from django.urls import reverse

from aiassist.ml.clv.backtest import BackTest, back_test, chosen, horizon_of_shop
from aiassist.ml.clv.fitting import CannotFit
from aiassist.ml.clv.histories import Histories, Orders
from aiassist.ml.clv.predictor import Customers, Predictor, Trained
from aiassist.ml.clv.purchases import MBG
from aiassist.registry.models import ModelKind, ModelState, ModelVersion
from aiassist.registry.promotion import promote
from aiassist.segments import clv_rows
from aiassist.segments.clv_gate import (
    NOBODY,
    Basis,
    basis_of,
    shortfall,
    told_shortfall,
    verdict,
)
from aiassist.segments.clv_rows import Batch, batch_after, batches, day_number, orders_of
from aiassist.segments.clv_versions import (
    config_of,
    insert,
    metrics_of,
    new_version,
    save,
    serving_predictor,
    version_of,
)
from aiassist.segments.rfm import latest_refresh
from aiassist.segments.rfm_days import shop_day
from ecomportal.jobs.run import Run
from ecomportal.said import Said, pack, said, said_n
from ecomportal.tenancy.models import AuditEntry

# Buyers whose orders the back-test looks at: enough for three digits, and bounded memory.
MOST_TESTED = 50_000
FIFTHS = (0.2, 0.4, 0.6, 0.8)


def predict(run: Run) -> None:
    """Bring every profile's predictions up to date; a full run also trains and judges anew."""
    with run.tenant():
        today, basis = shop_day(run.merchant), basis_of(run.merchant)
        made = version_of(run)
    missing = shortfall(basis, today)
    _note(run, missing)
    if missing:
        run.log(told_shortfall(missing))
        _forget(run)
        return
    if made is None and run.params.get("scope", "full") == "full":
        _train(run, today, basis)
    score(run, today, is_full=run.params.get("scope", "full") == "full")


def predict_customers(run: Run) -> None:
    """The job of the back-test page: train and judge anew, or after a switch of versions write
    what the one in use foretells (params: scope "full" or "written")."""
    if run.params["scope"] != "written":
        predict(run)
        run.result(_result(run, _latest_reason(run)))
        return
    with run.tenant():
        today = shop_day(run.merchant)
    n = score(run, today, is_full=True)
    changed = said_n("%(n)s customer foretold anew.", "%(n)s customers foretold anew.", n)
    run.result(_result(run, changed))


def _latest_reason(run: Run) -> Said:
    with run.tenant():
        version = version_of(run)
        missing = shortfall(basis_of(run.merchant), shop_day(run.merchant))
    return version.reason if version else told_shortfall(missing)


def _result(run: Run, text: Said) -> dict[str, Any]:
    url = reverse("aiassist:back-test", args=[run.merchant.slug])
    return {"text": text, "url": url, "link": said("Show the back-test")}


# --- Training ------------------------------------------------------------------------------------


def _train(run: Run, today: date, basis: Basis) -> None:
    run.phase(said("Fitting what customers buy"))
    customers = customers_of(run, today)
    orders = _orders(run, basis)
    day, days = day_number(today), horizon_of_shop(basis.days(today))
    with run.tenant():
        kind = _kind(run)
        version = new_version(run, data={"n_customers": len(customers), **_told(basis, orders)})
    try:
        # Fitted to all; whether and how to tune is learnt from the tested ones' orders.
        trained = chosen(orders, day, kind=kind, now=customers)
        run.check()
        run.phase(said("Testing predictions on the last %(days)s days", days=days))
        test = back_test(orders, day=day - days, days=days, kind=kind)
    except CannotFit:
        _refuse(run, version, NOBODY)
        return
    run.check()
    _finish(run, version, trained, test=test, bands=bands_of(trained.predictor, customers))


def _kind(run: Run) -> str:
    """The purchase model that was asked for, else that of the version in use, else MBG/NBD."""
    versions = run.merchant.model_versions.filter(kind=ModelKind.CLV, state=ModelState.SERVING)
    in_use = versions.values_list("config__model", flat=True).first()
    return run.params.get("model") or in_use or MBG


def bands_of(predictor: Predictor, customers: Customers) -> np.ndarray:
    """The limits of the fifths by a year's value."""
    return np.quantile(predictor.predict(customers.part(MOST_TESTED)).year.value, FIFTHS)


def _told(basis: Basis, orders: Orders) -> dict[str, Any]:
    return {
        "n_tested": orders.n_customers,
        "n_order_days": len(orders.day),
        "first": basis.first.isoformat(),
        "last": basis.last.isoformat(),
    }


def customers_of(run: Run, today: date) -> Customers:
    """Every buyer's history and money, without ids: 32 bytes each."""
    parts = [(one.customers.histories, one.customers.mean_value) for one in _all(run, today)]
    columns = [
        np.concatenate([getattr(seen, name) for seen, _ in parts])
        for name in ("repeats", "last", "age")
    ]
    return Customers(Histories.of(*columns), np.concatenate([value for _, value in parts]))


def _all(run: Run, today: date, since: Any = None) -> Iterator[Batch]:
    def read(after: str) -> Batch:
        run.check()
        with run.tenant():
            return batch_after(run.merchant, today, after, since=since)

    return batches(read)


def _orders(run: Run, basis: Basis) -> Orders:
    with run.tenant():
        refresh = latest_refresh(run.merchant)
        cap = (refresh.data or {}).get("cap_cents") if refresh else None
        return orders_of(run.merchant, n_buyers=basis.n_buyers, most=MOST_TESTED, cap_cents=cap)


def _finish(
    run: Run, version: ModelVersion, trained: Trained, *, test: BackTest, bands: np.ndarray
) -> None:
    passed, reason = verdict(test.report)
    save(version, trained.predictor)
    version.config = config_of(trained, bands)
    version.metrics = metrics_of(trained, test)
    version.reason = reason
    version.state = ModelState.CANDIDATE if passed else ModelState.REFUSED
    with run.fenced():
        insert(version)
        if passed:
            version = promote(run.merchant, version.pk)
            _audit(run, version)
    run.log(reason)


def _refuse(run: Run, version: ModelVersion, reason: Said) -> None:
    version.reason, version.state = reason, ModelState.REFUSED
    with run.fenced():
        insert(version)
    run.log(reason)


def _audit(run: Run, version: ModelVersion) -> None:
    who = run.job.created_by
    AuditEntry.objects.create(
        merchant=run.merchant,
        actor=who,
        actor_label=str(who or run.job.title)[:200],
        action="model.promoted",
        subject=said("Customer value, version %(n)s", n=version.n),
    )


# --- Writing -------------------------------------------------------------------------------------


def score(run: Run, today: date, *, is_full: bool) -> int:
    """Write the predictions of the version in use; without one there are none. How many changed."""
    with run.tenant():
        found = serving_predictor(run.merchant)
    if found is None:
        return _forget(run)
    version, predictor, limits = found
    run.phase(said("Writing predictions"))
    n_changed = 0
    for batch in _all(run, today, None if is_full else run.job.created_at):
        predictions = predictor.predict(batch.customers)
        with run.commit():
            n_changed += clv_rows.write(
                run.merchant, batch, predictions, limits=limits, version_id=version.pk, today=today
            )
    _forget(run, whose="AND n_orders = 0")
    if is_full:
        _describe(run, version)
    return n_changed


def _describe(run: Run, version: ModelVersion) -> None:
    """How the predictions lie now, for the page: counted here, where it may take a second."""
    with run.commit():
        version.refresh_from_db(fields=["metrics"])
        version.metrics["now"] = clv_rows.described(run.merchant)
        version.save(update_fields=["metrics"])


def _forget(run: Run, *, whose: str = "") -> int:
    """Take predictions away, of those who have no order any more or of all."""
    n = 0
    while True:
        with run.commit():
            n_now = clv_rows.forget(run.merchant, whose=whose)
        n += n_now
        if n_now < clv_rows.BATCH:
            return n


def _note(run: Run, missing: list[Said]) -> None:
    """Beside the profiles stands what predictions lack, for the pages that show them."""
    with run.commit():
        refresh = latest_refresh(run.merchant)
        if refresh is not None:
            refresh.data = {**refresh.data, "clv": {"shortfall": [pack(one) for one in missing]}}
            refresh.save(update_fields=["data"])
