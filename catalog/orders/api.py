"""Orders and customers over REST, with secret keys: a thousand at once, each with its verdict."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.orders.api_rows import (
    BATCH_MAX,
    CustomerIn,
    OrderIn,
    customer_piece,
    order_piece,
)
from catalog.orders.imports.problems import words
from catalog.orders.taking import customers, orders
from catalog.orders.taking.orders import Planned, Values
from catalog.orders.taking.people import is_refused, number_of
from ecomportal.tenancy import audit
from ecomportal.web.api import ShopView, StrictSerializer, flat_errors, once, read

Piece = Callable[[Values, int], Values]
# What a file calls its columns, as a call names the field.
FIELD = {"no_time": "ordered_at", "refund_too_large": "refunded_amount", "empty_order": "lines"}


class Verdict(serializers.Serializer):
    index = serializers.IntegerField()
    id = serializers.CharField(help_text="The order_id or customer_id as it was sent.")
    outcome = serializers.ChoiceField(choices=["created", "changed", "unchanged", "failed"])
    errors = serializers.ListField(child=serializers.DictField(), required=False)
    remarks = serializers.ListField(child=serializers.CharField(), required=False)


class Verdicts(serializers.Serializer):
    results = Verdict(many=True)


class OrdersIn(StrictSerializer):
    orders = serializers.ListField(child=serializers.JSONField(), max_length=BATCH_MAX)


class CustomersIn(StrictSerializer):
    customers = serializers.ListField(child=serializers.JSONField(), max_length=BATCH_MAX)


# The bodies as the document shows them; each row is read by itself, so that one that is wrong
# does not harm the others.
class OrdersBody(serializers.Serializer):
    orders = OrderIn(many=True)


class CustomersBody(serializers.Serializer):
    customers = CustomerIn(many=True)


class OrdersBatchView(ShopView):
    scope = "orders"

    @extend_schema(request=OrdersBody, responses=Verdicts)
    @once
    def post(self, request: Request) -> Response:
        """Create or change up to 1,000 orders by order_id; each gets its own verdict.

        Fields that are not sent stay; lines are told by line_id, and those not sent stay too. A
        customer who is named and unknown is made; an order that names nobody has no customer.
        """
        own = request.merchant.currency
        batch = Batch(request, orders, OrderIn, "order_id")
        batch.read(
            read(OrdersIn, request)["orders"],
            lambda sent, at: order_piece(sent, at, own_currency=own),
        )
        return batch.carry_out("orders.sent")


class CustomersBatchView(ShopView):
    scope = "customers"

    @extend_schema(request=CustomersBody, responses=Verdicts)
    @once
    def post(self, request: Request) -> Response:
        """Create or change up to 1,000 customers by customer_id, or by e-mail where there is none;
        each gets its own verdict. Of e-mail and phone only hashes are kept."""
        batch = Batch(request, customers, CustomerIn, "customer_id")
        batch.read(read(CustomersIn, request)["customers"], customer_piece)
        return batch.carry_out("customers.sent")


class Batch:
    """The rows of one call, on the way to their verdicts."""

    def __init__(
        self, request: Request, taken: ModuleType, form: type[StrictSerializer], key: str
    ) -> None:
        self.request, self.taken, self.form, self.key = request, taken, form, key
        self.verdicts: list[Values] = []
        self.pieces: dict[int, tuple[str, Values]] = {}  # index -> number, piece

    def read(self, rows: list[Any], piece: Piece) -> None:
        seen: dict[str, int] = {}
        for at, row in enumerate(rows):
            name = row.get(self.key, "") if isinstance(row, dict) else ""
            # Answers to repeated calls are kept: no address may stand in one.
            is_shown = isinstance(name, str) and "@" not in name
            self.verdicts.append({"index": at, "id": name if is_shown else ""})
            try:
                self._read_one(at, row, piece, seen)
            except serializers.ValidationError as error:
                self._fail(at, flat_errors(error.detail))

    def _read_one(self, at: int, row: Any, piece: Piece, seen: dict[str, int]) -> None:
        form = self.form(data=row)
        form.is_valid(raise_exception=True)
        found = piece(form.validated_data, at)
        number = form.validated_data.get("order_id") or number_of(found["head"])
        if not number:
            raise serializers.ValidationError({self.key: ["Send customer_id, email or phone."]})
        if number in seen:
            text = f"Row {seen[number]} of this call is the same; send each once."
            raise serializers.ValidationError({self.key: [text]})
        seen[number] = at
        self.pieces[at] = (number, found)

    def _fail(self, at: int, errors: list[dict[str, str]]) -> None:
        self.verdicts[at] |= {"outcome": "failed", "errors": errors}

    def carry_out(self, action: str) -> Response:
        try:
            planned, written = self._write()
        except IntegrityError as error:
            if not is_refused(error):
                raise
            planned, written = self._write()  # now the erasure is seen, and told
        with translation.override("en"):
            for at, one in planned.items():
                self._tell(at, one, written.get(one.number))
        n_written = sum(v["outcome"] in ("created", "changed") for v in self.verdicts)
        if n_written:
            audit.record(self.request, action, self.request.auth["name"], rows=n_written)
        return Response({"results": self.verdicts})

    def _write(self) -> tuple[dict[int, Planned], dict[str, Any]]:
        merchant = self.request.merchant
        stated = [self.taken.fold(number, [piece]) for number, piece in self.pieces.values()]
        with transaction.atomic():
            planned = self.taken.plan(merchant, stated)
            written = self.taken.write(merchant, planned)
        return dict(zip(self.pieces, planned, strict=True)), written

    def _tell(self, at: int, one: Planned, written: Any) -> None:
        if one.problems:
            self._fail(at, [self._error(p) for p in one.problems])
            return
        if written is not None and written.why:
            self._fail(at, [{"field": self.key, "detail": "Somebody else wrote it just now."}])
            return
        self.verdicts[at]["outcome"] = one.outcome
        if one.remarks:
            self.verdicts[at]["remarks"] = [words(p) for p in one.remarks]

    def _error(self, found: Values) -> dict[str, str]:
        code = found["code"]
        detail = words(found)
        if code == "same_customer":
            detail = f"Row {found['other_line']} of this call is the same customer."
        return {"field": FIELD.get(code, self.key), "code": code, "detail": detail}
