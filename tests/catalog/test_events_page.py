"""The page of events: what came in, what was refused, what waits, and how to send."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from catalog.orders.events.health import health
from catalog.orders.events.models import EventDay
from catalog.orders.events.reading import Reader
from catalog.orders.events.reasons import REASONS
from ecomportal.tenancy.context import tenant
from tests.api.test_products_api import key_client
from tests.catalog.eventing import event, send
from tests.factories import make_product

pytestmark = pytest.mark.django_db
ADDRESS = "/northlight/customers/events/"


@pytest.fixture
def api(shop: Any) -> Client:
    return key_client(shop)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_an_empty_shop_is_told_how_to_send(alice: Any, client_of: Any) -> None:
    page = client_of(alice).get(ADDRESS)
    assert page.status_code == 200
    assert "No event has come yet" in text_of(page)
    assert "curl http://testserver/api/v1/events" in page.content.decode()
    assert "/northlight/settings/keys/" in page.content.decode()


def test_the_example_call_is_taken_as_it_stands(
    shop: Any, alice: Any, client_of: Any, api: Client
) -> None:
    make_product(shop, sku="FJ-'1")
    page = client_of(alice).get(ADDRESS)
    body = re.search(r"-d '(.*)'", page.context["example"])[1].replace("'\\''", "'")
    answer = api.post("/api/v1/events", body, content_type="application/json").json()
    assert answer == {"accepted": 1, "duplicates": 0, "rejected": []}
    with tenant(shop):
        assert shop.interactions.get().product is not None


def test_counts_reasons_and_waiting_skus_are_shown(
    shop: Any, vera: Any, client_of: Any, api: Client
) -> None:
    sent = event(items=[{"sku": "NEW-7"}])
    send(api, sent, sent, event("Kettle Boiled", user_id="secret-person"))
    page = client_of(vera).get(ADDRESS)
    shown = text_of(page)
    assert page.context["health"].totals["accepted"] == 1
    assert page.context["health"].totals["duplicate"] == 1
    assert "Name of an event we do not know" in shown
    assert "Kettle Boiled" in shown
    assert "secret-person" not in shown
    assert "NEW-7" in shown
    assert "Import products" not in shown  # she only looks


def test_each_reason_is_shown_once_with_its_newest_example(
    shop: Any, alice: Any, client_of: Any, api: Client
) -> None:
    for name in ("Kettle Boiled", "Kettle Cold"):
        send(api, event(name), event(ts="no"), event(items=[{"sku": "A", "price": 1}]))
    shown = client_of(alice).get(ADDRESS).context["rejects"]
    assert {(one["row"].code, one["row"].field) for one in shown} == {
        ("unknown_event", "event"),
        ("bad_time", "ts"),
        ("wrong_type", "items[0].price"),
    }
    assert len(shown) == 3
    names = {one["row"].example["event"] for one in shown if one["row"].code == "unknown_event"}
    assert names == {"Kettle Cold"}


def test_the_page_takes_few_statements(
    shop: Any, alice: Any, client_of: Any, api: Client, django_assert_max_num_queries: Any
) -> None:
    send(api, *[event(items=[{"sku": f"N-{n}"}]) for n in range(60)], *[event("X")] * 30)
    client = client_of(alice)
    client.get(ADDRESS)
    with django_assert_max_num_queries(14):  # session, person, shop and counts of the frame too
        assert client.get(ADDRESS).status_code == 200


def test_days_are_the_shops_own(shop: Any) -> None:
    shop.timezone = "Asia/Shanghai"
    with tenant(shop):
        for day, n in ((2, 5), (1, 7)):
            EventDay.objects.create(
                merchant=shop, day=f"2026-03-0{day}", outcome="accepted", part=day, n=n
            )
        told = health(shop, datetime(2026, 3, 1, 17, tzinfo=UTC))
    assert [(d.day.day, d.accepted) for d in told.days[:2]] == [(2, 5), (1, 7)]


def test_the_file_lists_what_waits_and_runs_nothing(
    shop: Any, vera: Any, client_of: Any, api: Client
) -> None:
    send(
        api,
        event(items=[{"sku": "=1+1"}]),
        event(items=[{"sku": "茶-1"}]),
        event(items=[{"sku": "茶-1"}]),
    )
    answer = client_of(vera).get(f"{ADDRESS}skus.csv")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert [row[:2] for row in rows[1:]] == [["茶-1", "2"], ["'=1+1", "1"]]


def test_it_speaks_chinese(zh_shop: Any, client_of: Any) -> None:
    from tests.factories import make_member

    person = make_member(zh_shop, "li@example.com", "owner")
    person.language = "zh-hans"
    person.save()
    assert "还没有收到事件" in text_of(client_of(person).get("/songfeng/customers/events/"))


def test_every_code_has_its_words() -> None:
    """All that the reader refuses with is told on the page."""
    import inspect

    from catalog.orders.events import reading

    source = inspect.getsource(reading)
    codes = set(re.findall(r'Refused\(\s*"(\w+)"', source)) | set(
        re.findall(r'code="(\w+)"', source)
    )
    assert codes <= REASONS.keys()
    assert Reader("EUR", True).newest - datetime.now(UTC) < timedelta(minutes=11)


def test_strangers_and_posts_are_refused(mallory: Any, alice: Any, client_of: Any) -> None:
    assert client_of(mallory).get(ADDRESS).status_code == 404
    assert client_of(mallory).get(f"{ADDRESS}skus.csv").status_code == 404
    assert client_of(alice).post(ADDRESS).status_code == 405
