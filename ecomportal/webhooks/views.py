"""The settings page of webhooks: addresses, their secrets, and what was sent to them."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecomportal.said import told
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import OWNERS, merchant_required
from ecomportal.web.paging import cursor_of, keyset_page
from ecomportal.webhooks.delivery import send_again, wake
from ecomportal.webhooks.emitting import send_test
from ecomportal.webhooks.events import EVENTS, TEST
from ecomportal.webhooks.forms import WebhookForm
from ecomportal.webhooks.models import DeliveryState, Webhook, WebhookDelivery

ROWS = 25


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*OWNERS)
def webhooks(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _list(request)
    form = WebhookForm(request.POST, merchant=request.merchant)
    if not form.is_valid():
        return _list(request, status=422, form=form)
    form.instance.merchant, form.instance.created_by = request.merchant, request.user
    secret = form.instance.renew_secret()
    form.instance.former_secret = ""
    row = form.save()
    audit.record(request, "webhook.added", row, events=row.events)
    return _detail(request, row, secret=secret)


def _list(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    waiting = Count("deliveries", filter=Q(deliveries__state=DeliveryState.WAITING))
    rows = list(request.merchant.webhooks.annotate(n_waiting=waiting).order_by("created_at"))
    for row in rows:
        row.event_words = [EVENTS[name] for name in row.events if name in EVENTS]
    context = {"webhooks": rows, "form": WebhookForm(merchant=request.merchant), **context}
    return render(request, "settings/webhooks/list.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*OWNERS)
def webhook(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    row = get_object_or_404(request.merchant.webhooks, pk=webhook_id)
    if request.method != "POST":
        return _detail(request, row)
    form = WebhookForm(request.POST, instance=row, merchant=request.merchant)
    if not form.is_valid():
        row.refresh_from_db()  # the form wrote what was typed onto its instance
        return _detail(request, row, status=422, form=form)
    form.save()
    audit.record(request, "webhook.changed", row, events=row.events)
    messages.success(request, _("Saved."))
    return redirect("webhook", request.merchant.slug, row.pk)


def _detail(
    request: HttpRequest, row: Webhook, *, status: int = 200, **context: Any
) -> HttpResponse:
    sent = row.deliveries.all()
    state = request.GET.get("state", "")
    if state in DeliveryState.values:
        sent = sent.filter(state=state)
    page = keyset_page(
        sent.defer("body", "log"), ["-created_at", "-pk"], cursor=cursor_of(request.GET), size=ROWS
    )
    context = {
        "webhook": row,
        "page": page,
        "state": state,
        "states": DeliveryState.choices,
        "form": WebhookForm(instance=row, merchant=request.merchant),
        **context,
    }
    return render(request, "settings/webhooks/webhook.html", context, status=status)


@require_POST
@merchant_required(*OWNERS)
def webhook_test(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """A call for trying; an address that is off is not called, not even so."""
    row = get_object_or_404(request.merchant.webhooks, pk=webhook_id)
    if not row.is_on:
        messages.error(request, _("Switch the address on first."))
        return redirect("webhook", request.merchant.slug, row.pk)
    delivery = send_test(row)
    wake(row)
    if request.htmx:
        return _progress(request, delivery)
    return redirect("webhook-delivery", request.merchant.slug, row.pk, delivery.pk)


@require_safe
@merchant_required(*OWNERS)
def delivery_progress(request: HttpRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    return _progress(request, _delivery(request, webhook_id, delivery_id))


def _progress(request: HttpRequest, delivery: WebhookDelivery) -> HttpResponse:
    return render(request, "settings/webhooks/_outcome.html", {"delivery": delivery})


@require_POST
@merchant_required(*OWNERS)
def webhook_switch(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    row = get_object_or_404(request.merchant.webhooks, pk=webhook_id)
    row.is_on = request.POST.get("on") == "1"
    row.problem, row.n_failures, row.failing_since = "", 0, None
    row.save(update_fields=["is_on", "problem", "n_failures", "failing_since"])
    audit.record(request, "webhook.on" if row.is_on else "webhook.off", row)
    if row.is_on:
        wake(row)
    text = _("The address is told again.") if row.is_on else _("The address is told no more.")
    messages.success(request, text)
    return redirect("webhook", request.merchant.slug, row.pk)


@require_POST
@merchant_required(*OWNERS)
def webhook_rotate(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """A new secret; calls carry both signatures for a day."""
    row = get_object_or_404(request.merchant.webhooks, pk=webhook_id)
    secret = row.renew_secret()
    row.save(update_fields=["sealed_secret", "former_secret", "secret_set_at"])
    audit.record(request, "webhook.secret_renewed", row)
    return _detail(request, row, secret=secret, is_renewed=True)


@require_POST
@merchant_required(*OWNERS)
def webhook_remove(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    row = get_object_or_404(request.merchant.webhooks, pk=webhook_id)
    audit.record(request, "webhook.removed", row)
    row.delete()
    messages.success(request, _("The address and what was sent to it are removed."))
    return redirect("webhooks", request.merchant.slug)


@require_safe
@merchant_required(*OWNERS)
def delivery(request: HttpRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    row = _delivery(request, webhook_id, delivery_id)
    lines = [
        {**line, "at": parse_datetime(line["at"]), "error": told(line["error"])}
        for line in reversed(row.log)
    ]
    shown = json.dumps(json.loads(row.body), ensure_ascii=False, indent=2)
    context = {"delivery": row, "webhook": row.webhook, "lines": lines, "body": shown}
    return render(request, "settings/webhooks/delivery.html", context | {"test": TEST})


@require_POST
@merchant_required(*OWNERS)
def delivery_again(request: HttpRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    row = _delivery(request, webhook_id, delivery_id)
    if not row.webhook.is_on:
        messages.error(request, _("Switch the address on first."))
    else:
        send_again(row)
        audit.record(request, "webhook.sent_again", row)
        messages.success(request, _("It is sent again, with the same id."))
    return redirect("webhook-delivery", request.merchant.slug, webhook_id, row.pk)


def _delivery(request: HttpRequest, webhook_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    rows = request.merchant.webhook_deliveries.select_related("webhook")
    return get_object_or_404(rows, pk=delivery_id, webhook_id=webhook_id)
