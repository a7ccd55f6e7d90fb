"""What is stated of orders against what the shop has, and the write of it, set by set.

An order keeps the lines that a file or a call leaves out; a line is told by its number. Where the
order's total is not stated it is the sum of its lines, and so are its refunds. Who is named and
not known is made; who is not named at all leaves the order without a customer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from catalog.orders.erasures import erased_among
from catalog.orders.imports.values import overall_status
from catalog.orders.models import Order, OrderLine
from catalog.orders.taking import people
from catalog.orders.taking.people import Known, People, emails_of, number_of
from catalog.products.imports.problems import Problem, problem
from catalog.products.imports.stage import STAGE, staged
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant

MAX_LINES = 5000  # of an order, held in memory together
MAX_CENTS = 10**15
PERSON = ("customer", "email", "phone", "name", "language", "country")
ROW = ("status", "currency", "total_cents", "refunded_cents", "ordered_at", "delivered_at")
LINE = ("sku", "quantity", "unit_price_cents", "discount_cents", "refunded_cents")
# Lines of an order agree in these; in the others the first line counts.
MUST_AGREE = (
    *("customer", "email", "currency", "status", "payment_status", "shipping_status", "total"),
    "refunded",
)
Values = dict[str, Any]

ORDER_COLUMNS = ("id", "merchant_id", "customer_id", "number", *ROW)
INSERT_ORDERS = f"""
INSERT INTO catalog_order ({", ".join(ORDER_COLUMNS)})
SELECT {", ".join(ORDER_COLUMNS)} FROM {STAGE}
ON CONFLICT (merchant_id, number) DO NOTHING RETURNING id, changed_at
"""
UPDATE_COLUMNS = ("id", "merchant_id", "customer_id", *ROW, "changed_at")
UPDATE_ORDERS = f"""
UPDATE catalog_order o SET customer_id = s.customer_id,
    {", ".join(f"{name} = s.{name}" for name in ROW)}
FROM {STAGE} s
WHERE o.merchant_id = s.merchant_id AND o.id = s.id AND o.changed_at = s.changed_at
RETURNING o.id, o.changed_at
"""
LINE_COLUMNS = ("merchant_id", "order_id", "line_number", *LINE)
WRITE_LINES = f"""
INSERT INTO catalog_orderline ({", ".join(LINE_COLUMNS)}, product_id, variant_id)
SELECT {", ".join(f"s.{name}" for name in LINE_COLUMNS)}, v.product_id, v.id
FROM {STAGE} s
LEFT JOIN catalog_variant v
    ON v.merchant_id = s.merchant_id AND v.sku = s.sku AND v.deleted_at IS NULL AND s.sku <> ''
ON CONFLICT (order_id, line_number) DO UPDATE SET
    {", ".join(f"{name} = EXCLUDED.{name}" for name in (*LINE, "product_id", "variant_id"))}
"""


# What it means that a row could not be written as planned.
WHY = {"created": "made_since", "changed": "changed_since"}


@dataclass
class Planned:
    """One order: what will be of it, and all that the write needs. JSON in `payload`."""

    number: str
    line: int = 0
    outcome: str = "failed"
    payload: Values = field(default_factory=dict)
    diff: list[Values] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    subject_id: UUID | None = None
    seen_at: datetime | None = None
    before: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """What became of one order; `why` is the code of what stopped it."""

    seen_at: datetime | None = None
    made_customer: UUID | None = None
    why: str = ""


# --- What is stated --------------------------------------------------------------------------


def fold(number: str, pieces: Sequence[Values]) -> tuple[Values, Planned]:
    """The pieces of an order as one: its head with its lines."""
    found = Planned(number, min(piece["line"] for piece in pieces))
    head: Values = {}
    told: dict[str, int] = {}
    lines: list[Values] = []
    for piece in pieces:
        found.problems += piece.get("problems", [])
        found.remarks += piece.get("remarks", [])
        lines += piece.get("lines", [])
        parts = [{"line": piece["line"], "head": piece.get("head", {})}]
        for part in parts + piece.get("others", []):
            _agree(found, head, told, part)
    if head.keys() & {"payment_status", "shipping_status", "cancelled_at"}:
        head.setdefault("status", overall_status(head))
    head["lines"] = _numbered(found, lines)
    return head, found


def _agree(found: Planned, head: Values, told: dict[str, int], part: Values) -> None:
    for name, value in part["head"].items():
        if name not in head:
            head[name], told[name] = value, part["line"]
        elif head[name] != value and name in MUST_AGREE:
            facts = {"key": found.number, "field": name, "first": head[name], "second": value}
            amounts = ["first", "second"] if name in ("total", "refunded") else None
            facts |= {"other_line": part["line"], "amounts": amounts}
            found.problems.append(
                problem("two_values", line=told[name], currency=head.get("currency"), **facts)
            )
        elif name == "ordered_at":
            head[name] = min(head[name], value)


def _numbered(found: Planned, lines: list[Values]) -> list[Values]:
    """Lines with their numbers; those without one are counted."""
    if len(lines) > MAX_LINES:
        found.problems.append(problem("too_many_lines_of_order", line=found.line, limit=MAX_LINES))
        return []
    numbered: dict[str, Values] = {}
    for n, line in enumerate(lines, start=1):
        if not line.keys() - {"at", "line"}:
            continue  # it speaks of the order alone
        part = line.get("line") or str(n)
        row = _line(found, part, line)
        other = numbered.setdefault(part, row)
        if other is not row and _but_place(other) != _but_place(row):
            found.problems.append(
                problem(
                    "line_again",
                    line=line["at"],
                    part=part,
                    key=found.number,
                    other_line=other["at"],
                )
            )
    return list(numbered.values())


def _but_place(row: Values) -> Values:
    return {name: value for name, value in row.items() if name != "at"}


def _line(found: Planned, part: str, line: Values) -> Values:
    """A line with its price; out of its total, the discount is what it falls short."""
    quantity = line.get("quantity", 1)
    price, total = line.get("unit_price"), line.get("line_total")
    row: Values = {"line_number": part, "at": line["at"], "quantity": quantity}
    row |= {"sku": line["sku"]} if "sku" in line else {}
    if price is None and total is not None and quantity:
        price = -(-total // quantity)
    if total is not None and price is not None and "discount" not in line:
        line = {**line, "discount": max(0, quantity * price - total)}
    if price is not None:
        row["unit_price_cents"] = price
        if line.get("discount", 0) > quantity * price:
            found.problems.append(problem("discount_too_large", line=line["at"], part=part))
    for name, column in (("discount", "discount_cents"), ("line_refunded", "refunded_cents")):
        if name in line:
            row[column] = line[name]
    return row


# --- Against the shop ------------------------------------------------------------------------


def plan(merchant: Merchant, stated: Iterable[tuple[Values, Planned]]) -> list[Planned]:
    """What would become of each; a constant number of statements, whatever their number."""
    stated = list(stated)
    shop = _Shop(merchant, [(head, found) for head, found in stated if not found.problems])
    for head, found in stated:
        if not found.problems:
            _plan_one(merchant, shop, head, found)
        found.outcome = "failed" if found.problems else found.outcome
    return [found for _, found in stated]


class _Shop:
    """What the shop has of the orders of a batch."""

    def __init__(self, merchant: Merchant, stated: list[tuple[Values, Planned]]) -> None:
        numbers = [found.number for _, found in stated]
        names = ("pk", "number", "customer_id", "customer__external_id", "changed_at", *ROW)
        rows = merchant.orders.filter(number__in=numbers).values(*names)
        self.orders = {row["number"]: row for row in rows}
        ids = [row["pk"] for row in self.orders.values()]
        lines = merchant.order_lines.filter(order_id__in=ids).values(
            "order_id", "line_number", *LINE
        )
        self.lines: dict[UUID, dict[str, Values]] = {pk: {} for pk in ids}
        for line in lines if ids else ():
            self.lines[line.pop("order_id")][line.pop("line_number")] = line
        self.people = People(merchant, [head for head, _ in stated])
        new = [head for head, _ in stated if not self.people.find(head)]
        named = {number_of(head) for head in new} - {""}
        self.erased = erased_among(merchant, named, emails=emails_of(new))


def _plan_one(merchant: Merchant, shop: _Shop, head: Values, found: Planned) -> None:
    own = shop.orders.get(found.number)
    before = shop.lines[own["pk"]] if own else {}
    after, touched = _lines_after(found, before, head["lines"])
    person = shop.people.find(head)
    if why := people.erased_problem(found.line, number_of(head), shop.erased):
        found.problems.append(why)
    row = _row(merchant, head, own, before, after)
    _check(found, row)
    if not (own or after or "total" in head or found.problems):
        found.problems.append(problem("empty_order", line=found.line, key=found.number))
    if found.problems:
        return
    named = number_of(head)
    if not named and not (own and own["customer_id"]):
        found.remarks.append(problem("names_nobody"))
    found.payload = {
        "row": row,
        "lines": touched,
        "customer": str(person.id) if person else "",
        "named": person.number if person else named,
        "person": {n: head[n] for n in PERSON if n in head} if named and not person else {},
    }
    if not own:
        found.outcome, found.subject_id = "created", uuid7()
        return
    found.subject_id, found.seen_at = own["pk"], own["changed_at"]
    if not named:
        found.payload["customer"] = str(own["customer_id"] or "")
    found.diff = [*_diff(own, row, head, person), *_line_diff(before, touched)]
    found.outcome = "changed" if found.diff else "unchanged"
    if found.diff:
        found.before = _before(own, before, touched)


def _lines_after(
    found: Planned, before: dict[str, Values], stated: list[Values]
) -> tuple[dict[str, Values], list[Values]]:
    """All lines the order will have, and those of them that are new or different."""
    after, touched = dict(before), []
    zero = {"sku": "", "quantity": 1, "discount_cents": 0, "refunded_cents": 0}
    for line in stated:
        part = line["line_number"]
        own = before.get(part)
        row = {name: line.get(name, (own or zero).get(name)) for name in LINE}
        if row["unit_price_cents"] is None:
            found.problems.append(
                problem("line_without_price", line=line["at"], part=part, key=found.number)
            )
            continue
        after[part] = row
        if row != own:
            touched.append({"line_number": part, **row})
    return after, touched


def _row(
    merchant: Merchant,
    head: Values,
    own: Values | None,
    before: dict[str, Values],
    after: dict[str, Values],
) -> Values:
    """The order's own columns as they will be. What is not stated moves as its lines do, so that
    a total with shipping in it stays one."""
    status = head.get("status") or (own["status"] if own else "paid")
    total = head.get("total")
    if total is None:
        total = (own["total_cents"] if own else 0) + _worth(after) - _worth(before)
    refunded = head.get("refunded")
    if refunded is None:
        refunded = (own["refunded_cents"] if own else 0) + _returned(after) - _returned(before)
    if status == "refunded" and not refunded:
        refunded = total  # nobody says how much, so all of it
    return {
        "status": status,
        "currency": head.get("currency") or (own["currency"] if own else merchant.currency),
        "total_cents": max(0, total),
        "refunded_cents": max(0, refunded),
        "ordered_at": head.get("ordered_at") or _iso(own and own["ordered_at"]),
        "delivered_at": head.get("delivered_at") or _iso(own and own["delivered_at"]),
    }


def _worth(lines: dict[str, Values]) -> int:
    return sum(
        line["quantity"] * line["unit_price_cents"] - line["discount_cents"]
        for line in lines.values()
    )


def _returned(lines: dict[str, Values]) -> int:
    return sum(line["refunded_cents"] for line in lines.values())


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _check(found: Planned, row: Values) -> None:
    fault = found.problems.append
    if not row["ordered_at"]:
        fault(problem("no_time", line=found.line, key=found.number))
    if row["total_cents"] > MAX_CENTS:
        fault(problem("total_too_big", line=found.line, key=found.number))
    if row["refunded_cents"] > row["total_cents"]:
        facts = {"refunded": row["refunded_cents"], "total": row["total_cents"]}
        money = {"currency": row["currency"], "amounts": ["refunded", "total"]}
        fault(problem("refund_too_large", line=found.line, **facts, **money))


def _diff(own: Values, row: Values, head: Values, person: Known | None) -> list[Values]:
    found = []
    for name in ROW:
        before = _iso(own[name]) if name.endswith("_at") else own[name]
        if _moment(before) != _moment(row[name]) if name.endswith("_at") else before != row[name]:
            found.append({"field": name, "before": before, "after": row[name]})
    named = number_of(head)
    if named and (person is None or person.id != own["customer_id"]):
        number = person.number if person else named
        before = own["customer__external_id"] or ""
        found.append({"field": "customer", "before": before, "after": number})
    return found


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _line_diff(before: dict[str, Values], touched: list[Values]) -> list[Values]:
    found = []
    for line in touched:
        own = before.get(line["line_number"])
        if own is None:
            found.append({"field": "lines", "part": line["line_number"], "before": None,
                          "after": f"{line['quantity']} × {line['sku']}"})  # fmt: skip
            continue
        for name in LINE:
            if own[name] != line[name]:
                change = {"field": name, "part": line["line_number"]}
                found.append({**change, "before": own[name], "after": line[name]})
    return found


def _before(own: Values, lines: dict[str, Values], touched: list[Values]) -> Values:
    """What the write will replace: enough to put it back."""
    row = {name: _iso(own[name]) if name.endswith("_at") else own[name] for name in ROW}
    numbers = [line["line_number"] for line in touched]
    return {
        "row": row,
        "customer": str(own["customer_id"] or ""),
        "lines": [{"line_number": n, **lines[n]} for n in numbers if n in lines],
        "added": [number for number in numbers if number not in lines],
    }


# --- The write -------------------------------------------------------------------------------


def write(merchant: Merchant, planned: Sequence[Planned]) -> dict[str, Written]:
    """Write what was planned, inside the caller's transaction; what became of each, by number."""
    planned = [one for one in planned if one.outcome in ("created", "changed")]
    made = _make_people(merchant, planned)
    customers = _customers(merchant, planned, made)
    seen = _write_orders(merchant, planned, customers)
    _write_lines(merchant, [one for one in planned if one.subject_id in seen])
    left = dict(made)
    return {
        one.number: Written(
            seen.get(one.subject_id),
            left.pop(number_of(one.payload["person"]), None) if one.subject_id in seen else None,
            "" if one.subject_id in seen else WHY[one.outcome],
        )
        for one in planned
    }


def _make_people(merchant: Merchant, planned: Sequence[Planned]) -> dict[str, UUID]:
    rows: dict[str, list[Any]] = {}
    for one in planned:
        if person := one.payload["person"]:
            since = one.payload["row"]["ordered_at"]
            rows.setdefault(number_of(person), people.new_row(merchant, person, since=since))
    return people.make(list(rows.values()))


def _customers(
    merchant: Merchant, planned: Sequence[Planned], made: dict[str, UUID]
) -> dict[str, UUID | None]:
    """The customer of each order, by the order's number."""
    numbers = {number_of(one.payload["person"]) for one in planned if one.payload["person"]}
    found = dict(made)
    if missing := numbers - made.keys():  # made by somebody else meanwhile
        rows = merchant.customers.filter(external_id__in=missing)
        found |= dict(rows.values_list("external_id", "pk"))
    return {
        one.number: found[number_of(one.payload["person"])]
        if one.payload["person"]
        else one.payload["customer"] or None
        for one in planned
    }


def _write_orders(
    merchant: Merchant, planned: Sequence[Planned], customers: dict[str, UUID | None]
) -> dict[UUID, datetime]:
    """Those that went, with when they were changed; others were written by somebody else."""
    seen: dict[UUID, datetime] = {}
    new = [
        [one.subject_id, merchant.pk, customers[one.number], one.number, *_cells(one)]
        for one in planned
        if one.outcome == "created"
    ]
    old = [
        [one.subject_id, merchant.pk, customers[one.number], *_cells(one), one.seen_at.isoformat()]
        for one in planned
        if one.outcome == "changed"
    ]
    sets = ((new, ORDER_COLUMNS, INSERT_ORDERS), (old, UPDATE_COLUMNS, UPDATE_ORDERS))
    for rows, columns, statement in sets:
        if rows:
            with staged(Order, rows, columns) as cursor:
                cursor.execute(statement)
                seen |= dict(cursor.fetchall())
    return seen


def _cells(one: Planned) -> list[Any]:
    return [one.payload["row"][name] for name in ROW]


def _write_lines(merchant: Merchant, planned: Sequence[Planned]) -> None:
    write_lines(
        [
            [merchant.pk, one.subject_id, line["line_number"], *(line[name] for name in LINE)]
            for one in planned
            for line in one.payload["lines"]
        ]
    )


def write_lines(rows: list[list[Any]]) -> None:
    """Lines that are new or different, linked to the variants that have their SKUs."""
    if rows:
        with staged(OrderLine, rows, LINE_COLUMNS) as cursor:
            cursor.execute(WRITE_LINES)


def unknown_skus(merchant: Merchant, planned: Iterable[Planned]) -> set[str]:
    """SKUs of lines that no variant has yet; they are linked when one appears."""
    skus = {line["sku"] for one in planned for line in one.payload.get("lines", ())} - {""}
    if not skus:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sku FROM catalog_variant "
            "WHERE merchant_id = %s AND deleted_at IS NULL AND sku = ANY (%s)",
            [merchant.pk, list(skus)],
        )
        return skus - {row[0] for row in cursor.fetchall()}
