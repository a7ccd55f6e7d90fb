"""Reading a file, cell by cell: values exact or refused, and no input that breaks the reader."""

import csv
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.products.imports import detect, read, values
from catalog.products.imports.fields import FIELDS
from catalog.products.imports.guard import guard, unguard
from catalog.products.imports.problems import MESSAGES, Refused, words
from catalog.products.imports.products import Layout

PRESENT = (
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,"
    "Published on online store,Status,SKU,Barcode,Option1 name,Option1 value,"
    "Option1 Linked To,Option2 name,Option2 value,Option2 Linked To,Option3 name,"
    "Option3 value,Option3 Linked To,Price,Compare-at price,Cost per item,Charge tax,"
    "Tax code,Unit price total measure,Unit price total measure unit,"
    "Unit price base measure,Unit price base measure unit,Inventory tracker,"
    "Inventory quantity,Continue selling when out of stock,Weight value (grams),"
    "Weight unit for display,Requires shipping,Fulfillment service,Product image URL,"
    "Image position,Image alt text,Variant image URL,Gift card,SEO title,SEO description,"
    "Color (product.metafields.shopify.color-pattern),"
    "Google Shopping / Google product category,Google Shopping / Gender,"
    "Google Shopping / Age group,Google Shopping / Manufacturer part number (MPN),"
    "Google Shopping / Ad group name,Google Shopping / Ads labels,"
    "Google Shopping / Condition,Google Shopping / Custom product,"
    "Google Shopping / Custom label 0,Google Shopping / Custom label 1,"
    "Google Shopping / Custom label 2,Google Shopping / Custom label 3,"
    "Google Shopping / Custom label 4"
)
AMOUNTS = [
    ("79", "EUR", 7900),
    ("79.9", "EUR", 7990),
    ("79,90", "EUR", 7990),
    ("1,299.00", "EUR", 129900),
    ("1.299,00", "EUR", 129900),
    ("1,299", "EUR", 129900),
    ("€ 79.90", "EUR", 7990),
    ("79.90 EUR", "EUR", 7990),
    ("¥128", "CNY", 12800),
    ("１２８", "CNY", 12800),
    ("1200", "JPY", 1200),
    ("1.234", "KWD", 1234),
    ("0.1", "EUR", 10),
    ("0", "EUR", 0),
]


@pytest.mark.parametrize(("cell", "currency", "cents"), AMOUNTS)
def test_amounts_are_read_exactly(cell: str, currency: str, cents: int) -> None:
    assert values.minor_units(cell, currency) == cents


@pytest.mark.parametrize("cell", ["", "abc", "1.2.3", "1 2 x", "0x10", "1_000", "٣٤x", "--5"])
def test_what_is_no_amount_is_refused(cell: str) -> None:
    with pytest.raises(values.BadValue):
        values.minor_units(cell, "EUR")


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_an_amount(cell: str) -> None:
    try:
        assert 0 <= values.minor_units(cell, "EUR") <= values.MAX_AMOUNT * 100
    except values.BadValue as bad:
        words({"code": bad.code, "column": "Price", **bad.facts})


@given(st.integers(0, 10**12))
def test_every_amount_comes_back(cents: int) -> None:
    text = f"{Decimal(cents) / 100:.2f}"
    assert values.minor_units(text, "EUR") == cents


@given(st.text(max_size=20))
def test_the_guard_comes_off_as_it_went_on(cell: str) -> None:
    assert unguard(guard(cell)) == cell
    assert guard(cell)[:1] not in ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.parametrize(
    ("text", "default", "language"),
    [
        ("A blue shirt", "zh", "en"),
        ("手工紫砂茶壶", "en", "zh"),
        ("USB-C 充电线，1 米", "en", "zh"),
        ("", "zh", "zh"),
        ("1234", "en", "en"),
        ("Рубашка", "en", "en"),
    ],
)
def test_the_language_of_a_text(text: str, default: str, language: str) -> None:
    assert values.language_of(text, default) == language


def test_every_message_names_only_what_it_is_given() -> None:
    for code in MESSAGES:
        assert words({"code": code})
        assert "{" not in words({"code": code, "line": 3, "value": "{x}"}).replace("{x}", "")


def test_both_shopify_headers_are_known_column_by_column() -> None:
    present = next(csv.reader([PRESENT]))
    found = detect.detect(present)
    assert (len(present), found.dialect, found.unknown) == (57, "shopify-present", [])
    fed = {target for target in found.mapping.values() if target in FIELDS}
    assert fed == set(FIELDS) - {"sale_price"}, "Shopify writes the price before instead"
    legacy = detect.detect(["Handle", "Title", "Body (HTML)", "Variant Price", "Price / Japan"])
    assert (legacy.dialect, legacy.unknown) == ("shopify-legacy", [])


def read_all(path: Path) -> list:
    """The whole way of a file without the shop: what the dry run compares."""
    shape = read.look(path)
    found = detect.detect(shape.header)
    columns = detect.columns_of(shape.header, found.mapping)
    layout = Layout(shape.header, currency="EUR", **columns)
    return list(detect.dialect_of(found.dialect).read(path, shape, layout).products)


CELLS = st.one_of(
    st.sampled_from(["variation", "variable", "id:1", "1e99999999", "{}", '{"a":["b"]}', "u v"]),
    st.sampled_from(["", "a", "A", "Title", "Default Title", "1e999", "NaN", '"', "\0", "\u202e1"]),
    st.text(max_size=12),
)
NAMES = {
    "shopify": [
        "Handle",
        "Title",
        "Variant_Price",
        "Variant_SKU",
        "Option1_Name",
        "Option1_Value",
        "Tags",
    ],
    "own": ["handle", "title", "price", "fact:width", "description:en", "extra", "short_title:zh"],
    "woocommerce": ["ID", "Type", "SKU", "Name", "Parent", "Images", "Weight_(kg)"],
    "google": [
        "id",
        "title",
        "price",
        "sale_price",
        "item_group_id",
        "color",
        "additional_image_link",
    ],
}


@pytest.mark.parametrize("dialect", NAMES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(CELLS, max_size=9), max_size=8), st.sampled_from(",;\t|"))
def test_no_table_breaks_the_reader(
    dialect: str, tmp_path: Path, rows: list, delimiter: str
) -> None:
    path = tmp_path / "a.csv"
    header = [name.replace("_", " ") for name in NAMES[dialect]]
    assert detect.detect(header).dialect.startswith(dialect)
    lines = [delimiter.join(header), *(delimiter.join(row) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8", errors="replace")
    try:
        products = read_all(path)
    except Refused:
        return
    n_lines = 0
    for product in products:
        assert product.problems or product.payload["handle"]
        assert all(words(found) for found in product.problems)
        n_lines += len(product.lines)
    shape = read.look(path)
    assert n_lines == sum(1 for _ in read.lines(path, shape)), "no line is lost"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with suppress(Refused):
        assert isinstance(read_all(path), list)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"]))
def test_no_bytes_below_a_good_header_break_the_reader(
    tmp_path: Path, content: bytes, mark: bytes
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(mark + b"Handle,Title,Variant Price\n" + content)
    with suppress(Refused):
        assert isinstance(read_all(path), list)
