"""What other currencies are worth in the shop's own: without that their orders cannot count."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.orders.currencies import in_orders
from catalog.orders.currency_forms import RateForm
from catalog.orders.models import CurrencyRate
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required


@merchant_required(*EDITORS)
def currencies(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        wanted = request.GET.get("currency", "")[:3]
        return _page(request, RateForm(request.merchant, initial={"currency": wanted}))
    form = RateForm(request.merchant, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    code, rate = form.cleaned_data["currency"], form.cleaned_data["rate"]
    CurrencyRate.objects.update_or_create(
        merchant=request.merchant,
        currency=code,
        defaults={"rate": rate, "changed_at": timezone.now()},
    )
    audit.record(request, "currency.rated", code, rate=str(rate))
    text = _(
        "One %(currency)s is worth %(rate)s %(own)s now. Segments count it from their next run."
    )
    own = request.merchant.currency
    messages.success(
        request, text % {"currency": code, "rate": f"{rate.normalize():f}", "own": own}
    )
    return redirect("catalog:currencies", request.merchant.slug)


def _page(request: HttpRequest, form: RateForm, *, status: int = 200) -> HttpResponse:
    context = {"rows": _rows(request), "form": form}
    return render(request, "catalog/orders/currencies.html", context, status=status)


def _rows(request: HttpRequest) -> list[dict[str, Any]]:
    """Every currency of the orders and every one with a rate; those that do not count first."""
    own, counts = request.merchant.currency, dict(in_orders(request.merchant))
    rates = {rate.currency: rate for rate in request.merchant.currency_rates.all()}
    rows = [
        {
            "currency": code,
            "n": counts.get(code, 0),
            "rate": rates.get(code),
            "worth": f"{rates[code].rate.normalize():f}" if code in rates else "",
            "is_own": code == own,
        }
        for code in {own, *counts, *rates}
    ]
    return sorted(rows, key=lambda r: (r["is_own"] or bool(r["rate"]), -r["n"], r["currency"]))


@require_POST
@merchant_required(*EDITORS)
def remove(request: HttpRequest) -> HttpResponse:
    code = request.POST.get("currency", "")
    if not request.merchant.currency_rates.filter(currency=code).delete()[0]:
        raise Http404
    audit.record(request, "currency.removed", code)
    text = _("The rate of %(currency)s is removed; its orders no longer count in segments.")
    messages.success(request, text % {"currency": code})
    return redirect("catalog:currencies", request.merchant.slug)
