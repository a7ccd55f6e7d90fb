"""Alternative texts: drafted for pictures that lack one, live with the picture, and back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aiassist.copywriting.models import Draft
from catalog.products.changes import Change
from catalog.products.models import Product, ProductImage
from catalog.products.undo import undo_change
from ecomportal.tenancy.context import tenant
from tests.aiassist.copywriting.test_review import address, fresh
from tests.aiassist.copywriting.test_write_copy import ask, carry_out, drafts_of
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def kettle(shop: Any) -> Product:
    facts = {"material": "steel", "colour": "black"}
    return make_product(shop, "Fjord Kettle", product_type="Kettle", facts=facts)


@pytest.fixture
def max_client(max_: Any, client_of: Any) -> Client:
    return client_of(max_)


def picture(shop: Any, product: Product, position: int = 1, alt: str = "") -> ProductImage:
    with tenant(shop):
        return ProductImage.objects.create(
            merchant=shop, product=product, position=position, alt=alt,
            source_url=f"https://x.example/{position}.jpg",
        )  # fmt: skip


def alt_of(shop: Any, image: ProductImage) -> str:
    with tenant(shop):
        return ProductImage.objects.get(pk=image.pk).alt


def written(client: Client, shop: Any, product: Product) -> list[Draft]:
    ask(client, shop, [product], fields=["alt_text"])
    job = carry_out(shop)
    assert job.status == "done", job.error_detail
    return drafts_of(shop, field="alt_text", status="waiting")


def test_each_picture_without_one_gets_a_draft_in_the_shops_language(
    max_client: Client, shop: Any, kettle: Product
) -> None:
    first, third = picture(shop, kettle), picture(shop, kettle, 3)
    picture(shop, kettle, 2, alt="By hand")
    drafts = {draft.picture: draft for draft in written(max_client, shop, kettle)}
    assert set(drafts) == {first.pk, third.pk}
    assert drafts[first.pk].text == "Fjord Kettle, a black steel kettle"
    assert drafts[third.pk].text == "Fjord Kettle, a black steel kettle, third view"
    assert {draft.language for draft in drafts.values()} == {"en"}
    assert [draft.n_blocking for draft in drafts.values()] == [0, 0]


def test_approval_writes_it_to_the_picture_and_undo_takes_it_back(
    max_client: Client, shop: Any, kettle: Product
) -> None:
    image = picture(shop, kettle)
    (draft,) = written(max_client, shop, kettle)
    assert max_client.post(address("draft-approve", shop, draft)).status_code == 302
    assert alt_of(shop, image) == "Fjord Kettle, a black steel kettle"
    assert max_client.post(address("draft-undo", shop, draft)).status_code == 302
    assert alt_of(shop, image) == ""
    assert fresh(shop, draft).status == "waiting"


def test_the_change_can_be_taken_back_under_changes_too(
    max_client: Client, shop: Any, kettle: Product, max_: Any
) -> None:
    image = picture(shop, kettle)
    (draft,) = written(max_client, shop, kettle)
    max_client.post(address("draft-approve", shop, draft), {"text": "A black kettle"})
    assert alt_of(shop, image) == "A black kettle"
    with tenant(shop):
        outcome = undo_change(Change.objects.get(kind="approval"), max_)
    assert outcome.n_undone == 1
    assert alt_of(shop, image) == ""


def test_one_written_since_is_left_alone(max_client: Client, shop: Any, kettle: Product) -> None:
    image = picture(shop, kettle)
    (draft,) = written(max_client, shop, kettle)
    max_client.post(address("draft-approve", shop, draft))
    with tenant(shop):
        ProductImage.objects.filter(pk=image.pk).update(alt="By hand")
    assert max_client.post(address("draft-undo", shop, draft)).status_code == 409
    assert alt_of(shop, image) == "By hand"


def test_a_picture_that_is_gone_is_told(max_client: Client, shop: Any, kettle: Product) -> None:
    image = picture(shop, kettle)
    (draft,) = written(max_client, shop, kettle)
    with tenant(shop):
        ProductImage.objects.filter(pk=image.pk).delete()
    answer = max_client.post(address("draft-approve", shop, draft))
    assert answer.status_code == 409
    assert "The picture was removed" in answer.content.decode()
    assert fresh(shop, draft).status == "waiting"


def test_a_product_without_pictures_needs_none(
    max_client: Client, shop: Any, kettle: Product
) -> None:
    assert written(max_client, shop, kettle) == []


def test_the_queue_shows_the_picture(max_client: Client, shop: Any, kettle: Product) -> None:
    image = picture(shop, kettle)
    with tenant(shop):
        ProductImage.objects.filter(pk=image.pk).update(file="1/images/x.png")
    (draft,) = written(max_client, shop, kettle)
    page = max_client.get(address("draft", shop, draft)).content.decode()
    assert reverse("catalog:image-file", args=[shop.slug, image.pk]) in page
