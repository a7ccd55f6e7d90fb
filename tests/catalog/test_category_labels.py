"""Whoever reads Chinese sees a category's Chinese name; files keep the path they came with."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from catalog.products.models import Category
from ecomportal.tenancy.context import tenant
from tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db


def path_zh(category: Category) -> str:
    return Category.objects.values_list("path_zh", flat=True).get(pk=category.pk)


@pytest.fixture
def tree(shop: Any) -> tuple[Category, Category, Category]:
    kitchen = make_category(shop, "Kitchen", name_zh="厨房")
    tea = make_category(shop, "Tea", parent=kitchen, path="Kitchen > Tea")
    cups = make_category(shop, "Cups", parent=tea, path="Kitchen > Tea > Cups", name_zh="杯子")
    return kitchen, tea, cups


def test_each_level_has_its_chinese_name_where_there_is_one(in_shop, tree):
    assert [path_zh(c) for c in tree] == ["厨房", "厨房 > Tea", "厨房 > Tea > 杯子"]


def test_a_new_name_goes_down_the_tree(in_shop, tree):
    kitchen, tea, cups = tree
    Category.objects.filter(pk=kitchen.pk).update(name_zh="餐厨")
    Category.objects.filter(pk=tea.pk).update(name_zh="茶")
    assert path_zh(cups) == "餐厨 > 茶 > 杯子"
    Category.objects.filter(pk=kitchen.pk).update(name_zh="")
    assert path_zh(cups) == "Kitchen > 茶 > 杯子"


def test_a_branch_that_moves_takes_its_chinese_path_along(in_shop, tree):
    _kitchen, tea, cups = tree
    Category.objects.filter(pk=tea.pk).update(parent=None, path="Tea")
    assert path_zh(cups) == "Tea > 杯子"


def test_a_path_without_its_parents_keeps_its_beginning(in_shop):
    lone = make_category(in_shop, "Cups", path="Kitchen > Cups", name_zh="杯子")
    assert path_zh(lone) == "Kitchen > 杯子"


def test_another_shops_tree_is_left_alone(shop, other_shop, tree):
    theirs = make_category(other_shop, "Kitchen", name_zh="厨具")
    with tenant(shop):
        Category.objects.filter(pk=tree[0].pk).update(name_zh="餐厨")
    with tenant(other_shop):
        assert path_zh(theirs) == "厨具"


def test_a_category_reads_in_the_language_in_use(in_shop, tree):
    cups = Category.objects.get(pk=tree[2].pk)
    assert (str(cups), cups.short_label()) == ("Kitchen > Tea > Cups", "Cups")
    with translation.override("zh-hans"):
        assert (str(cups), cups.short_label()) == ("厨房 > Tea > 杯子", "杯子")


def test_pages_show_the_chinese_name_to_who_reads_chinese(client_of, shop, alice, tree):
    product = make_product(shop, "Mug", category=tree[2])
    alice.language = "zh-hans"
    alice.save()
    client: Client = client_of(alice)
    listed = reverse("catalog:products", args=[shop.slug])
    editor = reverse("catalog:product", args=[shop.slug, product.pk])
    category = reverse("catalog:category", args=[shop.slug, tree[2].pk])
    for address in (f"{listed}?category={tree[0].pk}", editor, category):
        page = client.get(address).content.decode()
        assert "杯子" in page, address
        assert "Kitchen > Tea > Cups" not in page.replace("&gt;", ">"), address


def test_the_history_names_the_category_in_chinese(client_of, shop, alice, tree):
    product = make_product(shop, "Mug", category=tree[0])
    with tenant(shop):
        product.category = tree[2]
        product.save()
    alice.language = "zh-hans"
    alice.save()
    address = reverse("catalog:product-history", args=[shop.slug, product.pk])
    page = client_of(alice).get(address).content.decode()
    assert "厨房 &gt; Tea &gt; 杯子" in page
