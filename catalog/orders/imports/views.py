"""The pages of an import of customers: upload, columns, dry run, report."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from catalog.orders.imports import samples, store
from catalog.orders.imports.acts import start_compare
from catalog.orders.imports.detect import nearest
from catalog.orders.imports.fields import FIELDS
from catalog.orders.imports.forms import MappingForm, ReadingForm
from catalog.orders.imports.frame import frame, run_of, wanted
from catalog.orders.imports.models import IntakeRow, IntakeRun
from catalog.orders.imports.problems import words
from catalog.orders.imports.shown import ShownRow, shown
from catalog.products.imports import store as files
from catalog.products.imports.forms import UploadForm
from catalog.products.imports.models import ImportState
from catalog.products.imports.problems import Refused
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.web.paging import cursor_of, keyset_page

PAGE_SIZE = 50
MAX_SHOWN_FAILURES = 8
LOOKED_AT = 20  # rows among which an example of each column is looked for
TABS = ("changed", "created", "failed", "unchanged")
OPEN = (ImportState.UPLOADED, ImportState.READY, ImportState.FAILED)
HIDDEN = ("email", "phone")


@merchant_required(*EDITORS)
def imports(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _imports_page(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _imports_page(request, form, status=422)
    file = form.cleaned_data["file"]
    try:
        run = store.keep(request.merchant, file.chunks(), name=file.name, user=request.user)
    except Refused as refused:
        form.add_error("file", words(refused.problem))
        return _imports_page(request, form, status=422)
    audit.record(request, "intake.uploaded", run.name, run=str(run.pk), bytes=run.n_bytes)
    return redirect("catalog:order-import-mapping", request.merchant.slug, run.pk)


def _imports_page(request: HttpRequest, form: UploadForm, *, status: int = 200) -> HttpResponse:
    runs = request.merchant.intake_runs.select_related("created_by").order_by("-created_at")[:20]
    context = {"form": form, "runs": runs, "samples": samples.NAMES.items()}
    return render(request, "catalog/order_imports/list.html", context, status=status)


@require_safe
@merchant_required(*EDITORS)
def sample(request: HttpRequest) -> HttpResponse:
    """A small file with the columns of ours, to see what goes where."""
    name = request.GET.get("of", "orders")
    if name not in samples.NAMES:
        raise Http404
    response = HttpResponse(samples.content(name), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


# --- Columns ---------------------------------------------------------------------------------


@merchant_required(*EDITORS)
def mapping(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    run = run_of(request, intake_id)
    if run.state not in OPEN:
        return redirect("catalog:order-import", request.merchant.slug, run.pk)
    if request.method != "POST":
        return _mapping_page(request, run, MappingForm(run))
    form = MappingForm(run, request.POST)
    if not form.is_valid():
        return _mapping_page(request, run, form, status=422)
    run.mapping = form.mapping()
    run.reading["days"] = form.cleaned_data["days"]
    run.save(update_fields=["mapping", "reading"])
    return start_compare(request, run)


@require_POST
@merchant_required(*EDITORS)
def reading(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Read the file again: as rows of another kind, or from another sheet."""
    run = run_of(request, intake_id)
    if run.state not in OPEN or run.retry_of_id:
        return redirect("catalog:order-import", request.merchant.slug, run.pk)
    form = ReadingForm(run, request.POST)
    if form.is_valid():
        try:
            _read_again(run, form.cleaned_data)
        except Refused as refused:
            form.add_error(None, words(refused.problem))
        else:
            return redirect("catalog:order-import-mapping", request.merchant.slug, run.pk)
    run = run_of(request, intake_id)
    return _mapping_page(request, run, MappingForm(run), reading=form, status=422)


def _read_again(run: IntakeRun, chosen: dict[str, Any]) -> None:
    if not files.file_of(run).exists():
        raise Refused("file_gone")
    store.describe(
        run,
        subject=chosen["subject"],
        sheet=chosen.get("sheet") or run.reading.get("sheet", ""),
        has_header=chosen["has_header"] == "yes",
    )
    run.state = ImportState.UPLOADED
    run.rows.all().delete()  # an earlier dry run was of another table
    run.save()


def _mapping_page(
    request: HttpRequest,
    run: IntakeRun,
    form: MappingForm,
    *,
    reading: ReadingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    first = _first_values(run)
    columns = [
        _column(run, form[f"column_{at}"], name, first.get(name, ""))
        for at, name in enumerate(run.header)
    ]
    unsure = [c for c in columns if c["is_guessed"] or c["suggestion"]]
    known = [c for c in columns if c not in unsure and c["target"]]
    context = {
        **frame(run),
        "step": 2,
        "form": form,
        "reading": reading or ReadingForm(run),
        "can_read_again": not run.retry_of_id,
        "unsure": unsure,
        "known": known,
        "rest": [c for c in columns if c not in unsure and c not in known],
        "n_fields": sum(bool(target) for target in run.mapping.values()),
    }
    return render(request, "catalog/order_imports/mapping.html", context, status=status)


def _first_values(run: IntakeRun) -> dict[str, str]:
    """The first value of each column; those of contacts are not shown."""
    found: dict[str, str] = {}
    try:
        for n, line in enumerate(files.lines_of(run)):
            for name, cell in zip(run.header, line.cells, strict=False):
                if cell.strip() and name not in found:
                    is_hidden = run.mapping.get(name) in HIDDEN or "@" in cell
                    found[name] = "•••" if is_hidden else cell.strip()[:80]
            if n == LOOKED_AT:
                break
    except Refused:
        return found  # the comparison says what is wrong with the file
    return found


def _column(run: IntakeRun, field: Any, name: str, example: str) -> dict[str, Any]:
    is_guessed = name in run.reading.get("guessed", [])
    is_unknown = name in run.reading.get("unknown", []) and not is_guessed
    near = nearest(name, run.subject) if is_unknown else ""
    return {
        "name": name,
        "field": field,
        "example": example,
        "is_guessed": is_guessed,
        "suggestion": FIELDS[run.subject].get(near, ""),
        "target": run.mapping.get(name, ""),
    }


# --- Dry run and report ----------------------------------------------------------------------


@require_safe
@merchant_required(*EDITORS)
def detail(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    run = run_of(request, intake_id)
    if run.state == ImportState.UPLOADED:
        return redirect("catalog:order-import-mapping", request.merchant.slug, run.pk)
    context = frame(run)
    is_running = run.state in (ImportState.COMPARING, ImportState.WRITING) or context["is_undoing"]
    if request.htmx and "watch" in request.GET:
        is_ended = not is_running or context["job_stopped"]
        return HttpResponseClientRefresh() if is_ended else HttpResponse(status=204)
    if is_running:
        return render(request, "catalog/order_imports/running.html", context)
    if run.state == ImportState.READY:
        return _dry_run_page(request, run, context)
    if run.state == ImportState.DONE:
        return _report_page(request, run, context)
    return render(request, "catalog/order_imports/ended.html", context)


def _dry_run_page(request: HttpRequest, run: IntakeRun, context: dict[str, Any]) -> HttpResponse:
    tab = request.GET.get("show", "")
    if tab not in TABS:
        tab = next((t for t in TABS if getattr(run, f"n_{t}")), "created")
    rows = run.rows.filter(outcome=tab).defer("raw", "before")
    page = keyset_page(rows, ["line", "id"], cursor=cursor_of(request.GET), size=PAGE_SIZE)
    context |= {
        **wanted(run),
        "tab": tab,
        "page": page,
        "rows": [shown(row, run.subject, request.merchant.currency) for row in page.rows],
    }
    return render(request, "catalog/order_imports/dry_run.html", context)


def _report_page(request: HttpRequest, run: IntakeRun, context: dict[str, Any]) -> HttpResponse:
    written = ~Q(written_at=None) & ~Q(outcome="conflict")
    counts = run.rows.aggregate(
        n_written_new=Count("pk", filter=written & Q(outcome="created")),
        n_written_changes=Count("pk", filter=written & Q(outcome="changed")),
        n_conflicts=Count("pk", filter=Q(outcome="conflict")),
        n_left=Count("pk", filter=Q(outcome__in=["created", "changed"], written_at=None)),
        n_back=Count("pk", filter=Q(undo=IntakeRow.Undo.DONE)),
        n_stay=Count("pk", filter=Q(undo=IntakeRow.Undo.STAYS)),
    )
    context |= {
        **counts,
        "can_undo": not run.undone_at and (counts["n_written_new"] or counts["n_written_changes"]),
        "retries": run.retries.exclude(state=ImportState.DISCARDED).order_by("created_at")[:5],
        "failures": _first(request, run, Q(outcome__in=["failed", "conflict"])),
        "staying": _first(request, run, Q(undo=IntakeRow.Undo.STAYS)),
    }
    return render(request, "catalog/order_imports/report.html", context)


def _first(request: HttpRequest, run: IntakeRun, which: Q) -> list[ShownRow]:
    rows = run.rows.filter(which).defer("raw", "before").order_by("line", "id")
    currency = request.merchant.currency
    return [shown(row, run.subject, currency) for row in rows[:MAX_SHOWN_FAILURES]]
