"""What may be sent of orders and customers, and how it becomes what a file would state."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from catalog.orders.contacts import email_hash, is_email, phone_hash
from catalog.orders.imports import values
from catalog.orders.models import Order
from catalog.orders.taking.orders import MAX_LINES, Values
from catalog.products.imports.values import BadValue
from ecomportal.web.api import StrictSerializer

BATCH_MAX = 1000
MAX_TAGS = 250


class Amount(serializers.CharField):
    """A decimal string such as "79.00", read exactly in the order's currency."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError('Send money as a string, such as "79.00".')
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """ISO 8601 with its zone; in the past, but for ten minutes."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("Send a time as text, such as 2026-03-31T14:05:00Z.")
        try:
            at = datetime.fromisoformat(data)
        except ValueError:
            self.fail("invalid", format="ISO 8601")
        if at.tzinfo is None:
            raise serializers.ValidationError("Add the zone, such as Z or +01:00.")
        return self._checked(at)

    def _checked(self, at: datetime) -> str:
        if at.year < values.FIRST_YEAR:
            raise serializers.ValidationError(f"This lies before {values.FIRST_YEAR}.")
        if at > timezone.now() + values.AHEAD:
            raise serializers.ValidationError("This lies in the future.")
        return at.astimezone(UTC).isoformat()


class Read(serializers.CharField):
    """Text that a function turns into a value, or refuses with the reason."""

    def __init__(self, convert: Callable[[str], Any], reason: str, **options: Any) -> None:
        super().__init__(**options)
        self.convert, self.reason = convert, reason

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            return self.convert(text) if text else ""
        except BadValue:
            raise serializers.ValidationError(self.reason) from None


def _optional(length: int) -> dict[str, Any]:
    return {"max_length": length, "required": False, "allow_blank": True}


class PersonFields(StrictSerializer):
    customer_id = serializers.CharField(**_optional(120))
    email = Read(
        email_hash, "This is no e-mail address. It was not kept.",
        help_text="An address, of which only the SHA-256 is kept, or that hash.", **_optional(254),
    )  # fmt: skip
    phone = serializers.CharField(
        help_text="A number as +4930123456, of which only hashes are kept.", **_optional(160)
    )
    name = serializers.CharField(**_optional(120))
    language = Read(values.language, "A code such as en or zh.", **_optional(10))
    country = Read(values.country, "Two letters, such as DE.", **_optional(2))


class LineIn(StrictSerializer):
    line_id = serializers.CharField(**_optional(60))
    sku = serializers.CharField(**_optional(120))
    quantity = serializers.IntegerField(
        min_value=0,
        max_value=2_000_000_000,
        required=False,
        help_text="A return is told by refunded_amount, not by a quantity below zero.",
    )
    unit_price = Amount(required=False)
    discount = Amount(required=False)
    refunded_amount = Amount(required=False)


class OrderIn(PersonFields):
    order_id = serializers.CharField(max_length=60)
    status = serializers.ChoiceField(choices=Order.Status.values, required=False)
    currency = Read(values.currency, "A code such as EUR.", min_length=3, max_length=3,
                    required=False)  # fmt: skip
    ordered_at = Moment(required=False)
    delivered_at = Moment(required=False, allow_null=True)
    total = Amount(required=False)
    refunded_amount = Amount(required=False)
    lines = LineIn(many=True, required=False, max_length=MAX_LINES)


class CustomerIn(PersonFields):
    created_at = Moment(required=False)
    accepts_marketing = serializers.BooleanField(required=False)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=80), max_length=MAX_TAGS, required=False
    )


def order_piece(sent: Values, at: int, *, own_currency: str) -> Values:
    """The order as one piece of a file; raises ValidationError for what is no amount."""
    code = sent.get("currency") or own_currency
    errors: dict[str, Any] = {}
    head = _head(sent, ("status", "currency", "ordered_at", "delivered_at"), errors)
    head |= dict(_amounts(sent, {"total": "total", "refunded_amount": "refunded"}, code, errors))
    lines = [_line(line, n, code, errors) for n, line in enumerate(sent.get("lines", []))]
    if errors:
        raise serializers.ValidationError(errors)
    return {"line": at, "head": head, "lines": [{"at": at, **line} for line in lines]}


def customer_piece(sent: Values, at: int) -> Values:
    errors: dict[str, Any] = {}
    head = _head(sent, ("created_at", "accepts_marketing", "tags"), errors)
    if errors:
        raise serializers.ValidationError(errors)
    return {"line": at, "head": head}


def _head(sent: Values, names: tuple[str, ...], errors: dict[str, Any]) -> Values:
    """What is said of the person, contacts as hashes, and the fields of these names."""
    head = {name: sent[name] for name in (*names, "email") if sent.get(name) not in (None, "")}
    head |= {name: sent[name] for name in ("name", "language", "country") if name in sent}
    number = sent.get("customer_id", "")
    if is_email(number):
        head.setdefault("email", email_hash(number))
    elif number:
        head["customer"] = number
    if phone := sent.get("phone"):
        try:
            head["phone"] = list(phone_hash(phone, sent.get("country", "")))
        except BadValue:
            errors["phone"] = ["Write the number with its country: +4930123456. It was not kept."]
    return head


def _line(line: Values, n: int, code: str, errors: dict[str, Any]) -> Values:
    names = {"unit_price": "unit_price", "discount": "discount"}
    names["refunded_amount"] = "line_refunded"
    wrong: dict[str, Any] = {}
    found = dict(_amounts(line, names, code, wrong))
    if wrong:
        errors.setdefault("lines", {})[n] = wrong
    found |= {name: line[name] for name in ("sku", "quantity") if name in line}
    return found | ({"line": line["line_id"]} if line.get("line_id") else {})


def _amounts(
    sent: Values, names: dict[str, str], code: str, errors: dict[str, Any]
) -> Iterator[tuple[str, int]]:
    for name, target in names.items():
        if name not in sent:
            continue
        convert = values.unit_price if name == "unit_price" else values.money
        try:
            yield target, convert(sent[name], code)
        except BadValue as bad:
            errors[name] = [AMOUNT.get(bad.code, AMOUNT[""]).format(currency=code)]


AMOUNT = {
    "": 'Not an amount. Send it as "79.00".',
    "negative": "Below zero. What is paid back is told by refunded_amount.",
    "too_precise": "More decimals than {currency} has.",
    "too_big": "Larger than any amount we keep.",
    "other_currency": "In another currency than {currency}.",
}
