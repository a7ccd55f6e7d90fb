"""What a person does to an import: compare, tick rows, write, discard, try again."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog import tasks
from catalog.products.imports import report, store
from catalog.products.imports.frame import run_of
from catalog.products.imports.models import ImportRun, ImportState
from catalog.products.imports.problems import Refused
from catalog.products.imports.wanted import wanted
from ecomportal.jobs.start import cancel_job, start_job
from ecomportal.said import said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required

# One write at a time in a shop: two would compare against each other's unfinished work.
WRITE_KEY = "import"
KEPT_ASIDE = ("failed", "conflict")


@require_POST
@merchant_required(*EDITORS)
def compare(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = run_of(request, run_id)
    if run.state in (ImportState.WRITING, ImportState.DONE, ImportState.DISCARDED):
        messages.error(request, _("This import is written or discarded; upload the file again."))
        return redirect("catalog:import", request.merchant.slug, run.pk)
    return start_compare(request, run)


def start_compare(request: HttpRequest, run: ImportRun) -> HttpResponse:
    job = start_job(
        tasks.compare_import,
        request.merchant,
        request.user,
        title=said("Compare %(name)s", name=run.name),
        params={"run_id": str(run.pk)},
        dedupe_key=str(run.pk),
    )
    run.job, run.state = job, ImportState.COMPARING
    run.save(update_fields=["job", "state"])
    return redirect("catalog:import", request.merchant.slug, run.pk)


@require_POST
@merchant_required(*EDITORS)
def row(request: HttpRequest, run_id: UUID, row_id: int) -> HttpResponse:
    """Take a row into the write, or leave it out."""
    run = run_of(request, run_id)
    if run.state != ImportState.READY:
        raise Http404
    own = run.rows.filter(pk=row_id, outcome__in=["created", "changed"], written_at=None)
    if not own.update(is_included="include" in request.POST):
        raise Http404
    if not request.htmx:
        return redirect("catalog:import", request.merchant.slug, run.pk)
    context = {"run": run, **wanted(run)}
    return render(request, "catalog/imports/_write_button.html", context)


@require_POST
@merchant_required(*EDITORS)
def write(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = run_of(request, run_id)
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
        title=said("Import %(name)s", name=run.name),
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
    run = run_of(request, run_id)
    if run.state in (ImportState.WRITING, ImportState.DONE):
        messages.error(request, _not_now(run))
        return redirect("catalog:import", request.merchant.slug, run.pk)
    if run.job and not run.job.is_finished:
        cancel_job(run.job)
    run.rows.all().delete()
    run.state = ImportState.DISCARDED
    run.save(update_fields=["state"])
    transaction.on_commit(partial(store.forget_files, run))
    audit.record(request, "import.discarded", run.name, run=str(run.pk))
    messages.success(request, _("The import of %(name)s is discarded.") % {"name": run.name})
    return redirect("catalog:imports", request.merchant.slug)


@require_POST
@merchant_required(*EDITORS)
def retry(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Read the rows that were kept aside once more, as an import of their own."""
    run = run_of(request, run_id)
    back = redirect("catalog:import", request.merchant.slug, run.pk)
    rows = run.rows.filter(outcome__in=KEPT_ASIDE)
    lines = sorted(set(rows.values_list("line", flat=True)))
    if run.state != ImportState.DONE or not lines:
        messages.error(request, _("This import has no failed rows to try again."))
        return back
    try:
        new = store.again(run, lines, request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return back
    audit.record(request, "import.retried", run.name, run=str(new.pk), rows=len(lines))
    return start_compare(request, new)


@require_safe
@merchant_required(*EDITORS)
def errors(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The lines that could not be read, to correct and upload again."""
    run = run_of(request, run_id)
    rows = run.rows.filter(outcome="failed").order_by("line", "id").defer("payload", "diff")
    # Drawn here and not while it is sent: rows are visible only inside the view's transaction.
    content = "".join(report.error_lines(run, rows.iterator(chunk_size=500)))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    name = get_valid_filename(run.name.rsplit(".", 1)[0] or "import")
    response["Content-Disposition"] = f'attachment; filename="{name}-errors.csv"'
    return response
