"""Orders and customers over REST: a verdict for each row, once, and for the key's shop alone."""

import hashlib
import json
from typing import Any

import pytest
from django.test import Client

from ecomportal.tenancy.context import tenant
from ecomportal.web.models import IdempotencyRecord
from tests.api.test_products_api import fields_of, key_client, post
from tests.factories import make_product

pytestmark = pytest.mark.django_db
ORDERS, CUSTOMERS = "/api/v1/orders:batch", "/api/v1/customers:batch"
ORDER = {
    "order_id": "1001",
    "customer_id": "C1",
    "ordered_at": "2026-03-01T10:00:00+01:00",
    "currency": "EUR",
    "lines": [{"line_id": "1", "sku": "NK-1", "quantity": 2, "unit_price": "79.00"}],
}


@pytest.fixture
def api(shop: Any) -> Client:
    return key_client(shop)


def order(**fields: Any) -> dict[str, Any]:
    return {**ORDER, **fields}


def outcomes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content.decode()
    return [row["outcome"] for row in answer.json()["results"]]


def errors(answer: Any, at: int = 0) -> list[dict[str, str]]:
    return answer.json()["results"][at]["errors"]


def test_orders_are_created_then_unchanged_then_changed(shop: Any, api: Client) -> None:
    product = make_product(shop, "Kettle", sku="NK-1")
    assert outcomes(post(api, ORDERS, {"orders": [ORDER]})) == ["created"]
    assert outcomes(post(api, ORDERS, {"orders": [ORDER]})) == ["unchanged"]
    sent = order(status="refunded", refunded_amount="20.00")
    assert outcomes(post(api, ORDERS, {"orders": [sent]})) == ["changed"]
    with tenant(shop):
        row = shop.orders.get()
        assert (row.total_cents, row.refunded_cents, row.status) == (15800, 2000, "refunded")
        assert row.lines.get().product_id == product.pk
        assert row.customer.external_id == "C1"


def test_a_wrong_row_does_not_harm_the_others(shop: Any, api: Client) -> None:
    rows = [
        order(order_id="1"),
        order(order_id="2", lines=[{"quantity": -1, "unit_price": "1.00"}]),
        order(order_id="3", refunded_amount="158.01"),
        order(order_id="4", colour="red"),
        order(order_id="1"),
        "order",
        order(order_id="5", lines=[{"unit_price": "1.005"}], discount="1"),
        order(order_id="6", ordered_at="2026-03-01T10:00:00"),
        order(order_id="7", total=9.5),
    ]
    answer = post(api, ORDERS, {"orders": rows})
    assert outcomes(answer) == ["created", *["failed"] * 8]
    assert errors(answer, 1)[0]["field"] == "lines[0].quantity"
    assert errors(answer, 2)[0]["code"] == "refund_too_large"
    assert "€158.01" in errors(answer, 2)[0]["detail"]
    assert errors(answer, 3)[0]["field"] == "colour"
    assert "Row 0" in errors(answer, 4)[0]["detail"]
    assert "zone" in errors(answer, 7)[0]["detail"]
    with tenant(shop):
        assert [row.number for row in shop.orders.all()] == ["1"]


def test_more_than_a_thousand_are_refused_whole(shop: Any, api: Client) -> None:
    answer = post(api, ORDERS, {"orders": [{}] * 1001})
    assert answer.status_code == 422
    assert fields_of(answer) == ["orders"]


def test_unknown_fields_beside_the_rows_are_refused(api: Client) -> None:
    answer = post(api, CUSTOMERS, {"customers": [], "mode": "fast"})
    assert answer.status_code == 422
    assert fields_of(answer) == ["mode"]


def test_a_repeated_call_is_carried_out_once(shop: Any, api: Client) -> None:
    head = {"Idempotency-Key": "abc"}
    first = post(api, ORDERS, {"orders": [ORDER]}, **head)
    again = post(api, ORDERS, {"orders": [ORDER]}, **head)
    assert outcomes(first) == outcomes(again) == ["created"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert post(api, ORDERS, {"orders": []}, **head).status_code == 422


@pytest.mark.parametrize("address", [ORDERS, CUSTOMERS])
def test_only_secret_keys_with_the_scope_may_send(address: str, shop: Any) -> None:
    body = {"orders": []} if address == ORDERS else {"customers": []}
    assert post(Client(), address, body).status_code == 401
    assert post(key_client(shop, "pk"), address, body).status_code == 403
    assert post(key_client(shop, scopes=["products:write"]), address, body).status_code == 403
    scope = "orders:write" if address == ORDERS else "customers:write"
    assert post(key_client(shop, scopes=[scope]), address, body).status_code == 200


def test_a_customer_of_another_shop_in_the_batch_is_not_touched(
    shop: Any, other_shop: Any, api: Client
) -> None:
    theirs = key_client(other_shop)
    sent = {"customer_id": "C1", "name": "Theirs", "email": "ada@example.com"}
    post(theirs, CUSTOMERS, {"customers": [sent]})
    post(theirs, ORDERS, {"orders": [order(order_id="T1")]})
    answer = post(
        api,
        CUSTOMERS,
        {"customers": [{"customer_id": "C1", "name": "Ours"}, {"email": "ada@example.com"}]},
    )
    assert outcomes(answer) == ["created", "created"]
    assert outcomes(post(api, ORDERS, {"orders": [order(order_id="T1")]})) == ["created"]
    with tenant(other_shop):
        customer = other_shop.customers.get()
        assert customer.name == "Theirs"
        assert other_shop.orders.get().customer_id == customer.pk
    with tenant(shop):
        assert set(shop.customers.values_list("name", flat=True)) == {"Ours", ""}


def test_contacts_are_kept_as_hashes_even_of_the_answers(shop: Any, api: Client) -> None:
    row = {"customer_id": "ada@example.com", "phone": "+49 30 5550123", "name": "Ada"}
    bad = {"customer_id": "C2", "email": "ada at example"}
    answer = post(api, CUSTOMERS, {"customers": [row, bad]}, **{"Idempotency-Key": "k"})
    assert outcomes(answer) == ["created", "failed"]
    with tenant(shop):
        customer = shop.customers.get()
        kept = json.dumps(IdempotencyRecord.objects.get().body)
    assert customer.email_sha256 == hashlib.sha256(b"ada@example.com").hexdigest()
    assert customer.external_id.startswith("email-")
    assert customer.phone_digits_sha256 == hashlib.sha256(b"49305550123").hexdigest()
    assert "@" not in kept
    assert "ada" not in kept


def test_what_is_not_sent_stays_and_an_empty_text_is_sent(shop: Any, api: Client) -> None:
    full = {"customer_id": "C1", "name": "Ada", "country": "DE", "tags": ["a"]}
    post(api, CUSTOMERS, {"customers": [{**full, "accepts_marketing": True}]})
    post(api, CUSTOMERS, {"customers": [{"customer_id": "C1", "name": ""}]})
    with tenant(shop):
        customer = shop.customers.get()
    assert (customer.name, customer.country, customer.tags) == ("", "DE", ["a"])
    assert customer.accepts_marketing


def test_a_customer_without_a_name_for_it_is_refused(api: Client) -> None:
    answer = post(api, CUSTOMERS, {"customers": [{"name": "Nobody"}]})
    assert outcomes(answer) == ["failed"]
    assert errors(answer)[0]["field"] == "customer_id"


def test_the_document_tells_of_both_calls(client: Client) -> None:
    schema = client.get("/api/v1/schema?format=json").json()
    body = schema["paths"]["/api/v1/orders:batch"]["post"]["requestBody"]["content"]
    name = body["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    rows = schema["components"]["schemas"][name]["properties"]["orders"]["items"]["$ref"]
    fields = schema["components"]["schemas"][rows.rsplit("/", 1)[1]]
    assert fields["required"] == ["order_id"]
    assert {"customer_id", "lines", "total", "refunded_amount"} <= fields["properties"].keys()
    assert "/api/v1/customers:batch" in schema["paths"]
