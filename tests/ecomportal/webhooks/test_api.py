"""Webhooks over REST."""

from typing import Any

import pytest
from django.test import Client

from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import ApiKey
from ecomportal.web.models import IdempotencyRecord
from ecomportal.webhooks.models import Webhook

pytestmark = pytest.mark.django_db
URL = "/api/v1/webhooks"


def client_with(shop: Any, **fields: Any) -> Client:
    with tenant(shop):
        _row, key = ApiKey.issue(shop, "sk", name="erp", **fields)
    return Client(headers={"Authorization": f"Bearer {key}"})


def add(client: Client, url: str, *events: str, **headers: str) -> Any:
    body = {"url": url, "events": list(events)}
    return client.post(URL, body, content_type="application/json", headers=headers)


def test_an_address_is_added_listed_and_removed(shop: Any, receiver: Any) -> None:
    client = client_with(shop)
    answer = add(client, receiver.base, "import.done", "segment.changed")
    assert answer.status_code == 201
    made = answer.json()
    assert made["secret"].startswith("whsec_")
    assert made["is_on"]
    (listed,) = client.get(URL).json()["items"]
    assert listed["id"] == made["id"]
    assert "secret" not in listed
    assert client.get(f"{URL}/{made['id']}").json()["events"] == made["events"]
    assert client.delete(f"{URL}/{made['id']}").status_code == 204
    assert client.get(URL).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "https://10.0.0.1/", "events": ["import.done"]}, "url"),
        ({"url": "https://93.184.215.14/", "events": []}, "events"),
        ({"url": "https://93.184.215.14/", "events": ["no.such"]}, "events[0]"),
        ({"url": "https://93.184.215.14/", "events": ["import.done"], "secret": "x"}, "secret"),
        ({"events": ["import.done"]}, "url"),
    ],
)
def test_bad_input_names_the_field(body: dict[str, Any], field: str, shop: Any) -> None:
    answer = client_with(shop).post(URL, body, content_type="application/json")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]]


def test_the_same_address_twice_is_a_conflict(shop: Any, webhook: Webhook) -> None:
    assert add(client_with(shop), webhook.url, "import.done").status_code == 409


def test_a_repeat_adds_nothing_and_the_secret_is_not_kept(shop: Any, receiver: Any) -> None:
    client = client_with(shop)
    first = add(client, receiver.base, "import.done", **{"Idempotency-Key": "a"})
    again = add(client, receiver.base, "import.done", **{"Idempotency-Key": "a"})
    assert again.status_code == 201
    assert again.json()["id"] == first.json()["id"]
    assert "secret" in first.json()
    assert "secret" not in again.json()
    with tenant(shop):
        assert "whsec_" not in str(IdempotencyRecord.objects.get().body)


def test_another_shops_key_sees_nothing(shop: Any, other_shop: Any, webhook: Webhook) -> None:
    client = client_with(other_shop)
    assert client.get(URL).json()["items"] == []
    assert client.get(f"{URL}/{webhook.pk}").status_code == 404
    assert client.delete(f"{URL}/{webhook.pk}").status_code == 404


def test_a_key_needs_the_scope(shop: Any, receiver: Any) -> None:
    client = client_with(shop, scopes=["webhooks:read"])
    assert client.get(URL).status_code == 200
    assert add(client, receiver.base, "import.done").status_code == 403
