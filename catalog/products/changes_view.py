"""What was changed, batch by batch, and the way back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pghistory
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog import tasks
from catalog.products.changes import Change, ChangeRow
from catalog.products.history import LABELS, SHOWN, shown_value
from catalog.products.models import FactStatus
from catalog.products.models import TextField as Field
from catalog.products.undo import (
    BATCH,
    CannotUndo,
    Outcome,
    begin_undo,
    end_undo,
    open_rows,
    undo_change,
    undo_rows,
)
from ecomportal.jobs.run import Run
from ecomportal.jobs.start import start_job
from ecomportal.said import Said, said, said_n, sentences
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required
from ecomportal.tenancy.models import Merchant
from ecomportal.web.paging import cursor_of, keyset_page

KINDS = {
    "import": gettext_lazy("Import"),
    "edit": gettext_lazy("Edit"),
    "bulk_edit": gettext_lazy("Bulk edit"),
    "approval": gettext_lazy("Approval"),
    "undo": gettext_lazy("Undo"),
    "api": gettext_lazy("API"),
}
PARTS = {
    "variants": gettext_lazy("variants"),
    "facts": gettext_lazy("facts"),
    "texts": gettext_lazy("texts"),
    "images": gettext_lazy("pictures"),
}
MAX_TOLD = 300  # characters of one value


@dataclass(frozen=True)
class Told:
    """One field of a row, before and after."""

    label: Any
    old: str
    new: str


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
    found = request.merchant.changes.select_related("created_by", "job", "undoes")
    change = get_object_or_404(found, pk=change_id)
    change.kind_label = KINDS.get(change.kind, change.kind)
    page = keyset_page(change.rows.all(), ["id"], cursor=cursor_of(request.GET), size=50)
    context = {
        "change": change,
        "page": page,
        "rows": told_rows(request.merchant, page.rows),
        "undone_by": change.undone_by.order_by("created_at").first(),
        "can_undo": request.role in EDITORS and not change.undone_at and change.n_rows > 0,
    }
    return render(request, "catalog/products/change.html", context)


def told_rows(merchant: Merchant, rows: list[ChangeRow]) -> list[tuple[ChangeRow, list[Told]]]:
    name = "label_zh" if (get_language() or "").startswith("zh") else "label_en"
    labels = {str(pk): label for pk, label in merchant.attributes.values_list("pk", name)}
    return [(row, told(row, merchant.currency, labels=labels)) for row in rows]


def told(row: ChangeRow, currency: str, *, labels: dict[str, str]) -> list[Told]:
    """What the batch did to one product, in words; `labels` name the kinds of fact by id."""
    before, after = row.before or {}, row.after or {}
    if "text" in after:  # a single live text, as copywriting writes it
        where, old = after["text"], (before.get("text") or {}).get("row") or {}
        label = Field(where["field"]).label
        return [Told(label, _plain(old.get("text", "")), _plain(where["row"]["text"]))]
    if not before:
        return []
    found = [
        Told(LABELS[name], shown_value(name, old, currency), shown_value(name, new, currency))
        for name in SHOWN["product"]
        if (old := before["product"].get(name)) != (new := after["product"].get(name))
    ]
    for part in PARTS:
        both = before.get(part, []), after.get(part, [])
        found += _told_part(part, *both, currency=currency, labels=labels)
    return found


def _told_part(
    part: str, before: list[Any], after: list[Any], *, currency: str, labels: dict[str, str]
) -> list[Told]:
    old, new = ({row["id"]: row for row in rows} for rows in (before, after))
    found = []
    for pk in dict.fromkeys([*old, *new]):
        was, now = old.get(pk), new.get(pk)
        if was == now:
            continue
        if part == "variants" and was and now:
            found += _told_variant(was, now, currency)
        else:
            kind = str((was or now).get("attribute_id", ""))
            label = labels.get(kind, PARTS[part])
            found.append(Told(label, _name(part, was), _name(part, now)))
    return found


def _told_variant(was: dict[str, Any], now: dict[str, Any], currency: str) -> list[Told]:
    name = now["sku"] or " / ".join(now["options"])
    return [
        Told(
            f"{LABELS[field]} ({name})" if name else LABELS[field],
            shown_value(field, was.get(field), currency),
            shown_value(field, now.get(field), currency),
        )
        for field in SHOWN["variant"]
        if was.get(field) != now.get(field)
    ]


def _name(part: str, row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    if part == "variants":
        return row["sku"] or " / ".join(row["options"]) or "–"
    if part == "facts":
        words = f"{row['value']} {row['unit']}".strip()
        status = FactStatus(row["status"])
        return words if status == FactStatus.CONFIRMED else f"{words} ({status.label})"
    if part == "texts":
        return _plain(row["text"])
    return row["alt"] or str(row["position"])


def _plain(text: str) -> str:
    plain = strip_tags(text)
    return plain if len(plain) <= MAX_TOLD else plain[:MAX_TOLD] + "…"


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
    while True:
        run.check()
        with run.tenant():
            rows = list(open_rows(change)[:BATCH])
        if not rows:
            break
        with pghistory.context(**context), run.commit(n_done=len(rows)):
            undo_rows(undo, rows)
    with run.fenced():
        n_undone = change.rows.filter(state="undone").count()
        n_conflicts = change.rows.filter(state="conflict").count()
        end_undo(change, undo, n_undone)
    url = reverse("catalog:change", args=[run.merchant.slug, change.pk])
    run.result({"url": url, "text": undone_words(n_undone, n_conflicts)})
