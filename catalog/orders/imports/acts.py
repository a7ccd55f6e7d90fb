"""What a person does to an import of customers: compare, tick, write, discard, take back."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog import tasks
from catalog.orders.imports import store
from catalog.orders.imports.frame import is_undoing, run_of, wanted
from catalog.orders.imports.models import IntakeRun
from catalog.orders.imports.problems import words
from catalog.orders.imports.write import OPEN
from catalog.products.imports.models import ImportState
from catalog.products.imports.problems import Refused
from catalog.products.imports.store import forget_files
from ecomportal.jobs.models import Job
from ecomportal.jobs.start import cancel_job, start_job
from ecomportal.said import Said, said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required

# One write at a time in a shop: two would compare against each other's unfinished work.
WRITE_KEY = "intake"
ENDED = (ImportState.WRITING, ImportState.DONE)


def _page(request: HttpRequest, run: IntakeRun) -> HttpResponse:
    return redirect("catalog:order-import", request.merchant.slug, run.pk)


def _no(request: HttpRequest, run: IntakeRun, text: str) -> HttpResponse:
    messages.error(request, text)
    return _page(request, run)


def _start(request: HttpRequest, run: IntakeRun, task: Any, title: Said, key: str) -> Job:
    params = {"run_id": str(run.pk)}
    shop, user = request.merchant, request.user
    return start_job(task, shop, user, title=title, params=params, dedupe_key=key)


@require_POST
@merchant_required(*EDITORS)
def compare(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    run = run_of(request, intake_id)
    if run.state in (*ENDED, ImportState.DISCARDED):
        text = _("This import is written or discarded; upload the file again.")
        return _no(request, run, text)
    return start_compare(request, run)


def start_compare(request: HttpRequest, run: IntakeRun) -> HttpResponse:
    title = said("Compare %(name)s", name=run.name)
    run.job = _start(request, run, tasks.compare_intake, title, str(run.pk))
    run.state = ImportState.COMPARING
    run.save(update_fields=["job", "state"])
    return _page(request, run)


@require_POST
@merchant_required(*EDITORS)
def row(request: HttpRequest, intake_id: UUID, intakerow_id: int) -> HttpResponse:
    """Take a row into the write, or leave it out."""
    run = run_of(request, intake_id)
    own = run.rows.filter(pk=intakerow_id, outcome__in=["created", "changed"], written_at=None)
    if run.state != ImportState.READY or not own.update(is_included="include" in request.POST):
        raise Http404
    if not request.htmx:
        return _page(request, run)
    context = {"run": run, **wanted(run)}
    return render(request, "catalog/order_imports/_write_button.html", context)


@require_POST
@merchant_required(*EDITORS)
def write(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    run = run_of(request, intake_id)
    is_stopped = run.state == ImportState.WRITING and (run.job is None or run.job.is_finished)
    if run.state != ImportState.READY and not is_stopped:
        return _no(request, run, _("Compare the file with the shop first; then it can be written."))
    if not run.rows.filter(**OPEN).exists() and not is_stopped:
        return _no(request, run, _("No row is ticked, so there is nothing to write."))
    title = said("Import %(name)s", name=run.name)
    job = _start(request, run, tasks.run_intake, title, WRITE_KEY)
    if not job.is_new:
        text = _("“%(title)s” is being written. Wait until it is done, then write this one.")
        return _no(request, run, text % {"title": job.title})
    run.job, run.state = job, ImportState.WRITING
    run.save(update_fields=["job", "state"])
    audit.record(request, "intake.written", run.name, run=str(run.pk), job=str(job.pk))
    return _page(request, run)


@require_POST
@merchant_required(*EDITORS)
def undo(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Take away what the import made and put back what it changed."""
    run = run_of(request, intake_id)
    is_stopped = is_undoing(run) and run.job.is_finished
    if run.state != ImportState.DONE or run.undone_at or is_undoing(run) and not is_stopped:
        return _no(request, run, _("Only an import that is written can be taken back, and once."))
    title = said("Take back %(name)s", name=run.name)
    job = _start(request, run, tasks.undo_intake, title, WRITE_KEY + "-undo")
    if not job.is_new:
        return _no(request, run, _("Another import is being taken back. Wait until it is done."))
    run.job = job
    run.save(update_fields=["job"])
    audit.record(request, "intake.undone", run.name, run=str(run.pk), job=str(job.pk))
    return _page(request, run)


@require_POST
@merchant_required(*EDITORS)
def discard(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Drop the dry run and the file; nothing was written, so nothing has to be taken back."""
    run = run_of(request, intake_id)
    if run.state in ENDED:
        return _no(request, run, _("This import was written; it can be taken back instead."))
    if run.job and not run.job.is_finished:
        cancel_job(run.job)
    run.rows.all().delete()
    run.state = ImportState.DISCARDED
    run.save(update_fields=["state"])
    transaction.on_commit(partial(forget_files, run))
    audit.record(request, "intake.discarded", run.name, run=str(run.pk))
    messages.success(request, _("The import of %(name)s is discarded.") % {"name": run.name})
    return redirect("catalog:order-imports", request.merchant.slug)


@require_POST
@merchant_required(*EDITORS)
def retry(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Read the rows that failed once more, as an import of their own."""
    run = run_of(request, intake_id)
    if run.state != ImportState.DONE or not run.rows.filter(outcome="failed").exists():
        return _no(request, run, _("This import has no failed rows to try again."))
    try:
        new = store.again(run, request.user)
    except Refused as refused:
        return _no(request, run, words(refused.problem))
    audit.record(request, "intake.retried", run.name, run=str(new.pk))
    return start_compare(request, new)


@require_safe
@merchant_required(*EDITORS)
def errors(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """The lines that failed, to correct and upload again; contacts stand in it as hashes."""
    run = run_of(request, intake_id)
    # The mark tells spreadsheets that it is UTF-8.
    content = "\ufeff" + store.error_file(run)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    name = get_valid_filename(run.name.rsplit(".", 1)[0] or "import")
    response["Content-Disposition"] = f'attachment; filename="{name}-errors.csv"'
    return response
