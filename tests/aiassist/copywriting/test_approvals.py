"""Approve all drafts without findings at once, and take it back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aiassist.copywriting.models import Draft
from catalog.products.changes import Change
from catalog.products.models import Fact, Product, ProductText
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from tests.aiassist.copywriting.test_review import fresh, live_text, make_draft
from tests.aiassist.copywriting.test_write_copy import carry_out
from tests.factories import make_product

pytestmark = pytest.mark.django_db

FACTS = {"material": "steel", "colour": "black"}
TEXT = "The Fjord Kettle is made of steel. It is black."


@pytest.fixture
def max_client(max_: Any, client_of: Any) -> Client:
    return client_of(max_)


def make_waiting(shop: Any, **fields: Any) -> tuple[Product, Draft]:
    product = make_product(shop, "Fjord Kettle", vendor="Fjord", facts=FACTS)
    return product, make_draft(shop, product, **{"text": TEXT, **fields})


def approve(client: Client, shop: Any) -> Job:
    assert client.post(reverse("aiassist:approve-clean", args=[shop.slug])).status_code == 302
    return carry_out(shop)


def test_clean_drafts_go_live_as_one_change_and_others_wait(max_client: Client, shop: Any) -> None:
    made = [make_waiting(shop) for _ in range(3)]
    _product, doubtful = make_waiting(shop, n_warnings=1)
    job = approve(max_client, shop)
    assert (job.status, job.n_done) == ("done", 3), job.error_detail
    assert all("steel" in live_text(shop, product).text for product, _draft in made)
    assert fresh(shop, doubtful).status == "waiting"
    with tenant(shop):
        change = Change.objects.get(kind="approval")
        assert (change.n_rows, change.rows.count()) == (3, 3)
        assert {d.change_id for d in Draft.objects.filter(status="approved")} == {change.pk}


def test_the_way_back_lets_the_drafts_wait_again(max_client: Client, shop: Any) -> None:
    product, draft = make_waiting(shop)
    with tenant(shop):
        ProductText.objects.create(
            merchant=shop, product=product, language="en", field="description", text="<p>Old.</p>",
            origin="import",
        )  # fmt: skip
    job = approve(max_client, shop)
    answer = max_client.post(job.result["undo_url"])
    assert answer.status_code == 302
    assert carry_out(shop).status == "done"
    assert live_text(shop, product).text == "<p>Old.</p>"
    assert fresh(shop, draft).status == "waiting"
    with tenant(shop):
        assert Change.objects.get(kind="approval").undone_at is not None
        assert Change.objects.get(kind="undo").n_rows == 1


def test_a_text_written_since_is_left_alone_by_the_undo(max_client: Client, shop: Any) -> None:
    (kept, kept_draft), (product, draft) = make_waiting(shop), make_waiting(shop)
    job = approve(max_client, shop)
    with tenant(shop):
        ProductText.objects.filter(product=kept).update(text="<p>By hand.</p>")
    max_client.post(job.result["undo_url"])
    undone = carry_out(shop)
    assert (undone.status, undone.n_done) == ("done", 2)
    assert live_text(shop, kept).text == "<p>By hand.</p>"
    assert live_text(shop, product) is None
    assert (fresh(shop, kept_draft).status, fresh(shop, draft).status) == ("approved", "waiting")


def test_what_became_stale_deleted_or_wrong_meanwhile_is_held(
    max_client: Client, shop: Any
) -> None:
    stale, gone, wrong, good = (make_waiting(shop) for _ in range(4))
    with tenant(shop):
        Draft.objects.filter(pk=wrong[1].pk).update(text="The Fjord Kettle is made of gold.")
    max_client.post(reverse("aiassist:approve-clean", args=[shop.slug]))
    with tenant(shop):
        Fact.objects.filter(product=stale[0], value="black").update(value="white")
    max_client.post(reverse("catalog:product-delete", args=[shop.slug, gone[0].pk]))
    job = carry_out(shop)
    assert job.status == "done", job.error_detail
    states = [fresh(shop, draft).status for _product, draft in (stale, gone, wrong, good)]
    assert states == ["waiting", "waiting", "waiting", "approved"]
    with tenant(shop):
        told = [str(item.error) for item in job.items.order_by("n")]
    assert told == [
        "The product changed since this was written.",
        "The product was deleted.",
        "There is a finding now that was not there before.",
        "",
    ]


def test_a_redelivered_message_approves_nothing_twice(max_client: Client, shop: Any) -> None:
    make_waiting(shop)
    approve(max_client, shop)
    carry_out(shop)
    with tenant(shop):
        assert Change.objects.filter(kind="approval").count() == 1
        assert ProductText.objects.count() == 1


def test_without_clean_drafts_nothing_starts(max_client: Client, shop: Any) -> None:
    make_waiting(shop, n_blocking=1)
    max_client.post(reverse("aiassist:approve-clean", args=[shop.slug]))
    with tenant(shop):
        assert not Job.objects.exists()


def test_the_button_is_for_those_who_decide(
    max_client: Client, vera: Any, client_of: Any, shop: Any
) -> None:
    make_waiting(shop)
    address = reverse("aiassist:approve-clean", args=[shop.slug])
    queue = reverse("aiassist:review", args=[shop.slug])
    assert address in max_client.get(queue).content.decode()
    viewer = client_of(vera)
    assert address not in viewer.get(queue).content.decode()
    assert viewer.post(address).status_code == 403
