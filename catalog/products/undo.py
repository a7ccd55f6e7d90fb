"""Take a change back, row by row, without walking over what was written since."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pghistory
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.products import texts
from catalog.products.changes import Change, ChangeRow
from catalog.products.snapshot import lock, record_rows, restore, snapshot
from ecomportal.tenancy.models import User

BATCH = 200  # rows held in memory and locked at once


class CannotUndo(ValueError):
    """There is nothing to take back; the text says why."""


@dataclass
class Outcome:
    """What an undo did. `conflicts` are the rows left alone, because they changed since."""

    n_undone: int = 0
    conflicts: list[ChangeRow] = field(default_factory=list)
    change: Change | None = None  # the undo itself, which can be undone too


def begin_undo(change: Change, user: User | None) -> Change:
    """Claim the change, so that only one undo runs, and return the change the undo will be."""
    claimed = Change.objects.filter(pk=change.pk, undone_at=None).update(undone_at=timezone.now())
    if not claimed:
        raise CannotUndo(_("This change was taken back already."))
    return Change.objects.create(
        merchant_id=change.merchant_id,
        kind="undo",
        title=_("Undo: %(title)s") % {"title": change.title[:190]},
        undoes=change,
        created_by=user,
    )


def undo_rows(undo: Change, rows: Iterable[ChangeRow]) -> Outcome:
    """Take these rows back as part of `undo`, in the caller's transaction."""
    with pghistory.context(change=str(undo.pk)):
        return _undo_rows(undo, rows)


def _undo_rows(undo: Change, rows: Iterable[ChangeRow]) -> Outcome:
    outcome = Outcome(change=undo)
    rows = list(rows)
    ids = sorted({row.product_id for row in rows})
    lock(ids)
    whole = [row for row in rows if "text" not in (row.after or {})]
    before = snapshot(ids)
    untouched = [row for row in whole if before.get(row.product_id) == row.after]
    done = _restore(untouched)
    done |= {row.pk for row in rows if row not in whole and texts.take_back(row)}
    for row in rows:
        row.state = "undone" if row.pk in done else "conflict"
    ChangeRow.objects.bulk_update(rows, ["state"])
    record_rows(undo, before, snapshot(ids))
    outcome.n_undone = len(done)
    outcome.conflicts = [row for row in rows if row.pk not in done]
    return outcome


def _restore(rows: list[ChangeRow]) -> set[int]:
    """Restore all at once; one by one where a handle or a SKU was taken meanwhile."""
    try:
        with transaction.atomic():
            restore({row.product_id: row.before for row in rows})
        return {row.pk for row in rows}
    except IntegrityError:
        if len(rows) == 1:
            return set()
        return set().union(*(_restore([row]) for row in rows))


def undo_change(change: Change, user: User | None) -> Outcome:
    """Take a whole change back. Raises CannotUndo for one that was undone before."""
    undo = begin_undo(change, user)
    total = Outcome(change=undo)
    while rows := list(open_rows(change)[:BATCH]):
        part = undo_rows(undo, rows)
        total.n_undone += part.n_undone
        total.conflicts += part.conflicts
    end_undo(change, undo, total.n_undone)
    return total


def open_rows(change: Change) -> object:
    return change.rows.filter(state="written").order_by("pk")


def end_undo(change: Change, undo: Change, n_undone: int) -> None:
    """An undo that found nothing to take back leaves no trace and may be tried again."""
    if n_undone:
        return
    undo.delete()
    change.rows.filter(state="conflict").update(state="written")
    Change.objects.filter(pk=change.pk).update(undone_at=None)
