"""The editor: what is typed is saved exactly, refused in words, and never lost to somebody else."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from catalog.products.changes import Change
from catalog.products.models import Attribute, Fact, Product, ProductText, Variant
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry
from tests.factories import make_attribute, make_category, make_member, make_product


class FormReader(HTMLParser):
    """The fields a browser would send of the form with this id (or the first with `action`)."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.is_in, self.fields = form_id, False, {}
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_in = a.get("id", a.get("action", "")).endswith(self.form_id)
        if tag == "template":
            self.is_in = False
        if not self.is_in or "disabled" in a:
            return
        if tag == "input" and "name" in a:
            is_box = a.get("type") in {"checkbox", "radio"}
            if not is_box or "checked" in a:
                self.fields[a["name"]] = a.get("value", "")
        elif tag == "select":
            self.select = a["name"]
            self.fields[self.select] = ""
        elif tag == "option" and self.select and "selected" in a:
            self.fields[self.select] = a.get("value", "")
        elif tag == "textarea":
            self.textarea = a["name"]
            self.fields[self.textarea] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_in = False
        if tag == "select":
            self.select = ""
        if tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.fields[self.textarea] += data


def fields_of(response: Any, form_id: str = "editor") -> dict[str, str]:
    reader = FormReader(form_id)
    reader.feed(response.content.decode())
    return reader.fields


@pytest.fixture
def kettle(shop: Any) -> Product:
    make_attribute(shop, "capacity", type="number", unit="L")
    return make_product(
        shop, "Gooseneck kettle", sku="KTL-9", price_cents=7900, stock=12,
        facts={"material": "stainless steel", "capacity": "0.9"},
    )  # fmt: skip


@pytest.fixture
def url(kettle: Product) -> str:
    return f"/northlight/products/{kettle.pk}/"


@pytest.fixture
def variant(shop: Any, kettle: Product) -> Variant:
    with tenant(shop):
        return kettle.variants.get()


def saved(shop: Any, product: Product) -> Product:
    with tenant(shop):
        return Product.objects.get(pk=product.pk)


def test_the_page_shows_every_part_of_the_product(alice, url, client_of):
    page = client_of(alice).get(url).content.decode()
    for words in ("Gooseneck kettle", "KTL-9", "79.00", "stainless steel", "History", "Live now"):
        assert words in page


def test_an_untouched_form_saves_nothing(alice, shop, kettle, url, client_of):
    client = client_of(alice)
    response = client.post(url, fields_of(client.get(url)), follow=True)
    assert "Nothing was changed" in response.content.decode()
    with tenant(shop):
        assert saved(shop, kettle).version == kettle.version
        assert not Change.objects.exists()


def test_everything_can_be_edited_at_once(alice, shop, kettle, variant, url, client_of):
    category = make_category(shop, "Kettles")
    client = client_of(alice)
    fields = fields_of(client.get(url)) | {
        "title": "Kettle 水壶", "vendor": "Kiln", "tags": "new, coffee，pour-over, new",
        "category": str(category.pk), "status": "draft", "option1": "Finish",
        f"v-{variant.pk}-price": "84.5", f"v-{variant.pk}-stock": "-2",
        f"v-{variant.pk}-weight": "920.5", f"v-{variant.pk}-o1": "Steel",
        "v-new900-sku": "KTL-9-K", "v-new900-price": "90", "v-new900-o1": "Black",
        "v-new900-policy": "sell", "f-new900-attribute": "Works on", "f-new900-value": "Gas",
        "t-en-description": "<p>A kettle.<script>alert(1)</script></p>", "t-zh-short_title": "水壶",
    }  # fmt: skip
    assert client.post(url, fields).status_code == 302
    with tenant(shop):
        product = Product.objects.get(pk=kettle.pk)
        assert (product.title, product.vendor, product.status) == ("Kettle 水壶", "Kiln", "draft")
        assert product.tags == ["new", "coffee", "pour-over"]
        assert (product.category_id, product.option_names) == (category.pk, ["Finish"])
        assert product.search_extra == "KTL-9 KTL-9-K"
        first, second = product.variants.order_by("position")
        assert (first.price_cents, first.stock, float(first.weight_grams)) == (8450, -2, 920.5)
        assert (first.options, second.options) == (["Steel"], ["Black"])
        assert (second.price_cents, second.sells_without_stock) == (9000, True)
        assert product.facts.get(attribute__label_en="Works on").value == "Gas"
        text = product.texts.get(field="description")
        assert (text.text, text.origin) == ("<p>A kettle.</p>", "person")
        assert Change.objects.get().n_rows == 1
        assert AuditEntry.objects.filter(action="product.saved").exists()
    assert client.get("/northlight/products/?q=KTL-9-K").content.decode().count("水壶")


def test_a_save_raises_the_version_and_can_be_undone(alice, shop, kettle, url, client_of):
    client = client_of(alice)
    client.post(url, fields_of(client.get(url)) | {"title": "Other"})
    assert saved(shop, kettle).version > kettle.version
    with tenant(shop):
        change = Change.objects.get()
    response = client.post(f"/northlight/changes/{change.pk}/undo/", follow=True)
    assert "1 row taken back" in response.content.decode()
    assert saved(shop, kettle).title == "Gooseneck kettle"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "needs a name"),
        ("title", "x" * 256, "At most 255"),
        ("handle", "", "needs a handle"),
        ("handle", "a b", "no spaces"),
        ("status", "gone", "from the list"),
        ("category", "01890000-0000-7000-8000-000000000000", "category is gone"),
        ("tags", "x" * 81, "At most 80"),
        ("price", "4O.00", "digits and one point"),
        ("price", "1e999", "digits and one point"),
        ("price", "NaN", "digits and one point"),
        ("price", "-5", "digits and one point"),
        ("price", "1,299.00", "digits and one point"),
        ("price", "", "digits and one point"),
        ("price", "1.999", "2 digits after the point"),
        ("compare_at", "free", "digits and one point"),
        ("stock", "many", "whole number"),
        ("stock", "1.5", "whole number"),
        ("stock", "9" * 30, "whole number"),
        ("weight", "-1", "Grams as a number"),
        ("weight", "1e400", "Grams as a number"),
        ("weight", "heavy", "Grams as a number"),
        ("capacity", "8 or 9", "It was 0.9 before"),
    ],
)
def test_what_cannot_be_read_is_refused_on_its_field_and_kept(
    alice, shop, kettle, variant, url, client_of, field, value, words
):
    client = client_of(alice)
    names = dict.fromkeys(("price", "compare_at", "stock", "weight"), f"v-{variant.pk}-{field}")
    with tenant(shop):
        fact = kettle.facts.get(attribute__key="capacity")
    names["capacity"] = f"f-{fact.pk}-value"
    name = names.get(field, field)
    typed = fields_of(client.get(url)) | {"vendor": "Typed", name: value}
    response = client.post(url, typed)
    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert words in page
    again = fields_of(response)
    assert (again[name] if field != "status" else value) == value or field == "category"
    assert (again["vendor"], again["version"]) == ("Typed", typed["version"])
    assert saved(shop, kettle).vendor == ""


def test_a_sku_of_another_product_is_named(alice, shop, kettle, variant, url, client_of):
    make_product(shop, "Big kettle", sku="BIG")
    client = client_of(alice)
    response = client.post(url, fields_of(client.get(url)) | {f"v-{variant.pk}-sku": "BIG"})
    assert response.status_code == 422
    assert "“Big kettle” has this SKU" in response.content.decode()


def test_two_skus_of_one_form_are_told_apart_and_may_swap(
    alice, shop, kettle, variant, url, client_of
):
    with tenant(shop):
        other = Variant.objects.create(merchant=shop, product=kettle, sku="B", price_cents=1)
    client = client_of(alice)
    fields = fields_of(client.get(url))
    doubled = fields | {f"v-{other.pk}-sku": "KTL-9"}
    assert "Two variants of this form" in client.post(url, doubled).content.decode()
    swapped = fields | {f"v-{other.pk}-sku": "KTL-9", f"v-{variant.pk}-sku": "B"}
    assert client.post(url, swapped).status_code == 302
    with tenant(shop):
        assert Variant.objects.get(pk=other.pk).sku == "KTL-9"


def test_a_variant_is_removed_and_its_sku_free(alice, shop, kettle, variant, url, client_of):
    client = client_of(alice)
    fields = fields_of(client.get(url)) | {
        f"v-{variant.pk}-remove": "1", "v-new900-sku": "KTL-9", "v-new900-price": "1",
    }  # fmt: skip
    assert client.post(url, fields).status_code == 302
    with tenant(shop):
        assert kettle.variants.get(deleted_at=None).price_cents == 100
        assert kettle.variants.count() == 2  # order lines may still point at the old one


def test_a_fact_emptied_goes_and_a_known_kind_brings_its_labels(
    alice, shop, kettle, url, client_of
):
    with tenant(shop):
        material = kettle.facts.get(attribute__key="material")
    client = client_of(alice)
    fields = fields_of(client.get(url)) | {
        f"f-{material.pk}-value": "", "f-new900-attribute": "颜色", "f-new900-value": "black",
    }  # fmt: skip
    client.post(url, fields)
    with tenant(shop):
        assert not Fact.objects.filter(pk=material.pk).exists()
        colour = Attribute.objects.get(key="colour")
        assert (colour.label_zh, kettle.facts.get(attribute=colour).value) == ("颜色", "black")


def test_texts_of_other_fields_keep_their_origin(alice, shop, kettle, url, client_of):
    with tenant(shop):
        for field in ("description", "seo_title"):
            ProductText.objects.create(
                merchant=shop, product=kettle, language="en", field=field, text="By AI",
                origin="ai", provenance={"engine": "composer"},
            )  # fmt: skip
    client = client_of(alice)
    client.post(url, fields_of(client.get(url)) | {"t-en-seo_title": "By hand"})
    with tenant(shop):
        origins = dict(kettle.texts.values_list("field", "origin"))
        assert origins == {"description": "ai", "seo_title": "ai_edited"}
        edited = kettle.texts.get(field="seo_title").provenance
        assert edited == {"engine": "composer", "edited_by": alice.pk}


# --- Two people, one product -------------------------------------------------------------------


@pytest.fixture
def conflict(alice, max_, url, variant, client_of) -> Any:
    """Max saves a price and a brand while Alice has the form open with a title and a brand."""
    hers, his = client_of(alice), client_of(max_)
    her_form = fields_of(hers.get(url))
    his.post(url, fields_of(his.get(url)) | {f"v-{variant.pk}-price": "74", "vendor": "His"})
    return hers, hers.post(url, her_form | {"title": "Her title", "vendor": "Her brand"})


def test_a_stale_save_shows_both_versions_and_writes_nothing(shop, kettle, conflict):
    _client, response = conflict
    page = response.content.decode()
    assert response.status_code == 409
    for words in ("Her title", "Gooseneck kettle", "Her brand", "His", "74.00", "79.00"):
        assert words in page
    assert saved(shop, kettle).title == "Gooseneck kettle"


def test_choices_are_preselected_by_who_changed_what(variant, conflict):
    _client, response = conflict
    chosen = {d.name: d.is_mine for d in response.context["differences"]}
    assert chosen == {"title": True, "vendor": True, f"v-{variant.pk}-price": False}
    assert {d.opened for d in response.context["differences"]} == {"Gooseneck kettle", "", "79.00"}


def test_what_is_chosen_is_saved_and_nothing_of_either_is_lost(
    shop, kettle, variant, url, conflict
):
    client, response = conflict
    fields = fields_of(response, f"{kettle.pk}/") | {"vendor": "His"}
    assert client.post(url, fields).status_code == 302
    product = saved(shop, kettle)
    assert (product.title, product.vendor) == ("Her title", "His")
    with tenant(shop):
        assert Variant.objects.get(pk=variant.pk).price_cents == 7400


def test_a_third_save_between_shows_the_conflict_again(max_, kettle, url, conflict, client_of):
    client, response = conflict
    his = client_of(max_)
    his.post(url, fields_of(his.get(url)) | {"title": "Third"})
    again = client.post(url, fields_of(response, f"{kettle.pk}/"))
    assert again.status_code == 409
    assert "Third" in again.content.decode()


def test_a_variant_removed_by_the_other_can_be_kept(
    alice, max_, shop, kettle, variant, url, client_of
):
    hers, his = client_of(alice), client_of(max_)
    her_form = fields_of(hers.get(url)) | {f"v-{variant.pk}-price": "99"}
    his.post(url, fields_of(his.get(url)) | {f"v-{variant.pk}-remove": "1"})
    response = hers.post(url, her_form)
    assert "removed" in response.content.decode()
    assert hers.post(url, fields_of(response, f"{kettle.pk}/")).status_code == 302
    with tenant(shop):
        kept = Variant.objects.get(pk=variant.pk)
        assert (kept.deleted_at, kept.price_cents) == (None, 9900)


def test_a_broken_base_still_shows_the_conflict(alice, kettle, url, client_of):
    client = client_of(alice)
    fields = fields_of(client.get(url)) | {"version": "0", "base": "[1", "title": "Mine"}
    assert client.post(url, fields).status_code == 409


# --- Facts that wait for a yes -----------------------------------------------------------------


@pytest.fixture
def proposed(shop: Any, kettle: Product) -> Fact:
    with tenant(shop):
        fact = kettle.facts.get(attribute__key="material")
        Fact.objects.filter(pk=fact.pk).update(status="proposed", evidence="in the body")
        return fact


def test_a_fact_is_confirmed_with_one_click(alice, shop, proposed, url, client_of):
    client = client_of(alice)
    page = client.get(url)
    assert "Read in: in the body" in page.content.decode()
    version = fields_of(page)["version"]
    response = client.post(
        f"{url}facts/{proposed.pk}/", {"decision": "confirm", "version": version},
        headers={"hx-request": "true"},
    )  # fmt: skip
    with tenant(shop):
        assert Fact.objects.get(pk=proposed.pk).status == "confirmed"
    new_version = re.search(r'id="version" value="(\d+)"', response.content.decode())[1]
    assert int(new_version) > int(version)
    # The open form goes on with the new version: its own click is no conflict.
    fields = fields_of(page) | {"version": new_version, f"f-{proposed.pk}-status": "confirmed"}
    assert client.post(url, fields | {"title": "After"}).status_code == 302


def test_confirming_does_not_hide_that_the_form_is_stale(alice, max_, proposed, url, client_of):
    client, his = client_of(alice), client_of(max_)
    version = fields_of(client.get(url))["version"]
    his.post(url, fields_of(his.get(url)) | {"title": "His"})
    response = client.post(
        f"{url}facts/{proposed.pk}/", {"version": version}, headers={"hx-request": "true"}
    )
    assert f'value="{version}"' in response.content.decode()


def test_without_a_script_confirming_saves_the_form_with_it(alice, shop, proposed, url, client_of):
    client = client_of(alice)
    fields = fields_of(client.get(url)) | {f"f-{proposed.pk}-status": "confirmed", "title": "New"}
    client.post(url, fields)
    with tenant(shop):
        assert Fact.objects.get(pk=proposed.pk).status == "confirmed"
        assert Product.objects.get().title == "New"


def test_facts_are_rejected_one_by_one_and_confirmed_all_at_once(
    alice, shop, proposed, url, client_of
):
    client = client_of(alice)
    client.post(f"{url}facts/{proposed.pk}/", {"decision": "reject"})
    with tenant(shop):
        assert Fact.objects.get(pk=proposed.pk).status == "rejected"
        Fact.objects.update(status="proposed")
    client.post(f"{url}facts/confirm/")
    with tenant(shop):
        assert set(Fact.objects.values_list("status", flat=True)) == {"confirmed"}
    assert client.post(f"{url}facts/{proposed.pk}/", {"decision": "x"}).status_code == 422


# --- New, deleted, restored --------------------------------------------------------------------


def test_a_product_is_added_with_a_name_and_a_price(alice, shop, client_of):
    new = "/northlight/products/new/"
    assert client_of(alice).post(new, {"title": "Mug", "price": "x"}).status_code == 422
    for expected in ("mug", "mug-2"):
        assert client_of(alice).post(new, {"title": "Mug", "price": "18"}).status_code == 302
        with tenant(shop):
            product = Product.objects.get(handle=expected)
            assert (product.status, product.variants.get().price_cents) == ("draft", 1800)


def test_a_deleted_product_is_shown_read_only_and_restored(alice, shop, kettle, url, client_of):
    client = client_of(alice)
    client.post(f"{url}delete/")
    assert saved(shop, kettle).deleted_at
    page = client.get(url)
    assert "readonly" in page.content.decode()
    client.post(url, {"title": "x", "version": "1"})
    assert saved(shop, kettle).title == "Gooseneck kettle"
    client.post(f"{url}restore/")
    assert saved(shop, kettle).deleted_at is None
    with tenant(shop):
        assert kettle.variants.get().deleted_at is None


def test_a_product_whose_sku_is_taken_stays_deleted_and_says_so(
    alice, shop, kettle, url, client_of
):
    client = client_of(alice)
    client.post(f"{url}delete/")
    make_product(shop, sku="KTL-9")
    response = client.post(f"{url}restore/", follow=True)
    assert "“KTL-9” is used by another product" in response.content.decode()
    assert saved(shop, kettle).deleted_at


# --- Who may -----------------------------------------------------------------------------------

WRITES = ["", "delete/", "restore/", "facts/confirm/", "images/", "images/save/"]


def test_who_looks_and_who_writes(vera, bob, mallory, alice, shop, kettle, url, client_of):
    for user in (vera, bob):
        assert client_of(user).get(url).status_code == 200
        assert client_of(user).get(f"{url}history/").status_code == 200
        for path in WRITES:
            assert client_of(user).post(url + path).status_code == 403, path
    for path in ["", "history/"]:
        assert client_of(mallory).get(url + path).status_code == 404
        foreign = f"/harbour/products/{kettle.pk}/{path}"
        assert client_of(mallory).get(foreign).status_code == 404
    for path in WRITES:
        assert client_of(mallory).post(url + path).status_code == 404
        if path:
            assert client_of(alice).get(url + path).status_code == 405


def test_only_known_fields_come_in(alice, shop, kettle, other_shop, url, client_of):
    client = client_of(alice)
    fields = fields_of(client.get(url)) | {
        "merchant": str(other_shop.pk), "deleted_at": "2020-01-01", "t-fr-description": "x",
        "v-x-price": "1", "title": "Mine",
    }  # fmt: skip
    assert client.post(url, fields).status_code == 302
    product = saved(shop, kettle)
    assert (product.merchant_id, product.deleted_at) == (shop.pk, None)


def test_a_variant_of_another_product_cannot_be_written(alice, shop, kettle, url, client_of):
    other = make_product(shop, sku="OTHER", price_cents=500)
    with tenant(shop):
        foreign = other.variants.get()
    client = client_of(alice)
    fields = fields_of(client.get(url)) | {f"v-{foreign.pk}-price": "1", f"v-{foreign.pk}-sku": "Z"}
    client.post(url, fields)
    with tenant(shop):
        assert Variant.objects.get(pk=foreign.pk).price_cents == 500


def test_the_base_travels_as_plain_json(alice, url, client_of):
    base = json.loads(fields_of(client_of(alice).get(url))["base"])
    assert base["title"] == "Gooseneck kettle"


def test_a_category_is_named_in_the_readers_language(zh_shop, client_of, db):
    home = make_category(zh_shop, "Home", name_zh="家居")
    category = make_category(zh_shop, "Kitchen", name_zh="厨房", parent=home, path="Home > Kitchen")
    product = make_product(zh_shop, "水壶", category=category)
    owner = make_member(zh_shop, language="zh-hans")
    page = client_of(owner).get(f"/songfeng/products/{product.pk}/").content.decode()
    assert "家居 &gt; 厨房</option>" in page
    assert ">厨房</a>" in page
    assert "Kitchen" not in page
