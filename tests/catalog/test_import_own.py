"""Our own CSV: texts by language, facts by kind, and its way through the whole import."""

from pathlib import Path
from typing import Any

import pytest

from catalog.products.models import Fact, ProductText
from ecomportal.tenancy.context import tenant
from tests.catalog.exporting import exported, table_of
from tests.catalog.importing import compared, imported, problems, table, upload
from tests.factories import make_attribute, make_product

HEADER = ["handle", "title", "sku", "price", "description:zh", "fact:material", "fact:width"]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def pot(*cells: str, header: list[str] = HEADER) -> str:
    return table(["pot", "Pot", "P-1", "5.00", *cells], header=header)


def facts(shop: Any) -> set[tuple[str, str, str, str]]:
    with tenant(shop):
        rows = shop.facts.values_list("attribute__key", "value", "unit", "status")
        return {row for row in rows if row[3] == "confirmed"}


def test_a_new_product_gets_its_texts_and_confirmed_facts(shop: Any, alices: Any) -> None:
    make_attribute(shop, "width", type="number", unit="cm")
    run = imported(alices, shop, pot("<p>茶壶<script>x</script></p>", "cotton; linen", "12 cm"))
    assert (run.dialect, run.n_created, run.n_failed) == ("own", 1, 0)
    assert facts(shop) == {
        ("material", "cotton", "", "confirmed"),
        ("material", "linen", "", "confirmed"),
        ("width", "12", "cm", "confirmed"),
    }
    with tenant(shop):
        text = ProductText.objects.get()
        assert (text.language, text.text) == ("zh", "<p>茶壶</p>")
    again = compared(alices, shop, pot("<p>茶壶</p>", "linen; cotton", "12 cm"))
    assert again.n_unchanged == 1


def test_a_changed_cell_takes_out_and_adds_and_can_be_undone(shop: Any, alices: Any) -> None:
    product = make_product(shop, "Pot", handle="pot", sku="P-1", price_cents=500,
                           facts={"material": "cotton", "colour": "red"})  # fmt: skip
    with tenant(shop):
        Fact.objects.create(
            merchant=shop, product=product, attribute=make_attribute(shop, "material"),
            value="wool", status="proposed",
        )  # fmt: skip
    before = facts(shop)
    run = imported(alices, shop, pot("", "wool; silk", ""))
    with tenant(shop):
        (diff,) = run.rows.get().diff
    assert diff == {"field": "fact", "column": "material", "before": "cotton",
                    "after": "wool; silk"}  # fmt: skip
    assert {f[:2] for f in facts(shop)} == {
        ("material", "wool"),
        ("material", "silk"),
        ("colour", "red"),
    }
    page = alices.get(f"/northlight/products/import/{run.pk}/").content.decode()
    assert "Undo this import" in page
    alices.post(f"/northlight/changes/{run.change_id}/undo/")
    assert facts(shop) == before


def test_an_empty_fact_cell_takes_the_kind_away(shop: Any, alices: Any) -> None:
    make_product(shop, "Pot", handle="pot", sku="P-1", price_cents=500, facts={"material": "tin"})
    run = compared(alices, shop, pot("", "", ""))
    with tenant(shop):
        assert run.rows.get().diff[0]["before"] == "tin"


def test_an_edited_export_changes_what_was_edited_alone(shop: Any, alices: Any) -> None:
    make_product(shop, "Pot", facts={"material": "tin"}, extra={"Tax code": "T1"})
    with tenant(shop):
        content = exported(shop, "own").decode()
    run = imported(alices, shop, content.replace("tin", "steel").replace("T1", "T2"))
    with tenant(shop):
        diff = {entry["column"]: entry["after"] for entry in run.rows.get().diff}
        assert diff == {"Tax code": "T2", "material": "steel"}
        assert shop.products.get().extra == {"Tax code": "T2"}
        (row,) = table_of(exported(shop, "own"))
    assert (row["fact:material"], row["extra"]) == ("steel", '{"Tax code": "T2"}')


def test_another_shop_takes_the_export_over_whole(
    shop: Any, alices: Any, other_shop: Any, client_of: Any, mallory: Any
) -> None:
    make_product(shop, "Pot", sku="P", facts={"material": "tin"}, extra={"Tax code": "T1"})
    with tenant(shop):
        content = exported(shop, "own", with_bom=True)
    imported(client_of(mallory), other_shop, content)
    with tenant(other_shop):
        product = other_shop.products.get()
        assert (product.title, product.extra) == ("Pot", {"Tax code": "T1"})
        assert exported(other_shop, "own", with_bom=True) == content


def test_bad_cells_are_problems_of_their_column(shop: Any, alices: Any) -> None:
    header = [*HEADER[:4], "extra", "fact:material"]
    for cell, fact, code in (
        ("{not json", "", "not_extra"),
        ('{"a": 1}', "", "not_extra"),
        ("[]", "", "not_extra"),
        ("", "x" * 501, "too_long"),
    ):
        run = compared(alices, shop, pot(cell, fact, header=header))
        assert problems(shop, run) == [code], cell


def test_text_columns_are_known_in_another_spelling(shop: Any, alices: Any) -> None:
    imported(alices, shop, pot("Short", header=[*HEADER[:4], "Short title:EN"]))
    with tenant(shop):
        text = ProductText.objects.get()
        assert (text.field, text.language, text.text) == ("short_title", "en", "Short")


def test_a_header_alone_is_an_error(shop: Any, alices: Any) -> None:
    answer = upload(alices, ",".join(HEADER))
    assert (answer.status_code, b"no rows below it" in answer.content) == (422, True)
