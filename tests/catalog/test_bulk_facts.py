"""Facts in bulk: typed input, what is replaced, and what a bulk edit leaves alone."""

from typing import Any

import pytest

from catalog.products.models import Fact, Product
from ecomportal.tenancy.context import tenant
from tests.catalog.test_product_bulk import Bulk
from tests.factories import make_attribute, make_member, make_product, make_shop


@pytest.fixture
def desk(db: Any, client_of: Any) -> Bulk:
    shop = make_shop()
    return Bulk(client_of(make_member(shop)), shop)


@pytest.fixture
def mugs(desk: Bulk) -> list[Product]:
    make_attribute(desk.shop, "weight", type="number", unit="kg")
    make_attribute(desk.shop, "colours", type="list")
    return [
        make_product(desk.shop, "Mug", facts={"material": "stone"}),
        make_product(desk.shop, "Bowl", facts={"material": "clay"}),
        make_product(desk.shop, "Jug"),
    ]


def facts(desk: Bulk, key: str) -> list[tuple[Any, ...]]:
    with tenant(desk.shop):
        rows = Fact.objects.filter(attribute__key=key).order_by("product__title", "value")
        return list(rows.values_list("product__title", "value", "unit", "number", "status"))


def form(desk: Bulk, mugs: list[Product], key: str, **fields: Any) -> dict[str, Any]:
    with tenant(desk.shop):
        attribute = str(desk.shop.attributes.get(key=key).pk)
    ids = [product.pk for product in mugs]
    return {"action": "fact", "how": "set", "attribute": attribute, "ids": ids, **fields}


def test_a_fact_is_set_in_place_of_others_of_its_kind(desk, mugs):
    wanted = form(desk, mugs, "material", value="stone")
    shown = desk.ask(preview="1", **wanted).context
    assert (shown["totals"].n_changing, shown["totals"].n_same) == (2, 1)
    assert [(row.title, row.old, row.new) for row in shown["rows"]] == [
        ("Bowl", "clay", "stone"),
        ("Jug", "", "stone"),
        ("Mug", "stone", "stone"),
    ]
    job = desk.run(**wanted)
    found = [(title, "stone", "", None, "confirmed") for title in ("Bowl", "Jug", "Mug")]
    assert facts(desk, "material") == found
    desk.client.post(job.result["undo_url"])
    assert [row[:2] for row in facts(desk, "material")] == [("Bowl", "clay"), ("Mug", "stone")]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [("1.5", "", ("1.5", "kg")), ("1.5 kg", "", ("1.5", "kg")), ("900", "g", ("900", "g"))],
)
def test_a_number_keeps_its_unit(desk, mugs, value, unit, expected):
    desk.run(**form(desk, mugs[:1], "weight", value=value, unit=unit))
    (row,) = facts(desk, "weight")
    assert (row[1], row[2], float(row[3])) == (*expected, float(expected[0]))


@pytest.mark.parametrize(
    ("key", "fields", "words"),
    [
        ("weight", {"value": "heavy"}, "One number, please."),
        ("weight", {"value": "3 m"}, "does not measure the same as kg"),
        ("weight", {"value": ""}, "Write the value that these products have."),
        ("material", {"value": "stone", "unit": "kg"}, "Only numbers and dimensions have a unit."),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(desk, mugs, key, fields, words):
    answer = desk.ask(confirmed="1", **form(desk, mugs, key, **fields))
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_a_list_has_several_values(desk, mugs):
    desk.run(**form(desk, mugs[:1], "colours", value="red, blue、green"))
    assert [row[1] for row in facts(desk, "colours")] == ["blue", "green", "red"]
    desk.run(**form(desk, mugs[:1], "colours", how="remove", value="blue"))
    assert [row[1] for row in facts(desk, "colours")] == ["green", "red"]


def test_a_kind_is_removed_whole(desk, mugs):
    job = desk.run(**form(desk, mugs, "material", how="remove", value=""))
    assert facts(desk, "material") == []
    desk.client.post(job.result["undo_url"])
    assert len(facts(desk, "material")) == 2


def test_what_was_proposed_is_confirmed_and_what_was_rejected_is_remembered(desk, mugs):
    with tenant(desk.shop):
        Fact.objects.filter(value="stone").update(status="proposed")
        Fact.objects.filter(value="clay").update(status="rejected")
    desk.run(**form(desk, mugs, "material", value="stone"))
    assert [row[:2] + row[4:] for row in facts(desk, "material")] == [
        ("Bowl", "clay", "rejected"),
        ("Bowl", "stone", "confirmed"),
        ("Jug", "stone", "confirmed"),
        ("Mug", "stone", "confirmed"),
    ]


def test_a_kind_of_another_shop_is_not_taken(desk, mugs):
    other = make_shop()
    foreign = make_attribute(other, "material")
    wanted = {**form(desk, mugs, "material", value="stone"), "attribute": str(foreign.pk)}
    assert desk.ask(confirmed="1", **wanted).status_code == 422
