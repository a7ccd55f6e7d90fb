"""How events come in: counts, what was refused and why, SKUs that wait for their product."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.orders.events.health import SHOWN_PENDING, SHOWN_REJECTS, example, health
from catalog.orders.events.models import EventReject
from catalog.orders.events.reasons import reason
from catalog.products.imports.guard import guard
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required
from ecomportal.tenancy.models import Role

MAX_LISTED = 100_000  # SKUs in the file
ANY_SKU = "SKU-1"


@require_safe
@merchant_required(*EVERYONE)
def events(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant
    pending = merchant.pending_skus.order_by("-n", "sku")
    totals = merchant.pending_skus.aggregate(n_skus=Count("*"), n_events=Sum("n"))
    # The newest of each reason and field; the newest of all first.
    newest = merchant.event_rejects.order_by("code", "field", "-id").distinct("code", "field")
    rejects = sorted(newest, key=lambda row: -row.pk)[:SHOWN_REJECTS]
    told = health(merchant)
    context = {
        "health": told,
        "rejects": [_shown(row) for row in rejects],
        "pending": list(pending[:SHOWN_PENDING]) if totals["n_skus"] else [],
        "n_pending": totals["n_skus"],
        "n_waiting": totals["n_events"] or 0,
        "n_more": max(0, totals["n_skus"] - SHOWN_PENDING),
        "example": _example(request),
        "can_edit": request.role in EDITORS,
        "is_owner": request.role == Role.OWNER,
        "is_empty": told.is_silent and not totals["n_skus"] and not rejects,
    }
    if context["is_empty"]:
        context["has_any"] = merchant.interactions.exists()
    return render(request, "catalog/orders/events.html", context)


def _shown(row: EventReject) -> dict[str, Any]:
    label, what_to_do = reason(row.code)
    sent = json.dumps(row.example, ensure_ascii=False, indent=1)
    return {"row": row, "label": label, "what_to_do": what_to_do, "sent": sent}


def _example(request: HttpRequest) -> str:
    live = request.merchant.variants.filter(deleted_at=None).exclude(sku="")
    sku = live.values_list("sku", flat=True).first()
    address = request.build_absolute_uri("/api/v1/events")
    return example(address, sku or ANY_SKU, datetime.now(UTC))


@require_safe
@merchant_required(*EVERYONE)
def pending_file(request: HttpRequest) -> StreamingHttpResponse:
    """The SKUs that wait, as a file to fill in and import."""
    rows = list(
        request.merchant.pending_skus.order_by("-n", "sku").values_list(
            "sku", "n", "first_at", "last_at"
        )[:MAX_LISTED]
    )
    answer = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="skus-without-a-product.csv"'
    return answer


class _Echo:
    def write(self, line: str) -> str:
        return line


def _lines(rows: list[tuple[str, int, datetime, datetime]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([_("SKU"), _("Events"), _("First"), _("Last")])
    for sku, n, first, last in rows:
        yield writer.writerow([guard(sku), n, first.isoformat(), last.isoformat()])
