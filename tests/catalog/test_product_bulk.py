"""Bulk edits: told first, done by a job, recorded as one change, taken back."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from time import monotonic, sleep
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from catalog.products import bulk
from catalog.products.bulk_job import fix_selection
from catalog.products.changes import Change
from catalog.products.models import Product, Variant
from catalog.products.snapshot import soft_delete
from ecomportal.ids import uuid7
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from tests.catalog.test_product_editor import fields_of
from tests.factories import make_category, make_member, make_product, make_shop

URL = "/{}/products/bulk/"
# A worker that is slow enough to be killed in the middle.
WORKER = """
import sys, time, uuid
import django
django.setup()
from catalog import tasks
from catalog.products import bulk_job
from ecomportal.jobs.execute import execute
write = bulk_job.write_batch
bulk_job.write_batch = lambda *args: (time.sleep(0.1), write(*args))[1]
execute(sys.argv[1], uuid.UUID(sys.argv[2]), int(sys.argv[3]))
"""


class Bulk:
    """One shop's person at the list, and the worker behind it."""

    def __init__(self, client: Any, shop: Any) -> None:
        self.client, self.shop, self.url = client, shop, URL.format(shop.slug)

    def ask(self, **data: Any) -> Any:
        return self.client.post(self.url, data)

    def run(self, **data: Any) -> Job:
        assert self.ask(confirmed="1", **data).status_code == 302
        with tenant(self.shop):
            job = Job.objects.latest("created_at")
        execute(job.kind, job.pk, self.shop.pk)
        with tenant(self.shop):
            job.refresh_from_db()
        return job

    def products(self, *names: str) -> list[tuple[Any, ...]]:
        with tenant(self.shop):
            return list(Product.objects.order_by("title").values_list(*names))


@pytest.fixture
def desk(request: Any, client_of: Any) -> Bulk:
    if "transactional_db" not in request.fixturenames:
        request.getfixturevalue("db")
    shop = make_shop()
    return Bulk(client_of(make_member(shop)), shop)


def test_first_it_says_what_will_happen_to_how_many(desk):
    ids = [make_product(desk.shop, name).pk for name in ("Mug", "Bowl")]
    response = desk.ask(action="status", ids=ids)
    page = response.content.decode()
    assert response.status_code == 200
    for words in (
        "Change products together",
        "2 products are selected",
        "New status",
        'name="switch" value="price"',
        "Texts by AI",
    ):
        assert words in page
    with tenant(desk.shop):
        assert not Job.objects.exists()


def test_pressing_twice_runs_it_once(desk):
    """A second press finds the first one's job, also when that has ended already."""
    product = make_product(desk.shop, "Mug", price_cents=1000)
    token = str(uuid7())
    form = {"action": "price", "how": "amount", "value": "1", "ids": product.pk, "token": token}
    first = desk.run(**form)
    again = desk.ask(confirmed="1", **form)
    assert str(first.pk) in again["location"]
    with tenant(desk.shop):
        assert (Job.objects.count(), product.variants.get().price_cents) == (1, 1100)
    other = desk.run(**{**form, "value": "2"})  # gone back, and filled in otherwise
    assert other.pk != first.pk
    with tenant(desk.shop):
        assert product.variants.get().price_cents == 1300


def test_the_name_of_a_form_of_another_shop_is_of_no_use(desk):
    other, token = make_shop(), str(uuid7())
    with tenant(other):
        Change.objects.create(pk=token, merchant=other, kind="edit", title="Theirs")
    product = make_product(desk.shop, "Mug", price_cents=1000)
    form = {"action": "price", "how": "set", "value": "1", "ids": product.pk, "token": token}
    assert desk.run(**form).result_text == "1 product changed"
    with tenant(other):
        assert str(Change.objects.get(pk=token).title) == "Theirs"


def test_what_is_not_what_was_shown_is_shown_again(desk):
    product = make_product(desk.shop, "Mug", price_cents=1000)
    form = {"action": "price", "how": "percent", "value": "10", "ids": product.pk}
    shown = desk.ask(preview="1", **form)
    seen = shown.context["seen"]
    changed = desk.ask(confirmed="1", seen=seen, **{**form, "value": "20"})
    assert changed.status_code == 422
    assert "it is not what was shown before" in changed.content.decode()
    assert desk.ask(confirmed="1", seen=seen, **form).status_code == 302


@pytest.mark.parametrize(
    ("action", "params", "field", "expected"),
    [
        ("status", {"status": "archived"}, "status", ["archived", "archived", "active"]),
        ("tags", {"tags": "autumn"}, "tags", [["autumn"], ["autumn"], []]),
        (
            "tags",
            {"how": "replace", "tags": "a, b"},
            "tags",
            [["a", "b"], ["a", "b"], []],
        ),
    ],
)
def test_a_bulk_edit_changes_the_selected_and_can_be_undone(desk, action, params, field, expected):
    ids = [make_product(desk.shop, name).pk for name in ("A", "B", "C")][:2]
    before = desk.products(field)
    job = desk.run(action=action, ids=ids, **params)
    assert [row[0] for row in desk.products(field)] == expected
    page = desk.client.get(f"/{desk.shop.slug}/jobs/{job.pk}/").content.decode()
    assert "2 of 2" in page
    assert "What it has done" not in page  # its one item is a batch, not a row
    assert (job.status, job.n_done, job.result_text) == ("done", 2, "2 products changed")
    response = desk.client.post(job.result["undo_url"], follow=True)
    assert "2 rows taken back" in response.content.decode()
    assert desk.products(field) == before


def test_products_that_have_it_already_are_not_touched(desk):
    a = make_product(desk.shop, "A", tags=["autumn"])
    b = make_product(desk.shop, "B")
    job = desk.run(action="tags", ids=[a.pk, b.pk], tags="autumn")
    assert job.result_text == "1 product changed"
    assert desk.products("tags") == [(["autumn"],), (["autumn"],)]


def test_move_delete_and_restore(desk):
    category = make_category(desk.shop, "Cups")
    ids = [make_product(desk.shop, "Mug").pk]
    desk.run(action="category", ids=ids, category=str(category.pk))
    assert desk.products("category_id") == [(category.pk,)]
    desk.run(action="category", ids=ids, category="")
    assert desk.products("category_id") == [(None,)]
    desk.run(action="delete", ids=ids)
    assert desk.products("deleted_at") != [(None,)]
    desk.run(action="restore", ids=ids)
    assert desk.products("deleted_at") == [(None,)]


def test_what_cannot_come_back_is_named_and_left_out(desk):
    gone = [make_product(desk.shop, sku=sku).pk for sku in ("A", "B")]
    with tenant(desk.shop):
        soft_delete(gone)
    make_product(desk.shop, sku="A")
    refused = desk.ask(action="restore", ids=gone, confirmed="1")
    assert refused.status_code == 422
    assert "Its handle or SKU is used by another product now" in refused.content.decode()
    job = desk.run(action="restore", ids=gone, leave_out="on")
    assert job.result_text == "1 product changed, 1 left as it is"
    with tenant(desk.shop):
        row = Change.objects.get(job=job).rows.get(state="refused")
        assert (row.product_id, row.why) == (gone[0], "taken")


def test_two_deleted_products_with_one_sku_cannot_both_come_back(desk):
    gone = []
    for title in ("First", "Second"):
        product = make_product(desk.shop, title, sku="A")
        gone.append(product.pk)
        with tenant(desk.shop):
            soft_delete([product.pk])
    job = desk.run(action="restore", ids=gone)
    assert job.result_text == "1 product changed, 1 left as it is"
    with tenant(desk.shop):
        assert Product.objects.live().count() == 1


def test_all_matching_takes_the_whole_filter_not_the_page(desk):
    for n in range(230):
        make_product(desk.shop, f"Mug {n}")
    make_product(desk.shop, "Bowl")
    job = desk.run(action="tags", tags="mugs", all_matching="1", query="q=mug")
    assert job.n_done == 230
    with tenant(desk.shop):
        change = Change.objects.get()
        assert (change.n_rows, change.job_id) == (230, job.pk)
    # More rows than one batch holds are taken back by a job too.
    response = desk.client.post(f"/{desk.shop.slug}/changes/{change.pk}/undo/")
    with tenant(desk.shop):
        undo = Job.objects.latest("created_at")
    assert str(undo.pk) in response["location"]
    execute(undo.kind, undo.pk, desk.shop.pk)
    with tenant(desk.shop):
        undo.refresh_from_db()
        assert (undo.status, undo.n_done) == ("done", 230)
        assert not Product.objects.exclude(tags=[]).exists()
        change.refresh_from_db()
        assert change.undone_at
    again = desk.client.post(f"/{desk.shop.slug}/changes/{change.pk}/undo/", follow=True)
    assert "taken back already" in again.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {"action": "explode", "ids": "x"},
        {"action": "status"},
        {"action": "status", "ids": "not-an-id"},
        {"action": "status", "confirmed": "1", "status": "gone"},
        {"action": "tags", "confirmed": "1", "tags": "x" * 81},
        {"action": "tags", "confirmed": "1", "tags": ""},
        {"action": "price", "confirmed": "1", "how": "percent", "value": "ten"},
        {"action": "price", "confirmed": "1", "how": "percent", "value": "1e9"},
        {"action": "price", "confirmed": "1", "how": "set", "value": "-1"},
        {"action": "price", "confirmed": "1", "how": "set", "value": "1.005"},
        {"action": "price", "confirmed": "1", "how": "twice", "value": "1"},
        {"action": "price", "confirmed": "1", "how": "amount", "value": "1", "rounding": "0.07"},
        {"action": "fact", "confirmed": "1", "how": "set", "value": "x", "attribute": "y"},
        {"action": "category", "confirmed": "1", "category": "x"},
    ],
)
def test_bad_input_is_refused_and_starts_nothing(desk, data):
    product = make_product(desk.shop)
    if data.get("confirmed"):
        data = {**data, "ids": product.pk}
    assert desk.ask(**data).status_code == 422
    with tenant(desk.shop):
        assert not Job.objects.exists()


def test_products_of_another_shop_are_not_reached(desk):
    other = make_shop()
    foreign = make_product(other)
    assert desk.ask(action="delete", confirmed="1", ids=foreign.pk).status_code == 422
    with tenant(other):
        assert Product.objects.get(pk=foreign.pk).deleted_at is None


def test_who_may_edit_in_bulk(desk, client_of):
    assert desk.client.get(desk.url).status_code == 405
    viewer = make_member(desk.shop, role="viewer")
    stranger = make_member(make_shop())
    assert client_of(viewer).post(desk.url, {"action": "delete"}).status_code == 403
    assert client_of(stranger).post(desk.url, {"action": "delete"}).status_code == 404


def test_a_killed_worker_loses_nothing_and_doubles_nothing(transactional_db, desk, monkeypatch):
    """kill -9 in the middle: the next worker goes on with the batch that was not committed."""
    monkeypatch.setattr(bulk, "fix_selection", partial(fix_selection, size=5))
    for n in range(60):
        make_product(desk.shop, f"Mug {n}", price_cents=1000)
    form = {"action": "price", "how": "amount", "value": "1", "all_matching": "1", "query": ""}
    assert desk.ask(confirmed="1", **form).status_code == 302
    with tenant(desk.shop):
        job = Job.objects.get()
    command = [sys.executable, "-c", WORKER, job.kind, str(job.pk), str(desk.shop.pk)]
    worker = subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ | {"SECRET_KEY": "x"})
    deadline = monotonic() + 60
    while monotonic() < deadline and not 10 <= job.n_done < 60:
        sleep(0.02)
        with tenant(desk.shop):
            job.refresh_from_db()
    worker.kill()
    worker.wait()
    with tenant(desk.shop):
        job.refresh_from_db()
        assert (job.status, 10 <= job.n_done < 60) == ("running", True)
        assert Variant.objects.filter(price_cents=1100).count() == job.n_done
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    execute(job.kind, job.pk, desk.shop.pk)
    with tenant(desk.shop):
        job.refresh_from_db()
        assert (job.status, job.n_done) == ("done", 60)
        assert set(Variant.objects.values_list("price_cents", flat=True)) == {1100}
        change = Change.objects.get()
        assert (change.n_rows, change.rows.values("product_id").distinct().count()) == (60, 60)


def test_fifty_saves_at_once_lose_nothing(transactional_db, desk, client_of):
    """Fifty people save the same form at the same moment: one is in time, forty-nine see both
    versions; once each has gone on from there, every one's tag is on the product."""
    product = make_product(desk.shop, "Mug")
    url = f"/{desk.shop.slug}/products/{product.pk}/"
    form = fields_of(desk.client.get(url))
    user = make_member(desk.shop)

    def save(n: int) -> int:
        try:
            return client_of(user).post(url, {**form, "tags": f"t{n}"}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=10) as pool:
        codes = list(pool.map(save, range(50)))
    assert sorted(codes) == [302] + [409] * 49
    for n in (n for n, code in enumerate(codes) if code == 409):
        response = desk.client.post(url, {**form, "tags": f"t{n}"})
        assert response.status_code == 409
        theirs = response.context["differences"][0].theirs
        chosen = fields_of(response, f"{product.pk}/") | {"tags": f"{theirs}, t{n}"}
        assert desk.client.post(url, chosen).status_code == 302
    with tenant(desk.shop):
        product.refresh_from_db()
        assert sorted(product.tags) == sorted(f"t{n}" for n in range(50))
        assert Change.objects.filter(kind="edit").count() == 50
