"""Take products out as a file: those the list shows, or those a person ticked."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.products.exports import own, shopify
from catalog.products.exports.formats import Format
from catalog.products.exports.forms import ExportForm
from catalog.products.exports.stream import stream
from catalog.products.filters import ProductFilters
from catalog.products.models import ProductImage
from catalog.products.selection import selected_ids, selected_products
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EVERYONE, merchant_required

FORMATS: dict[str, Format] = {found.name: found for found in (shopify.FORMAT, own.FORMAT)}


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EVERYONE)
def export(request: HttpRequest) -> HttpResponse:
    """Say how many products it will be and ask for the kind of file; with one named, send it."""
    chosen = selected_products(request)
    is_asked = request.method == "POST" and "format" in request.POST
    form = ExportForm(request.POST if is_asked else None, formats=FORMATS)
    n_products = chosen.count()
    if not n_products:
        return _refuse(request)
    if is_asked and form.is_valid():
        return _send(request, chosen, form, n_products=n_products)
    data = request.POST if request.method == "POST" else request.GET
    context = {
        "form": form,
        "formats": FORMATS.values(),
        "chosen_format": form["format"].value(),
        "n_products": n_products,
        "ids": selected_ids(data.getlist("ids")),
        "all_matching": data.get("all_matching", ""),
        "query": ProductFilters(data.get("query", ""), request.merchant).query(),
        "n_files": _n_files(chosen),
    }
    status = 422 if is_asked else 200
    return render(request, "catalog/exports/export.html", context, status=status)


def _n_files(chosen: QuerySet) -> int:
    """Pictures without an address outside, which a file cannot name."""
    ids = chosen.order_by().values("pk")
    return ProductImage.objects.filter(source_url="", product__in=ids).count()


def _refuse(request: HttpRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else request.GET
    query = ProductFilters(data.get("query", ""), request.merchant).query()
    text = _("There is nothing to export: no product is selected.")
    context = {"text": text, "query": query}
    return render(request, "catalog/products/bulk_refused.html", context, status=422)


def _send(
    request: HttpRequest, chosen: QuerySet, form: ExportForm, *, n_products: int
) -> StreamingHttpResponse:
    written_as = FORMATS[form.cleaned_data["format"]]
    merchant = request.merchant
    name = f"{merchant.slug}-products-{timezone.localdate():%Y-%m-%d}.csv"
    audit.record(request, "products.exported", name, format=written_as.name, n=n_products)
    content = stream(chosen, written_as, merchant, with_bom=form.cleaned_data["bom"])
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
