"""The slow parts of an import: the dry run, and the write that a person asked for after it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, NoReturn

import pghistory
from django.db import DataError, IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from catalog.products.changes import Change
from catalog.products.imports.compare import (
    Compared,
    Seen,
    category_paths,
    compare_batch,
    count_fields,
)
from catalog.products.imports.models import ImportRow, ImportRun, ImportState
from catalog.products.imports.problems import MESSAGES, Problem, Refused, problem
from catalog.products.imports.products import Parsed
from catalog.products.imports.read import Line
from catalog.products.imports.stage import as_rows, insert
from catalog.products.imports.store import file_of, open_run
from catalog.products.imports.unchanged import Same, remember
from catalog.products.imports.write import make_plans, mark, propose_facts, write_plans
from catalog.products.picture_job import fetch_after_import
from ecomportal.jobs.run import JobError, Run
from ecomportal.said import Said, filled, said, said_n
from ecomportal.webhooks import emit

BATCH = 1000  # products in memory and in one transaction: the list must not wait for one
MAX_WARNINGS = 50
ROW_COLUMNS = (
    *("merchant_id", "run_id", "line", "handle", "label", "outcome", "is_included"),
    *("product_id", "product_version", "payload", "diff", "problems", "raw"),
)
# What the write needs of a row.
WRITTEN = ("pk", "line", "product_id", "product_version", "payload", "problems")
ENDED = (ImportState.DISCARDED, ImportState.WRITING, ImportState.DONE)
MAY_BE_EMPTY = ("texts", "spoken", "facts")
COUNTED = ("marks_removed", "html_cleaned")  # told once for the file, with their sum


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for cycles seldom: rows are trees, and looking through a batch of them again and again
    is a fifth of the work."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)


# --- The dry run -----------------------------------------------------------------------------


@few_collections()
def compare_file(run: Run) -> None:
    """Compare every product of the file with the shop's, and keep the outcome as rows."""
    imported = _import_of(run)
    if imported.state in ENDED:
        raise JobError(said("This import is written or discarded; upload the file again."))
    if not file_of(imported).exists():
        _fail(run, imported, said("The uploaded file is no longer there. Upload it again."))
    run.phase(said("Reading the file"))
    try:
        reading = open_run(imported)
    except Refused as refused:
        _fail(run, imported, filled(MESSAGES[refused.problem["code"]], refused.problem))
    run.set_total(reading.n_lines, n_done=0)
    _start_over(run, imported)
    run.phase(said("Comparing with the shop"))
    seen, n_products = Seen(), 0
    for batch in _batches(reading.rows):
        run.check()
        n_products += len(batch)
        with run.tenant():
            paths = category_paths(run.merchant)
            rows = compare_batch(run.merchant, batch, seen=seen, paths=paths)
        with run.commit(n_done=sum(len(parsed.lines) for parsed in batch)):
            _keep(imported, rows)
            same = (
                Same(row.product_id, row.digest, row.version, row.parsed.line, row.remarks)
                for row in rows
                if row.digest
            )
            remember(run.merchant, same)
    if not n_products:
        text = said("The file has a header and no rows, so there is nothing to import.")
        _fail(run, imported, text)
    with run.fenced():
        # Somebody may have discarded it meanwhile.
        mine = ImportRun.objects.filter(pk=imported.pk, state=ImportState.COMPARING)
        mine.update(state=ImportState.READY)
        imported.refresh_from_db(fields=["n_created", "n_changed", "n_unchanged", "n_failed"])
    link = said("Show what it would change")
    run.result({"url": _address(imported), "link": link, "text": _compared_text(imported)})


def _import_of(run: Run) -> ImportRun:
    with run.tenant():
        imported = run.merchant.import_runs.filter(pk=run.params["run_id"]).first()
    if imported is None:
        raise JobError(said("This import no longer exists."))
    imported.merchant = run.merchant
    return imported


def _fail(run: Run, imported: ImportRun, text: Said) -> NoReturn:
    with run.fenced():
        ImportRun.objects.filter(pk=imported.pk).update(state=ImportState.FAILED)
    raise JobError(text)


def _start_over(run: Run, imported: ImportRun) -> None:
    """A dry run that was interrupted begins again: only one pass sees doubles in the file."""
    with run.fenced():
        imported.rows.all().delete()
        kept = [w for w in imported.warnings if w["code"] in ("unknown_columns", "second_column")]
        zero = {f"n_{name}": 0 for name in ("rows", "created", "changed", "unchanged", "failed")}
        ImportRun.objects.filter(pk=imported.pk).update(
            state=ImportState.COMPARING, n_fields=0, warnings=kept, **zero
        )
        imported.warnings = kept


def _batches(products: Iterator[Parsed]) -> Iterator[list[Parsed]]:
    while batch := list(islice(products, BATCH)):
        yield batch


def _keep(imported: ImportRun, rows: list[Compared]) -> None:
    insert(
        ImportRow,
        list(as_rows(ImportRow, [_row(imported, row) for row in rows], ROW_COLUMNS)),
        ROW_COLUMNS,
    )
    counts = {
        f"n_{name}": F(f"n_{name}") + sum(row.outcome == name for row in rows)
        for name in ("created", "changed", "unchanged", "failed")
    }
    counts["n_rows"] = F("n_rows") + sum(len(row.parsed.lines) for row in rows)
    counts["n_fields"] = F("n_fields") + count_fields(rows)
    imported.warnings = _with_counted(imported.warnings, rows)
    ImportRun.objects.filter(pk=imported.pk).update(warnings=imported.warnings, **counts)


def _row(imported: ImportRun, row: Compared) -> dict[str, Any]:
    parsed = row.parsed
    is_failed, is_open = row.outcome == "failed", row.outcome in ("created", "changed")
    remarks = [remark for remark in row.remarks if remark["code"] not in COUNTED]
    return {
        "merchant_id": imported.merchant_id,
        "run_id": imported.pk,
        "line": parsed.line,
        "handle": _storable(parsed.handle),
        "label": _storable(parsed.label[:255]),
        "outcome": row.outcome,
        "is_included": is_open and not row.needs_a_look,
        "product_id": row.product_id,
        "product_version": row.version,
        "payload": _payload(row) if is_open else {},
        "diff": row.diff,
        "problems": parsed.problems if is_failed else remarks,
        "raw": [_raw(line) for line in parsed.lines] if is_failed else [],
    }


def _payload(row: Compared) -> dict[str, Any]:
    """What the write needs; of a new product also what lets its row be known again."""
    parsed, payload = row.parsed, row.parsed.payload
    if row.outcome != "created":
        return payload
    filled = {part: _filled(payload[part]) for part in MAY_BE_EMPTY if part in payload}
    product = payload["product"]
    if "extra" in product:
        filled["product"] = {**product, "extra": _filled(product["extra"])}
    return {**payload, **filled, "said": parsed.said, "remarks": parsed.remarks}


def _filled(stated: dict[str, Any]) -> dict[str, Any]:
    """An empty cell takes something away, of which a new product has nothing."""
    return {name: value for name, value in stated.items() if value}


def _raw(line: Line) -> list[Any]:
    return [line.number, [_storable(cell) for cell in line.cells]]


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL in text, and UTF-8 no half of a pair; the sign shows the place."""
    return text.replace("\0", "\u2400").encode("utf-8", "replace").decode()


def _with_counted(warnings: list[Problem], rows: list[Compared]) -> list[Problem]:
    """The file's warnings with what this batch adds to the counted ones."""
    sums = {w["code"]: w["n"] for w in warnings if w["code"] in COUNTED}
    for row in rows:
        for remark in row.remarks:
            if remark["code"] in COUNTED:
                sums[remark["code"]] = sums.get(remark["code"], 0) + remark["n"]
    others = [w for w in warnings if w["code"] not in COUNTED]
    return [*others, *(problem(code, n=n) for code, n in sums.items())][:MAX_WARNINGS]


def _compared_text(imported: ImportRun) -> Said:
    return said(
        "%(new)s new, %(changed)s changed, %(same)s unchanged, %(bad)s unreadable",
        new=imported.n_created,
        changed=imported.n_changed,
        same=imported.n_unchanged,
        bad=imported.n_failed,
    )


def _address(imported: ImportRun) -> str:
    return reverse("catalog:import", args=[imported.merchant.slug, imported.pk])


# --- The write -------------------------------------------------------------------------------


@few_collections()
def write_import(run: Run) -> None:
    """Write the rows a person left ticked, batch by batch; a repeat goes on where it stopped."""
    imported = _import_of(run)
    change = _change_of(run, imported)
    with run.tenant():
        n_open = _open_rows(imported).count()
    run.set_total(run.job.n_done + n_open)
    run.phase(said("Writing products"))
    while True:
        run.check()
        with run.tenant():
            rows = list(_open_rows(imported).values_list(*WRITTEN, named=True)[:BATCH])
        if not rows:
            break
        _write_rows(run, change, rows)
    _finish(run, imported, change)


def _open_rows(imported: ImportRun) -> Any:
    wanted = {"is_included": True, "written_at": None, "outcome__in": ["created", "changed"]}
    return imported.rows.filter(**wanted).order_by("id")


def _change_of(run: Run, imported: ImportRun) -> Change:
    """The change that will take it all back; one for the import, however often it is resumed."""
    with run.fenced():
        imported.refresh_from_db(fields=["change"])
        if imported.change_id is None:
            imported.change = Change.objects.create(
                merchant=run.merchant,
                kind="import",
                title=said("Import %(name)s", name=imported.name),
                job=run.job,
                created_by_id=run.user_id,
            )
            imported.save(update_fields=["change"])
        return imported.change


def _write_rows(run: Run, change: Change, rows: list[Any]) -> None:
    """One transaction for the batch; where the database refuses it, one for each half of it."""
    with run.tenant():
        plans = make_plans(run.merchant, rows)
    propose_facts(plans, run.merchant.language)
    who = {"user": run.user_id, "source": "import", "job": str(run.job.pk)}
    try:
        with pghistory.context(**who), run.commit(n_done=len(rows)), transaction.atomic():
            write_plans(run.merchant, change, plans)
    except (IntegrityError, DataError):
        if len(rows) > 1:
            half = len(rows) // 2
            for part in (rows[:half], rows[half:]):
                _write_rows(run, change, part)
            return
        plans[0].why = "not_written"
        with run.commit(n_failed=1):
            mark(plans, timezone.now())


def _finish(run: Run, imported: ImportRun, change: Change) -> None:
    done = {"state": ImportState.DONE, "finished_at": timezone.now()}
    with run.fenced():
        # A job that died after this comes here again: what was told is not told twice.
        open_runs = ImportRun.objects.filter(pk=imported.pk).exclude(state=ImportState.DONE)
        is_news = open_runs.update(**done)
        n_written = imported.rows.exclude(written_at=None).exclude(outcome="conflict").count()
        if is_news:
            told = {"import_id": imported.pk, "name": imported.name, "n_written": n_written}
            emit(run.merchant, "import.done", told | {"change_id": change.pk})
    text = said_n("%(n)s product written", "%(n)s products written", n_written)
    result = {"url": _address(imported), "link": said("Show the report"), "text": text}
    if n_written:
        place = [run.merchant.slug, change.pk]
        result["change_url"] = reverse("catalog:change", args=place)
        result["undo_url"] = reverse("catalog:change-undo", args=place)
    run.result(result)
    fetch_after_import(run, imported, _address(imported))
