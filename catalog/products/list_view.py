"""The product list: one statement for its rows, whatever stands in a row."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from catalog.products.filters import COUNTED, LOW_STOCK, UPDATED_DAYS, ProductFilters
from catalog.products.models import (
    Fact,
    FactStatus,
    Product,
    ProductImage,
    ProductStatus,
    ProductText,
    Variant,
)
from catalog.products.must_have import facts_share, family_of
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required
from ecomportal.web.models import SavedView
from ecomportal.web.paging import about, cursor_of, estimate, keyset_page

PAGE_SIZE = 50
PAGE_NAME = "products"  # of saved views
SORTS = {
    "-updated": ["-updated_at", "-id"],
    "updated": ["updated_at", "id"],
    "title": ["title", "id"],
    "-title": ["-title", "-id"],
    "price": ["lowest_price", "id"],
    "-price": ["-lowest_price", "-id"],
    "stock": ["n_in_stock", "id"],
    "-stock": ["-n_in_stock", "-id"],
}
COLUMNS = {
    "status": _("Status"),
    "category": _("Category"),
    "price": _("Price"),
    "stock": _("Stock"),
    "texts": _("Live texts"),
    "facts": _("Facts"),
    "updated": _("Updated"),
}
# The views every shop has; its own come after them.
VIEWS = [
    (_("All"), ""),
    (_("On sale"), "status=active"),
    (_("Low stock"), "stock=low"),
    (_("Missing facts"), "facts=missing"),
    (_("Facts to confirm"), "facts=proposed"),
    (_("No English text"), "no_text=en"),
    (_("No Chinese text"), "no_text=zh"),
]


@dataclass(frozen=True)
class Row:
    """A product as the list shows it."""

    product: Product
    share: int | None
    stock_percent: int

    @property
    def variants(self) -> dict[str, Any]:
        return self.product.of_variants or {"n": 0}

    @property
    def is_low(self) -> bool:
        stock = self.variants.get("stock")
        return stock is not None and stock <= LOW_STOCK

    @property
    def facts(self) -> dict[str, Any]:
        return self.product.of_facts or {"keys": [], "n_confirmed": 0, "n_proposed": 0}


def with_row_data(products: QuerySet) -> QuerySet:
    """Add what a row shows from below the product; evaluated for the rows of the page alone."""
    below = Q(product=OuterRef("pk"))
    variants = Variant.objects.filter(
        below, Q(deleted_at=None) | Q(deleted_at=OuterRef("deleted_at"))
    )
    facts = Fact.objects.filter(below)
    texts = ProductText.objects.filter(below, field="description").exclude(text="")
    images = ProductImage.objects.filter(below).exclude(file="").order_by("position", "id")
    is_confirmed, is_proposed = Q(status=FactStatus.CONFIRMED), Q(status=FactStatus.PROPOSED)
    return products.select_related("category").annotate(
        of_variants=_one_object(
            variants, n=Count("pk"), low=Min("price_cents"), high=Max("price_cents"),
            stock=Sum("stock", filter=Q(is_stock_tracked=True)), sku=Min("sku"),
        ),
        of_facts=_one_object(
            facts, keys=ArrayAgg("attribute__key", filter=is_confirmed, default=[]),
            n_confirmed=Count("pk", filter=is_confirmed),
            n_proposed=Count("pk", filter=is_proposed),
        ),
        text_languages=ArraySubquery(texts.order_by("language").values("language")),
        image_id=Subquery(images.values("pk")[:1]),
    ).defer("extra", "search_extra", "grams")  # fmt: skip


def _one_object(rows: QuerySet, **columns: Any) -> Subquery:
    grouped = rows.order_by().values("product").annotate(found=JSONObject(**columns))
    return Subquery(grouped.values("found"))


def with_sort_keys(products: QuerySet, sort: str) -> QuerySet:
    """Every product has figures; saying so lets their indexes give the order."""
    if "price" in sort:
        return products.filter(figures__isnull=False).annotate(
            lowest_price=F("figures__lowest_cents")
        )
    if "stock" in sort:
        return products.filter(figures__isnull=False).annotate(n_in_stock=F("figures__n_in_stock"))
    return products


def _rows(products: list[Product]) -> list[Row]:
    most = max(((p.of_variants or {}).get("stock") or 0 for p in products), default=0)
    rows = []
    for product in products:
        category = product.category
        family = family_of(category.family if category else "", product.product_type)
        share = facts_share(family, (product.of_facts or {}).get("keys", []))
        stock = (product.of_variants or {}).get("stock") or 0
        # What is there is seen, however little it is beside the most.
        percent = max(6, 100 * stock // most) if stock > 0 else 0
        rows.append(Row(product, share, percent))
    return rows


@require_safe
@merchant_required(*EVERYONE)
def products(request: HttpRequest) -> HttpResponse:
    filters = ProductFilters(request.GET, request.merchant)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "-updated"
    products = request.merchant.products.all()
    is_counted = request.GET.get("count") == "exact"
    if is_counted:  # and then it is known whether the search found few or many
        filters.n_found = filters.apply(products).count()
    page = keyset_page(
        with_sort_keys(with_row_data(filters.walk(products)), sort),
        SORTS[sort],
        cursor=cursor_of(request.GET),
        size=PAGE_SIZE,
    )
    context = {
        "page": page,
        "rows": _rows(page.rows),
        "filters": filters,
        "query": filters.query(),
        "chips": [(chip, _without(request, chip.params)) for chip in filters.chips()],
        "categories": filters.categories,
        "statuses": ProductStatus.choices,
        "updated_days": UPDATED_DAYS,
        "sort": sort,
        "columns": _columns(request),
        "cols_in_url": request.GET.getlist("cols"),
        "all_columns": COLUMNS,
        "views": _views(request, filters.query()),
        "can_edit": request.role in EDITORS,
        **_how_many(products, filters, page, is_counted=is_counted),
    }
    context["is_empty_shop"] = not (page.rows or context["query"] or page.previous)
    return render(request, "catalog/products/list.html", context)


def _without(request: HttpRequest, params: Iterable[str]) -> str:
    """The list's address without some filters, from its first page."""
    query = request.GET.copy()
    for name in (*params, "after", "before", "count"):
        query.pop(name, None)
    return "?" + query.urlencode()


def _columns(request: HttpRequest) -> list[str]:
    chosen = [name for name in request.GET.getlist("cols") if name in COLUMNS]
    return chosen or list(COLUMNS)


def _how_many(
    products: QuerySet, filters: ProductFilters, page: Any, *, is_counted: bool
) -> dict[str, Any]:
    """The number of matches: exact when asked for or when one page holds all, else about."""
    if page.is_all:
        return {"n_matching": len(page.rows), "count_is": "exact"}
    is_search = filters.is_search_alone and filters.values["q"]
    if is_counted or (is_search and filters.n_found <= COUNTED):
        return {"n_matching": filters.n_found, "count_is": "exact"}
    if is_search:
        return {"n_matching": COUNTED, "count_is": "more"}
    if filters.values["q"] or filters.values["facts"] == "missing":  # nothing the planner knows of
        return {"n_matching": PAGE_SIZE, "count_is": "more"}
    n = estimate(filters.apply(products))
    if n <= PAGE_SIZE:  # the planner knows less than the page already shows
        return {"n_matching": PAGE_SIZE, "count_is": "more"}
    return {"n_matching": about(n), "count_is": "about"}


def _views(request: HttpRequest, query: str) -> list[dict[str, Any]]:
    own = SavedView.objects.filter(
        merchant=request.merchant, user=request.user, page=PAGE_NAME
    ).order_by("created_at")
    views = [{"name": name, "query": view, "pk": None} for name, view in VIEWS]
    views += [{"name": view.name, "query": view.query, "pk": view.pk} for view in own]
    for view in views:
        view["is_current"] = view["query"] == query
    return views


@require_POST
@merchant_required(*EVERYONE)
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the list's filters under a name, for this person alone."""
    name = request.POST.get("name", "").strip()[:60]
    query = ProductFilters(request.POST.get("query", ""), request.merchant).query()
    if not name:
        messages.error(request, _("Give the view a name."))
    else:
        SavedView.objects.update_or_create(
            merchant=request.merchant,
            user=request.user,
            page=PAGE_NAME,
            name=name,
            defaults={"query": query},
        )
    return redirect(f"{reverse('catalog:products', args=[request.merchant.slug])}?{query}")


@require_POST
@merchant_required(*EVERYONE)
def view_delete(request: HttpRequest, view_id: int) -> HttpResponse:
    mine = request.merchant.saved_views.filter(user=request.user, page=PAGE_NAME)
    get_object_or_404(mine, pk=view_id).delete()
    return redirect("catalog:products", request.merchant.slug)
