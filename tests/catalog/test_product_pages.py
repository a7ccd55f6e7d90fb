"""History, changes, categories, kinds of fact, and the pictures of a product."""

import io
from pathlib import Path
from typing import Any

import pghistory
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog.products.changes import Change
from catalog.products.models import (
    Attribute,
    Category,
    Fact,
    Product,
    ProductImage,
    ProductText,
    Variant,
)
from catalog.products.snapshot import recorded
from ecomportal.tenancy.context import tenant
from tests.factories import make_attribute, make_category, make_product

SHOP = "/northlight/"


@pytest.fixture
def mug(shop: Any) -> Product:
    return make_product(shop, "Mug", sku="MUG-1", price_cents=1800, facts={"material": "clay"})


@pytest.fixture
def url(mug: Product) -> str:
    return f"{SHOP}products/{mug.pk}/"


# --- History -----------------------------------------------------------------------------------


def test_history_tells_who_changed_what_from_what_to_what(alice, shop, mug, url, client_of):
    with tenant(shop), pghistory.context(user=alice.pk, source="import"):
        Product.objects.filter(pk=mug.pk).update(title="Big mug", status="draft")
        Variant.objects.update(price_cents=2000)
        Fact.objects.update(value="stoneware")
        ProductText.objects.create(
            merchant=shop, product=mug, language="zh", field="short_title", text="马克杯",
            origin="person",
        )  # fmt: skip
    response = client_of(alice).get(f"{url}history/")
    newest = response.context["entries"][0]
    assert newest.who == "Alice Berg"
    told = {(str(c.label), c.old, c.new) for c in newest.changes}
    assert told == {
        ("name", "Mug", "Big mug"),
        ("status", "On sale", "Draft"),
        ("price (MUG-1)", "€18.00", "€20.00"),
        ("Material", "clay", "stoneware"),
        ("Short title, Chinese", "", "马克杯"),
    }
    assert "by an import" in response.content.decode()


def test_history_holds_removals_and_the_beginning(alice, shop, mug, url, client_of):
    category = make_category(shop, "Cups")
    with tenant(shop):
        Product.objects.filter(pk=mug.pk).update(category=category)
        Fact.objects.all().delete()
        Variant.objects.update(deleted_at=mug.created_at)
    entries = client_of(alice).get(f"{url}history/").context["entries"]
    told = {(str(c.label), c.old, c.new) for entry in entries for c in entry.changes}
    wanted = {("category", "", "Cups"), ("Material", "clay", ""), ("variant", "MUG-1", "")}
    assert wanted <= told
    assert any(entry.is_created for entry in entries)


# --- Changes -----------------------------------------------------------------------------------


@pytest.fixture
def change(alice, shop, mug) -> Change:
    with tenant(shop):
        made = Change.objects.create(
            merchant=shop, kind="bulk_edit", title="Dearer", created_by=alice
        )
        with recorded(made, [mug.pk]):
            Variant.objects.update(price_cents=2000)
            Product.objects.filter(pk=mug.pk).update(vendor="Kiln")
            Fact.objects.update(value="stoneware")
            ProductImage.objects.create(merchant=shop, product=mug, file="x.png", alt="A mug")
        return made


def test_a_change_is_told_field_by_field(alice, change, client_of):
    assert "Dearer" in client_of(alice).get(f"{SHOP}changes/").content.decode()
    page = client_of(alice).get(f"{SHOP}changes/{change.pk}/").content.decode()
    for words in ("€18.00", "€20.00", "Kiln", "clay", "stoneware", "A mug", "Undo 1 row"):
        assert words in page


def test_an_undo_from_the_page_tells_of_conflicts(alice, shop, mug, change, client_of):
    with tenant(shop):
        Product.objects.filter(pk=mug.pk).update(title="Since")
    client, place = client_of(alice), f"{SHOP}changes/{change.pk}/"
    page = client.post(f"{place}undo/", follow=True).content.decode()
    assert "changed since, and is kept" in page
    with tenant(shop):
        Product.objects.filter(pk=mug.pk).update(title="Mug")
    page = client.post(f"{place}undo/", follow=True).content.decode()
    assert "1 row taken back" in page
    assert "Undo 1 row" not in page
    assert "taken back already" in client.post(f"{place}undo/", follow=True).content.decode()
    kinds = client.get(f"{SHOP}changes/?kind=undo").content.decode()
    assert "Undo: Dearer" in kinds
    with tenant(shop):
        undo = Change.objects.get(kind="undo")
    assert client.get(f"{SHOP}changes/{undo.pk}/").status_code == 200


def test_history_names_the_undo(alice, change, url, client_of):
    client_of(alice).post(f"{SHOP}changes/{change.pk}/undo/")
    newest = client_of(alice).get(f"{url}history/").context["entries"][0]
    assert (newest.who, str(newest.source)) == ("Alice Berg", "by an undo")
    place = f"{SHOP}changes/{newest.change_id}/"
    assert "Undo: Dearer" in client_of(alice).get(place).content.decode()


# --- Categories --------------------------------------------------------------------------------


def test_categories_are_added_renamed_and_moved_with_all_below(alice, shop, client_of):
    client, place = client_of(alice), f"{SHOP}products/categories/"
    client.post(place, {"name": "Kitchen", "name_zh": "厨房", "family": "kitchen"})
    with tenant(shop):
        kitchen = Category.objects.get()
    client.post(place, {"name": "Cups", "parent": str(kitchen.pk)})
    client.post(place, {"name": "Tea"})
    with tenant(shop):
        cups, tea = Category.objects.get(name="Cups"), Category.objects.get(name="Tea")
    client.post(place, {"name": "Mugs", "parent": str(cups.pk)})
    client.post(f"{place}{kitchen.pk}/", {"name": "Kitchenware"})
    client.post(f"{place}{cups.pk}/", {"name": "Cups & mugs", "parent": str(tea.pk)})
    with tenant(shop):
        paths = sorted(Category.objects.values_list("path", flat=True))
    assert paths == ["Kitchenware", "Tea", "Tea > Cups & mugs", "Tea > Cups & mugs > Mugs"]
    page = client.get(place).content.decode()
    assert "Kitchenware" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": ""}, "required"),
        ({"name": "a > b"}, "cannot contain"),
        ({"name": "Cups"}, "already"),
        ({"name": "x", "parent": "01890000-0000-7000-8000-000000000000"}, "valid choice"),
        ({"name": "x", "family": "zeppelins"}, "valid choice"),
    ],
)
def test_a_category_that_cannot_be_is_refused(alice, shop, client_of, data, words):
    make_category(shop, "Cups")
    response = client_of(alice).post(f"{SHOP}products/categories/", data)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_category_cannot_stand_inside_itself(alice, shop, client_of):
    top = make_category(shop, "A")
    below = make_category(shop, "B", path="A > B", parent=top)
    for parent in (top, below):
        response = client_of(alice).post(
            f"{SHOP}products/categories/{top.pk}/", {"name": "A", "parent": str(parent.pk)}
        )
        assert response.status_code == 422


def test_only_an_empty_category_is_deleted(alice, shop, mug, client_of):
    full, empty = make_category(shop, "Full"), make_category(shop, "Empty")
    parent = make_category(shop, "Parent")
    make_category(shop, "Child", path="Parent > Child", parent=parent)
    with tenant(shop):
        Product.objects.filter(pk=mug.pk).update(category=full)
    client = client_of(alice)
    for category in (full, empty, parent):
        client.post(f"{SHOP}products/categories/{category.pk}/delete/")
    with tenant(shop):
        names = set(Category.objects.values_list("name", flat=True))
    assert names == {"Full", "Parent", "Child"}


# --- Kinds of fact -----------------------------------------------------------------------------


def test_kinds_of_fact_are_added_and_relabelled(alice, shop, client_of):
    client, place = client_of(alice), f"{SHOP}products/facts/"
    data = {"label_en": "Spout", "label_zh": "壶嘴", "type": "number", "unit": "mm"}
    assert client.post(place, data).status_code == 302
    assert client.post(place, data).status_code == 422
    with tenant(shop):
        spout = Attribute.objects.get(key="spout")
    assert client.post(f"{place}{spout.pk}/", {**data, "label_zh": "出水口"}).status_code == 302
    with tenant(shop):
        spout.refresh_from_db()
        assert (spout.key, spout.label_zh, spout.unit) == ("spout", "出水口", "mm")
    assert client.post(f"{place}{spout.pk}/", {**data, "type": "text"}).status_code == 422


# --- Pictures ----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(name: str = "mug.png", colour: str = "teal") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), content_type="image/png")


def test_pictures_are_added_shown_ordered_and_removed(alice, shop, mug, url, client_of):
    client = client_of(alice)
    client.post(f"{url}images/", {"files": [picture(), picture(colour="red")]})
    with tenant(shop):
        first, second = mug.images.all()
    data = {f"alt-{first.pk}": "Teal mug", f"position-{first.pk}": "2",
            f"position-{second.pk}": "1"}  # fmt: skip
    client.post(f"{url}images/save/", data)
    with tenant(shop):
        assert [image.pk for image in mug.images.all()] == [second.pk, first.pk]
        assert mug.images.get(pk=first.pk).alt == "Teal mug"
    # The list names it from its own address on, so that a row stays small.
    assert f"src=images/{second.pk}/" in client.get(f"{SHOP}products/").content.decode()
    client.post(f"{url}images/{second.pk}/remove/")
    with tenant(shop):
        assert [image.pk for image in mug.images.all()] == [first.pk]
        removal = Change.objects.latest("created_at")
    client.post(f"{SHOP}changes/{removal.pk}/undo/")
    with tenant(shop):
        assert mug.images.count() == 2


def test_a_picture_is_served_as_nothing_but_a_picture(
    alice, mallory, vera, shop, mug, url, client_of
):
    client_of(alice).post(f"{url}images/", {"files": picture()})
    with tenant(shop):
        image = mug.images.get()
    place = f"products/images/{image.pk}/"
    response = client_of(vera).get(f"{SHOP}{place}")
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "private" in response["Cache-Control"]
    thumb = client_of(vera).get(f"{SHOP}{place}?size=thumb")
    assert thumb["Content-Type"] == "image/webp"
    for foreign in (f"{SHOP}{place}", f"/harbour/{place}"):
        assert client_of(mallory).get(foreign).status_code == 404


def test_a_path_outside_the_media_folder_is_never_served(alice, shop, mug, tmp_path, client_of):
    (tmp_path.parent / "secret.png").write_bytes(b"secret")
    with tenant(shop):
        image = ProductImage.objects.create(merchant=shop, product=mug, file="../secret.png")
    assert client_of(alice).get(f"{SHOP}products/images/{image.pk}/").status_code == 404


def test_bad_files_are_named_and_good_ones_kept(alice, shop, mug, url, client_of):
    svg = SimpleUploadedFile("evil.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    response = client_of(alice).post(f"{url}images/", {"files": [svg, picture()]})
    assert response.status_code == 422
    assert "evil.svg: This is not a JPEG" in response.content.decode()
    with tenant(shop):
        assert mug.images.count() == 1
    assert client_of(alice).post(f"{url}images/").status_code == 422
    bad = {f"position-{mug.images.model.__name__}": "1"}
    assert client_of(alice).post(f"{url}images/save/", bad).status_code == 302


def test_a_place_that_is_no_number_is_refused(alice, shop, mug, url, client_of):
    client = client_of(alice)
    client.post(f"{url}images/", {"files": picture()})
    with tenant(shop):
        image = mug.images.get()
    response = client.post(f"{url}images/save/", {f"position-{image.pk}": "first"})
    assert response.status_code == 422


# --- Who may -----------------------------------------------------------------------------------


def test_who_looks_and_who_writes(alice, vera, mallory, shop, mug, change, client_of):
    category, attribute = make_category(shop, "Cups"), make_attribute(shop, "spout")
    looks = ["changes/", f"changes/{change.pk}/", "products/categories/", "products/facts/"]
    forms = [f"products/categories/{category.pk}/", f"products/facts/{attribute.pk}/"]
    writes = [
        f"changes/{change.pk}/undo/",
        f"products/categories/{category.pk}/delete/",
        f"products/{mug.pk}/images/",
    ]
    for path in looks:
        assert client_of(vera).get(SHOP + path).status_code == 200
        assert client_of(mallory).get(SHOP + path).status_code == 404
    for path in [*looks[2:], *forms, *writes]:
        assert client_of(vera).post(SHOP + path).status_code == 403, path
        assert client_of(mallory).post(SHOP + path).status_code == 404
    for path in forms:
        assert client_of(alice).get(SHOP + path).status_code == 200
        assert client_of(mallory).get("/harbour/" + path).status_code == 404
    for path in writes:
        assert client_of(alice).get(SHOP + path).status_code == 405
        assert client_of(mallory).post("/harbour/" + path).status_code == 404
