"""An import over HTTP and through the job: upload, columns, dry run, write, report, undo."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.products.imports.models import ImportRun
from catalog.products.imports.store import SAMPLE, file_of
from ecomportal.jobs.models import JobStatus
from ecomportal.tenancy.context import tenant
from tests.catalog.importing import (
    HEADER,
    carry_out,
    compared,
    imported,
    kettle,
    latest,
    problems,
    table,
    upload,
    written,
)

REAL = Path(settings.BASE_DIR).parent / "shared" / "data" / "catalogue"
FILES = {"shopify_apparel.csv": (20, 22), "shopify_jewelery.csv": (20, 23)}


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def outcomes(shop: Any, run: ImportRun) -> Counter:
    with tenant(shop):
        return Counter(run.rows.values_list("outcome", flat=True))


@pytest.mark.parametrize("name", FILES)
def test_a_real_file_is_imported_whole_and_again_without_a_change(
    name: str, shop: Any, alices: Any
) -> None:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{name} is not beside this checkout")
    n_products, n_variants = FILES[name]
    run = imported(alices, shop, path.read_bytes())
    assert (run.state, run.n_created, run.n_failed) == ("done", n_products, 0)
    with tenant(shop):
        assert shop.products.count() == n_products
        assert shop.variants.count() == n_variants
        assert not shop.facts.exclude(status="proposed").exists()
        assert shop.facts.values("product").distinct().count() == n_products
    again = compared(alices, shop, path.read_bytes())
    assert outcomes(shop, again) == {"unchanged": n_products}
    assert again.n_fields == 0


def test_the_real_apparel_file_gives_what_it_says(shop: Any, alices: Any) -> None:
    path = REAL / "shopify_apparel.csv"
    if not path.exists():
        pytest.skip("shopify_apparel.csv is not beside this checkout")
    imported(alices, shop, path.read_bytes())
    with tenant(shop):
        top = shop.products.get(handle="classic-varsity-top")
        prices = list(top.variants.values_list("options", "price_cents"))
        assert prices == [(["Small"], 6000), (["Medium"], 6000), (["Large"], 6000)]
        assert (top.status, top.vendor, top.tags) == ("active", "partners-demo", ["women"])
        assert top.option_names == ["Size"]
        shirt = shop.products.get(handle="ocean-blue-shirt")
        facts = set(shirt.facts.values_list("attribute__key", "value"))
        assert {("material", "cotton"), ("colour", "blue")} <= facts
        assert ("material", "down") not in facts, "buttons down the front are no feathers"
        assert shirt.images.get().source_url.startswith("https://")


def test_our_sample_is_offered_and_imports_without_a_problem(shop: Any, alices: Any) -> None:
    download = alices.get("/northlight/products/import/sample.csv")
    assert b"".join(download.streaming_content) == SAMPLE.read_bytes()
    answer = alices.post("/northlight/products/import/", {"sample": "1"})
    assert answer.status_code == 302
    run = compared(alices, shop, SAMPLE.read_bytes())
    assert (run.n_failed, run.n_created) == (0, 24)
    assert not [w for w in run.warnings if w["code"] == "unknown_columns"]


def test_every_page_of_an_import_is_shown(shop: Any, alices: Any) -> None:
    upload(alices, table(kettle(), kettle("4O.00", Handle="pot", **{"Variant SKU": "P"})))
    run = latest(shop)
    page = f"/northlight/products/import/{run.pk}/"
    assert b"Variant Price" in alices.get(f"{page}columns/").content
    data = {f"column_{at}": run.mapping[name] for at, name in enumerate(run.header)}
    alices.post(f"{page}columns/", data)
    assert b"is being compared" in alices.get(page).content
    carry_out(latest(shop).job)
    dry = alices.get(page).content.decode()
    assert "Write 1 new product" in dry
    assert "€79.00" in dry
    assert "character 2 is the letter O" in dry
    for tab in ("changed", "created", "failed", "unchanged"):
        assert alices.get(f"{page}?show={tab}").status_code == 200
    alices.post(f"{page}write/")
    assert b"being written" in alices.get(page).content
    carry_out(latest(shop).job)
    report = alices.get(page).content.decode()
    assert "Undo this import" in report
    assert b"a.csv" in alices.get("/northlight/products/import/").content


def test_nothing_is_written_before_a_person_says_so(shop: Any, alices: Any) -> None:
    compared(alices, shop, table(kettle()))
    with tenant(shop):
        assert shop.products.count() == 0


def test_a_dry_run_shows_each_field_before_and_after(shop: Any, alices: Any) -> None:
    imported(alices, shop, table(kettle()))
    run = compared(alices, shop, table(kettle("74.00", Title="Tea kettle")))
    with tenant(shop):
        diff = {d["field"]: (d["before"], d["after"]) for d in run.rows.get().diff}
    assert diff == {"title": ("Kettle", "Tea kettle"), "price_cents": (7900, 7400)}
    page = alices.get(f"/northlight/products/import/{run.pk}/").content.decode()
    assert "<del>€79.00</del>" in page
    assert "<ins>€74.00</ins>" in page


def test_a_price_that_falls_by_more_than_half_is_left_out_until_ticked(
    shop: Any, alices: Any
) -> None:
    imported(alices, shop, table(kettle("118.00")))
    run = compared(alices, shop, table(kettle("11.80")))
    with tenant(shop):
        row = run.rows.get()
    assert not row.is_included
    page = f"/northlight/products/import/{run.pk}/"
    assert "Falls by 90%" in alices.get(page).content.decode()
    alices.post(f"{page}write/")
    assert latest(shop).state == "ready", "no row is ticked, so nothing starts"
    button = alices.post(f"{page}rows/{row.pk}/", {"include": "1"}, headers={"HX-Request": "true"})
    assert b"Write 1 change" in button.content
    written(alices, shop, run)
    with tenant(shop):
        assert shop.variants.get().price_cents == 1180


def test_stock_that_runs_out_is_remarked(shop: Any, alices: Any) -> None:
    header = [*HEADER, "Variant Inventory Qty"]
    imported(alices, shop, table([*kettle(), "9"], header=header))
    run = compared(alices, shop, table([*kettle(), "0"], header=header))
    with tenant(shop):
        [entry] = run.rows.get().diff
    assert (entry["note"], entry["flag"]) == ("out_of_stock", "note")


def test_an_absent_column_leaves_the_value_and_an_empty_cell_empties_it(
    shop: Any, alices: Any
) -> None:
    header = ["Handle", "Title", "Vendor", "Variant SKU", "Variant Price", "Variant Barcode"]
    imported(alices, shop, table(["k", "Kettle", "Fjord", "NK-1", "79", "111"], header=header))
    imported(alices, shop, table(["k", "Kettle", ""], header=["Handle", "Title", "Vendor"]))
    with tenant(shop):
        product, variant = shop.products.get(), shop.variants.get()
    assert product.vendor == ""
    assert (variant.sku, variant.price_cents, variant.barcode) == ("NK-1", 7900, "111")


def test_a_product_is_found_by_its_sku_when_the_handle_is_new(shop: Any, alices: Any) -> None:
    imported(alices, shop, table(kettle()))
    imported(alices, shop, table(kettle("80.00", Handle="kettle-2")))
    with tenant(shop):
        product = shop.products.get()
    assert product.handle == "kettle-2"


def test_columns_without_a_field_are_kept_with_the_product(shop: Any, alices: Any) -> None:
    header = [*HEADER, "Google Shopping / MPN", "Our shelf"]
    run = imported(alices, shop, table([*kettle(), "M-1", "B 12"], header=header))
    with tenant(shop):
        assert shop.products.get().extra == {"Google Shopping / MPN": "M-1", "Our shelf": "B 12"}
    assert [w["names"] for w in run.warnings if w["code"] == "unknown_columns"] == ["Our shelf"]


def test_kept_columns_that_differ_by_variant_are_kept_for_each(shop: Any, alices: Any) -> None:
    header = [*HEADER, "Price / Japan", "Gift Card"]
    rows = [
        ["t", "Tee", "Size", "S", "1", "5", "900", "false"],
        ["t", "", "", "M", "2", "5", "950", ""],
    ]
    imported(alices, shop, table(*rows, header=header))
    with tenant(shop):
        assert shop.products.get().extra == {"Price / Japan": ["900", "950"], "Gift Card": "false"}


def test_an_unknown_column_gets_the_nearest_field_suggested(shop: Any, alices: Any) -> None:
    header = ["Handle", "Titel", "Variant Prize", "Body (HTML)"]
    upload(alices, table(["k", "Kettle", "5", "A pot."], header=header))
    page = alices.get(f"/northlight/products/import/{latest(shop).pk}/columns/").content.decode()
    assert "Looks like Title" in page
    assert "Looks like Price" in page
    run = compared(
        alices,
        shop,
        table(["k", "Kettle", "5", "A pot."], header=header),
        **{"Titel": "title", "Variant Prize": "price"},
    )
    assert (run.n_created, run.n_failed) == (1, 0)


def test_two_columns_for_one_field_are_refused(shop: Any, alices: Any) -> None:
    upload(alices, table(kettle()))
    run = latest(shop)
    data = {f"column_{at}": "title" for at in range(len(run.header))}
    answer = alices.post(f"/northlight/products/import/{run.pk}/columns/", data)
    assert answer.status_code == 422
    assert b"more than one column" in answer.content


def test_the_old_and_the_new_header_may_be_mixed(shop: Any, alices: Any) -> None:
    header = ["Handle", "Title", "Description", "SKU", "Price", "Variant Grams", "Image Src"]
    row = ["k", "Kettle", "Boils.", "NK-1", "79.00", "920", "https://example.com/k.jpg"]
    run = imported(alices, shop, table(row, header=header))
    assert run.dialect == "shopify-mixed"
    with tenant(shop):
        assert str(shop.variants.get().weight_grams) == "920.000"
        assert shop.product_texts.get().text == "Boils."
        assert shop.product_images.get().source_url == "https://example.com/k.jpg"


def test_the_status_column_decides_and_unpublished_is_not_on_sale(shop: Any, alices: Any) -> None:
    header = ["Handle", "Title", "Published", "Status"]
    rows = [
        ["a", "A", "TRUE", "active"],
        ["b", "B", "FALSE", "active"],
        ["c", "C", "TRUE", "archived"],
        ["d", "D", "TRUE", ""],
    ]
    imported(alices, shop, table(*rows, header=header))
    with tenant(shop):
        found = dict(shop.products.values_list("handle", "status"))
    assert found == {"a": "active", "b": "draft", "c": "archived", "d": "active"}


def test_a_description_is_cleaned_and_keeps_its_language(shop: Any, alices: Any) -> None:
    header = ["Handle", "Title", "Body (HTML)"]
    body = '<p onclick="x()">好茶，<b>回甘</b></p><script>alert(1)</script>'
    run = imported(alices, shop, table(["t", "春茶", body], header=header))
    with tenant(shop):
        text = shop.product_texts.get()
    assert (text.text, text.language, text.origin) == ("<p>好茶，<b>回甘</b></p>", "zh", "import")
    assert [w["n"] for w in run.warnings if w["code"] == "html_cleaned"] == [1]


def test_money_is_exact_in_the_shops_currency(zh_shop: Any, client_of: Any) -> None:
    from tests.factories import make_member

    zh_shop.currency = "JPY"
    zh_shop.save()
    client = client_of(make_member(zh_shop))
    run = imported(client, zh_shop, table(kettle("1200"), kettle("12.5", Handle="pot")))
    with tenant(zh_shop):
        assert zh_shop.variants.get().price_cents == 1200
    assert "too_precise" in problems(zh_shop, run)


def test_undo_takes_a_whole_import_back(shop: Any, alices: Any) -> None:
    from catalog.products.undo import undo_change

    imported(alices, shop, table(kettle("79.00")))
    run = imported(
        alices, shop, table(kettle("74.00"), kettle(Handle="pot", **{"Variant SKU": "P"}))
    )
    with tenant(shop):
        outcome = undo_change(run.change, None)
        assert (outcome.n_undone, outcome.conflicts) == (2, [])
        assert list(shop.products.live().values_list("handle", flat=True)) == ["kettle"]
        assert shop.variants.get(deleted_at=None).price_cents == 7900


def test_undo_is_one_click_on_the_report(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, table(kettle()))
    answer = alices.post(f"/northlight/changes/{run.change_id}/undo/", follow=True)
    assert answer.status_code == 200
    with tenant(shop):
        assert not shop.products.live().exists()
    page = alices.get(f"/northlight/products/import/{run.pk}/").content.decode()
    assert "written and taken back" in page
    assert "Undo this import" not in page


def test_the_history_says_that_an_import_wrote_it(shop: Any, alices: Any, alice: Any) -> None:
    run = imported(alices, shop, table(kettle()))
    with tenant(shop):
        [event] = shop.products.get().events.all()
        assert event.pgh_context.metadata["source"] == "import"
        assert event.pgh_context.metadata["user"] == alice.pk
        assert event.pgh_context.metadata["job"] == str(run.job_id)


def test_the_running_page_reloads_itself_when_the_job_is_done(shop: Any, alices: Any) -> None:
    upload(alices, table(kettle()))
    run = latest(shop)
    data = {f"column_{at}": run.mapping[name] for at, name in enumerate(run.header)}
    alices.post(f"/northlight/products/import/{run.pk}/columns/", data)
    watch = f"/northlight/products/import/{run.pk}/?watch=1"
    assert alices.get(watch, headers={"HX-Request": "true"}).status_code == 204
    carry_out(latest(shop).job)
    assert alices.get(watch, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("n_rows", [3, 40])
def test_the_dry_run_page_costs_the_same_whatever_it_shows(
    n_rows: int, shop: Any, alices: Any
) -> None:
    rows = [kettle(Handle=f"k{n}", **{"Variant SKU": f"S{n}"}) for n in range(n_rows)]
    run = compared(alices, shop, table(*rows, ["x"]))
    with CaptureQueriesContext(connection) as queries:
        alices.get(f"/northlight/products/import/{run.pk}/?show=created")
    # A test runs inside a transaction of its own, which adds these two.
    nested = ("SAVEPOINT", "set_config")
    asked = [q["sql"][:60] for q in queries if not any(word in q["sql"] for word in nested)]
    assert len(asked) <= 8, "\n".join(asked)


def test_a_product_changed_after_the_dry_run_is_not_overwritten(shop: Any, alices: Any) -> None:
    imported(alices, shop, table(kettle()))
    run = compared(
        alices, shop, table(kettle("74.00"), kettle(Handle="pot", **{"Variant SKU": "P"}))
    )
    with tenant(shop):
        shop.products.filter(handle="kettle").update(title="Renamed by hand")
    run = written(alices, shop, run)
    assert problems(shop, run) == ["changed_since"]
    with tenant(shop):
        assert shop.products.get(handle="kettle").title == "Renamed by hand"
        assert shop.products.filter(handle="pot").exists(), "the others are written"
    page = alices.get(f"/northlight/products/import/{run.pk}/").content.decode()
    assert "changed after this dry run" in page


def test_a_handle_taken_after_the_dry_run_is_a_conflict(shop: Any, alices: Any) -> None:
    from tests.factories import make_product

    run = compared(alices, shop, table(kettle()))
    make_product(shop, "Another", handle="kettle")
    assert problems(shop, written(alices, shop, run)) == ["made_since"]


def test_a_sku_given_away_after_the_dry_run_is_a_conflict(shop: Any, alices: Any) -> None:
    from tests.factories import make_product

    run = compared(alices, shop, table(kettle()))
    make_product(shop, "Another", sku="NK-1")
    assert problems(shop, written(alices, shop, run)) == ["sku_since"]


def test_a_second_write_while_one_runs_is_refused_and_says_so(shop: Any, alices: Any) -> None:
    first = compared(alices, shop, table(kettle()))
    alices.post(f"/northlight/products/import/{first.pk}/write/")
    again = alices.post(f"/northlight/products/import/{first.pk}/write/", follow=True)
    assert "is being written already" in again.content.decode()
    other = compared(alices, shop, table(kettle(Handle="pot", **{"Variant SKU": "P"})))
    answer = alices.post(f"/northlight/products/import/{other.pk}/write/", follow=True)
    assert "is being written. Wait until it is done" in answer.content.decode()
    assert latest(shop).state == "ready", "the second import waits with its dry run kept"
    with tenant(shop):
        assert shop.jobs.filter(kind="run_import").count() == 1


def test_a_write_that_was_cancelled_goes_on_where_it_stopped(shop: Any, alices: Any) -> None:
    rows = [kettle(Handle=f"k{n}", **{"Variant SKU": f"S{n}"}) for n in range(3)]
    run = compared(alices, shop, table(*rows))
    alices.post(f"/northlight/products/import/{run.pk}/write/")
    run = latest(shop)
    with tenant(shop):
        shop.jobs.filter(pk=run.job_id).update(status=JobStatus.CANCELLED)
    page = f"/northlight/products/import/{run.pk}/"
    assert b"Go on writing" in alices.get(page).content
    run = written(alices, shop, run)
    assert run.state == "done"
    with tenant(shop):
        assert shop.products.count() == 3
        assert shop.changes.filter(kind="import").count() == 1


def test_discarding_deletes_the_file_and_writes_nothing(
    shop: Any, alices: Any, django_capture_on_commit_callbacks: Any
) -> None:
    run = compared(alices, shop, table(kettle()))
    path = file_of(run)
    with django_capture_on_commit_callbacks(execute=True):
        alices.post(f"/northlight/products/import/{run.pk}/discard/")
        assert path.exists(), "the file stays as long as the decision may be rolled back"
    assert not path.exists()
    assert latest(shop).state == "discarded"
    assert b"discarded" in alices.get(f"/northlight/products/import/{run.pk}/").content
    assert problems(shop, run) == []


def test_a_discarded_import_is_not_begun_again(shop: Any, alices: Any) -> None:
    run = compared(alices, shop, table(kettle()))
    page = f"/northlight/products/import/{run.pk}/"
    alices.post(f"{page}discard/")
    columns = {f"column_{at}": run.mapping[name] for at, name in enumerate(run.header)}
    alices.post(f"{page}columns/", columns)
    assert latest(shop).state == "discarded"


def test_discarding_stops_a_dry_run_under_way(shop: Any, alices: Any) -> None:
    upload(alices, table(kettle()))
    run = latest(shop)
    page = f"/northlight/products/import/{run.pk}/"
    alices.post(f"{page}compare/")
    job = latest(shop).job
    alices.post(f"{page}discard/")
    carry_out(job)
    assert latest(shop).state == "discarded"
    with tenant(shop):
        assert not run.rows.exists()


def test_comparing_again_starts_over(shop: Any, alices: Any) -> None:
    run = compared(alices, shop, table(kettle(), ["x"]))
    alices.post(f"/northlight/products/import/{run.pk}/compare/")
    carry_out(latest(shop).job)
    again = latest(shop)
    assert outcomes(shop, again) == {"created": 1, "failed": 1}
    assert (again.n_created, again.n_failed, again.n_rows) == (1, 1, 2)


def test_a_row_the_database_refuses_costs_only_itself(shop: Any, alices: Any) -> None:
    rows = [kettle(Handle=f"k{n}", **{"Variant SKU": f"S{n}"}) for n in range(3)]
    run = compared(alices, shop, table(*rows))
    with tenant(shop):
        row = run.rows.get(handle="k1")
        row.payload["variants"][0]["price_cents"] = -1  # what a check constraint refuses
        row.save()
    run = written(alices, shop, run)
    assert problems(shop, run) == ["not_written"]
    with tenant(shop):
        assert set(shop.products.values_list("handle", flat=True)) == {"k0", "k2"}
        assert shop.variants.count() == 2


def test_a_confirmed_and_a_rejected_fact_survive_the_next_import(shop: Any, alices: Any) -> None:
    header = ["Handle", "Title", "Body (HTML)"]
    imported(alices, shop, table(["s", "Cotton shirt", "A blue shirt."], header=header))
    with tenant(shop):
        shop.facts.filter(value="cotton").update(status="confirmed", source="person")
        shop.facts.filter(value="blue").update(status="rejected")
    imported(alices, shop, table(["s", "Linen shirt", "A blue shirt, new."], header=header))
    with tenant(shop):
        found = dict(shop.facts.values_list("value", "status"))
    assert found["cotton"] == "confirmed"
    assert found["blue"] == "rejected"
    assert found["linen"] == "proposed"


@pytest.mark.parametrize("path", ["", "columns/", "errors.csv"])
def test_a_stranger_gets_404_and_a_viewer_403(
    path: str, shop: Any, alices: Any, client_of: Any, vera: Any, mallory: Any
) -> None:
    upload(alices, table(kettle()))
    address = f"/northlight/products/import/{latest(shop).pk}/{path}"
    assert client_of(mallory).get(address).status_code == 404
    assert client_of(vera).get(address).status_code == 403


@pytest.mark.parametrize("path", ["columns/", "compare/", "write/", "discard/", "rows/1/"])
def test_another_shops_import_cannot_be_touched(
    path: str, shop: Any, alices: Any, client_of: Any, mallory: Any
) -> None:
    run = compared(alices, shop, table(kettle()))
    own = client_of(mallory)
    assert own.post(f"/harbour/products/import/{run.pk}/{path}").status_code == 404
    assert own.post(f"/northlight/products/import/{run.pk}/{path}").status_code == 404
    assert latest(shop).state == "ready"


@pytest.mark.parametrize("path", ["compare/", "write/", "discard/", "rows/1/"])
def test_what_writes_refuses_get(path: str, shop: Any, alices: Any) -> None:
    upload(alices, table(kettle()))
    address = f"/northlight/products/import/{latest(shop).pk}/{path}"
    assert alices.get(address).status_code == 405
