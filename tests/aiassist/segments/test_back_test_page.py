"""The back-test page: what it shows, what it lacks, who may train and go back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aiassist import tasks
from aiassist.registry.models import ModelVersion
from ecomportal.jobs.execute import execute
from ecomportal.jobs.start import start_job
from ecomportal.tenancy.context import tenant
from tests.aiassist.segments.clv_shop import fill, fill_regular
from tests.factories import make_member


@pytest.fixture(autouse=True)
def _here(settings: Any, tmp_path: Any) -> None:
    settings.MODELS_ROOT = tmp_path
    settings.JOB_LEASE_SECONDS = 600


def address(name: str, shop: Any, *args: Any) -> str:
    return reverse(f"aiassist:{name}", args=[shop.slug, *args])


def train(shop: Any) -> None:
    job = start_job(tasks.predict_customers, shop, None, title="Predict", params={"scope": "full"})
    execute(job.kind, job.pk, shop.pk)


def text_of(client: Client, shop: Any, query: str = "") -> str:
    answer = client.get(address("back-test", shop) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_small_shop_is_told_what_is_missing(shop: Any, alice: Any, client_of: Any) -> None:
    fill(shop, n=312, days=200)
    text = text_of(client_of(alice), shop)
    assert "312 of 500 customers" in text
    assert "(enough)" in text
    assert "back-test/run" not in text
    assert "Nothing was trained yet" not in text


def test_an_empty_shop_is_told_so(shop: Any, alice: Any, client_of: Any) -> None:
    text = text_of(client_of(alice), shop)
    assert "0 of 500 customers" in text
    assert "no order yet" in text


def test_a_version_is_shown_with_all_its_figures(shop: Any, alice: Any, client_of: Any) -> None:
    fill(shop)
    train(shop)
    text = text_of(client_of(alice), shop)
    for part in ("Version 1: In use", "tenth 10", "MBG/NBD", "alpha", "own rate goes on",
                 "Value foretold now", "Frequency and order value go together by"):  # fmt: skip
        assert part in text, part
    assert text.count("<circle") > 100
    assert "style=" not in text


def test_a_refused_version_says_why(shop: Any, alice: Any, client_of: Any) -> None:
    fill_regular(shop)
    train(shop)
    text = text_of(client_of(alice), shop)
    assert "was not closer than the guess" in text
    assert "No predictions are shown meanwhile." in text


def test_the_page_asks_few_statements(
    shop: Any, alice: Any, client_of: Any, django_assert_max_num_queries: Any
) -> None:
    fill(shop)
    train(shop)
    client = client_of(alice)
    text_of(client, shop)
    with django_assert_max_num_queries(8):
        text_of(client, shop)


def test_going_back_starts_the_writing(shop: Any, alice: Any, client_of: Any) -> None:
    fill(shop)
    train(shop)
    client = client_of(alice)
    answer = client.post(address("back-test-rollback", shop), follow=True)
    assert "No version is in use now" in answer.content.decode()
    with tenant(shop):
        job = shop.jobs.filter(kind="predict_customers").latest("created_at")
        assert job.params == {"scope": "written"}
        version = shop.model_versions.get()
        assert version.state == "retired"
        assert shop.audit_entries.filter(action="model.rolled_back").count() == 1
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        assert shop.customer_profiles.exclude(clv_cents=None).count() == 0
    client.post(address("back-test-use", shop, version.pk))
    with tenant(shop):
        assert shop.model_versions.get().state == "serving"
        job = shop.jobs.filter(kind="predict_customers", status="queued").get()
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        assert shop.customer_profiles.exclude(clv_cents=None).count() > 500


def test_there_is_nothing_to_go_back_to(shop: Any, alice: Any, client_of: Any) -> None:
    answer = client_of(alice).post(address("back-test-rollback", shop), follow=True)
    assert "nothing to leave" in answer.content.decode()


def test_training_is_started_once(shop: Any, max_: Any, client_of: Any) -> None:
    client = client_of(max_)
    for _ in range(2):
        assert client.post(address("back-test-run", shop)).status_code == 302
    with tenant(shop):
        assert shop.jobs.filter(kind="predict_customers").count() == 1


@pytest.mark.parametrize(("asked", "kept"), [("bg", {"model": "bg"}), ("drop table", {})])
def test_the_purchase_model_can_be_chosen(
    shop: Any, max_: Any, client_of: Any, asked: str, kept: dict[str, str]
) -> None:
    client_of(max_).post(address("back-test-run", shop), {"model": asked})
    with tenant(shop):
        assert shop.jobs.get(kind="predict_customers").params == {"scope": "full", **kept}


def test_a_viewer_looks_but_does_not_switch(shop: Any, vera: Any, client_of: Any) -> None:
    client = client_of(vera)
    assert "<form" not in text_of(client, shop).split("<main")[1].split("</main>")[0]
    assert client.post(address("back-test-run", shop)).status_code == 403
    assert client.post(address("back-test-rollback", shop)).status_code == 403


def test_a_stranger_finds_nothing(shop: Any, mallory: Any, client_of: Any) -> None:
    assert client_of(mallory).get(address("back-test", shop)).status_code == 404


def test_the_version_of_another_shop_cannot_be_used(
    shop: Any, other_shop: Any, alice: Any, client_of: Any
) -> None:
    with tenant(other_shop):
        version = ModelVersion.objects.create(merchant=other_shop, kind="clv", n=1, state="retired")
    answer = client_of(alice).post(address("back-test-use", shop, version.pk))
    assert answer.status_code == 404


def test_the_page_speaks_chinese(zh_shop: Any, client_of: Any) -> None:
    person = make_member(zh_shop, "lin@example.com", "owner", name="林宜", language="zh-hans")
    client = client_of(person)
    text = text_of(client, zh_shop)
    assert "预测回测" in text
    assert "0 / 500 位客户" in text
    fill(zh_shop)
    train(zh_shop)
    text = text_of(client, zh_shop)
    for part in ("版本 1：使用中", "当前的预测价值", "第 10 个十分位", "九成区间"):
        assert part in text, part
    assert "foretold" not in text
