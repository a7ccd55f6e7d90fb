"""Ads, messages and answers: from the job through the queue to where they are taken from."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.products.models import CopyKind, Product, ProductText
from ecomportal.tenancy.context import tenant
from tests.aiassist.copywriting.test_review import address
from tests.aiassist.copywriting.test_write_copy import ask, carry_out, drafts_of
from tests.factories import make_product

pytestmark = pytest.mark.django_db
KINDS = list(CopyKind.values)


@pytest.fixture
def kettle(shop: Any) -> Product:
    facts = {
        "material": "stainless steel", "colour": "black", "finish": "matte",
        "features": "whistle, heat-resistant handle",
    }  # fmt: skip
    return make_product(shop, "Fjord Kettle", vendor="Fjord", product_type="Kettle", facts=facts)


@pytest.fixture
def max_client(max_: Any, client_of: Any) -> Client:
    return client_of(max_)


@pytest.fixture
def approved(max_client: Client, shop: Any, kettle: Product) -> Product:
    """Every kind in both languages, written by the job and approved one by one."""
    ask(max_client, shop, [kettle], fields=KINDS)
    job = carry_out(shop)
    assert job.status == "done", job.error_detail
    for draft in drafts_of(shop):
        assert draft.n_blocking == 0, (draft.field, draft.language, draft.text, draft.findings)
        assert max_client.post(address("draft-approve", shop, draft)).status_code == 302
    return kettle


def url(shop: Any, name: str = "copy", query: str = "") -> str:
    return reverse(f"aiassist:{name}", args=[shop.slug]) + query


def test_every_kind_comes_through_the_queue_and_lives_with_the_product(
    shop: Any, approved: Product
) -> None:
    with tenant(shop):
        live = set(ProductText.objects.values_list("field", "language"))
    assert live == {(kind, language) for kind in KINDS for language in ("en", "zh")}


def test_the_page_shows_the_parts_and_filters(
    max_client: Client, shop: Any, approved: Product
) -> None:
    page = max_client.get(url(shop)).content.decode()
    assert "Headline" in page
    assert "What is the Fjord Kettle made of?" in page
    only = max_client.get(url(shop, query="?kind=sms&language=en")).content.decode()
    assert "Reply STOP to opt out." in only
    assert "拒收请回复R" not in only
    assert "Headline" not in only


def test_the_export_has_a_line_for_each_part_of_each_variant(
    max_client: Client, shop: Any, approved: Product
) -> None:
    answer = max_client.get(url(shop, "copy-export", "?kind=ad_google&language=en"))
    data = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(data)))
    assert [(row["variant"], row["part"]) for row in rows] == [
        (n, part) for n in "123" for part in ("headline", "description")
    ]
    assert all(len(row["text"]) <= (30 if row["part"] == "headline" else 90) for row in rows)


def test_the_queue_shows_what_each_part_takes(
    max_client: Client, shop: Any, kettle: Product
) -> None:
    ask(max_client, shop, [kettle], fields=["ad_google"], languages=["en"])
    carry_out(shop)
    (draft,) = drafts_of(shop)
    page = max_client.get(address("draft", shop, draft)).content.decode()
    assert "/ 30" in page
    assert "/ 90" in page
    edit = max_client.get(address("draft", shop, draft) + "?edit=1").content.decode()
    assert "Headline · Description" in edit


def test_nothing_yet_says_what_to_do(vera: Any, client_of: Any, shop: Any) -> None:
    client = client_of(vera)
    assert "Nothing approved yet" in client.get(url(shop)).content.decode()
    assert client.get(url(shop, "copy-export")).status_code == 403


def test_an_approved_ad_stands_in_the_editor_and_in_the_history(
    max_client: Client, shop: Any, approved: Product
) -> None:
    editor = reverse("catalog:product", args=[shop.slug, approved.pk])
    page = max_client.get(editor).content.decode()
    assert 'name="t-en-ad_google"' in page
    assert 'name="t-zh-faq"' in page
    history = max_client.get(reverse("catalog:product-history", args=[shop.slug, approved.pk]))
    assert "Google search ad" in history.content.decode()


def test_an_approved_text_can_be_edited_and_emptied_in_the_editor(
    max_client: Client, shop: Any, approved: Product
) -> None:
    editor = reverse("catalog:product", args=[shop.slug, approved.pk])
    with tenant(shop):
        version = Product.objects.get(pk=approved.pk).version
    sent = {
        "title": approved.title, "handle": approved.handle, "version": str(version),
        "t-en-sms": "Our kettle is back.", "t-zh-sms": "",
    }  # fmt: skip
    assert max_client.post(editor, sent).status_code == 302
    with tenant(shop):
        texts = dict(ProductText.objects.filter(field="sms").values_list("language", "text"))
        assert texts == {"en": "Our kettle is back."}
        assert ProductText.objects.filter(field="email").count() == 2


def test_a_product_without_ads_has_no_fields_for_them(
    max_client: Client, shop: Any, kettle: Product
) -> None:
    page = max_client.get(reverse("catalog:product", args=[shop.slug, kettle.pk])).content.decode()
    assert "ad_google" not in page


def test_a_change_of_an_ad_is_told_by_its_name(
    max_client: Client, shop: Any, approved: Product
) -> None:
    with tenant(shop):
        change = shop.changes.filter(kind="approval").order_by("created_at").last()
    page = max_client.get(reverse("catalog:change", args=[shop.slug, change.pk]))
    assert page.status_code == 200
