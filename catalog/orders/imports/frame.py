"""What every page of one import of customers shows, and how a page finds its import."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from catalog.orders.imports.dialects import label_of
from catalog.orders.imports.models import IntakeRun
from catalog.orders.imports.problems import words
from catalog.products.imports.frame import DELIMITERS, ENCODINGS, KINDS, STEPS
from ecomportal.jobs.models import JobStatus


def run_of(request: HttpRequest, run_id: UUID) -> IntakeRun:
    rows = request.merchant.intake_runs.select_related("job", "created_by", "retry_of")
    if request.method == "POST":
        # Two who decide at once do so one after the other.
        rows = rows.select_for_update(of=("self",), no_key=True)
    run = get_object_or_404(rows, pk=run_id)
    run.merchant = request.merchant
    return run


def frame(run: IntakeRun) -> dict[str, Any]:
    is_text = run.kind == "csv"
    job = run.job
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
        "dialect": label_of(run.dialect),
        "kind": KINDS.get(run.kind, run.kind),
        "sheet": run.reading.get("sheet", ""),
        "read_as": run.reading.get("as", ""),
        "encoding": ENCODINGS.get(run.encoding, run.encoding) if is_text else "",
        "delimiter": DELIMITERS.get(run.delimiter, run.delimiter) if is_text else "",
        "warnings": [words(w) for w in run.warnings],
        "job_stopped": bool(job and job.is_finished and job.status != JobStatus.DONE),
        "is_undoing": is_undoing(run),
        "no_rate": sorted(run.notes.get("no_rate", {}).items()),
    }


def is_undoing(run: IntakeRun) -> bool:
    return bool(run.job and run.job.kind == "undo_intake" and not run.undone_at)


def wanted(run: IntakeRun) -> dict[str, int]:
    """How many rows the write would take."""
    included = Q(is_included=True)
    return run.rows.aggregate(
        n_changes=Count("pk", filter=included & Q(outcome="changed")),
        n_new=Count("pk", filter=included & Q(outcome="created")),
    )
