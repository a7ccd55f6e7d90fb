"""Calls as Segment's libraries make them, in our own words. RudderStack's are the same."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from catalog.orders.events.identify import PUBLIC_TRAITS, TRAITS

# Kinds of calls that say nothing of products or people.
NOT_KEPT = frozenset({"page", "screen", "group", "alias"})
FROM_PROPERTIES = ("currency", "order_id", "rec_id", "query_id", "placement", "position")
# What Segment calls traits that we call otherwise.
TRAIT = {"locale": "language"}


def as_event(raw: Any, now: datetime) -> Any:
    """A track call as an event; what is not right about it stays, and is refused as such."""
    if not isinstance(raw, dict):
        return raw
    properties = raw.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    found = {
        "id": _id(raw.get("messageId")),
        "event": raw.get("event"),
        "user_id": _text(raw.get("userId")),
        "anonymous_id": _text(raw.get("anonymousId")),
        "ts": raw.get("timestamp") or raw.get("originalTimestamp") or now.isoformat(),
        "items": _products(properties),
    }
    for name in FROM_PROPERTIES:
        if properties.get(name) is not None:
            value = properties[name]
            found[name] = value if name in ("position", "currency") else _text(value)
    return found


def as_identify(raw: dict[str, Any], *, is_public: bool) -> dict[str, Any]:
    """An identify call: traits are anybody's own words there, so those we do not keep are left."""
    traits = raw.get("traits")
    allowed = PUBLIC_TRAITS if is_public else TRAITS
    named = {TRAIT.get(k, k): v for k, v in traits.items()} if isinstance(traits, dict) else {}
    return {
        "user_id": _text(raw.get("userId")),
        "anonymous_id": _text(raw.get("anonymousId")) or None,
        "traits": {k: v for k, v in named.items() if k in allowed and v not in (None, "")},
    }


def _id(value: Any) -> Any:
    """Ours are UUIDs; theirs are any text, of which always the same one is made."""
    if not isinstance(value, str) or not value:
        return None
    try:
        return str(UUID(value))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, f"segment:{value}"))


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _products(properties: dict[str, Any]) -> Any:
    rows = properties.get("products")
    if rows is None:
        rows = [properties] if properties.get("sku") or properties.get("product_id") else []
    if not isinstance(rows, list):
        return rows
    return [_product(row) for row in rows]


def _product(row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    quantity, price = row.get("quantity"), row.get("price")
    if isinstance(quantity, float) and quantity.is_integer():
        quantity = int(quantity)
    found = {
        "sku": _text(row.get("sku")) or _text(row.get("product_id")),
        "quantity": quantity,
        "price": _price(price),
        "position": row.get("position"),
    }
    return {name: value for name, value in found.items() if value is not None}


def _price(value: Any) -> Any:
    """Theirs are numbers; the digits that were written count, not the float's own."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return format(Decimal(str(value)), "f")
    except InvalidOperation:
        return value
