"""The product list: one statement for its rows, whatever stands in a row."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from catalog.products.filters import ProductFilters
from catalog.products.listing import own as own_views
from catalog.products.listing.columns import Column, columns_of, names_of
from catalog.products.listing.how_many import how_many
from catalog.products.listing.places import can_go, cursor_to
from catalog.products.listing.query import ORDERS as SORTS
from catalog.products.listing.query import named_first, ordered_by
from catalog.products.listing.rows import RowWriter, table_classes
from catalog.products.listing.shown import Shown, first_rows
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required
from ecomportal.web.paging import LAST, Page, cursor_of, keyset_page

PAGE_SIZE = 50
# What belongs to a page of the list and not to the list.
PLACE = ("after", "before", "count", "goto", "view")
NEWEST = "-updated"
TITLE = Column("title", "", "title", "-title")


@require_safe
@merchant_required(*EVERYONE)
def products(request: HttpRequest) -> HttpResponse:
    filters = ProductFilters(request.GET, request.merchant)
    own = own_views.read(request, filters)
    if not request.GET and own.first:  # an address that says nothing opens the person's own view
        return HttpResponseRedirect(f"?{own.first}")
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else NEWEST
    if "goto" in request.GET:
        cursor = cursor_to(request.merchant, filters, sort, request.GET["goto"])
        return HttpResponseRedirect(_address(request, after=cursor))
    columns = columns_of(names_of(request.GET, own.columns), filters.attributes)
    page = _page(request, filters, columns, sort)
    can_edit = request.role in EDITORS
    writer = RowWriter(columns, request.merchant, can_edit=can_edit)
    query, address = filters.query(), _address(request)
    context = {
        "page": page,
        "rows": page.rows,
        "rows_html": writer.write(page.rows),
        "most": writer.most,
        "filters": filters,
        "query": query,
        "chips": [(chip, _address(request, *chip.params)) for chip in filters.chips()],
        "sort": sort,
        "heads": SimpleLazyObject(lambda: [_head(request, column, sort) for column in columns]),
        "title_head": SimpleLazyObject(lambda: _head(request, TITLE, sort)),
        "table_classes": table_classes(columns, can_edit=can_edit),
        "n_columns": len(columns) + 1 + can_edit,
        "cols": ",".join(column.name for column in columns),
        "hidden": _hidden(request),
        "views": SimpleLazyObject(lambda: own.tabs(query)),
        "has_first": bool(own.first),
        "can_edit": can_edit,
        "can_go": can_go(filters),
        "last": LAST,
        "first": address,
        "without_search": SimpleLazyObject(lambda: _address(request, "q")),
        "here": f"{address}&",
        "how_many": how_many(request, filters, page, size=PAGE_SIZE),
        "is_empty_shop": not (page.rows or query or page.previous),
    }
    context["kept_by"] = _kept_by(context, own, columns)
    return render(request, "catalog/products/list.html", context)


def _kept_by(context: dict[str, Any], own: own_views.Own, columns: list[Column]) -> Any:
    """All that the list around its rows is made of, beside the frame of the page."""
    page, filters = context["page"], context["filters"]
    return (
        context["first"],
        tuple((str(chip.label), str(chip.value)) for chip, _href in context["chips"]),
        tuple((view["pk"], view["name"], view["query"]) for view in own.views),
        tuple((column.name, column.attribute and column.label) for column in columns),
        tuple(map(str, filters.problems)),
        (own.first, bool(page.rows), context["can_go"]),
        (context["how_many"].is_exact, bool(page.next), bool(page.previous)),
    )


def _page(request: HttpRequest, filters: ProductFilters, columns: list[Column], sort: str) -> Page:
    """What the search names exactly comes first, whatever the order: few are sorted anyway, and
    before many they are put at the beginning."""
    products = request.merchant.products.all()
    found = SimpleLazyObject(lambda: ordered_by(filters.walk(products), sort))
    order, named = SORTS[sort], filters.named
    is_plain = not (filters.narrowings or filters.values["deleted"])
    is_sorted_in = bool(named and filters.rarest)
    if is_sorted_in:
        found, order = named_first(found, named), ["named", *order]
    elif named:
        found = found.exclude(pk__in=named)

    page = keyset_page(
        found,
        order,
        cursor=cursor_of(request.GET),
        size=PAGE_SIZE,
        dress=lambda cut: Shown(cut, columns, named),
        near=filters.near,
        first=partial(first_rows, filters, columns, sort=sort, size=PAGE_SIZE)
        if is_plain
        else None,
    )
    if named and not is_sorted_in and not page.previous:
        first = filters.of_named(products)
        page.rows[:0] = Shown(ordered_by(first, sort), columns)
    return page


def _head(request: HttpRequest, column: Column, sort: str) -> dict[str, Any]:
    """A column's heading: its sort, and the address that sorts by it or turns it round."""
    now = {column.up: "ascending", column.down: "descending"}.get(sort, "") if column.up else ""
    first = column.down if column.name == "updated" else column.up
    other = column.down if now == "ascending" else column.up if now == "descending" else first
    href = _address(request, "sort", sort=other) if column.up else ""
    return {"column": column, "now": now, "href": href}


def _address(request: HttpRequest, *without: str, **changes: str) -> str:
    """The list's address with changes, from its first page."""
    query = request.GET.copy()
    for name in (*without, *PLACE):
        query.pop(name, None)
    for name, value in changes.items():
        if value:
            query[name] = value
    return "?" + (query.urlencode() or "view=all")


def _hidden(request: HttpRequest) -> list[tuple[str, str]]:
    """The address as hidden fields of a form that changes one thing of it."""
    return [
        (name, value)
        for name, values in request.GET.lists()
        if name not in PLACE
        for value in values
    ]
