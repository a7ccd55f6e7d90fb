"""Mend a draft where it is read: the missing fact, exempt words, a fresh check."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aiassist.copywriting.lint.models import Exemption
from aiassist.copywriting.models import Draft
from catalog.products.changes import Change
from catalog.products.models import Fact, Product
from catalog.products.undo import undo_change
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry
from tests.aiassist.copywriting.test_review import (
    address,
    fresh,
    live_text,
    make_draft,
)
from tests.factories import make_attribute, make_product

pytestmark = pytest.mark.django_db

UNBACKED = "The Fjord Kettle is made of steel. It is black. It has a capacity of 1.8 L."
BEST_ZH = "Fjord Kettle采用钢材质，颜色为黑色，品质最佳。"


@pytest.fixture
def kettle(shop: Any) -> Product:
    return make_product(
        shop, "Fjord Kettle", vendor="Fjord", product_type="Kettle",
        facts={"material": "steel", "colour": "black"},
    )  # fmt: skip


@pytest.fixture
def max_client(max_: Any, client_of: Any) -> Client:
    return client_of(max_)


@pytest.fixture
def draft(shop: Any, kettle: Product, max_client: Client) -> Draft:
    """A draft whose last sentence no fact backs, checked as the job checks."""
    row = make_draft(shop, kettle, UNBACKED)
    max_client.post(address("draft-refresh", shop, row))
    return fresh(shop, row)


@pytest.fixture
def named(shop: Any, kettle: Product, max_client: Client) -> Draft:
    """A draft with a word that a law names."""
    row = make_draft(shop, kettle, BEST_ZH, language="zh")
    max_client.post(address("draft-refresh", shop, row))
    return fresh(shop, row)


def test_an_unbacked_claim_offers_to_state_the_fact(
    max_client: Client, shop: Any, draft: Draft
) -> None:
    page = max_client.get(address("draft", shop, draft)).content.decode()
    assert address("draft-fact", shop, draft) in page
    assert '<option value="capacity" selected>' in page  # what 1.8 L reads like


def test_a_fact_added_at_the_claim_backs_it_and_stands_in_the_product(
    max_client: Client, shop: Any, kettle: Product, draft: Draft
) -> None:
    assert draft.n_blocking > 0
    make_attribute(shop, "capacity", type="number", unit="L")
    sent = {"key": "capacity", "value": "1.8 L"}
    assert max_client.post(address("draft-fact", shop, draft), sent).status_code == 302
    row = fresh(shop, draft)
    assert row.n_blocking == 0
    assert any(fact["key"] == "capacity" for fact in row.facts)
    with tenant(shop):
        fact = Fact.objects.get(product=kettle, attribute__key="capacity")
        assert (fact.value, fact.unit, fact.status, fact.source) == (
            "1.8",
            "L",
            "confirmed",
            "person",
        )
        assert AuditEntry.objects.filter(action="draft.fact_added").count() == 1
    assert max_client.post(address("draft-approve", shop, draft)).status_code == 302
    assert "1.8 L" in live_text(shop, kettle).text


def test_a_fact_added_at_the_claim_can_be_taken_back(
    max_client: Client, shop: Any, kettle: Product, draft: Draft, max_: Any
) -> None:
    max_client.post(address("draft-fact", shop, draft), {"key": "capacity", "value": "1.8 L"})
    with tenant(shop):
        undo_change(Change.objects.get(kind="edit"), max_)
        assert not Fact.objects.filter(product=kettle, attribute__key="capacity").exists()


@pytest.mark.parametrize(
    "sent",
    [{}, {"key": "capacity"}, {"key": "capacity", "value": "plenty"}, {"key": "", "value": "x"},
     {"key": "weight", "value": "3 hours"}],
)  # fmt: skip
def test_a_fact_that_cannot_be_read_is_refused(
    max_client: Client, shop: Any, kettle: Product, draft: Draft, sent: dict[str, str]
) -> None:
    answer = max_client.post(address("draft-fact", shop, draft), sent)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    with tenant(shop):
        assert Fact.objects.filter(product=kettle).count() == 2
        assert not Change.objects.exists()


def test_a_law_cannot_be_overridden_with_a_reason(
    max_client: Client, shop: Any, kettle: Product, named: Draft
) -> None:
    sent = {"reason": "The boss wants it"}
    answer = max_client.post(address("draft-approve", shop, named), sent)
    assert answer.status_code == 422
    assert "最佳" in answer.content.decode()
    assert live_text(shop, kettle, "zh") is None
    assert fresh(shop, named).status == "waiting"


EXEMPT = {"rule": "cn-9-3", "words": "最佳", "code": "evidence", "evidence": "SGS report 4711"}


def test_an_exemption_with_evidence_lets_the_words_pass(
    max_client: Client, shop: Any, kettle: Product, named: Draft, max_: Any
) -> None:
    assert max_client.post(address("draft-exempt", shop, named), EXEMPT).status_code == 302
    with tenant(shop):
        made = Exemption.objects.get()
    assert (made.created_by_id, made.evidence, made.product_id) == (
        max_.pk, "SGS report 4711", kettle.pk
    )  # fmt: skip
    levels = {f["rule"]: f["level"] for f in fresh(shop, named).findings}
    assert levels["cn-9-3"] == "exempt"
    page = max_client.get(address("draft", shop, named)).content.decode()
    assert "SGS report 4711" in page
    sent = {"reason": "Award of the guild"}  # the guard still wants one for the superlative
    assert max_client.post(address("draft-approve", shop, named), sent).status_code == 302
    assert "最佳" in live_text(shop, kettle, "zh").text


def test_an_exemption_taken_back_counts_no_more(
    max_client: Client, shop: Any, named: Draft
) -> None:
    max_client.post(address("draft-exempt", shop, named), EXEMPT)
    with tenant(shop):
        made = Exemption.objects.get()
    url = reverse("aiassist:exemption-revoke", args=[shop.slug, made.pk])
    assert max_client.post(url).status_code == 302
    levels = {f["rule"]: f["level"] for f in fresh(shop, named).findings}
    assert levels["cn-9-3"] == "block"
    assert max_client.post(url).status_code == 404
    with tenant(shop):
        assert Exemption.objects.get().revoked_by is not None


def test_an_exemption_of_one_product_is_none_of_another(
    max_client: Client, shop: Any, named: Draft
) -> None:
    max_client.post(address("draft-exempt", shop, named), EXEMPT)
    other = make_product(shop, "Fjord Kettle", facts={"material": "steel", "colour": "black"})
    row = make_draft(shop, other, BEST_ZH, language="zh")
    max_client.post(address("draft-refresh", shop, row))
    assert "block" in {f["level"] for f in fresh(shop, row).findings if f["rule"] == "cn-9-3"}


def test_an_exemption_of_the_shop_holds_for_every_product(
    max_client: Client, shop: Any, named: Draft
) -> None:
    max_client.post(address("draft-exempt", shop, named), {**EXEMPT, "scope": "shop"})
    other = make_product(shop, "Fjord Kettle", facts={"material": "steel", "colour": "black"})
    row = make_draft(shop, other, BEST_ZH, language="zh")
    max_client.post(address("draft-refresh", shop, row))
    assert {f["level"] for f in fresh(shop, row).findings if f["rule"] == "cn-9-3"} == {"exempt"}


@pytest.mark.parametrize(
    "wrong", [{"evidence": " "}, {"code": "because"}, {"words": ""}, {"rule": "unbacked"}]
)
def test_an_exemption_without_ground_or_evidence_is_refused(
    max_client: Client, shop: Any, named: Draft, wrong: dict[str, str]
) -> None:
    answer = max_client.post(address("draft-exempt", shop, named), {**EXEMPT, **wrong})
    assert answer.status_code == 422
    with tenant(shop):
        assert not Exemption.objects.exists()


def test_the_same_words_are_exempt_once(max_client: Client, shop: Any, named: Draft) -> None:
    max_client.post(address("draft-exempt", shop, named), EXEMPT)
    assert max_client.post(address("draft-exempt", shop, named), EXEMPT).status_code == 422


def test_the_checks_page_lists_rules_with_sources_and_exemptions(
    max_client: Client, client_of: Any, vera: Any, shop: Any, named: Draft
) -> None:
    max_client.post(address("draft-exempt", shop, named), EXEMPT)
    url = reverse("aiassist:checks", args=[shop.slug])
    page = max_client.get(url).content.decode()
    assert "SGS report 4711" in page
    assert "Advertising Law of the PRC, article 9(3)" in page
    viewer = client_of(vera).get(url).content.decode()
    assert "/revoke/" in page
    assert "/revoke/" not in viewer


def test_a_stale_draft_is_checked_against_todays_facts(
    max_client: Client, shop: Any, kettle: Product, draft: Draft
) -> None:
    with tenant(shop):
        Fact.objects.filter(product=kettle, value="black").update(value="white")
    page = max_client.get(address("draft", shop, draft)).content.decode()
    assert "Facts changed since" in page
    assert address("draft-refresh", shop, draft) in page
    max_client.post(address("draft-refresh", shop, draft))
    page = max_client.get(address("draft", shop, draft)).content.decode()
    assert "Facts changed since" not in page
    assert fresh(shop, draft).n_blocking >= 2


def test_a_draft_of_a_deleted_product_cannot_be_mended(
    max_client: Client, shop: Any, kettle: Product, draft: Draft
) -> None:
    max_client.post(reverse("catalog:product-delete", args=[shop.slug, kettle.pk]))
    sent = {"key": "capacity", "value": "1.8 L"}
    assert max_client.post(address("draft-fact", shop, draft), sent).status_code == 422
    assert max_client.post(address("draft-refresh", shop, draft)).status_code == 409
