"""The audit page speaks of things by name, in the reader's language; ids stay behind the words."""

from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy

from catalog.products.models import TextField
from ecomportal.ids import uuid7
from ecomportal.said import said
from ecomportal.tenancy import audit
from ecomportal.tenancy.models import AuditEntry
from ecomportal.web.audit_words import detail_of, subject_of
from tests.aiassist.copywriting.test_write_copy import ask, carry_out, drafts_of
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def kept(shop: Any, action: str, subject: Any = "", **detail: Any) -> AuditEntry:
    request = RequestFactory().get("/")
    request.merchant = shop
    entry = audit.record(request, action, subject, **detail)
    return AuditEntry.objects.get(pk=entry.pk)


def detail(entry: AuditEntry, language: str = "en") -> str:
    with translation.override(language):
        return detail_of(entry, "northlight")


def test_an_id_is_a_link_that_carries_it_as_its_title(in_shop):
    job = uuid7()
    entry = kept(in_shop, "products.bulk_edit", "x", job=str(job))
    address = reverse("job", args=["northlight", job])
    assert detail(entry) == f'<a class="inline" href="{address}" title="{job}">job</a>'
    assert ">任务</a>" in detail(entry, "zh-hans")


def test_keys_and_values_have_names(in_shop):
    entry = kept(in_shop, "team.role_changed", "bob@example.com", before="agent", after="manager")
    assert detail(entry) == "after: Manager, before: Support agent"
    assert detail(entry, "zh-hans") == "之后: 店长, 之前: 客服"


def test_messages_and_lists_of_them_are_read_in_the_readers_language(in_shop):
    fields = [TextField.DESCRIPTION.label, TextField.BULLETS.label]
    entry = kept(in_shop, "copy.asked", said("Log"), fields=fields, tone=gettext_lazy("Formal"))
    assert detail(entry) == "tone: Formal, what: Description, Bullet points"
    assert "描述" in detail(entry, "zh-hans")
    with translation.override("zh-hans"):
        assert subject_of(entry, "northlight") == "日志"


def test_what_is_empty_or_no_says_nothing_and_yes_is_its_name(in_shop):
    entry = kept(in_shop, "copy.asked", edited=True, confirm_facts=False, reason="", keywords=[])
    assert detail(entry) == "edited"


def test_what_was_typed_cannot_become_markup(in_shop):
    entry = kept(in_shop, "draft.rejected", "<b>x</b>", reason="<script>")
    assert "<script>" not in detail(entry)


def test_an_earlier_entry_that_names_a_draft_by_its_id_gets_a_link(in_shop):
    draft = uuid7()
    entry = kept(in_shop, "draft.approved", draft)
    assert f'title="{draft}">draft</a>' in subject_of(entry, "northlight")


def test_an_approval_names_the_text_and_the_product(client_of, shop, max_, alice):
    facts = {"material": "stainless steel", "colour": "black"}
    kettle = make_product(shop, "Fjord Kettle", product_type="kettle", facts=facts)
    ask(client_of(max_), shop, [kettle], languages=["en"])
    carry_out(shop)
    (draft,) = drafts_of(shop)
    client_of(max_).post(reverse("aiassist:draft-approve", args=[shop.slug, draft.pk]))
    alice.language = "zh-hans"
    alice.save()
    page = client_of(alice).get(reverse("audit", args=[shop.slug])).content.decode()
    assert "“Fjord Kettle”" in page
    assert f'title="{draft.pk}">草稿</a>' in page
    assert f"<td>{draft.pk}</td>" not in page
    assert "write_copy" not in page
