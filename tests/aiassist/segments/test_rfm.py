"""Profiles from orders and chats: against a plain reckoning, and the cases that go wrong."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from aiassist.profiles.models import ConversationReading, CustomerProfile, ProfileRefresh, RfmGroup
from aiassist.segments import rfm_sql
from aiassist.segments.rfm import (
    has_changes,
    latest_refresh,
    refresh_all,
    refresh_changed,
    rfm_as_of,
    write_history,
)
from aiassist.segments.rfm_groups import TABLE, group_of
from aiassist.segments.rfm_orders import factors_of
from aiassist.segments.rfm_report import count_groups, write_day
from catalog.conversations.models import Conversation
from catalog.orders.models import CurrencyRate, Order
from ecomportal.tenancy.context import tenant
from tests.aiassist.segments.ledger import customer, order, profiles_of

OF_CHATS = {"n_chats", "n_unresolved", "chat_sentiment", "csat", "last_chat_at"}
COMPARED = tuple(name for name in rfm_sql.COLUMNS if name not in OF_CHATS)


def profile(shop: Any, whose: Any) -> CustomerProfile:
    with tenant(shop):
        return CustomerProfile.objects.get(customer=whose)


def told(shop: Any) -> dict[Any, dict[str, Any]]:
    """What profiles of those with orders say."""
    with tenant(shop):
        rows = shop.customer_profiles.filter(n_orders__gt=0)
        return {row["customer_id"]: row for row in rows.values("customer_id", *COMPARED)}


def expected(shop: Any) -> dict[Any, dict[str, Any]]:
    with tenant(shop):
        rows = profiles_of(list(shop.orders.all()), factors_of(shop), shop.timezone)
    return {whose: {"customer_id": whose, **one} for whose, one in rows.items()}


def random_shop(shop: Any, *, seed: int, n_customers: int, n_orders: int) -> list[Any]:
    """Orders of every state, several a day, some in other currencies, at any hour."""
    rng = random.Random(seed)
    people = [customer(shop) for _ in range(n_customers)]
    for _ in range(n_orders):
        cents = rng.choice((0, 999, 1000, 2500, 2500, 80_000, 4_000_000))
        status = rng.choice(("paid", "paid", "delivered", "shipped", "cancelled", "pending",
                             "refunded"))  # fmt: skip
        refunded = rng.choice((0, 0, cents // 3, cents)) if status != "pending" else 0
        at = datetime(2026, 3, 27, tzinfo=UTC) + timedelta(minutes=rng.randrange(6 * 1440))
        whose = rng.choice([*people[: n_customers // 2], *people, None])
        currency = rng.choice((shop.currency, shop.currency, "USD", "JPY", "CHF"))
        fields = {"status": status, "refunded_cents": refunded, "currency": currency}
        order(shop, whose, at, cents, **fields)
    return people


# --- Against the plain reckoning ----------------------------------------------------------------


@pytest.mark.parametrize("n_customers", [1, 2, 3, 4, 7, 60])
def test_profiles_are_those_of_a_plain_reckoning(shop: Any, n_customers: int) -> None:
    shop.timezone = "Europe/Berlin"  # the clocks change in the middle of the orders
    shop.save()
    with tenant(shop):
        CurrencyRate.objects.create(merchant=shop, currency="USD", rate=Decimal("0.9137"))
        CurrencyRate.objects.create(merchant=shop, currency="JPY", rate=Decimal("0.0061"))
    random_shop(shop, seed=n_customers, n_customers=n_customers, n_orders=12 * n_customers)
    refresh_all(shop)
    assert told(shop) == expected(shop)


def test_changed_customers_are_reckoned_as_all_would_be(shop: Any) -> None:
    people = random_shop(shop, seed=5, n_customers=40, n_orders=300)
    refresh_all(shop)
    before = told(shop)
    with tenant(shop):
        limits = latest_refresh(shop).data["limits"]
    for whose in people[:3]:
        order(shop, whose, "2026-04-02", 2500)
    row = refresh_changed(shop)
    after, plain = told(shop), expected(shop)
    assert row.is_full is False
    for whose, one in after.items():
        for name in set(COMPARED) - {"r_score", "f_score", "m_score", "rfm_group"}:
            assert one[name] == plain[whose][name], name
    touched = {one.pk for one in people[:3]}
    assert {whose for whose in after if after[whose] != before.get(whose)} <= touched
    assert row.data["limits"] == limits


# --- Which orders count -------------------------------------------------------------------------


def test_pending_and_cancelled_orders_do_not_count(shop: Any) -> None:
    anna = customer(shop)
    order(shop, anna, "2026-01-01", 5000, status="pending")
    order(shop, anna, "2026-01-02", 5000, status="cancelled")
    row = refresh_all(shop)
    one = profile(shop, anna)
    assert (one.n_orders, one.spent_cents, one.rfm_group, one.r_score) == (0, 0, "", None)
    assert row.data["left_out"] == {"currencies": {}, "pending": 1, "cancelled": 1}


def test_a_refund_lessens_the_money_and_a_whole_one_takes_the_order_away(shop: Any) -> None:
    anna = customer(shop)
    order(shop, anna, "2026-01-01", 5000, refunded_cents=2000)
    order(shop, anna, "2026-01-02", 700, status="refunded", refunded_cents=700)
    order(shop, anna, "2026-01-03", 900, status="refunded")  # without a sum: whole
    order(shop, anna, "2026-01-04", 800, refunded_cents=900)  # more than it cost
    refresh_all(shop)
    one = profile(shop, anna)
    assert (one.n_orders, one.spent_cents, one.average_cents) == (1, 3000, 3000)


def test_a_free_order_counts(shop: Any) -> None:
    anna = customer(shop)
    order(shop, anna, "2026-01-01", 0)
    refresh_all(shop)
    assert profile(shop, anna).n_orders == 1


def test_a_currency_counts_once_it_has_a_rate(shop: Any) -> None:
    anna = customer(shop)
    order(shop, anna, "2026-01-01", 10_000, currency="JPY")  # ten thousand yen, no hundredths
    order(shop, anna, "2026-01-02", 500)
    row = refresh_all(shop)
    assert profile(shop, anna).spent_cents == 500
    assert row.data["left_out"]["currencies"] == {"JPY": 1}
    with tenant(shop):
        CurrencyRate.objects.create(merchant=shop, currency="JPY", rate=Decimal("0.006"))
    row = refresh_changed(shop)
    assert row.is_full, "a new rate concerns everybody"
    assert profile(shop, anna).spent_cents == 500 + 6000
    assert row.data["left_out"]["currencies"] == {}


def test_days_are_those_of_the_shop(shop: Any) -> None:
    shop.timezone = "Asia/Shanghai"
    shop.save()
    anna = customer(shop)
    order(shop, anna, "2026-01-01T15:30")  # 23:30 there
    order(shop, anna, "2026-01-01T16:30")  # half past midnight of the next day
    order(shop, anna, "2026-01-02T10:00")  # the same next day
    refresh_all(shop)
    one = profile(shop, anna)
    assert (one.n_repeats, one.last_repeat_days) == (1, 1.0)


# --- Scores -------------------------------------------------------------------------------------


def test_equal_customers_get_equal_scores(shop: Any) -> None:
    people = [customer(shop) for _ in range(23)]
    for whose in people:
        order(shop, whose, "2026-02-02", 1500)
    refresh_all(shop)
    assert (
        len({(one["r_score"], one["f_score"], one["m_score"]) for one in told(shop).values()}) == 1
    )


def test_who_ordered_once_never_scores_above_who_ordered_twice(shop: Any) -> None:
    once, twice = [customer(shop) for _ in range(17)], [customer(shop) for _ in range(3)]
    for whose in (*once, *twice, *twice):
        order(shop, whose, "2026-02-02", 1500)
    refresh_all(shop)
    rows = told(shop)
    assert {rows[one.pk]["f_score"] for one in once} == {1}
    assert min(rows[one.pk]["f_score"] for one in twice) > 1


def test_every_pair_of_scores_has_a_group() -> None:
    found = {group_of(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)}
    assert found == set(RfmGroup)
    assert all(len(row) == 5 for row in TABLE.values())
    assert len(TABLE) == 5


def test_a_giant_order_counts_with_a_limit_and_is_told(shop: Any) -> None:
    people = [customer(shop) for _ in range(30)]
    for n, whose in enumerate(people):
        order(shop, whose, "2026-02-02", 1000 + n)
    giant = order(shop, people[0], "2026-02-03", 90_000_000)
    row = refresh_all(shop)
    one = profile(shop, people[0])
    cap = row.data["cap_cents"]
    assert 10_000 <= cap < 20_000
    assert (one.spent_cents, one.capped_cents) == (90_001_000, 1000 + cap)
    assert [(o["order"], o["customer"]) for o in row.data["giants"]] == [
        (str(giant.pk), str(people[0].pk))
    ]


def test_giants_are_told_anew_of_changed_customers_alone(shop: Any) -> None:
    people = [customer(shop) for _ in range(30)]
    for whose in people:
        order(shop, whose, "2026-02-02", 1000)
    old = order(shop, people[0], "2026-02-03", 50_000_000)
    taken_back = order(shop, people[1], "2026-02-03", 60_000_000)
    refresh_all(shop)
    new = order(shop, people[2], "2026-02-03", 70_000_000)
    with tenant(shop):
        Order.objects.filter(pk=taken_back.pk).update(status="cancelled")
        # Untouched since, so that it is told of from memory.
        shop.profile_refreshes.update(seen_until=Order.objects.get(pk=new.pk).changed_at)
        Order.objects.filter(pk=old.pk).update(number="as before")
    row = refresh_changed(shop)
    told_of = [one["order"] for one in row.data["giants"]]
    assert told_of == [str(new.pk), str(old.pk)]


def test_a_shop_of_one_price_has_no_giants(shop: Any) -> None:
    people = [customer(shop) for _ in range(30)]
    for n, whose in enumerate(people):
        order(shop, whose, "2026-02-02", 1000 if n else 8000)
    assert refresh_all(shop).data["giants"] == []


def test_a_shop_without_orders_has_no_scores(shop: Any) -> None:
    anna = customer(shop)
    row = refresh_all(shop)
    assert (row.n_customers, row.n_changed) == (1, 0)
    assert row.data["limits"] == {"r": [], "f": [], "m": []}
    assert profile(shop, anna).rfm_group == ""
    order(shop, anna, "2026-01-01")
    assert refresh_changed(shop).is_full, "there were no limits to keep"
    assert profile(shop, anna).rfm_group == "new"


# --- Movement and repeats -----------------------------------------------------------------------


def test_a_customer_who_changes_groups_remembers_the_former_one(shop: Any) -> None:
    anna, ben = customer(shop), customer(shop)
    order(shop, anna, "2026-01-01", 500)
    order(shop, ben, "2026-02-01", 900)
    refresh_all(shop)
    before = profile(shop, anna)
    assert (before.former_group, before.moved_at) == ("", None)
    for day in range(1, 9):
        order(shop, anna, f"2026-03-0{day}", 5000)
    refresh_all(shop)
    after = profile(shop, anna)
    assert after.rfm_group != before.rfm_group
    assert after.former_group == before.rfm_group
    assert after.moved_at is not None


def test_a_second_run_writes_nothing(shop: Any) -> None:
    random_shop(shop, seed=3, n_customers=12, n_orders=60)
    refresh_all(shop)
    with tenant(shop):
        before = dict(shop.customer_profiles.values_list("pk", "refreshed_at"))
    assert refresh_all(shop).n_changed == 0
    with tenant(shop):
        assert dict(shop.customer_profiles.values_list("pk", "refreshed_at")) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("goes", ["moved", "deleted"])
def test_who_lost_an_order_is_reckoned_again(shop: Any, goes: str) -> None:
    anna, berta = customer(shop), customer(shop)
    made = order(shop, anna, "2026-01-01")
    order(shop, berta, "2026-01-02")
    row = refresh_all(shop)
    with tenant(shop):
        before = shop.customers.get(pk=anna.pk).changed_at
        hers = Order.objects.filter(pk=made.pk)
        hers.update(customer=berta) if goes == "moved" else hers.delete()
        assert has_changes(shop, row.seen_until)
        assert shop.customers.get(pk=anna.pk).changed_at == before, "she herself did not change"
    assert not refresh_changed(shop).is_full
    assert profile(shop, anna).n_orders == 0
    assert profile(shop, berta).n_orders == (2 if goes == "moved" else 1)


def test_an_order_that_moves_to_nobody_leaves_the_profile_at_night(shop: Any) -> None:
    anna = customer(shop)
    made = order(shop, anna, "2026-01-01")
    refresh_all(shop)
    with tenant(shop):
        Order.objects.filter(pk=made.pk).update(customer=None)
    refresh_all(shop)
    one = profile(shop, anna)
    assert (one.n_orders, one.rfm_group, one.former_group) == (0, "", "new")


def test_another_shop_is_not_touched(shop: Any, other_shop: Any) -> None:
    anna, hers = customer(shop), customer(other_shop)
    order(shop, anna, "2026-01-01")
    order(other_shop, hers, "2026-01-01")
    refresh_all(shop)
    assert profile(shop, anna).n_orders == 1
    assert profile(other_shop, hers).n_orders == 0
    with tenant(other_shop):
        assert not ProfileRefresh.objects.exists()


# --- Chats --------------------------------------------------------------------------------------


def chat(shop: Any, whose: Any, day: int, **fields: Any) -> Conversation:
    at = datetime(2026, 5, day, tzinfo=UTC)
    given = {"status": "closed", **fields}
    with tenant(shop):
        return Conversation.objects.create(
            merchant=shop, customer=whose, external_id=f"chat-{day}", started_at=at, **given
        )


def read(shop: Any, one: Conversation, **fields: Any) -> None:
    with tenant(shop):
        ConversationReading.objects.update_or_create(
            conversation=one, merchant=shop, defaults=fields
        )


def test_chats_are_counted_with_what_was_read_of_them(shop: Any) -> None:
    anna = customer(shop)
    chat(shop, anna, 1, status="open", csat=2)
    solved = chat(shop, anna, 2, status="handed_off", csat=5)
    last = chat(shop, anna, 3)
    read(shop, solved, is_resolved=True, sentiment="positive")
    read(shop, last, is_resolved=False, sentiment="negative")
    refresh_all(shop)
    one = profile(shop, anna)
    assert (one.n_chats, one.n_unresolved, one.chat_sentiment, one.csat) == (3, 2, "negative", 3.5)
    assert one.last_chat_at == last.started_at


def test_a_new_reading_has_the_customer_looked_at_again(shop: Any) -> None:
    anna = customer(shop)
    order(shop, anna, "2026-01-01")
    one = chat(shop, anna, 1)
    refresh_all(shop)
    assert profile(shop, anna).n_unresolved == 0
    read(shop, one, is_resolved=False)
    assert refresh_changed(shop).n_customers == 1
    assert profile(shop, anna).n_unresolved == 1


# --- What changed since -------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_order_of_a_transaction_that_commits_late_is_not_missed(
    shop: Any, database_url: Callable[[str], str]
) -> None:
    anna, ben = customer(shop), customer(shop)
    order(shop, ben, "2026-01-01")
    made = order(shop, anna, "2026-01-01")
    refresh_all(shop)
    with psycopg.connect(database_url("ecom_app")) as late:
        late.execute("SELECT set_config('app.merchant_id', %s, true)", [str(shop.pk)])
        late.execute("UPDATE catalog_order SET total_cents = 7777 WHERE id = %s", [made.pk])
        refresh_changed(shop)  # sees nothing of it, and must not pass it by
        assert profile(shop, anna).spent_cents == 1000
    refresh_changed(shop)
    assert profile(shop, anna).spent_cents == 7777


@pytest.mark.django_db(transaction=True)
def test_nothing_is_looked_at_twice_without_a_change(shop: Any) -> None:
    anna = customer(shop)
    order(shop, anna, "2026-01-01")
    first = refresh_all(shop)
    with tenant(shop):
        assert not has_changes(shop, first.seen_until)
    assert refresh_changed(shop).n_customers == 0


def test_the_moment_of_a_write_is_the_databases(shop: Any) -> None:
    anna = customer(shop)
    old = timezone.now() - timedelta(days=1)
    made = order(shop, anna, "2026-01-01", changed_at=old)
    with tenant(shop):
        made.refresh_from_db()
    assert made.changed_at > old + timedelta(hours=23)


# --- Days ---------------------------------------------------------------------------------------


def test_groups_of_an_earlier_day_come_from_the_orders_until_then(shop: Any) -> None:
    anna, ben = customer(shop), customer(shop)
    order(shop, anna, "2026-01-01")
    order(shop, ben, "2026-01-05")
    with tenant(shop):
        before = rfm_as_of(shop, date(2026, 1, 2))
        after = rfm_as_of(shop, date(2026, 1, 5))
    assert sum(before.values()) == 1
    assert before["new"] == 1
    assert sum(after.values()) == 2


def test_history_and_today_have_a_row_for_every_group(shop: Any) -> None:
    anna = customer(shop)
    order(shop, anna, timezone.now() - timedelta(days=20))
    refresh_all(shop)
    with tenant(shop):
        assert write_history(shop) == 12
        write_day(shop, counted := count_groups(shop))
        write_day(shop, counted)
        rows = shop.group_days
        assert rows.count() == 13 * len(RfmGroup)
        assert sum(rows.order_by("-day").values_list("n_members", flat=True)[:11]) == 1
        assert sum(rows.order_by("day").values_list("n_members", flat=True)[:11]) == 0
    assert counted["cells"] == {"51": {"new": 1}}


def test_no_temporary_table_stays(shop: Any) -> None:
    refresh_all(shop)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.rfm_rows'), to_regclass('pg_temp.rfm_touched')")
        assert cursor.fetchone() == (None, None)
