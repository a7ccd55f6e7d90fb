"""Rows that were kept aside, tried again when their cause is mended in the shop."""

from pathlib import Path
from typing import Any

import pytest

from catalog.products.imports.store import file_of
from ecomportal.tenancy.context import tenant
from tests.catalog.importing import (
    carry_out,
    compared,
    imported,
    kettle,
    latest,
    problems,
    table,
    written,
)
from tests.factories import make_product


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def retried(client: Any, shop: Any, run: Any) -> Any:
    answer = client.post(f"/northlight/products/import/{run.pk}/retry/")
    assert answer.status_code == 302
    new = latest(shop)
    assert new.retry_of_id == run.pk
    carry_out(new.job)
    return latest(shop)


POT = ["pot", "Pot", "", "", "TAKEN", "10"]


def test_only_the_failed_rows_are_read_again(shop: Any, alices: Any) -> None:
    other = make_product(shop, "Other", sku="TAKEN")
    make_product(shop, "Pot", handle="pot", sku="POT")
    run = imported(alices, shop, table(POT, kettle(), kettle("1O", Handle="bad", Title="Bad")))
    assert sorted(problems(shop, run)) == ["letter_in_number", "sku_taken"]
    page = alices.get(f"/northlight/products/import/{run.pk}/").content.decode()
    assert "Retry only the failed rows" in page
    with tenant(shop):
        other.variants.update(sku="FREE")
    again = retried(alices, shop, run)
    assert (again.n_changed, again.n_unchanged, again.n_failed) == (1, 0, 1)
    with tenant(shop):
        assert {row.line: row.outcome for row in again.rows.all()} == {2: "changed", 4: "failed"}
    page = alices.get(f"/northlight/products/import/{again.pk}/").content.decode()
    assert "2 rows of a.csv that were kept aside, read again" in page
    written(alices, shop, again)
    with tenant(shop):
        assert shop.variants.get(sku="TAKEN").product.handle == "pot"
        assert shop.products.count() == 3, "the kettle, the pot and the other"
    page = alices.get(f"/northlight/products/import/{run.pk}/").content.decode()
    assert "Tried again: Written" in page


def test_what_somebody_changed_meanwhile_can_be_tried_again(shop: Any, alices: Any) -> None:
    product = make_product(shop, "Kettle", handle="kettle", sku="NK-1", price_cents=100)
    run = compared(alices, shop, table(POT, kettle()))
    with tenant(shop):
        product.variants.update(price_cents=200)
        shop.products.filter(pk=product.pk).update(title="Kettle by hand")
    run = written(alices, shop, run)
    assert problems(shop, run)[-1] == "changed_since"
    again = retried(alices, shop, run)
    assert (again.n_changed, again.n_created, again.n_failed) == (1, 0, 0)
    # The price rises twentyfold, which needs no second look; what was by hand is shown to change.
    with tenant(shop):
        fields = {entry["field"] for entry in again.rows.get().diff}
    assert fields == {"title", "price_cents"}


def test_the_file_of_the_first_import_may_go(
    shop: Any, alices: Any, django_capture_on_commit_callbacks: Any
) -> None:
    run = imported(alices, shop, table(POT, kettle("1O")))
    again = retried(alices, shop, run)
    file_of(run).unlink()
    assert file_of(again).exists(), "the second import has the file for itself"
    answer = alices.post(f"/northlight/products/import/{run.pk}/retry/", follow=True)
    assert "no longer there" in answer.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        alices.post(f"/northlight/products/import/{again.pk}/discard/")
    assert not file_of(again).exists()


def test_there_must_be_rows_to_try_again(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, table(kettle()))
    page = alices.get(f"/northlight/products/import/{run.pk}/").content.decode()
    assert "Retry only" not in page
    answer = alices.post(f"/northlight/products/import/{run.pk}/retry/", follow=True)
    assert "no failed rows" in answer.content.decode()
    open_run = compared(alices, shop, table(kettle("1O")))
    page = alices.get(f"/northlight/products/import/{open_run.pk}/").content.decode()
    assert "Compare again" in page, "before anything is written, the whole file can be"
    answer = alices.post(f"/northlight/products/import/{open_run.pk}/retry/", follow=True)
    assert "no failed rows" in answer.content.decode()


def test_a_retry_keeps_to_its_rows_under_another_mapping(shop: Any, alices: Any) -> None:
    header = [*["Handle", "Title", "Variant SKU", "Body (HTML)"], "Variant Price", "Preis"]
    rows = [["a", "A", "S1", "x", "1O", "10"], ["b", "B", "S2", "x", "20", "20"]]
    run = imported(alices, shop, table(*rows, header=header))
    assert (run.n_created, run.n_failed) == (1, 1)
    again = retried(alices, shop, run)
    columns = {**again.mapping, "Variant Price": "", "Preis": "price"}
    data = {f"column_{at}": columns[name] for at, name in enumerate(again.header)}
    alices.post(f"/northlight/products/import/{again.pk}/columns/", data)
    carry_out(latest(shop).job)
    again = latest(shop)
    assert (again.n_created, again.n_failed, again.n_unchanged) == (1, 0, 0)
    answer = alices.post(f"/northlight/products/import/{again.pk}/reading/", {"has_header": "no"})
    assert answer.status_code == 302
    assert latest(shop).reading["only"] == [2], "its rows are chosen by their lines"


def test_a_viewer_or_a_stranger_tries_nothing_again(
    shop: Any, alices: Any, client_of: Any, vera: Any, mallory: Any
) -> None:
    run = imported(alices, shop, table(POT, kettle("1O")))
    address = f"/northlight/products/import/{run.pk}/retry/"
    assert client_of(vera).post(address).status_code == 403
    assert client_of(mallory).post(address).status_code == 404
    assert alices.get(address).status_code == 405
    with tenant(shop):
        assert shop.import_runs.count() == 1
