"""Cohorts by month of the first order, and the groups' courses."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from aiassist.segments.customers.cohorts import cohorts as cohorts_of
from aiassist.segments.customers.cohorts import start_reckoning
from aiassist.segments.customers.trends import trends
from aiassist.segments.rfm_grid import grid
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required


@require_http_methods(["GET", "HEAD"])
@merchant_required(*EVERYONE)
def cohorts(request: HttpRequest) -> HttpResponse:
    show = "money" if request.GET.get("show") == "money" else "share"
    found = cohorts_of(request.merchant)
    context = {
        "cohorts": found,
        "show": show,
        "rfm": grid(request.merchant, request.GET),
        "trends": trends(request.merchant),
        "can_edit": request.role in EDITORS,
    }
    return render(request, "aiassist/segments/customers/cohorts.html", context)


@require_http_methods(["POST"])
@merchant_required(*EDITORS)
def cohorts_reckon(request: HttpRequest) -> HttpResponse:
    job = start_reckoning(request.merchant, request.user)
    return redirect("job", request.merchant.slug, job.pk)
