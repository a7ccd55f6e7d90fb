"""The table of events behind the API: months, walls, links, and what happens at once."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client

from catalog.orders.erasures import erased_among
from catalog.orders.events.identify import identify
from catalog.orders.events.models import Interaction, PendingSku
from catalog.orders.events.tending import link_pending, make_months
from catalog.orders.events.writing import take_events
from catalog.orders.models import Order, OrderLine
from catalog.products.models import Variant
from ecomportal.tenancy.context import tenant
from tests.api.test_products_api import KETTLE, PRODUCTS, key_client, post
from tests.catalog.eventing import ago, counted, event, rows, send
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(shop: Any) -> Client:
    return key_client(shop)


def parts_of(shop: Any) -> dict[str, int]:
    with tenant(shop), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (tableoid::regclass)::text, count(*) FROM catalog_interaction GROUP BY 1"
        )
        return dict(cursor.fetchall())


def one(sql: str) -> Any:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


# --- Months -----------------------------------------------------------------------------------


def test_a_month_is_made_when_its_first_event_comes(shop: Any) -> None:
    old = event(ts=ago(days=900))
    with tenant(shop):
        take_events(shop, [old, event()])
    at, now = datetime.fromisoformat(old["ts"]), datetime.now(UTC) - timedelta(minutes=5)
    assert parts_of(shop) == {
        f"parts.interaction_{at:%Y_%m}": 1,
        f"parts.interaction_{now:%Y_%m}": 1,
    }


def test_a_month_begins_at_midnight_utc(shop: Any) -> None:
    with tenant(shop):
        edges = [event(ts="2025-03-01T00:00:00Z"), event(ts="2025-03-01T00:30:00+01:00")]
        assert take_events(shop, edges).accepted == 2
    assert parts_of(shop) == {"parts.interaction_2025_03": 1, "parts.interaction_2025_02": 1}


def test_rows_outside_known_months_are_kept_and_moved(shop: Any) -> None:
    with tenant(shop):
        for year in (2016, 1987):
            at = datetime(year, 5, 4, tzinfo=UTC)
            Interaction.objects.create(merchant=shop, kind="view", sku=str(year), at=at)
    assert parts_of(shop) == {"parts.interaction_rest": 2}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    make_months()
    assert parts_of(shop) == {"parts.interaction_rest": 1, "parts.interaction_2016_05": 1}
    with tenant(shop):
        assert {row.sku for row in shop.interactions.all()} == {"2016", "1987"}


def test_the_next_months_are_there_ahead_of_time(db: None) -> None:
    make_months()
    today = date.today()
    for n in range(3):
        year, month = divmod(today.year * 12 + today.month - 1 + n, 12)
        name = f"interaction_{year}_{month + 1:02}"
        assert one(f"SELECT count(*) FROM pg_class WHERE relname = '{name}'") == 1
    assert make_months() == 0


@pytest.mark.parametrize("day", ["1999-12-31", "2999-01-01"])
def test_no_month_is_made_that_can_have_no_events(day: str) -> None:
    with pytest.raises(Exception, match="No events are kept"):
        one(f"SELECT make_event_months(ARRAY['{day}'::date])")


def test_calls_of_one_transaction_keep_apart(shop: Any) -> None:
    first, second = event(items=[{"sku": "A"}]), event(items=[{"sku": "B"}])
    with tenant(shop):
        assert take_events(shop, [first]).accepted == 1
        again = take_events(shop, [first, second])
    assert (again.accepted, again.duplicates) == (1, 1)
    assert [row.sku for row in rows(shop)] == ["A", "B"]
    assert waiting(shop) == [("A", 1), ("B", 1)]


def test_files_may_tell_of_events_without_counting_them(shop: Any) -> None:
    with tenant(shop):
        take_events(shop, [event(), event("Kettle Boiled")], counted=False)
    assert counted(shop) == {}


# --- Walls ------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["SELECT count(*) FROM", "DELETE FROM"])
def test_the_parts_cannot_be_reached_past_the_table(shop: Any, verb: str) -> None:
    make_months()
    name = f"parts.interaction_{datetime.now(UTC):%Y_%m}"
    with pytest.raises(ProgrammingError, match="permission denied"):
        one(f"{verb} {name}")


def test_the_table_shows_a_shop_its_own_rows_alone(shop: Any, other_shop: Any) -> None:
    for one_shop in (shop, other_shop):
        with tenant(one_shop):
            take_events(one_shop, [event()])
    with tenant(shop):
        assert one("SELECT count(*) FROM catalog_interaction") == 1
        with pytest.raises(ProgrammingError, match="row-level"):
            one(
                "INSERT INTO catalog_interaction (merchant_id, event_id, kind, session_id, sku, "
                f"quantity, at) VALUES ({other_shop.pk}, gen_random_uuid(), 'view', '', '', 1, "
                "now())"
            )


def test_an_erasure_between_look_and_write_is_seen(
    api: Client, shop: Any, alice: Any, monkeypatch: Any
) -> None:
    send(api, event(user_id="gone-1234"))
    with tenant(shop), connection.cursor() as cursor:
        person = shop.customers.get().pk
        cursor.execute("SELECT erase_customer(%s, %s, true, %s)", [shop.pk, person, alice.pk])
    looks: list[int] = []

    def late(merchant: Any, numbers: Any, **options: Any) -> dict[str, Any]:
        looks.append(1)
        return {} if len(looks) == 1 else erased_among(merchant, numbers, **options)

    monkeypatch.setattr("catalog.orders.events.writing.erased_among", late)
    told = send(api, event(user_id="gone-1234"), event(user_id="here")).json()
    assert (told["accepted"], [r["code"] for r in told["rejected"]]) == (1, ["erased"])
    assert len(looks) == 2


# --- SKUs that wait ---------------------------------------------------------------------------


def waiting(shop: Any) -> list[tuple[str, int]]:
    with tenant(shop):
        return list(PendingSku.objects.order_by("sku").values_list("sku", "n"))


def test_unknown_skus_wait_and_are_counted(api: Client, shop: Any) -> None:
    make_product(shop, sku="KNOWN")
    send(api, event(items=[{"sku": "KNOWN"}, {"sku": "A"}, {"sku": "B"}]))
    send(api, event(items=[{"sku": "A"}]))
    assert waiting(shop) == [("A", 2), ("B", 1)]


def test_a_product_that_comes_by_api_gets_what_waited(api: Client, shop: Any) -> None:
    send(api, event(items=[{"sku": "FJ-1"}]), event(items=[{"sku": "FJ-2"}]))
    post(api, PRODUCTS, KETTLE)
    linked = {row.sku: row.product_id is not None for row in rows(shop)}
    assert linked == {"FJ-1": True, "FJ-2": False}
    assert waiting(shop) == [("FJ-2", 1)]


def test_a_sku_that_is_corrected_gets_what_waited(api: Client, shop: Any) -> None:
    product = make_product(shop, sku="WRONG")
    send(api, event(items=[{"sku": "RIGHT"}]))
    with tenant(shop):
        Variant.objects.filter(sku="WRONG").update(sku="RIGHT")
    assert [row.product_id for row in rows(shop)] == [product.pk]
    assert waiting(shop) == []


def test_lines_of_orders_that_waited_are_linked_too(shop: Any) -> None:
    with tenant(shop):
        order = Order.objects.create(
            merchant=shop, number="1", status="paid", currency="EUR", total_cents=1,
            ordered_at=datetime.now(UTC),
        )  # fmt: skip
        OrderLine.objects.create(
            merchant=shop, order=order, line_number="1", sku="FJ-1", unit_price_cents=1
        )
    product = make_product(shop, sku="FJ-1")
    with tenant(shop):
        line = OrderLine.objects.get()
        assert (line.product_id, line.variant.sku) == (product.pk, "FJ-1")


def test_another_shops_product_links_nothing(api: Client, shop: Any, other_shop: Any) -> None:
    send(api, event(items=[{"sku": "FJ-1"}]))
    make_product(other_shop, sku="FJ-1")
    link_pending()
    assert waiting(shop) == [("FJ-1", 1)]
    assert [row.product_id for row in rows(shop)] == [None]


def test_the_clock_links_what_was_missed(api: Client, shop: Any) -> None:
    product = make_product(shop, sku="FJ-1")
    with tenant(shop):
        Interaction.objects.create(merchant=shop, kind="view", sku="FJ-1", at=datetime.now(UTC))
        PendingSku.objects.create(
            merchant=shop, sku="FJ-1", n=1, first_at=datetime.now(UTC), last_at=datetime.now(UTC)
        )
    link_pending()
    assert [row.product_id for row in rows(shop)] == [product.pk]
    assert waiting(shop) == []


# --- At once ----------------------------------------------------------------------------------


def at_once(*calls: Any) -> list[Any]:
    """Run calls in threads with connections of their own; what each gave or raised."""
    found: list[Any] = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(n: int) -> None:
        try:
            start.wait()
            found[n] = calls[n]()
        except Exception as error:
            found[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[n]) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return found


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_at_once_counts_once(api: Client, shop: Any) -> None:
    batch = [event(user_id=f"u{n % 20}") for n in range(300)]
    later = [{**one, "ts": ago(minutes=1)} for one in reversed(batch)]
    answers = at_once(*[lambda b=b: send(api, *b).json() for b in (batch, later, batch)])
    assert sum(answer["accepted"] for answer in answers) == 300
    assert sum(answer["duplicates"] for answer in answers) == 600
    assert len(rows(shop)) == 300


@pytest.mark.django_db(transaction=True)
def test_no_event_slips_through_while_somebody_is_identified(api: Client, shop: Any) -> None:
    def visit() -> None:
        for _ in range(10):
            send(api, event(user_id=None, anonymous_id="a1"))

    def sign_in() -> None:
        with tenant(shop):
            identify(shop, "u1", anonymous_id="a1")

    assert at_once(visit, visit, sign_in) == [None, None, None]
    send(api, event(user_id=None, anonymous_id="a1"))
    owners = {row.customer and row.customer.external_id for row in rows(shop)}
    assert (owners, len(rows(shop))) == ({"u1"}, 21)


@pytest.mark.django_db(transaction=True)
def test_a_busy_table_is_told_as_such(api: Client, shop: Any, database_url: Any) -> None:
    with psycopg.connect(database_url("ecom_owner")) as other:
        other.execute("LOCK TABLE catalog_interaction IN ACCESS EXCLUSIVE MODE")
        answer = send(api, event())
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert send(api, event()).status_code == 202
