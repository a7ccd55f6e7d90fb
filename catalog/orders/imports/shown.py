"""Rows of a run as a page shows them: values in words, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from catalog.orders.imports.fields import SHOWN
from catalog.orders.imports.models import IntakeRow, Subject
from catalog.orders.imports.problems import words
from catalog.orders.models import Order
from catalog.products.imports.report import CUT, MAX_ENTRIES, Entry
from ecomportal.web.formats import exact, money, number

NAMES = {
    "unit_price_cents": SHOWN["unit_price"],
    "discount_cents": SHOWN["discount"],
    "email_sha256": SHOWN["email"],
    "phone_sha256": SHOWN["phone"],
    "phone_digits_sha256": SHOWN["phone"],
}
HASHED = ("email_sha256", "phone_sha256", "phone_digits_sha256")


@dataclass
class ShownRow:
    row: IntakeRow
    label: str
    who: str = ""
    is_new: bool = False  # who is named will be made
    entries: list[Entry] = field(default_factory=list)
    n_more: int = 0
    remarks: list[str] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def shown(row: IntakeRow, subject: str, currency: str) -> ShownRow:
    found = ShownRow(row, row.key)
    payload = row.payload if isinstance(row.payload, dict) else {}
    currency = payload.get("row", {}).get("currency", currency)
    if row.outcome in ("failed", "conflict") or row.undo == IntakeRow.Undo.STAYS:
        found.problems = [(p.get("line") or row.line, words(p)) for p in row.problems]
    else:
        found.remarks = list(dict.fromkeys(words(p) for p in row.problems))
    if row.outcome == "created":
        entries = _of_new(payload, subject, currency)
    else:
        entries = [_entry(change, currency) for change in row.diff]
    person = payload.get("person", {})
    if subject == Subject.ORDERS:
        found.who, found.is_new = payload.get("named", ""), bool(person)
    else:
        found.who = person.get("name", "")
    found.entries, found.n_more = entries[:MAX_ENTRIES], max(0, len(entries) - MAX_ENTRIES)
    return found


def _of_new(payload: Mapping[str, Any], subject: str, currency: str) -> list[Entry]:
    if subject == Subject.CUSTOMERS:
        person = payload.get("person", {})
        names = ("email", "phone", "country", "language", "accepts_marketing", "tags")
        known = [(name, person[name]) for name in names if person.get(name)]
        return [Entry(str(SHOWN[n]), "", _value(n, value, currency)) for n, value in known]
    if subject == Subject.ORDERS:
        row = payload.get("row", {})
        names = ("ordered_at", "total_cents", "refunded_cents", "status")
        return [Entry(_name(n), "", _value(n, row[n], currency)) for n in names if row.get(n)]
    event = payload.get("event", {})
    skus = ", ".join(item.get("sku", "") for item in event.get("items", ()))
    told = [("event", event.get("event")), ("at", event.get("ts")), ("sku", skus)]
    return [Entry(_name(n), "", _value(n, value, currency)) for n, value in told if value]


def _name(name: str) -> str:
    return str(NAMES.get(name) or SHOWN.get(name, name))


def _entry(change: Mapping[str, Any], currency: str) -> Entry:
    name = change["field"]
    before, after = (_value(name, change[side], currency) for side in ("before", "after"))
    part = _("line %(part)s") % {"part": change["part"]} if change.get("part") else ""
    return Entry(_name(name), before, after, part)


def _value(name: str, value: Any, currency: str) -> str:
    if value in (None, "", []):
        return ""
    if name.endswith("_cents"):
        return money(value, currency)
    if name in HASHED or name in ("email", "phone"):
        return _hash(value)
    if name.endswith("_at") or name == "at":
        return exact(datetime.fromisoformat(value))
    return _plain(name, value)


def _hash(value: Any) -> str:
    text = value[0] if isinstance(value, list) else value
    return f"{text[:8]}…"


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))[:CUT]
    if name == "status":
        return str(Order.Status(value).label)
    return number(value) if isinstance(value, int) else str(value)[:CUT]
