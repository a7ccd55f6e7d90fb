"""What one person keeps of the list: views by name, the view it opens with, the columns.

All three are saved views; the page they belong to tells them apart. One statement reads them,
together with what the filters and columns at hand need to know.
"""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from catalog.products.filters import ProductFilters
from catalog.products.filters.plain import Place
from catalog.products.listing.columns import names_of
from catalog.products.models import Attribute, path_column
from ecomportal.tenancy.access import EVERYONE, merchant_required
from ecomportal.web.context import count_columns, read_counts
from ecomportal.web.models import SavedView

VIEWS, COLUMNS, FIRST = "products", "products.columns", "products.first"  # pages of saved views
MAX_VIEWS = 30
MAX_QUERY = 1000  # characters, as the table keeps them
# The views every shop has; a person's own come after them.
SHOPS = [
    (gettext_lazy("All"), ""),
    (gettext_lazy("On sale"), "status=active"),
    (gettext_lazy("Low stock"), "stock=low"),
    (gettext_lazy("Missing facts"), "facts=missing"),
    (gettext_lazy("Facts to confirm"), "facts=proposed"),
    (gettext_lazy("Draft waiting"), "ai=waiting"),
    (gettext_lazy("No English text"), "no_text=en"),
    (gettext_lazy("No Chinese text"), "no_text=zh"),
    (gettext_lazy("No picture"), "picture=none"),
]


@dataclass
class Own:
    views: list[dict[str, Any]] = field(default_factory=list)
    columns: str = ""  # names, joined by commas
    first: str | None = None  # the query of the view the list opens with

    def tabs(self, query: str) -> list[dict[str, Any]]:
        tabs = [{"name": name, "query": view, "pk": None} for name, view in SHOPS] + self.views
        for tab in tabs:
            tab["is_current"] = tab["query"] == query
            tab["is_first"] = tab["query"] == (self.first or "")
        return tabs


def read(request: HttpRequest, filters: ProductFilters) -> Own:
    """Read what the person keeps with the counts of the page's frame, and hand the filters the
    names they need."""
    wanted = {
        "shop": request.merchant.pk,
        "user": request.user.pk,
        "keys": [*filters.facts, *_keys(request)],
        "paths": filters.category_id is not None,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kept, kinds, paths, {count_columns()}"
            " FROM list_kept(%(shop)s, %(user)s, %(keys)s::text[], %(paths)s)",
            wanted,
        )
        saved, kinds, paths, *n = cursor.fetchone()
    request.shell_counts = read_counts(n)
    saved, kinds, paths = map(_loaded, (saved, kinds, paths))
    filters.attributes = {row["key"]: _attribute(row) for row in kinds}
    if filters.category_id:
        is_zh = path_column() == "path_zh"
        filters.categories = {
            UUID(pk): Place(path, path_zh if is_zh else path)
            for pk, (path, path_zh) in (paths or {}).items()
        }
    return _own(saved)


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _keys(request: HttpRequest) -> list[str]:
    return [name[2:] for name in names_of(request.GET, "") if name.startswith("f.")]


def _attribute(row: dict[str, Any]) -> Attribute:
    return Attribute(**{**row, "id": UUID(row["id"])})


def _own(rows: list[dict[str, Any]]) -> Own:
    own = Own()
    for row in rows:
        if row["page"] == VIEWS:
            own.views.append({"name": row["name"], "query": row["query"], "pk": row["id"]})
        elif row["page"] == COLUMNS:
            own.columns = row["query"]
        else:
            own.first = row["query"]
    return own


def _keep(request: HttpRequest, page: str, name: str, query: str) -> None:
    SavedView.objects.update_or_create(
        merchant=request.merchant, user=request.user, page=page, name=name,
        defaults={"query": query},
    )  # fmt: skip


def _mine(request: HttpRequest, page: str = VIEWS) -> Any:
    return request.merchant.saved_views.filter(user=request.user, page=page)


def _list_at(request: HttpRequest, query: str) -> HttpResponse:
    address = reverse("catalog:products", args=[request.merchant.slug])
    return HttpResponseRedirect(f"{address}?{query or 'view=all'}")


def _posted(request: HttpRequest) -> str:
    return ProductFilters(request.POST.get("query", ""), request.merchant).query()


@require_POST
@merchant_required(*EVERYONE)
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the list's filters under a name, for this person alone."""
    name, query = request.POST.get("name", "").strip()[:60], _posted(request)
    if not name:
        messages.error(request, _("Give the view a name."))
    elif len(query) > MAX_QUERY:
        messages.error(request, _("These are too many values to keep as a view. Choose fewer."))
    elif _mine(request).exclude(name=name).count() >= MAX_VIEWS:
        text = _("You keep %(n)s views already. Remove one, then save this one.")
        messages.error(request, text % {"n": MAX_VIEWS})
    else:
        _keep(request, VIEWS, name, query)
        messages.success(request, _("Saved the view “%(name)s”.") % {"name": name})
    return _list_at(request, query)


@require_POST
@merchant_required(*EVERYONE)
def view_rename(request: HttpRequest, view_id: int) -> HttpResponse:
    view = get_object_or_404(_mine(request), pk=view_id)
    name = request.POST.get("name", "").strip()[:60]
    try:
        with transaction.atomic():
            if name:
                _mine(request).filter(pk=view.pk).update(name=name)
            else:
                messages.error(request, _("Give the view a name."))
    except IntegrityError:
        messages.error(request, _("You have a view called “%(name)s” already.") % {"name": name})
    return _list_at(request, view.query)


@require_POST
@merchant_required(*EVERYONE)
def view_delete(request: HttpRequest, view_id: int) -> HttpResponse:
    view = get_object_or_404(_mine(request), pk=view_id)
    view.delete()
    messages.success(request, _("Removed the view “%(name)s”.") % {"name": view.name})
    return _list_at(request, view.query)


@require_POST
@merchant_required(*EVERYONE)
def view_first(request: HttpRequest) -> HttpResponse:
    """Open the list with these filters from now on; with none, it opens with all products."""
    query = _posted(request)
    if not query:
        _mine(request, FIRST).delete()
    elif len(query) <= MAX_QUERY:
        _keep(request, FIRST, "", query)
    messages.success(request, _("The list opens with this view from now on."))
    return _list_at(request, query)


@require_POST
@merchant_required(*EVERYONE)
def columns_save(request: HttpRequest) -> HttpResponse:
    """Remember the columns; `order` tells their order, which checkboxes do not."""
    names = names_of(request.POST, "")
    if request.POST.get("usual"):
        _mine(request, COLUMNS).delete()
    else:
        order = {name: at for at, name in enumerate(request.POST.getlist("order"))}
        names.sort(key=lambda name: order.get(name, len(order)))
        # With a comma after each, so that a name is found whole.
        _keep(request, COLUMNS, "", "".join(f"{name}," for name in names)[:MAX_QUERY])
    return _list_at(request, request.POST.get("query", ""))
