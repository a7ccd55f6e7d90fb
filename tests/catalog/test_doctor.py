"""The availability doctor: each cause is made, told, and gone once it is mended."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.orders.models import Interaction
from catalog.products.doctor import AREAS, CHECKS, STOPS, WEAKENS, examine
from catalog.products.models import Fact, Product, ProductImage, ProductText, Variant
from catalog.products.must_have import wanted_keys
from ecomportal.tenancy.context import tenant
from tests.factories import make_attribute, make_category, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def healthy(shop: Any) -> Product:
    """A product with which nothing is wrong."""
    kitchen = make_category(shop, "Kitchen", family="kitchen")
    facts = dict.fromkeys(wanted_keys("kitchen", "Kettle"), "x")
    product = make_product(
        shop, "Fjord Kettle", category=kitchen, product_type="Kettle", stock=50, facts=facts,
        created_at=timezone.now() - timedelta(days=60),
    )  # fmt: skip
    with tenant(shop):
        ProductImage.objects.create(merchant=shop, product=product, file="a.png")
        ProductText.objects.create(
            merchant=shop, product=product, language="en", field="description", text="<p>Good</p>"
        )
        seen(shop, product, days=1)
    return product


def seen(shop: Any, product: Product, *, days: int) -> None:
    moment = timezone.now() - timedelta(days=days)
    Interaction.objects.create(merchant=shop, product=product, kind="view", at=moment)


def change(product: Product, **values: Any) -> None:
    Product.objects.filter(pk=product.pk).update(**values)


def of_variants(product: Product, **values: Any) -> None:
    Variant.objects.filter(product=product).update(**values)


def unseen(product: Product) -> None:
    Interaction.objects.filter(product=product).delete()


def long_unseen(product: Product) -> None:
    unseen(product)
    seen(product.merchant, product, days=200)


def propose(product: Product) -> None:
    attribute = make_attribute(product.merchant, "origin")
    Fact.objects.create(
        merchant=product.merchant, product=product, attribute=attribute, value="Norway",
        status="proposed",
    )  # fmt: skip


def forget(product: Product) -> None:
    Fact.objects.filter(product=product, attribute__key="material").delete()


Break = Callable[[Product], Any]
# check -> how to bring it about, and how bad it is then
BROKEN: dict[str, tuple[Break, str]] = {
    "deleted": (lambda p: change(p, deleted_at=timezone.now()), STOPS),
    "not_on_sale": (lambda p: change(p, status="archived"), STOPS),
    "no_variant": (lambda p: of_variants(p, deleted_at=timezone.now()), STOPS),
    "no_price": (lambda p: of_variants(p, price_cents=0), STOPS),
    "out_of_stock": (lambda p: of_variants(p, stock=0), STOPS),
    "low_stock": (lambda p: of_variants(p, stock=2), WEAKENS),
    "hidden": (lambda p: change(p, status="draft"), STOPS),
    "no_category": (lambda p: change(p, category=None), WEAKENS),
    "no_description": (lambda p: p.texts.all().delete(), WEAKENS),
    "no_picture": (lambda p: p.images.all().delete(), WEAKENS),
    "missing_facts": (forget, WEAKENS),
    "proposed_facts": (propose, WEAKENS),
    "twin": (lambda p: make_product(p.merchant, p.title), WEAKENS),
    "not_shown": (lambda p: change(p, deleted_at=timezone.now()), STOPS),
    "nothing_to_buy": (lambda p: of_variants(p, stock=-3), STOPS),
    "never_seen": (unseen, WEAKENS),
    "long_unseen": (long_unseen, WEAKENS),
    "category_for_similar": (lambda p: change(p, category=None), WEAKENS),
}


def levels(shop: Any, product: Product) -> dict[str, str]:
    with tenant(shop):
        fresh = Product.objects.select_related("category").get(pk=product.pk)
        found = examine(fresh, shop)
        return {one.check.key: one.level for area in AREAS for one in found[area]}


def test_a_healthy_product_passes_every_check(shop, healthy):
    assert set(levels(shop, healthy).values()) == {"fine"}
    assert set(levels(shop, healthy)) == {check.key for check in CHECKS} == set(BROKEN)


@pytest.mark.parametrize("key", BROKEN)
def test_each_cause_is_told(shop, healthy, key):
    bring_about, level = BROKEN[key]
    with tenant(shop):
        bring_about(healthy)
    assert levels(shop, healthy)[key] == level


@pytest.mark.parametrize(
    ("key", "values"),
    [("no_price", {"price_cents": 0}), ("out_of_stock", {"stock": 0})],
)
def test_one_variant_of_two_holds_back_but_does_not_stop(shop, healthy, key, values):
    with tenant(shop):
        Variant.objects.create(
            merchant=shop, product=healthy, sku="B", **{"price_cents": 5, "stock": 9} | values
        )
    assert levels(shop, healthy)[key] == WEAKENS


@pytest.mark.parametrize("values", [{"is_stock_tracked": False}, {"sells_without_stock": True}])
def test_what_is_sold_without_stock_is_not_out_of_it(shop, healthy, values):
    with tenant(shop):
        of_variants(healthy, stock=0, **values)
    found = levels(shop, healthy)
    assert (found["out_of_stock"], found["low_stock"], found["nothing_to_buy"]) == ("fine",) * 3


def test_the_page_tells_causes_with_the_way_to_mend_them(shop, healthy, alice, client_of):
    with tenant(shop):
        of_variants(healthy, stock=0)
        healthy.texts.all().delete()
    page = client_of(alice).get(f"/northlight/products/{healthy.pk}/availability/")
    text = page.content.decode()
    assert "Nothing is in stock" in text
    assert f"/northlight/products/{healthy.pk}/#variants" in text
    assert f"/northlight/content/write/?ids={healthy.pk}" in text


def test_a_viewer_sees_causes_without_buttons(shop, healthy, vera, client_of):
    with tenant(shop):
        of_variants(healthy, stock=0)
    text = client_of(vera).get(f"/northlight/products/{healthy.pk}/availability/").content.decode()
    assert "Nothing is in stock" in text
    assert "Mend it" not in text


def test_the_shops_page_counts_what_the_list_shows(shop, healthy, alice, client_of):
    with tenant(shop):
        of_variants(healthy, stock=0)
    make_product(shop, "Draft", status="draft")
    client = client_of(alice)
    page = client.get("/northlight/products/availability/")
    rows = {row["check"].key: row for row in page.context["rows"]}
    assert rows["out_of_stock"]["n"] == rows["not_on_sale"]["n"] == 1
    for row in rows.values():
        listed = client.get(f"/northlight/products/?{row['query']}").content.decode()
        assert listed.count('name="ids"') == row["n"] or listed.count("name=ids") == row["n"], row


def test_the_shops_page_takes_few_statements(shop, healthy, alice, client_of):
    client = client_of(alice)
    client.get("/northlight/products/availability/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/northlight/products/availability/")
    ours = [q["sql"] for q in captured.captured_queries if not q["sql"].startswith("SAVEPOINT")]
    ours = [sql for sql in ours if not sql.startswith(("RELEASE", "SELECT set_config"))]
    assert len(ours) <= 8, ours


def test_an_empty_shop_is_told_what_to_do(shop, alice, client_of):
    text = client_of(alice).get("/northlight/products/availability/").content.decode()
    assert "No products yet" in text
