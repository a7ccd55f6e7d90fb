"""The pages that count: exact while that is cheap, about right where a shop is large."""

from typing import Any

from aiassist import home
from catalog.products import categories
from catalog.products.models import Fact
from ecomportal.tenancy.context import tenant
from tests.factories import make_attribute, make_product


def test_a_large_shop_is_counted_about(
    alice: Any, shop: Any, client_of: Any, monkeypatch: Any
) -> None:
    for n in range(3):
        make_product(shop, f"P{n}")
    make_product(shop, "Draft", status="draft")
    page = client_of(alice).get("/northlight/")
    assert (page.context["found"]["n_on_sale"], page.context["found"]["n_products"]) == (3, 4)
    assert not page.context["found"]["is_about"]
    monkeypatch.setattr(home, "EXACT", 2)
    page = client_of(alice).get("/northlight/")
    assert page.context["found"]["is_about"]
    assert page.context["found"]["n_on_sale"] >= 2
    assert "<small>about</small>" in page.content.decode()


def test_kinds_of_fact_tell_how_many_up_to_a_cap(
    alice: Any, shop: Any, client_of: Any, monkeypatch: Any
) -> None:
    colour = make_attribute(shop, "colour")
    for n, status in enumerate(("confirmed", "proposed", "rejected", "confirmed")):
        product = make_product(shop, f"P{n}")
        with tenant(shop):
            Fact.objects.create(
                merchant=shop, product=product, attribute=colour, value="red", status=status
            )
    url = "/northlight/products/facts/"
    row = client_of(alice).get(url).context["rows"][0]
    assert (row.n_facts, row.n_proposed) == (3, 1)
    monkeypatch.setattr(categories, "COUNTED", 1)
    page = client_of(alice).get(url)
    assert page.context["rows"][0].n_facts == 2
    assert "?f.colour.is=proposed" in page.content.decode()
