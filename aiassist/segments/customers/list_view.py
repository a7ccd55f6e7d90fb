"""The customer list: one statement for its rows, whatever stands in a row."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aiassist.profiles.models import RfmGroup
from aiassist.segments.customers import own as own_views
from aiassist.segments.customers.columns import COLUMNS, Column, names_of, ordered, sort_of
from aiassist.segments.customers.filters import CHURN, SCORES, YES_NO, CustomerFilters
from aiassist.segments.customers.how_many import how_many
from aiassist.segments.customers.rows import dressed_row
from catalog.orders.models import Customer
from ecomportal.tenancy.access import EDITORS, EVERYONE, REVIEWERS, merchant_required
from ecomportal.web.paging import LAST, cursor_of, keyset_page

PAGE_SIZE = 50
PLACE = ("after", "before", "count")  # belongs to a page of the list and not to the list
ALWAYS = ("id", "name", "external_id")


@require_safe
@merchant_required(*EVERYONE)
def customers(request: HttpRequest) -> HttpResponse:
    filters, own = CustomerFilters(request.GET, request.merchant), own_views.read(request)
    sort = sort_of(request.GET, is_of_new=filters.is_of_new)
    columns = [COLUMNS[name] for name in names_of(request.GET, own.columns)]
    matching = filters.apply(request.merchant.customers.all())
    found, names = ordered(matching, sort)
    shown = _values(found, columns, names)
    page = keyset_page(shown, names, cursor=cursor_of(request.GET), size=PAGE_SIZE)
    query = filters.query()
    context = {
        "page": page,
        "rows": [dressed_row(row, columns, request.merchant) for row in page.rows],
        "filters": filters,
        "query": query,
        "chips": [(chip, _address(request, *chip.params)) for chip in filters.chips()],
        "sort": sort,
        "heads": [_head(request, column.label, column.sort, sort, column) for column in columns],
        "name_head": _head(request, _("Customer"), "name", sort),
        "columns": columns,
        "hidden": _hidden(request),
        "views": own.tabs(query),
        "first": _address(request),
        "here": f"{_address(request)}&",
        "last": LAST,
        "how_many": how_many(
            request, filters, found if _only_some(sort) else matching, page, size=PAGE_SIZE
        ),
        "rule": filters.rule(),
        "unsaid": filters.unsaid(),
        "can_export": request.role in REVIEWERS,
        "can_edit": request.role in EDITORS,
        "is_empty_shop": not (page.rows or query or page.previous)
        and not request.merchant.customers.exists(),
        "only_some": _only_some(sort),
    }
    return render(request, "aiassist/segments/customers/list.html", context)


def _values(found: QuerySet[Customer], columns: list[Column], names: list[str]) -> QuerySet:
    fields = {field for column in columns for field in column.fields}
    return found.values(*ALWAYS, *sorted(fields), *(name.lstrip("-") for name in names))


def _only_some(sort: str) -> str:
    """Which customers have a place in the order, where not all do."""
    return {
        "last": _("In this order stand customers with an order only."),
        "value": _("In this order stand customers with a prediction only."),
        "churn": _("In this order stand customers with a prediction only."),
    }.get(sort.removeprefix("-"), "")


def _head(
    request: HttpRequest, label: Any, name: str, sort: str, column: Column | None = None
) -> dict[str, Any]:
    """A column's heading: its sort, and the address that sorts by it or turns it round."""
    now = {name: "ascending", f"-{name}": "descending"}.get(sort, "") if name else ""
    other = name if now == "descending" or (name == "name" and not now) else f"-{name}"
    href = _address(request, "sort", sort=other) if name else ""
    return {"label": label, "now": now, "href": href, "column": column}


def _address(request: HttpRequest, *without: str, **changes: str) -> str:
    """The list's address with changes, from its first page."""
    query = request.GET.copy()
    for name in (*without, *PLACE):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
    return "?" + query.urlencode()


def _hidden(request: HttpRequest) -> list[tuple[str, str]]:
    """The address as hidden fields of a form that changes one thing of it."""
    return [
        (name, value)
        for name, values in request.GET.lists()
        if name not in PLACE
        for value in values
    ]


@require_safe
@merchant_required(*EVERYONE)
def filter_form(request: HttpRequest) -> HttpResponse:
    """The form behind "Filter": fetched when it is opened; without script a page."""
    filters, merchant = CustomerFilters(request.GET, request.merchant), request.merchant
    language = get_language() or "en"
    context = {
        "values": filters.values,
        "keep": [(name, v) for name in ("sort", "cols") for v in request.GET.getlist(name)],
        "groups": RfmGroup.choices,
        "scores": SCORES,
        "churns": CHURN.items(),
        "yes_no": YES_NO.items(),
        "lasts": _last_choices(),
        "personas": merchant.personas.filter(is_current=True).order_by("number"),
        "segments": merchant.segments.filter(deleted_at=None).order_by("name")[:200],
        "language": language,
    }
    name = "_filter_form" if request.htmx else "filter"
    return render(request, f"aiassist/segments/customers/{name}.html", context)


def _last_choices() -> list[tuple[str, str]]:
    days = [(n, _("last %(n)s days") % {"n": n}) for n in ("7", "30", "90", "365")]
    return [*days, ("older", _("more than a year ago")), ("never", _("none yet"))]
