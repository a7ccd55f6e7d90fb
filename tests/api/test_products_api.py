"""Products over REST: what works, what is refused, and that nobody's change is lost."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from catalog.products.api_write import _save_row
from catalog.products.changes import Change
from catalog.products.models import Product
from catalog.products.undo import undo_change
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import ApiKey
from tests.factories import make_product

PRODUCTS = "/api/v1/products"
KETTLE = {
    "handle": "fjord-kettle",
    "title": "Fjord Kettle 煮水壶 ☕",
    "vendor": "Fjord",
    "category": "Kitchen > Kettles",
    "status": "active",
    "variants": [{"sku": "FJ-1", "price": "79.00", "stock": 4}],
    "facts": [
        {"key": "capacity", "value": "1.8", "unit": "L"},
        {"key": "material", "value": "steel"},
    ],
}


def key_client(shop: Any, kind: str = "sk", **fields: Any) -> Client:
    with tenant(shop):
        _row, key = ApiKey.issue(shop, kind, name="till", **fields)
    return Client(headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def api(shop: Any) -> Client:
    return key_client(shop)


def post(client: Client, address: str, body: Any, **headers: str) -> Any:
    return client.post(address, body, content_type="application/json", headers=headers)


def patch(client: Client, address: str, body: Any, **headers: str) -> Any:
    return client.patch(address, body, content_type="application/json", headers=headers)


def fields_of(answer: Any) -> list[str]:
    return [error["field"] for error in answer.json()["errors"]]


pytestmark = pytest.mark.django_db


def test_a_product_goes_in_and_comes_back_the_same(api: Client) -> None:
    made = post(api, PRODUCTS, KETTLE)
    assert made.status_code == 201
    read = api.get(f"{PRODUCTS}/FJ-1").json()
    assert read["title"] == KETTLE["title"]
    assert read["category"] == "Kitchen > Kettles"
    assert read["variants"][0]["price"] == "79.00"
    assert {f["key"]: f["value"] for f in read["facts"]} == {"capacity": "1.8", "material": "steel"}
    assert api.get(f"{PRODUCTS}/fjord-kettle").json()["id"] == read["id"]


@pytest.mark.parametrize("token", [None, "Bearer ", "Bearer sk_wrong", "Basic abc", "sk_wrong"])
def test_without_a_key_nothing_is_open(shop: Any, token: str | None) -> None:
    headers = {"Authorization": token} if token else {}
    answer = Client().get(PRODUCTS, headers=headers)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_publishable_key_is_refused(shop: Any) -> None:
    assert key_client(shop, "pk").get(PRODUCTS).status_code == 403


def test_a_key_keeps_to_its_scopes(shop: Any) -> None:
    reader = key_client(shop, scopes=["products:read"])
    assert reader.get(PRODUCTS).status_code == 200
    assert post(reader, PRODUCTS, KETTLE).status_code == 403


def test_another_shops_product_is_not_there(api: Client, other_shop: Any) -> None:
    make_product(other_shop, sku="THEIRS", handle="theirs")
    for word in ("THEIRS", "theirs"):
        answer = api.get(f"{PRODUCTS}/{word}")
        assert answer.status_code == 404
        assert answer.json() == api.get(f"{PRODUCTS}/no-such-thing").json()


def test_unknown_fields_are_refused_by_name(api: Client) -> None:
    answer = post(api, PRODUCTS, {**KETTLE, "colour": "red"})
    assert answer.status_code == 422
    assert fields_of(answer) == ["colour"]


@pytest.mark.parametrize("price", ["-1", "1e999", "NaN", "4O.00", "1,299.00", "1.999", "", 79])
def test_a_price_that_is_none_is_refused(api: Client, price: Any) -> None:
    answer = post(api, PRODUCTS, {**KETTLE, "variants": [{"sku": "FJ-1", "price": price}]})
    assert answer.status_code == 422
    assert fields_of(answer) == ["variants[0].price"]
    assert api.get(PRODUCTS).json()["items"] == []


def test_a_taken_sku_is_named_and_nothing_is_written(api: Client) -> None:
    post(api, PRODUCTS, KETTLE)
    answer = post(api, PRODUCTS, {**KETTLE, "handle": "other"})
    assert answer.status_code == 422
    assert fields_of(answer) == ["variants"]
    assert len(api.get(PRODUCTS).json()["items"]) == 1


def test_a_change_says_which_version_it_saw(api: Client) -> None:
    etag = post(api, PRODUCTS, KETTLE)["ETag"]
    assert patch(api, f"{PRODUCTS}/FJ-1", {"title": "New"}).status_code == 428
    first = patch(api, f"{PRODUCTS}/FJ-1", {"title": "New"}, **{"If-Match": etag})
    assert (first.status_code, first.json()["title"]) == (200, "New")
    stale = patch(api, f"{PRODUCTS}/FJ-1", {"title": "Late"}, **{"If-Match": etag})
    assert stale.status_code == 412
    assert stale.json()["current"] == first["ETag"]
    assert api.get(f"{PRODUCTS}/FJ-1").json()["title"] == "New"


def test_what_is_not_sent_stays(api: Client) -> None:
    etag = post(api, PRODUCTS, KETTLE)["ETag"]
    after = patch(api, f"{PRODUCTS}/FJ-1", {"vendor": "Nord"}, **{"If-Match": etag}).json()
    assert after["vendor"] == "Nord"
    assert after["variants"][0]["price"] == "79.00"
    assert len(after["facts"]) == 2


def test_a_deleted_product_is_gone_and_can_be_restored(api: Client, shop: Any) -> None:
    etag = post(api, PRODUCTS, KETTLE)["ETag"]
    assert api.delete(f"{PRODUCTS}/FJ-1", headers={"If-Match": etag}).status_code == 204
    assert api.get(f"{PRODUCTS}/FJ-1").status_code == 404
    with tenant(shop):
        assert Product.objects.exclude(deleted_at=None).count() == 1
        change = Change.objects.latest("created_at")
        assert (change.kind, change.n_rows) == ("api", 1)
        assert undo_change(change, None).n_undone == 1
        assert Product.objects.live().count() == 1
    assert api.get(f"{PRODUCTS}/FJ-1").status_code == 200


def test_the_same_call_twice_is_carried_out_once(api: Client) -> None:
    first = post(api, PRODUCTS, KETTLE, **{"Idempotency-Key": "a1"})
    again = post(api, PRODUCTS, KETTLE, **{"Idempotency-Key": "a1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert again["ETag"] == first["ETag"]
    other = post(api, PRODUCTS, {**KETTLE, "title": "Other"}, **{"Idempotency-Key": "a1"})
    assert other.status_code == 422
    assert len(api.get(PRODUCTS).json()["items"]) == 1


def test_a_refused_call_may_be_mended_under_the_same_key(api: Client) -> None:
    bad = {**KETTLE, "title": ""}
    assert post(api, PRODUCTS, bad, **{"Idempotency-Key": "b"}).status_code == 422
    assert post(api, PRODUCTS, KETTLE, **{"Idempotency-Key": "b"}).status_code == 201


def test_a_batch_gives_each_product_its_verdict(api: Client) -> None:
    post(api, PRODUCTS, KETTLE)
    items = [
        {**KETTLE, "title": "Changed"},
        {"handle": "cup", "title": "Cup", "variants": [{"sku": "C-1", "price": "9.50"}]},
        {"handle": "bad", "title": "Bad", "variants": [{"price": "free"}]},
        "nonsense",
    ]
    results = post(api, f"{PRODUCTS}:batch", {"products": items}).json()["results"]
    assert [r["outcome"] for r in results] == ["changed", "created", "failed", "failed"]
    assert results[2]["errors"][0]["field"] == "variants[0].price"
    assert len(api.get(PRODUCTS).json()["items"]) == 2


def test_a_batch_has_a_limit(api: Client) -> None:
    answer = post(api, f"{PRODUCTS}:batch", {"products": [{"title": "x"}] * 101})
    assert answer.status_code == 422


def test_pages_follow_each_other_without_gap_or_repeat(api: Client, shop: Any) -> None:
    made = {str(make_product(shop).pk) for _ in range(7)}
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(PRODUCTS, {"limit": 3, "cursor": cursor}).json()
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
    assert len(seen) == 7
    assert set(seen) == made


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x"])
def test_a_limit_out_of_range_is_refused(api: Client, limit: str) -> None:
    assert api.get(PRODUCTS, {"limit": limit}).status_code == 422


def test_search_and_status_narrow_the_list(api: Client, shop: Any) -> None:
    make_product(shop, "Red kettle", status="active")
    make_product(shop, "红色水壶", status="draft")
    titles = [row["title"] for row in api.get(PRODUCTS, {"q": "kettle"}).json()["items"]]
    assert titles == ["Red kettle"]
    titles = [row["title"] for row in api.get(PRODUCTS, {"q": "水壶"}).json()["items"]]
    assert titles == ["红色水壶"]
    assert api.get(PRODUCTS, {"status": "sold"}).status_code == 422


def test_a_list_costs_the_same_at_ten_and_fifty_rows(
    api: Client, shop: Any, django_assert_num_queries: Any
) -> None:
    from django.test.utils import CaptureQueriesContext

    def n_statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            api.get(PRODUCTS, {"limit": 50})
        return len(captured)

    for _ in range(10):
        make_product(shop, facts={"material": "steel"})
    api.get(PRODUCTS)
    at_ten = n_statements()
    for _ in range(40):
        make_product(shop, facts={"material": "steel"})
    assert n_statements() == at_ten <= 9


def test_a_broken_body_is_a_clear_error(api: Client) -> None:
    answer = api.post(PRODUCTS, "{not json", content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.django_db(transaction=True)
def test_of_twenty_stale_writers_one_wins(shop: Any) -> None:
    api = key_client(shop)
    etag = post(api, PRODUCTS, KETTLE)["ETag"]
    codes: list[int] = []

    def write(n: int) -> None:
        answer = patch(api, f"{PRODUCTS}/FJ-1", {"title": f"T{n}"}, **{"If-Match": etag})
        codes.append(answer.status_code)
        connection.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(codes)) == [200, 412]
    assert codes.count(200) == 1


@pytest.mark.parametrize("odd", ["a\0b", "\ud83d"])
def test_a_character_that_cannot_be_kept_is_refused(api: Client, odd: str) -> None:
    for body in ({**KETTLE, "title": odd}, {**KETTLE, odd: "x"}):
        assert post(api, PRODUCTS, body).status_code == 400
    batch = {"products": [{**KETTLE, "handle": odd}]}
    answer = post(api, f"{PRODUCTS}:batch", batch, **{"Idempotency-Key": "k1"})
    assert (answer.status_code, "surrogate" in answer.json()["detail"]) == (400, True)
    assert api.get(f"{PRODUCTS}/%00").status_code == 400


def test_a_batch_writes_what_is_sent_and_nothing_else(api: Client, shop: Any) -> None:
    """Between its look at a product and its write another may save: that stays."""
    post(api, PRODUCTS, KETTLE)
    with tenant(shop):
        stale = Product.objects.get(handle="fjord-kettle")
        Product.objects.update(vendor="Renamed")
        row = _save_row(shop, stale, stale.pk, {"title": "Kettle"})
        row.refresh_from_db()
        assert (row.title, row.vendor) == ("Kettle", "Renamed")


def test_a_call_that_changes_nothing_leaves_no_change_behind(api: Client, shop: Any) -> None:
    version = post(api, PRODUCTS, KETTLE)["ETag"]
    patch(api, f"{PRODUCTS}/FJ-1", {"title": KETTLE["title"]}, **{"If-Match": version})
    post(api, f"{PRODUCTS}:batch", {"products": [{**KETTLE, "status": "sold"}]})
    with tenant(shop):
        assert shop.changes.count() == 1


@pytest.mark.parametrize(("depth", "status"), [(300, 422), (5000, 400)])
def test_a_body_nested_too_deep_is_refused(api: Client, depth: int, status: int) -> None:
    body = '{"title": ' + "[" * depth + "]" * depth + "}"
    answer = api.post(PRODUCTS, body, content_type="application/json")
    assert answer.status_code == status
