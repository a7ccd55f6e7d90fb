"""The products a person selected on the list: by row, or everything that matches its filters."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.products.filters import ProductFilters
from catalog.products.listing.shortened import long


def selected_products(request: HttpRequest) -> QuerySet:
    """The live products that a form or link names, of the request's shop alone.

    Read from the body of a POST, else from the address: `ids` (repeated, or joined by commas), or
    `all_matching=1` with the list's query string in `query`. Ids of other shops, of deleted
    products and of none match nothing.
    """
    return _selected(request).filter(deleted_at=None)


def selected_deleted(request: HttpRequest) -> QuerySet:
    """The same among deleted products, to bring them back."""
    return _selected(request).exclude(deleted_at=None)


def _selected(request: HttpRequest) -> QuerySet:
    data = request.POST if request.method == "POST" else request.GET
    products = request.merchant.products.all()
    if data.get("all_matching") == "1":
        return ProductFilters(data.get("query", ""), request.merchant).apply(products)
    return products.filter(pk__in=selected_ids(data.getlist("ids")))


def selected_ids(texts: list[str]) -> list[UUID]:
    """The ids among these texts, each once; what is no id is left out."""
    found = {}
    for text in (part for joined in texts for part in joined.split(",")):
        try:
            found[long(text.strip())] = None
        except ValueError:
            continue
    return list(found)
