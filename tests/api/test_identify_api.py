"""Who a visitor is: past and future events become the customer's, and nothing moves in silence."""

from typing import Any

import pytest
from django.test import Client

from catalog.orders.events.models import AnonymousId
from ecomportal.tenancy.context import tenant
from tests.api.test_products_api import fields_of, key_client, post
from tests.catalog.eventing import SITE, counted, event, rows, send

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/identify"


@pytest.fixture
def api(shop: Any) -> Client:
    return key_client(shop)


@pytest.fixture
def visitor(shop: Any) -> Client:
    """A browser with the shop's publishable key."""
    return key_client(shop, "pk", origins=[SITE])


def identify(client: Client, user_id: Any = "u1", anonymous_id: Any = "a1", **fields: Any) -> Any:
    return post(client, ADDRESS, {"user_id": user_id, "anonymous_id": anonymous_id, **fields})


def visit(client: Client, anonymous_id: str = "a1") -> None:
    assert send(client, event(user_id=None, anonymous_id=anonymous_id)).json()["accepted"] == 1


def owners(shop: Any) -> list[str | None]:
    return [row.customer and row.customer.external_id for row in rows(shop)]


def test_what_a_visitor_did_and_will_do_is_the_customers(visitor: Client, shop: Any) -> None:
    visit(visitor)
    visit(visitor, "a2")
    answer = identify(visitor)
    assert (answer.status_code, answer.json()) == (200, {"linked": 1, "moved": False})
    visit(visitor)
    assert owners(shop) == ["u1", None, "u1"]
    assert counted(shop)["identified", ""] == 1


def test_saying_it_again_changes_nothing(visitor: Client, shop: Any) -> None:
    visit(visitor)
    identify(visitor)
    assert identify(visitor).json() == {"linked": 0, "moved": False}
    with tenant(shop):
        assert AnonymousId.objects.get().n_moves == 0
        assert shop.customers.count() == 1


def test_a_second_customer_gets_what_comes_and_not_what_was(visitor: Client, shop: Any) -> None:
    visit(visitor)
    identify(visitor, "u1")
    assert identify(visitor, "u2").json() == {"linked": 0, "moved": True}
    visit(visitor)
    assert owners(shop) == ["u1", "u2"]
    assert counted(shop)["moved", ""] == 1
    with tenant(shop):
        assert AnonymousId.objects.get().n_moves == 1


def test_who_signs_in_names_herself_in_the_event(visitor: Client, shop: Any) -> None:
    identify(visitor, "u1")
    send(visitor, event(user_id="u2", anonymous_id="a1"))
    assert owners(shop) == ["u2"]


def test_a_web_page_fills_in_what_is_not_known(visitor: Client, api: Client, shop: Any) -> None:
    identify(visitor, traits={"name": "Mia", "country": "DE"})
    identify(visitor, traits={"name": "Mallory", "language": "de"})
    with tenant(shop):
        customer = shop.customers.get()
        assert (customer.name, customer.country, customer.language) == ("Mia", "DE", "de")
    identify(api, traits={"name": "Mia Berg", "email": "mia@example.com"})
    with tenant(shop):
        customer = shop.customers.get()
        assert (customer.name, len(customer.email_sha256)) == ("Mia Berg", 64)


@pytest.mark.parametrize("name", ["email", "phone", "accepts_marketing", "tags", "created_at"])
def test_contacts_and_consent_need_a_secret_key(visitor: Client, name: str) -> None:
    answer = identify(visitor, traits={name: "x"})
    assert (answer.status_code, fields_of(answer)) == (422, [f"traits.{name}"])


def test_consent_is_kept_with_a_secret_key(api: Client, shop: Any) -> None:
    identify(api, traits={"accepts_marketing": True, "tags": ["vip"], "phone": "+4930123456"})
    with tenant(shop):
        customer = shop.customers.get()
        assert (customer.accepts_marketing, customer.tags) == (True, ["vip"])
        assert len(customer.phone_sha256) == 64


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"anonymous_id": "a1"}, "user_id"),
        ({"user_id": " "}, "user_id"),
        ({"user_id": 7}, "user_id"),
        ({"user_id": "u" * 121}, "user_id"),
        ({"user_id": "u1", "anonymous_id": ""}, "anonymous_id"),
        ({"user_id": "u1", "anonymous_id": 5}, "anonymous_id"),
        ({"user_id": "u1", "traits": []}, "traits"),
        ({"user_id": "u1", "traits": {"age": 5}}, "traits.age"),
        ({"user_id": "u1", "traits": {"country": "Deutschland"}}, "traits.country"),
        ({"user_id": "u1", "traits": {"email": "no"}}, "traits.email"),
        ({"user_id": "u1", "more": 1}, "more"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(api: Client, shop: Any, body: Any, field: str) -> None:
    answer = post(api, ADDRESS, body)
    assert (answer.status_code, fields_of(answer)) == (422, [field])
    with tenant(shop):
        assert not shop.customers.exists()


def test_a_visitor_of_another_shop_is_somebody_else(
    visitor: Client,
    shop: Any,
    other_shop: Any,
) -> None:
    theirs = key_client(other_shop)
    visit(theirs)
    visit(visitor)
    assert identify(theirs, "u1").json()["linked"] == 1
    assert owners(shop) == [None]
    assert identify(visitor, "u2").json() == {"linked": 1, "moved": False}
    assert owners(other_shop) == ["u1"]


def test_an_address_is_kept_as_a_hash_alone(visitor: Client, shop: Any) -> None:
    identify(visitor, "mia@example.com")
    visit(visitor)
    with tenant(shop):
        customer = shop.customers.get()
        assert "example" not in customer.external_id
        assert shop.interactions.get().customer_id == customer.pk


def test_no_key_is_refused() -> None:
    assert identify(Client()).status_code == 401
