"""Whatever writes below a product raises its version, so that open forms and ways back know."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from catalog.products.models import Fact, Product, ProductImage, ProductText, Variant
from catalog.products.versions import versions_by_hand
from tests.factories import make_attribute, make_product


@pytest.fixture
def mug(in_shop: Any) -> Product:
    product = make_product(in_shop, "Mug", facts={"material": "stone"}, sku="M-1")
    ProductText.objects.create(
        merchant=in_shop, product=product, language="en", field="seo_title", text="A mug",
        origin="person",
    )  # fmt: skip
    ProductImage.objects.create(merchant=in_shop, product=product, source_url="https://a.test/1")
    Product.objects.filter(pk=product.pk).touch()  # it is no newborn any more
    return product


def version(product: Product) -> int:
    return Product.objects.values_list("version", flat=True).get(pk=product.pk)


def add(shop: Any, product: Product, model: Any) -> None:
    common = {"merchant": shop, "product": product}
    more = {
        Variant: {"position": 2},
        Fact: {"attribute": make_attribute(shop, "weight"), "value": "1 kg"},
        ProductText: {"language": "zh", "field": "seo_title", "text": "杯子", "origin": "person"},
        ProductImage: {"file": "1/a.jpg"},
    }
    model.objects.create(**common, **more[model])


WRITES = [
    (Variant, {"price_cents": 1}),
    (Variant, {"stock": 77}),
    (Variant, {"deleted_at": timezone.now()}),
    (Fact, {"value": "clay"}),
    (Fact, {"status": "proposed"}),
    (ProductText, {"text": "Another"}),
    (ProductImage, {"alt": "A mug on a table"}),
    (ProductImage, {"position": 4}),
]


@pytest.mark.parametrize(("model", "values"), WRITES)
def test_a_change_below_raises_the_version(mug, model, values):
    was = version(mug)
    assert model.objects.filter(product=mug).update(**values) == 1
    assert version(mug) > was


@pytest.mark.parametrize("model", [Variant, Fact, ProductText, ProductImage])
def test_so_does_what_comes_and_goes(in_shop, mug, model):
    was = version(mug)
    add(in_shop, mug, model)
    between = version(mug)
    model.objects.filter(product=mug).delete()
    assert was < between < version(mug)


def test_plain_sql_raises_it_too(mug):
    was = version(mug)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_variant SET price_cents = price_cents + 5")
    assert version(mug) == was + 1


def test_what_changes_nothing_and_the_file_that_arrives_do_not(mug):
    was = version(mug)
    Variant.objects.update(sku="M-1")
    ProductImage.objects.update(file="1/images/a.jpg", width=10, height=10, sha256="0" * 64)
    assert version(mug) == was
    ProductImage.objects.update(file="1/images/b.jpg")  # another picture in its place
    assert version(mug) > was


def test_one_write_of_many_raises_each_once(in_shop, mug):
    bowl = make_product(in_shop, "Bowl")
    Product.objects.filter(pk=bowl.pk).touch()
    was = version(mug), version(bowl)
    Variant.objects.update(stock=3)
    assert (version(mug), version(bowl)) == (was[0] + 1, was[1] + 1)


def test_a_newborn_is_at_version_one(in_shop):
    assert version(make_product(in_shop, "Jug", sku="J-1", facts={"material": "glass"})) == 1


def test_a_batch_that_writes_the_products_raises_them_once(mug):
    was = version(mug)
    with versions_by_hand():
        Variant.objects.update(price_cents=3)
        Product.objects.filter(pk=mug.pk).touch()
    Variant.objects.update(price_cents=4)
    assert version(mug) == was + 2
