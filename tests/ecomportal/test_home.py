"""A shop's home: true numbers, at most five things to do, and a lesson where nothing is yet."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from aiassist.copywriting.models import Draft
from aiassist.home import numbers, sales_tile
from aiassist.todo import todo
from catalog.orders.models import Customer, Order
from catalog.products.imports.models import ImportRun
from catalog.products.models import Fact
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from tests.factories import make_product

HOME = "/northlight/"


def make_order(shop, *, days_ago=1.0, cents=1000, **fields):
    with tenant(shop):
        customer, _ = Customer.objects.get_or_create(merchant=shop, external_id="c")
        Order.objects.create(
            merchant=shop,
            customer=customer,
            number=f"n{Order.objects.count()}",
            ordered_at=now() - timedelta(days=days_ago),
            total_cents=cents,
            **{"status": "paid", "currency": shop.currency, **fields},
        )


def make_draft(shop, product, **fields):
    with tenant(shop):
        return Draft.objects.create(
            merchant=shop,
            product=product,
            product_version=1,
            text="A kettle.",
            engine="composer",
            engine_version="1",
            **{"language": "en", "field": "description", "tone": "formal", **fields},
        )


def count(shop):
    with tenant(shop):
        return numbers(shop)


def titles(shop):
    with tenant(shop):
        return [item.title for item in todo(shop, numbers(shop))]


def test_an_empty_shop_teaches_how_to_begin(client_of, shop, alice):
    page = client_of(alice).get(HOME).content.decode()
    assert "No products yet" in page
    for link in ("/northlight/products/import/", "/northlight/products/new/"):
        assert f'href="{link}"' in page


def test_a_viewer_of_an_empty_shop_is_not_sent_where_she_may_not_go(client_of, shop, vera):
    page = client_of(vera).get(HOME).content.decode()
    assert "No products yet" in page
    assert "/products/import/" not in page


def test_a_stranger_gets_404(client_of, shop, mallory):
    assert client_of(mallory).get(HOME).status_code == 404


def test_signed_out_one_is_sent_to_sign_in(client, shop):
    assert client.get(HOME).headers["Location"] == "/account/login/?next=/northlight/"


def test_sales_are_what_was_paid_less_what_was_refunded(shop):
    make_order(shop, cents=5000)
    make_order(shop, cents=2000, status="refunded", refunded_cents=2000)
    make_order(shop, cents=900, status="cancelled")
    make_order(shop, cents=800, status="pending")
    make_order(shop, cents=700, currency="USD")
    make_order(shop, days_ago=40, cents=2500)
    make_order(shop, days_ago=70, cents=9999)
    tile = sales_tile(count(shop), "EUR")
    assert tile["cents"] == 5000
    assert tile["change"] == "+100.0%"


def test_a_sale_belongs_to_the_day_of_the_shops_time_zone(shop):
    from django.utils import timezone

    make_order(shop, days_ago=0.01, cents=100)
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        with timezone.override(zone):
            days = [row["day"] for row in count(shop)["sales"]]
            local = timezone.localtime(now() - timedelta(days=0.01)).date()
        assert days == [local.isoformat()]


def test_without_an_earlier_sale_no_change_is_claimed(shop):
    make_order(shop, cents=100)
    assert sales_tile(count(shop), "EUR")["change"] == ""


def test_another_shops_rows_are_not_counted(shop, other_shop):
    product = make_product(other_shop)
    make_draft(other_shop, product)
    make_order(other_shop)
    found = count(shop)
    assert found["n_products"] == found["n_drafts"] == 0
    assert found["sales"] == []


def test_numbers_are_counted_right(shop):
    kettle = make_product(shop, "Kettle")
    make_product(shop, "Old", status="archived")
    make_product(shop, "Gone", deleted_at=now())
    make_draft(shop, kettle, n_blocking=1)
    make_draft(shop, kettle, language="zh")
    make_draft(shop, kettle, field="bullets", status="approved")
    with tenant(shop):
        Job.objects.create(merchant=shop, kind="run_import", status="running")
        Job.objects.create(merchant=shop, kind="x", status="failed", finished_at=now())
        long_ago = now() - timedelta(days=8)
        Job.objects.create(merchant=shop, kind="x", status="failed", finished_at=long_ago)
        fact = {"merchant": shop, "product": kettle, "value": "steel", "status": "proposed"}
        Fact.objects.create(attribute=shop.attributes.create(key="material"), **fact)
    found = count(shop)
    wanted = {
        "n_products": 2,
        "n_on_sale": 1,
        "n_drafts": 2,
        "n_blocked": 1,
        "n_live": 1,
        "n_failed": 1,
        "n_unsure": 1,
        "n_lacking": 1,
        "n_textless": 1,
    }
    assert {name: found[name] for name in wanted} == wanted


def test_the_list_has_at_most_five_things_the_blocking_first(client_of, shop, alice):
    kettle = make_product(shop, "Kettle")
    make_draft(shop, kettle, n_blocking=1)
    with tenant(shop):
        ImportRun.objects.create(
            merchant=shop, name="autumn.csv", file="f", sha256="0", state="ready", n_rows=412
        )
        Job.objects.create(merchant=shop, kind="x", status="failed", finished_at=now())
    found = titles(shop)
    assert len(found) == 5
    assert found[0] == "Decide 1 draft that a finding blocks"
    assert found[1] == "Look over 1 import before it writes"
    page = client_of(alice).get(HOME).content.decode()
    assert "autumn.csv: 412 rows, 0 would change" in page
    for link in re.findall(r'class="todo__a" href="([^"]+)"', page):
        assert client_of(alice).get(link.replace("&amp;", "&")).status_code == 200


def test_what_is_done_leaves_the_list(shop):
    kettle = make_product(shop, "Kettle")
    draft = make_draft(shop, kettle)
    assert "Review 1 draft" in titles(shop)
    with tenant(shop):
        shop.drafts.filter(pk=draft.pk).update(status="approved")
    assert "Review 1 draft" not in titles(shop)


def test_drafts_of_a_deleted_product_wait_for_nobody(client_of, shop, alice):
    make_product(shop, "Kept")
    make_draft(shop, make_product(shop, "Gone", deleted_at=now()))
    assert count(shop)["n_drafts"] == 0
    assert 'class="rail__n"' not in client_of(alice).get(HOME).content.decode()


@pytest.mark.parametrize("n", [10, 50])
def test_the_page_takes_eight_statements_whatever_the_shop_holds(client_of, shop, alice, n):
    for i in range(n):
        make_draft(shop, make_product(shop, product_type=f"Type {i}"))
        with tenant(shop):
            Job.objects.create(merchant=shop, kind="x", status="running", created_by=alice)
            shop.changes.create(kind="import", title="Import", created_by=alice)
    client = client_of(alice)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(HOME).status_code == 200
    # The last set_config is the test's own: a real request ends its transaction there.
    asked = [q["sql"] for q in queries if q["sql"].startswith("SELECT")]
    asked = [sql for sql in asked if not sql.startswith("SELECT set_config")]
    assert len(asked) <= 8, "\n".join(sql[:120] for sql in asked)


def test_home_reads_chinese(client_of, shop, alice):
    make_product(shop)
    alice.language = "zh-hans"
    alice.save()
    page = client_of(alice).get(HOME).content.decode()
    assert "近 30 天销售额" in page
    assert "接下来" in page


def test_home_asks_little_of_the_database(alice, shop, client_of, monkeypatch):
    """Also of a shop so large that its numbers are estimated."""
    from aiassist import home
    from tests.bench.catalogue_pages import MAX_STATEMENTS, statements

    monkeypatch.setattr(home, "EXACT", 1)
    for n in range(3):
        make_product(shop, f"P{n}", facts={"material": "clay"})
    assert len(statements(client_of(alice), "/northlight/")) <= MAX_STATEMENTS
