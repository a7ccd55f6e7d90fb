"""What a file states of interactions against what the shop has, and the write of it.

An event is told by its number. The same event again is no change, and no event is ever changed:
what happened, happened.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from catalog.orders.erasures import erased_among
from catalog.orders.events.names import EVENTS
from catalog.orders.events.writing import take_events
from catalog.orders.taking import people
from catalog.orders.taking.orders import Planned, Values, Written
from catalog.orders.taking.people import People, number_of
from catalog.products.imports.problems import problem
from catalog.products.money import amount
from ecomportal.tenancy.models import Merchant

WHO = ("customer", "email", "phone", "anonymous_id", "session_id")
# What refuses an event at the write, by the code of the writer.
WHY = {"erased": "erased_since"}


def fold(number: str, pieces: Sequence[Values]) -> tuple[Values, Planned]:
    """The lines of one event, each an item of it."""
    found = Planned(number, min(piece["line"] for piece in pieces))
    head: Values = {}
    lines: list[Values] = []
    for piece in pieces:
        found.problems += piece.get("problems", [])
        found.remarks += piece.get("remarks", [])
        lines += piece.get("lines", [])
        head = {**piece.get("head", {}), **head}
    _check(found, head)
    items = [line for line in lines if line.keys() - {"at"}]
    return {**head, "items": [_but(line, "at") for line in items]}, found


def _but(values: Values, name: str) -> Values:
    return {key: value for key, value in values.items() if key != name}


def _check(found: Planned, head: Values) -> None:
    if found.problems:
        return
    if head.get("event") not in EVENTS:
        facts = {"column": "event", "value": head.get("event", "")}
        found.problems.append(problem("not_event", line=found.line, **facts))
    if not head.get("at"):
        found.problems.append(problem("no_time", line=found.line, key=found.number))
    if not any(head.get(name) for name in WHO):
        found.problems.append(problem("nobody", line=found.line))


def plan(merchant: Merchant, stated: Iterable[tuple[Values, Planned]]) -> list[Planned]:
    stated = list(stated)
    sound = [(head, found) for head, found in stated if not found.problems]
    known = People(merchant, [head for head, _ in sound])
    new = [head for head, _ in sound if not known.find(head)]
    missing = {number_of(head) for head in new} - {""}
    erased = erased_among(merchant, missing, emails=people.emails_of(new))
    there = _there(merchant, sound)
    for head, found in sound:
        found.subject_id = UUID(found.number)
        if why := people.erased_problem(found.line, number_of(head), erased):
            found.problems.append(why)
        elif found.subject_id in there:
            found.outcome = "unchanged"
        else:
            found.outcome = "created"
            found.payload = _payload(merchant, known, head, found)
    for _, found in stated:
        found.outcome = "failed" if found.problems else found.outcome
    return [found for _, found in stated]


def _there(merchant: Merchant, sound: list[tuple[Values, Planned]]) -> set[UUID]:
    """Events that came before; the range of time spares the database most of its partitions."""
    if not sound:
        return set()
    times = [head["at"] for head, _ in sound]
    rows = merchant.interactions.filter(
        event_id__in=[found.number for _, found in sound], at__gte=min(times), at__lte=max(times)
    )
    return set(rows.values_list("event_id", flat=True))


def _payload(merchant: Merchant, known: People, head: Values, found: Planned) -> Values:
    who, number = known.find(head), number_of(head)
    if number and not who:
        found.remarks.append(problem("makes_customer", customer=number[:60]))
    code = head.get("currency") or merchant.currency
    event = {
        "id": found.number,
        "event": head["event"],
        "ts": head["at"],
        "items": [_item(line, code) for line in head["items"]],
    }
    if number:
        event["user_id"] = who.number if who else number
    event |= {name: head[name] for name in ("anonymous_id", "session_id") if head.get(name)}
    event |= {"currency": code} if any("price" in item for item in event["items"]) else {}
    return {"event": event, "made": number if number and not who else ""}


def _item(line: Values, code: str) -> Values:
    item = {name: line[name] for name in ("sku", "quantity") if name in line}
    if "unit_price" in line:
        item["price"] = amount(line["unit_price"], code)
    return item


def write(merchant: Merchant, planned: Sequence[Planned]) -> dict[str, Written]:
    """Write what was planned, as the first of the caller's transaction."""
    planned = [one for one in planned if one.outcome == "created"]
    verdict = take_events(merchant, [one.payload["event"] for one in planned])
    refused = {one.index: WHY.get(one.code, "not_written") for one in verdict.rejected}
    made = _made(merchant, planned)
    written = {}
    for at, one in enumerate(planned):
        pk, seen_at = (None, None) if at in refused else made.pop(one.payload["made"], (None, None))
        written[one.number] = Written(seen_at, pk, refused.get(at, ""))
    return written


def _made(merchant: Merchant, planned: Sequence[Planned]) -> dict[str, tuple[Any, Any]]:
    numbers = {one.payload["made"] for one in planned} - {""}
    rows = merchant.customers.filter(external_id__in=numbers) if numbers else []
    return {row.external_id: (row.pk, row.changed_at) for row in rows}
