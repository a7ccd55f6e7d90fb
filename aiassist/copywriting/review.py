"""The review queue: facts beside the draft, and approve, edit, reject, undo."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from aiassist.copywriting import publish
from aiassist.copywriting.checking import (
    audience_rows,
    in_language,
    is_blocked,
    paragraphs,
    with_audience,
)
from aiassist.copywriting.exemptions import needs_evidence
from aiassist.copywriting.glossary.terms import terms_of
from aiassist.copywriting.lint.parts import has_parts, parts_of
from aiassist.copywriting.lint.rules import placements
from aiassist.copywriting.models import ALT_TEXT, KINDS, Draft, DraftStatus
from aiassist.copywriting.requests import (
    approved_texts,
    fact_choices,
    inputs_of,
    likely_key,
    load_facts,
    policy_for,
)
from aiassist.copywriting.shop_rules import ShopRules, rules_of
from catalog.products.models import ProductImage
from catalog.products.vocabulary import find_unit, format_quantity
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required

QUEUE_SHOWN = 12  # drafts listed beside the one at hand
QUEUE_MAX = 1000  # drafts looked at to tell the place in the queue
LEFT_OUT = {
    "conflict": _("Contradicts another fact"),
    "duplicate": _("Says the same as another fact"),
    "empty": _("Is empty"),
    "no_label": _("Has no name in this language"),
    "no_place": _("Found no natural place"),
    "no_room": _("No room within the length you set"),
    "no_translation": _("Has no translation into this language"),
    "no_unit": _("Its unit is missing or unknown"),
    "not_a_value": _("Reads like an instruction, not like a value"),
    "not_backed_by_facts": _("The facts do not make it true"),
    "too_long": _("Longer than a text can carry"),
}
REASONS = [_("A fact is wrong"), _("Reads badly"), _("Wrong tone"), _("Too long")]


def waiting(merchant: Any) -> QuerySet[Draft]:
    """The queue, those with findings first, then the oldest."""
    return merchant.drafts.filter(status=DraftStatus.WAITING, product__deleted_at=None).order_by(
        "-n_blocking", "-n_warnings", "created_at", "pk"
    )


@require_safe
@merchant_required()
def queue(request: HttpRequest) -> HttpResponse:
    """The first waiting draft, or what to do when none waits."""
    first = waiting(request.merchant).first()
    if first is None:
        return render(request, "aiassist/copywriting/queue_empty.html", _last(request))
    return page_of(request, first.pk)


@require_safe
@merchant_required()
def draft(request: HttpRequest, draft_id: object) -> HttpResponse:
    return page_of(request, draft_id)


def page_of(
    request: HttpRequest, draft_id: object, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """`extra`: text (as typed), findings on it, error, is_editing, asks_reason, asks_reject."""
    row = get_object_or_404(
        request.merchant.drafts.select_related("product__category", "reviewed_by", "change"),
        pk=draft_id,
    )
    product = load_facts([row.product])[0]
    text = extra.pop("text", None) or row.final_text or row.text
    lines = _lines(row, product, text, row.facts, ShopRules(terms_of(request.merchant)))
    findings = extra.pop("findings", row.findings)
    pieces = [piece for line in lines for piece in line]
    context = {
        "draft": row,
        "product": product,
        "text": text,
        "lines": lines,
        "facts": _numbered(
            [*row.facts, *audience_rows(row.audience)],
            {n for piece in pieces for n in piece.numbers},
        ),
        "left_out": _left_out(row),
        "n_backed": sum(piece.kind == "fact" for piece in pieces),
        "n_unbacked": sum(piece.kind == "unbacked" for piece in pieces),
        "findings": [
            {**f, "likely": likely_key(product, f["span_text"]) if f["can_state"] else ""}
            for f in in_language(findings, get_language())
        ],
        "is_blocked": is_blocked(findings),
        "is_law": bool(needs_evidence(findings)),
        "blocks": _blocks(row.field, text),
        "picture": _picture(row),
        "is_waiting": row.status == DraftStatus.WAITING,
        "is_stale": row.status == DraftStatus.WAITING and publish.is_stale(row, product),
        "is_editing": "edit" in request.GET,
        "format": _format(row.field),
        "reasons": REASONS,
        "may_decide": request.role in EDITORS,
        "may_mend": request.role in EDITORS and row.status == DraftStatus.WAITING,
        "fact_choices": fact_choices(product, get_language() or "en"),
        **_around(request, row),
        **_last(request),
        **extra,
    }
    return render(request, "aiassist/copywriting/draft.html", context, status=status)


def _lines(
    row: Draft, product: Any, text: str, facts: list[dict[str, Any]], rules: ShopRules
) -> list[Any]:
    approved = approved_texts(row.merchant_id)[row.language]
    policy = with_audience(policy_for(product, row.language, approved), row.audience)
    inputs = [*facts, *audience_rows(row.audience)]
    return paragraphs(text, inputs, policy, field=row.field, rules=rules)


def _blocks(field: str, text: str) -> list[list[dict[str, Any]]]:
    """The parts of an ad or a message with what each takes of its room."""
    if not has_parts(field):
        return []
    side = "zh" if (get_language() or "").startswith("zh") else "en"
    return [
        [
            {"label": getattr(part, side), "text": part.text, "n": part.n,
             "most": part.limit["max"], "is_over": part.n > part.limit["max"],
             "is_sms": part.limit["count"] == "sms"}
            for part in block
        ]
        for block in parts_of(text, field)
    ]  # fmt: skip


def _format(field: str) -> list[str]:
    """The names of the parts that a block of this kind has, one a line."""
    side = "zh" if (get_language() or "").startswith("zh") else "en"
    return [part[side] for part in placements()[field]["parts"]] if has_parts(field) else []


def _picture(row: Draft) -> ProductImage | None:
    if row.field != ALT_TEXT:
        return None
    return ProductImage.objects.filter(product=row.product_id, pk=row.picture).first()


def _numbered(inputs: list[dict[str, Any]], used: set[int]) -> list[dict[str, Any]]:
    return [
        {**row, "n": n, "is_used": n in used, "shown": _shown(row)}
        for n, row in enumerate(inputs, start=1)
    ]


def _shown(row: dict[str, Any]) -> str:
    """The fact's value with its unit, as the reader's language writes it."""
    if row.get("number") and find_unit(row["unit"]):
        lang = "zh" if get_language().startswith("zh") else "en"
        return format_quantity(Decimal(row["number"]), row["unit"], lang, key=row["key"])
    return f"{row['value']} {row.get('unit', '')}".strip()


def _left_out(row: Draft) -> list[dict[str, Any]]:
    """What the engine did not use, by name, and why."""
    label = "label_zh" if get_language().startswith("zh") else "label_en"
    names = {fact["id"]: f"{fact.get(label, fact['key'])}: {fact['value']}" for fact in row.facts}
    return [
        {"name": names.get(key, key.removeprefix("keyword:")), "reason": LEFT_OUT.get(why, why)}
        for key, why in row.left_out
    ]


def _around(request: HttpRequest, row: Draft) -> dict[str, Any]:
    """The queue near the draft, its place in it, and the drafts before and after."""
    columns = ("pk", "product_id", "product__title", "language", "field", "n_blocking")
    found = list(waiting(request.merchant).values(*columns, "n_warnings")[:QUEUE_MAX])
    at = next((n for n, other in enumerate(found) if other["pk"] == row.pk), -1)
    start = max(0, min(at - QUEUE_SHOWN // 2, len(found) - QUEUE_SHOWN))
    same = [o for o in found if (o["product_id"], o["field"]) == (row.product_id, row.field)]
    after = found[at + 1 : at + 2] if at >= 0 else found[:1]
    return {
        "queue": [
            {**other, "field_label": dict(KINDS)[other["field"]]}
            for other in found[start : start + QUEUE_SHOWN]
        ],
        "n_waiting": len(found),
        "n_clean": sum(not (o["n_blocking"] or o["n_warnings"]) for o in found),
        "has_more": len(found) == QUEUE_MAX,
        "place": at + 1,
        "previous": found[at - 1] if at > 0 else None,
        "next": after[0] if after else None,
        "twins": same,
    }


def _last(request: HttpRequest) -> dict[str, Any]:
    """The draft decided a moment ago, so that `u` can take the decision back."""
    try:
        wanted = UUID(request.GET.get("done", ""))
    except ValueError:
        return {}
    decided = [DraftStatus.APPROVED, DraftStatus.REJECTED]
    rows = request.merchant.drafts.select_related("product")
    return {"last": rows.filter(pk=wanted, status__in=decided).first()}


def _record(request: HttpRequest, action: str, row: Draft, **detail: Any) -> None:
    audit.record(request, action, row.name(), draft=str(row.pk), **detail)


@require_POST
@merchant_required(*EDITORS)
def approve(request: HttpRequest, draft_id: object) -> HttpResponse:
    """Approve as it stands, or with `text` as edited; `reason` overrides a blocking finding."""
    row = get_object_or_404(request.merchant.drafts, pk=draft_id)
    text, reason = request.POST.get("text"), request.POST.get("reason", "").strip()[:300]
    try:
        with transaction.atomic():
            publish.approve(request.merchant, row.pk, request.user, text=text, reason=reason)
    except publish.Blocked as refusal:
        return page_of(
            request,
            row.pk,
            status=422,
            error=str(refusal),
            findings=refusal.findings,
            is_editing=text is not None,
            asks_reason=True,
            **({"text": text} if text else {}),
        )
    except publish.ReviewError as refusal:
        typed = {"text": text, "is_editing": True} if text is not None else {}
        return page_of(request, row.pk, status=409, error=str(refusal), **typed)
    _record(request, "draft.approved", row, reason=reason, edited=text is not None)
    return _to_next(request, row)


@require_POST
@merchant_required(*EDITORS)
def reject(request: HttpRequest, draft_id: object) -> HttpResponse:
    row = get_object_or_404(request.merchant.drafts, pk=draft_id)
    reason = request.POST.get("reason", "").strip()
    try:
        with transaction.atomic():
            publish.reject(request.merchant, row.pk, request.user, reason=reason)
    except publish.ReviewError as refusal:
        status = 409 if reason else 422
        return page_of(request, row.pk, status=status, error=str(refusal), asks_reject=True)
    _record(request, "draft.rejected", row, reason=reason)
    return _to_next(request, row)


@require_POST
@merchant_required(*EDITORS)
def undo(request: HttpRequest, draft_id: object) -> HttpResponse:
    row = get_object_or_404(request.merchant.drafts, pk=draft_id)
    try:
        with transaction.atomic():
            publish.undo(request.merchant, row.pk, request.user)
    except publish.ReviewError as refusal:
        return page_of(request, row.pk, status=409, error=str(refusal))
    _record(request, "draft.undone", row)
    messages.success(request, _g("Taken back: the draft waits again, the shop shows what it did."))
    return redirect("aiassist:draft", request.merchant.slug, row.pk)


@require_POST
@merchant_required(*EDITORS)
def check_live(request: HttpRequest, draft_id: object) -> HttpResponse:
    """The guard's and the linter's word on a text while it is typed; nothing is written."""
    row = get_object_or_404(
        request.merchant.drafts.select_related("product__category"), pk=draft_id
    )
    text = request.POST.get("text", "").replace("\r\n", "\n")[: publish.TEXT_MAX]
    product = load_facts([row.product])[0]
    rules = rules_of(request.merchant)
    findings = publish.check_text(row, product, text, rules)
    context = {
        "draft": row,
        "lines": _lines(row, product, text, inputs_of(product), rules),
        "blocks": _blocks(row.field, text),
        "findings": in_language(findings, get_language()),
        "is_blocked": is_blocked(findings),
        "n_chars": len(text),
    }
    return render(request, "aiassist/copywriting/_checked.html", context)


def _to_next(request: HttpRequest, row: Draft) -> HttpResponse:
    """On to the next draft of the queue, with the last decision at hand for undo."""
    following = waiting(request.merchant).first()
    name, args = ("aiassist:draft", [following.pk]) if following else ("aiassist:review", [])
    address = reverse(name, args=[request.merchant.slug, *args])
    return redirect(f"{address}?{urlencode({'done': row.pk})}")
