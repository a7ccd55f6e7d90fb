"""Segments, memberships and predictions over REST."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from aiassist.profiles.models import Segment
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import ApiKey
from tests.aiassist.segments.people import people, person, segment_of

pytestmark = pytest.mark.django_db
API = "/api/v1/"


def client_with(shop: Any, kind: str = "sk", **fields: Any) -> Client:
    with tenant(shop):
        _row, key = ApiKey.issue(shop, kind, name="crm", **fields)
    return Client(headers={"Authorization": f"Bearer {key}"})


def preview(shop: Any, query: Any, **more: Any) -> Any:
    return client_with(shop).post(
        API + "segments:preview", {"query": query, **more}, content_type="application/json"
    )


def test_segments_are_listed(shop: Any) -> None:
    row = segment_of(shop, people(shop, 2))
    with tenant(shop):
        gone = segment_of(shop, name="Gone", deleted_at="2026-01-01T00:00:00Z")
    (shown,) = client_with(shop).get(API + "segments").json()["items"]
    assert shown["id"] == str(row.pk) != str(gone.pk)
    assert shown["name"] == "Regulars"
    assert shown["rule"] == "number_of_orders >= 3"
    assert shown["n_members"] == 2


def test_members_come_by_pages(shop: Any) -> None:
    everybody = people(shop, 5)
    row = segment_of(shop, everybody)
    client, seen, cursor = client_with(shop), [], ""
    while cursor is not None:
        url = f"{API}segments/{row.pk}/members?limit=2&cursor={cursor}"
        page = client.get(url).json()
        assert len(page["items"]) <= 2
        seen += [one["customer_id"] for one in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(one.external_id for one in everybody)


def test_a_customers_segments(shop: Any) -> None:
    alma = person(shop, "C 1/ä")
    segment_of(shop, [alma], name="Tea")
    segment_of(shop, [alma], name="Art", is_static=True)
    segment_of(shop, [person(shop)], name="Others")
    segment_of(shop, [alma], name="Gone", deleted_at="2026-01-01T00:00:00Z")
    with tenant(shop):
        alma.external_id = "C 1ä"
        alma.save()
    answer = client_with(shop).get(API + "customers/C%201%C3%A4/segments").json()
    assert [one["name"] for one in answer["items"]] == ["Art", "Tea"]
    assert answer["items"][0]["is_static"]


def test_predictions_have_klaviyos_names_and_money_as_text(shop: Any) -> None:
    person(
        shop, "C1",
        profile={
            "n_orders": 3, "spent_cents": 12_345, "average_cents": 4_115, "clv_cents": 6_000,
            "clv_low_cents": 4_000, "clv_high_cents": 8_050, "expected_orders_365": 1.23456,
            "churn_probability": 0.25, "n_repeats": 2, "last_repeat_days": 91.0,
            "next_order_on": date(2027, 1, 5),
        },
    )  # fmt: skip
    found = client_with(shop).get(API + "customers/C1/predictions").json()
    assert found.pop("refreshed_at") is None
    assert found == {
        "customer_id": "C1",
        "currency": "EUR",
        "historic_clv": "123.45",
        "predicted_clv": "60.00",
        "predicted_clv_low": "40.00",
        "predicted_clv_high": "80.50",
        "total_clv": "183.45",
        "historic_number_of_orders": 3,
        "predicted_number_of_orders": 1.2346,
        "average_days_between_orders": 45.5,
        "average_order_value": "41.15",
        "churn_probability": 0.25,
        "expected_date_of_next_order": "2027-01-05",
        "model_version": None,
    }


def test_where_nothing_is_predicted_nothing_is_said(shop: Any) -> None:
    person(shop, "C1")
    found = client_with(shop).get(API + "customers/C1/predictions").json()
    assert found["historic_clv"] == "0.00"
    assert found["predicted_clv"] is found["total_clv"] is found["churn_probability"] is None


def test_a_rule_is_tried(shop: Any) -> None:
    person(shop, "C1", profile={"n_orders": 4})
    person(shop, "C2", profile={"n_orders": 1})
    answer = preview(shop, "number_of_orders>=2")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["count"], found["sample"], found["is_exact"]) == (1, ["C1"], True)
    assert found["low"] == found["high"] == 1
    assert found["query"] == "number_of_orders >= 2"
    assert found["ms"] >= 0
    with tenant(shop):
        assert not Segment.objects.exists()


def test_a_sample_is_twenty(shop: Any) -> None:
    people(shop, 30)
    found = preview(shop, "number_of_orders = 0").json()
    assert found["count"] == 30
    assert len(set(found["sample"])) == 20


@pytest.mark.parametrize(
    ("query", "position", "suggestion"),
    [
        ("number_of_ordrs > 1", 0, "number_of_orders"),
        ("number_of_orders > 1 AND amount_spnt > 5", 25, "amount_spent"),
        ("in_segment('Regulrs')", 0, "'Regulars'"),
    ],
)
def test_a_wrong_rule_is_told_with_place_and_proposal(
    query: str, position: int, suggestion: str, shop: Any
) -> None:
    segment_of(shop)
    answer = preview(shop, query)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert error["field"] == "query"
    assert error["position"] == position
    assert any(suggestion in one for one in error["suggestions"])
    assert error["length"] > 0
    assert error["detail"]


@pytest.mark.parametrize("query", ["", None, 5 * ["x"], "x" * 6000, "number_of_orders = 'a\x00'"])
def test_what_is_no_rule_is_422(query: Any, shop: Any) -> None:
    assert preview(shop, query).status_code in (400, 422)


def test_an_unknown_field_is_named(shop: Any) -> None:
    answer = preview(shop, "number_of_orders = 0", limit=5)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "limit"


def test_another_shops_rows_are_not_there(shop: Any, other_shop: Any) -> None:
    person(shop, "C1")
    row = segment_of(shop, people(shop, 1))
    client = client_with(other_shop)
    assert client.get(API + "segments").json()["items"] == []
    assert client.get(f"{API}segments/{row.pk}/members").status_code == 404
    assert client.get(API + "customers/C1/segments").status_code == 404
    assert client.get(API + "customers/C1/predictions").status_code == 404
    assert preview(other_shop, "number_of_orders = 0").json()["count"] == 0
    assert preview(other_shop, "in_segment('Regulars')").status_code == 422


def test_a_publishable_key_and_a_key_without_the_scope_are_refused(shop: Any) -> None:
    assert client_with(shop, "pk").get(API + "segments").status_code == 403
    assert client_with(shop, scopes=["jobs:read"]).get(API + "segments").status_code == 403
    assert client_with(shop, scopes=["segments:read"]).get(API + "segments").status_code == 200
    assert Client().get(API + "segments").status_code == 401


def test_the_document_names_them(client: Any, db: None) -> None:
    document = client.get(API + "schema", headers={"Accept": "application/json"}).content.decode()
    for name in ("/api/v1/segments:preview", "expected_date_of_next_order", "/api/v1/webhooks"):
        assert name in document
