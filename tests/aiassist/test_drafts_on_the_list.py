"""The list tells which products have a draft waiting or blocked, whatever path wrote the draft."""

from typing import Any

import pytest

from aiassist.copywriting.models import Draft
from catalog.products.models import Product, ProductFigures
from ecomportal.tenancy.context import tenant
from tests.factories import make_product

URL = "/northlight/products/"


@pytest.fixture
def kettle(shop: Any) -> Product:
    make_product(shop, "Pan")
    return make_product(shop, "Kettle")


def draft(shop: Any, product: Product, **fields: Any) -> Draft:
    values = {"language": "en", "field": "description", "tone": "formal", "text": "A kettle."}
    with tenant(shop):
        return Draft.objects.create(
            merchant=shop, product=product, product_version=1, engine="composer",
            engine_version="1", **{**values, **fields},
        )  # fmt: skip


def state(shop: Any, product: Product) -> int:
    with tenant(shop):
        return ProductFigures.objects.get(product=product).drafts


def test_it_follows_every_draft(shop: Any, kettle: Product) -> None:
    assert state(shop, kettle) == 0
    first = draft(shop, kettle)
    assert state(shop, kettle) == 1
    second = draft(shop, kettle, language="zh", n_blocking=2)
    assert state(shop, kettle) == 2
    with tenant(shop):
        Draft.objects.filter(pk=second.pk).update(n_blocking=0)
        assert state(shop, kettle) == 1
        Draft.objects.filter(pk=second.pk).update(status="approved")
        Draft.objects.filter(pk=first.pk).delete()
    assert state(shop, kettle) == 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [("ai=waiting", ["Kettle"]), ("ai=blocked", ["Kettle"]), ("ai=none", ["Pan"])],
)
def test_the_list_filters_by_it(
    alice: Any, shop: Any, kettle: Product, client_of: Any, query: str, expected: list[str]
) -> None:
    draft(shop, kettle, n_blocking=1)
    page = client_of(alice).get(f"{URL}?{query}")
    assert [row["title"] for row in page.context["rows"]] == expected
