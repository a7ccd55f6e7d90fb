"""What is stated of customers against what the shop has, and the write of it, set by set.

A customer is told by the number; where there is none, by the hash of the e-mail or the phone. One
who came with an order that knew no more than an e-mail takes over the number that a file brings.
What is not stated stays; an empty text is stated.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from catalog.orders.erasures import erased_among
from catalog.orders.models import Customer
from catalog.orders.taking import people
from catalog.orders.taking.orders import WHY, Planned, Values, Written
from catalog.orders.taking.people import Known, People, emails_of, number_of
from catalog.products.imports.problems import problem
from catalog.products.imports.stage import STAGE, array, staged
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant

# Column of the table -> what is stated.
TEXTS = ("name", "language", "country", "accepts_marketing", "tags", "created_at")
ROW = ("external_id", "email_sha256", "phone_sha256", "phone_digits_sha256", *TEXTS)
UPDATE_COLUMNS = ("id", "merchant_id", *ROW, "changed_at")
UPDATE = f"""
UPDATE catalog_customer c SET {", ".join(f"{name} = s.{name}" for name in ROW)}
FROM {STAGE} s
WHERE c.merchant_id = s.merchant_id AND c.id = s.id AND c.changed_at = s.changed_at
RETURNING c.id, c.changed_at
"""
INSERT = f"""
INSERT INTO catalog_customer ({", ".join(people.COLUMNS)})
SELECT {", ".join(people.COLUMNS)} FROM {STAGE}
ON CONFLICT (merchant_id, external_id) DO NOTHING RETURNING id, changed_at
"""


def fold(number: str, pieces: Sequence[Values]) -> tuple[Values, Planned]:
    """The lines of one customer; a second one that says something else is refused."""
    first = min(pieces, key=lambda piece: piece["line"])
    found = Planned(number, first["line"])
    head = {n: v for n, v in first.get("head", {}).items() if not n.endswith("t_name")}
    if name := full_name(first.get("head", {})):
        head["name"] = name
    for piece in pieces:
        found.problems += piece.get("problems", [])
        found.remarks += piece.get("remarks", [])
        others = list(piece.get("others", []))
        if piece is not first and piece.get("head") != first.get("head"):
            others.append({"line": piece["line"]})
        for other in others:
            found.problems.append(
                problem("row_again", line=other["line"], key=number, other_line=first["line"])
            )
    return head, found


def full_name(head: Values) -> str:
    """Of its two halves; Chinese names have no blank between, and the family's first."""
    first, last = head.get("first_name", ""), head.get("last_name", "")
    if not (first or last):
        return head.get("name", "")
    if all("\u3400" <= c <= "\u9fff" for c in first + last):
        return f"{last}{first}"
    return f"{first} {last}".strip()[:120]


class Twice:
    """Who was meant by earlier rows of the same file or call."""

    def __init__(self) -> None:
        self.by_id: dict[UUID, tuple[int, str]] = {}
        self.by_email: dict[str, tuple[int, str]] = {}

    def other(self, found: Planned, head: Values) -> tuple[int, str] | None:
        mine = (found.line, found.number)
        seen = None
        if found.subject_id:
            seen = self.by_id.setdefault(found.subject_id, mine)
        if seen in (None, mine) and not head.get("customer") and head.get("email"):
            seen = self.by_email.setdefault(head["email"], mine)
        elif head.get("email"):
            self.by_email.setdefault(head["email"], mine)
        return None if seen in (None, mine) else seen


def plan(
    merchant: Merchant, stated: Iterable[tuple[Values, Planned]], *, twice: Twice | None = None
) -> list[Planned]:
    """What would become of each; a constant number of statements, whatever their number."""
    stated, twice = list(stated), twice or Twice()
    sound = [(head, found) for head, found in stated if not found.problems]
    known = People(merchant, [head for head, _ in sound])
    rows = _rows(merchant, known, sound)
    new = [head for head, _ in sound if not _own(known, head, rows)]
    erased = erased_among(merchant, map(number_of, new), emails=emails_of(new))
    for head, found in sound:
        if why := people.erased_problem(found.line, number_of(head), erased):
            found.problems.append(why)
            continue
        _plan_one(merchant, found, head, _own(known, head, rows), rows)
        if other := twice.other(found, head):
            found.problems.append(
                problem("same_customer", line=found.line, other_line=other[0], other=other[1])
            )
    for _, found in stated:
        found.outcome = "failed" if found.problems else found.outcome
    return [found for _, found in stated]


def _own(known: People, head: Values, rows: dict[UUID, Values]) -> Known | None:
    """Nobody where she was erased after `known` was read."""
    own = _known(known, head)
    return own if own and own.id in rows else None


def _known(known: People, head: Values) -> Known | None:
    return known.find(head) or known.without_number(head)


def _rows(
    merchant: Merchant, known: People, sound: list[tuple[Values, Planned]]
) -> dict[UUID, Values]:
    ids = {own.id for head, _ in sound if (own := _known(known, head))}
    rows = merchant.customers.filter(pk__in=ids).values("pk", "changed_at", *ROW) if ids else ()
    return {row["pk"]: row for row in rows}


def _plan_one(
    merchant: Merchant, found: Planned, head: Values, own: Known | None, rows: dict[UUID, Values]
) -> None:
    if own is None:
        found.outcome, found.subject_id = "created", uuid7()
        found.payload = {"person": head}
        return
    before = rows[own.id]
    after = _after(before, head)
    found.subject_id, found.seen_at = own.id, before["changed_at"]
    shown = {name: _plain(before[name]) for name in ROW}
    found.diff = [
        {"field": name, "before": shown[name], "after": after[name]}
        for name in ROW
        if not _same(shown[name], after[name])
    ]
    found.outcome = "changed" if found.diff else "unchanged"
    if found.diff:
        found.payload, found.before = {"row": after}, {"row": shown}
    if after["external_id"] != before["external_id"]:
        found.remarks.append(problem("takes_over"))


def _after(before: Values, head: Values) -> Values:
    after = {name: _plain(before[name]) for name in ROW}
    after |= {name: head[name] for name in TEXTS if name in head}
    if head.get("customer"):
        after["external_id"] = head["customer"]
    if "email" in head:
        after["email_sha256"] = head["email"]
    if "phone" in head:
        after["phone_sha256"], digits = head["phone"]
        after["phone_digits_sha256"] = digits or after["phone_digits_sha256"]
    return after


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _same(before: Any, after: Any) -> bool:
    if before == after:
        return True
    try:
        return datetime.fromisoformat(before) == datetime.fromisoformat(after)
    except (TypeError, ValueError):
        return False


def write(merchant: Merchant, planned: Sequence[Planned]) -> dict[str, Written]:
    """Write what was planned, inside the caller's transaction; what became of each, by number."""
    seen: dict[UUID, datetime] = {}
    new = [_new(merchant, one) for one in planned if one.outcome == "created"]
    old = [_changed(merchant, one) for one in planned if one.outcome == "changed"]
    for rows, columns, statement in ((new, people.COLUMNS, INSERT), (old, UPDATE_COLUMNS, UPDATE)):
        if rows:
            with staged(Customer, rows, columns) as cursor:
                cursor.execute(statement)
                seen |= dict(cursor.fetchall())
    return {
        one.number: Written(seen.get(one.subject_id), None, _why(one, seen))
        for one in planned
        if one.outcome in WHY
    }


def _why(one: Planned, seen: dict[UUID, datetime]) -> str:
    return "" if one.subject_id in seen else WHY[one.outcome]


def _new(merchant: Merchant, one: Planned) -> list[Any]:
    row = people.new_row(merchant, one.payload["person"], since=timezone.now().isoformat())
    row[0] = str(one.subject_id)
    return row


def _changed(merchant: Merchant, one: Planned) -> list[Any]:
    values = one.payload["row"]
    cells = [_copied(values[name]) for name in ROW]
    return [str(one.subject_id), merchant.pk, *cells, one.seen_at.isoformat()]


def _copied(value: Any) -> Any:
    if isinstance(value, list):
        return array(value)
    return str(value).lower() if isinstance(value, bool) else value


def put_back(merchant: Merchant, rows: Sequence[tuple[UUID, datetime, Values]]) -> set[UUID]:
    """Give customers what they had, where nobody changed them since; gives those it did."""
    planned = [
        Planned("", outcome="changed", payload={"row": before}, subject_id=pk, seen_at=seen_at)
        for pk, seen_at, before in rows
    ]
    if not planned:
        return set()
    with staged(Customer, [_changed(merchant, one) for one in planned], UPDATE_COLUMNS) as cursor:
        cursor.execute(UPDATE)
        return {row[0] for row in cursor.fetchall()}
