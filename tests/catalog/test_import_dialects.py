"""Files of WooCommerce and of a Google feed, from the upload to the products they make."""

from pathlib import Path
from typing import Any

import pytest

from ecomportal.tenancy.context import tenant
from tests.catalog.importing import compared, imported, problems, table, upload
from tests.factories import make_product

WOO = [
    *("ID", "Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Published", "Is featured?"),
    *("Short description", "Description", "In stock?", "Stock", "Backorders allowed?"),
    *("Weight (kg)", "Sale price", "Regular price", "Categories", "Tags", "Images", "Parent"),
    *("Attribute 1 name", "Attribute 1 value(s)", "Attribute 1 visible", "Meta: _care"),
]
GOOGLE = [
    *("id", "title", "description", "link", "image_link", "additional_image_link"),
    *("availability", "price", "sale_price", "brand", "gtin", "condition", "product_type"),
    *("item_group_id", "color", "size"),
]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def row(header: list[str], **cells: str) -> list[str]:
    """Cells by column name; "_" stands for a blank and the rest is left out of the keyword."""
    named = {name.replace("_", " ").casefold(): value for name, value in cells.items()}
    assert named.keys() <= {name.replace("_", " ").casefold() for name in header}, named
    return [named.get(name.replace("_", " ").casefold(), "") for name in header]


def woo(**cells: str) -> list[str]:
    brackets = {"weight": "weight (kg)", "option": "attribute 1 name",
                "value": "attribute 1 value(s)", "care": "meta: _care",
                "backorders": "backorders allowed?", "gtin": "gtin, upc, ean, or isbn"}  # fmt: skip
    return row(WOO, **{brackets.get(name, name): value for name, value in cells.items()})


def woo_file(*rows: list[str]) -> str:
    return table(*rows, header=WOO)


def google_file(*rows: list[str]) -> str:
    return table(*rows, header=GOOGLE, delimiter="\t")


MUG = woo(ID="7", Type="simple", SKU="MUG", gtin="4006381333931", Name="Mug", Published="1",
          Description="<p>A mug.</p>", Stock="12", backorders="notify", weight="0.35",
          Sale_price="8.50", Regular_price="10", Categories="Kitchen > Mugs, Gifts",
          Tags="tea, gift", Images="https://x.example/1.jpg, https://x.example/2.jpg",
          care="hand wash")  # fmt: skip
TEE = [
    woo(ID="20", Type="variable", SKU="TEE", Name="Tee", Published="-1", option="Size",
        value="S, M", Images="https://x.example/tee.jpg"),
    woo(ID="21", Type="variation", SKU="TEE-S", Name="Tee - S", Published="1", Parent="TEE",
        option="Size", value="S", Regular_price="20", Stock="3"),
    woo(ID="22", Type="variation", SKU="TEE-M", Name="Tee - M", Published="1", Parent="id:20",
        option="Size", value="M", Regular_price="21"),
]  # fmt: skip


def test_a_simple_woocommerce_product(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, woo_file(MUG))
    assert (run.dialect, run.n_created, run.n_failed) == ("woocommerce", 1, 0)
    assert not [w for w in run.warnings if w["code"] == "unknown_columns"]
    with tenant(shop):
        mug = shop.products.select_related("category").get()
        assert (mug.handle, mug.title, mug.status) == ("mug", "Mug", "active")
        assert (mug.category.path, mug.tags) == ("Kitchen > Mugs", ["tea", "gift"])
        assert mug.extra == {"Meta: _care": "hand wash"}
        variant = mug.variants.get()
        assert (variant.sku, variant.barcode, variant.stock) == ("MUG", "4006381333931", 12)
        assert (variant.price_cents, variant.compare_at_cents) == (850, 1000)
        assert (variant.sells_without_stock, variant.weight_grams) == (True, 350)
        assert mug.images.count() == 2
        assert mug.texts.get(field="description").text == "<p>A mug.</p>"
    assert compared(alices, shop, woo_file(MUG)).n_unchanged == 1
    page = alices.get(f"/northlight/products/import/{run.pk}/columns/", follow=True)
    assert page.status_code == 200


def test_woocommerce_variations_join_their_parent_by_sku_or_id(shop: Any, alices: Any) -> None:
    # The exporter writes variations behind their parent, an editor may not leave it so.
    run = imported(alices, shop, woo_file(TEE[2], TEE[0], MUG, TEE[1]))
    assert (run.n_created, run.n_failed) == (2, 0), problems(shop, run)
    with tenant(shop):
        tee = shop.products.get(handle="tee")
        assert (tee.title, tee.status, tee.option_names) == ("Tee", "draft", ["Size"])
        found = {tuple(v.options): v for v in tee.variants.all()}
        assert found.keys() == {("S",), ("M",)}
        assert (found["S",].price_cents, found["S",].stock) == (2000, 3)
        assert (found["S",].is_stock_tracked, found["M",].is_stock_tracked) == (True, False)
        assert tee.images.get().source_url == "https://x.example/tee.jpg"


def test_two_woocommerce_products_of_one_name_stay_two(shop: Any, alices: Any) -> None:
    rows = [woo(ID=n, Type="simple", SKU=f"A{n}", Name="Mug", Regular_price="1") for n in "12"]
    run = imported(alices, shop, woo_file(*rows))
    assert (run.n_created, run.n_failed) == (2, 0)
    assert compared(alices, shop, woo_file(*rows)).n_unchanged == 2


def test_a_sku_finds_the_product_and_its_handle_stays(shop: Any, alices: Any) -> None:
    make_product(shop, "Mug", handle="our-best-mug", sku="MUG", price_cents=900)
    imported(alices, shop, woo_file(MUG))
    with tenant(shop):
        assert shop.products.get().handle == "our-best-mug"


def test_bad_woocommerce_lines_are_told_and_returned_as_they_came(shop: Any, alices: Any) -> None:
    orphan = woo(ID="9", Type="variation", SKU="X", Parent="id:404", Regular_price="1")
    dear = woo(ID="8", Type="simple", SKU="Y", Name="Pot", Regular_price="1O", weight="heavy")
    run = compared(alices, shop, woo_file(orphan, dear, MUG))
    assert sorted(problems(shop, run)) == ["letter_in_number", "no_handle", "not_a_number"]
    assert run.n_created == 1
    errors = alices.get(f"/northlight/products/import/{run.pk}/errors.csv").content.decode()
    assert errors.splitlines()[0].startswith("\ufeffID,Type,SKU,")
    assert ",heavy," in errors
    assert "Regular price “1O”: character 2 is the letter O" in errors


ITEM = {"id": "L-1", "title": "Lamp", "description": "A lamp.", "link": "https://x.example/lamp",
        "image_link": "https://x.example/l.jpg", "availability": "in_stock",
        "price": "25.00 EUR", "brand": "Lumo", "gtin": "4006381333931", "condition": "new",
        "product_type": "Home > Lamps"}  # fmt: skip


def test_a_google_item_is_a_product(shop: Any, alices: Any) -> None:
    item = {**ITEM, "sale_price": "20.00 EUR", "additional_image_link": "https://x.example/m.jpg"}
    content = google_file(row(GOOGLE, **item))
    run = imported(alices, shop, content)
    assert (run.dialect, run.delimiter, run.n_created, run.n_failed) == ("google", "\t", 1, 0)
    with tenant(shop):
        lamp = shop.products.select_related("category").get()
        assert (lamp.title, lamp.vendor, lamp.category.path) == ("Lamp", "Lumo", "Home > Lamps")
        assert lamp.extra["availability"] == "in_stock"
        variant = lamp.variants.get()
        assert (variant.sku, variant.price_cents, variant.compare_at_cents) == ("L-1", 2000, 2500)
        assert list(lamp.images.values_list("source_url", flat=True)) == [
            "https://x.example/l.jpg",
            "https://x.example/m.jpg",
        ]
    assert compared(alices, shop, content).n_unchanged == 1


def test_a_google_group_is_a_product_with_options_where_its_items_differ(
    shop: Any, alices: Any
) -> None:
    tee = {**ITEM, "item_group_id": "TEE", "color": "red", "title": "Tee"}
    small = row(GOOGLE, **{**tee, "id": "T-S", "size": "S", "gtin": ""})
    large = row(GOOGLE, **{**tee, "id": "T-L", "size": "L", "gtin": "", "title": "Tee, large"})
    run = imported(alices, shop, google_file(small, row(GOOGLE, **ITEM), large))
    assert (run.n_created, run.n_failed) == (2, 0), problems(shop, run)
    with tenant(shop):
        product = shop.products.get(handle="tee")
        assert (product.title, product.option_names) == ("Tee", ["Size"])
        assert {v.sku: v.options for v in product.variants.all()} == {"T-S": ["S"], "T-L": ["L"]}
        assert product.extra["color"] == "red"


def test_the_end_of_a_sale_clears_the_price_before(shop: Any, alices: Any) -> None:
    imported(alices, shop, google_file(row(GOOGLE, **ITEM, sale_price="20 EUR")))
    imported(alices, shop, google_file(row(GOOGLE, **ITEM)))
    with tenant(shop):
        variant = shop.variants.get()
        assert (variant.price_cents, variant.compare_at_cents) == (2500, None)


def test_a_price_in_another_currency_is_refused(shop: Any, alices: Any) -> None:
    run = compared(alices, shop, google_file(row(GOOGLE, **{**ITEM, "price": "25.00 USD"})))
    assert problems(shop, run) == ["other_currency"]


def test_names_with_the_prefix_of_the_feed_are_known(shop: Any, alices: Any) -> None:
    header = [f"g:{name}" for name in GOOGLE]
    run = imported(alices, shop, table(row(GOOGLE, **ITEM), header=header, delimiter="\t"))
    assert (run.dialect, run.n_created) == ("google", 1)
    assert not [w for w in run.warnings if w["code"] == "unknown_columns"]


def test_an_address_that_is_no_picture_is_a_warning(shop: Any, alices: Any) -> None:
    google = row(GOOGLE, **{**ITEM, "image_link": "javascript:alert(1)", "product_type": ""})
    other = woo(ID="1", Type="simple", SKU="A", Name="A", Images="see folder")
    rows = [google_file(google), woo_file(other)]
    for content in rows:
        run = compared(alices, shop, content)
        assert (run.n_created, run.n_failed) == (1, 0)
        with tenant(shop):
            assert [p["code"] for p in run.rows.get().problems] == ["bad_image"]


@pytest.mark.parametrize("content", [woo_file(), google_file()], ids=["woocommerce", "google"])
def test_a_header_alone_is_an_error(shop: Any, alices: Any, content: str) -> None:
    answer = upload(alices, content)
    assert (answer.status_code, b"no rows below it" in answer.content) == (422, True)
    with tenant(shop):
        assert not shop.import_runs.exists()
