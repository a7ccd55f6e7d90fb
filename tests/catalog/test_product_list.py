"""The product list: found, sorted, paged, saved as a view; never another shop's."""

import re
from typing import Any

import pytest
from django.urls import reverse

from catalog.products.models import Fact, Product, ProductText, Variant
from catalog.products.snapshot import soft_delete
from ecomportal.tenancy.context import tenant
from ecomportal.web.models import SavedView
from tests.factories import make_category, make_product

URL = "/northlight/products/"


@pytest.fixture
def few(shop: Any) -> None:
    kitchen = make_category(shop, "Kitchen", family="kitchen")
    make_product(
        shop, "Kettle", category=kitchen, price_cents=7900, sku="KTL-9", facts={"material": "steel"}
    )
    make_product(shop, "Apron", status="draft", price_cents=3600, stock=0)


def titles(response: Any) -> list[str]:
    return [row["title"] for row in response.context["rows"]]


def test_the_list_shows_what_a_row_promises(alice, few, client_of):
    response = client_of(alice).get(URL + "?sort=title")
    page = response.content.decode()
    assert titles(response) == ["Apron", "Kettle"]
    for words in ("KTL-9", "€79.00", "Kitchen", "On sale", "Draft"):
        assert words in page


def test_an_empty_shop_is_taught_what_to_do(alice, client_of):
    page = client_of(alice).get(URL).content.decode()
    assert "No products yet" in page
    assert reverse("catalog:imports", args=["northlight"]) in page


def test_nothing_that_matches_is_told_apart_from_an_empty_shop(alice, few, client_of):
    page = client_of(alice).get(URL + "?q=zeppelin").content.decode()
    assert "Nothing matches" in page
    assert "zeppelin" in page


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("title", ["Apron", "Kettle"]),
        ("-title", ["Kettle", "Apron"]),
        ("price", ["Apron", "Kettle"]),
        ("-price", ["Kettle", "Apron"]),
        ("stock", ["Apron", "Kettle"]),
        ("-stock", ["Kettle", "Apron"]),
        ("-updated", ["Apron", "Kettle"]),
        ("updated", ["Kettle", "Apron"]),
        ("nonsense", ["Apron", "Kettle"]),
    ],
)
def test_sorting(alice, few, client_of, sort, expected):
    assert titles(client_of(alice).get(URL, {"sort": sort})) == expected


def test_paging_walks_through_all_rows_once(alice, shop, client_of):
    for n in range(117):
        make_product(shop, f"P{n:03}", price_cents=n % 7, stock=n % 5)
    client = client_of(alice)
    for sort in ("-updated", "title", "price", "-stock"):
        seen, url = [], f"{URL}?sort={sort}"
        while url:
            response = client.get(url)
            seen += titles(response)
            found = re.search(r'rel="next" href="([^"]+)"', response.content.decode())
            url = URL + found[1].replace("&amp;", "&") if found else ""
        assert len(seen) == 117, sort
        assert len(set(seen)) == 117, sort


def test_a_hand_made_cursor_shows_the_first_page(alice, few, client_of):
    for cursor in ("x", "WyJuIiwibm8iLCJubyJd", "WyJuIiwiXHUwMDAwIiwiXHUwMDAwIl0"):
        for sort in ("-updated", "price", "title"):
            response = client_of(alice).get(URL, {"after": cursor, "sort": sort})
            assert response.status_code == 200, (cursor, sort)


def test_facts_are_counted_against_what_the_family_needs(alice, shop, few, client_of):
    page = client_of(alice).get(URL + "?q=kettle").content.decode()
    assert "<td class=p5>50%" in page  # kitchen needs material and capacity
    missing = client_of(alice).get(URL + "?facts=missing")
    assert sorted(titles(missing)) == ["Apron", "Kettle"]
    from tests.factories import make_attribute

    capacity = make_attribute(shop, "capacity")
    with tenant(shop):
        kettle = Product.objects.get(title="Kettle")
        Fact.objects.create(merchant=shop, product=kettle, attribute=capacity, value="0.9")
    assert titles(client_of(alice).get(URL + "?facts=missing")) == ["Apron"]


def test_the_family_is_told_from_the_type_where_the_category_says_nothing(alice, shop, client_of):
    make_product(shop, "Mug", product_type="Mug", facts={"material": "clay"})
    make_product(shop, "Thing", facts={"material": "clay"})
    response = client_of(alice).get(URL + "?sort=title")
    mug, thing = response.content.decode().split("<tbody>")[1].split("<tr>")[1:3]
    assert "%" in mug
    assert "%" not in thing
    assert titles(client_of(alice).get(URL + "?facts=missing")) == ["Mug"]


def test_texts_and_price_ranges(alice, shop, few, client_of):
    with tenant(shop):
        kettle = Product.objects.get(title="Kettle")
        Variant.objects.create(merchant=shop, product=kettle, price_cents=8400, sku="KTL-10")
        ProductText.objects.create(
            merchant=shop, product=kettle, language="zh", field="description", text="x",
            origin="person",
        )  # fmt: skip
    page = client_of(alice).get(URL + "?q=kettle").content.decode()
    for words in ("€79.00–€84.00", "2 variants", "中文"):
        assert words in page


def test_deleted_products_are_listed_apart(alice, shop, few, client_of):
    with tenant(shop):
        soft_delete([Product.objects.get(title="Apron").pk])
    assert titles(client_of(alice).get(URL)) == ["Kettle"]
    response = client_of(alice).get(URL + "?deleted=1")
    assert titles(response) == ["Apron"]
    assert "Restore…" in response.content.decode()


def test_the_count_is_about_until_asked_for(alice, shop, client_of):
    for n in range(60):
        make_product(shop, f"P{n}")
    assert "count exactly" in client_of(alice).get(URL).content.decode()
    assert "60 products" in client_of(alice).get(URL + "?count=exact").content.decode()


def test_a_view_is_saved_for_one_person_and_removed(alice, max_, shop, few, client_of):
    client = client_of(alice)
    client.post(URL + "views/", {"name": "Cheap", "query": "max=40&junk=1"})
    page = client.get(URL + "?max=40").content.decode()
    assert "Cheap" in page
    assert "Cheap" not in client_of(max_).get(URL).content.decode()
    with tenant(shop):
        view = SavedView.objects.get()
        assert view.query == "max=40"
    client_of(max_).post(f"{URL}views/{view.pk}/remove/")
    assert "Cheap" in client.get(URL).content.decode()
    client.post(f"{URL}views/{view.pk}/remove/", follow=True)
    assert "Cheap" not in client.get(URL).content.decode()


def test_a_viewer_sees_the_list_without_tools(vera, few, client_of):
    page = client_of(vera).get(URL).content.decode()
    assert "Kettle" in page
    assert "name=ids" not in page
    assert "New product" not in page


def test_a_stranger_gets_404(mallory, few, client_of):
    assert client_of(mallory).get(URL).status_code == 404


def test_columns_can_be_chosen(alice, few, client_of):
    body = client_of(alice).get(URL + "?cols=price").content.decode().split("<tbody>")[1]
    assert "€79.00" in body
    assert "On sale" not in body


def test_the_list_speaks_chinese(alice, few, client_of):
    page = client_of(alice).get(URL, headers={"accept-language": "zh-hans"})
    assert page.status_code == 200


@pytest.mark.parametrize("name", ["list", "editor"])
def test_a_page_asks_the_database_as_often_for_50_rows_as_for_10(
    alice, shop, client_of, monkeypatch, name
):
    from catalog.products import list_view
    from tests.bench.catalogue_pages import MAX_STATEMENTS, statements, widen

    products = [make_product(shop, f"P{n}", facts={"material": "clay"}) for n in range(60)]
    client, counts = client_of(alice), []
    for n_rows in (10, 50):
        monkeypatch.setattr(list_view, "PAGE_SIZE", n_rows)
        widen(shop, products[0], n_rows)
        url = URL if name == "list" else f"{URL}{products[0].pk}/"
        client.get(url)  # an estimate is asked for once a minute
        counts.append(len(statements(client, url)))
    assert counts[0] == counts[1] <= MAX_STATEMENTS
