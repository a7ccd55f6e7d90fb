"""What was changed, batch by batch, and the way back."""

from typing import Any
from uuid import UUID

import pghistory
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from catalog import tasks
from catalog.products import way_back
from catalog.products.bulk_preview import WHY as WHY_REFUSED
from catalog.products.changes import Change, ChangeRow
from catalog.products.told import told_rows
from catalog.products.undo import (
    BATCH,
    CHANGED,
    GONE,
    JOB_BATCH,
    TAKEN,
    CannotUndo,
    Outcome,
    begin_undo,
    end_undo,
    open_rows,
    undo_change,
    undo_row,
    undo_rows,
)
from ecomportal.jobs.run import Run
from ecomportal.jobs.start import start_job
from ecomportal.said import Said, said, said_n, sentences
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required
from ecomportal.web.paging import cursor_of, keyset_page

KINDS = {
    "import": gettext_lazy("Import"),
    "edit": gettext_lazy("Edit"),
    "bulk_edit": gettext_lazy("Bulk edit"),
    "approval": gettext_lazy("Approval"),
    "undo": gettext_lazy("Undo"),
    "api": gettext_lazy("API"),
}
WHY_KEPT = {
    CHANGED: gettext_lazy("Changed since, kept"),
    TAKEN: gettext_lazy("Its handle or SKU is used by another product now"),
    GONE: gettext_lazy("The product was removed for good"),
}
MAX_COUNTED = 2000  # rows; with more, the page does not say beforehand how many can go back

# A row written as a whole is compared word by word when it is taken back, so it may yet be able to.
COUNT_READY = """
SELECT count(*) FROM catalog_changerow r JOIN catalog_product p ON p.id = r.product_id
WHERE r.change_id = %s AND r.state = 'written' AND (p.version = r.version_after
    OR jsonb_typeof(r.before -> 'variants') = 'array' OR r.after ? 'text')
"""


@require_safe
@merchant_required(*EVERYONE)
def changes(request: HttpRequest) -> HttpResponse:
    found = request.merchant.changes.select_related("created_by")
    kind = request.GET.get("kind", "")
    found = found.filter(kind=kind) if kind in KINDS else found
    order = ["-created_at", "-id"]
    page = keyset_page(found, order, cursor=cursor_of(request.GET), size=50)
    for change in page.rows:
        change.kind_label = KINDS.get(change.kind, change.kind)
    context = {"page": page, "kinds": KINDS, "kind": kind, "can_edit": request.role in EDITORS}
    return render(request, "catalog/products/changes.html", context)


@require_safe
@merchant_required(*EVERYONE)
def change(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The rows of a change; `state` narrows them to those left alone or taken back."""
    found = request.merchant.changes.select_related("created_by", "job", "undoes")
    change = get_object_or_404(found, pk=change_id)
    change.kind_label = KINDS.get(change.kind, change.kind)
    state = request.GET.get("state", "")
    rows = change.rows.filter(state=state) if state in STATES else change.rows.all()
    page = keyset_page(rows, ["id"], cursor=cursor_of(request.GET), size=50)
    may_edit = request.role in EDITORS
    context = {
        "change": change,
        "page": page,
        "rows": _shown_rows(request, page.rows, may_edit=may_edit),
        "state": state if state in STATES else "",
        "states": [(name, label) for name, label in STATES.items() if _has(change, name)],
        "undone_by": change.undone_by.order_by("created_at").first() if change.undone_at else None,
        **(_undo_words(change) if may_edit else {"can_undo": False}),
    }
    return render(request, "catalog/products/change.html", context)


STATES = {
    "refused": gettext_lazy("Left as they were"),
    "conflict": gettext_lazy("Kept by the undo"),
    "undone": gettext_lazy("Taken back"),
}


def _has(change: Change, state: str) -> bool:
    return change.rows.filter(state=state).exists()


def _shown_rows(
    request: HttpRequest, rows: list[ChangeRow], *, may_edit: bool
) -> list[tuple[ChangeRow, Any]]:
    """Each with what it did, why it was left alone, and whether it can be taken back alone."""
    open_ids = [row.pk for row in rows if row.state in ("written", "conflict")]
    ready = way_back.ready(open_ids) | way_back.standing(open_ids) if may_edit else set()
    for row in rows:
        is_compared = row.before is not None and (
            isinstance(row.before.get("variants"), list) or "text" in (row.after or {})
        )
        row.can_undo = row.pk in ready or (may_edit and row.state == "written" and is_compared)
        reasons = WHY_REFUSED if row.state == "refused" else WHY_KEPT
        row.reason = reasons.get(row.why, WHY_KEPT[CHANGED])
    return told_rows(request.merchant, rows)


def _undo_words(change: Change) -> dict[str, Any]:
    """Whether the whole can be taken back, of how many rows, and if not why not."""
    if change.undone_at:
        return {"can_undo": False, "why_not": _("This change was taken back already.")}
    if not change.n_rows:
        return {"can_undo": False, "why_not": _("It changed no product, so nothing goes back.")}
    if change.n_rows > MAX_COUNTED:
        return {"can_undo": True, "n_ready": change.n_rows, "n_kept": 0}
    with connection.cursor() as cursor:
        cursor.execute(COUNT_READY, [change.pk])
        (n_ready,) = cursor.fetchone()
    if not n_ready:
        text = _("Every product was changed since, so the change cannot be taken back as a whole.")
        return {"can_undo": False, "why_not": text}
    n_open = open_rows(change).count()
    return {"can_undo": True, "n_ready": n_ready, "n_kept": n_open - n_ready}


@require_POST
@merchant_required(*EDITORS)
def change_row_undo(request: HttpRequest, change_id: UUID, row_id: int) -> HttpResponse:
    """Take one row back; what it wrote must still stand."""
    change = get_object_or_404(request.merchant.changes, pk=change_id)
    row = get_object_or_404(change.rows, pk=row_id)
    try:
        with pghistory.context(user=request.user.pk, source="undo"):
            outcome = undo_row(row, request.user)
    except CannotUndo as error:
        messages.error(request, str(error))
    else:
        if outcome.n_undone:
            audit.record(request, "change.undone", row.label, n=1)
        _tell(request, outcome)
    return redirect("catalog:change", request.merchant.slug, change.pk)


@require_POST
@merchant_required(*EDITORS)
def change_undo(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Take a change back: a small one at once, a large one as a job."""
    change = get_object_or_404(request.merchant.changes, pk=change_id)
    try:
        if change.n_rows > BATCH:
            return redirect("job", request.merchant.slug, _start_undo(request, change).pk)
        with pghistory.context(user=request.user.pk, source="undo"):
            outcome = undo_change(change, request.user)
    except CannotUndo as error:
        messages.error(request, str(error))
        return redirect("catalog:change", request.merchant.slug, change.pk)
    audit.record(request, "change.undone", change.title, n=outcome.n_undone)
    _tell(request, outcome)
    return redirect("catalog:change", request.merchant.slug, change.pk)


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    if outcome.n_undone:
        messages.success(request, str(undone_words(outcome.n_undone, len(outcome.conflicts))))
    else:
        text = _("Nothing could be taken back: every row was changed since, and is kept.")
        messages.warning(request, text)


def undone_words(n_undone: int, n_conflicts: int) -> Said:
    text = said_n("%(n)s row taken back.", "%(n)s rows taken back.", n_undone)
    if not n_conflicts:
        return text
    kept = said_n(
        "%(n)s was changed since and is kept.",
        "%(n)s were changed since and are kept.",
        n_conflicts,
    )
    return sentences(text, kept)


def _start_undo(request: HttpRequest, change: Change) -> Any:
    undo = begin_undo(change, request.user)
    job = start_job(
        tasks.undo_change,
        request.merchant,
        request.user,
        title=undo.title,
        params={"change_id": str(change.pk), "undo_id": str(undo.pk)},
        dedupe_key=str(change.pk),
        n_total=change.n_rows,
    )
    Change.objects.filter(pk=undo.pk).update(job=job)
    audit.record(request, "change.undone", change.title, job=str(job.pk))
    return job


def run_undo(run: Run) -> None:
    """Take rows back batch by batch; what a stopped run took back stays taken back."""
    with run.tenant():
        change = Change.objects.get(pk=run.params["change_id"])
        undo = Change.objects.get(pk=run.params["undo_id"])
    run.phase(said("Taking back"))
    context = {"user": run.user_id, "source": "undo", "job": str(run.job.pk)}
    last_id = 0  # behind it are those done: a stopped run passes over them once, not every time
    while True:
        run.check()
        with run.tenant():
            rows = list(open_rows(change).filter(pk__gt=last_id)[:JOB_BATCH])
        if not rows:
            break
        last_id = rows[-1].pk
        with pghistory.context(**context), run.commit(n_done=len(rows)):
            undo_rows(undo, rows)
    with run.fenced():
        n_undone = change.rows.filter(state="undone").count()
        n_conflicts = change.rows.filter(state="conflict").count()
        end_undo(change, undo, n_undone)
    url = reverse("catalog:change", args=[run.merchant.slug, change.pk])
    text = undone_words(n_undone, n_conflicts)
    run.result({"url": url, "link": said("Show what was taken back"), "text": text})
