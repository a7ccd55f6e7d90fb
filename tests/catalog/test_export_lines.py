"""The lines of an export: the same in every way they are read, and guarded wherever a cell is."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.products.exports import guarded, shopify
from catalog.products.exports.guarded import Guard, csv_line
from catalog.products.exports.stream import batches, stream
from catalog.products.filters import ProductFilters
from catalog.products.imports.guard import guard
from catalog.products.models import ProductImage, Variant
from ecomportal.tenancy.context import tenant
from tests.catalog.exporting import hard, plain, table_of
from tests.factories import make_product

IS_TEXT = (True, False, True)
NUMBERS_AND_BREAKS = st.sampled_from(["-1", "a\rb", "a\n-b", "\r\nc"])


@pytest.fixture
def shirt(shop: Any) -> Any:
    """Its variants stand at 7, 2 and 2 again; equal positions go by age."""
    product = make_product(shop, "Shirt", sku="last")
    with tenant(shop):
        product.variants.update(position=7)
        for sku in ("first", "second"):
            Variant.objects.create(merchant=shop, product=product, sku=sku, position=2)
    return product


def lines_of(shop: Any, products: Any, handle: str) -> list[tuple[str, str]]:
    rows = table_of(b"".join(stream(products, shopify.FORMAT, shop)))
    return [(row["Title"], row["SKU"]) for row in rows if row["URL handle"] == handle]


SHIRT = [("Shirt", "first"), ("", "second"), ("", "last")]


def test_lines_are_the_same_in_every_way_of_reading_them(shop: Any, shirt: Any) -> None:
    with tenant(shop):
        assert lines_of(shop, shop.products.live(), shirt.handle) == SHIRT
        assert lines_of(shop, shop.products.filter(title="Shirt"), shirt.handle) == SHIRT
        bare = make_product(shop, "Bare")
        bare.variants.all().delete()
        assert lines_of(shop, shop.products.live(), shirt.handle) == SHIRT
        assert lines_of(shop, shop.products.live(), bare.handle) == [("Bare", "")]
        ProductImage.objects.create(merchant=shop, product=shirt, source_url="https://x.example/a")
        assert lines_of(shop, shop.products.live(), shirt.handle) == SHIRT


def test_a_whole_shop_is_read_by_ranges_and_says_what_is_in_them(shop: Any, shirt: Any) -> None:
    with tenant(shop):
        (chosen,) = batches(shop.products.live(), has_ranges=True)
        assert (chosen.whole_of, chosen.has_variants, chosen.has_pictures) == (shop.pk, True, False)
        Variant.objects.filter(product=shirt).delete()
        ProductImage.objects.create(merchant=shop, product=shirt, source_url="https://x.example/a")
        (chosen,) = batches(shop.products.live(), has_ranges=True)
        assert (chosen.whole_of, chosen.has_variants, chosen.has_pictures) == (shop.pk, False, True)
        listed = ProductFilters("", shop).apply(shop.products.all()).filter(deleted_at=None)
        (chosen,) = batches(listed, has_ranges=True)
        assert chosen.whole_of == shop.pk, "the list without a filter"
        (chosen,) = batches(shop.products.live().filter(status="active"), has_ranges=True)
        assert (chosen.whole_of, chosen.ids) == (None, [str(shirt.pk)])
        (chosen,) = batches(shop.products.live())
        assert (chosen.whole_of, chosen.ids) == (None, [str(shirt.pk)])
        assert list(batches(shop.products.none(), has_ranges=True)) == []


def test_another_shops_products_are_in_no_range(shop: Any, other_shop: Any, shirt: Any) -> None:
    theirs = make_product(other_shop, "Theirs")
    with tenant(shop):
        content = b"".join(stream(shop.products.live(), shopify.FORMAT, shop)).decode()
    assert shirt.handle in content
    assert theirs.handle not in content


@pytest.mark.parametrize("delimiter", [",", "\t"], ids=["comma", "tab"])
@given(
    rows=st.lists(st.tuples(*[st.one_of(hard, plain, NUMBERS_AND_BREAKS)] * 3), max_size=6),
    piece=st.sampled_from([1, 40, 1 << 16]),
)
def test_exactly_the_cells_of_persons_are_guarded(
    delimiter: str, rows: list[tuple[str, ...]], piece: int
) -> None:
    before = guarded.PIECE
    guarded.PIECE = piece
    try:
        lines = [csv_line(row, delimiter) for row in rows]
        content = b"".join(Guard(IS_TEXT, delimiter).pieces(lines)).decode()
    finally:
        guarded.PIECE = before
    told = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))
    wanted = [[guard(c) if t else c for c, t in zip(r, IS_TEXT, strict=True)] for r in rows]
    assert told == wanted


def test_lines_without_a_cell_to_guard_are_passed_on_as_they_are() -> None:
    """However many dashes and apostrophes stand in their texts, or begin a line there."""
    line = b'"Pot, heavy-duty",-3,"It\'\'s a pot:\n- red\n+ blue"\n'
    guard = Guard(IS_TEXT, ",")
    assert b"".join(guard.pieces([line])) == line
    assert not guard._may_run(b'"Pot, heavy",3,"It\'s:\n- red"\n', guard.in_line)
