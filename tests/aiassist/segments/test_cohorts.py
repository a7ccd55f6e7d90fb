"""Who came back: months of the shop's own time, orders that count, large shops by a job."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from aiassist.profiles.models import GroupDay
from aiassist.segments.customers import cohorts as module
from aiassist.segments.customers.trends import trends
from catalog.orders.models import Customer, Order
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from tests.factories import make_shop

pytestmark = pytest.mark.django_db
PAGE = "/northlight/customers/cohorts/"
A, B, C = "a", "b", "c"


def order(shop, who, day, cents=1000, **fields):
    with tenant(shop):
        customer, _new = Customer.objects.get_or_create(merchant=shop, external_id=who)
        at = datetime.fromisoformat(day).replace(tzinfo=UTC)
        return Order.objects.create(
            merchant=shop, customer=customer, number=f"{who} {at} {Order.objects.count()}",
            ordered_at=at, total_cents=cents,
            **{"status": "paid", "currency": shop.currency, **fields},
        )  # fmt: skip


def rows(shop):
    with tenant(shop):
        return [
            (f"{first // 12}-{first % 12 + 1:02}", since, n, cents)
            for first, since, n, cents in module.reckoned(shop)
        ]


def test_each_month_counts_a_customer_once_and_all_her_money(shop):
    order(shop, A, "2026-01-05")
    order(shop, A, "2026-01-20", 500)
    order(shop, B, "2026-01-31T10:00")
    order(shop, A, "2026-03-01", 700)
    order(shop, A, "2026-03-02", 300)
    order(shop, B, "2026-03-30", 100)
    order(shop, C, "2025-12-31", 10)
    order(shop, C, "2026-02-01", 20)
    assert rows(shop) == [
        ("2025-12", 0, 1, 10), ("2025-12", 2, 1, 20),
        ("2026-01", 0, 2, 2500), ("2026-01", 2, 2, 1100),
    ]  # fmt: skip


def test_what_does_not_count_begins_nothing(shop):
    order(shop, A, "2026-01-05", status="cancelled")
    order(shop, A, "2026-02-05", status="pending")
    order(shop, A, "2026-03-05", 1000, status="refunded", refunded_cents=1000)
    order(shop, A, "2026-04-05", 1000, refunded_cents=400)
    assert rows(shop) == [("2026-04", 0, 1, 600)]


def test_an_order_without_a_customer_is_nobodys(shop):
    kept = order(shop, A, "2026-01-05")
    with tenant(shop):
        Order.objects.filter(pk=kept.pk).update(customer=None)
    assert rows(shop) == []


def test_months_are_the_shops_own():
    shop = make_shop("east", timezone="Asia/Shanghai")
    order(shop, A, "2026-01-31T17:00")  # the first of February there
    assert rows(shop) == [("2026-02", 0, 1, 1000)]


def test_another_shops_orders_are_not_counted(shop, other_shop):
    order(other_shop, A, "2026-01-05")
    assert rows(shop) == []


def test_the_grid_has_shares_and_ends_with_the_month_at_hand(shop):
    now = timezone.now()
    month = now.strftime("%Y-%m")
    before = f"{now.year - (now.month == 1)}-{(now.month - 2) % 12 + 1:02}"
    for who in (A, B, C):
        order(shop, who, f"{before}-02")
    order(shop, A, f"{month}-01")
    with tenant(shop):
        (cohort,) = module.cohorts(shop).rows
    first, second, third, *_rest = cohort.cells
    assert (cohort.n, first.percent, second.percent, second.n) == (3, 100, 33, 1)
    assert (first.is_open, second.is_open, third) == (False, True, None)


def test_the_page_shows_shares_or_money(shop, client_of, vera):
    order(shop, A, "2026-01-05", 123400)
    client = client_of(vera)
    assert "100 %" in client.get(PAGE).content.decode()
    assert "€1,234" in client.get(f"{PAGE}?show=money").content.decode()
    assert "Reckon again" not in client.get(PAGE).content.decode()


def test_of_a_large_shop_a_job_reckons_and_the_page_shows_what_it_kept(
    shop, client_of, max_, vera, monkeypatch
):
    order(shop, A, "2026-01-05")
    monkeypatch.setattr(module, "IN_A_PAGE", -1)
    client = client_of(max_)
    assert "Reckon now" in client.get(PAGE).content.decode()
    assert client_of(vera).post(f"{PAGE}reckon/").status_code == 403
    assert client.get(f"{PAGE}reckon/").status_code == 405
    client.post(f"{PAGE}reckon/")
    with tenant(shop):
        job = Job.objects.get()
    execute(job.kind, job.pk, shop.pk)
    assert "2026-01" in client.get(PAGE).content.decode()
    with tenant(shop):
        job.refresh_from_db()
        assert job.status == "done"


def test_after_a_refresh_the_kept_grid_is_made_anew(shop, monkeypatch):
    order(shop, A, "2026-01-05")
    monkeypatch.setattr(module, "IN_A_PAGE", -1)
    with tenant(shop):
        job = Job.objects.create(merchant=shop, kind="build_segments", title="x")
    module.keep_after_refresh(job)
    with tenant(shop):
        again = Job.objects.get(kind="reckon_cohorts")
    execute(again.kind, again.pk, shop.pk)
    with tenant(shop):
        assert len(module.cohorts(shop).rows) == 1


def test_after_the_changed_ones_alone_it_is_not(shop, monkeypatch):
    order(shop, A, "2026-01-05")
    monkeypatch.setattr(module, "IN_A_PAGE", -1)
    with tenant(shop):
        job = Job.objects.create(
            merchant=shop, kind="build_segments", title="x", params={"scope": "changed"}
        )
    module.keep_after_refresh(job)
    with tenant(shop):
        assert module.cohorts(shop) is None


def test_a_shop_without_orders_is_told_so(shop, client_of, vera):
    assert "No order counts yet" in client_of(vera).get(PAGE).content.decode()


def test_a_groups_course_is_what_its_last_known_day_says(shop):
    today = timezone.localdate()
    with tenant(shop):
        for days_ago, n in ((30, 5), (10, 8), (0, 6)):
            GroupDay.objects.create(
                merchant=shop, group="loyal", day=today - timezone.timedelta(days=days_ago),
                n_members=n,
            )  # fmt: skip
        (trend,) = trends(shop)
    assert (trend.group, trend.n, trend.signed) == ("loyal", 6, "−2")
    assert "from 5 to 8" in trend.spark
