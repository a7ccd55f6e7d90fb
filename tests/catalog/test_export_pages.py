"""The export over HTTP: who may, what is in the file, and how it is written."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.products.exports.shopify import TEMPLATE
from catalog.products.exports.stream import BATCH
from catalog.products.models import ProductImage, ProductText, Variant
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry
from tests.catalog.exporting import query, table_of
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


def test_a_long_export_is_sent_in_pieces(shop: Any, client_of: Any, vera: Any) -> None:
    for _ in range(3):
        make_product(shop)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("catalog.products.exports.stream.BATCH", 2)
        pieces = list(client_of(vera).post(PAGE, ALL).streaming_content)
    assert len(pieces) == 3, "the header and two batches"
    assert BATCH <= 1000, "more products at once would not be flat memory"
