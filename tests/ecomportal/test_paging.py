"""Keyset pages: every row once, in order, forwards and back, whatever is written meanwhile."""

import base64
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.products.models import Product
from ecomportal.web.paging import about, estimate, keyset_page
from tests.factories import make_product

ORDERS = [["title", "id"], ["-title", "-id"], ["vendor", "-title", "id"], ["-updated_at", "-id"]]


@pytest.fixture
def products(in_shop: Any) -> list[Product]:
    return [make_product(in_shop, f"{n % 4}", vendor="AB"[n % 2]) for n in range(11)]


def walk(order: list[str], size: int) -> list[list[Any]]:
    pages, cursor = [], ""
    while True:
        page = keyset_page(Product.objects.all(), order, cursor=cursor, size=size)
        pages.append(page)
        cursor = page.next
        if not cursor:
            return pages


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 3, 11, 50])
def test_every_row_comes_once_and_in_order(products, order, size):
    rows = [row.pk for page in walk(order, size) for row in page.rows]
    assert rows == list(Product.objects.order_by(*order).values_list("pk", flat=True))


@pytest.mark.parametrize("order", ORDERS)
def test_previous_leads_back_over_the_same_pages(products, order):
    pages = walk(order, 4)
    back, cursor = [], pages[-1].previous
    while cursor:
        page = keyset_page(Product.objects.all(), order, cursor=cursor, size=4)
        back.append([row.pk for row in page.rows])
        cursor = page.previous
    assert back == [[row.pk for row in page.rows] for page in reversed(pages[:-1])]


def test_a_row_inserted_before_the_page_moves_nothing(in_shop, products):
    first = keyset_page(Product.objects.all(), ["title", "id"], cursor="", size=4)
    make_product(in_shop, "!")
    second = keyset_page(Product.objects.all(), ["title", "id"], cursor=first.next, size=4)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}


@pytest.mark.parametrize(
    "cursor", ["x", "é", "bnVsbA", "WyJuIiwxXQ", "WyJuIiwibm8iLCJubyJd", "WyJuIixbMV0sMl0", "//8"]
)
def test_a_broken_cursor_shows_the_first_page(products, cursor):
    page = keyset_page(Product.objects.all(), ["-updated_at", "-id"], cursor=cursor, size=3)
    assert page.rows == list(Product.objects.order_by("-updated_at", "-id")[:3])


@pytest.mark.parametrize("edge", ["\0", "\ud800", float("inf"), float("nan"), 10**40, True])
@pytest.mark.parametrize("name", ["title", "version"])
def test_a_cursor_of_odd_values_breaks_nothing(products, name, edge):
    values = json.dumps(["n", edge, str(products[0].pk)])
    cursor = base64.urlsafe_b64encode(values.encode()).decode()
    keyset_page(Product.objects.all(), [name, "id"], cursor=cursor, size=3)


def test_a_page_is_one_statement_without_offset_or_count(products):
    cursor = keyset_page(Product.objects.all(), ["title", "id"], cursor="", size=3).next
    with CaptureQueriesContext(
        connection,
    ) as queries:
        keyset_page(Product.objects.all(), ["title", "id"], cursor=cursor, size=3)
    assert len(queries) == 1
    assert not {"OFFSET", "COUNT("} & set(queries[0]["sql"].upper().split())


def test_the_estimate_follows_the_statistics(products):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalog_product")
    assert estimate(Product.objects.all()) >= 1


@pytest.mark.parametrize(("n", "shown"), [(7, 7), (99, 99), (1283, 1280), (104_999, 105_000)])
def test_an_estimate_shows_three_digits(n, shown):
    assert about(n) == shown
