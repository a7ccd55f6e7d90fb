"""An upload of customers, orders or interactions becomes a file of the shop's and a run.

Contacts may stand in it in clear. So the file goes when the run is written or discarded, and
after a week at the latest; what failed is kept in the run's rows with hashes in their place.
"""

import csv
import hashlib
import io
import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from catalog.orders.imports import values
from catalog.orders.imports.cells import TIMES, safe_header
from catalog.orders.imports.detect import detect, plain
from catalog.orders.imports.models import IntakeRun
from catalog.orders.imports.problems import words
from catalog.products.imports import read, store
from catalog.products.imports.detect import PROBLEM_COLUMN
from catalog.products.imports.guard import guard, unguard
from catalog.products.imports.models import ImportState
from ecomportal.ids import uuid7
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant, User

log = logging.getLogger(__name__)
KEPT = timedelta(days=7)  # a file nobody decided on
WATCHED = timedelta(days=60)  # from then on; this runs every day, so a few days would do


def keep(merchant: Merchant, chunks: Iterable[bytes], *, name: str, user: User | None) -> IntakeRun:
    """Keep the file and look at it. Raises `Refused`, and then nothing is kept."""
    run = IntakeRun(id=uuid7(), merchant=merchant, name=store.clean_name(name), created_by=user)
    store.keep(run, chunks, describe)
    return run


def describe(
    run: IntakeRun, *, subject: str = "", sheet: str = "", has_header: bool | None = None
) -> None:
    """Look at the file and propose what its columns feed: as the shop last had it, else by the
    names of the columns."""
    path = store.file_of(run)
    store.forget_tables(run)
    shape = read.look(path, sheet=sheet, has_header=has_header)
    first = store.first_values(path, shape)
    found = detect(shape.header, subject=subject)
    run.reading = {
        **store.told_by(run, shape),
        "unknown": found.unknown,
        "guessed": found.guessed,
    }
    run.subject, run.dialect = found.subject, found.dialect
    run.mapping, run.warnings = found.mapping, found.warnings
    run.header_key = key_of(run.header)
    dates = [name for name, target in run.mapping.items() if target in TIMES]
    run.reading["days"] = values.order_of_days([c for name in dates for c in first.get(name, [])])
    _as_last_time(run, subject)


def key_of(header: Iterable[str]) -> str:
    """The same for the same columns, in whatever order; a file of lines to correct has one more."""
    names = sorted({plain(name) for name in header if name != PROBLEM_COLUMN})
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _as_last_time(run: IntakeRun, subject: str) -> None:
    if not run.reading["has_header"]:
        return
    same = run.merchant.intake_runs.filter(header_key=run.header_key, state=ImportState.DONE)
    last = same.order_by("-created_at").first()
    if last is None or subject not in ("", last.subject):
        return
    known = {plain(name): target for name, target in last.mapping.items()}
    run.mapping = {name: known.get(plain(name), "") for name in run.header}
    run.subject, run.dialect = last.subject, last.dialect
    run.reading |= {"unknown": [], "guessed": [], "as": last.name}
    run.reading["days"] = run.reading["days"] or last.reading.get("days", "")


def error_file(run: IntakeRun, *, with_reasons: bool = True) -> str:
    """The lines of rows that failed, each with its reason in a last column.

    It holds the columns that were read, and hashes where contacts stood: corrected, it can be
    uploaded again and means the same people.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    last = [PROBLEM_COLUMN] if with_reasons else []
    names = safe_header(run.header, run.mapping)
    writer.writerow([*map(_safe, names), *last])
    rows = run.rows.filter(outcome="failed").order_by("line", "id")
    for row in rows.only("line", "raw", "problems").iterator(chunk_size=500):
        for line, cells in row.raw:
            kept = [*cells, *[""] * (len(names) - len(cells))][: len(names)]
            writer.writerow([*map(_safe, kept), *[_reasons(row, line) for _ in last]])
    return out.getvalue()


def _reasons(row: Any, line: int) -> str:
    """What is wrong with the line; what is wrong with the whole stands on its first one."""
    own = [p for p in row.problems if (p.get("line") or row.line) == line]
    return " ".join(dict.fromkeys(words(p) for p in own))


def _safe(cell: str) -> str:
    return guard(unguard(cell))


def again(run: IntakeRun, user: User) -> IntakeRun:
    """A new run of the rows that failed, read as the first one was."""
    content = error_file(run, with_reasons=False).encode()
    new = keep(run.merchant, [content], name=run.name, user=user)
    new.retry_of, new.subject, new.dialect = run, run.subject, run.dialect
    new.mapping = {name: run.mapping.get(name, "") for name in new.header}
    new.reading["days"] = run.reading.get("days", "")
    new.save()
    return new


def forget_old_files() -> None:
    """Delete files of which nobody said what is to become, and those that a worker could not
    delete before it died; for every shop, once a day."""
    for merchant in Merchant.objects.all():
        try:
            with tenant(merchant):
                _forget_old_files_of(merchant)
        except Exception:  # one shop in trouble keeps nobody else's contacts lying about
            log.exception("Old files of imports of shop %s were not deleted.", merchant.pk)


def _forget_old_files_of(merchant: Merchant) -> None:
    undecided = (ImportState.UPLOADED, ImportState.READY, ImportState.FAILED)
    until = timezone.now() - KEPT
    old = merchant.intake_runs.filter(created_at__lt=until, created_at__gt=until - WATCHED)
    for run in old:
        store.forget_files(run)
        if run.state in undecided:
            run.rows.all().delete()
            run.state = ImportState.DISCARDED
            run.save(update_fields=["state"])
