"""What a feed says of each item, who can fetch it, and when it is known to be the same."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.products.feeds.models import Feed
from catalog.products.models import Fact, Product, ProductImage, ProductText, Variant, touch
from ecomportal.tenancy.context import tenant
from tests.catalog.feeding import G, body, make_feed, rss, table
from tests.factories import make_attribute, make_category, make_product

LONG = "A kettle that boils water, pours well and keeps it warm for an hour."


def full(shop: Any, title: str = "Kettle", **fields: Any) -> Product:
    """A product with all that Google requires."""
    product = make_product(shop, title, **{"vendor": "Acme", **fields})
    with tenant(shop):
        common = {"merchant": shop, "product": product}
        ProductText.objects.create(
            **common, language="en", field="description", text=f"<p>{LONG}</p>", origin="person"
        )
        ProductImage.objects.create(**common, source_url="https://x.example/1.jpg")
    return product


def text_of(product: Product, **fields: Any) -> None:
    with tenant(product.merchant_id):
        ProductText.objects.update_or_create(
            merchant_id=product.merchant_id, product=product, language="en",
            field=fields.pop("field", "description"), defaults=fields,
        )  # fmt: skip


def test_every_required_attribute_is_there(shop: Any) -> None:
    product = full(shop, "Kettle", sku="K-1", price_cents=2500, handle="kettle 茶")
    with tenant(shop):
        product.variants.update(barcode="4006381333931", weight_grams="1250.500")
    (item,) = table(Client(), make_feed(shop))
    assert item["id"] == "K-1"
    assert item["title"] == "Kettle"
    assert item["description"] == LONG
    assert item["link"] == "https://shop.example/products/%6B%65%74%74%6C%65%20%E8%8C%B6"
    assert item["image_link"] == "https://x.example/1.jpg"
    assert (item["availability"], item["price"], item["sale_price"]) == (
        "in_stock", "25.00 EUR", "",
    )  # fmt: skip
    assert (item["brand"], item["gtin"], item["condition"]) == ("Acme", "4006381333931", "new")
    assert (item["shipping_weight"], item["item_group_id"]) == ("1250.5 g", "")
    assert (item["structured_title"], item["structured_description"]) == ("", "")
    with tenant(shop):
        content = body(Client().get(f"/feeds/{Feed.objects.get().token}.tsv"))
    assert b'""' not in content, "an attribute without a value is empty"


@pytest.mark.parametrize("origin", ["ai", "ai_edited"])
def test_what_an_ai_wrote_says_so(shop: Any, origin: str) -> None:
    product = full(shop)
    text_of(product, text='<p>Says "hi": twice &amp; more, as a text of an AI may well do.</p>',
            origin=origin)  # fmt: skip
    text_of(product, field="short_title", text="Short kettle", origin=origin)
    feed = make_feed(shop, title_source="short_title")
    (item,) = table(Client(), feed)
    assert (item["title"], item["description"]) == ("", "")
    assert item["structured_title"] == 'trained_algorithmic_media:"Short kettle"'
    told = 'Says ""hi"": twice & more, as a text of an AI may well do.'
    assert item["structured_description"] == f'trained_algorithmic_media:"{told}"'
    (element,) = rss(Client(), feed)
    assert element.find(f"{G}title") is None
    structured = element.find(f"{G}structured_description")
    assert structured.findtext(f"{G}digital_source_type") == "trained_algorithmic_media"
    assert structured.findtext(f"{G}content") == told.replace('""', '"')


def test_what_a_person_wrote_is_plain(shop: Any) -> None:
    product = full(shop)
    text_of(product, field="short_title", text="Short kettle", origin="person")
    (item,) = table(Client(), make_feed(shop, title_source="short_title"))
    assert (item["title"], item["structured_title"]) == ("Short kettle", "")
    (item,) = table(Client(), make_feed(shop, "Other", title_source="seo_title"))
    assert item["title"] == "Kettle", "without an SEO title the product's own"


def test_variants_are_a_group_with_what_tells_them_apart(shop: Any) -> None:
    product = full(shop, "Shirt", sku="S-1", handle="shirt", option_names=["Colour", "Größe"])
    gender, material = make_attribute(shop, "gender"), make_attribute(shop, "material")
    with tenant(shop):
        product.variants.update(options=["blue", "M"], compare_at_cents=2000, stock=0)
        second = Variant.objects.create(
            merchant=shop, product=product, position=2, sku="S-2", options=["red", "L"],
            price_cents=900, stock=0, sells_without_stock=True,
        )  # fmt: skip
        common = {"merchant": shop, "product": product}
        Fact.objects.create(**common, attribute=gender, value="women")
        Fact.objects.create(**common, attribute=material, value="wool", status="proposed")
        Fact.objects.create(**common, attribute=material, value="linen", variant=second)
    first, other = table(Client(), make_feed(shop))
    assert {first["item_group_id"], other["item_group_id"]} == {"shirt"}
    assert (first["color"], first["gender"], first["material"]) == ("blue", "female", "")
    assert (other["color"], other["material"]) == ("red", "linen")
    assert (first["price"], first["sale_price"]) == ("20.00 EUR", "10.00 EUR")
    assert (first["availability"], other["availability"]) == ("out_of_stock", "backorder")


def test_an_item_that_lacks_something_required_is_left_out(shop: Any) -> None:
    full(shop, "Good")
    full(shop, "Free", price_cents=0)
    full(shop, "Draft", status="draft")
    make_product(shop, "No picture and no text")
    with tenant(shop):
        gone = full(shop, "Gone")
        Product.objects.filter(pk=gone.pk).update(deleted_at="2026-01-01T00:00Z")
    assert [item["title"] for item in table(Client(), make_feed(shop))] == ["Good"]


def test_a_wrong_barcode_is_left_out_and_long_texts_are_cut(shop: Any) -> None:
    product = full(shop, "T" * 200)
    text_of(product, text="d" * 6000, origin="person")
    with tenant(shop):
        product.variants.update(barcode="4006381333930")
    (item,) = table(Client(), make_feed(shop))
    assert (item["gtin"], item["identifier_exists"]) == ("", "no")
    assert (len(item["title"]), len(item["description"])) == (150, 5000)


def test_only_the_chosen_products_are_in(shop: Any) -> None:
    pots = make_category(shop, "Pots")
    full(shop, "Pot", category=pots)
    full(shop, "Shirt")
    feed = make_feed(shop, query=f"category={pots.pk}")
    assert [item["title"] for item in table(Client(), feed)] == ["Pot"]
    assert [item.findtext(f"{G}product_type") for item in rss(Client(), feed)] == ["Pots"]


def test_rss_holds_what_xml_minds(shop: Any) -> None:
    product = full(shop, "松风 & <b> \x0b ]]>")
    with tenant(shop):
        for n in (2, 3):
            ProductImage.objects.create(
                merchant=shop, product=product, position=n,
                source_url=f"https://x.example/{n}.jpg?a=1,2&b=3",
            )  # fmt: skip
    (item,) = rss(Client(), make_feed(shop))
    assert item.findtext(f"{G}title") == "松风 & <b> ]]>"
    assert [one.text for one in item.findall(f"{G}additional_image_link")] == [
        "https://x.example/2.jpg?a=1%2C2&b=3",
        "https://x.example/3.jpg?a=1%2C2&b=3",
    ]


def test_nobody_guesses_an_address(shop: Any, other_shop: Any) -> None:
    full(shop)
    feed, stranger = make_feed(shop), Client()
    wrong = feed.token[:-1] + ("A" if feed.token[-1] != "A" else "B")
    for token in ("x", "", wrong, feed.token + "x", feed.picture_token, str(feed.pk)):
        for kind in ("tsv", "xml"):
            assert stranger.get(f"/feeds/{token}.{kind}").status_code == 404, token
    assert stranger.post(f"/feeds/{feed.token}.tsv").status_code == 405


def test_a_renewed_and_a_closed_address_are_gone_at_once(shop: Any) -> None:
    full(shop)
    feed = make_feed(shop)
    former = feed.token
    with tenant(shop):
        Feed.objects.filter(pk=feed.pk).update(token_version=2)
        feed.refresh_from_db()
    assert Client().get(f"/feeds/{former}.tsv").status_code == 404
    assert len(table(Client(), feed)) == 1
    with tenant(shop):
        Feed.objects.filter(pk=feed.pk).update(is_open=False)
    assert Client().get(f"/feeds/{feed.token}.tsv").status_code == 404


def test_a_feed_shows_its_own_shop_alone(shop: Any, other_shop: Any) -> None:
    full(shop, "Kettle")
    full(other_shop, "Novel")
    first = Client().get(f"/feeds/{make_feed(shop).token}.tsv")
    second = Client().get(f"/feeds/{make_feed(other_shop).token}.tsv")
    assert b"Novel" in body(second)
    content = body(first)
    assert b"Kettle" in content
    assert b"Novel" not in content


def test_an_unchanged_feed_is_not_made_again(shop: Any) -> None:
    full(shop)
    feed, client = make_feed(shop), Client()
    address = f"/feeds/{feed.token}.tsv"
    etag = client.get(address)["ETag"]
    assert not etag.startswith("W/")
    with CaptureQueriesContext(connection) as statements:
        again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert not any("COPY" in query["sql"] for query in statements)
    assert client.get(f"/feeds/{feed.token}.xml")["ETag"] != etag
    assert client.head(address)["ETag"] == etag


def _price(product: Product) -> None:
    product.variants.update(price_cents=1)


def _fact(product: Product) -> None:
    colour = make_attribute(product.merchant, "colour")
    Fact.objects.create(merchant=product.merchant, product=product, attribute=colour, value="blue")


def _picture(product: Product) -> None:
    product.images.update(source_url="https://x.example/other.jpg")


def _no_picture(product: Product) -> None:
    product.images.all().delete()


def _text(product: Product) -> None:
    product.texts.update(text="Other words, and enough of them to tell a buyer what it is.")


def _provenance(product: Product) -> None:
    product.texts.update(origin="ai")


def _title(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(title="Pot")


def _category(product: Product) -> None:
    product.category.__class__.objects.filter(pk=product.category_id).update(path="Other")


def _deleted(product: Product) -> None:
    Product.objects.filter(pk=product.pk).update(deleted_at="2026-01-01T00:00Z")


def _settings(product: Product) -> None:
    Feed.objects.update(condition="used")


CHANGES = (_price, _fact, _picture, _no_picture, _text, _provenance, _title, _category, _deleted,
           _settings)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_change_that_shows_changes_the_mark(shop: Any, change: Any) -> None:
    product = full(shop, category=make_category(shop, "Pots"))
    full(shop, "Other")
    with tenant(shop):
        # What is laid below a product in the transaction that makes it is part of making it.
        touch([product.pk])
    feed, client = make_feed(shop), Client()
    address = f"/feeds/{feed.token}.tsv"
    before = client.get(address)
    etag, content = before["ETag"], body(before)
    with tenant(shop):
        change(product)
    after = client.get(address, headers={"If-None-Match": etag})
    assert after.status_code == 200
    assert body(after) != content, "else this change would prove nothing"
    assert after["ETag"] != etag


def test_it_is_packed_for_who_can_unpack(shop: Any) -> None:
    full(shop)
    address = f"/feeds/{make_feed(shop).token}.tsv"
    plain, packed = (
        Client().get(address),
        Client().get(address, headers={"Accept-Encoding": "gzip"}),
    )
    assert packed["Content-Encoding"] == "gzip"
    assert packed["ETag"] != plain["ETag"]
    assert gzip.decompress(body(packed)) == body(plain)


def test_pictures_kept_here_have_an_address_that_opens_nothing_else(
    shop: Any, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    product = full(shop)
    (tmp_path / "own.png").write_bytes(b"\x89PNG")
    with tenant(shop):
        product.images.all().delete()
        image = ProductImage.objects.create(merchant=shop, product=product, file="own.png")
    feed, client = make_feed(shop), Client()
    (item,) = table(client, feed)
    assert item["image_link"].startswith("http://testserver/feeds/pictures/")
    picture = client.get(item["image_link"].removeprefix("http://testserver"))
    assert (body(picture), picture["Content-Type"]) == (b"\x89PNG", "image/png")
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert feed.token not in item["image_link"]
    other = f"/feeds/pictures/{feed.token}/{image.pk}/"
    assert client.get(other).status_code == 404
    with tenant(shop):
        Product.objects.filter(pk=product.pk).update(status="draft")
    assert client.get(item["image_link"].removeprefix("http://testserver")).status_code == 404


def test_a_fetch_is_noted(shop: Any) -> None:
    feed = make_feed(shop)
    assert len(table(Client(), feed)) == 0
    with tenant(shop):
        assert Feed.objects.get(pk=feed.pk).fetched_at is not None
