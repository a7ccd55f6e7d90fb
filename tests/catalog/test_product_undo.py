"""Taking changes back: whole products, row by row, never over what was written since."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection

from catalog.products.changes import Change
from catalog.products.models import Fact, Product, ProductImage, ProductText, Variant
from catalog.products.snapshot import recorded, snapshot, soft_delete, undelete
from catalog.products.texts import change_row, put_text
from catalog.products.undo import CannotUndo, undo_change
from ecomportal.tenancy.context import tenant
from tests.factories import make_product, make_shop


def make_change(shop: Any, kind: str = "edit") -> Change:
    return Change.objects.create(merchant=shop, kind=kind, title="Spring prices")


def test_undo_brings_every_part_of_a_product_back(in_shop, alice):
    product = make_product(in_shop, "Linen shirt", facts={"material": "linen"}, sku="LS-1")
    ProductText.objects.create(
        merchant=in_shop, product=product, language="zh", field="description",
        text="<p>亚麻衬衫</p>", origin="person",
    )  # fmt: skip
    ProductImage.objects.create(merchant=in_shop, product=product, file="1/images/a.jpg")
    change, before = make_change(in_shop), snapshot([product.pk])
    with recorded(change, [product.pk]):
        Product.objects.filter(pk=product.pk).update(title="Cotton shirt", tags=["new"])
        Variant.objects.filter(product=product).update(price_cents=1, sku="CS-1")
        Fact.objects.filter(product=product).delete()
        ProductText.objects.filter(product=product).update(text="")
        ProductImage.objects.filter(product=product).delete()
    outcome = undo_change(change, alice)
    assert (outcome.n_undone, outcome.conflicts) == (1, [])
    assert snapshot([product.pk]) == before


def test_a_product_written_since_is_listed_and_kept(in_shop, alice):
    kept, restored = make_product(in_shop, "Mug"), make_product(in_shop, "Bowl")
    change = make_change(in_shop)
    with recorded(change, [kept.pk, restored.pk]):
        Product.objects.update(vendor="Kiln & Co")
    Product.objects.filter(pk=kept.pk).update(title="Big mug")
    outcome = undo_change(change, alice)
    assert outcome.n_undone == 1
    assert [row.label for row in outcome.conflicts] == ["Mug"]
    assert dict(Product.objects.values_list("title", "vendor")) == {
        "Big mug": "Kiln & Co",
        "Bowl": "",
    }


def test_a_change_is_undone_once(in_shop, alice):
    product, change = make_product(in_shop), make_change(in_shop)
    with recorded(change, [product.pk]):
        Product.objects.update(vendor="Kiln & Co")
    undo_change(change, alice)
    with pytest.raises(CannotUndo):
        undo_change(change, alice)


def test_an_undo_can_be_undone(in_shop, alice):
    product, change = make_product(in_shop), make_change(in_shop)
    with recorded(change, [product.pk]):
        Product.objects.update(vendor="Kiln & Co")
    undo = undo_change(change, alice).change
    assert undo_change(undo, alice).n_undone == 1
    assert Product.objects.get().vendor == "Kiln & Co"


def test_a_created_product_is_taken_out_and_frees_its_sku(in_shop, alice):
    change, ids = make_change(in_shop), []
    with recorded(change, ids):
        ids.append(make_product(in_shop, "Wok", sku="WOK-1").pk)
    undo_change(change, alice)
    assert not Product.objects.live().exists()
    make_product(in_shop, "Another wok", sku="WOK-1")


def test_swapped_skus_swap_back(in_shop, alice):
    left, right = make_product(in_shop, sku="A"), make_product(in_shop, sku="B")
    change = make_change(in_shop)
    with recorded(change, [left.pk, right.pk]):
        for product, sku in ((left, ""), (right, "A"), (left, "B")):
            Variant.objects.filter(product=product).update(sku=sku)
    assert undo_change(change, alice).n_undone == 2
    assert left.variants.get().sku == "A"


def test_a_sku_taken_meanwhile_is_a_conflict_and_the_rest_is_restored(in_shop, alice):
    first, second = make_product(in_shop, sku="A"), make_product(in_shop, sku="B")
    change = make_change(in_shop)
    with recorded(change, [first.pk, second.pk]):
        Variant.objects.filter(product=first).update(sku="A2")
        Variant.objects.filter(product=second).update(sku="B2")
    make_product(in_shop, sku="A")
    outcome = undo_change(change, alice)
    assert [row.product_id for row in outcome.conflicts] == [first.pk]
    assert second.variants.get().sku == "B"


def test_an_undo_that_finds_nothing_may_be_tried_again(in_shop, alice):
    product, change = make_product(in_shop), make_change(in_shop)
    with recorded(change, [product.pk]):
        Product.objects.update(vendor="Kiln & Co")
    Product.objects.update(title="Edited since")
    assert undo_change(change, alice).n_undone == 0
    Product.objects.update(title=product.title)
    change.refresh_from_db()
    assert (change.undone_at, Change.objects.filter(kind="undo").count()) == (None, 0)
    assert undo_change(change, alice).n_undone == 1


def test_a_deleted_product_comes_back_with_its_variants(in_shop):
    product = make_product(in_shop, sku="A")
    gone = Variant.objects.create(merchant=in_shop, product=product, sku="OLD")
    Variant.objects.filter(pk=gone.pk).update(deleted_at=product.created_at)
    before = snapshot([product.pk])
    soft_delete([product.pk])
    assert snapshot([product.pk]) != before
    undelete([product.pk])
    assert snapshot([product.pk]) == before
    assert [v["sku"] for v in before[product.pk]["variants"]] == ["A"]


def test_a_live_text_is_taken_back_alone_whatever_else_moved(in_shop, alice):
    product = make_product(in_shop, "Mug")
    change = make_change(in_shop, "approval")
    for field, text in (("seo_title", "A mug"), ("short_title", "Mug")):
        written = put_text(product, "en", field, text=text, origin="ai", approved_by_id=alice.pk)
        change_row(change, product, "en", field, written)
    Product.objects.filter(pk=product.pk).update(title="Big mug")
    put_text(product, "en", "short_title", text="By hand", origin="person")
    outcome = undo_change(change, alice)
    assert (outcome.n_undone, len(outcome.conflicts)) == (1, 1)
    assert dict(product.texts.values_list("field", "text")) == {"short_title": "By hand"}
    assert undo_change(outcome.change, alice).n_undone == 1
    assert product.texts.get(field="seo_title").text == "A mug"


def test_what_another_saves_meanwhile_is_no_part_of_a_change(transactional_db):
    """A save between the two looks would be recorded as ours, so it waits until we are done."""
    shop = make_shop("northlight")
    product = make_product(shop, "Mug")

    def save() -> None:
        try:
            with tenant(shop), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
                Product.objects.filter(pk=product.pk).update(title="Theirs")
        finally:
            connection.close()

    with (
        tenant(shop),
        ThreadPoolExecutor() as pool,
        recorded(make_change(shop), [product.pk]),
        pytest.raises(OperationalError),
    ):
        pool.submit(save).result()
