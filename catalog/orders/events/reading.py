"""An event as somebody sent it, checked by hand: thousands come in a second, so each step counts.

The words are English, for whoever wrote the program that sends; pages tell the codes in words.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from babel.numbers import get_currency_precision

from catalog.orders.contacts import email_hash, is_email, reference
from catalog.orders.currency_forms import CURRENCIES
from catalog.orders.events.names import EVENTS

MAX_ITEMS = 100  # products of one event
MAX_NUMBER = 1_000_000  # of pieces, and of places in a list
AHEAD = timedelta(minutes=10)  # clocks of browsers go wrong by so much
RECENT = timedelta(days=30)  # what a key that anybody may read can tell of
OLDEST = timedelta(days=3652)  # what an import can tell of
UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
HALF = re.compile("[\ud800-\udfff]")
BAD_TEXT = "Holds a NUL or half of a surrogate pair, or is nested too deep."
AMOUNT = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,12}))?")
# Field -> the most characters of it.
PERSON = (("user_id", 120), ("anonymous_id", 120), ("session_id", 64))
CONTEXT = (("order_id", 60), ("rec_id", 64), ("query_id", 64), ("placement", 60))
FIELDS = frozenset(
    ("id", "event", "ts", "items", "currency", "position")
    + tuple(name for name, _ in PERSON + CONTEXT)
)
KEPT_OF_ITEM = ("sku", "product_id", "quantity", "price", "position")
# Those of the shared vocabulary that the catalogue itself knows better.
READ_OVER = ("category", "name", "brand", "variant", "coupon", "url", "image_url")
ITEM_FIELDS = frozenset(KEPT_OF_ITEM + READ_OVER)


class Rejected(NamedTuple):
    index: int
    code: str
    field: str
    detail: str


class Refused(Exception):
    """Why an event cannot be taken."""

    def __init__(self, code: str, name: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.field, self.detail = code, name, detail


class Item(NamedTuple):
    sku: str
    quantity: int
    price_cents: int | None
    position: int | None


NO_ITEMS = (Item("", 1, None, None),)


class Event(NamedTuple):
    index: int
    id: str
    name: str
    user_id: str
    anonymous_id: str
    session_id: str
    at: datetime
    currency: str
    order_id: str
    rec_id: str
    query_id: str
    placement: str
    items: tuple[Item, ...]


@dataclass
class Reader:
    """Reads the events of one call. `currency` is the shop's own."""

    currency: str
    may_be_old: bool
    is_clean: bool = False  # whether somebody looked for signs that no text may hold
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    # User ids that are e-mail addresses become what such customers are kept under, and the hash.
    emails: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.newest = self.now + AHEAD
        self.oldest = self.now - (OLDEST if self.may_be_old else RECENT)

    def read(self, index: int, raw: Any) -> Event:
        """The event; raises Refused."""
        if type(raw) is not dict:
            raise Refused("wrong_type", "", "An event is an object.")
        if not self.is_clean and not is_storable(raw):
            raise Refused("bad_text", "", BAD_TEXT)
        if not raw.keys() <= FIELDS:
            raise _unknown(raw, FIELDS, "")
        user_id, anonymous_id, session_id = [_text(raw, name, most) for name, most in PERSON]
        if not (user_id or anonymous_id or session_id):
            raise Refused("nobody", "user_id", "Name user_id, anonymous_id or session_id.")
        if "@" in user_id and is_email(user_id):
            user_id = self._hidden(user_id)
        order_id, rec_id, query_id, placement = [_text(raw, name, most) for name, most in CONTEXT]
        currency = _currency(raw.get("currency"))
        return Event(
            index,
            _id(raw.get("id")),
            _name(raw.get("event")),
            user_id,
            anonymous_id,
            session_id,
            self._moment(raw.get("ts")),
            currency,
            order_id,
            rec_id,
            query_id,
            placement,
            _items(raw, currency or self.currency),
        )

    def _hidden(self, address: str) -> str:
        sha256 = email_hash(address)
        number = reference(sha256)
        self.emails[number] = sha256
        return number

    def _moment(self, text: Any) -> datetime:
        if type(text) is not str:
            raise _absent_or_wrong(text, "ts", "text")
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise Refused("bad_time", "ts", NO_TIME) from None
        if at.tzinfo is None:
            raise Refused("bad_time", "ts", NO_TIME)
        if at.tzinfo is not UTC:
            at = _in_utc(at)
        if self.oldest <= at <= self.newest:
            return at
        if at > self.newest:
            raise Refused("future", "ts", "More than 10 minutes in the future.")
        if self.may_be_old:
            raise Refused("too_old", "ts", "More than ten years ago.")
        raise Refused("too_old", "ts", "More than 30 days ago: that needs a secret key (sk_…).")


def is_storable(value: Any) -> bool:
    """PostgreSQL keeps no NUL in text, and half of a surrogate pair is no character."""
    try:
        return _is_storable(value)
    except RecursionError:  # a list in a list in a list, some hundred times
        return False


def _is_storable(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not HALF.search(value)
    if isinstance(value, dict):
        return all(_is_storable(inner) for pair in value.items() for inner in pair)
    return not isinstance(value, list) or all(map(_is_storable, value))


NO_TIME = "Not a time with its zone, such as 2026-01-31T08:30:00Z."


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:  # of the years 1 and 9999
        raise Refused("bad_time", "ts", NO_TIME) from None


def _unknown(raw: Mapping[Any, Any], known: frozenset[str], path: str) -> Refused:
    name = min(map(str, raw.keys() - known))[:60]
    return Refused(
        "unknown_field", path + name, f"Unknown field. Known: {', '.join(sorted(known))}."
    )


def _absent_or_wrong(value: Any, name: str, kind: str) -> Refused:
    if value is None:
        return Refused("missing", name, "Required.")
    return Refused("wrong_type", name, f"Must be {kind}.")


def _text(raw: Mapping[str, Any], name: str, most: int, path: str = "") -> str:
    value = raw.get(name)
    if value is None:
        return ""
    if type(value) is not str:
        raise Refused("wrong_type", path + name, "Must be text.")
    value = value.strip()
    if len(value) > most:
        raise Refused("too_long", path + name, f"At most {most} characters.")
    return value


def _id(value: Any) -> str:
    if type(value) is not str:
        raise _absent_or_wrong(value, "id", "text")
    if not UUID.fullmatch(value):
        raise Refused("not_uuid", "id", "Must be a UUID, the same one whenever it is sent again.")
    return value.lower()


def _name(value: Any) -> str:
    if type(value) is not str:
        raise _absent_or_wrong(value, "event", "text")
    if value not in EVENTS:
        raise Refused("unknown_event", "event", f"Known: {', '.join(EVENTS)}.")
    return value


def _currency(value: Any) -> str:
    if value is None or value == "":
        return ""
    if type(value) is not str:
        raise Refused("wrong_type", "currency", "Must be text.")
    if value not in CURRENCIES:
        raise Refused("bad_currency", "currency", "Three capital letters, such as EUR.")
    return value


def _items(raw: Mapping[str, Any], currency: str) -> tuple[Item, ...]:
    place = raw.get("position")
    if place is not None:
        _whole(place, "position", 0)
    rows = raw.get("items")
    if rows is None or rows == []:
        return NO_ITEMS if place is None else (Item("", 1, None, place),)
    if type(rows) is not list:
        raise Refused("wrong_type", "items", "Must be a list.")
    if len(rows) > MAX_ITEMS:
        raise Refused("too_many_items", "items", f"At most {MAX_ITEMS} of one event.")
    return tuple([_item(n, row, currency, place) for n, row in enumerate(rows)])


def _item(n: int, row: Any, currency: str, place: int | None) -> Item:
    if type(row) is not dict:
        raise Refused("wrong_type", f"items[{n}]", "An item is an object.")
    if not row.keys() <= ITEM_FIELDS:
        raise _unknown(row, ITEM_FIELDS, f"items[{n}].")
    path = f"items[{n}]."
    sku = _text(row, "sku", 120, path) or _text(row, "product_id", 120, path)
    if not sku:
        raise Refused("missing", f"{path}sku", "Required.")
    quantity = row.get("quantity")
    if quantity is None:
        quantity = 1
    else:
        _whole(quantity, f"{path}quantity", 1, code="bad_quantity")
    price = row.get("price")
    cents = None if price is None else _cents(price, currency, path)
    if (own := row.get("position")) is not None:
        _whole(own, f"{path}position", 0)
        place = own
    return Item(sku, quantity, cents, place)


def _whole(value: Any, name: str, low: int, *, code: str = "wrong_type") -> None:
    if type(value) is not int or not low <= value <= MAX_NUMBER:
        raise Refused(code, name, f"A whole number from {low} to {MAX_NUMBER}.")


def _cents(price: Any, currency: str, path: str) -> int:
    if type(price) is not str:
        raise Refused("wrong_type", f"{path}price", 'Must be text, such as "9.90".')
    try:
        return to_cents(price, currency)
    except ValueError as error:
        raise Refused("bad_money", f"{path}price", str(error)) from None


@lru_cache(maxsize=65536)
def to_cents(text: str, currency: str) -> int:
    """Minor units of an amount. Raises ValueError with what is wrong."""
    found = AMOUNT.fullmatch(text)
    if found is None:
        raise ValueError('Digits with at most one point, such as "1299.50".')
    digits, fraction = get_currency_precision(currency), (found[2] or "").rstrip("0")
    if len(fraction) > digits:
        raise ValueError(f"{currency} has {digits} digits after the point.")
    return int(found[1]) * 10**digits + int(fraction.ljust(digits, "0") or 0)
