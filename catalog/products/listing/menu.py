"""The forms behind "Filter" and "Columns": fetched when they are opened, so that the list itself
neither asks for categories and kinds of fact nor draws them. Without script they are pages.
"""

from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalog.products.filters import ProductFilters
from catalog.products.filters.facts import MEASURED, STATES, FactFilter
from catalog.products.filters.plain import (
    DRAFTS,
    FACTS,
    LANGUAGES,
    NO_CATEGORY,
    PICTURES,
    STOCKS,
    UPDATED_DAYS,
)
from catalog.products.listing import own as own_views
from catalog.products.listing.columns import FACT, PLAIN, columns_of, names_of, of_attribute
from catalog.products.models import Attribute, ProductStatus
from catalog.products.vocabulary import find_unit
from ecomportal.tenancy.access import EVERYONE, merchant_required

MAX_VALUES = 60  # offered of one kind of fact
COUNTED = 1000  # above, a value's count reads "1,000+"

# Each value is found from the one before it, and counted up to a cap: as many steps through the
# index as there are values, however many products.
VALUES = """
WITH RECURSIVE one AS (
    (SELECT f.value FROM catalog_fact f WHERE {mine} ORDER BY f.value LIMIT 1)
    UNION ALL
    SELECT (SELECT f.value FROM catalog_fact f WHERE {mine} AND f.value > one.value
            ORDER BY f.value LIMIT 1)
    FROM one WHERE one.value IS NOT NULL
), few AS (SELECT value FROM one WHERE value IS NOT NULL LIMIT {most})
SELECT few.value, (SELECT count(*) FROM (
    SELECT FROM catalog_fact f WHERE {mine} AND f.value = few.value LIMIT {cap}) counted)
FROM few
"""
MINE = "f.merchant_id = %(shop)s AND f.attribute_id = %(kind)s AND NOT (f.status = 'rejected')"
WORDS = """
WITH RECURSIVE one AS (
    (SELECT {column} AS word FROM catalog_product WHERE merchant_id = %(shop)s
     ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT p.{column} FROM catalog_product p
            WHERE p.merchant_id = %(shop)s AND p.{column} > one.word ORDER BY p.{column} LIMIT 1)
    FROM one WHERE one.word IS NOT NULL
)
SELECT word FROM one WHERE word <> '' LIMIT {most}
"""


@require_safe
@merchant_required(*EVERYONE)
def filter_form(request: HttpRequest) -> HttpResponse:
    filters = ProductFilters(request.GET, request.merchant)
    on = [_fields(filters, one, request.merchant) for one in _wanted(request, filters)]
    attributes = sorted(filters.attributes.values(), key=lambda one: (one.position, one.key))
    context = {
        "filters": filters,
        "values": filters.values,
        "fact_fields": [fields for fields in on if fields],
        "attributes": [(one.key, one.label(get_language() or "")) for one in attributes],
        "keep": [(name, value) for name in ("sort", "cols") for value in request.GET.getlist(name)],
        "query": request.GET.urlencode(),
        "statuses": ProductStatus.choices,
        "stocks": STOCKS.items(),
        "facts": FACTS.items(),
        "languages": LANGUAGES.items(),
        "drafts": DRAFTS.items(),
        "pictures": PICTURES.items(),
        "updated_days": UPDATED_DAYS,
        "no_category": NO_CATEGORY,
        "vendors": _words(request.merchant, "vendor"),
        "types": _words(request.merchant, "product_type"),
    }
    return _answer(request, "filter", context)


def _wanted(request: HttpRequest, filters: ProductFilters) -> list[FactFilter]:
    """The kinds of fact that are filtered by, and the one to be added."""
    wanted = list(filters.facts.values())
    key = request.GET.get("fact", "")
    if key and key not in filters.facts:
        wanted.append(FactFilter(key))
    return wanted


def _answer(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    template = f"catalog/products/_{name}_form.html" if request.htmx else None
    return render(request, template or f"catalog/products/{name}.html", context)


@require_safe
@merchant_required(*EVERYONE)
def fact_form(request: HttpRequest, key: str) -> HttpResponse:
    """The fields of one kind of fact, to be put into the form."""
    filters = ProductFilters(request.GET, request.merchant)
    fields = _fields(filters, filters.facts.get(key, FactFilter(key)), request.merchant)
    if fields is None:
        raise Http404("No such kind of fact.")
    return render(request, "catalog/products/_fact_fields.html", {"one": fields})


def _fields(filters: ProductFilters, one: FactFilter, merchant: Any) -> dict[str, Any] | None:
    attribute = filters.attributes.get(one.key)
    if attribute is None:
        return None
    is_measured = attribute.type in MEASURED
    values = [] if is_measured else _values(merchant, attribute)
    unit = find_unit(attribute.unit)
    is_zh = (get_language() or "").startswith("zh")
    return {
        "filter": one,
        "label": attribute.label(get_language() or ""),
        "is_measured": is_measured,
        "is_size": attribute.type == "dimensions",
        "unit": (unit.sign_zh if is_zh else unit.many_en) if unit else attribute.unit,
        "values": values,
        "others": [value for value in one.values if value not in dict(values)],
        "has_more": len(values) == MAX_VALUES,
        "states": STATES.items(),
    }


def _values(merchant: Any, attribute: Attribute) -> list[tuple[str, int]]:
    """The shop's values of a kind of fact with their counts, the commonest first."""
    sql = VALUES.format(mine=MINE, most=MAX_VALUES, cap=COUNTED + 1)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"shop": merchant.pk, "kind": attribute.pk})
        return sorted(cursor.fetchall(), key=lambda row: (-row[1], row[0]))


def _words(merchant: Any, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(WORDS.format(column=column, most=MAX_VALUES), {"shop": merchant.pk})
        return [word for (word,) in cursor.fetchall()]


@require_safe
@merchant_required(*EVERYONE)
def columns_form(request: HttpRequest) -> HttpResponse:
    """Which columns the list shows, in their order; the shop's kinds of fact are columns too."""
    filters = ProductFilters(request.GET, request.merchant)
    own = own_views.read(request, filters)
    attributes = {one.key: one for one in request.merchant.attributes.all()}
    shown = columns_of(names_of(request.GET, own.columns), attributes)
    names = {column.name for column in shown}
    rest = [column for column in PLAIN.values() if column.name not in names]
    kinds = [of_attribute(one) for one in attributes.values() if FACT + one.key not in names]
    context = {
        "groups": [
            (_("Shown"), shown, True),
            (_("Not shown"), rest, False),
            (_("Facts"), kinds, False),
        ],
        "query": _without_columns(request),
    }
    return _answer(request, "columns", context)


def _without_columns(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("cols", None)
    return query.urlencode()
