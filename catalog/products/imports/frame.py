"""What every page of one import shows, and how a page finds its import."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.products.imports.detect import name_of
from catalog.products.imports.fields import EXTRA, LEFT_OUT
from catalog.products.imports.models import ImportRun, ImportState
from catalog.products.imports.problems import words
from ecomportal.jobs.models import JobStatus

KINDS = {
    "csv": gettext_lazy("Table of text"),
    "xlsx": gettext_lazy("Excel workbook"),
    "xml": gettext_lazy("XML feed"),
}
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


def run_of(request: HttpRequest, run_id: UUID) -> ImportRun:
    rows = request.merchant.import_runs.select_related("job", "created_by", "retry_of")
    if request.method == "POST":
        # Two who decide at once, one to write and one to discard, do so one after the other.
        rows = rows.select_for_update(of=("self",), no_key=True)
    run = get_object_or_404(rows, pk=run_id)
    run.merchant = request.merchant
    return run


def frame(run: ImportRun) -> dict[str, Any]:
    is_text = run.kind == "csv"
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
        "kind": KINDS.get(run.kind, run.kind),
        "sheet": run.reading.get("sheet", ""),
        "other_sheets": [s for s in run.reading.get("sheets", []) if s != run.reading["sheet"]],
        "has_header": run.reading.get("has_header", True),
        "saved": run.reading.get("saved", ""),
        "n_retried": len(run.reading["only"]) if "only" in run.reading else 0,
        "encoding": ENCODINGS.get(run.encoding, run.encoding) if is_text else "",
        "delimiter": DELIMITERS.get(run.delimiter, run.delimiter) if is_text else "",
        "warnings": [words(w) for w in run.warnings],
        "job_stopped": bool(run.job and run.job.is_finished and run.job.status != JobStatus.DONE),
        "n_kept": sum(target == EXTRA for target in run.mapping.values()),
        "n_left_out": sum(target == LEFT_OUT for target in run.mapping.values()),
    }
