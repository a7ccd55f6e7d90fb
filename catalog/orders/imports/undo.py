"""What an import wrote, taken away or put back where nobody touched it since."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from catalog.orders.imports.models import IntakeRow, IntakeRun, Subject
from catalog.orders.models import Order
from catalog.orders.taking import customers, orders
from catalog.products.imports.problems import problem
from catalog.products.imports.stage import STAGE, as_rows, staged
from ecomportal.tenancy.models import Merchant

Stays = dict[int, str]  # row -> code of the reason
MARKED = ("id", "undo", "problems")
MARK = f"""
UPDATE catalog_intakerow row SET undo = s.undo, problems = s.problems
FROM {STAGE} s WHERE row.id = s.id AND row.run_id = %s
"""


def open_rows(imported: IntakeRun) -> QuerySet[IntakeRow]:
    """Those that were written and not looked at yet, the last first: what came later may rest on
    what came before."""
    written = imported.rows.filter(outcome__in=["created", "changed"], undo="")
    return written.exclude(written_at=None).order_by("-pk")


def mark(imported: IntakeRun, batch: Sequence[IntakeRow], stays: Stays) -> None:
    rows = [
        {
            "id": row.pk,
            "undo": IntakeRow.Undo.STAYS if row.pk in stays else IntakeRow.Undo.DONE,
            "problems": [problem(stays[row.pk], line=row.line)] if row.pk in stays else [],
        }
        for row in batch
    ]
    with staged(IntakeRow, as_rows(IntakeRow, rows, MARKED), MARKED) as cursor:
        cursor.execute(MARK, [imported.pk])


def _split(
    batch: Sequence[IntakeRow], now: dict[UUID, Any]
) -> tuple[list[IntakeRow], list[IntakeRow], Stays]:
    """Rows that made something, rows that changed something, and those somebody touched since;
    `now` says when each was changed last."""
    stays: Stays = {}
    for row in batch:
        if row.subject_id not in now:
            stays[row.pk] = "stays_gone"
        elif now[row.subject_id] != row.seen_at:
            stays[row.pk] = "stays_changed"
    sound = [row for row in batch if row.pk not in stays]
    made = [row for row in sound if row.outcome == "created"]
    return made, [row for row in sound if row.outcome == "changed"], stays


def _locked(rows: QuerySet, batch: Sequence[IntakeRow]) -> dict[UUID, Any]:
    mine = rows.filter(pk__in=[row.subject_id for row in batch]).select_for_update(of=("self",))
    return dict(mine.values_list("pk", "changed_at"))


# --- Orders ----------------------------------------------------------------------------------


def take_back_orders(merchant: Merchant, batch: Sequence[IntakeRow]) -> Stays:
    made, changed, stays = _split(batch, _locked(merchant.orders, batch))
    ids = [row.subject_id for row in made]
    merchant.order_lines.filter(order_id__in=ids).delete()
    Order.objects.filter(merchant=merchant, pk__in=ids).delete()
    for row in changed:
        _put_back_lines(merchant, row)
    planned = [
        orders.Planned(
            row.key,
            outcome="changed",
            payload={
                "row": row.before["row"],
                "customer": row.before["customer"],
                "person": {},
                "lines": row.before["lines"],
            },
            subject_id=row.subject_id,
            seen_at=row.seen_at,
        )
        for row in changed
    ]
    orders.write(merchant, planned)
    return stays


def _put_back_lines(merchant: Merchant, row: IntakeRow) -> None:
    if added := row.before["added"]:
        lines = merchant.order_lines.filter(order_id=row.subject_id, line_number__in=added)
        lines.delete()


# --- Customers -------------------------------------------------------------------------------


def take_back_customers(merchant: Merchant, batch: Sequence[IntakeRow]) -> Stays:
    made, changed, stays = _split(batch, _locked(merchant.customers, batch))
    used = _used(merchant, [row.subject_id for row in made])
    stays |= {row.pk: "stays_used" for row in made if row.subject_id in used}
    free = [row.subject_id for row in made if row.subject_id not in used]
    merchant.customers.filter(pk__in=free).delete()
    customers.put_back(
        merchant, [(row.subject_id, row.seen_at, row.before["row"]) for row in changed]
    )
    return stays


def _used(merchant: Merchant, ids: Sequence[UUID]) -> set[UUID]:
    """Those on whom orders, events or chats hang."""
    mine = {"customer_id": OuterRef("pk")}
    hangs = (
        Exists(merchant.orders.filter(**mine))
        | Exists(merchant.interactions.filter(**mine))
        | Exists(merchant.conversations.filter(**mine))
    )
    return set(merchant.customers.filter(hangs, pk__in=ids).values_list("pk", flat=True))


def forget_made(merchant: Merchant, imported: IntakeRun) -> int:
    """Delete who was made because an order named them, where nothing speaks of them any more."""
    made = imported.rows.exclude(made_customer=None)
    n_gone = 0
    ids = list(made.values_list("made_customer", "seen_at"))
    for start in range(0, len(ids), 1000):
        part = dict(ids[start : start + 1000])
        # Locked first, so that no order that comes just now hangs on one who goes.
        mine = merchant.customers.filter(pk__in=part).order_by("pk").select_for_update(of=("self",))
        now = dict(mine.values_list("pk", "changed_at"))
        untouched = {pk for pk, seen_at in part.items() if now.get(pk) == seen_at}
        free = untouched - _used(merchant, list(untouched))
        n_gone += len(free)
        merchant.customers.filter(pk__in=free).delete()
    return n_gone


# --- Interactions ----------------------------------------------------------------------------


def take_back_events(merchant: Merchant, batch: Sequence[IntakeRow]) -> Stays:
    """Nobody can change an event, so each goes; its time spares the database most partitions."""
    times = [row.payload["event"]["ts"] for row in batch]
    ids = [row.subject_id for row in batch]
    rows = merchant.interactions.filter(at__gte=min(times), at__lte=max(times))
    rows.filter(event_id__in=ids).delete()
    return {}


TAKEN_BACK = {
    Subject.INTERACTIONS: take_back_events,
    Subject.ORDERS: take_back_orders,
    Subject.CUSTOMERS: take_back_customers,
}
