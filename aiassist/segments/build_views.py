"""The button that has all customers reckoned anew."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aiassist.segments.job import start_build
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required


@require_POST
@merchant_required(*EDITORS)
def build(request: HttpRequest) -> HttpResponse:
    job = start_build(request.merchant, request.user)
    if job.is_new:
        audit.record(request, "customers.reckoned", job.title)
    else:
        messages.info(request, _("Customers are being reckoned already."))
    return redirect("aiassist:segments", request.merchant.slug)
