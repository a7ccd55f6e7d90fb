"""A customer's rights: take everything along, be erased; and what was erased when."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiassist import tasks
from aiassist.segments.customers.erase import start_erasure
from aiassist.segments.customers.filters import CustomerFilters
from aiassist.segments.customers.models import CustomerFile
from aiassist.segments.customers.page import customer_of
from catalog.orders.erasures import standing_of
from catalog.orders.models import Customer
from ecomportal.jobs.start import start_job
from ecomportal.said import said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, OWNERS, merchant_required
from ecomportal.web.paging import cursor_of, keyset_page

ROWS = 30


@require_safe
@merchant_required(*EDITORS)
def privacy(request: HttpRequest) -> HttpResponse:
    """Find whom it is about, and see what was exported and erased."""
    asked = request.GET.get("q", "").strip()
    found = _found(request, asked) if asked else []
    if len(found) == 1:
        return redirect("aiassist:customer", request.merchant.slug, found[0].pk)
    erasures = request.merchant.erasures.select_related("erased_by")
    files = request.merchant.customer_files.select_related("created_by", "job")
    context = {
        "page": keyset_page(erasures, ["-at", "-id"], cursor=cursor_of(request.GET), size=ROWS),
        "files": files.order_by("-created_at")[:10],
        "asked": asked,
        "found": found,
        "erased_at": _erased_at(request, asked),
        "can_erase": request.role in OWNERS,
    }
    return render(request, "settings/privacy.html", context)


def _found(request: HttpRequest, asked: str) -> list[Customer]:
    """By the whole number first; else as the list searches."""
    exact = request.merchant.customers.filter(external_id=asked)
    if people := list(exact):
        return people
    address = CustomerFilters("", request.merchant)
    address.values["q"] = asked[:120]
    return list(address.apply(request.merchant.customers.all()).order_by("name", "id")[:20])


def _erased_at(request: HttpRequest, number: str) -> Any:
    standing = standing_of(request.merchant, number)
    return standing.values_list("at", flat=True).first() if number else None


@require_POST
@merchant_required(*OWNERS)
def let_in(request: HttpRequest) -> HttpResponse:
    """The person behind an erased number is a customer again; the past stays erased."""
    number = request.POST.get("number", "").strip()
    if standing_of(request.merchant, number).update(lifted_at=timezone.now()):
        audit.record(request, "customer.let_in")
        messages.success(request, _("The number may come in again. What was erased stays erased."))
    else:
        messages.error(request, _("No customer with this number was erased, so nothing changed."))
    return redirect("aiassist:privacy", request.merchant.slug)


@require_POST
@merchant_required(*EDITORS)
def customer_everything(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """Start the job that collects everything about a customer."""
    found = customer_of(request, customer_id)
    file = CustomerFile.objects.create(
        merchant=request.merchant, kind=CustomerFile.Kind.EVERYTHING, customer=found,
        created_by=request.user,
    )  # fmt: skip
    job = start_job(
        tasks.export_customer,
        request.merchant,
        request.user,
        title=said("Export everything about a customer"),
        params={"file": str(file.pk)},
        n_total=1,
    )
    request.merchant.customer_files.filter(pk=file.pk).update(job=job)
    audit.record(request, "customer.exported", "", customer=str(found.pk), job=str(job.pk))
    return redirect("job", request.merchant.slug, job.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*OWNERS)
def customer_erase(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """Say what goes and what stays; go on only with the customer's number typed."""
    found = customer_of(request, customer_id)
    typed = request.POST.get("number", "").strip()
    if request.method == "POST" and typed == found.external_id:
        with_orders = request.POST.get("orders") == "delete"
        job = start_erasure(request.merchant, request.user, found, with_orders=with_orders)
        audit.record(request, "customer.erased", "", job=str(job.pk), with_orders=with_orders)
        address = reverse("job", args=[request.merchant.slug, job.pk])
        return HttpResponseRedirect(address)
    context = {
        "customer": found,
        "profile": found.profile,
        "counts": _counts(found),
        "orders": request.POST.get("orders", "keep"),
        "is_wrong": request.method == "POST",
        "typed": typed,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "aiassist/segments/customers/erase.html", context, status=status)


def _counts(customer: Customer) -> dict[str, int]:
    return {
        "orders": customer.orders.count(),
        "events": customer.interactions.count(),
        "chats": customer.conversations.count(),
        "segments": customer.memberships.count(),
    }
