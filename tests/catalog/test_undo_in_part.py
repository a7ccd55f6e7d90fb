"""Changes recorded in part: taken back by the database, whole or row by row, never over others."""

import json
from typing import Any

import pytest
from django.db import connection

from catalog.products.bulk_job import write_batch
from catalog.products.bulk_sql import edit_for
from catalog.products.changes import Change, ChangeRow
from catalog.products.models import Category, Fact, Product, ProductText, Variant
from catalog.products.snapshot import recorded, snapshot
from catalog.products.undo import (
    CannotUndo,
    begin_undo,
    open_rows,
    undo_change,
    undo_row,
    undo_rows,
)
from ecomportal.tenancy.context import tenant
from tests.factories import make_attribute, make_category, make_member, make_product, make_shop


def bulk(shop: Any, action: str, products: list[Product], **params: Any) -> Change:
    change = Change.objects.create(merchant=shop, kind="bulk_edit", title=action)
    edit = edit_for(action, params, shop.currency)
    n = write_batch(edit, change, [str(product.pk) for product in products])
    Change.objects.filter(pk=change.pk).update(n_rows=n)
    return change


def record(shop: Any, product: Product, before: Any, after: Any, *, was: int = 0) -> ChangeRow:
    """A row as a batch writer inserts it."""
    change = Change.objects.create(merchant=shop, kind="import", title="Rows", n_rows=1)
    product.refresh_from_db(fields=["version"])
    return ChangeRow.objects.create(
        merchant=shop, change=change, product_id=product.pk, label=product.title, before=before,
        after=after, version_before=was, version_after=product.version,
    )  # fmt: skip


PRICE = {"how": "percent", "value": "10", "rounding": "none"}
FACT = {"how": "set", "values": ["linen"], "unit": "", "number": None}


def edits(shop: Any, products: list[Product]) -> list[tuple[str, dict[str, Any]]]:
    category = make_category(shop, "Cups")
    material = str(make_attribute(shop, "material").pk)
    return [
        ("price", PRICE),
        ("compare_at", {"how": "set", "value": "5000"}),
        ("status", {"status": "archived"}),
        ("category", {"category": str(category.pk)}),
        ("tags", {"how": "replace", "tags": ["a", "b"]}),
        ("tags", {"how": "remove", "tags": ["old"]}),
        ("fact", {**FACT, "attribute": material}),
        ("fact", {**FACT, "attribute": material, "values": ["linen", "silk"]}),
        ("fact", {**FACT, "attribute": material, "how": "remove", "values": []}),
        ("delete", {}),
    ]


@pytest.mark.parametrize("n", range(10))
def test_every_bulk_edit_goes_back_to_the_letter_and_again_forward(in_shop, alice, n):
    products = [
        make_product(in_shop, title, price_cents=1000, tags=["old"], facts={"material": fact})
        for title, fact in (("Mug", "stone"), ("Shirt", "linen"))
    ]
    Variant.objects.create(merchant=in_shop, product=products[0], price_cents=777, position=2)
    ids = [product.pk for product in products]
    action, params = edits(in_shop, products)[n]
    before = snapshot(ids)
    change = bulk(in_shop, action, products, **params)
    after = snapshot(ids)
    assert after != before
    undo = undo_change(change, alice)
    assert (undo.n_undone, undo.conflicts) == (change.rows.count(), [])
    assert snapshot(ids) == before
    undo.change.refresh_from_db()
    assert undo.change.n_rows == undo.n_undone
    assert undo_change(undo.change, alice).n_undone == undo.n_undone
    assert snapshot(ids) == after


def test_restoring_goes_back_too(in_shop, alice):
    mug = make_product(in_shop, "Mug", sku="M-1")
    bulk(in_shop, "delete", [mug])
    gone = snapshot([mug.pk])
    change = bulk(in_shop, "restore", [mug])
    assert Variant.objects.get(product=mug).deleted_at is None
    undo_change(change, alice)
    assert snapshot([mug.pk])[mug.pk]["product"] == gone[mug.pk]["product"]


def test_what_another_wrote_since_is_kept_and_listed(in_shop, alice):
    mug, bowl = (make_product(in_shop, title, price_cents=1000) for title in ("Mug", "Bowl"))
    change = bulk(in_shop, "price", [mug, bowl], **PRICE)
    Variant.objects.filter(product=mug).update(price_cents=1234)
    outcome = undo_change(change, alice)
    assert (outcome.n_undone, [row.label for row in outcome.conflicts]) == (1, ["Mug"])
    assert mug.variants.get().price_cents == 1234
    assert bowl.variants.get().price_cents == 1000
    assert change.rows.get(state="conflict").why == "changed"


def test_a_row_kept_by_the_undo_goes_back_alone_if_what_it_wrote_stands(in_shop, alice):
    mug, bowl = (make_product(in_shop, title, price_cents=1000) for title in ("Mug", "Bowl"))
    change = bulk(in_shop, "price", [mug, bowl], **PRICE)
    Product.objects.filter(pk=mug.pk).update(title="Big mug")
    Variant.objects.filter(product=bowl).update(price_cents=5)
    assert undo_change(change, alice).n_undone == 0
    rows = {row.product_id: row for row in change.rows.all()}
    assert undo_row(rows[mug.pk], alice).n_undone == 1
    assert (mug.variants.get().price_cents, Product.objects.get(pk=mug.pk).title) == (
        1000,
        "Big mug",
    )
    assert undo_row(rows[bowl.pk], alice).n_undone == 0
    assert bowl.variants.get().price_cents == 5
    with pytest.raises(CannotUndo):
        undo_row(rows[mug.pk], alice)


def test_two_edits_are_taken_back_one_after_the_other(in_shop, alice):
    """The later one leads back to what the earlier one wrote, so that one can follow."""
    mug = make_product(in_shop, "Mug", price_cents=1000)
    before = snapshot([mug.pk])
    first = bulk(in_shop, "price", [mug], **PRICE)
    second = bulk(in_shop, "tags", [mug], how="add", tags=["new"])
    third = Change.objects.create(merchant=in_shop, kind="edit", title="By hand")
    with recorded(third, [mug.pk]):
        Product.objects.filter(pk=mug.pk).update(vendor="Kiln")
    for change in (third, second, first):
        assert undo_change(change, alice).n_undone == 1, change.title
    assert snapshot([mug.pk]) == before


def test_the_earlier_alone_is_a_conflict(in_shop, alice):
    mug = make_product(in_shop, "Mug", price_cents=1000)
    first = bulk(in_shop, "price", [mug], **PRICE)
    bulk(in_shop, "price", [mug], **PRICE)
    assert undo_change(first, alice).n_undone == 0
    assert mug.variants.get().price_cents == 1210


def test_a_created_product_leaves_and_comes_back_with_the_undo_of_the_undo(in_shop, alice):
    wok = make_product(in_shop, "Wok", sku="WOK-1")
    row = record(in_shop, wok, None, None)
    undo = undo_change(row.change, alice)
    assert undo.n_undone == 1
    assert not Product.objects.live().exists()
    make_product(in_shop, "Another wok", sku="WOK-1")
    taken = undo_change(undo.change, alice)
    assert (taken.n_undone, ChangeRow.objects.get(pk=taken.conflicts[0].pk).why) == (0, "")
    Product.objects.filter(title="Another wok").delete()
    assert undo_change(undo.change, alice).n_undone == 1
    assert wok.variants.get().deleted_at is None


def test_a_created_product_that_was_edited_since_stays(in_shop, alice):
    wok = make_product(in_shop, "Wok")
    row = record(in_shop, wok, None, None)
    Product.objects.filter(pk=wok.pk).touch()
    Fact.objects.create(
        merchant=in_shop, product=wok, attribute=make_attribute(in_shop, "material"), value="iron"
    )
    assert undo_change(row.change, alice).n_undone == 0
    assert Product.objects.live().count() == 1


def test_rows_of_every_kind_below_come_back(in_shop, alice):
    """A batch writer may touch columns and rows of each table; all of them go back."""
    mug = make_product(in_shop, "Mug", sku="A", facts={"material": "stone"})
    text = ProductText.objects.create(
        merchant=in_shop, product=mug, language="en", field="seo_title", text="Old", origin="person"
    )
    kept = Variant.objects.create(merchant=in_shop, product=mug, sku="B", position=2)
    first, fact = mug.variants.get(sku="A"), mug.facts.get()
    before = snapshot([mug.pk])
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(f) FROM catalog_fact f WHERE id = %s", [fact.pk])
        whole_fact = cursor.fetchone()[0]
    was = Product.objects.get(pk=mug.pk).version
    added = Variant.objects.create(merchant=in_shop, product=mug, sku="C", position=3)
    Variant.objects.filter(pk=kept.pk).update(sku="")
    Variant.objects.filter(pk=first.pk).update(sku="B")
    Variant.objects.filter(pk=kept.pk).update(sku="A")
    fact.delete()
    ProductText.objects.filter(pk=text.pk).update(text="New", origin="import")
    Product.objects.filter(pk=mug.pk).update(title="Big mug", option_names=["Size"])
    whole_fact = json.loads(whole_fact) if isinstance(whole_fact, str) else whole_fact
    row = record(
        in_shop,
        mug,
        {
            "product": {"title": "Mug", "option_names": []},
            "variants": {str(first.pk): {"sku": "A"}, str(kept.pk): {"sku": "B"},
                         str(added.pk): None},
            "facts": {whole_fact["id"]: whole_fact},
            "texts": {str(text.pk): {"text": "Old", "origin": "person"}},
        },
        {
            "product": {"title": "Big mug", "option_names": ["Size"]},
            "variants": {str(first.pk): {"sku": "B"}, str(kept.pk): {"sku": "A"},
                         str(added.pk): {"sku": "C"}},
            "facts": {whole_fact["id"]: None},
            "texts": {str(text.pk): {"text": "New", "origin": "import"}},
        },
        was=was,
    )  # fmt: skip
    assert undo_change(row.change, alice).n_undone == 1
    assert snapshot([mug.pk]) == before


def test_a_category_that_is_gone_is_left_empty(in_shop, alice):
    old, new = make_category(in_shop, "Old"), make_category(in_shop, "New")
    mug = make_product(in_shop, "Mug", category=old)
    change = bulk(in_shop, "category", [mug], category=str(new.pk))
    Category.objects.filter(pk=old.pk).delete()
    assert undo_change(change, alice).n_undone == 1
    assert Product.objects.get(pk=mug.pk).category_id is None


def test_one_taken_sku_keeps_one_row_and_not_the_batch(in_shop, alice):
    products = [make_product(in_shop, f"P{n}", sku=f"S-{n}") for n in range(9)]
    change = bulk(in_shop, "delete", products)
    make_product(in_shop, "Thief", sku="S-4")
    outcome = undo_change(change, alice)
    assert (outcome.n_undone, [row.label for row in outcome.conflicts]) == (8, ["P4"])
    assert change.rows.get(state="conflict").why == "taken"


def test_a_product_removed_for_good_is_told(in_shop, alice):
    mug, bowl = make_product(in_shop, "Mug"), make_product(in_shop, "Bowl")
    change = bulk(in_shop, "status", [mug, bowl], status="archived")
    Product.objects.filter(pk=mug.pk).delete()
    assert undo_change(change, alice).n_undone == 1
    assert change.rows.get(state="conflict").why == "gone"


def test_the_statements_do_not_grow_with_the_rows(in_shop, alice, django_assert_max_num_queries):
    products = [make_product(in_shop, f"P{n}", price_cents=100) for n in range(60)]
    change = bulk(in_shop, "price", products, **PRICE)
    with django_assert_max_num_queries(45):
        assert undo_change(change, alice).n_undone == 60


def test_a_row_taken_back_by_itself_meanwhile_is_no_conflict(in_shop, alice):
    products = [make_product(in_shop, f"P{n}", price_cents=100) for n in range(3)]
    change = bulk(in_shop, "price", products, **PRICE)
    rows = list(open_rows(change))
    undo_row(rows[0], alice)
    outcome = undo_rows(begin_undo(change, alice), rows)
    assert (outcome.n_undone, outcome.conflicts) == (2, [])
    assert set(change.rows.values_list("state", flat=True)) == {"undone"}


@pytest.fixture
def page(db: Any, client_of: Any) -> Any:
    """A shop with one bulk edit of two products, and its owner's browser."""
    shop = make_shop()
    with tenant(shop):
        products = [make_product(shop, t, sku=t, price_cents=1000) for t in ("Mug", "Bowl")]
        change = bulk(shop, "price", products, **PRICE)
    return shop, change, products, client_of(make_member(shop))


def test_the_page_tells_old_and_new_of_what_was_touched(page):
    shop, change, products, client = page
    text = client.get(f"/{shop.slug}/changes/{change.pk}/").content.decode()
    for words in ("price (Mug)", "€10.00", "€11.00", "Undo 2 rows", "Take back"):
        assert words in text


def test_many_variants_that_changed_alike_are_told_in_one_line(page):
    shop, change, products, client = page
    with tenant(shop):
        for n in range(11):
            Variant.objects.create(
                merchant=shop, product=products[0], sku=f"V-{n}", price_cents=1100, position=n + 2
            )
        again = bulk(shop, "price", products[:1], **PRICE)
    text = client.get(f"/{shop.slug}/changes/{again.pk}/").content.decode()
    assert "price (12 variants)" in text
    assert text.count("€12.10") == 1


def test_one_row_is_taken_back_from_the_page(page):
    shop, change, products, client = page
    with tenant(shop):
        row = change.rows.get(product_id=products[0].pk)
    url = f"/{shop.slug}/changes/{change.pk}/rows/{row.pk}/undo/"
    text = client.post(url, follow=True).content.decode()
    assert "1 row taken back" in text
    assert "Undo 1 row" in text
    with tenant(shop):
        assert products[0].variants.get().price_cents == 1000
        assert products[1].variants.get().price_cents == 1100
    assert "This row was taken back already" in client.post(url, follow=True).content.decode()
    client.post(f"/{shop.slug}/changes/{change.pk}/undo/")
    with tenant(shop):
        assert products[1].variants.get().price_cents == 1000


def test_an_undo_that_cannot_do_anything_says_so_before_it_is_pressed(page):
    shop, change, products, client = page
    with tenant(shop):
        Variant.objects.update(price_cents=1)
    text = client.get(f"/{shop.slug}/changes/{change.pk}/").content.decode()
    assert "Every product was changed since" in text
    assert "disabled" in text
    assert "Take back" not in text.replace("Taken back", "")


def test_who_may_take_a_row_back(page, client_of):
    shop, change, _products, client = page
    with tenant(shop):
        row = change.rows.first()
    url = f"/{shop.slug}/changes/{change.pk}/rows/{row.pk}/undo/"
    assert client.get(url).status_code == 405
    assert client_of(make_member(shop, role="viewer")).post(url).status_code == 403
    assert client_of(make_member(make_shop())).post(url).status_code == 404
    other = make_shop()
    foreign = f"/{other.slug}/changes/{change.pk}/rows/{row.pk}/undo/"
    assert client_of(make_member(other)).post(foreign).status_code == 404
    viewed = client_of(make_member(shop, role="viewer"))
    assert "Take back" not in viewed.get(f"/{shop.slug}/changes/{change.pk}/").content.decode()
