"""What an English member starts, a Chinese member reads in Chinese: pages, fragments, API."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.products.changes import Change
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import ApiKey
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def english(client_of: Any, max_: Any) -> Client:
    max_.language = "en"
    max_.save()
    return client_of(max_)


@pytest.fixture
def chinese(client_of: Any, alice: Any) -> Client:
    alice.language = "zh-hans"
    alice.save()
    return client_of(alice)


def carried_out(shop: Any) -> Job:
    with tenant(shop):
        job = Job.objects.latest("created_at")
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        return Job.objects.get(pk=job.pk)


@pytest.fixture
def bulk_edit(english: Client, shop: Any) -> Job:
    ids = [make_product(shop, name).pk for name in ("Mug", "Bowl")]
    answer = english.post(
        reverse("catalog:bulk", args=[shop.slug]),
        {"action": "status", "status": "archived", "ids": ids, "confirmed": "1"},
    )
    assert answer.status_code == 302
    return carried_out(shop)


TITLE = {"en": "Status Archived: 2 products", "zh": "状态 已归档：2 个商品"}
RESULT = {"en": "2 products changed", "zh": "已更改 2 个商品"}


def text_of(client: Client, name: str, *args: Any, **headers: str) -> str:
    answer = client.get(reverse(name, args=args), headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_pages_and_fragments_of_a_job(english, chinese, shop, bulk_edit):
    for client, language, other in ((english, "en", "zh"), (chinese, "zh", "en")):
        page = text_of(client, "job", shop.slug, bulk_edit.pk)
        fragment = text_of(client, "job-progress", shop.slug, bulk_edit.pk)
        for text in (page, fragment):
            assert TITLE[language] in text
            assert RESULT[language] in text
            assert TITLE[other] not in text
            assert RESULT[other] not in text
        assert TITLE[language] in text_of(client, "jobs", shop.slug)


def test_home_changes_and_audit(english, chinese, shop, bulk_edit):
    with tenant(shop):
        change = Change.objects.get()
    for client, language in ((english, "en"), (chinese, "zh")):
        assert TITLE[language] in text_of(client, "shop-home", shop.slug)
        assert TITLE[language] in text_of(client, "catalog:changes", shop.slug)
        assert TITLE[language] in text_of(client, "catalog:change", shop.slug, change.pk)
    assert TITLE["zh"] in text_of(chinese, "audit", shop.slug)


def test_an_undo_names_what_it_took_back(english, chinese, shop, bulk_edit):
    with tenant(shop):
        change = Change.objects.get()
    chinese.post(reverse("catalog:change-undo", args=[shop.slug, change.pk]))
    assert f"Undo: {TITLE['en']}" in text_of(english, "catalog:changes", shop.slug)
    assert f"撤销：{TITLE['zh']}" in text_of(chinese, "catalog:changes", shop.slug)


def test_the_api_answers_in_the_language_of_the_request(shop, bulk_edit):
    with tenant(shop):
        _row, secret = ApiKey.issue(shop, "sk", name="books")
    for header, language in (("en", "en"), ("zh-CN", "zh")):
        answer = (
            Client()
            .get(
                f"/api/v1/jobs/{bulk_edit.pk}",
                headers={"authorization": f"Bearer {secret}", "accept-language": header},
            )
            .json()
        )
        assert (answer["title"], answer["result"]["text"]) == (TITLE[language], RESULT[language])


def test_why_an_item_was_held(english, chinese, shop):
    product = make_product(shop, "Fjord Kettle", product_type="kettle")
    english.post(
        reverse("aiassist:generate", args=[shop.slug]),
        {
            "languages": ["en"],
            "fields": ["description"],
            "tone": "formal",
            "ids": [str(product.pk)],
            "start": "1",
        },
    )
    job = carried_out(shop)
    page = text_of(english, "job", shop.slug, job.pk)
    assert "Write texts for 1 product" in page
    assert "Too few confirmed facts to write from. Add at least: material" in page
    page = text_of(chinese, "job", shop.slug, job.pk)
    assert "为 1 个商品撰写文案" in page
    assert "已确认的事实太少" in page
    assert "材质" in page


def test_what_was_stored_as_plain_text_stays(chinese, shop):
    with tenant(shop):
        job = Job.objects.create(
            merchant=shop,
            kind="run_import",
            title="Import autumn.csv",
            status="failed",
            error="The file is empty.",
            log=[{"at": "2026-01-01T00:00:00+00:00", "text": "Row 7 left out"}],
            result={"text": "7 rows"},
        )
    page = text_of(chinese, "job", shop.slug, job.pk)
    for text in ("Import autumn.csv", "The file is empty.", "Row 7 left out", "7 rows"):
        assert text in page
