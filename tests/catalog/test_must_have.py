"""What a product cannot do without depends on its family and its type."""

import pytest

from catalog.products.models import Product
from catalog.products.must_have import (
    facts_share,
    family_of,
    lacks_must_haves,
    needs_fact,
    wanted_keys,
)
from ecomportal.tenancy.context import tenant
from tests.factories import make_attribute, make_category, make_product


def test_a_kettle_needs_a_capacity_and_an_apron_does_not():
    assert "capacity" in wanted_keys("kitchen", "Kettle")
    assert "capacity" not in wanted_keys("kitchen", "Apron")
    assert "capacity" in wanted_keys("kitchen", "水壶")


def test_a_word_of_another_family_says_nothing_about_this_one():
    assert wanted_keys("kitchen", "Sneaker") == wanted_keys("kitchen", "")
    assert wanted_keys("", "Kettle") == ()


def test_the_share_counts_what_the_type_needs():
    wanted = wanted_keys("kitchen", "Kettle")
    assert facts_share("kitchen", list(wanted), "Kettle") == 100
    assert facts_share("kitchen", ["material"], "Kettle") == 100 // len(wanted)
    assert facts_share("", ["material"]) is None


@pytest.mark.django_db
def test_the_database_and_the_page_agree(shop):
    """Every mix of category, type and facts: what the query finds is what the share says."""
    kitchen = make_category(shop, "Kitchen", family="kitchen")
    plain = make_category(shop, "New")
    for key in ("material", "capacity", "colour", "dimensions"):
        make_attribute(shop, key)
    facts = [{}, {"material": "steel"}, {"material": "steel", "capacity": "1 L"}]
    facts.append(dict.fromkeys(("material", "capacity", "colour", "dimensions"), "x"))
    for category in (None, kitchen, plain):
        for product_type in ("", "Kettle", "Apron", "Mug", "Sneaker", "Zorb"):
            for stated in facts:
                make_product(shop, category=category, product_type=product_type, facts=stated)
    with tenant(shop):
        lacking = set(Product.objects.filter(lacks_must_haves(shop)).values_list("pk", flat=True))
        needing = set(
            Product.objects.filter(needs_fact(shop, "capacity")).values_list("pk", flat=True)
        )
        for product in Product.objects.select_related("category"):
            family = family_of(
                product.category.family if product.category else "", product.product_type
            )
            wanted = wanted_keys(family, product.product_type)
            keys = list(product.facts.values_list("attribute__key", flat=True))
            is_lacking = bool(set(wanted) - set(keys)) if wanted else not keys
            assert (product.pk in lacking) == is_lacking, (family, product.product_type, keys)
            assert (product.pk in needing) == ("capacity" in wanted)
