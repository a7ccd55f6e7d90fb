"""The estimate beside the form that asks for texts."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from aiassist.copywriting.engines.forecast import forecast
from aiassist.copywriting.forms import GenerateForm
from catalog.products.selection import selected_products
from ecomportal.tenancy.access import EDITORS, merchant_required


@require_POST
@merchant_required(*EDITORS)
def estimate(request: HttpRequest) -> HttpResponse:
    """What the job would take as the form stands; nothing is written."""
    form, products = GenerateForm(request.POST), selected_products(request)
    context = {"form": form}
    if form.is_valid() and (n := products.count()):
        context["forecast"] = forecast(request.merchant, products, form.params(), n=n)
    return render(request, "aiassist/copywriting/_estimate.html", context)
