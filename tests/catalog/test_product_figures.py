"""The lowest price and the stock beside a product follow its variants, whatever path wrote them."""

from typing import Any

import pytest
from django.utils import timezone

from catalog.products.models import Product, ProductFigures, ProductImage, Variant
from ecomportal.tenancy.context import tenant
from tests.factories import make_product, make_shop


@pytest.fixture
def product(shop: Any) -> Product:
    return make_product(shop, price_cents=900, stock=4)


@pytest.fixture
def figures(shop: Any, product: Product) -> Any:
    def read() -> tuple[int, int]:
        found = ProductFigures.objects.get(product=product)
        return found.lowest_cents, found.n_in_stock

    with tenant(shop):
        Variant.objects.create(merchant=shop, product=product, price_cents=700, stock=3)
        yield read


def test_they_add_up_all_variants(figures: Any) -> None:
    assert figures() == (700, 7)


def test_they_follow_a_change_of_many(figures: Any, product: Product) -> None:
    product.variants.update(stock=10, price_cents=650)
    assert figures() == (650, 20)


def test_they_forget_a_deleted_variant_and_remember_a_restored_one(
    figures: Any, product: Product
) -> None:
    cheap = product.variants.filter(price_cents=700)
    cheap.update(deleted_at=timezone.now())
    assert figures() == (900, 4)
    cheap.update(deleted_at=None)
    assert figures() == (700, 7)


def test_a_product_without_variants_has_none(figures: Any, product: Product) -> None:
    product.variants.all().delete()
    assert figures() == (0, 0)


def test_a_variant_that_moves_leaves_both_right(figures: Any, shop: Any, product: Product) -> None:
    other = make_product(shop, price_cents=500, stock=1)
    product.variants.filter(price_cents=700).update(product=other)
    assert figures() == (900, 4)
    found = ProductFigures.objects.get(product=other)
    assert (found.lowest_cents, found.n_in_stock) == (500, 4)


def test_they_go_with_their_product(figures: Any, product: Product) -> None:
    Product.objects.filter(pk=product.pk).delete()
    assert not ProductFigures.objects.filter(product_id=product.pk).exists()


def test_the_version_of_a_product_is_not_raised_by_them(figures: Any, product: Product) -> None:
    before = Product.objects.get(pk=product.pk).version
    product.variants.update(stock=1)
    assert Product.objects.get(pk=product.pk).version == before


def test_another_shop_sees_none_of_them(figures: Any, db: None) -> None:
    stranger = make_shop("stranger")
    with tenant(stranger):
        assert not ProductFigures.objects.exists()


def test_they_count_pictures_that_are_there(figures: Any, shop: Any, product: Product) -> None:
    def counted(one: Product) -> int:
        return ProductFigures.objects.get(product=one).n_pictures

    other = make_product(shop)
    first = ProductImage.objects.create(merchant=shop, product=product, file="a.png")
    later = ProductImage.objects.create(
        merchant=shop, product=product, source_url="https://x.example/b"
    )
    assert counted(product) == 1
    ProductImage.objects.filter(pk=later.pk).update(file="b.png")
    assert counted(product) == 2
    ProductImage.objects.filter(pk=first.pk).update(product=other)
    assert (counted(product), counted(other)) == (1, 1)
    later.delete()
    assert counted(product) == 0
