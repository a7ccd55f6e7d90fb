"""One change to many products: asked on the list, told on a page, done by a job, undone whole."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pghistory
from django.db.models import F, Func, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from catalog import tasks
from catalog.products.changes import Change
from catalog.products.filters import ProductFilters
from catalog.products.forms import BULK_FORMS
from catalog.products.models import Category, Product
from catalog.products.selection import selected_deleted, selected_ids, selected_products
from catalog.products.snapshot import recorded, soft_delete, taken_names, undelete
from ecomportal.jobs.run import Run
from ecomportal.jobs.start import start_job
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required

ACTIONS = {
    "status": gettext_lazy("Change status"),
    "tag": gettext_lazy("Add a tag"),
    "category": gettext_lazy("Move to a category"),
    "delete": gettext_lazy("Delete"),
    "restore": gettext_lazy("Restore"),
}


@require_POST
@merchant_required(*EDITORS)
def bulk(request: HttpRequest) -> HttpResponse:
    """First say what will happen to how many products; with `confirmed` start the job."""
    action = request.POST.get("action", "")
    if action not in ACTIONS:
        return _refuse(request, _("Choose what to do with the selected products."))
    chosen = (selected_deleted if action == "restore" else selected_products)(request)
    is_confirmed = request.POST.get("confirmed") == "1"
    form = BULK_FORMS[action](request.POST if is_confirmed else None, merchant=request.merchant)
    if is_confirmed and form.is_valid():
        ids = list(chosen.order_by("pk").values_list("pk", flat=True))
        if ids:
            return redirect("job", request.merchant.slug, _start(request, action, form, ids).pk)
    n_products = chosen.count()
    if not n_products:
        return _refuse(request, _("Select at least one product first."))
    context = {
        "form": form,
        "action": action,
        "action_label": ACTIONS[action],
        "n_products": n_products,
        "ids": selected_ids(request.POST.getlist("ids")),
        "all_matching": request.POST.get("all_matching", ""),
        "query": request.POST.get("query", ""),
        "some": chosen.order_by("title", "pk")[:5],
    }
    status = 422 if is_confirmed else 200
    return render(request, "catalog/products/bulk.html", context, status=status)


def _refuse(request: HttpRequest, text: str) -> HttpResponse:
    filters = ProductFilters(request.POST.get("query", ""), request.merchant)
    context = {"text": text, "query": filters.query()}
    return render(request, "catalog/products/bulk_refused.html", context, status=422)


def _start(request: HttpRequest, action: str, form: Any, ids: list[UUID]) -> Any:
    n = len(ids)
    title = ngettext("%(what)s: %(n)s product", "%(what)s: %(n)s products", n)
    title = title % {"what": ACTIONS[action], "n": n}
    change = Change.objects.create(
        merchant=request.merchant, kind="bulk_edit", title=title, created_by=request.user
    )
    job = start_job(
        tasks.bulk_edit,
        request.merchant,
        request.user,
        title=title,
        params={"change_id": str(change.pk), "action": action, **form.params()},
        items=[(str(pk), {}) for pk in ids],
    )
    Change.objects.filter(pk=change.pk).update(job=job)
    audit.record(request, "products.bulk_edit", title, job=str(job.pk))
    return job


def run_bulk_edit(run: Run) -> None:
    """Change the products batch by batch; each batch is recorded in the change it belongs to."""
    with run.tenant():
        change = get_object_or_404(Change, pk=run.params["change_id"])
    run.phase(_("Writing"))
    context = {
        "user": run.user_id,
        "source": "bulk_edit",
        "job": str(run.job.pk),
        "change": str(change.pk),
    }
    for batch in run.batches(size=200):
        blocked = _blocked(run, batch)
        failed = [(item, blocked[item.subject_id]) for item in batch if item.subject_id in blocked]
        done = [(item, {}) for item in batch if item.subject_id not in blocked]
        ids = [UUID(item.subject_id) for item, _output in done]
        with (
            pghistory.context(**context),
            run.commit(done=done, failed=failed),
            recorded(change, ids),
        ):
            EDITS[run.params["action"]](Product.objects.filter(pk__in=ids), run.params)
    run.result(_result(run, change))


def _blocked(run: Run, batch: list[Any]) -> dict[str, str]:
    """Deleted products that cannot come back, by id, with the reason."""
    if run.params["action"] != "restore":
        return {}
    with run.tenant():
        taken = taken_names([UUID(item.subject_id) for item in batch])
    return {str(pk): _("%(name)s is used by another product now.") % {"name": name}
            for pk, name in taken.items()}  # fmt: skip


def _result(run: Run, change: Change) -> dict[str, str]:
    with run.tenant():
        n_rows = Change.objects.values_list("n_rows", flat=True).get(pk=change.pk)
    text = ngettext("%(n)s product changed", "%(n)s products changed", n_rows) % {"n": n_rows}
    place = [run.merchant.slug, change.pk]
    undo_url = reverse("catalog:change-undo", args=place) if n_rows else ""
    return {"url": reverse("catalog:change", args=place), "text": text, "undo_url": undo_url}


def _set_status(products: QuerySet, params: dict[str, Any]) -> None:
    others = products.filter(deleted_at=None).exclude(status=params["status"])
    others.update(status=params["status"], updated_at=timezone.now())


def _add_tag(products: QuerySet, params: dict[str, Any]) -> None:
    tag = params["tag"]
    longer = Func(F("tags"), Value(tag), function="array_append")
    others = products.filter(deleted_at=None).exclude(tags__contains=[tag])
    others.update(tags=longer, updated_at=timezone.now())


def _move(products: QuerySet, params: dict[str, Any]) -> None:
    category = Category.objects.filter(pk=params["category"] or None).first()  # or gone since
    products.filter(deleted_at=None).update(category=category, updated_at=timezone.now())


def _delete(products: QuerySet, params: dict[str, Any]) -> None:
    soft_delete(list(products.values_list("pk", flat=True)))


def _restore(products: QuerySet, params: dict[str, Any]) -> None:
    undelete(list(products.values_list("pk", flat=True)))


EDITS: dict[str, Callable[[QuerySet, dict[str, Any]], None]] = {
    "status": _set_status,
    "tag": _add_tag,
    "category": _move,
    "delete": _delete,
    "restore": _restore,
}
