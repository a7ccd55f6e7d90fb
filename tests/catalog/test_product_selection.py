"""A selection names products of the shop alone, by row or by filter."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from catalog.products.filters import ProductFilters
from catalog.products.models import Fact, Product, ProductText
from catalog.products.money import amount, parse_money
from catalog.products.selection import selected_deleted, selected_products
from catalog.products.snapshot import soft_delete
from tests.factories import make_category, make_product


def ask(shop: Any, method: str = "post", **data: Any) -> Any:
    request = getattr(RequestFactory(), method)("/", data)
    request.merchant = shop
    return request


def titles(products: Any) -> list[str]:
    return sorted(products.values_list("title", flat=True))


@pytest.mark.parametrize("method", ["get", "post"])
def test_rows_are_named_by_id_once_or_joined(in_shop, method):
    a, b = make_product(in_shop, "A"), make_product(in_shop, "B")
    make_product(in_shop, "C")
    assert titles(selected_products(ask(in_shop, method, ids=[a.pk, b.pk, a.pk]))) == ["A", "B"]
    assert titles(selected_products(ask(in_shop, method, ids=f"{a.pk},{b.pk}"))) == ["A", "B"]


def test_foreign_broken_and_deleted_ids_match_nothing(shop, other_shop, client_of):
    from ecomportal.tenancy.context import tenant

    foreign = make_product(other_shop, "Theirs")
    gone = make_product(shop, "Gone")
    with tenant(shop):
        soft_delete([gone.pk])
        request = ask(shop, ids=[foreign.pk, gone.pk, "x", ""])
        assert titles(selected_products(request)) == []
        assert titles(selected_deleted(request)) == ["Gone"]


def test_all_matching_means_the_filters_of_the_list(in_shop):
    make_product(in_shop, "Linen shirt", status="active")
    make_product(in_shop, "Linen scarf", status="draft")
    make_product(in_shop, "Mug", status="active")
    request = ask(in_shop, all_matching="1", query="q=linen&status=active&sort=title")
    assert titles(selected_products(request)) == ["Linen shirt"]


@pytest.fixture
def range_of_products(in_shop: Any) -> Any:
    kitchen = make_category(in_shop, "Kitchen")
    boards = make_category(in_shop, "Boards", path="Kitchen > Boards", parent=kitchen)
    make_category(in_shop, "Kitchenware")
    board = make_product(in_shop, "Board", category=boards, price_cents=4800, stock=64)
    make_product(in_shop, "Kettle 水壶", category=kitchen, price_cents=7900, stock=4, sku="KTL-9")
    make_product(in_shop, "Apron", status="draft", price_cents=3600, stock=0)
    Product.objects.filter(title="Apron").update(updated_at="2020-01-01T00:00Z")
    ProductText.objects.create(
        merchant=in_shop, product=board, language="en", field="description", text="x",
        origin="person",
    )  # fmt: skip
    return kitchen


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Apron", "Board", "Kettle 水壶"]),
        ("q=kett", ["Kettle 水壶"]),
        ("q=水壶", ["Kettle 水壶"]),
        ("status=draft", ["Apron"]),
        ("status=nonsense", ["Apron", "Board", "Kettle 水壶"]),
        ("stock=low", ["Apron", "Kettle 水壶"]),
        ("stock=none", ["Apron"]),
        ("no_text=en", ["Apron", "Kettle 水壶"]),
        ("updated=7", ["Board", "Kettle 水壶"]),
        ("min=40&max=50", ["Board"]),
        ("min=79.00", ["Kettle 水壶"]),
        ("max=36", ["Apron"]),
        ("deleted=1", []),
        ("category=no-uuid", ["Apron", "Board", "Kettle 水壶"]),
    ],
)
def test_each_filter_narrows(in_shop, range_of_products, query, expected):
    assert titles(ProductFilters(query, in_shop).apply(in_shop.products.all())) == expected


def test_a_category_holds_what_is_below_it(in_shop, range_of_products):
    query = f"category={range_of_products.pk}"
    found = ProductFilters(query, in_shop).apply(in_shop.products.all())
    assert titles(found) == ["Board", "Kettle 水壶"]


def test_a_price_that_cannot_be_read_filters_nothing_and_says_so(in_shop, range_of_products):
    filters = ProductFilters("min=4O", in_shop)
    assert filters.problems
    assert filters.apply(in_shop.products.all()).count() == 3


def test_proposed_facts_can_be_found(in_shop):
    product = make_product(in_shop, "Shirt", facts={"material": "linen"})
    make_product(in_shop, "Mug")
    Fact.objects.filter(product=product).update(status="proposed")
    assert titles(ProductFilters("facts=proposed", in_shop).apply(in_shop.products.all())) == [
        "Shirt"
    ]


@pytest.mark.parametrize(
    ("text", "currency", "cents"),
    [
        ("79", "EUR", 7900), (" 79.5 ", "EUR", 7950), ("0.10", "EUR", 10), ("79.000", "EUR", 7900),
        ("1980", "JPY", 1980), ("1.234", "KWD", 1234), ("999999999999", "CNY", 99999999999900),
    ],
)  # fmt: skip
def test_amounts_are_read_exactly(text, currency, cents):
    assert parse_money(text, currency) == cents
    assert parse_money(amount(cents, currency), currency) == cents


@pytest.mark.parametrize(
    "text",
    ["4O.00", "1e999", "NaN", "Infinity", "-1", "+1", "1,299.00", "1 299", "12,50", "", ".5", "5.",
     "0.001", "٣", "１２", "1_000", "9" * 40, "0x10", "€5"],
)  # fmt: skip
def test_an_amount_that_could_be_read_two_ways_is_refused(text):
    with pytest.raises(ValidationError):
        parse_money(text, "EUR")
