"""What owners set for their shop: keys, its data, and the record of who did what."""

from functools import reduce
from operator import or_
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, OWNERS, merchant_required
from ecomportal.tenancy.forms import ApiKeyForm
from ecomportal.tenancy.models import ApiKey, Merchant
from ecomportal.web.audit_names import AREAS
from ecomportal.web.audit_words import detail_of, subject_of
from ecomportal.web.forms import ShopForm
from ecomportal.web.paging import cursor_of, keyset_page

AUDIT_ROWS = 50


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*OWNERS)
def shop_settings(request: HttpRequest) -> HttpResponse:
    form = ShopForm(request.POST or None, instance=request.merchant)
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        Merchant.objects.filter(pk=request.merchant.pk).update(**changes)
        audit.record(request, "shop.changed", request.merchant.slug, **changes)
        messages.success(request, _("The shop's settings are saved."))
        return redirect("shop-settings", request.merchant.slug)
    status = 422 if form.errors else 200
    # The form wrote what was typed onto its instance: the frame shows the shop as it is.
    request.merchant.refresh_from_db()
    return render(request, "settings/shop.html", {"form": form}, status=status)


def _keys_page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    keys = request.merchant.api_keys.select_related("created_by").order_by("-created_at")
    context = {"keys": keys, "form": ApiKeyForm(), "now": now(), **context}
    return render(request, "settings/api_keys.html", context, status=status)


@require_safe
@merchant_required(*OWNERS)
def api_keys(request: HttpRequest) -> HttpResponse:
    return _keys_page(request)


@require_POST
@merchant_required(*OWNERS)
def api_key_new(request: HttpRequest) -> HttpResponse:
    form = ApiKeyForm(request.POST)
    if not form.is_valid():
        return _keys_page(request, status=422, form=form)
    data = form.cleaned_data
    row, key = ApiKey.issue(request.merchant, created_by=request.user, **data)
    audit.record(request, "api_key.created", row, scopes=data["scopes"])
    return _keys_page(request, issued=row, key=key)


@require_POST
@merchant_required(*OWNERS)
def api_key_revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    valid = request.merchant.api_keys.filter(revoked_at=None)
    row = get_object_or_404(valid, pk=key_id)
    valid.filter(pk=row.pk).update(revoked_at=now())
    audit.record(request, "api_key.revoked", row)
    messages.success(request, _("The key %(name)s no longer works.") % {"name": row.name})
    return redirect("api-keys", request.merchant.slug)


@require_safe
@merchant_required(*EDITORS)
def audit_page(request: HttpRequest) -> HttpResponse:
    entries = request.merchant.audit_entries.all()
    area = request.GET.get("area", "")
    if area in AREAS:
        begins = (Q(action__startswith=start) for start in AREAS[area][1])
        entries = entries.filter(reduce(or_, begins))
    if who := request.GET.get("who", "")[:200]:
        entries = entries.filter(actor_label__icontains=who)
    if since := _date(request.GET.get("since", "")):
        entries = entries.filter(at__date__gte=since)
    if until := _date(request.GET.get("until", "")):
        entries = entries.filter(at__date__lte=until)
    page = keyset_page(entries, ["-at", "-pk"], cursor=cursor_of(request.GET), size=AUDIT_ROWS)
    for entry in page.rows:
        entry.subject_shown = subject_of(entry, request.merchant.slug)
        entry.detail_shown = detail_of(entry, request.merchant.slug)
    return render(
        request,
        "settings/audit.html",
        {"page": page, "is_filtered": bool(area or who or since or until), "areas": AREAS},
    )


def _date(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None
