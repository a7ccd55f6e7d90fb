"""The variants of one product as rows below it in the list, a page at a time."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from catalog.products.models import Variant
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required
from ecomportal.web.paging import cursor_of, keyset_page

PAGE_SIZE = 50
ORDER = ["position", "id"]


@require_safe
@merchant_required(*EVERYONE)
def variants(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """Without script the editor shows them."""
    product = get_object_or_404(
        request.merchant.products.only("id", "title", "deleted_at"), pk=product_id
    )
    if not request.htmx:
        return redirect("catalog:product", request.merchant.slug, product.pk)
    rows = Variant.objects.filter(product=product.pk, deleted_at=product.deleted_at)
    page = keyset_page(rows, ORDER, cursor=cursor_of(request.GET), size=PAGE_SIZE)
    context: dict[str, Any] = {
        "product": product,
        "page": page,
        "n_columns": _n_columns(request),
        "can_edit": request.role in EDITORS and product.deleted_at is None,
        "is_more": bool(cursor_of(request.GET)),
    }
    return render(request, "catalog/products/_list_variants.html", context)


def _n_columns(request: HttpRequest) -> int:
    given = request.GET.get("n", "")
    return int(given) if given.isdecimal() and len(given) < 3 else 1
