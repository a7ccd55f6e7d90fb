"""Before a job starts it says what it will take, and afterwards it was about right."""

from typing import Any

import pytest
from django.urls import reverse

from aiassist import tasks
from aiassist.copywriting.engines.forecast import forecast
from aiassist.copywriting.engines.models import EngineChoice
from aiassist.copywriting.models import Draft
from aiassist.copywriting.order import ORDERS, in_order
from catalog.products.models import Product, ProductText
from ecomportal.jobs.execute import execute
from ecomportal.jobs.start import start_job
from ecomportal.tenancy.context import tenant
from tests.factories import make_product

pytestmark = pytest.mark.django_db
PARAMS = {
    "languages": ["en", "zh"],
    "fields": ["description"],
    "tone": "formal",
    "max_chars": None,
    "keywords": [],
}


@pytest.fixture
def products(shop: Any) -> list[Product]:
    facts = {"material": "steel", "colour": "black"}
    return [
        make_product(shop, f"Kettle {n}", product_type="kettle", facts=facts) for n in range(12)
    ]


def choose(shop: Any, server: Any, **more: Any) -> None:
    with tenant(shop):
        EngineChoice.objects.update_or_create(
            {"engine": "openai", "base_url": server.url, "model": "tiny", **more}, merchant=shop
        )


def told(shop: Any, *, n: int = 10_000, **params: Any) -> Any:
    with tenant(shop):
        return forecast(shop, shop.products.live(), {**PARAMS, **params}, n=n)


def write(shop: Any, products: list[Product]) -> None:
    items = [(str(p.pk), {}) for p in products]
    job = start_job(tasks.write_copy, shop, None, title="x", params=PARAMS, items=items)
    execute(job.kind, job.pk, shop.pk)


def test_the_composer_costs_time_alone(shop, products):
    found = told(shop)
    assert (found.n_texts, found.tokens, found.cost, found.n_allowed) == (20_000, 0, None, None)
    assert 1 < found.seconds < 20_000


def test_a_model_costs_tokens_and_money(shop, server, products):
    choose(shop, server, price_in_micros=1_000_000, price_out_micros=4_000_000)
    found = told(shop)
    assert 20_000 * 400 < found.tokens < 20_000 * 2000
    assert str(found.cost).startswith("€")
    assert found.seconds is None  # nobody has seen it write yet


def test_what_texts_took_before_is_expected_again(shop, server, products):
    choose(shop, server, price_in_micros=1_000_000, price_out_micros=4_000_000)
    write(shop, products)
    found = told(shop, n=100)
    assert found.tokens == 200 * 120
    assert str(found.cost) == "€0.036"
    with tenant(shop):
        assert Draft.objects.count() == 24
    assert 0 < found.seconds < 600


def test_a_budget_that_will_not_do_is_told_before(shop, server, products):
    choose(shop, server, job_tokens=10_000)
    found = told(shop, n=100)
    assert 0 < found.n_allowed < 20
    choose(shop, server, job_tokens=None, day_tokens=10**9)
    assert told(shop, n=100).n_allowed is None


def test_no_products_with_facts_are_no_error(shop, server):
    assert told(shop).seconds is None
    choose(shop, server)
    assert told(shop).tokens == 0


def test_the_form_shows_it(shop, server, products, max_, vera, client_of):
    choose(shop, server, price_in_micros=1_000_000, day_tokens=5_000)
    address = reverse("aiassist:generate-estimate", args=[shop.slug])
    body = {**PARAMS, "max_chars": "", "keywords": "", "ids": [str(p.pk) for p in products]}
    text = client_of(max_).post(address, body).content.decode()
    assert "Model server tiny" in text
    assert "about €" in text
    assert "The budget will do for about" in text
    empty = client_of(max_).post(address, {**body, "languages": []}).content.decode()
    assert "Choose at least one language" in empty
    assert client_of(vera).post(address, body).status_code == 403


@pytest.mark.parametrize("order", [name for name, _label in ORDERS])
def test_every_order_gives_every_product_once(shop, products, order):
    with tenant(shop):
        found = list(in_order(shop.products.live(), order))
    assert sorted(p.pk for p in found) == sorted(p.pk for p in products)


def test_orders_put_first_what_they_say(shop, products):
    with tenant(shop):
        for product in products[:11]:
            ProductText.objects.create(
                merchant=shop, product=product, language="en", field="description", text="x"
            )
        shop.products.filter(pk__in=[p.pk for p in products]).update(status="draft")
        shop.products.filter(pk=products[5].pk).update(status="active")
        live = shop.products.live()
        assert in_order(live, "no_text").first() == products[11]
        assert in_order(live, "live").first() == products[5]
        assert in_order(live, "newest").first() == products[11]


def test_the_form_offers_order_and_writing_anew(shop, products, max_, client_of):
    address = reverse("aiassist:generate", args=[shop.slug])
    body = {**PARAMS, "max_chars": "", "keywords": "", "ids": [str(p.pk) for p in products]}
    page = client_of(max_).get(address, {"ids": body["ids"]}).content.decode()
    assert reverse("aiassist:generate-estimate", args=[shop.slug]) in page
    client_of(max_).post(address, {**body, "start": "1", "order": "newest", "fresh": "on"})
    with tenant(shop):
        job = shop.jobs.get()
        first = job.items.order_by("n").first()
    assert first.subject_id == str(products[11].pk)
    assert job.params["fresh"] is True
