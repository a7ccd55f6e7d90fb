"""Generated shops: the same ones for the same seed, whole, and never over somebody's products."""

import io
import random
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.demo.seeded import days_ago, make_id
from catalog.demo.typical import typical
from catalog.generator.rows import COLUMNS, Ids, Maker, Shelf, attribute_keys, category_steps
from catalog.products.models import (
    Attribute,
    Category,
    Fact,
    Product,
    ProductFigures,
    ProductText,
    Variant,
)
from catalog.products.vocabulary import KINDS, find_type
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Membership, Merchant
from tests.factories import make_product

WRITTEN = [Product, Variant, Fact, ProductText, Category, Attribute]


@pytest.fixture(autouse=True)
def _not_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner's connection cannot see a test's open transaction; it would wait for it."""
    monkeypatch.setattr("catalog.management.commands.generate_catalogue.settle", lambda: None)


def generate(shop: Any, n: int, **options: Any) -> str:
    out = io.StringIO()
    call_command("generate_catalogue", shop=shop.slug, products=n, stdout=out, **options)
    return out.getvalue()


def maker(language: str, seed: int = 1) -> Maker:
    rng = random.Random(0)
    paths = {path for one in typical().values() for *_, path in category_steps(language, one)}
    shelf = Shelf(
        {path: make_id(rng, days_ago(9)) for path in sorted(paths)},
        {key: make_id(rng, days_ago(9)) for key in attribute_keys()},
    )
    return Maker(seed, language, ids=Ids("x"), shelf=shelf, shift=days_ago(0) - days_ago(0))


def test_a_product_is_the_same_in_a_small_and_in_a_large_catalogue() -> None:
    small, large = maker("en").rows(range(1, 20)), maker("en").rows(range(1, 300))
    for name in COLUMNS:
        rows = getattr(small, name)
        assert rows == getattr(large, name)[: len(rows)]


def test_another_seed_gives_other_products() -> None:
    titles = [{row[2] for row in maker("en", s).rows(range(1, 40)).product} for s in (1, 2)]
    assert len(titles[0] & titles[1]) < 8


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_title_tells_the_type(language: str) -> None:
    made = maker(language)
    rows = made.rows(range(1, 400)).product
    types = {row[4] for row in rows}
    assert len(types) > 40
    told = [row for row in rows if (found := find_type(row[2])) and found == find_type(row[4])]
    assert len(told) > 0.95 * len(rows)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_handles_skus_and_ids_occur_once(language: str) -> None:
    rows = maker(language).rows(range(1, 1500))
    for values in (
        [row[1] for row in rows.product],
        [row[3] for row in rows.variant],
        [row[0] for name in COLUMNS for row in getattr(rows, name)],
        [row[1:5] for row in rows.fact],
    ):
        assert len(set(values)) == len(values)


def test_facts_are_typed_as_the_vocabulary_says() -> None:
    made = maker("en")
    keys = {pk: key for key, pk in made.shelf.attributes.items()}
    for row in made.rows(range(1, 300)).fact:
        _id, _product, attribute, value, number, unit, *_rest = row
        kind = KINDS[keys[attribute]]
        assert value
        assert (number is not None) == (kind.type == "number")
        assert not unit or unit in kind.units or kind.type == "dimensions"


def test_two_shops_of_one_seed_share_no_id() -> None:
    a, b = maker("en"), maker("en")
    b.ids = Ids("y")
    ids = [{row[0] for row in m.rows(range(1, 50)).product} for m in (a, b)]
    assert not ids[0] & ids[1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_shop_is_written_with_its_history_and_figures(db: None, language: str) -> None:
    shop = Merchant.objects.create(slug="g", name="G", language=language)
    said = generate(shop, 60)
    assert "60 products" in said
    with tenant(shop):
        assert Product.objects.count() == 60
        assert Category.objects.filter(path__regex="[\u4e00-\u9fff]").exists() == (language == "zh")
        for model in WRITTEN:
            assert model.objects.count() > 0, model
        for model in (Product, Variant, Fact, ProductText):
            assert model.pgh_event_model.objects.count() == model.objects.count(), model
        for figures in ProductFigures.objects.all():
            prices = Variant.objects.filter(product=figures.pk).values_list("price_cents", "stock")
            assert figures.lowest_cents == min(price for price, _stock in prices)
            assert figures.n_in_stock == sum(stock for _price, stock in prices)
        n_chinese = Product.objects.filter(title__regex="[\u4e00-\u9fff]").count()
    assert n_chinese == {"en": 6, "zh": 54}[language]


def test_a_shop_with_products_is_left_alone(shop: Merchant) -> None:
    make_product(shop)
    with pytest.raises(CommandError, match="has 1 products"):
        generate(shop, 5)
    with tenant(shop):
        assert Product.objects.count() == 1


def test_more_are_added_where_the_last_run_stopped(shop: Merchant, other_shop: Merchant) -> None:
    generate(shop, 30)
    generate(shop, 20, add=True)
    generate(other_shop, 50)
    found = []
    for one in (shop, other_shop):
        with tenant(one):
            found.append(set(Product.objects.values_list("handle", flat=True)))
            assert Category.objects.count() == Category.objects.distinct("path").count()
    assert len(found[0]) == 50
    assert found[0] == found[1]


def test_an_unknown_shop_is_refused_and_can_be_opened(db: None) -> None:
    with pytest.raises(CommandError, match="no shop lamp"):
        call_command("generate_catalogue", shop="lamp", products=3)
    call_command(
        "generate_catalogue",
        shop="lamp",
        products=3,
        create=True,
        language="zh",
        stdout=io.StringIO(),
    )
    shop = Merchant.objects.get(slug="lamp")
    assert (shop.language, shop.currency) == ("zh", "CNY")
    with tenant(shop):
        assert Membership.objects.filter(merchant=shop, role="owner").count() == 1
        assert Product.objects.count() == 3


@pytest.mark.parametrize("n", [0, -5, 10_000_000])
def test_an_impossible_number_is_refused(shop: Merchant, n: int) -> None:
    with pytest.raises(CommandError, match="from 1 to"):
        generate(shop, n)


def test_two_processes_write_what_one_does() -> None:
    """Both orders of the same batches give the same rows: no batch needs another."""
    whole, parts = maker("en").rows(range(1, 41)), [range(21, 41), range(1, 21)]
    for name in COLUMNS:
        drawn = [row for part in parts for row in getattr(maker("en").rows(part), name)]
        assert sorted(drawn, key=str) == sorted(getattr(whole, name), key=str)


def test_add_goes_on_behind_the_last_although_some_before_it_are_missing(shop: Merchant) -> None:
    generate(shop, 12)
    with tenant(shop):
        shop.products.filter(variants__sku__startswith="G0000007").delete()
    assert "3 products" in generate(shop, 3, add=True)
    with tenant(shop):
        assert Variant.objects.filter(sku__startswith="G0000015").exists()
        assert not Variant.objects.filter(sku__startswith="G0000007").exists()


def test_the_prices_of_a_shop_are_in_its_own_currency() -> None:
    """A Chinese title in a shop in euros has a price in euros, not one in yuan."""
    rows = maker("en").rows(range(1, 2000))
    foreign = {row[0] for row in rows.product if re.search("[\u4e00-\u9fff]", row[2])}
    prices = [[], []]
    for row in rows.variant:
        prices[row[1] in foreign].append(row[6])
    own, other = (sum(part) / len(part) for part in prices)
    assert 0.5 < other / own < 2
