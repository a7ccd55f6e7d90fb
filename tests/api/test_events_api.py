"""Events over REST: what is taken, what is refused and why, and that an id counts once."""

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from catalog.orders.events.models import EventDay, EventReject, PendingSku
from catalog.orders.events.names import EVENTS
from catalog.orders.models import Customer, Order
from ecomportal.tenancy.context import tenant
from tests.api.test_products_api import key_client, post
from tests.catalog.eventing import ADDRESS, SITE, ago, counted, event, rows, send
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(shop: Any) -> Client:
    return key_client(shop)


@pytest.fixture
def visitor(shop: Any) -> Client:
    """A visitor's browser with the shop's publishable key."""
    return key_client(shop, "pk", origins=[SITE])


def test_an_event_is_kept_with_all_it_says(api: Client, shop: Any) -> None:
    product = make_product(shop, sku="FJ-1")
    items = [{"sku": "FJ-1", "quantity": 2, "price": "79.90", "position": 3}]
    sent = event(
        items=items, anonymous_id="a1", session_id="s1", currency="USD", order_id="A-7",
        rec_id="r1", query_id="q1", placement="home",
    )  # fmt: skip
    answer = send(api, sent)
    assert (answer.status_code, answer.json()) == (
        202,
        {"accepted": 1, "duplicates": 0, "rejected": []},
    )
    (row,) = rows(shop)
    assert str(row.event_id) == sent["id"]
    assert (row.event, row.kind, row.item) == ("Product Viewed", "view", 0)
    assert (row.customer.external_id, row.product_id) == ("u1", product.pk)
    assert (row.anonymous_id, row.session_id, row.order_number) == ("a1", "s1", "A-7")
    assert (row.sku, row.quantity, row.price_cents, row.currency) == ("FJ-1", 2, 7990, "USD")
    assert (row.rec_id, row.query_id, row.position, row.placement) == ("r1", "q1", 3, "home")
    assert row.at == datetime.fromisoformat(sent["ts"])
    assert row.received_at > row.at


@pytest.mark.parametrize("name", list(EVENTS))
def test_every_name_of_the_vocabulary_is_taken_as_it_is(api: Client, shop: Any, name: str) -> None:
    assert send(api, event(name)).json()["accepted"] == 1
    (row,) = rows(shop)
    assert (row.event, row.kind) == (name, EVENTS[name])


def test_an_event_has_a_row_for_each_product_and_one_without_any(api: Client, shop: Any) -> None:
    send(
        api,
        event("Order Completed", items=[{"sku": "A"}, {"sku": "B"}, {"product_id": "C"}]),
        event("Products Searched", items=None),
    )
    assert [(r.item, r.sku) for r in rows(shop)] == [(0, "A"), (1, "B"), (2, "C"), (0, "")]


def test_what_the_catalogue_knows_better_is_read_over(api: Client) -> None:
    item = {"sku": "A", "name": "Kettle", "brand": "Fjord", "category": "Kettles", "variant": "L",
            "coupon": "X", "url": "https://shop.example/a", "image_url": ""}  # fmt: skip
    assert send(api, event(items=[item])).json()["accepted"] == 1


def test_chinese_and_emoji_come_back_as_they_were(api: Client, shop: Any) -> None:
    escaped = json.dumps({"events": [event(placement="首页 ☕ 🫖", items=[{"sku": "茶-1"}])]})
    assert "\\ud83e" in escaped
    api.post(ADDRESS, escaped, content_type="application/json")
    (row,) = rows(shop)
    assert (row.placement, row.sku) == ("首页 ☕ 🫖", "茶-1")


def test_separators_in_texts_stay_in_their_cells(api: Client, shop: Any) -> None:
    odd = 'a\tb\\N\nc"\r{,}'
    send(api, event(placement=odd), event(placement=f"{odd}\x1f\x1e\x1d."))
    assert [row.placement for row in rows(shop)] == [odd, f"{odd}   ."]


def test_the_same_event_a_hundred_times_counts_once(api: Client, shop: Any) -> None:
    sent = event()
    answers = [send(api, sent).json() for _ in range(99)]
    within = send(api, *[sent] * 100).json()
    assert sum(answer["accepted"] for answer in answers) + within["accepted"] == 1
    assert sum(answer["duplicates"] for answer in answers) + within["duplicates"] == 198
    assert len(rows(shop)) == 1


def test_an_id_counts_once_whatever_time_it_states(api: Client, shop: Any) -> None:
    sent = event()
    send(api, sent)
    for span in ({"days": 20}, {"minutes": -5}):
        again = send(api, {**sent, "ts": ago(**span)}).json()
        assert (again["accepted"], again["duplicates"]) == (0, 1)
    assert send(api, {**sent, "id": sent["id"].upper()}).json()["duplicates"] == 1
    assert len(rows(shop)) == 1


BAD: list[tuple[Any, str, str]] = [
    ("text", "wrong_type", ""),
    (event(id=None), "missing", "id"),
    (event(id=5), "wrong_type", "id"),
    (event(id="1"), "not_uuid", "id"),
    (event(event=None), "missing", "event"),
    (event("Kettle Boiled"), "unknown_event", "event"),
    (event("product viewed"), "unknown_event", "event"),
    (event(ts=None), "missing", "ts"),
    (event(ts=1700000000), "wrong_type", "ts"),
    (event(ts="yesterday"), "bad_time", "ts"),
    (event(ts="2026-01-31T08:30:00"), "bad_time", "ts"),
    (event(ts="0001-01-01T00:00:00+14:00"), "bad_time", "ts"),
    (event(user_id=None), "nobody", "user_id"),
    (event(user_id=" "), "nobody", "user_id"),
    (event(user_id=7), "wrong_type", "user_id"),
    (event(user_id="u" * 121), "too_long", "user_id"),
    (event(session_id="s" * 65), "too_long", "session_id"),
    (event(rec_id="s" * 65), "too_long", "rec_id"),
    (event(colour="red"), "unknown_field", "colour"),
    (event(currency="usd"), "bad_currency", "currency"),
    (event(currency="ZZQ"), "bad_currency", "currency"),
    (event(position=-1), "wrong_type", "position"),
    (event(position=True), "wrong_type", "position"),
    (event(items={}), "wrong_type", "items"),
    (event(items=[{"sku": "A"}] * 101), "too_many_items", "items"),
    (event(items=["A"]), "wrong_type", "items[0]"),
    (event(items=[{"sku": "A"}, {}]), "missing", "items[1].sku"),
    (event(items=[{"sku": "A", "size": 1}]), "unknown_field", "items[0].size"),
    (event(items=[{"sku": "A", "quantity": 0}]), "bad_quantity", "items[0].quantity"),
    (event(items=[{"sku": "A", "quantity": -2}]), "bad_quantity", "items[0].quantity"),
    (event(items=[{"sku": "A", "quantity": 1.5}]), "bad_quantity", "items[0].quantity"),
    (event(items=[{"sku": "A", "quantity": 10**9}]), "bad_quantity", "items[0].quantity"),
    (event(items=[{"sku": "A", "price": 9.9}]), "wrong_type", "items[0].price"),
    (event(items=[{"sku": "A", "price": "-1"}]), "bad_money", "items[0].price"),
    (event(items=[{"sku": "A", "price": "1,50"}]), "bad_money", "items[0].price"),
    (event(items=[{"sku": "A", "price": "1.505"}]), "bad_money", "items[0].price"),
    (event(placement="\0"), "bad_text", ""),
    (event(placement="\ud800"), "bad_text", ""),
]


@pytest.mark.parametrize(("sent", "code", "field"), BAD)
def test_one_that_is_wrong_is_told_and_harms_no_other(
    api: Client, shop: Any, sent: Any, code: str, field: str
) -> None:
    body = json.dumps({"events": [event(), sent, event()]})
    answer = api.post(ADDRESS, body, content_type="application/json").json()
    (rejected,) = answer["rejected"]
    assert (rejected["index"], rejected["code"], rejected["field"]) == (1, code, field)
    assert rejected["detail"]
    assert (answer["accepted"], len(rows(shop))) == (2, 2)


def test_the_clock_is_ten_minutes_ahead_at_most(api: Client, visitor: Client) -> None:
    for client in (api, visitor):
        answer = send(client, event(ts=ago(minutes=-9)), event(ts=ago(minutes=-11))).json()
        assert answer["accepted"] == 1
        assert [(r["index"], r["code"]) for r in answer["rejected"]] == [(1, "future")]


def test_old_events_need_a_secret_key(api: Client, visitor: Client, shop: Any) -> None:
    young, old, ancient = event(ts=ago(days=29)), event(ts=ago(days=31)), event(ts=ago(days=3700))
    answer = send(visitor, young, old).json()
    assert (answer["accepted"], answer["rejected"][0]["code"]) == (1, "too_old")
    assert "secret key" in answer["rejected"][0]["detail"]
    answer = send(api, young, old, ancient).json()
    assert (answer["accepted"], answer["duplicates"]) == (1, 1)
    assert [(r["index"], r["code"]) for r in answer["rejected"]] == [(2, "too_old")]
    assert send(api, old).json()["duplicates"] == 1
    assert len(rows(shop)) == 2


def test_unknown_users_become_customers_once(api: Client, shop: Any) -> None:
    send(api, event(user_id="new", ts=ago(days=3)), event(user_id="new"), event(user_id="other"))
    send(api, event(user_id="new"))
    with tenant(shop):
        people = {c.external_id: c for c in shop.customers.all()}
        assert set(people) == {"new", "other"}
        assert shop.interactions.filter(customer=people["new"]).count() == 3
        assert (datetime.now(UTC) - people["new"].created_at).days == 3


def test_an_address_as_user_id_is_kept_as_a_hash_alone(api: Client, shop: Any) -> None:
    send(api, event(user_id="Mia@Example.com"), event(user_id="mia@example.com"))
    with tenant(shop):
        (customer,) = shop.customers.all()
        assert "example" not in customer.external_id
        assert len(customer.email_sha256) == 64
        customer.external_id = "known-by-number"
        customer.save()
    send(api, event(user_id="mia@example.com"))
    with tenant(shop):
        assert shop.customers.count() == 1
        assert shop.interactions.filter(customer=customer).count() == 3


def test_visitors_stay_nobody(visitor: Client, shop: Any) -> None:
    send(visitor, event(user_id=None, anonymous_id="a1"), event(user_id=None, session_id="s1"))
    assert [row.customer for row in rows(shop)] == [None, None]
    with tenant(shop):
        assert not shop.customers.exists()


def test_an_erased_customer_stays_erased(api: Client, shop: Any, alice: Any) -> None:
    from django.db import connection

    send(api, event(user_id="gone-1234"))
    with tenant(shop), connection.cursor() as cursor:
        person = shop.customers.get().pk
        cursor.execute("SELECT erase_customer(%s, %s, true, %s)", [shop.pk, person, alice.pk])
    assert rows(shop) == []
    answer = send(api, event(user_id="gone-1234"), event(user_id="here")).json()
    assert [(r["index"], r["code"]) for r in answer["rejected"]] == [(0, "erased")]
    assert answer["accepted"] == 1


def test_an_order_that_is_completed_makes_no_order(api: Client, shop: Any) -> None:
    done = event("Order Completed", order_id="A-1", items=[{"sku": "A", "price": "5.00"}])
    assert send(api, done).json()["accepted"] == 1
    with tenant(shop):
        assert not Order.objects.exists()
        assert shop.interactions.get().order_number == "A-1"


# --- Whose shop -------------------------------------------------------------------------------


def test_what_another_shop_has_is_neither_read_nor_touched(
    api: Client, shop: Any, other_shop: Any
) -> None:
    theirs = key_client(other_shop)
    make_product(other_shop, sku="FJ-1")
    sent = event(anonymous_id="a1")
    send(theirs, sent)
    assert send(api, sent).json() == {"accepted": 1, "duplicates": 0, "rejected": []}
    (mine,), (other,) = rows(shop), rows(other_shop)
    assert mine.product_id is None
    assert other.product_id is not None
    assert mine.customer_id != other.customer_id
    with tenant(shop):
        assert Customer.objects.count() == 1
        assert PendingSku.objects.get().sku == "FJ-1"
    with tenant(other_shop):
        assert not PendingSku.objects.exists()
        assert sum(EventDay.objects.values_list("n", flat=True)) == 1


# --- The call itself --------------------------------------------------------------------------


def test_no_key_and_wrong_keys_are_refused(shop: Any) -> None:
    assert send(Client(), event()).status_code == 401
    assert send(Client(headers={"Authorization": "Bearer sk_no"}), event()).status_code == 401
    limited = key_client(shop, scopes=["products:read"])
    assert send(limited, event()).status_code == 403
    assert send(key_client(shop, scopes=["events:write"]), event()).status_code == 202


def test_a_publishable_key_works_from_its_own_sites(visitor: Client, shop: Any) -> None:
    answer = send(visitor, event(), Origin=SITE)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (202, SITE)
    assert "Origin" in answer["Vary"]
    refused = send(visitor, event(), Origin="https://evil.example")
    assert refused.status_code == 403
    assert "evil.example" in refused.json()["detail"]
    assert not refused.has_header("Access-Control-Allow-Origin")
    assert len(rows(shop)) == 1


def test_a_browser_may_ask_before_it_sends() -> None:
    answer = Client().options(
        ADDRESS, headers={"Origin": SITE, "Access-Control-Request-Method": "POST"}
    )
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (204, SITE)
    assert "Authorization" in answer["Access-Control-Allow-Headers"]
    assert answer["Access-Control-Allow-Methods"] == "POST"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", 400),
        ("[]", 400),
        ("{}", 422),
        ('{"events": {}}', 422),
        ('{"events": [], "more": 1}', 422),
        (json.dumps({"events": [{}] * 1001}), 422),
        ('{"events": [' + " " * 2_200_000 + "]}", 413),
        ("[" * 100_000, 400),
    ],
)
def test_a_call_that_cannot_be_read_is_refused_whole(
    api: Client, shop: Any, body: str, code: int
) -> None:
    answer = api.post(ADDRESS, body, content_type="application/json")
    assert answer.status_code == code
    assert answer["Content-Type"] == "application/problem+json"
    with tenant(shop):
        assert not EventDay.objects.exists()


def test_a_thousand_go_in_at_once(api: Client, shop: Any) -> None:
    answer = send(api, *[event(user_id=f"u{n % 50}") for n in range(1000)])
    assert answer.json() == {"accepted": 1000, "duplicates": 0, "rejected": []}
    assert len(rows(shop)) == 1000


def test_one_address_has_a_limit_with_a_publishable_key(
    visitor: Client, api: Client, settings: Any
) -> None:
    settings.STOREFRONT_REQUESTS_PER_MINUTE = 3
    assert [send(visitor, event()).status_code for _ in range(4)] == [202, 202, 202, 429]
    refused = send(visitor, event())
    assert 0 < int(refused["Retry-After"]) <= 60
    assert [send(api, event()).status_code for _ in range(5)] == [202] * 5


def test_an_idempotency_key_repeats_the_answer(api: Client, shop: Any) -> None:
    sent = event()
    first = send(api, sent, **{"Idempotency-Key": "k1"})
    second = send(api, sent, **{"Idempotency-Key": "k1"})
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert len(rows(shop)) == 1


def test_other_verbs_are_refused(api: Client) -> None:
    assert api.get(ADDRESS).status_code == 405


# --- What is counted --------------------------------------------------------------------------


def test_every_verdict_is_counted(api: Client, shop: Any) -> None:
    sent = event()
    send(api, sent, event(), event("Boiled"), event(ts="no"))
    send(api, sent, event("Boiled"))
    assert counted(shop) == {
        ("accepted", ""): 2,
        ("duplicate", ""): 1,
        ("rejected", "unknown_event"): 2,
        ("rejected", "bad_time"): 1,
    }


def test_examples_of_what_was_refused_name_nobody(api: Client, shop: Any) -> None:
    send(api, event("Boiled", user_id="secret-1", anonymous_id="secret-2", note="secret-3"))
    with tenant(shop):
        (kept,) = EventReject.objects.all()
    assert kept.code == "unknown_field"
    assert kept.example["event"] == "Boiled"
    assert "secret" not in json.dumps(kept.example)


DEEP = "[" * 600 + "]" * 600


@pytest.mark.parametrize(
    ("value", "code"),
    [("1e999", "wrong_type"), (DEEP, "wrong_type"), (f'["\\ud800", {DEEP}]', "bad_text")],
    ids=["infinite", "deep", "deep-and-suspect"],
)
def test_a_value_that_no_column_takes_harms_no_other(
    api: Client, shop: Any, value: str, code: str
) -> None:
    """Infinity and lists in lists are JSON to Python; only the form of such an event is kept."""
    body = json.dumps({"events": [event(), event(position="PLACE")]}).replace('"PLACE"', value)
    answer = api.post(ADDRESS, body, content_type="application/json")
    assert (answer.status_code, answer.json()["accepted"], len(rows(shop))) == (202, 1, 1)
    (rejected,) = answer.json()["rejected"]
    assert (rejected["index"], rejected["code"]) == (1, code)
    with tenant(shop):
        (kept,) = EventReject.objects.all()
    assert kept.example.keys() == {"id", "event", "user_id", "ts", "items", "position"}
    assert set(kept.example.values()) == {"…"}


def test_what_the_database_refuses_is_no_error_of_ours(
    api: Client, shop: Any, monkeypatch: Any
) -> None:
    """Were such a value to come through all the same, the call is refused, not told to wait."""
    monkeypatch.setattr("catalog.orders.events.counts.as_example", lambda raw: {"n": float("inf")})
    answer = send(api, event(), event("Boiled"))
    assert (answer.status_code, rows(shop)) == (422, [])
    assert "refused again" in answer.json()["detail"]


def test_only_the_newest_examples_stay(api: Client, shop: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("catalog.orders.events.counts.KEPT_REJECTS", 3)
    for n in range(5):
        send(api, event(f"Boiled {n}"))
    with tenant(shop):
        names = [r.example["event"] for r in EventReject.objects.order_by("pk")]
    assert names == ["Boiled 2", "Boiled 3", "Boiled 4"]


# --- As Segment's libraries call --------------------------------------------------------------

SEGMENT = "/api/v1/compat/segment/v1"


def call(kind: Any = "track", **fields: Any) -> dict[str, Any]:
    own = {"type": kind, "messageId": f"ajs-{uuid4()}", "userId": "u1", "timestamp": ago(minutes=1)}
    return {**own, **fields}


def test_a_track_call_is_an_event(api: Client, shop: Any) -> None:
    product = make_product(shop, sku="FJ-1")
    properties = {
        "order_id": 77, "currency": "EUR", "total": 20.5, "affiliation": "web",
        "products": [{"product_id": "p9", "sku": "FJ-1", "price": 18.99, "quantity": 2.0,
                      "name": "Kettle", "position": 1}],
    }  # fmt: skip
    sent = call(event="Order Completed", properties=properties, anonymousId="a1", context={})
    for _ in range(2):
        assert post(api, f"{SEGMENT}/track", sent).json()["success"] is True
    (row,) = rows(shop)
    assert (row.event, row.kind, row.product_id) == ("Order Completed", "purchase", product.pk)
    assert (row.price_cents, row.quantity, row.order_number) == (1899, 2, "77")
    assert (row.customer.external_id, row.anonymous_id) == ("u1", "a1")


def test_a_product_in_the_properties_is_the_item(api: Client, shop: Any) -> None:
    properties = {"product_id": "P-1", "price": 5, "category": "Tea", "quantity": 1}
    post(api, f"{SEGMENT}/track", call(event="Product Viewed", properties=properties))
    (row,) = rows(shop)
    assert (row.sku, row.price_cents) == ("P-1", 500)


def test_a_write_key_comes_as_the_user_of_basic(shop: Any) -> None:
    bearer = key_client(shop).defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    sent = base64.b64encode(f"{bearer}:".encode()).decode()
    client = Client(headers={"Authorization": f"Basic {sent}"})
    body = call(event="Cart Viewed")
    assert post(client, f"{SEGMENT}/track", body).status_code == 200
    for wrong in ("Basic !!", "Basic " + base64.b64encode(b"sk_no:").decode()):
        refused = post(Client(headers={"Authorization": wrong}), f"{SEGMENT}/track", body)
        assert refused.status_code == 401


def test_a_batch_mixes_calls(api: Client, shop: Any) -> None:
    calls = [
        call(event="Product Viewed", userId=None, anonymousId="a1", properties={"sku": "A"}),
        call("identify", anonymousId="a1", traits={"name": "Mia", "plan": "gold"}),
        call("page", name="Home"),
        call(event="Kettle Boiled"),
        call("identify", userId=None),
        "text",
        call([], event="Kettle Boiled"),  # what kind of call is no text
    ]
    answer = post(api, f"{SEGMENT}/batch", {"batch": calls, "sentAt": ago()})
    told = answer.json()
    assert (answer.status_code, told["success"], told["accepted"]) == (200, True, 1)
    assert (told["identified"], told["ignored"]) == (1, 1)
    found = [(r["index"], r["code"]) for r in told["rejected"]]
    assert found == [
        *[(3, "unknown_event"), (4, "missing"), (5, "wrong_type"), (6, "unknown_event")]
    ]
    (row,) = rows(shop)
    assert (row.customer.external_id, row.customer.name) == ("u1", "Mia")


def test_a_single_call_that_is_refused_says_why(api: Client) -> None:
    answer = post(api, f"{SEGMENT}/track", call(event="Kettle Boiled"))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_event")
    answer = post(api, f"{SEGMENT}/identify", call("identify", userId=None))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "user_id")


@pytest.mark.parametrize("body", [{}, {"batch": {}}, {"batch": [{}] * 1001}])
def test_a_batch_that_cannot_be_read_is_refused(api: Client, body: Any) -> None:
    assert post(api, f"{SEGMENT}/batch", body).status_code == 422
