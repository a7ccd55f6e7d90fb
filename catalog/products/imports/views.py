"""The pages of an import: upload, columns, dry run, write, report."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from catalog import tasks
from catalog.products.imports import report, store
from catalog.products.imports.detect import dialect_of, name_of, nearest
from catalog.products.imports.fields import EXTRA, FIELDS, LEFT_OUT
from catalog.products.imports.forms import MappingForm, UploadForm
from catalog.products.imports.models import ImportRun, ImportState
from catalog.products.imports.problems import Refused, words
from ecomportal.jobs.models import JobStatus
from ecomportal.jobs.start import cancel_job, start_job
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.web.paging import cursor_of, keyset_page

PAGE_SIZE = 50
MAX_SHOWN_FAILURES = 8
TABS = ("changed", "created", "failed", "unchanged")
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "gb18030": "GB18030",
}
DELIMITERS = {
    ",": gettext_lazy("Comma"),
    ";": gettext_lazy("Semicolon"),
    "\t": gettext_lazy("Tab"),
    "|": gettext_lazy("Vertical bar"),
}
STEPS = {
    ImportState.UPLOADED: 2,
    ImportState.COMPARING: 3,
    ImportState.READY: 3,
    ImportState.FAILED: 3,
    ImportState.WRITING: 4,
    ImportState.DONE: 5,
    ImportState.DISCARDED: 3,
}
# One write at a time in a shop: two would compare against each other's unfinished work.
WRITE_KEY = "import"


def _run(request: HttpRequest, run_id: UUID) -> ImportRun:
    rows = request.merchant.import_runs.select_related("job", "created_by")
    if request.method == "POST":
        # Two who decide at once, one to write and one to discard, do so one after the other.
        rows = rows.select_for_update(of=("self",), no_key=True)
    run = get_object_or_404(rows, pk=run_id)
    run.merchant = request.merchant
    return run


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


@merchant_required(*EDITORS)
def mapping(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = _run(request, run_id)
    if run.state not in (ImportState.UPLOADED, ImportState.READY, ImportState.FAILED):
        return redirect("catalog:import", request.merchant.slug, run.pk)
    if request.method != "POST":
        return _mapping_page(request, run, MappingForm(run))
    form = MappingForm(run, request.POST)
    if not form.is_valid():
        return _mapping_page(request, run, form, status=422)
    run.mapping = form.mapping()
    run.save(update_fields=["mapping"])
    return _start_compare(request, run)


def _mapping_page(
    request: HttpRequest, run: ImportRun, form: MappingForm, *, status: int = 200
) -> HttpResponse:
    first = _first_values(run)
    columns = [
        _column(run, form[f"column_{at}"], name, first.get(name, ""))
        for at, name in enumerate(run.header)
    ]
    # What a person should decide stands first; what is recognised can be looked at below.
    unknown = [c for c in columns if c["is_unknown"]]
    context = {
        **_frame(run),
        "step": 2,
        "form": form,
        "unknown": unknown,
        "known": [c for c in columns if not c["is_unknown"]],
        "n_fields": sum(target in FIELDS for target in run.mapping.values()),
    }
    return render(request, "catalog/imports/mapping.html", context, status=status)


def _first_values(run: ImportRun) -> dict[str, str]:
    """The first value of each column in the first lines of the file, to recognise it by."""
    found: dict[str, str] = {}
    for n, line in enumerate(store.lines_of(run)):
        for name, cell in zip(run.header, line.cells, strict=False):
            if cell.strip():
                found.setdefault(name, report.value_text("", cell.strip(), ""))
        if n == 20:
            break
    return found


def _column(run: ImportRun, field: Any, name: str, example: str) -> dict[str, Any]:
    names = next((w["names"] for w in run.warnings if w["code"] == "unknown_columns"), "")
    is_unknown = name in names.split(", ")
    near = nearest(dialect_of(run.dialect), name) if is_unknown else ""
    return {
        "name": name,
        "field": field,
        "example": example,
        "is_unknown": is_unknown,
        "suggestion": FIELDS.get(near, ""),
        "target": run.mapping.get(name, LEFT_OUT),
    }


@require_POST
@merchant_required(*EDITORS)
def compare(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = _run(request, run_id)
    if run.state in (ImportState.WRITING, ImportState.DONE, ImportState.DISCARDED):
        messages.error(request, _("This import is written or discarded; upload the file again."))
        return redirect("catalog:import", request.merchant.slug, run.pk)
    return _start_compare(request, run)


def _start_compare(request: HttpRequest, run: ImportRun) -> HttpResponse:
    job = start_job(
        tasks.compare_import,
        request.merchant,
        request.user,
        title=_("Compare %(name)s") % {"name": run.name},
        params={"run_id": str(run.pk)},
        dedupe_key=str(run.pk),
    )
    run.job, run.state = job, ImportState.COMPARING
    run.save(update_fields=["job", "state"])
    return redirect("catalog:import", request.merchant.slug, run.pk)


@require_safe
@merchant_required(*EDITORS)
def detail(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = _run(request, run_id)
    if run.state == ImportState.UPLOADED:
        return redirect("catalog:import-mapping", request.merchant.slug, run.pk)
    frame = _frame(run)
    is_running = run.state in (ImportState.COMPARING, ImportState.WRITING)
    if request.htmx and "watch" in request.GET:
        is_ended = not is_running or frame["job_stopped"]
        return HttpResponseClientRefresh() if is_ended else HttpResponse(status=204)
    if is_running:
        return render(request, "catalog/imports/running.html", frame)
    if run.state == ImportState.READY:
        return _dry_run_page(request, run)
    if run.state == ImportState.DONE:
        return _report_page(request, run)
    return render(request, "catalog/imports/ended.html", frame)


def _frame(run: ImportRun) -> dict[str, Any]:
    """What every page of one import shows."""
    return {
        "run": run,
        "step": STEPS[run.state],
        "steps": [
            (1, _("File read")),
            (2, _("Columns mapped")),
            (3, _("Dry run")),
            (4, _("Write")),
            (5, _("Report and undo")),
        ],
        "dialect": name_of(run.dialect),
        "encoding": ENCODINGS.get(run.encoding, run.encoding),
        "delimiter": DELIMITERS.get(run.delimiter, run.delimiter),
        "warnings": [words(w) for w in run.warnings],
        "job_stopped": bool(run.job and run.job.is_finished and run.job.status != JobStatus.DONE),
        "n_kept": sum(target == EXTRA for target in run.mapping.values()),
        "n_left_out": sum(target == LEFT_OUT for target in run.mapping.values()),
    }


def _wanted(run: ImportRun) -> dict[str, int]:
    """How many rows the write would take, and how many it would leave."""
    open_rows = Q(outcome__in=["created", "changed"])
    included = Q(is_included=True)
    check = Q(diff__contains=[{"flag": "check"}])
    return run.rows.aggregate(
        n_changes=Count("pk", filter=included & Q(outcome="changed")),
        n_new=Count("pk", filter=included & Q(outcome="created")),
        n_left=Count("pk", filter=open_rows & ~included),
        n_check=Count("pk", filter=open_rows & check),
        n_drafts=Count("pk", filter=Q(outcome="created", payload__product__status="draft")),
    )


def _dry_run_page(request: HttpRequest, run: ImportRun) -> HttpResponse:
    tab = request.GET.get("show", "")
    if tab not in TABS:
        tab = next((t for t in TABS if getattr(run, f"n_{t}")), "changed")
    rows = run.rows.filter(outcome=tab).defer("payload", "raw")
    only_check = request.GET.get("check") == "1"
    if only_check:
        rows = rows.filter(diff__contains=[{"flag": "check"}])
    page = keyset_page(rows, ["line", "id"], cursor=cursor_of(request.GET), size=PAGE_SIZE)
    context = {
        **_frame(run),
        **_wanted(run),
        "tab": tab,
        "only_check": only_check,
        "page": page,
        "rows": [report.shown(row, request.merchant.currency) for row in page.rows],
        "failures": _failures(run, request.merchant.currency) if tab != "failed" else [],
    }
    return render(request, "catalog/imports/dry_run.html", context)


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
        **_frame(run),
        **counts,
        "change": change,
        "failures": _failures(run, request.merchant.currency),
    }
    return render(request, "catalog/imports/report.html", context)


@require_POST
@merchant_required(*EDITORS)
def row(request: HttpRequest, run_id: UUID, row_id: int) -> HttpResponse:
    """Take a row into the write, or leave it out."""
    run = _run(request, run_id)
    if run.state != ImportState.READY:
        raise Http404
    own = run.rows.filter(pk=row_id, outcome__in=["created", "changed"], written_at=None)
    if not own.update(is_included="include" in request.POST):
        raise Http404
    if not request.htmx:
        return redirect("catalog:import", request.merchant.slug, run.pk)
    context = {"run": run, **_wanted(run)}
    return render(request, "catalog/imports/_write_button.html", context)


@require_POST
@merchant_required(*EDITORS)
def write(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = _run(request, run_id)
    back = redirect("catalog:import", request.merchant.slug, run.pk)
    is_stopped = run.state == ImportState.WRITING and (run.job is None or run.job.is_finished)
    if run.state != ImportState.READY and not is_stopped:
        messages.error(request, _not_now(run))
        return back
    if not run.rows.filter(_still_open()).exists():
        messages.error(request, _("No row is ticked, so there is nothing to write."))
        return back
    job = start_job(
        tasks.run_import,
        request.merchant,
        request.user,
        title=_("Import %(name)s") % {"name": run.name},
        params={"run_id": str(run.pk)},
        dedupe_key=WRITE_KEY,
    )
    if not job.is_new:
        text = _("“%(title)s” is being written. Wait until it is done, then write this one.")
        messages.error(request, text % {"title": job.title})
        return back
    run.job, run.state = job, ImportState.WRITING
    run.save(update_fields=["job", "state"])
    audit.record(request, "import.written", run.name, run=str(run.pk), job=str(job.pk))
    return back


def _still_open() -> Q:
    return Q(is_included=True, written_at=None, outcome__in=["created", "changed"])


def _not_now(run: ImportRun) -> str:
    if run.state == ImportState.WRITING:
        return _("This import is being written already.")
    if run.state == ImportState.DONE:
        return _("This import was written already.")
    return _("Compare the file with the shop first.")


@require_POST
@merchant_required(*EDITORS)
def discard(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Drop the dry run and the file; nothing was written, so nothing has to be taken back."""
    run = _run(request, run_id)
    if run.state in (ImportState.WRITING, ImportState.DONE):
        messages.error(request, _not_now(run))
        return redirect("catalog:import", request.merchant.slug, run.pk)
    if run.job and not run.job.is_finished:
        cancel_job(run.job)
    run.rows.all().delete()
    run.state = ImportState.DISCARDED
    run.save(update_fields=["state"])
    store.file_of(run).unlink(missing_ok=True)
    audit.record(request, "import.discarded", run.name, run=str(run.pk))
    messages.success(request, _("The import of %(name)s is discarded.") % {"name": run.name})
    return redirect("catalog:imports", request.merchant.slug)


@require_safe
@merchant_required(*EDITORS)
def errors(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The lines that could not be read, to correct and upload again."""
    run = _run(request, run_id)
    rows = run.rows.filter(outcome="failed").order_by("line", "id").defer("payload", "diff")
    # Drawn here and not while it is sent: rows are visible only inside the view's transaction.
    content = "".join(report.error_lines(run, rows.iterator(chunk_size=500)))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    name = get_valid_filename(run.name.rsplit(".", 1)[0] or "import")
    response["Content-Disposition"] = f'attachment; filename="{name}-errors.csv"'
    return response
