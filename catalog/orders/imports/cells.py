"""Cells of one line into the values they state, or into problems with the line and the column."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from catalog.orders.contacts import EMAIL, email_hash, is_email, phone_hash, reference
from catalog.orders.imports import values
from catalog.orders.imports.models import Subject
from catalog.products.imports.problems import Problem, problem
from catalog.products.imports.products import cleaned
from catalog.products.imports.read import Line
from catalog.products.imports.values import BadValue, split_tags, yes_no

LIMITS = {
    **{"number": 60, "customer": 120, "name": 120, "first_name": 120, "last_name": 120},
    **{"line": 60, "sku": 120, "session_id": 64, "anonymous_id": 120, "event": 80},
    "event_id": 80,
}
MAX_TAG, MAX_TAGS = 80, 250
NUMBERS = ("customer", "number")
NAMING = ("customer", "name", "first_name", "last_name")
CONTACTS = ("email", "phone")  # a bad one does no harm where something else names the person
OF_LINE = ("line", "sku", "quantity", "unit_price", "line_total", "discount", "line_refunded")
MONEY = ("total", "refunded", "line_total", "discount", "line_refunded")
TIMES = ("ordered_at", "delivered_at", "created_at", "at")
# Under which numbers of events that are no UUID become one.
EVENTS = UUID("6f1d3f0e-52d8-5f6c-9d0f-0f4c1f4e7a11")
Values = dict[str, Any]


@dataclass
class Stated:
    """What one line says; `key` is the number of what it is about, "" where it names none."""

    line: int
    key: str = ""
    values: Values = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)


class Cells:
    """Reads lines of one file, by the mapping of its columns."""

    def __init__(
        self,
        header: Sequence[str],
        mapping: Mapping[str, str],
        *,
        currency: str,
        zone: str,
        days: str = "",
    ) -> None:
        places = [(at, mapping.get(name, "")) for at, name in enumerate(header)]
        self.column = {target: header[at] for at, target in places if target}
        at = partial(values.moment, zone=zone, order=days)
        self.read_as: dict[str, Callable[[str], Any]] = {
            **dict.fromkeys(TIMES, lambda cell: at(cell)),
            **dict.fromkeys(("status", "payment_status", "shipping_status"), values.status),
            **{"email": email_hash, "quantity": values.quantity, "country": values.country},
            **{"language": values.language, "accepts_marketing": yes_no, "tags": _tags},
            "cancelled_at": bool,
        }
        self.plain = [(at, target) for at, target in places if target and not self._waits(target)]
        self.amounts = [(at, t) for at, t in places if t in (*MONEY, "unit_price")]
        self.currency_at = next((at for at, t in places if t == "currency"), None)
        self.phone_at = next((at for at, t in places if t == "phone"), None)
        self.own_currency = currency
        self.last = ("", currency)  # order and its currency: only its first line may name it

    def _waits(self, target: str) -> bool:
        """What can be read only when something else is known."""
        return target in (*MONEY, "unit_price", "currency", "phone")

    def read(self, line: Line) -> Stated:
        if line.problem:
            return Stated(line.number, problems=[line.problem])
        found = Stated(line.number)
        cells = line.cells
        for at, target in self.plain:
            cell = cleaned(cells[at])
            if cell:
                self._take(found, target, cell, self.read_as.get(target))
        if self.amounts:
            code = self._currency(found, cells)
            for at, target in self.amounts:
                if cell := cleaned(cells[at]):
                    convert = values.unit_price if target == "unit_price" else values.money
                    self._take(found, target, cell, partial(convert, code=code))
        if self.phone_at is not None and (cell := cleaned(cells[self.phone_at])):
            self._take(found, "phone", cell, partial(_phone, country=found.values.get("country")))
        self._forgive_contacts(found)
        return found

    def _take(self, found: Stated, target: str, cell: str, convert: Any) -> None:
        if target in NUMBERS and cell[0] == "'":
            cell = cell[1:]  # so that a spreadsheet leaves the digits as they are
        if target in NAMING and is_email(cell):
            # Many shops number their customers by e-mail: that is an e-mail, and kept as one.
            if target == "customer":
                found.values.setdefault("email", email_hash(cell))
            return
        try:
            if convert is None:
                _check_length(cell, LIMITS.get(target, 255))
                found.values[target] = cell
            else:
                found.values[target] = convert(cell)
        except BadValue as bad:
            self.fault(found, target, bad.code, **bad.facts)

    def _currency(self, found: Stated, cells: Sequence[str]) -> str:
        number = found.values.get("number", "")
        code = self.last[1] if number and number == self.last[0] else self.own_currency
        if self.currency_at is not None and (cell := cleaned(cells[self.currency_at])):
            self._take(found, "currency", cell, values.currency)
            code = found.values.get("currency", code)
        self.last = (number, code)
        return code

    def fault(self, found: Stated, target: str, code: str, **facts: Any) -> None:
        column = self.column.get(target, "")
        if _may_be_contact(str(facts.get("value", ""))):  # a column that feeds the wrong field
            facts["value"] = "…"
        found.problems.append(
            problem(code, line=found.line, column=column, **facts) | {"target": target}
        )

    def _forgive_contacts(self, found: Stated) -> None:
        """A number that cannot be dialled is no reason to lose an order or a customer."""
        bad = [p for p in found.problems if p.get("target") in CONTACTS]
        if bad and ({"customer", *CONTACTS} & found.values.keys()):
            found.problems = [p for p in found.problems if p not in bad]
            found.remarks += bad


def _may_be_contact(text: str) -> bool:
    return "@" in text or text.startswith(("+", "00"))


def _check_length(cell: str, limit: int) -> None:
    if len(cell) > limit:
        raise BadValue("too_long", limit=limit)


def _phone(cell: str, country: str | None) -> list[str]:
    return list(phone_hash(cell, country or ""))


def _tags(cell: str) -> list[str]:
    tags = split_tags(cell)
    if any(len(tag) > MAX_TAG for tag in tags):
        raise BadValue("too_long", limit=MAX_TAG)
    return tags[:MAX_TAGS]


def safe_header(header: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    """The columns that an error file has: those that are read."""
    return [name for name in header if mapping.get(name)]


def safe_cells(header: Sequence[str], mapping: Mapping[str, str], cells: list[str]) -> list[str]:
    """The cells of those columns as an error file may hold them: contacts as hashes, or not."""
    by_target = {mapping.get(name, ""): cell for name, cell in zip(header, cells, strict=False)}
    country = cleaned(by_target.get("country", "")).upper()
    return [
        _safe(mapping[name], cell, country)
        for name, cell in zip(header, cells, strict=False)
        if mapping.get(name)
    ]


def _safe(target: str, cell: str, country: str) -> str:
    text = cleaned(cell)
    if target in CONTACTS or is_email(text):
        return _hashed("phone" if target == "phone" else "email", text, country)
    # JSON in the database holds no NUL.
    return EMAIL.sub("…@…", cell.replace("\0", " "))


def _hashed(target: str, cell: str, country: str) -> str:
    try:
        if not cell:
            return ""
        return email_hash(cell) if target == "email" else "/".join(phone_hash(cell, country))
    except BadValue:
        return ""


def key_of(found: Values, subject: str) -> str:
    if subject == Subject.ORDERS:
        return found.get("number", "")
    if subject == Subject.INTERACTIONS:
        return str(event_id(found))
    phone = found.get("phone", [""])
    return found.get("customer", "") or reference(found.get("email", ""), phone[0])


def event_id(found: Values) -> UUID:
    """The number of an event: as stated, else made of its own number or of all that it says, so
    that the same line is the same event in the next file too."""
    stated = found.get("event_id", "")
    try:
        return UUID(stated)
    except ValueError:
        names = ("customer", "email", "anonymous_id", "session_id", "event", "sku", "at")
        said = stated or "\x1f".join(str(found.get(name, "")) for name in names)
        return uuid5(EVENTS, said)
