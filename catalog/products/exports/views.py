"""Take products out as a file: those the list shows, or those a person ticked."""

from typing import Any

from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.products.exports import choice, own, shopify, woocommerce
from catalog.products.exports.formats import Column, Format
from catalog.products.exports.forms import ExportForm
from catalog.products.exports.stream import stream
from catalog.products.feeds import export as google
from catalog.products.filters import ProductFilters
from catalog.products.models import ProductImage
from catalog.products.selection import selected_ids, selected_products
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EVERYONE, merchant_required
from ecomportal.tenancy.context import current_merchant_id
from ecomportal.tenancy.models import Merchant

FORMATS: dict[str, Format] = {
    found.name: found
    for found in (shopify.FORMAT, woocommerce.FORMAT, google.FORMAT, own.FORMAT, own.WORKBOOK)
}
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MAX_COLUMNS = 1500  # PostgreSQL gives at most 1,664 in one answer


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EVERYONE)
def export(request: HttpRequest) -> HttpResponse:
    """Say how many products it will be and ask for the kind of file; with one named, send it."""
    chosen = selected_products(request)
    is_asked = request.method == "POST" and "format" in request.POST
    counts = _counts(chosen)
    if not counts["n_products"]:
        return _refuse(request)
    # Which columns can be chosen is asked of all facts: not for a file without a choice.
    has_choice = not is_asked or _has_choice(request.POST["format"])
    columns = own.columns(chosen, request.merchant) if has_choice else []
    names = [column.name for column in columns]
    form = ExportForm(request.POST if is_asked else None, formats=FORMATS, columns=names)
    if is_asked and form.is_valid() and (wanted := _columns(form, chosen, columns, request)):
        return _send(request, chosen, form, columns=wanted, **counts)
    columns = columns or own.columns(chosen, request.merchant)
    context = _context(request, form, columns) | counts
    status = 422 if is_asked else 200
    return render(request, "catalog/exports/export.html", context, status=status)


def _has_choice(name: str) -> bool:
    return name not in FORMATS or FORMATS[name].has_choice


def _columns(
    form: ExportForm, chosen: QuerySet, columns: list[Column], request: HttpRequest
) -> list[Column]:
    """Those of the format, without what was unticked; none, and a message, if they are too many."""
    written_as = FORMATS[form.cleaned_data["format"]]
    if not written_as.has_choice:
        columns = written_as.columns(chosen, request.merchant)
    elif (left_out := form.left_out()) is not None:
        choice.remember(request, left_out)
        columns = own.narrowed(columns, left_out)
    if len(columns) <= MAX_COLUMNS:
        return columns
    text = _("A file holds at most %(most)s columns, this one would have %(n)s. Take some out.")
    form.add_error("columns", text % {"most": MAX_COLUMNS, "n": len(columns)})
    return []


def _context(request: HttpRequest, form: ExportForm, columns: list[Column]) -> dict[str, Any]:
    data = request.POST if request.method == "POST" else request.GET
    is_said = form.is_bound and form.is_valid()
    left_out = form.left_out() if is_said else None
    if left_out is None:
        left_out = choice.remembered(request)
    return {
        "form": form,
        "formats": FORMATS.values(),
        "chosen_format": form["format"].value(),
        "ids": selected_ids(data.getlist("ids")),
        "all_matching": data.get("all_matching", ""),
        "query": ProductFilters(data.get("query", ""), request.merchant).query(),
        "groups": choice.groups(columns, left_out),
    }


def _counts(chosen: QuerySet) -> dict[str, int]:
    """How many products, and how many pictures without an address outside, which a file cannot
    name; in one statement."""
    ids = chosen.order_by().values("pk")
    files = ProductImage.objects.filter(source_url="", product__in=ids).order_by()
    counted = {"n_products": chosen.order_by(), "n_files": files}
    columns = {name: Coalesce(_count(rows), 0) for name, rows in counted.items()}
    return Merchant.objects.filter(pk=current_merchant_id()).order_by().values(**columns).get()


def _count(rows: QuerySet) -> Subquery:
    return Subquery(rows.values(one=Value(1)).annotate(n=Count("*")).values("n"))


def _refuse(request: HttpRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else request.GET
    query = ProductFilters(data.get("query", ""), request.merchant).query()
    text = _("There is nothing to export: no product is selected.")
    context = {"text": text, "query": query}
    return render(request, "catalog/products/bulk_refused.html", context, status=422)


def _send(
    request: HttpRequest,
    chosen: QuerySet,
    form: ExportForm,
    *,
    columns: list[Column],
    n_products: int,
    n_files: int,
) -> StreamingHttpResponse:
    written_as = FORMATS[form.cleaned_data["format"]]
    merchant, extension = request.merchant, written_as.extension
    name = f"{merchant.slug}-products-{timezone.localdate():%Y-%m-%d}.{extension}"
    audit.record(request, "products.exported", name, format=written_as.name, n=n_products)
    content = stream(
        chosen, written_as, merchant, with_bom=form.cleaned_data["bom"], columns=columns
    )
    response = StreamingHttpResponse(content, content_type=CONTENT_TYPES[extension])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
