"""Foretelling customers: what is written, when nothing is, and the way back."""

import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from aiassist import tasks
from aiassist.ml.clv.histories import Histories
from aiassist.ml.clv.predictor import Customers
from aiassist.profiles.models import CustomerProfile
from aiassist.registry.models import ModelVersion
from aiassist.registry.promotion import rollback
from aiassist.segments import clv_job, clv_rows
from aiassist.segments.clv_gate import basis_of, shortfall
from aiassist.segments.clv_versions import insert, serving_predictor
from aiassist.segments.clv_words import predictions_of
from aiassist.segments.rfm import latest_refresh, refresh_all
from aiassist.segments.rfm_days import shop_day
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.jobs.start import start_job
from ecomportal.tenancy.context import tenant
from tests.aiassist.segments.clv_shop import fill, fill_regular


@pytest.fixture(autouse=True)
def _here(settings: Any, tmp_path: Any) -> None:
    settings.MODELS_ROOT = tmp_path
    settings.JOB_LEASE_SECONDS = 600  # the heartbeat's connection does not see the test's rows


def start(shop: Any, user: Any = None, *, scope: str = "full") -> Job:
    params = {"scope": scope}
    return start_job(tasks.predict_customers, shop, user, title="Predict", params=params)


def run(shop: Any, job: Job) -> Job:
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        job.refresh_from_db()
    return job


def done(shop: Any, *, scope: str = "full") -> Job:
    job = run(shop, start(shop, scope=scope))
    assert job.status == "done", job.error_detail or str(job.error)
    return job


def written(shop: Any) -> list[tuple]:
    with tenant(shop):
        rows = shop.customer_profiles.order_by("customer_id")
        return list(rows.values_list("customer_id", *clv_rows.PLAIN, "next_order_on"))


def test_each_buyer_gets_predictions_of_the_fitted_model(shop: Any) -> None:
    fill(shop)
    job = done(shop)
    with tenant(shop):
        version = shop.model_versions.get()
        assert (version.kind, version.state, version.n) == ("clv", "serving", 1)
        assert "off by" in str(version.reason)
        assert str(job.result["text"])
        profile = shop.customer_profiles.filter(n_repeats__gte=3).first()
        buyers = shop.customer_profiles.filter(n_orders__gt=0)
        assert buyers.filter(clv_cents=None).count() == 0
        assert set(buyers.values_list("model_version", flat=True)) == {version.pk}
        assert set(buyers.values_list("value_band", flat=True)) == {1, 2, 3, 4, 5}
        _, predictor, _ = serving_predictor(shop)
        today = shop_day(shop)
        age = (today - shop_day(shop, profile.first_order_at)).days
    seen = Histories.of([profile.n_repeats], [profile.last_repeat_days], [age])
    value = profile.capped_cents / (profile.n_repeats + 1)
    found = predictor.predict(Customers(seen, np.array([value])))
    assert profile.expected_orders_90 == pytest.approx(found.orders_90[0], abs=6e-4)
    assert profile.expected_orders_365 == pytest.approx(found.year.orders[0], abs=6e-4)
    assert profile.clv_cents == pytest.approx(found.year.value[0], abs=1)
    assert profile.churn_probability == pytest.approx(found.p_none[0], abs=6e-5)
    assert profile.clv_low_cents <= profile.clv_cents <= profile.clv_high_cents
    if profile.next_order_on:
        days = (profile.next_order_on - today).days
        assert days == int(np.ceil(found.days_to_next[0]))


def test_the_back_test_is_kept_with_the_version(shop: Any) -> None:
    fill(shop)
    done(shop)
    with tenant(shop):
        version = shop.model_versions.get()
    metrics = version.metrics
    assert metrics["days"] == 90
    assert len(metrics["deciles"]) == len(metrics["reliability"]) == 10
    assert metrics["value"]["model"]["mae"] < metrics["value"]["naive"]["mae"]
    assert 0.6 < metrics["no_order_90"]["auc"] < 1
    assert metrics["coverage"]["inside"] > 0.85
    value, low, high = version.config["purchases"]["r"]
    assert low < value < high
    json.dumps(version.metrics, allow_nan=False)
    assert version.data["n_customers"] == 700


def test_the_parts_of_the_table_are_told_with_the_shops_numbers(shop: Any) -> None:
    fill(shop, n=312, days=120)
    job = done(shop)
    with tenant(shop):
        missing = shortfall(basis_of(shop), shop_day(shop))
        kept = latest_refresh(shop).data["clv"]["shortfall"]
        assert shop.model_versions.count() == 0
        assert shop.customer_profiles.exclude(clv_cents=None).count() == 0
    assert str(missing[0]) == "312 of 500 customers"
    assert str(missing[1]).endswith("of 180 days of orders")
    assert len(missing) == len(kept) == 2
    assert "312 of 500 customers" in str(job.result["text"]) or "312" in str(job.log)


def test_predictions_go_when_there_is_too_little_again(shop: Any) -> None:
    fill(shop)
    done(shop)
    with tenant(shop):
        shop.orders.update(ordered_at=timezone.now() - timedelta(days=45))
    refresh_all(shop)
    done(shop)
    with tenant(shop):
        assert shop.customer_profiles.exclude(clv_cents=None).count() == 0
        assert "45 days ago" in str(shortfall(basis_of(shop), shop_day(shop))[-1])


def test_the_same_again_writes_no_row(shop: Any) -> None:
    fill(shop)
    done(shop)
    with tenant(shop):
        before = dict(
            shop.customer_profiles.extra(select={"v": "xmin::text"}).values_list("pk", "v")
        )
    done(shop, scope="written")
    with tenant(shop):
        after = dict(
            shop.customer_profiles.extra(select={"v": "xmin::text"}).values_list("pk", "v")
        )
    assert before == after


def test_a_model_that_does_not_beat_the_naive_guess_is_not_published(shop: Any) -> None:
    """Where everyone buys to the clock, going on as before is exactly right."""
    fill_regular(shop)
    job = done(shop)
    with tenant(shop):
        version = shop.model_versions.get()
        assert version.state == "refused"
        assert "not published" in str(version.reason)
        assert str(job.result["text"]) or version.reason
        assert shop.customer_profiles.exclude(clv_cents=None).count() == 0


def test_going_back_brings_the_same_predictions_back(shop: Any) -> None:
    fill(shop)
    done(shop)
    first = written(shop)
    with tenant(shop):
        recent = shop.orders.filter(ordered_at__gt=timezone.now() - timedelta(days=20))
        totals = dict(recent.values_list("pk", "total_cents"))
        recent.update(total_cents=99_00)
    refresh_all(shop)
    done(shop)
    assert written(shop) != first
    with tenant(shop):
        for pk, total in totals.items():
            shop.orders.filter(pk=pk).update(total_cents=total)
    refresh_all(shop)
    done(shop, scope="written")
    assert written(shop) != first  # the second model's, of the same orders
    with tenant(shop):
        rollback(shop, "clv")
    done(shop, scope="written")
    assert written(shop) == first
    with tenant(shop):
        assert shop.model_versions.get(state="serving").n == 1


def test_a_version_made_while_another_trains_takes_no_number_from_it(
    shop: Any, monkeypatch: Any
) -> None:
    fill(shop)
    real = clv_job.chosen

    def overtaken(*args: Any, **kwargs: Any) -> Any:
        with tenant(shop):
            insert(ModelVersion(merchant=shop, kind="clv", base="clv-1", state="refused"))
        return real(*args, **kwargs)

    monkeypatch.setattr(clv_job, "chosen", overtaken)
    done(shop)
    with tenant(shop):
        assert dict(shop.model_versions.values_list("n", "state")) == {1: "refused", 2: "serving"}


def test_a_killed_run_goes_on_with_the_version_it_made(shop: Any, monkeypatch: Any) -> None:
    fill(shop)
    monkeypatch.setattr(clv_rows, "BATCH", 200)
    monkeypatch.setattr(clv_rows.batches, "__kwdefaults__", {"size": 200})
    monkeypatch.setattr(clv_rows.batch_after, "__kwdefaults__", {"since": None, "size": 200})
    real, n_written = clv_rows.write, []

    def killed(*args: Any, **kwargs: Any) -> int:
        n_written.append(1)
        if len(n_written) == 3:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    job = start(shop)
    monkeypatch.setattr(clv_rows, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        assert 0 < shop.customer_profiles.exclude(clv_cents=None).count() <= 400
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    run(shop, job)
    with tenant(shop):
        assert shop.model_versions.count() == 1
        assert shop.customer_profiles.filter(n_orders__gt=0, clv_cents=None).count() == 0


def test_the_other_purchase_model_stays_chosen_until_it_is_changed(shop: Any) -> None:
    fill(shop)
    for params in ({"scope": "full", "model": "bg"}, {"scope": "full"}):
        job = start_job(tasks.predict_customers, shop, None, title="Predict", params=params)
        assert run(shop, job).status == "done"
    with tenant(shop):
        models = shop.model_versions.order_by("n").values_list("config__model", flat=True)
        assert list(models) == ["bg", "bg"]


def test_predictions_of_other_shops_stay(shop: Any, other_shop: Any) -> None:
    fill(shop)
    fill(other_shop, n=510, days=200, seed=2)
    done(other_shop)
    before = written(other_shop)
    done(shop)
    assert written(other_shop) == before


def test_a_broken_file_is_not_used(shop: Any, settings: Any) -> None:
    fill(shop)
    done(shop)
    for path in settings.MODELS_ROOT.rglob("*.safetensors"):
        path.write_bytes(path.read_bytes()[:-8] + b"\0" * 8)
    done(shop, scope="written")
    with tenant(shop):
        assert ModelVersion.objects.get().broken_at is not None
        assert shop.customer_profiles.exclude(clv_cents=None).count() == 0


def test_predictions_have_klaviyos_names(shop: Any) -> None:
    fill(shop)
    with tenant(shop):
        assert predictions_of(shop.customers.first())["predicted_clv"] is None
    done(shop)
    with tenant(shop):
        profile = CustomerProfile.objects.filter(n_repeats__gt=1).first()
        told = predictions_of(profile.customer)
    assert told["predicted_clv"] == pytest.approx(profile.clv_cents / 100)
    assert told["total_clv"] == pytest.approx((profile.clv_cents + profile.spent_cents) / 100)
    assert told["predicted_clv_low"] <= told["predicted_clv"] <= told["predicted_clv_high"]
    assert told["churn_band"] in ("low", "middle", "high")
    assert told["model_version"] == 1
    assert told["average_days_between_orders"] == round(
        profile.last_repeat_days / profile.n_repeats, 1
    )


def test_customers_that_changed_are_foretold_by_the_model_in_use(shop: Any) -> None:
    fill(shop)
    done(shop)
    with tenant(shop):
        one = shop.customers.filter(profile__n_repeats=0).first()
        before = one.profile.clv_cents
        shop.orders.create(
            customer=one, number="again", status="paid", currency=shop.currency,
            total_cents=50_00, ordered_at=timezone.now(),
        )  # fmt: skip
    job = start(shop)
    with tenant(shop):
        Job.objects.filter(pk=job.pk).update(params={"scope": "changed"})
    refresh_all(shop)
    run(shop, job)
    with tenant(shop):
        one.profile.refresh_from_db()
        assert shop.model_versions.count() == 1
        assert one.profile.clv_cents > before
