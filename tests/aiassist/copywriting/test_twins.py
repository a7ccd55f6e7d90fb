"""Texts that say what another product's text says."""

from typing import Any

import pytest

from aiassist.copywriting.models import Draft
from aiassist.copywriting.twins import Asked, catch_up, find_twins, mark_twins
from catalog.products.models import Product, ProductText
from ecomportal.tenancy.context import tenant
from tests.factories import make_product

pytestmark = pytest.mark.django_db

TEXT = (
    "The {} Kettle is made of stainless steel. It is finished in matte black and holds 1.8 L. It "
    "has a whistle and a heat-resistant handle. It weighs 950 g and is covered by a two-year "
    "warranty. Wipe it with a soft cloth after use and keep it dry. It suits gas and induction."
)


def put(shop: Any, product: Product, text: str, **fields: Any) -> ProductText:
    values = {"language": "en", "field": "description", "origin": "person", **fields}
    with tenant(shop):
        return ProductText.objects.create(merchant=shop, product=product, text=text, **values)


def ask(shop: Any, *texts: str, product: Product | None = None, **place: str) -> Any:
    product = product or make_product(shop)
    place = {"language": "en", "field": "description", **place}
    with tenant(shop):
        return find_twins(shop.pk, [Asked(product.pk, text=text, **place) for text in texts])


@pytest.fixture
def fjord(shop: Any) -> Product:
    product = make_product(shop, "Fjord Kettle")
    put(shop, product, f"<p>{TEXT.format('Fjord')}</p>")
    with tenant(shop):
        assert catch_up() == 1
    return product


def test_a_text_with_another_name_in_it_is_a_twin(shop: Any, fjord: Product) -> None:
    title, share = ask(shop, TEXT.format("Aurora"))[0]
    assert title == "Fjord Kettle"
    assert 0.8 <= share < 1.0


def test_other_texts_languages_and_fields_are_none(shop: Any, fjord: Product) -> None:
    assert (
        ask(shop, "A novel by Lin Mei about three rainy summers in Suzhou and a lost umbrella.")
        == {}
    )
    assert ask(shop, TEXT.format("Fjord"), language="zh") == {}
    assert ask(shop, TEXT.format("Fjord"), field="bullets") == {}


def test_a_text_is_no_twin_of_its_own_former_self(shop: Any, fjord: Product) -> None:
    assert ask(shop, TEXT.format("Fjord"), product=fjord) == {}


def test_deleted_and_rewritten_texts_are_no_twins(shop: Any, fjord: Product) -> None:
    with tenant(shop):
        ProductText.objects.filter(product=fjord).update(text="Something else altogether.")
    assert ask(shop, TEXT.format("Aurora")) == {}


def test_another_shops_text_is_never_named(shop: Any, other_shop: Any, fjord: Product) -> None:
    assert ask(other_shop, TEXT.format("Aurora")) == {}


def test_many_texts_cost_two_statements(
    shop: Any, fjord: Product, django_assert_num_queries: Any
) -> None:
    product = make_product(shop)
    asked = [Asked(product.pk, "en", "description", TEXT.format(f"Aurora {n}")) for n in range(40)]
    with tenant(shop), django_assert_num_queries(2):
        assert len(find_twins(shop.pk, asked)) == 40


def test_only_what_changed_is_fingerprinted_again(shop: Any, fjord: Product) -> None:
    with tenant(shop):
        assert catch_up() == 0
        ProductText.objects.filter(product=fjord).update(text=TEXT.format("Aurora"))
        assert catch_up() == 1
        assert catch_up() == 0


def test_drafts_are_warned_of_twins_before_they_are_saved(shop: Any, fjord: Product) -> None:
    drafts = [
        Draft(
            merchant=shop, product=make_product(shop), language="en", field="description", text=text
        )
        for text in (TEXT.format("Aurora"), "A black kettle of steel.")
    ]
    with tenant(shop):
        mark_twins(shop.pk, drafts)
    assert [draft.n_warnings for draft in drafts] == [1, 0]
    assert "Fjord Kettle" in drafts[0].findings[0]["message_zh"]
