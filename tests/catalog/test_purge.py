"""Deleted products stay thirty days, then leave for good; what was sold is remembered."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from catalog.orders.models import Interaction
from catalog.products.images import thumb_path
from catalog.products.models import Product, ProductImage, Variant
from catalog.products.purge import purge_deleted
from catalog.products.snapshot import soft_delete
from ecomportal.tenancy.context import tenant
from tests.factories import make_product

LATER = timedelta(days=31)


@pytest.fixture
def old(shop, settings, tmp_path):
    """A product deleted today, with a picture and a view."""
    settings.MEDIA_ROOT = tmp_path
    product = make_product(shop, "Old kettle", facts={"material": "steel"})
    with tenant(shop):
        ProductImage.objects.create(merchant=shop, product=product, file="1/images/a.png")
        Interaction.objects.create(
            merchant=shop, product=product, sku="K-1", kind="view", at=timezone.now()
        )
        soft_delete([product.pk])
    for path in (tmp_path / "1/images/a.png", thumb_path(tmp_path / "1/images/a.png")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return product


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_within_thirty_days_nothing_leaves(old, shop, tmp_path):
    assert purge_deleted(timezone.now() + timedelta(days=29)) == 0
    with tenant(shop):
        assert Product.objects.filter(pk=old.pk).exists()
    assert len(files(tmp_path)) == 2


def test_after_that_product_and_picture_leave_and_the_view_stays(
    old, shop, tmp_path, django_capture_on_commit_callbacks
):
    kept = make_product(shop, "New kettle")
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_deleted(timezone.now() + LATER) == 1
    with tenant(shop):
        assert list(Product.objects.all()) == [kept]
        assert not ProductImage.objects.exists()
        assert Interaction.objects.get().product_id is None
        history = Product.pgh_event_model.objects.filter(pgh_obj_id=old.pk)
        assert history.last().pgh_label == "delete"
    assert files(tmp_path) == []
    assert purge_deleted(timezone.now() + LATER) == 0


def test_a_variant_taken_out_alone_leaves_too(shop):
    product = make_product(shop)
    with tenant(shop):
        taken_out = Variant.objects.create(
            merchant=shop, product=product, sku="GONE", deleted_at=timezone.now()
        )
        purge_deleted(timezone.now() + LATER)
    with tenant(shop):
        assert not Variant.objects.filter(pk=taken_out.pk).exists()
        assert Variant.objects.filter(product=product).count() == 1


def test_every_shop_is_purged_and_the_command_says_how_many(shop, other_shop, capsys):
    for one in (shop, other_shop):
        product = make_product(one)
        with tenant(one):
            moment = timezone.now() - LATER
            Product.objects.filter(pk=product.pk).update(deleted_at=moment)
    call_command("purge_deleted")
    assert "2 products removed for good." in capsys.readouterr().out
