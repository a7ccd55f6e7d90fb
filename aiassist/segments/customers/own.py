"""What one person keeps of the customer list: views by name, and the columns."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from aiassist.segments.customers.columns import COLUMNS, names_of
from aiassist.segments.customers.filters import CustomerFilters
from ecomportal.tenancy.access import EVERYONE, merchant_required
from ecomportal.web.models import SavedView

VIEWS, CHOSEN = "customers", "customers.columns"  # pages of saved views
MAX_VIEWS = 30
MAX_QUERY = 1000  # characters, as the table keeps them
# The views every shop has; a person's own come after them.
SHOPS = [
    (gettext_lazy("All"), ""),
    (gettext_lazy("Champions"), "group=champions"),
    (gettext_lazy("At risk"), "group=at_risk"),
    (gettext_lazy("Cannot lose them"), "group=cannot_lose"),
    (gettext_lazy("Likely to leave"), "churn=high"),
    (gettext_lazy("Unresolved chats"), "unresolved=1"),
    (gettext_lazy("No order yet"), "last=never"),
]


@dataclass
class Own:
    views: list[dict[str, Any]] = field(default_factory=list)
    columns: str = ""

    def tabs(self, query: str) -> list[dict[str, Any]]:
        tabs = [{"name": name, "query": view, "pk": None} for name, view in SHOPS] + self.views
        return [{**tab, "is_current": tab["query"] == query} for tab in tabs]


def read(request: HttpRequest) -> Own:
    rows = request.merchant.saved_views.filter(user=request.user, page__in=(VIEWS, CHOSEN))
    own = Own()
    for row in rows.order_by("pk"):
        if row.page == VIEWS:
            own.views.append({"name": row.name, "query": row.query, "pk": row.pk})
        else:
            own.columns = row.query
    return own


def _list_at(request: HttpRequest, query: str) -> HttpResponse:
    address = reverse("aiassist:customers", args=[request.merchant.slug])
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


def _posted(request: HttpRequest) -> str:
    return CustomerFilters(request.POST.get("query", ""), request.merchant).query()


def _keep(request: HttpRequest, page: str, name: str, query: str) -> None:
    SavedView.objects.update_or_create(
        merchant=request.merchant, user=request.user, page=page, name=name,
        defaults={"query": query},
    )  # fmt: skip


@require_POST
@merchant_required(*EVERYONE)
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the list's filters under a name, for this person alone."""
    name, query = request.POST.get("name", "").strip()[:60], _posted(request)
    kept = request.merchant.saved_views.filter(user=request.user, page=VIEWS)
    if not name:
        messages.error(request, _("Give the view a name."))
    elif len(query) > MAX_QUERY:
        messages.error(request, _("These are too many values to keep as a view. Choose fewer."))
    elif kept.exclude(name=name).count() >= MAX_VIEWS:
        text = _("You keep %(n)s views already. Remove one, then save this one.")
        messages.error(request, text % {"n": MAX_VIEWS})
    else:
        _keep(request, VIEWS, name, query)
        messages.success(request, _("Saved the view “%(name)s”.") % {"name": name})
    return _list_at(request, query)


@require_POST
@merchant_required(*EVERYONE)
def view_delete(request: HttpRequest, view_id: int) -> HttpResponse:
    mine = request.merchant.saved_views.filter(user=request.user, page=VIEWS)
    view = get_object_or_404(mine, pk=view_id)
    view.delete()
    messages.success(request, _("Removed the view “%(name)s”.") % {"name": view.name})
    return _list_at(request, view.query)


@require_safe
@merchant_required(*EVERYONE)
def columns_form(request: HttpRequest) -> HttpResponse:
    """Which columns the list shows, in their order."""
    shown = names_of(request.GET, read(request).columns)
    rest = [name for name in COLUMNS if name not in shown]
    groups = [
        (_("Shown"), [COLUMNS[name] for name in shown], True),
        (_("Not shown"), [COLUMNS[name] for name in rest], False),
    ]
    query = request.GET.copy()
    query.pop("cols", None)
    context = {"groups": groups, "query": query.urlencode()}
    name = "_columns_form" if request.htmx else "columns"
    return render(request, f"aiassist/segments/customers/{name}.html", context)


@require_POST
@merchant_required(*EVERYONE)
def columns_save(request: HttpRequest) -> HttpResponse:
    """Remember the columns; `order` tells their order, which checkboxes do not."""
    if request.POST.get("usual"):
        request.merchant.saved_views.filter(user=request.user, page=CHOSEN).delete()
    else:
        names = names_of(request.POST, "")
        order = {name: at for at, name in enumerate(request.POST.getlist("order"))}
        names.sort(key=lambda name: order.get(name, len(order)))
        _keep(request, CHOSEN, "", ",".join(names)[:MAX_QUERY])
    return _list_at(request, request.POST.get("query", ""))
