"""Segments and what is predicted of customers, over REST."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_precision
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import translation
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from aiassist.profiles.models import CustomerProfile, Segment, SegmentMember
from aiassist.segments.language import (
    RuleError,
    RuleTooSlow,
    check_references,
    live_count,
    parse,
    some_matching,
)
from aiassist.segments.limits import RULE_MAX
from catalog.orders.models import Customer
from ecomportal.tenancy.models import Merchant
from ecomportal.web.api import Problem, ShopView, StrictSerializer, paged, read

SAMPLE = 20
PAGES = [OpenApiParameter("limit", int), OpenApiParameter("cursor", str)]


class SegmentOut(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    rule = serializers.CharField(help_text="Of a fixed list: the rule it was copied from.")
    is_static = serializers.BooleanField(help_text="A fixed list, which no refresh changes.")
    schedule = serializers.ChoiceField(choices=Segment.Schedule.values)
    version = serializers.IntegerField()
    n_members = serializers.IntegerField()
    refreshed_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField(help_text="Why the last refresh failed, if it did.")
    created_at = serializers.DateTimeField()


class SegmentPage(serializers.Serializer):
    items = SegmentOut(many=True)
    next = serializers.CharField(allow_null=True)


class MemberOut(serializers.Serializer):
    customer_id = serializers.CharField(source="customer.external_id")
    since = serializers.DateTimeField()


class MemberPage(serializers.Serializer):
    items = MemberOut(many=True)
    next = serializers.CharField(allow_null=True)


class MembershipOut(serializers.Serializer):
    id = serializers.UUIDField(source="segment.id")
    name = serializers.CharField(source="segment.name")
    is_static = serializers.BooleanField(source="segment.is_static")
    since = serializers.DateTimeField()


class Memberships(serializers.Serializer):
    items = MembershipOut(many=True)


class PredictionsOut(serializers.Serializer):
    """The names are Klaviyo's; money is a decimal text in the shop's currency."""

    customer_id = serializers.CharField()
    currency = serializers.CharField()
    historic_clv = serializers.CharField(help_text="All orders that count, less refunds.")
    predicted_clv = serializers.CharField(allow_null=True, help_text="Of the next 365 days.")
    predicted_clv_low = serializers.CharField(allow_null=True, help_text="90 % interval.")
    predicted_clv_high = serializers.CharField(allow_null=True)
    total_clv = serializers.CharField(allow_null=True)
    historic_number_of_orders = serializers.IntegerField()
    predicted_number_of_orders = serializers.FloatField(
        allow_null=True, help_text="In the next 365 days."
    )
    average_days_between_orders = serializers.FloatField(
        allow_null=True, help_text="Null with orders on fewer than two days."
    )
    average_order_value = serializers.CharField(allow_null=True)
    churn_probability = serializers.FloatField(
        allow_null=True, help_text="The chance that no order comes in the next 90 days."
    )
    expected_date_of_next_order = serializers.DateField(allow_null=True)
    model_version = serializers.IntegerField(
        allow_null=True, help_text="Null where nothing is predicted: see the back-test page."
    )
    refreshed_at = serializers.DateTimeField(allow_null=True)


class PreviewIn(StrictSerializer):
    query = serializers.CharField(max_length=RULE_MAX, help_text="A rule of the language.")


class PreviewOut(serializers.Serializer):
    query = serializers.CharField(help_text="The rule as we write it.")
    count = serializers.IntegerField()
    is_exact = serializers.BooleanField(
        help_text="False: reckoned from a sample, with the interval `low` to `high`."
    )
    low = serializers.IntegerField()
    high = serializers.IntegerField()
    sample = serializers.ListField(child=serializers.CharField(), help_text="Customer numbers.")
    ms = serializers.IntegerField()


class SegmentsView(ShopView):
    scope = "segments"

    @extend_schema(operation_id="segments_list", parameters=PAGES, responses=SegmentPage)
    def get(self, request: Request) -> Response:
        """The shop's segments, the oldest first."""
        rows = request.merchant.segments.filter(deleted_at=None)
        return paged(request, rows, ["created_at", "id"], lambda row: dict(SegmentOut(row).data))


class SegmentMembersView(ShopView):
    scope = "segments"

    @extend_schema(parameters=PAGES, responses=MemberPage)
    def get(self, request: Request, segment_id: UUID) -> Response:
        """Who is in a segment since its last refresh."""
        live = request.merchant.segments.filter(deleted_at=None)
        segment = get_object_or_404(live, pk=segment_id)
        rows = SegmentMember.objects.filter(segment=segment).select_related("customer")
        return paged(request, rows, ["customer_id"], lambda row: dict(MemberOut(row).data))


class CustomerSegmentsView(ShopView):
    scope = "segments"

    @extend_schema(responses=Memberships)
    def get(self, request: Request, customer_number: str) -> Response:
        """The segments a customer is in, by the shop's own customer number."""
        customer = customer_or_404(request.merchant, customer_number)
        rows = customer.memberships.select_related("segment").filter(segment__deleted_at=None)
        shown = [dict(MembershipOut(row).data) for row in rows.order_by("segment__name")]
        return Response({"items": shown})


class CustomerPredictionsView(ShopView):
    scope = "segments"

    @extend_schema(responses=PredictionsOut)
    def get(self, request: Request, customer_number: str) -> Response:
        """What a customer spent, and is expected to. Nulls where nothing is predicted."""
        customer = customer_or_404(request.merchant, customer_number)
        found = CustomerProfile.objects.select_related("model_version").filter(customer=customer)
        profile = found.first() or CustomerProfile(customer=customer)
        return Response(predictions(customer, profile, currency=request.merchant.currency))


class SegmentPreviewView(ShopView):
    scope = "segments"

    @extend_schema(request=PreviewIn, responses=PreviewOut)
    def post(self, request: Request) -> Response:
        """How many customers a rule finds now, and twenty of them. A rule that cannot be read is
        422 with `position` and `length` in the text and `suggestions` for that place."""
        query = read(PreviewIn, request)["query"]
        # Programs read it: what is wrong is said in English, as all of this API.
        with translation.override("en"):
            try:
                return Response(preview(request.merchant, query))
            except RuleTooSlow as error:
                raise Problem(status.HTTP_422_UNPROCESSABLE_ENTITY, str(error)) from None
            except RuleError as error:
                raise rule_problem(error) from None


def preview(merchant: Merchant, query: str) -> dict[str, Any]:
    """Raises RuleError and RuleTooSlow."""
    rule = parse(query)
    check_references(merchant, None, rule)
    count = live_count(merchant, rule)
    return {
        "query": rule.text,
        "count": count.n,
        "is_exact": count.is_exact,
        "low": count.low,
        "high": count.high,
        "sample": [one.external_id for one in some_matching(merchant, rule, most=SAMPLE)],
        "ms": count.ms,
    }


def rule_problem(error: RuleError) -> Problem:
    where = {"field": "query", "position": error.position, "length": error.length}
    what = {"detail": str(error.message), "suggestions": error.suggestions}
    return Problem(
        status.HTTP_422_UNPROCESSABLE_ENTITY, "The rule cannot be read.", errors=[where | what]
    )


def customer_or_404(merchant: Merchant, number: str) -> Customer:
    """By the shop's own number: the one its orders and events name."""
    if "\0" in number:
        raise Http404
    return get_object_or_404(merchant.customers, external_id=number)


def predictions(customer: Customer, profile: CustomerProfile, *, currency: str) -> dict[str, Any]:
    predicted = profile.clv_cents
    total = None if predicted is None else profile.spent_cents + predicted
    days = profile.last_repeat_days / profile.n_repeats if profile.n_repeats else None
    row = {
        "customer_id": customer.external_id,
        "currency": currency,
        "historic_clv": _money(profile.spent_cents, currency),
        "predicted_clv": _money(predicted, currency),
        "predicted_clv_low": _money(profile.clv_low_cents, currency),
        "predicted_clv_high": _money(profile.clv_high_cents, currency),
        "total_clv": _money(total, currency),
        "historic_number_of_orders": profile.n_orders,
        "predicted_number_of_orders": _rounded(profile.expected_orders_365),
        "average_days_between_orders": None if days is None else round(days, 1),
        "average_order_value": _money(profile.average_cents, currency),
        "churn_probability": _rounded(profile.churn_probability),
        "expected_date_of_next_order": profile.next_order_on,
        "model_version": profile.model_version.n if profile.model_version else None,
        "refreshed_at": profile.refreshed_at,
    }
    return dict(PredictionsOut(row).data)


def _money(cents: int | None, currency: str) -> str | None:
    return None if cents is None else str(Decimal(cents).scaleb(-get_currency_precision(currency)))


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
