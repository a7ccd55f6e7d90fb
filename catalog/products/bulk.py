"""One change to many products: chosen on the list, shown before it is made, done by a job."""

import hashlib
import json
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from catalog import tasks
from catalog.products.bulk_forms import BULK_FORMS, BulkForm
from catalog.products.bulk_job import fix_selection
from catalog.products.bulk_preview import N_SHOWN, WHY, Totals, first_rows, shower, totals
from catalog.products.bulk_sql import Edit, edit_for
from catalog.products.changes import Change
from catalog.products.filters import ProductFilters
from catalog.products.selection import selected_deleted, selected_ids, selected_products
from ecomportal.ids import uuid7
from ecomportal.jobs.models import Job
from ecomportal.jobs.start import start_job
from ecomportal.said import said, said_n
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required

ACTIONS = {
    "price": gettext_lazy("Price"),
    "compare_at": gettext_lazy("Price before"),
    "status": gettext_lazy("Status"),
    "category": gettext_lazy("Category"),
    "tags": gettext_lazy("Tags"),
    "fact": gettext_lazy("Fact"),
    "delete": gettext_lazy("Delete"),
    "restore": gettext_lazy("Restore"),
}
OLD_NAMES = {"tag": "tags"}  # of lists that were open when the name changed
AT_ONCE = ("delete", "restore")  # nothing to fill in: what they do is shown at once
OF_PRICES = ("price", "compare_at")


@require_POST
@merchant_required(*EDITORS)
def bulk(request: HttpRequest) -> HttpResponse:
    """Show the form and what it would do; with `confirmed` start the job."""
    action = request.POST.get("switch") or request.POST.get("action", "")
    action = OLD_NAMES.get(action, action)
    if action not in ACTIONS:
        return _refuse(request, _("Choose what to do with the selected products."))
    chosen = (selected_deleted if action == "restore" else selected_products)(request)
    form = _form(request, action)
    if not (form.is_bound and form.is_valid()):
        return _show(request, action, form, chosen)
    edit = edit_for(action, form.params(), request.merchant.currency)
    found = totals(edit, chosen)
    if not found.n_products:
        return _refuse(request, _("Select at least one product first."))
    problem = _why_not(request, form, found) if _is_confirmed(request) else ""
    if _is_confirmed(request) and not problem:
        return redirect("job", request.merchant.slug, _start(request, action, form, chosen).pk)
    shown = {"totals": found, "problem": problem, **_rows(request, action, edit, chosen, found)}
    return _show(request, action, form, chosen, **shown)


def _form(request: HttpRequest, action: str) -> BulkForm:
    is_filled = _is_confirmed(request) or "preview" in request.POST
    is_bound = action in AT_ONCE or (is_filled and "switch" not in request.POST)
    return BULK_FORMS[action](request.POST if is_bound else None, merchant=request.merchant)


def _is_confirmed(request: HttpRequest) -> bool:
    return request.POST.get("confirmed") == "1"


def _why_not(request: HttpRequest, form: BulkForm, found: Totals) -> str:
    """Why the run must wait for another look, or "" when it may begin."""
    if request.POST.get("seen", _seen(form, found)) != _seen(form, found):
        return _("This is what would happen now: it is not what was shown before. Look again.")
    if found.n_refused and not form.cleaned_data.get("leave_out"):
        return _("Nothing was changed. Correct the form, or leave out the products named below.")
    if not found.n_changing:
        return _("Nothing would change: these products are like this already.")
    return ""


def _seen(form: BulkForm, found: Totals) -> str:
    """What a person was shown, in short: the change, and for how many."""
    words = json.dumps([form.params(), found.n_products, found.n_changing])
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _rows(
    request: HttpRequest, action: str, edit: Edit, chosen: QuerySet, found: Totals
) -> dict[str, Any]:
    first = list(chosen.order_by("title", "pk").values_list("pk", flat=True)[:N_SHOWN])
    shown = shower(action, request.merchant)
    rows = first_rows(edit, first, shown) if action not in AT_ONCE else []
    refused = first_rows(edit, found.refused_ids, shown) if found.refused_ids else []
    reasons = [(WHY[why], n) for why, n in found.refused.items()]
    return {"rows": rows, "refused": refused, "reasons": reasons}


def _show(
    request: HttpRequest, action: str, form: BulkForm, chosen: QuerySet, **shown: Any
) -> HttpResponse:
    found = shown.get("totals")
    n_products = found.n_products if found else chosen.count()
    if not n_products:
        return _refuse(request, _("Select at least one product first."))
    some = chosen.order_by("title", "pk")[:5] if action in AT_ONCE else []
    is_part = request.htmx and "preview" in request.POST
    context = {
        **shown,
        "form": form,
        "action": action,
        "action_label": ACTIONS[action],
        "offered": _offered(action),
        "is_of_prices": action in OF_PRICES,
        "n_products": n_products,
        "some": some,
        "ids": selected_ids(request.POST.getlist("ids")),
        "all_matching": request.POST.get("all_matching", ""),
        "query": request.POST.get("query", ""),
        "token": request.POST.get("token") or uuid7(),
        "seen": _seen(form, found) if found else "",
        "n_to_run": found.n_changing if found else 0,
        "is_part": is_part,
    }
    is_wrong = _is_confirmed(request) or (form.is_bound and not form.is_valid())
    template = "catalog/products/_bulk_preview.html" if is_part else "catalog/products/bulk.html"
    return render(request, template, context, status=422 if is_wrong else 200)


def _offered(action: str) -> dict[str, Any]:
    """What may be done with the same selection; deleted products can only come back."""
    if action == "restore":
        return {}
    return {name: label for name, label in ACTIONS.items() if name != "restore"}


def _refuse(request: HttpRequest, text: str) -> HttpResponse:
    filters = ProductFilters(request.POST.get("query", ""), request.merchant)
    context = {"text": text, "query": filters.query()}
    return render(request, "catalog/products/bulk_refused.html", context, status=422)


def _start(request: HttpRequest, action: str, form: BulkForm, chosen: QuerySet) -> Job:
    """Start the job; pressing twice starts it once, for the form has a name of its own."""
    params = {"action": action, **form.params()}
    what = said("%(action)s %(how)s", action=ACTIONS[action], how=form.words())
    token = _uuid(request.POST.get("token", "")) or uuid7()
    change = _new_change(request, token, what)
    if change is None:
        found = request.merchant.changes.select_related("job").filter(pk=token).first()
        if found and found.job and found.job.params == {**params, "change_id": str(token)}:
            return found.job
        # Gone back to the form and filled in otherwise: that is another edit.
        change = _new_change(request, uuid7(), what)
    params["change_id"] = str(change.pk)
    job = start_job(tasks.bulk_edit, request.merchant, request.user, title=what, params=params)
    n = fix_selection(job, chosen)
    title = said_n("%(what)s: %(n)s product", "%(what)s: %(n)s products", n, what=what)
    Change.objects.filter(pk=change.pk).update(job=job, title=title)
    Job.objects.filter(pk=job.pk).update(title=title)
    audit.record(request, "products.bulk_edit", title, job=str(job.pk))
    return job


def _new_change(request: HttpRequest, pk: UUID, title: Any) -> Change | None:
    """The change the job will write to; None where there is one of this id."""
    fields = {"kind": "bulk_edit", "title": title, "created_by": request.user}
    try:
        with transaction.atomic():
            return Change.objects.create(pk=pk, merchant=request.merchant, **fields)
    except IntegrityError:
        return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
