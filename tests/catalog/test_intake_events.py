"""Interactions by file: each once, by its number or by what it says, and taken back."""

from pathlib import Path
from typing import Any

import pytest

from ecomportal.tenancy.context import tenant
from tests.catalog.taking import act, compared, imported, page, problems, table
from tests.factories import make_product

pytestmark = pytest.mark.django_db
HEADER = [
    *("event_id", "event", "customer_id", "anonymous_id", "session_id", "sku", "quantity"),
    *("price", "currency", "at"),
]
ID = "0191e2f0-0000-7000-8000-00000000000"
PLAIN = {
    "event_id": f"{ID}1", "event": "Product Viewed", "customer_id": "C1", "session_id": "s1",
    "sku": "NK-1", "quantity": "1", "price": "79.00", "currency": "EUR",
    "at": "2026-03-01T10:00:00Z",
}  # fmt: skip


def events(*rows: dict[str, str], header: list[str] = HEADER) -> str:
    return table(header, [{**PLAIN, **row} for row in rows or [{}]])


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def test_events_are_written_once_and_make_their_customers(shop: Any, alices: Any) -> None:
    product = make_product(shop, "Kettle", sku="NK-1")
    second = {"event_id": f"{ID}2", "event": "Order Completed", "customer_id": "C2"}
    content = events({}, second, {**second, "sku": "NK-2"})
    run = imported(alices, shop, content)
    assert (run.subject, run.n_created, run.n_failed) == ("interactions", 2, 0)
    with tenant(shop):
        rows = list(shop.interactions.order_by("at", "event_id", "item"))
        assert [(row.kind, row.sku) for row in rows] == [
            ("view", "NK-1"),
            ("purchase", "NK-1"),
            ("purchase", "NK-2"),
        ]
        assert rows[0].product_id == product.pk
        assert rows[0].price_cents == 7900
        assert {c.external_id for c in shop.customers.all()} == {"C1", "C2"}
    again = compared(alices, shop, content)
    assert (again.n_created, again.n_unchanged) == (0, 2)


def test_bad_events_are_kept_aside_with_the_reason(shop: Any, alices: Any) -> None:
    rows = [
        {"event": "Product Sniffed"},
        {"event_id": f"{ID}2", "at": "2199-01-01"},
        {"event_id": f"{ID}3", "quantity": "-1"},
        {"event_id": f"{ID}4", "customer_id": "", "session_id": ""},
        {"event_id": f"{ID}5", "at": ""},
        {"event_id": f"{ID}6"},
    ]
    run = compared(alices, shop, events(*rows))
    wanted = ["not_event", "in_future", "negative_quantity", "nobody", "no_time"]
    assert problems(shop, run) == wanted
    assert run.n_created == 1
    assert "Product Sniffed" in alices.get(page(shop, run) + "?show=failed").content.decode()


def test_an_event_without_a_number_is_known_by_what_it_says(shop: Any, alices: Any) -> None:
    content = events({"event_id": ""}, {"event_id": "", "sku": "NK-2"})
    assert imported(alices, shop, content).n_created == 2
    assert compared(alices, shop, content).n_unchanged == 2


@pytest.mark.django_db(transaction=True)
def test_undo_takes_events_and_who_was_made_for_them(shop: Any, alices: Any) -> None:
    imported(alices, shop, events())
    run = imported(alices, shop, events({"event_id": f"{ID}2", "customer_id": "C2"}))
    run = act(alices, shop, run, "undo")
    assert run.undone_at
    with tenant(shop):
        assert [str(row.event_id) for row in shop.interactions.all()] == [f"{ID}1"]
        assert [c.external_id for c in shop.customers.all()] == ["C1"]
