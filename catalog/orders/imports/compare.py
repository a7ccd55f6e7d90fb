"""The dry run: what a file would change in the shop, kept as rows; nothing of the shop changes."""

from collections import Counter
from typing import Any, NoReturn

from django.db.models import Count, Q
from django.urls import reverse

from catalog.orders.currencies import rated
from catalog.orders.imports import reading
from catalog.orders.imports.cells import safe_cells
from catalog.orders.imports.models import IntakeRow, IntakeRun, Subject
from catalog.orders.imports.problems import MESSAGES
from catalog.orders.imports.subjects import TAKEN
from catalog.orders.taking import customers, orders
from catalog.orders.taking.orders import Planned
from catalog.orders.taking.people import number_of
from catalog.products.imports.job import few_collections
from catalog.products.imports.models import ImportState
from catalog.products.imports.problems import Refused, problem
from catalog.products.imports.stage import STAGE, as_rows, staged
from catalog.products.imports.store import file_of
from ecomportal.jobs.run import JobError, Run
from ecomportal.said import Said, filled, said, said_n

BATCH = 1000  # rows compared in one transaction
MAX_TOLD = 50  # SKUs and currencies named on the page; all are counted
ENDED = (ImportState.DISCARDED, ImportState.WRITING, ImportState.DONE)
COUNTED = ("created", "changed", "unchanged", "failed")
KEPT = (
    *("id", "outcome", "payload", "diff", "problems", "subject_id", "seen_at", "before"),
    "is_included",
)
KEEP = f"""
UPDATE catalog_intakerow row SET {", ".join(f"{name} = s.{name}" for name in KEPT if name != "id")}
FROM {STAGE} s WHERE row.id = s.id AND row.run_id = %s
"""
RAW_COLUMNS = ("id", "raw")
KEEP_RAW = f"""
UPDATE catalog_intakerow row SET raw = s.raw FROM {STAGE} s
WHERE row.id = s.id AND row.run_id = %s
"""


@few_collections()
def compare_file(run: Run) -> None:
    imported = run_of_job(run)
    if imported.state in ENDED:
        raise JobError(said("This import is written or discarded; upload the file again."))
    if not file_of(imported).exists():
        fail(run, imported, said("The uploaded file is no longer there. Upload it again."))
    _start_over(run, imported)
    _read(run, imported)
    _compare(run, imported)
    keep_raw(run, imported)
    _settle(run, imported)


def run_of_job(run: Run) -> IntakeRun:
    with run.tenant():
        imported = run.merchant.intake_runs.filter(pk=run.params["run_id"]).first()
    if imported is None:
        raise JobError(said("This import no longer exists."))
    imported.merchant = run.merchant
    return imported


def fail(run: Run, imported: IntakeRun, text: Said) -> NoReturn:
    with run.fenced():
        IntakeRun.objects.filter(pk=imported.pk).update(state=ImportState.FAILED)
    raise JobError(text)


def address(imported: IntakeRun) -> str:
    return reverse("catalog:order-import", args=[imported.merchant.slug, imported.pk])


def _start_over(run: Run, imported: IntakeRun) -> None:
    """A dry run that was interrupted begins again; nothing of it is worth keeping."""
    with run.fenced():
        imported.rows.all().delete()
        zero = {f"n_{name}": 0 for name in ("rows", "fields", *COUNTED)}
        IntakeRun.objects.filter(pk=imported.pk).update(
            state=ImportState.COMPARING, notes={}, **zero
        )


def _read(run: Run, imported: IntakeRun) -> None:
    run.phase(said("Reading the file"))
    run.set_total(_about_lines(imported), n_done=0)
    n_lines = 0
    try:
        for batch in reading.batches(imported):
            run.check()
            n_lines += len(batch)
            with run.commit(n_done=len(batch)):
                reading.add(imported, reading.pieces_of(batch, imported.subject))
    except Refused as refused:
        fail(run, imported, filled(MESSAGES[refused.problem["code"]], refused.problem))
    if not n_lines:
        text = said("The file has a header and no rows, so there is nothing to import.")
        fail(run, imported, text)
    with run.fenced():
        IntakeRun.objects.filter(pk=imported.pk).update(n_rows=n_lines)


def _about_lines(imported: IntakeRun) -> int:
    """How many lines there are to read, by a look at their ends."""
    with file_of(imported).open("rb") as file:
        return max(1, sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")))


# --- Comparing -------------------------------------------------------------------------------


def _compare(run: Run, imported: IntakeRun) -> None:
    run.phase(said("Comparing with the shop"))
    with run.tenant():
        n_open = imported.rows.filter(outcome="").count()
        told, last = Told(imported), 0
    run.set_total(n_open, n_done=0)
    while True:
        run.check()
        with run.tenant():
            rows = imported.rows.filter(outcome="", pk__gt=last).order_by("pk")
            batch = list(rows.values_list("pk", "key", "payload", "problems", named=True)[:BATCH])
            planned = told.plan(batch) if batch else []
        if not batch:
            break
        last = batch[-1].pk
        with run.commit(n_done=len(batch)):
            _keep(imported, batch, planned)
    with run.fenced():
        IntakeRun.objects.filter(pk=imported.pk).update(notes=told.notes())


class Told:
    """Plans the rows of a run and counts what its page tells beside them."""

    def __init__(self, imported: IntakeRun) -> None:
        self.imported, self.merchant = imported, imported.merchant
        self.twice = customers.Twice()
        self.new_people: set[str] = set()
        self.skus: set[str] = set()
        self.currencies: Counter[str] = Counter()
        self.n_nobody = 0
        self.n_fields = 0
        self.rated = rated(self.merchant)

    def plan(self, batch: list[Any]) -> list[Planned]:
        taken = TAKEN[self.imported.subject]
        stated = []
        for row in batch:
            head, found = taken.fold(row.key, row.payload)
            found.problems += row.problems
            stated.append((head, found))
        more = {"twice": self.twice} if taken is customers else {}
        planned = taken.plan(self.merchant, stated, **more)
        if self.imported.subject == Subject.ORDERS:
            self._count_orders(planned)
        return planned

    def _count_orders(self, planned: list[Planned]) -> None:
        missing = orders.unknown_skus(self.merchant, planned)
        self.skus |= missing
        for one in planned:
            if one.outcome == "failed":
                continue
            if person := one.payload["person"]:
                self.new_people.add(number_of(person))
            self.n_nobody += not (one.payload["person"] or one.payload["customer"])
            code = one.payload["row"]["currency"]
            if code not in self.rated:
                self.currencies[code] += 1
            mine = {line["sku"] for line in one.payload["lines"]} & missing
            if mine:
                one.remarks.append(problem("unknown_skus", skus=", ".join(sorted(mine)[:5])))

    def notes(self) -> dict[str, Any]:
        return {
            "n_new_people": len(self.new_people),
            "n_nobody": self.n_nobody,
            "n_unknown_skus": len(self.skus),
            "unknown_skus": sorted(self.skus)[:MAX_TOLD],
            "no_rate": dict(self.currencies.most_common(MAX_TOLD)),
        }


def _keep(imported: IntakeRun, batch: list[Any], planned: list[Planned]) -> None:
    rows = [
        {
            "id": row.pk,
            "outcome": one.outcome,
            # Of a failed one the pieces tell which lines are to be corrected.
            "payload": one.payload if one.outcome in ("created", "changed") else {},
            "diff": one.diff,
            "problems": one.problems if one.outcome == "failed" else one.remarks,
            "subject_id": one.subject_id,
            "seen_at": one.seen_at.isoformat() if one.seen_at else None,
            "before": one.before,
            "is_included": "true",
        }
        for row, one in zip(batch, planned, strict=True)
    ]
    for row, old, one in zip(rows, batch, planned, strict=True):
        if one.outcome == "failed":
            row["payload"] = {"at": lines_of(old.payload)}
    with staged(IntakeRow, as_rows(IntakeRow, rows, KEPT), KEPT) as cursor:
        cursor.execute(KEEP, [imported.pk])


def lines_of(pieces: list[dict[str, Any]]) -> list[int]:
    """The lines of the file that say something of a row."""
    found = set()
    for piece in pieces:
        found.add(piece["line"])
        found |= {line["at"] for line in piece.get("lines", ())}
        found |= {other["line"] for other in piece.get("others", ())} | set(piece.get("again", ()))
    return sorted(found)


# --- What failed -----------------------------------------------------------------------------


def keep_raw(run: Run, imported: IntakeRun) -> None:
    """The cells of all lines of failed rows, contacts as hashes, for the error file and for a
    second try: the file itself does not outlive the import."""
    with run.tenant():
        failed = imported.rows.filter(outcome="failed")
        rows = {
            pk: payload["at"] if isinstance(payload, dict) else [line]
            for pk, payload, line in failed.values_list("pk", "payload", "line")
        }
    if not rows:
        return
    row_of = {number: pk for pk, numbers in rows.items() for number in numbers}
    raw: dict[int, list[Any]] = {}
    for n, line in enumerate(reading.lines_numbered(imported, set(row_of))):
        if n % BATCH == 0:
            run.check()
        cells = safe_cells(imported.header, imported.mapping, line.cells)
        raw.setdefault(row_of[line.number], []).append([line.number, cells])
    kept = [{"id": pk, "raw": cells} for pk, cells in raw.items()]
    for start in range(0, len(kept), BATCH):
        part = as_rows(IntakeRow, kept[start : start + BATCH], RAW_COLUMNS)
        with run.commit(), staged(IntakeRow, part, RAW_COLUMNS) as cursor:
            cursor.execute(KEEP_RAW, [imported.pk])


def _settle(run: Run, imported: IntakeRun) -> None:
    with run.fenced():
        counts = imported.rows.aggregate(
            **{f"n_{name}": Count("pk", filter=Q(outcome=name)) for name in COUNTED}
        )
        # Somebody may have discarded it meanwhile.
        mine = IntakeRun.objects.filter(pk=imported.pk, state=ImportState.COMPARING)
        mine.update(state=ImportState.READY, **counts)
    text = said_n("%(n)s would be new", "%(n)s would be new", counts["n_created"])
    link = said("Show what it would change")
    run.result({"url": address(imported), "link": link, "text": text})
