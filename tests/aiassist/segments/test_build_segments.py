"""The job over all of a shop's customers: its steps, a kill, its button, its clock."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from aiassist.profiles.models import GroupDay, ProfileRefresh, SegmentDay, SegmentMove
from aiassist.segments import membership
from aiassist.segments.beat import start_due
from aiassist.segments.examples import EXAMPLES, add_examples
from aiassist.segments.job import STEPS, scope_due, start_build
from aiassist.segments.language import parse
from aiassist.segments.rfm import refresh_all
from aiassist.segments.saving import change
from catalog.orders.models import CurrencyRate, Customer
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.jobs.start import cancel_job
from ecomportal.said import told
from ecomportal.tenancy.context import tenant
from tests.aiassist.segments.ledger import customer, order
from tests.aiassist.segments.people import segment_of
from tests.chaos.workers import ROOT, wait_until


def sold_to(shop: Any, n: int = 6) -> list[Customer]:
    """Customers, the first of whom orders most and last."""
    people = [customer(shop, f"P{i}") for i in range(n)]
    for i, whose in enumerate(people):
        for day in range(n - i):
            order(shop, whose, f"2026-0{1 + i % 6}-{10 + day}", 1000 * (n - i))
    return people


def carry_out(job: Job) -> Job:
    execute("build_segments", job.pk, job.merchant_id)
    with tenant(job.merchant_id):
        job.refresh_from_db()
    return job


def built(shop: Any, **fields: Any) -> Job:
    return carry_out(start_build(shop, None, **fields))


# --- What it does -------------------------------------------------------------------------------


def test_profiles_members_and_days_are_up_to_date_afterwards(shop: Any) -> None:
    people = sold_to(shop)
    often = segment_of(shop, name="Often", rule="number_of_orders >= 4")
    also = segment_of(shop, name="Also", rule="in_segment('Often') AND amount_spent > 200")
    job = built(shop)
    assert (job.status, job.n_done, str(job.error)) == ("done", len(STEPS), "")
    with tenant(shop):
        assert shop.customer_profiles.get(customer=people[0]).n_orders == 6
        assert often.members.count() == 3
        assert also.members.count() == 2
        row = ProfileRefresh.objects.get()
        assert row.job_id == job.pk
        assert sum(one["n"] for one in row.data["groups"].values()) == 6
        today = GroupDay.objects.order_by("-day").first().day
        assert GroupDay.objects.filter(day=today).count() == 11
        assert GroupDay.objects.filter(day__lt=today).exists(), "the weeks before are reckoned too"
    assert "6 customers looked at" in str(told(job.result["text"]))


def test_a_second_run_moves_nobody(shop: Any) -> None:
    sold_to(shop)
    segment_of(shop, name="Often", rule="number_of_orders >= 4")
    built(shop)
    with tenant(shop):
        n_moves, n_days = SegmentMove.objects.count(), GroupDay.objects.count()
    built(shop)
    with tenant(shop):
        assert SegmentMove.objects.count() == n_moves == 3
        assert GroupDay.objects.count() == n_days


def test_changed_customers_alone_are_looked_at(shop: Any) -> None:
    people = sold_to(shop)
    often = segment_of(shop, name="Often", rule="number_of_orders >= 4", schedule="hourly")
    built(shop)
    for day in (1, 2, 3):
        order(shop, people[5], f"2026-09-0{day}")
    with tenant(shop):
        often.refresh_from_db()
        type(often).objects.filter(pk=often.pk).update(
            refreshed_at=timezone.now() - timedelta(hours=2)
        )
    job = built(shop, scope="changed", segments="due")
    with tenant(shop):
        row = ProfileRefresh.objects.order_by("-started_at").first()
        assert often.members.count() == 4
        assert shop.customer_profiles.get(customer=people[5]).n_orders == 4
    assert (job.status, row.is_full) == ("done", False)


def test_segments_that_are_not_due_are_left(shop: Any) -> None:
    sold_to(shop)
    never = segment_of(shop, name="Never", rule="number_of_orders >= 4", schedule="never")
    built(shop, segments="due")
    with tenant(shop):
        assert never.members.count() == 0
    built(shop)  # somebody asked for all
    with tenant(shop):
        assert never.members.count() == 3


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("SELECT id FROM catalog_customer, pg_sleep(5)", "takes too long"),
        ("SELECT id FROM catalog_customer WHERE 1 / (lot - lot) = 1", "too large"),
    ],
)
def test_a_segment_in_trouble_says_so_and_stops_no_other(
    shop: Any, monkeypatch: Any, statement: str, says: str
) -> None:
    people = sold_to(shop)
    bad = segment_of(shop, [people[5]], name="Bad")
    good = segment_of(shop, name="Good", rule="number_of_orders >= 4")
    found = membership._found
    monkeypatch.setattr(membership, "LONG", "SET LOCAL statement_timeout = '300ms'")
    monkeypatch.setattr(
        membership,
        "_found",
        lambda merchant, rule, at: (
            (statement, ()) if rule.text == parse(bad.rule).text else found(merchant, rule, at)
        ),
    )
    job = built(shop)
    assert (job.status, job.n_done) == ("done", len(STEPS))
    with tenant(shop):
        bad.refresh_from_db()
        assert says in str(bad.problem)
        assert [one.customer_id for one in bad.members.all()] == [people[5].pk]
        assert good.members.count() == 3


def test_a_cancelled_job_stops_before_its_next_step(shop: Any) -> None:
    sold_to(shop)
    job = start_build(shop, None)
    with tenant(shop):
        Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    assert carry_out(job).status == "cancelled"
    with tenant(shop):
        assert not ProfileRefresh.objects.filter(finished_at__isnull=False).exists()


def test_only_one_builds_a_shop_at_a_time(shop: Any) -> None:
    first = start_build(shop, None)
    second = start_build(shop, None, scope="changed")
    assert (second.pk, second.is_new) == (first.pk, False)
    with tenant(shop):
        cancel_job(first)


def test_a_customer_erased_between_reckoning_and_writing_stays_erased(shop: Any) -> None:
    people = sold_to(shop)

    @contextmanager
    def late() -> Iterator[None]:
        with tenant(shop):
            people[0].orders.all().delete()
            Customer.objects.filter(pk=people[0].pk).delete()
            yield

    refresh_all(shop, commit=late)
    with tenant(shop):
        assert shop.customer_profiles.count() == 5
        assert shop.customer_profiles.filter(n_orders__gt=0).count() == 5


# --- After a kill -------------------------------------------------------------------------------

WORKER = """
import sys, django
django.setup()
from aiassist import tasks
from ecomportal.jobs.execute import execute
execute("build_segments", __import__("uuid").UUID(sys.argv[1]), int(sys.argv[2]))
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_nothing_undone_or_done_twice(
    shop: Any, database_url: Callable[[str], str]
) -> None:
    people = sold_to(shop)
    first = segment_of(shop, name="First", rule="number_of_orders >= 4")
    second = segment_of(shop, name="Second", rule="number_of_orders >= 2")
    job = start_build(shop, None)
    with psycopg.connect(database_url("ecom_owner")) as holder:
        # The worker comes as far as the second segment, which somebody holds.
        holder.execute("SELECT FROM aiassist_segment WHERE id = %s FOR UPDATE", [second.pk])
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(job.pk), str(shop.pk)],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "SECRET_KEY": "x"},
        )

        def is_first_done() -> bool:
            with tenant(shop):
                return first.members.count() == 3

        wait_until(is_first_done, seconds=60, what="the first segment")
        worker.kill()
        worker.wait()
    with tenant(shop):
        assert second.members.count() == 0
        refreshed = ProfileRefresh.objects.get().finished_at
    wait_until(lambda: _lease_is_over(shop, job), seconds=20, what="the end of the lease")
    done = carry_out(job)
    assert (done.status, done.n_claims) == ("done", 2)
    with tenant(shop):
        assert ProfileRefresh.objects.get().finished_at == refreshed, "that step was done"
        assert (first.members.count(), second.members.count()) == (3, 5)
        entered = dict(SegmentDay.objects.values_list("segment__name", "n_entered"))
        assert entered == {"First": 3, "Second": 5}
        assert SegmentMove.objects.count() == 8
        assert shop.customer_profiles.get(customer=people[0]).n_orders == 6


def _lease_is_over(shop: Any, job: Job) -> bool:
    time.sleep(0.2)
    with tenant(shop):
        return Job.objects.get(pk=job.pk).lease_until < timezone.now()


# --- The button ---------------------------------------------------------------------------------


def test_an_editor_has_all_customers_reckoned(shop: Any, max_: Any, client_of: Any) -> None:
    url = reverse("aiassist:segments-build", args=[shop.slug])
    client = client_of(max_)
    answer = client.post(url)
    assert (answer.status_code, answer["Location"]) == (
        302, reverse("aiassist:segments", args=[shop.slug]),
    )  # fmt: skip
    client.post(url)
    with tenant(shop):
        job = shop.jobs.get(kind="build_segments")
        assert (job.params, job.queue) == ({"scope": "full", "segments": "all"}, "train")
        assert shop.audit_entries.filter(action="customers.reckoned").count() == 1


@pytest.mark.parametrize(("who", "status"), [("vera", 403), ("bob", 403), ("mallory", 404)])
def test_others_cannot(request: Any, shop: Any, client_of: Any, who: str, status: int) -> None:
    person = request.getfixturevalue(who)
    url = reverse("aiassist:segments-build", args=[shop.slug])
    assert client_of(person).post(url).status_code == status


def test_looking_at_the_address_starts_nothing(shop: Any, alice: Any, client_of: Any) -> None:
    url = reverse("aiassist:segments-build", args=[shop.slug])
    assert client_of(alice).get(url).status_code == 405


# --- The clock ----------------------------------------------------------------------------------


def test_every_shop_is_built_at_four_of_its_own_clock(shop: Any) -> None:
    shop.timezone = "Asia/Shanghai"
    shop.save()
    customer(shop)
    with tenant(shop):
        assert scope_due(shop) == "full", "it never was"
    row = refresh_all(shop)
    for started, now, scope in [
        ("2026-11-24T21:00", "2026-11-25T10:00", ""),  # at 5:00 there, now 18:00
        ("2026-11-24T19:00", "2026-11-25T10:00", "full"),  # at 3:00 there: yesterday's night
        ("2026-11-24T21:00", "2026-11-25T20:30", "full"),  # now 4:30 of the next day
    ]:
        at = datetime.fromisoformat(started).replace(tzinfo=UTC)
        with tenant(shop):
            # What was written up to now is seen.
            ProfileRefresh.objects.filter(pk=row.pk).update(
                started_at=at, seen_until=timezone.now() + timedelta(days=400)
            )
            assert scope_due(shop, datetime.fromisoformat(now).replace(tzinfo=UTC)) == scope


def test_a_shop_without_customers_is_left_alone(shop: Any) -> None:
    with tenant(shop):
        assert scope_due(shop) == ""


@pytest.mark.django_db(transaction=True)
def test_a_new_order_is_due_within_the_round(shop: Any) -> None:
    anna = customer(shop)
    order(shop, anna, "2026-01-01")
    refresh_all(shop)
    with tenant(shop):
        assert scope_due(shop) == ""
    order(shop, anna, "2026-01-02")
    with tenant(shop):
        assert scope_due(shop) == "changed"


def test_an_hourly_segment_is_due_although_nothing_changed(shop: Any) -> None:
    customer(shop)
    row = refresh_all(shop)
    with tenant(shop):
        ProfileRefresh.objects.filter(pk=row.pk).update(
            seen_until=timezone.now() + timedelta(hours=1)
        )
        assert scope_due(shop) == ""
    segment_of(shop, name="Hourly", schedule="hourly")
    with tenant(shop):
        assert scope_due(shop) == "changed"


def test_a_segment_in_trouble_waits_for_the_night_or_an_edit(shop: Any, alice: Any) -> None:
    customer(shop)
    broken = segment_of(shop, name="Broken", rule="in_segment('Gone')", schedule="hourly")
    built(shop)
    with tenant(shop):
        ProfileRefresh.objects.update(seen_until=timezone.now() + timedelta(hours=1))
        assert "Gone" in str(shop.segments.get().problem)
        assert scope_due(shop) == ""
        change(broken, alice, version=broken.version, rule="number_of_orders >= 0")
        assert scope_due(shop) == "changed"


def test_a_rate_that_comes_or_goes_has_all_reckoned(shop: Any) -> None:
    order(shop, customer(shop), "2026-01-01")
    for change_rates in (_add_rate, _drop_rate):
        refresh_all(shop)
        with tenant(shop):
            ProfileRefresh.objects.update(seen_until=timezone.now() + timedelta(hours=1))
            assert scope_due(shop) == ""
            change_rates(shop)
            assert scope_due(shop) == "full"


def _add_rate(shop: Any) -> None:
    CurrencyRate.objects.create(merchant=shop, currency="JPY", rate="0.006")


def _drop_rate(shop: Any) -> None:
    CurrencyRate.objects.filter(merchant=shop).delete()


def test_the_round_starts_what_is_due_once(shop: Any, other_shop: Any) -> None:
    customer(shop)
    customer(other_shop)
    refresh_all(other_shop)
    other_shop.timezone = "No/Where"  # one in trouble stops no other
    other_shop.save()
    assert start_due() == 1
    assert start_due() == 0
    with tenant(shop):
        job = shop.jobs.get(kind="build_segments")
        assert job.params == {"scope": "full", "segments": "due"}


# --- By hand, and the examples ------------------------------------------------------------------


@pytest.mark.parametrize("which", ["shop", "zh_shop"])
def test_examples_are_rules_of_the_language_that_find_members(request: Any, which: str) -> None:
    shop = request.getfixturevalue(which)
    people = sold_to(shop, 8)
    with tenant(shop):
        assert add_examples(shop) == len(EXAMPLES)
        assert add_examples(shop) == 0
        for segment in shop.segments.all():
            assert parse(segment.rule).text
            assert "{" not in segment.rule
        Customer.objects.filter(pk=people[0].pk).update(accepts_marketing=True)
    out = StringIO()
    call_command("build_segments", shop=[shop.slug], stdout=out)
    assert "8" in out.getvalue()
    with tenant(shop):
        assert {str(one.problem) for one in shop.segments.all()} == {""}
        found = dict(shop.segments.values_list("name", "n_members"))
    assert found["可营销的常客" if which == "zh_shop" else "Regulars we may write to"] == 1


def test_an_unknown_shop_is_named(db: None) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("build_segments", shop=["nowhere"])
