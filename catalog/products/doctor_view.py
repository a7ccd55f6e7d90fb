"""The doctor's pages: one product examined, and what ails the whole shop."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog.products.doctor import AREAS, STOPS, examine, shop_wide
from catalog.products.filters import ProductFilters
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required
from ecomportal.tenancy.models import Merchant
from ecomportal.web.counting import n_up_to

COUNTED = 1000  # above this a figure reads "1,000+": counting on would take longer than it helps


@require_safe
@merchant_required(*EVERYONE)
def product_doctor(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Every check of one product, deleted ones too: that is a cause as well."""
    rows = request.merchant.products.select_related("category")
    product = get_object_or_404(rows, pk=product_id)
    found = examine(product, request.merchant)
    areas = [
        {
            "key": area,
            "question": question,
            "fine": fine,
            "findings": found[area],
            "n_stops": sum(one.level == STOPS for one in found[area]),
            "n_causes": sum(one.cause is not None for one in found[area]),
        }
        for area, (question, fine) in AREAS.items()
    ]
    context = {"product": product, "areas": areas, "can_edit": request.role in EDITORS}
    return render(request, "catalog/products/doctor.html", context)


@require_safe
@merchant_required(*EVERYONE)
def shop_doctor(request: HttpRequest) -> HttpResponse:
    """How many products each cause holds back, the most frequent first."""
    merchant = request.merchant
    queries = {check.key: check.query.format(language=merchant.language) for check in shop_wide()}
    counts = _counts(merchant, queries)
    rows = [
        {"check": check, "n": counts[check.key], "query": queries[check.key]}
        for check in shop_wide()
    ]
    context = {
        "rows": sorted((row for row in rows if row["n"]), key=lambda row: -row["n"]),
        "fine": [row for row in rows if not row["n"]],
        "counted": COUNTED,
        "has_products": merchant.products.live().exists(),
    }
    return render(request, "catalog/products/shop_doctor.html", context)


def _counts(merchant: Any, queries: dict[str, str]) -> dict[str, int]:
    """Up to COUNTED + 1 products for each query of the list, in one statement."""
    columns = {}
    for key, query in queries.items():
        found = ProductFilters(query, merchant).apply(merchant.products.all())
        columns[key] = n_up_to(found, COUNTED)
    return Merchant.objects.filter(pk=merchant.pk).order_by().values(**columns).get()
