"""Mappings a shop keeps: the next file with the same columns, in any order, is read alike."""

from pathlib import Path
from typing import Any

import pytest

from catalog.products.imports.models import SavedMapping
from catalog.products.imports.saved import key_of
from ecomportal.tenancy.context import tenant
from tests.catalog.importing import (
    compared,
    imported,
    kettle,
    latest,
    mapped,
    table,
    upload,
    written,
)

HEADER = ["Our Part", "Label", "Was"]
PAGE = "/northlight/products/import/mappings/"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


@pytest.fixture
def saved(shop: Any, alices: Any) -> SavedMapping:
    upload(alices, table(["P-1", "Pan", "20"], header=HEADER), name="supplier.csv")
    columns = {"Our Part": "sku", "Label": "title", "Was": "price"}
    run = mapped(alices, shop, latest(shop), remember="Supplier’s list", **columns)
    written(alices, shop, run)
    with tenant(shop):
        return shop.saved_mappings.get()


def test_the_key_is_the_set_of_columns() -> None:
    assert key_of(["A b", "C"]) == key_of(["c", "a_B"]) == key_of(["C", "Import problem", "a b"])
    assert key_of(["A"]) != key_of(["A", "B"])


def test_the_next_file_is_read_as_the_last_one(shop: Any, alices: Any, saved: Any) -> None:
    assert saved.name == "Supplier’s list"
    upload(alices, table(["21", "P-1", "Pan"], header=["WAS", "our part", "Label"]))
    run = latest(shop)
    assert run.mapping == {"WAS": "price", "our part": "sku", "Label": "title"}
    page = alices.get(f"/northlight/products/import/{run.pk}/columns/").content.decode()
    assert "read as the saved mapping “Supplier’s list” says" in page
    run = mapped(alices, shop, run)
    assert (run.n_changed, run.n_failed) == (1, 0)


def test_a_mapping_is_kept_once_for_its_columns(shop: Any, alices: Any, saved: Any) -> None:
    upload(alices, table(["P-1", "Pan", "20"], header=HEADER))
    mapped(alices, shop, latest(shop), remember="Better", Was="compare_at")
    with tenant(shop):
        again = shop.saved_mappings.get()
    assert (again.name, again.n_used, again.pk) == ("Better", 2, saved.pk)
    assert again.mapping["Was"] == "compare_at"


def test_what_our_own_reading_says_is_not_kept(shop: Any, alices: Any) -> None:
    upload(alices, table(kettle()))
    mapped(alices, shop, latest(shop), remember="Shopify")
    with tenant(shop):
        assert not shop.saved_mappings.exists()


def test_a_mapping_is_not_kept_against_a_persons_will(shop: Any, alices: Any) -> None:
    upload(alices, table(["P-1", "Pan", "20"], header=HEADER))
    mapped(alices, shop, latest(shop), **{"Our Part": "sku", "Label": "title", "Was": "price"})
    with tenant(shop):
        assert not shop.saved_mappings.exists()


def test_mappings_are_listed_renamed_and_deleted(shop: Any, alices: Any, saved: Any) -> None:
    page = alices.get(PAGE).content.decode()
    assert 'value="Supplier’s list"' in page
    assert "3 of 3" in page
    alices.post(f"{PAGE}{saved.pk}/rename/", {"name": "Pans"})
    with tenant(shop):
        assert shop.saved_mappings.get().name == "Pans"
    answer = alices.post(f"{PAGE}{saved.pk}/rename/", {"name": ""})
    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()
    answer = alices.post(f"{PAGE}{saved.pk}/delete/", follow=True)
    assert "No mapping is saved" in answer.content.decode()
    assert "“Pans” is deleted" in answer.content.decode()
    with tenant(shop):
        assert not shop.saved_mappings.exists()
        actions = set(shop.audit_entries.values_list("action", flat=True))
    assert {f"import.mapping_{what}" for what in ("saved", "renamed", "deleted")} <= actions


def test_a_column_that_a_saved_mapping_lost_is_left_out(shop: Any, alices: Any, saved: Any) -> None:
    with tenant(shop):
        SavedMapping.objects.filter(pk=saved.pk).update(mapping={"Our Part": "sku"})
    upload(alices, table(["P-1", "Pan", "20"], header=HEADER))
    assert latest(shop).mapping == {"Our Part": "sku", "Label": "", "Was": ""}


def test_another_shop_reads_its_own_files_its_own_way(
    shop: Any, other_shop: Any, saved: Any, client_of: Any, mallory: Any
) -> None:
    mallorys = client_of(mallory)
    upload(mallorys, table(["P-1", "Pan", "20"], header=HEADER), slug="harbour")
    with tenant(other_shop):
        assert "saved" not in other_shop.import_runs.get().reading
    assert mallorys.get(PAGE).status_code == 404
    for act in ("rename", "delete"):
        assert mallorys.post(f"{PAGE}{saved.pk}/{act}/", {"name": "x"}).status_code == 404
        own = f"/harbour/products/import/mappings/{saved.pk}/{act}/"
        assert mallorys.post(own, {"name": "x"}).status_code == 404
    with tenant(shop):
        assert shop.saved_mappings.get().name == "Supplier’s list"


def test_a_saved_fact_column_stays_known_once_its_kind_exists(shop: Any, alices: Any) -> None:
    content = table(["Pan", "round"], header=["Label", "Form_of_it"])
    upload(alices, content)
    columns = {"Label": "title", "Form_of_it": "fact:Form of it"}
    written(alices, shop, mapped(alices, shop, latest(shop), remember="Forms", **columns))
    assert compared(alices, shop, content).n_unchanged == 1
    with tenant(shop):
        fact = shop.facts.select_related("attribute").get(source="import")
    assert (fact.attribute.label_en, fact.value) == ("Form of it", "round")


def test_what_was_read_out_of_columns_is_shown(shop: Any, alices: Any, saved: Any) -> None:
    run = imported(alices, shop, table(["P-2", "Pot", "9"], header=HEADER))
    page = alices.get(f"/northlight/products/import/{run.pk}/").content.decode()
    assert "Saved mapping" in page
