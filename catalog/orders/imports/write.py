"""The write of a file that was compared, and the way back: batch by batch, each once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from catalog.orders.imports import undo
from catalog.orders.imports.compare import address, run_of_job
from catalog.orders.imports.models import IntakeRow, IntakeRun
from catalog.orders.imports.subjects import TAKEN
from catalog.orders.taking.orders import Planned, Written
from catalog.orders.taking.people import is_refused
from catalog.products.imports.job import few_collections
from catalog.products.imports.models import ImportState
from catalog.products.imports.problems import problem
from catalog.products.imports.stage import STAGE, as_rows, staged
from catalog.products.imports.store import forget_files
from ecomportal.jobs.run import JobError, Run
from ecomportal.said import said, said_n
from ecomportal.webhooks import emit

BATCH = 1000  # rows in one transaction: pages must not wait for one
OPEN = {"is_included": True, "written_at": None, "outcome__in": ["created", "changed"]}
WRITTEN = ("pk", "key", "line", "outcome", "payload", "subject_id", "seen_at", "problems")
MARKED = ("id", "outcome", "seen_at", "made_customer", "problems", "written_at")
MARK = f"""
UPDATE catalog_intakerow row SET
    {", ".join(f"{name} = s.{name}" for name in MARKED if name != "id")}
FROM {STAGE} s WHERE row.id = s.id AND row.run_id = %s
"""


@few_collections()
def write_file(run: Run) -> None:
    """Write the rows a person left ticked; a repeat goes on where it stopped."""
    imported = run_of_job(run)
    if imported.state not in (ImportState.WRITING, ImportState.DONE):
        raise JobError(said("This import is not to be written any more."))
    with run.tenant():
        n_open = imported.rows.filter(**OPEN).count()
    run.set_total(run.job.n_done + n_open)
    run.phase(said("Writing"))
    while True:
        run.check()
        with run.tenant():
            rows = imported.rows.filter(**OPEN).order_by("pk")
            batch = list(rows.values_list(*WRITTEN, named=True)[:BATCH])
        if not batch:
            break
        _write(run, imported, batch)
    _finish(run, imported)


def _write(run: Run, imported: IntakeRun, batch: Sequence[Any]) -> None:
    """One transaction for the batch; where the database refuses it, one for each half of it."""
    planned = [
        Planned(
            row.key, row.line, row.outcome, row.payload,
            subject_id=row.subject_id, seen_at=row.seen_at,
        )
        for row in batch
    ]  # fmt: skip
    try:
        with run.commit(n_done=len(batch)), transaction.atomic():
            written = TAKEN[imported.subject].write(run.merchant, planned)
            _mark(imported, batch, written)
    except (IntegrityError, DataError) as error:
        if len(batch) > 1:
            half = len(batch) // 2
            for part in (batch[:half], batch[half:]):
                _write(run, imported, part)
            return
        why = _why(error)
        with run.commit(n_failed=1):
            _mark(imported, batch, {batch[0].key: Written(why=why)})


def _why(error: Exception) -> str:
    return "erased_since" if is_refused(error) else "not_written"


def _mark(imported: IntakeRun, batch: Sequence[Any], written: dict[str, Written]) -> None:
    now = timezone.now().isoformat()
    rows = []
    for row in batch:
        one = written[row.key]
        why = [problem(one.why, line=row.line)] if one.why else row.problems
        rows.append(
            {
                "id": row.pk,
                "outcome": "conflict" if one.why else row.outcome,
                "seen_at": _iso(one.seen_at),
                "made_customer": one.made_customer,
                "problems": why,
                "written_at": now,
            }
        )
    with staged(IntakeRow, as_rows(IntakeRow, rows, MARKED), MARKED) as cursor:
        cursor.execute(MARK, [imported.pk])


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _finish(run: Run, imported: IntakeRun) -> None:
    done = {"state": ImportState.DONE, "finished_at": timezone.now()}
    with run.fenced():
        # A job that died after this comes here again: what was told is not told twice.
        waiting = IntakeRun.objects.filter(pk=imported.pk).exclude(state=ImportState.DONE)
        is_news = waiting.update(**done)
        gone = imported.rows.exclude(written_at=None).exclude(outcome="conflict")
        n_written = gone.count()
        if is_news:
            told = {"import_id": imported.pk, "name": imported.name, "n_written": n_written}
            emit(run.merchant, "import.done", told | {"subject": imported.subject})
        # Contacts stood in it in clear; what failed is kept with hashes in its place.
        transaction.on_commit(lambda: forget_files(imported))
    result: dict[str, Any] = {
        "url": address(imported),
        "link": said("Show the report"),
        "text": said_n("%(n)s row written", "%(n)s rows written", n_written),
    }
    if n_written:
        place = [run.merchant.slug, imported.pk]
        result["undo_url"] = reverse("catalog:order-import-undo", args=place)
    run.result(result)


# --- The way back ----------------------------------------------------------------------------


def undo_file(run: Run) -> None:
    """Take back what a run wrote, unless somebody changed it or something hangs on it."""
    imported = run_of_job(run)
    taken_back = undo.TAKEN_BACK[imported.subject]
    with run.tenant():
        n_open = undo.open_rows(imported).count()
    run.set_total(run.job.n_done + n_open)
    run.phase(said("Taking back"))
    while True:
        run.check()
        with run.tenant():
            batch = list(undo.open_rows(imported)[:BATCH])
        if not batch:
            break
        with run.commit(n_done=len(batch)):
            stays = taken_back(run.merchant, batch)
            undo.mark(imported, batch, stays)
    _undone(run, imported)


def _undone(run: Run, imported: IntakeRun) -> None:
    with run.commit():
        n_people = undo.forget_made(run.merchant, imported)
    with run.fenced():
        IntakeRun.objects.filter(pk=imported.pk).update(undone_at=timezone.now())
        n_back = imported.rows.filter(undo=IntakeRow.Undo.DONE).count()
        n_stay = imported.rows.filter(undo=IntakeRow.Undo.STAYS).count()
        notes = {**imported.notes, "n_people_back": n_people}
        IntakeRun.objects.filter(pk=imported.pk).update(notes=notes)
    text = said("%(back)s taken back, %(stay)s stay", back=n_back, stay=n_stay)
    run.result({"url": address(imported), "link": said("Show the report"), "text": text})
