"""Take a change back, row by row, without walking over what was written since."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import pghistory
from django.db import IntegrityError, transaction
from django.db.models import Case, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.products import texts, way_back
from catalog.products.changes import Change, ChangeRow
from catalog.products.snapshot import lock, record_rows, restore, snapshot
from ecomportal.said import said
from ecomportal.tenancy.models import User

BATCH = 200  # rows that one request takes back, and that are restored from whole snapshots at once
JOB_BATCH = 1000  # rows a job takes back in one transaction
CHANGED, TAKEN, GONE = "changed", "taken", "gone"  # why a row is left alone

TEXT, CREATED, PART, WHOLE = "text", "created", "part", "whole"
FORM = RawSQL(
    "CASE WHEN after ? 'text' THEN 'text' WHEN before IS NULL THEN 'created' "
    "WHEN jsonb_typeof(before -> 'variants') = 'array' THEN 'whole' ELSE 'part' END",
    [],
)


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
    return _new_undo(change, user)


def _new_undo(change: Change, user: User | None) -> Change:
    return Change.objects.create(
        merchant_id=change.merchant_id,
        kind="undo",
        title=said("Undo: %(title)s", title=change.title),
        undoes=change,
        created_by=user,
    )


def undo_rows(undo: Change, rows: Iterable[ChangeRow]) -> Outcome:
    """Take these rows back as part of `undo`, in the caller's transaction."""
    rows = _still_open(rows)
    there = lock({row.product_id for row in rows})
    ready = way_back.ready([row.pk for row in rows])
    outcome = _undo_locked(undo, rows, ready=ready)
    gone = [row.pk for row in outcome.conflicts if row.product_id not in there]
    ChangeRow.objects.filter(pk__in=gone).update(why=GONE)
    return outcome


def _still_open(rows: Iterable[ChangeRow]) -> list[ChangeRow]:
    """Without those that somebody took back by themselves since they were read."""
    rows = list(rows)
    mine = ChangeRow.objects.filter(pk__in=[row.pk for row in rows], state="written")
    held = set(mine.order_by("pk").select_for_update().values_list("pk", flat=True))
    return [row for row in rows if row.pk in held]


def _undo_locked(undo: Change, rows: list[ChangeRow], *, ready: set[int]) -> Outcome:
    ids = [row.pk for row in rows]
    form_of = dict(ChangeRow.objects.filter(pk__in=ids).annotate(f=FORM).values_list("pk", "f"))
    inside = [pk for pk in ids if pk in ready and form_of[pk] in (CREATED, PART)]
    with pghistory.context(change=str(undo.pk)):
        done = _take_back(undo, inside)
        taken = set(inside) - done
        # Snapshots can be compared word by word, so a version that moved is not the last word.
        whole = [r for r in rows if form_of[r.pk] in (WHOLE, CREATED) and r.pk not in inside]
        for start in range(0, len(whole), BATCH):
            restored, stuck = _undo_whole(undo, whole[start : start + BATCH], ready=ready)
            done, taken = done | restored, taken | stuck
        done |= _undo_texts(undo, [row for row in rows if form_of[row.pk] == TEXT])
    _settle(undo, ids, done=done, taken=taken)
    return Outcome(len(done), [row for row in rows if row.pk not in done], undo)


def _take_back(undo: Change, ids: list[int]) -> set[int]:
    """All at once; half by half where a handle or a SKU was taken meanwhile."""
    if not ids:
        return set()
    try:
        with transaction.atomic():
            way_back.take_back(undo, ids)
        return set(ids)
    except IntegrityError:
        if len(ids) == 1:
            return set()
        half = len(ids) // 2
        return _take_back(undo, ids[:half]) | _take_back(undo, ids[half:])


def _undo_whole(
    undo: Change, rows: list[ChangeRow], *, ready: set[int]
) -> tuple[set[int], set[int]]:
    """Restore whole snapshots; gives those restored and those whose name is taken."""
    ids = [row.product_id for row in rows]
    version_of = lock(ids)
    before = snapshot(ids)
    untouched = [r for r in rows if r.pk in ready or before.get(r.product_id) == r.after]
    done = _restore(untouched)
    record_rows(undo, before, snapshot(ids), versions_before=version_of)
    way_back.restamp(undo, done)
    return done, {row.pk for row in untouched} - done


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


def _undo_texts(undo: Change, rows: list[ChangeRow]) -> set[int]:
    if not rows:
        return set()
    ids = [row.product_id for row in rows]
    before = snapshot(ids)
    done = {row.pk for row in rows if texts.take_back(row)}
    record_rows(undo, before, snapshot(ids))
    return done


def _settle(undo: Change, ids: list[int], *, done: set[int], taken: set[int]) -> None:
    rows = ChangeRow.objects.filter(pk__in=ids)
    rows.filter(pk__in=done).update(state="undone", why="")
    is_taken = When(pk__in=taken, then=Value(TAKEN))
    rows.exclude(pk__in=done).update(
        state="conflict", why=Case(is_taken, default=Value(CHANGED)) if taken else CHANGED
    )


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


def undo_row(row: ChangeRow, user: User | None) -> Outcome:
    """Take one row back; one that an undo left alone too, if what it wrote still stands.

    Raises CannotUndo when it was taken back before.
    """
    row = ChangeRow.objects.select_for_update().get(pk=row.pk)
    if row.state not in ("written", "conflict"):
        raise CannotUndo(_("This row was taken back already."))
    undo = _new_undo(row.change, user)
    lock([row.product_id])
    ready = way_back.ready([row.pk]) | way_back.standing([row.pk])
    outcome = _undo_locked(undo, [row], ready=ready)
    if not outcome.n_undone:
        undo.delete()
    elif not open_rows(row.change).exists():
        Change.objects.filter(pk=row.change_id, undone_at=None).update(undone_at=timezone.now())
    return outcome


def open_rows(change: Change) -> QuerySet:
    return change.rows.filter(state="written").order_by("pk")


def end_undo(change: Change, undo: Change, n_undone: int) -> None:
    """An undo that found nothing to take back leaves no trace and may be tried again."""
    if n_undone:
        return
    undo.delete()
    change.rows.filter(state="conflict").update(state="written", why="")
    Change.objects.filter(pk=change.pk).update(undone_at=None)
