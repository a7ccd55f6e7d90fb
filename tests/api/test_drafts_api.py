"""Drafts and jobs over REST: the same rules as in the portal, for programs."""

from typing import Any

import pytest
from django.test import Client

from aiassist.copywriting.models import Draft
from catalog.products.models import ProductText
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import ApiKey
from tests.factories import make_product

DRAFTS, JOBS = "/api/v1/drafts", "/api/v1/jobs"
WISHES = {"skus": ["FJ-1"], "fields": ["description"], "lang": ["en", "zh"], "tone": "formal"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(shop: Any) -> Client:
    with tenant(shop):
        _row, key = ApiKey.issue(shop, "sk", name="till")
    return Client(headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def kettle(shop: Any) -> Any:
    facts = {"material": "stainless steel", "colour": "black"}
    return make_product(shop, "Fjord Kettle", sku="FJ-1", product_type="kettle", facts=facts)


def post(client: Client, address: str, body: Any, **headers: str) -> Any:
    return client.post(address, body, content_type="application/json", headers=headers)


def written(api: Client, shop: Any) -> list[dict[str, Any]]:
    """Ask for drafts and do what the worker does; returns what the API then lists."""
    job_id = post(api, DRAFTS, WISHES).json()["job_id"]
    execute("write_copy", job_id, shop.pk)
    return api.get(DRAFTS, {"status": "waiting"}).json()["items"]


def test_drafts_are_asked_for_and_listed(api: Client, shop: Any, kettle: Any) -> None:
    answer = post(api, DRAFTS, WISHES)
    assert answer.status_code == 202
    job_id = answer.json()["job_id"]
    assert api.get(f"{JOBS}/{job_id}").json()["status"] == "queued"
    execute("write_copy", job_id, shop.pk)
    assert api.get(f"{JOBS}/{job_id}").json()["status"] == "done"
    drafts = api.get(DRAFTS, {"status": "waiting"}).json()["items"]
    assert {draft["language"] for draft in drafts} == {"en", "zh"}
    with tenant(shop):
        assert ProductText.objects.count() == 0


def test_unknown_skus_are_named(api: Client, kettle: Any) -> None:
    body = post(api, DRAFTS, {**WISHES, "skus": ["FJ-1", "NOPE"]}).json()
    assert body["unknown_skus"] == ["NOPE"]


def test_only_unknown_skus_are_refused(api: Client, other_shop: Any) -> None:
    make_product(other_shop, sku="THEIRS")
    answer = post(api, DRAFTS, {**WISHES, "skus": ["THEIRS"]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "skus"


def test_a_second_request_while_one_runs_is_told_which(api: Client, kettle: Any) -> None:
    first = post(api, DRAFTS, WISHES).json()["job_id"]
    second = post(api, DRAFTS, WISHES)
    assert (second.status_code, second.json()["job_id"]) == (409, first)


def test_the_same_call_gets_the_same_job(api: Client, shop: Any, kettle: Any) -> None:
    answers = [post(api, DRAFTS, WISHES, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    with tenant(shop):
        assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("fields", ["poem"]), ("lang", ["fr"]), ("tone", "angry"), ("skus", []), ("max_chars", 3)],
)
def test_wishes_that_cannot_be_met_are_refused(
    api: Client, kettle: Any, field: str, value: Any
) -> None:
    answer = post(api, DRAFTS, {**WISHES, field: value})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)


def test_a_draft_is_approved_by_key(api: Client, shop: Any, kettle: Any) -> None:
    draft = next(d for d in written(api, shop) if d["language"] == "en")
    answer = post(api, f"{DRAFTS}/{draft['id']}/approve", {})
    assert answer.json()["status"] == "approved"
    with tenant(shop):
        text = ProductText.objects.get()
    assert draft["text"].split("\n")[0][:40] in text.text
    again = post(api, f"{DRAFTS}/{draft['id']}/approve", {})
    assert again.status_code == 409


def test_the_guard_stands_before_the_api_too(api: Client, shop: Any, kettle: Any) -> None:
    draft = next(d for d in written(api, shop) if d["language"] == "en")
    address = f"{DRAFTS}/{draft['id']}/approve"
    answer = post(api, address, {"text": "Made of titanium and recommended by doctors."})
    assert answer.status_code == 422
    assert answer.json()["findings"]
    with tenant(shop):
        assert ProductText.objects.count() == 0


def test_a_draft_is_rejected_with_a_reason(api: Client, shop: Any, kettle: Any) -> None:
    draft = written(api, shop)[0]
    address = f"{DRAFTS}/{draft['id']}/reject"
    assert post(api, address, {}).status_code == 422
    assert post(api, address, {"reason": "Too dull"}).json()["status"] == "rejected"


def test_another_shops_draft_is_not_there(
    api: Client, shop: Any, other_shop: Any, kettle: Any
) -> None:
    draft = written(api, shop)[0]
    with tenant(other_shop):
        _row, key = ApiKey.issue(other_shop, "sk", name="theirs")
    theirs = Client(headers={"Authorization": f"Bearer {key}"})
    for step in ("approve", "reject"):
        answer = post(theirs, f"{DRAFTS}/{draft['id']}/{step}", {"reason": "x"})
        assert answer.status_code == 404
    assert theirs.get(DRAFTS).json()["items"] == []
    with tenant(shop):
        assert Draft.objects.filter(status="waiting").count() == 2


def test_a_job_is_cancelled_once(api: Client, kettle: Any) -> None:
    job_id = post(api, DRAFTS, WISHES).json()["job_id"]
    assert post(api, f"{JOBS}/{job_id}/cancel", {}).status_code == 202
    assert api.get(f"{JOBS}/{job_id}").json()["status"] == "cancelled"
    assert post(api, f"{JOBS}/{job_id}/cancel", {}).status_code == 409
