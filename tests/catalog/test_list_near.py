"""A large shop's list that a search or a tag narrows: the next matches are looked up by the hours
they were changed in. Every page is compared with what a look at each product gives."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict

from catalog.products import filters as product_filters
from catalog.products.filters import ProductFilters
from catalog.products.models import Product
from ecomportal.tenancy.context import tenant
from ecomportal.web.paging import LAST, keyset_page

NEWEST = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
N_PRODUCTS = 1000
# By word: which products have it. Walking finds the first; the others need the index, of which
# "early" is in none of the latest and in more than are looked up at once.
WORDS = {
    "common": lambda n: n % 3 == 0,
    "middling": lambda n: n % 70 == 1,
    "early": lambda n: n > 740,
    "rare": lambda n: n in (5, 333, 999),
    "亚麻": lambda n: n % 90 == 7,
    "nowhere": lambda n: False,
}


def changed_at(n: int, n_at_once: int) -> datetime:
    """Some at the same moment, some an hour apart, some weeks, and a few years ago."""
    if n < 420:
        return NEWEST - timedelta(minutes=n // n_at_once)
    if n < 960:
        return NEWEST - timedelta(hours=3 * n)
    return NEWEST - timedelta(days=n)


def fill(shop: Any, n_at_once: int = 40) -> None:
    Product.objects.bulk_create(
        Product(
            merchant=shop,
            handle=f"p-{n}",
            title=" ".join(["Thing", *(word for word, has in WORDS.items() if has(n))]),
            tags=[word for word, has in WORDS.items() if has(n)],
            updated_at=changed_at(n, n_at_once),
        )
        for n in range(N_PRODUCTS)
    )


@pytest.fixture
def large(in_shop: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    fill(in_shop)
    monkeypatch.setattr(product_filters, "SMALL_SHOP", -1)
    return in_shop


def pages(shop: Any, query: str, cursor: str, way: str) -> Iterator[list[Any]]:
    filters = ProductFilters(QueryDict(query), shop)
    assert filters.near
    order = ["updated_at", "id"] if "sort=updated" in query else ["-updated_at", "-id"]
    while True:
        found = filters.walk(shop.products.all())
        page = keyset_page(found, order, cursor=cursor, size=50, near=filters.near)
        yield [product.pk for product in page.rows]
        cursor = getattr(page, way)
        if not cursor:
            return


@pytest.mark.parametrize("word", ["middling", "rare"])
def test_a_file_written_at_one_moment_is_walked_through(in_shop, monkeypatch, word):
    fill(in_shop, n_at_once=420)
    monkeypatch.setattr(product_filters, "SMALL_SHOP", -1)
    wanted = Product.objects.filter(tags__contains=[word]).order_by("-updated_at", "-id")
    found = [pk for page in pages(in_shop, f"q={word}", "", "next") for pk in page]
    assert found == list(wanted.values_list("pk", flat=True))


@pytest.mark.parametrize("sort", ["", "updated"])
@pytest.mark.parametrize("filter_", ["q", "tag"])
@pytest.mark.parametrize("word", WORDS)
def test_every_match_comes_once_and_in_order_both_ways(large, word, filter_, sort):
    sign = "" if sort else "-"
    wanted = list(
        Product.objects.filter(tags__contains=[word])
        .order_by(f"{sign}updated_at", f"{sign}id")
        .values_list("pk", flat=True)
    )
    query = f"{filter_}={word}&sort={sort}"
    assert [pk for page in pages(large, query, "", "next") for pk in page] == wanted
    back = list(pages(large, query, LAST, "previous"))
    assert [pk for page in reversed(back) for pk in page] == wanted


def test_deleted_products_and_other_shops_are_not_found(large, other_shop):
    with tenant(other_shop):
        fill(other_shop)
    gone = Product.objects.get(handle="p-333")
    Product.objects.filter(pk=gone.pk).update(deleted_at=NEWEST)
    found = [pk for page in pages(large, "q=rare", "", "next") for pk in page]
    kept = Product.objects.filter(handle__in=["p-5", "p-999"], merchant=large)
    assert sorted(found) == sorted(kept.values_list("pk", flat=True))


@pytest.mark.parametrize(
    "query", ["q=rare&sort=title", "q=rare&status=draft", "status=draft", "q=rare&deleted=1", ""]
)
def test_other_lists_are_narrowed_as_before(large, query):
    assert ProductFilters(QueryDict(query), large).near is None


def test_a_small_shop_counts_its_matches(in_shop):
    fill(in_shop)
    filters = ProductFilters(QueryDict("q=middling"), in_shop)
    assert filters.near is None
    assert filters.n_counted == sum(map(WORDS["middling"], range(N_PRODUCTS)))
