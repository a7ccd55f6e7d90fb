"""One customer: what she is worth and why, what she did, which segments she is in."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from aiassist.segments.customers.predictions import predictions
from aiassist.segments.customers.timeline import KINDS, timeline
from aiassist.segments.language import RuleError, explain, parse
from catalog.orders.models import Customer
from ecomportal.tenancy.access import EDITORS, EVERYONE, OWNERS, merchant_required


def customer_of(request: HttpRequest, customer_id: UUID) -> Customer:
    people = request.merchant.customers.select_related("profile__persona", "profile__model_version")
    return get_object_or_404(people, pk=customer_id)


@require_safe
@merchant_required(*EVERYONE)
def customer(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    found = customer_of(request, customer_id)
    kind = request.GET.get("show", "")
    kind = kind if kind in KINDS else ""
    context: dict[str, Any] = {
        "customer": found,
        "profile": found.profile,
        "predictions": predictions(found, request.merchant),
        "timeline": timeline(found, kind=kind, before=request.GET.get("before", "")),
        "kind": kind,
        "kinds": KINDS.items(),
        "is_later_page": bool(request.GET.get("before")),
        "can_edit": request.role in EDITORS,
        "can_erase": request.role in OWNERS,
    }
    if request.htmx:
        return render(request, "aiassist/segments/customers/_timeline.html", context)
    memberships = found.memberships.filter(segment__deleted_at=None).select_related("segment")
    context["memberships"] = memberships.order_by("segment__name")[:50]
    return render(request, "aiassist/segments/customers/customer.html", context)


@require_safe
@merchant_required(*EVERYONE)
def why_in(request: HttpRequest, customer_id: UUID, segment_id: UUID) -> HttpResponse:
    """Each clause of a segment's rule beside what it found of this customer."""
    found = customer_of(request, customer_id)
    segment = get_object_or_404(request.merchant.segments.filter(deleted_at=None), pk=segment_id)
    clauses, problem = [], None
    if segment.rule and not segment.is_static:
        try:
            clauses = explain(parse(segment.rule), found)
        except RuleError as error:
            problem = error.message
    context = {"customer": found, "segment": segment, "clauses": clauses, "problem": problem}
    name = "_why" if request.htmx else "why"
    return render(request, f"aiassist/segments/customers/{name}.html", context)
