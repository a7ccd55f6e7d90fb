"""Tables of no dialect: what is proposed, what a person decides, and what becomes of it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.products.imports import detect, read
from catalog.products.imports.header import find_header, letters
from catalog.products.imports.mapped_facts import split_list, split_pairs
from catalog.products.imports.table import category_of, levels_in
from catalog.products.imports.words import field_named, nearest_field
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Membership
from tests.catalog.importing import (
    compared,
    imported,
    latest,
    mapped,
    problems,
    table,
    upload,
    written,
)
from tests.factories import make_product

FOREIGN = Path(__file__).resolve().parents[3] / "shared" / "data" / "catalogue"
needs_files = pytest.mark.skipif(
    not FOREIGN.is_dir(), reason="the collection of foreign files is not beside the repository"
)


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


# --- What is proposed ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Name", "title"),
        ("商品名称", "title"),
        ("价格", "price"),
        ("库存", "stock"),
        ("品牌", "vendor"),
        ("货号", "sku"),
        ("special_price", "sale_price"),
        ("QTY", "stock"),
        ("EAN-13", "barcode"),
        ("colour", ""),
    ],
)
def test_plain_words_of_trade_are_known_in_both_languages(name: str, field: str) -> None:
    assert field_named(name) == field


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Prise", "price"),
        ("Price (EUR)", "price"),
        ("商品名称（中文）", "title"),
        ("descripton", "description"),
        ("zzz", ""),
    ],
)
def test_a_similar_name_is_suggested(name: str, field: str) -> None:
    assert nearest_field(name) == field


def test_values_that_contradict_a_name_are_not_taken() -> None:
    found = detect.detect(["name", "price", "stock"], columns={"price": ["on request"] * 3})
    assert found.mapping == {"name": "title", "price": "extra", "stock": "stock"}
    assert found.unknown == ["price"]


def test_a_table_without_a_header_is_told_by_its_values() -> None:
    row = ["Book", "Books > Fiction", "9780553380958", "Snow Crash", "A novel. " * 20, "17.99", "5"]
    rows = [row, [*row[:2], "9780441569595", "Neuromancer", "A heist. " * 20, "7.99", "51"]]
    assert find_header(rows) is None
    columns = dict(zip(letters(7), map(list, zip(*rows, strict=True)), strict=True))
    found = detect.detect(letters(7), columns=columns, has_header=False)
    assert found.mapping == {
        **{"A": "extra", "B": "category", "C": "barcode", "D": "title"},
        **{"E": "description", "F": "price", "G": "stock"},
    }


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([["Name", "Price"], ["Pot", "12"]], 0),
        ([["Price list 2026", ""], ["Name", "Price"], ["Pot", "12"]], 1),
        ([["Pot", "12"], ["Pan", "13"]], None),
        ([["名称", "价格"], ["茶壶", "128"]], 0),
        ([["2025", "2026", "name"], ["1", "2", "Pot"]], None),
        ([["Name", "1", "2"], ["Pot", "9", "9"]], None),
    ],
)
def test_where_the_header_stands(rows: list[list[str]], at: int | None) -> None:
    assert find_header(rows) == at


def test_letters_go_on_after_z() -> None:
    assert letters(28)[-3:] == ["Z", "AA", "AB"]


@pytest.mark.parametrize(
    ("cell", "levels", "path"),
    [
        ("Home > Kitchen > Pots", ">", "Home > Kitchen > Pots"),
        ("Gear\nBags", "line", "Gear > Bags"),
        ("Default Category/Gear,Default Category/Gear/Bags", "/", "Gear > Bags"),
        ("TV/DVD Combos", ">", "TV/DVD Combos"),
        ("A, B", ",", "A > B"),
        ("A > B", "", "A > B"),
        ("", ">", ""),
    ],
)
def test_a_category_is_read_by_what_parts_its_levels(cell: str, levels: str, path: str) -> None:
    assert category_of(cell, levels) == path


def test_what_parts_the_levels_is_seen_in_the_values() -> None:
    assert levels_in(["A > B", "TV/DVD > C"]) == ">"
    assert levels_in(["A/B"]) == "/"
    assert levels_in(["Gear\nBags"]) == "line"
    assert levels_in(["A"]) == ">"


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("Nylon\nPolyester", ["Nylon", "Polyester"]),
        ("Red|Blue", ["Red", "Blue"]),
        ("red, dark blue", ["red", "dark blue"]),
        ("1,5 l", ["1,5 l"]),
        ("Soft, warm and comfortable for cold winter days", None),
        ("棉、麻", ["棉", "麻"]),
        ("", []),
    ],
)
def test_lists_in_a_cell(cell: str, values: list[str] | None) -> None:
    assert split_list(cell) == ([cell] if values is None else values)


def test_facts_written_as_pairs() -> None:
    cell = "color=Red,material=Nylon|Cotton,care=Wash cold, do not tumble,size_cm=30"
    assert list(split_pairs(cell)) == [
        ("color", ["Red"]),
        ("material", ["Nylon", "Cotton"]),
        ("care", ["Wash cold", "do not tumble"]),
        ("size cm", ["30"]),
    ]


# --- What becomes of it ----------------------------------------------------------------------


def test_a_supplier_list_in_chinese_goes_through(zh_shop: Any, client_of: Any, alice: Any) -> None:
    with tenant(zh_shop):
        Membership.objects.create(merchant=zh_shop, user=alice, role="owner")
    rows = [["紫砂壶", "A-1", "128.00", "5", "茶具/紫砂", "陶土"]]
    content = table(*rows, header=["名称", "货号", "价格", "库存", "分类", "材质"])
    run = imported(client_of(alice), zh_shop, content)
    assert (run.dialect, run.n_created, run.n_failed) == ("table", 1, 0), problems(zh_shop, run)
    with tenant(zh_shop):
        pot = zh_shop.products.select_related("category").get()
        assert (pot.title, pot.category.path, pot.status) == ("紫砂壶", "茶具 > 紫砂", "draft")
        variant = pot.variants.get()
        assert (variant.sku, variant.price_cents, variant.stock) == ("A-1", 12800, 5)
        fact = pot.facts.select_related("attribute").get(attribute__key="material", source="import")
        assert (fact.value, fact.status) == ("陶土", "confirmed")


PARTS = ["Our part", "Label", "Was", "Photo", "Photo 2", "Attributes", "Shades", "Notes"]
PART = ["P-1", "Pan", "20,00", "https://x.example/1.jpg", "https://x.example/2.jpg",
        "color=Red,material=Steel", "red|black", "fragile"]  # fmt: skip
MAPPING = {"Our part": "sku", "Label": "title", "Was": "price", "Photo": "image_url",
           "Photo 2": "more_images", "Attributes": "pairs", "Shades": "fact:Shades",
           "Notes": ""}  # fmt: skip


def test_a_person_decides_about_every_column(shop: Any, alices: Any) -> None:
    content = table(PART, header=PARTS)
    run = imported(alices, shop, content, **MAPPING)
    assert (run.n_created, run.n_failed) == (1, 0), problems(shop, run)
    with tenant(shop):
        pan = shop.products.get()
        assert (pan.title, pan.handle, pan.extra) == ("Pan", "pan", {})
        assert pan.variants.get().price_cents == 2000
        assert list(pan.images.values_list("source_url", flat=True)) == [PART[3], PART[4]]
        facts = pan.facts.select_related("attribute").filter(source="import")
        stated = {(f.attribute.label_en.casefold(), f.value) for f in facts}
        assert stated == {
            *(("colour", "Red"), ("material", "Steel")),
            *(("shades", "red"), ("shades", "black")),
        }
    # The kind of fact exists by now, and the column is known by its name.
    again = compared(alices, shop, content, **{**MAPPING, "Shades": "fact:shades"})
    assert (again.n_unchanged, again.n_changed) == (1, 0)


def test_one_line_a_variant_where_a_column_feeds_an_option(shop: Any, alices: Any) -> None:
    rows = [["Tee", "T-S", "S", "20"], ["Tee", "T-M", "M", "21"], ["Cap", "C-1", "", "9"]]
    content = table(*rows, header=["Product", "Code", "Fit", "Price"])
    run = imported(alices, shop, content, Fit="option1_value")
    assert (run.n_created, run.n_failed) == (2, 0), problems(shop, run)
    with tenant(shop):
        tee = shop.products.get(handle="tee")
        assert tee.option_names == ["Fit"]
        assert {v.sku: v.options for v in tee.variants.all()} == {"T-S": ["S"], "T-M": ["M"]}


def test_two_lines_of_one_title_are_two_products_without_an_option(shop: Any, alices: Any) -> None:
    rows = [["Mug", "M-1", "5"], ["Mug", "M-2", "6"]]
    content = table(*rows, header=["Product", "Code", "Price"])
    run = imported(alices, shop, content)
    assert run.n_created == 2
    with tenant(shop):
        assert set(shop.products.values_list("handle", flat=True)) == {"mug", "mug-m-2"}
    assert compared(alices, shop, content).n_unchanged == 2


def test_stock_by_sku_alone_changes_the_variants_of_a_product_together(
    shop: Any, alices: Any
) -> None:
    rows = [["tee", "Tee", "Size", "S", "T-S", "20"], ["tee", "", "", "M", "T-M", "21"]]
    imported(alices, shop, table(*rows))
    make_product(shop, "Pot", sku="POT")
    content = table(["T-S", "4"], ["POT", "-2"], ["T-M", "7"], ["NEW", "1"], header=["SKU", "Qty"])
    run = imported(alices, shop, content)
    assert (run.dialect, run.n_changed) == ("table", 2), problems(shop, run)
    assert problems(shop, run) == ["no_title"], "a SKU alone makes no product"
    with tenant(shop):
        stocks = dict(shop.variants.values_list("sku", "stock"))
        assert stocks == {"T-S": 4, "T-M": 7, "POT": -2}
        assert set(shop.products.values_list("title", flat=True)) == {"Tee", "Pot"}


def test_a_table_without_any_name_is_asked_for_one(shop: Any, alices: Any) -> None:
    answer = upload(alices, "width,height\n3,4\n")
    assert answer.status_code == 302, "what a column is for can be said on the next page"
    run = latest(shop)
    page = f"/northlight/products/import/{run.pk}/columns/"
    answer = alices.post(page, {"column_0": "extra", "column_1": "", "levels": ">"})
    assert answer.status_code == 422
    assert "No column names the product" in answer.content.decode()
    answer = alices.post(page, {"column_0": "title", "column_1": "title", "levels": ">"})
    assert "more than one column" in answer.content.decode()


def test_a_column_cannot_feed_what_is_not_offered(shop: Any, alices: Any) -> None:
    upload(alices, "name,width\nPot,4\n")
    page = f"/northlight/products/import/{latest(shop).pk}/columns/"
    answer = alices.post(page, {"column_0": "title", "column_1": "merchant_id", "levels": ">"})
    assert answer.status_code == 422


def test_a_wrong_idea_of_the_header_can_be_put_right(shop: Any, alices: Any) -> None:
    upload(alices, "Pot,Kitchen\nPan,Kitchen\n")
    run = latest(shop)
    assert (run.header, run.reading["has_header"]) == (["Pot", "Kitchen"], True)
    address = f"/northlight/products/import/{run.pk}/reading/"
    assert alices.post(address, {"has_header": "no"}).status_code == 302
    run = latest(shop)
    assert (run.header, run.reading["has_header"]) == (["A", "B"], False)
    page = alices.get(f"/northlight/products/import/{run.pk}/columns/").content.decode()
    assert "named by letters" in page
    run = written(alices, shop, mapped(alices, shop, run, A="title", B="category"))
    assert run.n_created == 2
    assert alices.post(address, {"has_header": "perhaps"}).status_code in (302, 422)
    with tenant(shop):
        assert set(shop.products.values_list("title", flat=True)) == {"Pot", "Pan"}


def test_the_lines_of_a_table_without_a_header_come_back_with_its_letters(
    shop: Any, alices: Any
) -> None:
    content = "P-1,Pot,12.50\nP-2,Pan,1O.50\n"
    upload(alices, content)
    columns = {"A": "sku", "B": "title", "C": "price"}
    run = written(alices, shop, mapped(alices, shop, latest(shop), remember="Pots", **columns))
    assert (run.n_created, run.n_failed) == (1, 1)
    errors = alices.get(f"/northlight/products/import/{run.pk}/errors.csv").content.decode()
    assert errors.splitlines()[0] == "\ufeffA,B,C,Import problem"
    upload(alices, errors.replace("1O.50", "10.50").encode())
    again = latest(shop)
    assert again.reading["saved"] == "Pots", "the same columns are read as before"
    again = written(alices, shop, mapped(alices, shop, again))
    assert (again.n_created, again.n_failed) == (1, 0), problems(shop, again)


def test_a_line_that_cannot_be_read_hides_no_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"List,,\n{'x' * 600_000},,\nName,Code,Price\nPot,P-1,12\n")
    shape = read.look(path)
    assert shape.header == ["Name", "Code", "Price"]
    assert [line.cells[0] for line in read.lines(path, shape)] == ["Pot"]


def test_a_title_above_the_table_is_passed_over(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, "Price list 2026,,\n,,\nName,Code,Price\nPot,P-1,12\n")
    assert (run.header, run.n_created) == (["Name", "Code", "Price"], 1)
    with tenant(shop):
        assert run.rows.get().line == 4


# --- Files of other software -----------------------------------------------------------------

MAGENTO = {
    "bags": (14, {"features_bags": "fact:features bags", "strap_bags": "fact:strap bags"}),
    "fitness_equipment": (11, {"category_gear": "tags"}),
    "fitness_equipment_ball": (11, {}),
    "watches": (9, {"category_gear": "tags"}),
}


@needs_files
@pytest.mark.parametrize("name", MAGENTO)
def test_the_files_of_magento_go_through(name: str, shop: Any, alices: Any) -> None:
    path = FOREIGN / f"magento_products_gear_{name}.csv"
    _n, mapping = MAGENTO[name]
    n_rows = sum(1 for _ in read.lines(path, read.look(path)))
    run = imported(alices, shop, path.read_bytes(), **mapping)
    assert (run.dialect, run.n_created, run.n_failed) == ("table", n_rows, 0), problems(shop, run)
    with tenant(shop):
        first = shop.products.select_related("category").order_by("created_at", "id").first()
        assert first.category.path.startswith("Gear > ")
        assert shop.variants.exclude(sku="").filter(price_cents__gt=0).count() == n_rows
        assert shop.product_texts.filter(field="description").count() == n_rows
        stated = shop.facts.filter(source="import", status="confirmed")
        assert stated.filter(attribute__key="material").exists()
        values = stated.values_list("value", flat=True)
        assert not any("\n" in value for value in values), "a list in a cell becomes its values"
    known = {name: to for name, to in mapping.items() if not to.startswith("fact:")}
    again = compared(alices, shop, path.read_bytes(), **known)
    assert (again.n_unchanged, again.n_changed) == (n_rows, 0)


@needs_files
@pytest.mark.parametrize("name", ["computers-in-fiction", "essential", "hacking"])
def test_the_books_of_oscar_go_through_without_a_header(name: str, shop: Any, alices: Any) -> None:
    path = FOREIGN / f"oscar_books.{name}.csv"
    n_rows = sum(1 for _ in read.lines(path, read.look(path)))
    run = imported(alices, shop, path.read_bytes())
    assert run.header == letters(9)
    assert (run.n_created, run.n_failed) == (n_rows, 0), problems(shop, run)
    with tenant(shop):
        book = shop.products.select_related("category").get(pk=run.rows.get(line=1).product_id)
        assert book.category.path.startswith("Books > ")
        variant = book.variants.get()
        assert len(variant.barcode) == 13
        assert variant.sku == variant.barcode
        assert variant.price_cents % 100 == 99
        assert variant.stock > Decimal(0)
    assert compared(alices, shop, path.read_bytes()).n_unchanged == n_rows


@needs_files
def test_a_plain_table_of_thousands_goes_through(shop: Any, alices: Any) -> None:
    content = (FOREIGN / "bestbuy_categories.csv").read_bytes()
    run = compared(alices, shop, content)
    assert run.mapping == {"id": "sku", "name": "title", "path": "category"}
    assert run.n_created + run.n_failed == run.n_rows > 4000
    assert problems(shop, run) == ["no_title"], "one line of it has no name"


@needs_files
def test_a_json_document_is_no_table(alices: Any, shop: Any) -> None:
    answer = upload(alices, (FOREIGN / "oscar_child_products.json").read_bytes())
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "JSON document, not a table" in text
    assert "Nothing of the file is kept" in text


def test_the_dry_run_says_how_many_new_products_would_be_on_sale(shop: Any, alices: Any) -> None:
    def page(*rows: list[str], header: list[str]) -> str:
        run = compared(alices, shop, table(*rows, header=header))
        return alices.get(f"/northlight/products/import/{run.pk}/").content.decode()

    assert "all as drafts, not on sale" in page(["Pot", "5"], header=["Name", "Price"])
    header = ["Name", "Price", "Status"]
    assert "all on sale at once" in page(["Pot", "5", "active"], header=header)
    assert "1 of them as drafts" in page(["A", "5", "active"], ["B", "5", "draft"], header=header)
