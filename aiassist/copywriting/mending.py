"""Mend a draft where it is read: state the missing fact, exempt words, check it anew."""

from typing import Any
from uuid import UUID

import pghistory
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aiassist.copywriting import exemptions, publish
from aiassist.copywriting.checking import count_levels
from aiassist.copywriting.lint.rules import channels, dated, laws, placements, told_law
from aiassist.copywriting.models import Draft, DraftStatus
from aiassist.copywriting.requests import inputs_of
from aiassist.copywriting.review import page_of
from aiassist.copywriting.rule_names import rule_name
from catalog.products.attribute_book import AttributeBook
from catalog.products.changes import Change
from catalog.products.missing.filling import fill
from catalog.products.models import TEXT_LABELS
from catalog.products.snapshot import recorded
from catalog.products.typed_facts import read_fact
from ecomportal.said import said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required

EXEMPTIONS_SHOWN = 200


class MendError(Exception):
    """What was wrong with what was typed; shown as it stands."""


@require_POST
@merchant_required(*EDITORS)
def add_fact(request: HttpRequest, draft_id: object) -> HttpResponse:
    """State the fact behind a claim: it stands in the product, and the draft is checked anew."""
    row = get_object_or_404(request.merchant.drafts, pk=draft_id)
    try:
        with transaction.atomic():
            change = _state(request, row)
    except (MendError, publish.ReviewError) as refusal:
        return page_of(request, row.pk, status=422, error=str(refusal))
    undo = reverse("catalog:change", args=[request.merchant.slug, change.pk])
    words = _("The fact stands in the product now; the draft was checked again.")
    link = format_html(' <a href="{}">{}</a>', undo, _("See the change or undo it"))
    messages.success(request, format_html("{}{}", words, link))
    return redirect("aiassist:draft", request.merchant.slug, row.pk)


def _state(request: HttpRequest, row: Draft) -> Change:
    merchant = request.merchant
    draft = publish.lock_draft(merchant, row.pk, DraftStatus.WAITING)
    product = publish.load_product(merchant, draft.product_id)
    key, value = request.POST.get("key", "").strip(), request.POST.get("value", "").strip()
    book = AttributeBook(merchant)
    if not key or not value or not book.find(key):
        raise MendError(_("Choose what the fact is called, and write its value."))
    attribute = book.get(key)
    try:
        typed = read_fact(attribute, value)
    except ValidationError as error:
        raise MendError(" ".join(error.messages)) from None
    change = Change.objects.create(
        merchant=merchant, kind="edit", created_by=request.user,
        title=said("Fact for a text of %(product)s", product=product.title),
    )  # fmt: skip
    context = {"user": request.user.pk, "source": "editor", "change": str(change.pk)}
    with pghistory.context(**context), recorded(change, [product.pk]):
        fill(merchant, attribute, {product.pk: typed})
    audit.record(request, "draft.fact_added", draft.name(), draft=str(draft.pk), fact=attribute.key)
    recheck(merchant, draft)
    return change


def recheck(merchant: Any, draft: Draft) -> None:
    """Hold a waiting draft against the product as it is now, and keep what that says."""
    product = publish.load_product(merchant, draft.product_id)
    draft.facts, draft.product_version = inputs_of(product), product.version
    draft.findings = publish.check_text(draft, product, draft.text)
    for name, n in count_levels(draft.findings).items():
        setattr(draft, name, n)
    draft.save(update_fields=["facts", "product_version", "findings", "n_blocking", "n_warnings"])


@require_POST
@merchant_required(*EDITORS)
def refresh(request: HttpRequest, draft_id: object) -> HttpResponse:
    """Check a stale draft against today's facts, without writing it again."""
    row = get_object_or_404(request.merchant.drafts, pk=draft_id)
    try:
        with transaction.atomic():
            recheck(
                request.merchant, publish.lock_draft(request.merchant, row.pk, DraftStatus.WAITING)
            )
    except publish.ReviewError as refusal:
        return page_of(request, row.pk, status=409, error=str(refusal))
    messages.success(request, _("Checked against today's facts."))
    return redirect("aiassist:draft", request.merchant.slug, row.pk)


# --- Exemptions --------------------------------------------------------------------------------


@require_POST
@merchant_required(*EDITORS)
def exempt(request: HttpRequest, draft_id: object) -> HttpResponse:
    """Record why words that a law restricts may stand, with the evidence."""
    row = get_object_or_404(request.merchant.drafts, pk=draft_id)
    sent = request.POST
    try:
        made = exemptions.record(
            request.merchant, request.user,
            rule=sent.get("rule", ""), words=sent.get("words", ""), code=sent.get("code", ""),
            evidence=sent.get("evidence", ""),
            product_id=None if sent.get("scope") == "shop" else row.product_id,
        )  # fmt: skip
    except exemptions.ExemptionError as refusal:
        return page_of(request, row.pk, status=422, error=str(refusal))
    audit.record(
        request, "exemption.recorded", made.words,
        rule=made.rule, ground=made.code, evidence=made.evidence, exemption=str(made.pk),
    )  # fmt: skip
    messages.success(request, _("Exempt from now on; who recorded it and why is kept."))
    return redirect("aiassist:draft", request.merchant.slug, row.pk)


@require_POST
@merchant_required(*EDITORS)
def revoke(request: HttpRequest, exemption_id: UUID) -> HttpResponse:
    rows = request.merchant.exemptions.filter(revoked_at=None)
    row = get_object_or_404(rows, pk=exemption_id)
    exemptions.revoke(request.merchant, row, request.user)
    audit.record(request, "exemption.revoked", row.words, rule=row.rule, exemption=str(row.pk))
    messages.success(request, _("Taken back: these words count again."))
    back = request.POST.get("draft", "")
    if back and request.merchant.drafts.filter(pk=_uuid(back)).exists():
        return redirect("aiassist:draft", request.merchant.slug, back)
    return redirect("aiassist:checks", request.merchant.slug)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
@merchant_required()
def checks(request: HttpRequest) -> HttpResponse:
    """The rules texts are held against, and the shop's exemptions from them."""
    language = get_language() or "en"
    rows = request.merchant.exemptions.select_related("product", "created_by", "revoked_by")
    shown = rows.order_by("-created_at")[:EXEMPTIONS_SHOWN]
    context = {
        "exemptions": [
            {
                "row": row,
                "rule_name": rule_name(row.rule),
                "ground": exemptions.ground_name(row.rule, row.code, language),
            }
            for row in shown
        ],
        "laws": [{**told_law(rule, language), "name": rule_name(rule)} for rule in laws()],
        "dated": dated(),
        "may_decide": request.role in EDITORS,
        **_limits(language),
    }
    return render(request, "aiassist/copywriting/checks.html", context)


def _field(name: str) -> Any:
    """What people call a channel's field; a channel's title is our short one."""
    return TEXT_LABELS["short_title" if name == "title" else name]


def _limits(language: str) -> dict[str, Any]:
    side = "zh" if language.startswith("zh") else "en"
    return {
        "channels": [
            {"label": c[f"label_{side}"], "source": c["source"], "as_of": c["as_of"],
             "fields": [(_field(name), limit["max"]) for name, limit in c["fields"].items()]}
            for c in channels().values()
        ],
        "placements": [
            {"label": p[side], "source": p["source"], "as_of": p["as_of"],
             "parts": [(part[side], part["max"]) for part in p["parts"]], "blocks": p["blocks"]}
            for p in placements().values()
        ],
    }  # fmt: skip
