"""A row's HTML is written by hand: whatever people type stays text, and few bytes carry it."""

from typing import Any

import pytest
from django.utils import translation

from catalog.products.listing.rows import money_writer
from catalog.products.models import Fact, Product, ProductFigures, Variant
from ecomportal.tenancy.context import tenant
from ecomportal.web import formats
from tests.factories import make_attribute, make_category, make_product

URL = "/northlight/products/"
EVIL = "<img src=x onerror=alert(1)>\"'&<!--"
ALL = "status,category,vendor,type,price,stock,texts,facts,tags,updated,f.evil"


def body(page: Any) -> str:
    return page.content.decode().split("<tbody>")[1].split("</tbody>")[0]


def test_what_people_type_stays_text(alice: Any, shop: Any, client_of: Any) -> None:
    category = make_category(shop, EVIL[:120])
    product = make_product(
        shop, f"{EVIL} title", sku=f"{EVIL} sku"[:120], category=category,
        vendor=f"{EVIL} vendor", product_type=f"{EVIL} type", tags=[f"{EVIL} tag"],
    )  # fmt: skip
    attribute = make_attribute(shop, "evil", label_en=f"{EVIL} label")
    with tenant(shop):
        Fact.objects.create(
            merchant=shop, product=product, attribute=attribute, value=f"{EVIL} value", unit="<b>"
        )
    html = client_of(alice).get(URL, {"cols": ALL}).content.decode()
    assert "<img src=x" not in html
    assert "<b>" not in body(client_of(alice).get(URL, {"cols": ALL}))
    for word in ("title", "sku", "vendor", "type", "tag", "value", "label"):
        assert f"&amp;&lt;!-- {word}" in html


def test_a_row_is_light(alice: Any, shop: Any, client_of: Any) -> None:
    for n in range(50):
        make_product(shop, f"Linen shirt, regular fit {n:06}", sku=f"G{n:07}", stock=120)
    assert len(body(client_of(alice).get(URL)).encode()) / 50 <= 300


def test_a_fact_can_be_a_column(alice: Any, shop: Any, client_of: Any) -> None:
    make_attribute(shop, "weight", type="number", unit="kg", label_en="Weight")
    kettle = make_product(shop, "Kettle")
    with tenant(shop):
        weight = shop.attributes.get(key="weight")
        Fact.objects.create(
            merchant=shop, product=kettle, attribute=weight, value="1.2", number=1.2, unit="kg"
        )
    page = client_of(alice).get(URL, {"cols": "f.weight,price,f.gone"})
    assert "Weight</th>" in page.content.decode()
    assert "<td>1.2 kg<td>€10.00" in body(page)


def test_a_waiting_draft_is_told(alice: Any, shop: Any, client_of: Any) -> None:
    product = make_product(shop, "Kettle")
    with tenant(shop):
        ProductFigures.objects.filter(product=product).update(drafts=2)
    page = client_of(alice).get(URL)
    assert "Draft blocked" in body(page)


@pytest.mark.parametrize("currency", ["EUR", "CNY", "JPY", "CHF", "KWD"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_money_reads_as_everywhere(currency: str, language: str) -> None:
    with translation.override(language):
        write = money_writer(currency)
        for cents in (0, 5, 99, 100, 123456, 10**12 + 1, -250):
            assert write(cents) == formats.money(cents, currency)


def test_the_columns_change_no_number_of_statements(alice: Any, shop: Any, client_of: Any) -> None:
    from tests.bench.catalogue_pages import MAX_STATEMENTS, statements

    make_attribute(shop, "evil")
    for n in range(60):
        make_product(shop, f"P{n}", facts={"material": "clay"}, vendor="Aino")
    client = client_of(alice)
    for query in (
        "", f"cols={ALL}", "q=P1", "q=P1&f.material=clay&cols=f.material", "min=1&vendor=Aino",
        "f.material=clay&f.evil.is=none&smin=1&sort=price", "ai=waiting", "q=p&status=active",
    ):  # fmt: skip
        asked = statements(client, f"{URL}?{query}")
        assert len(asked) <= MAX_STATEMENTS, (query, len(asked))


def test_variants_are_fetched_a_page_at_a_time(
    alice: Any, vera: Any, shop: Any, client_of: Any
) -> None:
    product = make_product(shop, "Shirt")
    with tenant(shop):
        Variant.objects.bulk_create(
            Variant(merchant=shop, product=product, sku=f"V-{n}", position=n + 2)
            for n in range(120)
        )
    url, shown, client = f"{URL}{product.pk}/below/?n=9", 0, client_of(alice)
    while url:
        page = client.get(url, headers={"hx-request": "true"})
        shown += page.content.decode().count('<th scope="row">')
        after = page.context["page"].next
        url = f"{URL}{product.pk}/below/?after={after}" if after else ""
    assert shown == 121
    read = client_of(vera).get(f"{URL}{product.pk}/below/", headers={"hx-request": "true"})
    assert "data-cell" not in read.content.decode()
    assert client.get(f"{URL}{product.pk}/below/").status_code == 302


def test_a_deleted_product_shows_the_variants_it_left_with(
    alice: Any, shop: Any, client_of: Any
) -> None:
    from catalog.products.snapshot import soft_delete

    product = make_product(shop, "Shirt", sku="GONE-1")
    with tenant(shop):
        soft_delete([product.pk])
        assert Product.objects.get(pk=product.pk).deleted_at
    page = client_of(alice).get(f"{URL}{product.pk}/below/", headers={"hx-request": "true"})
    assert "GONE-1" in page.content.decode()
    assert "data-cell" not in page.content.decode()
