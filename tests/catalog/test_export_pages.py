"""The export over HTTP: who may, what is in the file, and how it is written."""

import csv
import io
from itertools import zip_longest
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.products.exports.guarded import PIECE
from catalog.products.exports.shopify import TEMPLATE
from catalog.products.exports.stream import BATCH, RANGE
from catalog.products.models import ProductImage, ProductText, Variant
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry
from tests.catalog.exporting import query, sheet_of, table_of
from tests.factories import make_product

PAGE = "/northlight/products/export/"
ALL = {"all_matching": "1", "query": "", "format": "shopify"}


def sent(answer: Any) -> bytes:
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def titles(answer: Any) -> list[str]:
    return [row["Title"] for row in table_of(sent(answer)) if row["Title"]]


def test_what_is_filtered_is_what_is_exported(shop: Any, client_of: Any, vera: Any) -> None:
    make_product(shop, "Kettle", status="active")
    make_product(shop, "Pot", status="draft")
    client = client_of(vera)
    link = f"{PAGE}?{query(all_matching='1', query='status=active')}"
    with CaptureQueriesContext(connection) as statements:
        page = client.get(link).content.decode()
    told = [q["sql"] for q in statements if "SAVEPOINT" not in q["sql"]]
    assert len(told) <= 8, told
    assert "1 product goes into the file" in page
    answer = client.post(PAGE, {**ALL, "query": "status=active"})
    assert titles(answer) == ["Kettle"]
    assert titles(client.post(PAGE, ALL)) == ["Kettle", "Pot"]


def test_what_is_ticked_is_what_is_exported(shop: Any, client_of: Any, bob: Any) -> None:
    make_product(shop, "Kettle")
    pot = make_product(shop, "Pot")
    client = client_of(bob)
    assert "1 product goes" in client.post(PAGE, {"ids": [pot.pk]}).content.decode()
    assert titles(client.post(PAGE, {"ids": [pot.pk], "format": "shopify"})) == ["Pot"]


def test_the_list_links_to_its_export(shop: Any, client_of: Any, vera: Any, max_: Any) -> None:
    make_product(shop, "Kettle")
    page = client_of(vera).get("/northlight/products/?q=ket&status=active").content.decode()
    assert f"{PAGE}?all_matching=1&amp;query=q%3Dket%26status%3Dactive" in page
    page = client_of(max_).get("/northlight/products/").content.decode()
    assert f'formaction="{PAGE}"' in page
    assert PAGE not in client_of(max_).get("/northlight/products/?deleted=1").content.decode()


def test_nothing_selected_and_no_known_kind_are_said(shop: Any, client_of: Any, vera: Any) -> None:
    client = client_of(vera)
    empty = client.post(PAGE, {"format": "shopify"})
    assert (empty.status_code, b"nothing to export" in empty.content) == (422, True)
    make_product(shop)
    unknown = client.post(PAGE, {**ALL, "format": "../etc"})
    assert unknown.status_code == 422
    assert not hasattr(unknown, "streaming_content")


def test_strangers_and_foreign_products(
    shop: Any, other_shop: Any, client_of: Any, mallory: Any
) -> None:
    kettle = make_product(shop, "Kettle")
    make_product(other_shop, "Novel")
    client = client_of(mallory)
    assert client.post(PAGE, ALL).status_code == 404
    assert client.get(PAGE).status_code == 404
    own = "/harbour/products/export/"
    assert client.post(own, {"ids": [kettle.pk], "format": "shopify"}).status_code == 422
    assert titles(client.post(own, ALL)) == ["Novel"]


def test_the_stream_sees_its_shop_alone_after_the_request_is_over(
    shop: Any, other_shop: Any, client_of: Any, vera: Any, mallory: Any
) -> None:
    """Two answers drawn in turns: each has its own tenant, whatever the last request was."""
    make_product(shop, "Kettle")
    make_product(other_shop, "Novel")
    first = client_of(vera).post(PAGE, ALL)
    second = client_of(mallory).post("/harbour/products/export/", ALL)
    assert b"Novel" in sent(second)
    content = sent(first)
    assert b"Kettle" in content
    assert b"Novel" not in content


def test_an_export_is_written_down(shop: Any, client_of: Any, vera: Any, alice: Any) -> None:
    make_product(shop)
    client_of(vera).post(PAGE, ALL)
    with tenant(shop):
        entry = AuditEntry.objects.get(action="products.exported")
        assert (entry.actor, entry.detail) == (vera, {"format": "shopify", "n": 1})
    assert b"Products exported" in client_of(alice).get("/northlight/settings/audit/").content


def test_the_bom_is_a_choice(shop: Any, client_of: Any, vera: Any) -> None:
    make_product(shop, "松风茶壶")
    client = client_of(vera)
    assert sent(client.post(PAGE, {**ALL, "bom": "on"})).startswith(b"\xef\xbb\xbfTitle,")
    plain = sent(client.post(PAGE, ALL))
    assert plain.startswith(b"Title,")
    assert "松风茶壶".encode() in plain


def test_shopify_has_its_57_columns_in_their_order(shop: Any, client_of: Any, vera: Any) -> None:
    product = make_product(shop, "Shirt", sku="S-1", price_cents=7990, option_names=["Size"])
    with tenant(shop):
        common = {"merchant": shop, "product": product}
        product.variants.update(options=["S"])
        Variant.objects.create(**common, position=2, sku="S-2", options=["M"], price_cents=5)
        for language, text in (("zh", "<p>衬衫</p>"), ("en", "<p>A shirt</p>")):
            ProductText.objects.create(
                **common, language=language, field="description", text=text, origin="person"
            )
        ProductImage.objects.create(**common, source_url="https://x.example/a.jpg", alt="Front")
        ProductImage.objects.create(**common, position=2, file="1/own.webp")
    client = client_of(vera)
    content = sent(client.post(PAGE, ALL))
    header = next(csv.reader(io.StringIO(content.decode())))
    assert (len(header), header) == (57, TEMPLATE)
    first, second = table_of(content)
    assert (first["Title"], first["Description"]) == ("Shirt", "<p>A shirt</p>")
    assert (first["Option1 name"], first["Option1 value"], first["Price"]) == ("Size", "S", "79.90")
    assert first["Product image URL"] == "https://x.example/a.jpg"
    assert (second["Title"], second["URL handle"]) == ("", product.handle)
    assert (second["Option1 value"], second["Price"], second["SKU"]) == ("M", "0.05", "S-2")
    page = client.get(f"{PAGE}?ids={product.pk}").content.decode()
    assert "1 picture is kept here" in page


def test_no_cell_runs_in_a_spreadsheet_and_numbers_stay_numbers(
    shop: Any, client_of: Any, vera: Any
) -> None:
    product = make_product(shop, '=HYPERLINK("http://x")', vendor="@x", stock=0)
    with tenant(shop):
        product.variants.update(stock=-3)
    (row,) = table_of(sent(client_of(vera).post(PAGE, ALL)))
    assert row["Title"] == '\'=HYPERLINK("http://x")'
    assert row["Vendor"] == "'@x"
    assert row["Inventory quantity"] == "-3"


@pytest.mark.parametrize("filters", ["", "status=active"], ids=["whole", "filtered"])
def test_a_long_export_is_sent_in_pieces(
    shop: Any, client_of: Any, vera: Any, filters: str
) -> None:
    made = [make_product(shop, status="active") for _ in range(6)]
    with tenant(shop):
        shop.products.filter(pk=made[2].pk).update(deleted_at=timezone.now())
        made[3].variants.all().delete()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("catalog.products.exports.stream.BATCH", 2)
        patch.setattr("catalog.products.exports.stream.RANGE", 2)
        patch.setattr("catalog.products.exports.guarded.PIECE", 1)
        answer = client_of(vera).post(PAGE, {**ALL, "query": filters})
        pieces = list(answer.streaming_content)
    assert len(pieces) == 6, "the header and each line"
    handles = [row["URL handle"] for row in table_of(b"".join(pieces))]
    assert handles == [made[at].handle for at in (0, 1, 3, 4, 5)]
    assert (BATCH, RANGE, PIECE) <= (5000, 50_000, 1 << 20), "more at once is not flat memory"


def test_a_workbook_has_texts_as_texts_and_numbers_as_numbers(
    shop: Any, client_of: Any, vera: Any
) -> None:
    product = make_product(shop, "=1+1", sku="007", price_cents=7990, facts={"width": "12"})
    with tenant(shop):
        product.variants.update(stock=-3, weight_grams="12.500")
        ProductText.objects.create(
            merchant=shop, product=product, language="zh", field="bullets", text="一 & <二>\r\n三"
        )
    answer = client_of(vera).post(PAGE, {**ALL, "format": "xlsx"})
    assert answer["Content-Disposition"].endswith('.xlsx"')
    header, row = sheet_of(sent(answer))
    cells = dict(zip_longest(header, row))
    assert (cells["title"], cells["sku"]) == ("'=1+1", "007")
    assert (cells["price"], cells["stock"], cells["weight_grams"]) == (79.9, -3, 12.5)
    assert cells["bullets:zh"] == "一 & <二>\r\n三"
    assert cells["fact:width"] == "12"


def test_a_sheet_that_is_full_goes_on_in_another(shop: Any, client_of: Any, vera: Any) -> None:
    for _ in range(3):
        make_product(shop)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("catalog.products.exports.workbook.MAX_LINES", 3)
        rows = sheet_of(sent(client_of(vera).post(PAGE, {**ALL, "format": "xlsx"})))
    assert [row[0] == "handle" for row in rows] == [True, False, False, True, False]


def test_columns_are_chosen_and_remembered_for_the_person(
    shop: Any, client_of: Any, vera: Any, bob: Any
) -> None:
    make_product(shop, "Kettle", vendor="Acme", facts={"colour": "blue"})
    client = client_of(vera)
    asked = {**ALL, "format": "own", "has_columns": "on", "columns": ["vendor", "price"]}
    (row,) = table_of(sent(client.post(PAGE, asked)))
    assert (row["handle"][:8], row["title"], row["vendor"]) == ("product-", "Kettle", "Acme")
    assert "sku" in row, "a price without what names its variant could not come back"
    assert {"fact:colour", "status", "image_url", "description:en"}.isdisjoint(row)
    page = client.get(f"{PAGE}?all_matching=1").content.decode()
    assert 'value="vendor" checked' in page
    assert 'value="fact:colour" checked' not in page
    assert 'value="title" checked disabled' in page
    other = client_of(bob).get(f"{PAGE}?all_matching=1").content.decode()
    assert 'value="fact:colour" checked' in other
    full = table_of(sent(client.post(PAGE, {**ALL, "format": "own"})))[0]
    assert full["fact:colour"] == "blue", "a form without columns takes them all"
    assert len(table_of(sent(client.post(PAGE, {**asked, "format": "shopify"})))[0]) == 57


def test_columns_nobody_knows_and_too_many_are_refused(
    shop: Any, client_of: Any, vera: Any
) -> None:
    make_product(shop)
    client = client_of(vera)
    asked = {**ALL, "format": "own", "has_columns": "on", "columns": ["title; DROP TABLE"]}
    assert client.post(PAGE, asked).status_code == 422
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("catalog.products.exports.views.MAX_COLUMNS", 20)
        for asked in ({"format": "own"}, {"format": "shopify", "has_columns": "on"}):
            answer = client.post(PAGE, {**ALL, **asked})
            assert answer.status_code == 422
            assert "at most 20 columns" in answer.content.decode()


def test_woocommerce_has_a_line_for_the_product_and_one_for_each_variation(
    shop: Any, client_of: Any, vera: Any
) -> None:
    shirt = make_product(shop, "Shirt", sku="S-1", price_cents=7990, option_names=["Size"],
                         handle="shirt", status="draft", vendor="Acme")  # fmt: skip
    make_product(shop, "Cap", sku="C-1", price_cents=500, extra={"Tax class": "reduced"})
    with tenant(shop):
        common = {"merchant": shop, "product": shirt}
        shirt.variants.update(options=["S, slim"], compare_at_cents=9990, weight_grams="250.5")
        Variant.objects.create(**common, position=2, sku="S-2", options=["M"], price_cents=5,
                               is_stock_tracked=False, sells_without_stock=True)  # fmt: skip
        for n, name in enumerate(("a", "b"), 1):
            ProductImage.objects.create(
                **common, position=n, source_url=f"https://x.example/{name}.jpg"
            )
    content = sent(client_of(vera).post(PAGE, {**ALL, "format": "woocommerce"}))
    parent, small, medium, cap = table_of(content)
    assert (parent["Type"], parent["SKU"], parent["Published"]) == ("variable", "shirt", "-1")
    assert parent["Images"] == "https://x.example/a.jpg, https://x.example/b.jpg"
    assert parent["Attribute 1 value(s)"] == r"S\, slim, M"
    assert (parent["Regular price"], parent["Stock"], parent["Brands"]) == ("", "", "Acme")
    assert (small["Type"], small["Parent"], small["SKU"]) == ("variation", "shirt", "S-1")
    assert (small["Regular price"], small["Sale price"]) == ("99.90", "79.90")
    assert (small["Weight (kg)"], small["Attribute 1 name"]) == ("0.2505", "Size")
    assert (medium["Stock"], medium["Backorders allowed?"]) == ("", "1")
    assert (medium["Regular price"], medium["Sale price"]) == ("0.05", "")
    assert (cap["Type"], cap["Parent"], cap["Tax class"]) == ("simple", "", "reduced")


def test_a_parent_never_takes_the_sku_of_something_sold(
    shop: Any, client_of: Any, vera: Any
) -> None:
    make_product(shop, "Shirt", handle="shirt", sku="S-1", option_names=["Size"])
    make_product(shop, "Other", sku="shirt")
    rows = table_of(sent(client_of(vera).post(PAGE, {**ALL, "format": "woocommerce"})))
    assert [row["SKU"] for row in rows] == ["shirt-parent", "S-1", "shirt"]
