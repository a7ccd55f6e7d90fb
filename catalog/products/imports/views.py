"""The pages of an import: upload, dry run, report."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from catalog.products.imports import report, store
from catalog.products.imports.forms import UploadForm
from catalog.products.imports.frame import frame, run_of
from catalog.products.imports.models import ImportRow, ImportRun, ImportState
from catalog.products.imports.problems import Refused
from catalog.products.imports.wanted import wanted
from catalog.products.picture_job import fetch_of_import
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.web.paging import cursor_of, keyset_page

PAGE_SIZE = 50
MAX_SHOWN_FAILURES = 8
TABS = ("changed", "created", "failed", "unchanged")


@merchant_required(*EDITORS)
def imports(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _upload(request)
    return _imports_page(request, UploadForm())


def _imports_page(request: HttpRequest, form: UploadForm, *, status: int = 200) -> HttpResponse:
    runs = request.merchant.import_runs.select_related("created_by")
    context = {"form": form, "runs": runs.order_by("-created_at")[:20]}
    return render(request, "catalog/imports/list.html", context, status=status)


def _upload(request: HttpRequest) -> HttpResponse:
    """A file of the person's, or our sample when she asks for it."""
    if "sample" in request.POST:
        return _keep(request, [store.SAMPLE.read_bytes()], store.SAMPLE.name, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _imports_page(request, form, status=422)
    file = form.cleaned_data["file"]
    return _keep(request, file.chunks(), file.name, form)


def _keep(request: HttpRequest, chunks: Any, name: str, form: UploadForm) -> HttpResponse:
    try:
        run = store.store(request.merchant, chunks, name=name, user=request.user)
    except Refused as refused:
        form.add_error("file", str(refused))
        return _imports_page(request, form, status=422)
    audit.record(request, "import.uploaded", run.name, run=str(run.pk), bytes=run.n_bytes)
    return redirect("catalog:import-mapping", request.merchant.slug, run.pk)


@require_safe
@merchant_required(*EDITORS)
def sample(request: HttpRequest) -> FileResponse:
    file = store.SAMPLE.open("rb")
    return FileResponse(
        file, as_attachment=True, filename=store.SAMPLE.name, content_type="text/csv"
    )


@require_safe
@merchant_required(*EDITORS)
def detail(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = run_of(request, run_id)
    if run.state == ImportState.UPLOADED:
        return redirect("catalog:import-mapping", request.merchant.slug, run.pk)
    context = frame(run)
    is_running = run.state in (ImportState.COMPARING, ImportState.WRITING)
    if request.htmx and "watch" in request.GET:
        is_ended = not is_running or context["job_stopped"]
        return HttpResponseClientRefresh() if is_ended else HttpResponse(status=204)
    if is_running:
        return render(request, "catalog/imports/running.html", context)
    if run.state == ImportState.READY:
        return _dry_run_page(request, run)
    if run.state == ImportState.DONE:
        return _report_page(request, run)
    return render(request, "catalog/imports/ended.html", context)


def _dry_run_page(request: HttpRequest, run: ImportRun) -> HttpResponse:
    tab = request.GET.get("show", "")
    if tab not in TABS:
        tab = next((t for t in TABS if getattr(run, f"n_{t}")), "changed")
    rows = run.rows.filter(outcome=tab).defer("raw", *([] if tab == "created" else ["payload"]))
    only_check = request.GET.get("check") == "1"
    if only_check:
        rows = rows.filter(diff__contains=[{"flag": "check"}])
    page = keyset_page(rows, ["line", "id"], cursor=cursor_of(request.GET), size=PAGE_SIZE)
    counts = wanted(run)
    context = {
        **frame(run),
        **counts,
        "n_drafts": run.n_created - counts["n_on_sale"],  # a new product begins as a draft
        "tab": tab,
        "only_check": only_check,
        "page": page,
        "rows": [_shown(request, row) for row in page.rows],
        "failures": _failures(run, request.merchant.currency) if tab != "failed" else [],
    }
    return render(request, "catalog/imports/dry_run.html", context)


def _shown(request: HttpRequest, row: ImportRow) -> report.ShownRow:
    merchant = request.merchant
    return report.shown(row, merchant.currency, language=merchant.language)


def _failures(run: ImportRun, currency: str) -> list[report.ShownRow]:
    rows = run.rows.filter(outcome__in=["failed", "conflict"]).defer("payload", "raw")
    return [report.shown(row, currency) for row in rows.order_by("line")[:MAX_SHOWN_FAILURES]]


def _report_page(request: HttpRequest, run: ImportRun) -> HttpResponse:
    written = ~Q(written_at=None) & ~Q(outcome="conflict")
    counts = run.rows.aggregate(
        n_written_new=Count("pk", filter=written & Q(outcome="created")),
        n_written_changes=Count("pk", filter=written & Q(outcome="changed")),
        n_conflicts=Count("pk", filter=Q(outcome="conflict")),
        n_left=Count(
            "pk", filter=Q(outcome__in=["created", "changed"], is_included=False, written_at=None)
        ),
    )
    change = request.merchant.changes.filter(pk=run.change_id).first()
    context = {
        **frame(run),
        **counts,
        "change": change,
        "retries": run.retries.exclude(state=ImportState.DISCARDED).order_by("created_at")[:5],
        "failures": _failures(run, request.merchant.currency),
        "pictures": fetch_of_import(request.merchant, run.pk),
    }
    return render(request, "catalog/imports/report.html", context)
