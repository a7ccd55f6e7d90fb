"""Rates of other currencies: given, replaced, removed, and shown where orders lack them."""

from typing import Any

import pytest

from catalog.orders.currencies import without_rate
from catalog.orders.models import Order
from ecomportal.tenancy.context import tenant

pytestmark = pytest.mark.django_db
PAGE = "/northlight/settings/currencies/"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def make_order(shop: Any, currency: str, number: str) -> None:
    with tenant(shop):
        Order.objects.create(
            merchant=shop, number=number, status="paid", currency=currency, total_cents=100,
            ordered_at="2026-03-01T10:00:00Z",
        )  # fmt: skip


def test_orders_without_a_rate_are_told_and_a_rate_makes_them_count(shop: Any, alices: Any) -> None:
    for number, currency in enumerate(["EUR", "USD", "USD", "CNY"]):
        make_order(shop, currency, str(number))
    with tenant(shop):
        assert without_rate(shop) == [("USD", 2), ("CNY", 1)]
    assert "Does not count" in alices.get(PAGE).content.decode()
    assert alices.post(PAGE, {"currency": "usd", "rate": "0.92"}).status_code == 302
    assert alices.post(PAGE, {"currency": "USD", "rate": "0.93"}).status_code == 302
    with tenant(shop):
        assert without_rate(shop) == [("CNY", 1)]
        assert str(shop.currency_rates.get().rate) == "0.93000000"
    assert alices.post(f"{PAGE}remove/", {"currency": "USD"}).status_code == 302
    with tenant(shop):
        assert without_rate(shop) == [("USD", 2), ("CNY", 1)]


@pytest.mark.parametrize(
    ("currency", "rate"),
    [("EUR", "1"), ("XQQ", "1"), ("USD", "0"), ("USD", "-1"), ("USD", "x"), ("USD", "1e99")],
)
def test_a_wrong_rate_is_refused(currency: str, rate: str, shop: Any, alices: Any) -> None:
    assert alices.post(PAGE, {"currency": currency, "rate": rate}).status_code == 422
    with tenant(shop):
        assert not shop.currency_rates.exists()


def test_a_viewer_may_not_and_a_stranger_finds_nothing(
    client_of: Any, shop: Any, vera: Any, mallory: Any
) -> None:
    data = {"currency": "USD", "rate": "0.9"}
    assert client_of(vera).post(PAGE, data).status_code == 403
    assert client_of(mallory).post(PAGE, data).status_code == 404
