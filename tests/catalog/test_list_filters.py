"""What the list is narrowed to: facts of every type, and everything else a shop asks for; the same
products whether they are looked up in an index or met while walking through the order."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from catalog import products
from catalog.products.filters import ProductFilters
from catalog.products.models import Fact, Product, ProductImage, Variant
from ecomportal.tenancy.context import tenant
from tests.factories import make_attribute, make_category, make_product

URL = "/northlight/products/"


def add_fact(shop: Any, product: Product, key: str, value: str, **fields: Any) -> Fact:
    attribute = make_attribute(shop, key)
    with tenant(shop):
        return Fact.objects.create(
            merchant=shop, product=product, attribute=attribute, value=value, **fields
        )


@pytest.fixture
def shelf(shop: Any) -> None:
    """Four products that differ in everything that is filtered by."""
    make_attribute(shop, "length", type="number", unit="cm")
    make_attribute(shop, "dimensions", type="dimensions", unit="cm")
    make_attribute(shop, "colour", type="choice")
    kitchen = make_category(shop, "Kitchen", family="kitchen")
    kettle = make_product(
        shop, "Kettle", category=kitchen, price_cents=7900, stock=4, vendor="Aino", tags=["new"]
    )
    pan = make_product(shop, "Pan", price_cents=3000, stock=40, product_type="Pan")
    lamp = make_product(shop, "Lamp", price_cents=15000, stock=400, status="draft")
    make_product(shop, "Bowl", price_cents=900, stock=0)
    add_fact(shop, kettle, "colour", "black")
    add_fact(shop, pan, "colour", "black", status="proposed")
    add_fact(shop, lamp, "colour", "white")
    add_fact(shop, lamp, "colour", "black", status="rejected")
    add_fact(shop, kettle, "length", "30", number=30, unit="cm")
    add_fact(shop, pan, "length", "450", number=450, unit="mm")
    add_fact(shop, lamp, "length", "1.2", number=Decimal("1.2"), unit="m")
    add_fact(shop, lamp, "dimensions", "20 × 20 × 120", unit="cm")
    with tenant(shop):
        ProductImage.objects.create(merchant=shop, product=kettle, file="k.png")
        ProductImage.objects.create(merchant=shop, product=pan, source_url="https://x.example/p")
        Product.objects.filter(pk=lamp.pk).update(updated_at=timezone.now())
        Product.objects.exclude(pk=lamp.pk).update(
            updated_at=timezone.now() - timezone.timedelta(days=40)
        )


CASES = [
    ("f.colour=black", ["Kettle", "Pan"]),
    ("f.colour=black&f.colour=white", ["Kettle", "Lamp", "Pan"]),
    ("f.colour.is=confirmed", ["Kettle", "Lamp"]),
    ("f.colour.is=proposed", ["Pan"]),
    ("f.colour.is=none", ["Bowl"]),
    ("f.colour.is=has", ["Kettle", "Lamp", "Pan"]),
    ("f.length.min=30", ["Kettle", "Lamp", "Pan"]),
    ("f.length.min=301 mm", ["Lamp", "Pan"]),
    ("f.length.max=0.45 m", ["Kettle", "Pan"]),
    ("f.length.min=45cm&f.length.max=1.2米", ["Lamp", "Pan"]),
    ("f.dimensions.min=1.2 m", ["Lamp"]),
    ("f.dimensions.min=121", []),
    ("f.colour=black&f.length.max=30", ["Kettle"]),
    ("vendor=Aino", ["Kettle"]),
    ("type=Pan", ["Pan"]),
    ("tag=new", ["Kettle"]),
    ("category=none", ["Bowl", "Lamp", "Pan"]),
    ("picture=none", ["Bowl", "Lamp", "Pan"]),
    ("picture=some", ["Kettle"]),
    ("smin=4&smax=40", ["Kettle", "Pan"]),
    ("smax=0", ["Bowl"]),
    ("min=30&max=79", ["Kettle", "Pan"]),
    ("updated=7", ["Lamp"]),
    ("since=2000-01-01", ["Bowl", "Kettle", "Lamp", "Pan"]),
    ("ai=waiting", []),
    ("ai=none", ["Bowl", "Kettle", "Lamp", "Pan"]),
    ("q=lamp&f.colour=white", ["Lamp"]),
]


@pytest.mark.parametrize(("query", "expected"), CASES)
@pytest.mark.parametrize("few", [True, False])
def test_a_filter_finds_the_same_however_it_is_served(
    shop: Any, shelf: None, monkeypatch: Any, query: str, expected: list[str], few: bool
) -> None:
    monkeypatch.setattr(products.filters, "COUNTED", 2000 if few else -1)
    with tenant(shop):
        filters = ProductFilters(query, shop)
        walked = sorted(filters.walk(shop.products.all()).values_list("title", flat=True))
        applied = sorted(filters.apply(shop.products.all()).values_list("title", flat=True))
        assert bool(filters.rarest) is few or not any(one.ids for one in filters.narrowings)
    assert walked == applied == expected
    assert not filters.problems


@pytest.mark.parametrize(("query", "expected"), CASES)
def test_a_filter_is_its_own_address(shop: Any, query: str, expected: list[str]) -> None:
    with tenant(shop):
        first = ProductFilters(query, shop)
        again = ProductFilters(first.query(), shop)
        assert again.pairs() == first.pairs() != []


def test_the_list_shows_each_filter_as_a_chip_that_can_be_taken_out(
    alice: Any, shelf: None, client_of: Any
) -> None:
    page = client_of(alice).get(URL, {"f.colour": "black", "f.length.max": "30", "vendor": "Aino"})
    html = page.content.decode()
    assert [row["title"] for row in page.context["rows"]] == ["Kettle"]
    for words in ("<b>black</b>", "<b>up to 30</b>", "<b>Aino</b>"):
        assert words in html
    assert 'href="?f.length.max=30&amp;vendor=Aino"' in html


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("f.length.min=long", "is no quantity"),
        ("f.length.min=3 kg", "cannot be turned into"),
        ("f.smell=strong", "keeps no fact called"),
        ("smin=some", "whole number"),
        ("since=yesterday", "year, month and day"),
        ("since=2026-13-77", "year, month and day"),
        ("min=cheap", "digits and one point"),
    ],
)
def test_what_cannot_be_read_filters_nothing_and_is_said(
    alice: Any, shelf: None, client_of: Any, query: str, says: str
) -> None:
    page = client_of(alice).get(f"{URL}?{query}")
    assert len(page.context["rows"]) == 4
    assert says in page.content.decode()


def test_nothing_matching_offers_each_filter_to_drop(
    alice: Any, shelf: None, client_of: Any
) -> None:
    page = client_of(alice).get(f"{URL}?f.colour=black&vendor=Nobody").content.decode()
    assert "Take one out" in page
    assert page.count("chip--on") == 4  # in the toolbar and below the question


def test_the_filter_form_offers_the_values_there_are(
    alice: Any, shelf: None, client_of: Any
) -> None:
    client = client_of(alice)
    page = client.get(URL + "filter/?f.colour=black&fact=length").content.decode()
    assert 'value="black" checked' in page
    assert 'name="f.length.min"' in page
    assert '<option value="Aino">' in page
    fields = client.get(URL + "filter/colour/", headers={"hx-request": "true"}).content.decode()
    assert 'value="black"' in fields
    assert '<span class="muted tnum">2</span>' in fields  # the rejected one is no fact
    assert client.get(URL + "filter/nothing/").status_code == 404


@pytest.mark.parametrize("code", ["KTL-9", "ktl-9", "4006381333931", "teapot-xl"])
def test_what_is_named_exactly_comes_first(
    alice: Any, shop: Any, client_of: Any, code: str
) -> None:
    named = make_product(shop, "Teapot", sku="KTL-9", handle="teapot-xl")
    others = [make_product(shop, f"Z {code} {n}", search_extra="KTL-9") for n in range(3)]
    with tenant(shop):
        Variant.objects.filter(product=named).update(barcode="4006381333931")
        Product.objects.filter(pk=named.pk).update(
            search_extra="KTL-9 4006381333931", updated_at=timezone.now() - timezone.timedelta(9)
        )
    for sort in ("", "title", "-title", "price", "-stock"):
        page = client_of(alice).get(URL, {"q": code, "sort": sort})
        titles = [row["title"] for row in page.context["rows"]]
        assert titles[0] == "Teapot"
        assert len(titles) == len(others) + 1


def test_what_is_named_exactly_comes_first_among_many(
    alice: Any, shop: Any, client_of: Any, monkeypatch: Any
) -> None:
    make_product(shop, "Teapot", handle="cotton")
    for n in range(60):
        make_product(shop, f"Cotton {n}")
    monkeypatch.setattr(products.filters, "COUNTED", 10)
    monkeypatch.setattr(products.filters.narrowing, "COUNTED", 10)
    client, seen, url = client_of(alice), [], f"{URL}?q=cotton"
    while url:
        page = client.get(url)
        seen += [row["title"] for row in page.context["rows"]]
        after = page.context["page"].next
        url = f"{URL}?q=cotton&after={after}" if after else ""
    assert seen[0] == "Teapot"
    assert len(seen) == len(set(seen)) == 61


def test_bad_filters_never_break_the_list(alice: Any, shelf: None, client_of: Any) -> None:
    client = client_of(alice)
    for query in (
        "f.=x", "f..is=has", "f.colour.is=maybe", "f.colour=" + "x" * 5000, "f.length.min=1e999",
        "f.length.min=9999999999999999999999 km", "smin=-" + "9" * 50, "category=nonsense",
        "&".join(f"f.k{n}=x" for n in range(40)), "since=0000-00-00", "goto=abc", "cols=,,f.x,nope",
    ):  # fmt: skip
        assert client.get(f"{URL}?{query}").status_code in {200, 302}, query
