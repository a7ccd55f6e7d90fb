"""What visitors and customers do, over REST: events by the thousand, and who a visitor is."""

import base64
import binascii
import json
import re
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.orders.events.identify import identify, lock
from catalog.orders.events.names import EVENTS
from catalog.orders.events.reading import BAD_TEXT, MAX_ITEMS, Refused, Rejected, is_storable
from catalog.orders.events.segment import NOT_KEPT, as_event, as_identify
from catalog.orders.events.writing import MAX_EVENTS, Verdict, take_events
from ecomportal.web.api import Problem, once
from ecomportal.web.storefront import StorefrontView

MAX_BYTES = 2 * 1024 * 1024
# An escape that stands for NUL or for half of a pair: only then every text is looked at.
SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


# --- The bodies as the document shows them; they are read by hand, for speed ------------------


class ItemIn(serializers.Serializer):
    sku = serializers.CharField(
        required=False, max_length=120, help_text="Of a variant; product_id is read where absent."
    )
    product_id = serializers.CharField(required=False, max_length=120)
    quantity = serializers.IntegerField(required=False, default=1, min_value=1)
    price = serializers.CharField(required=False, help_text='Of one, such as "9.90".')
    position = serializers.IntegerField(required=False, min_value=0)
    category = serializers.CharField(required=False, help_text="Read over, as the next ones are.")
    name = serializers.CharField(required=False)
    brand = serializers.CharField(required=False)
    variant = serializers.CharField(required=False)
    coupon = serializers.CharField(required=False)
    url = serializers.CharField(required=False)
    image_url = serializers.CharField(required=False)


class EventIn(serializers.Serializer):
    id = serializers.UUIDField(help_text="Counts once, however often it is sent.")
    event = serializers.ChoiceField(choices=list(EVENTS))
    ts = serializers.DateTimeField(
        help_text="With its zone. At most 10 minutes ahead; at most 30 days ago, or ten years "
        "with a secret key."
    )
    user_id = serializers.CharField(
        required=False, allow_null=True, max_length=120,
        help_text="The customer's number; one who is unknown is made. One of user_id, "
        "anonymous_id and session_id is needed.",
    )  # fmt: skip
    anonymous_id = serializers.CharField(required=False, allow_null=True, max_length=120)
    session_id = serializers.CharField(required=False, allow_null=True, max_length=64)
    items = ItemIn(many=True, required=False, max_length=MAX_ITEMS)
    currency = serializers.CharField(required=False, allow_null=True, min_length=3, max_length=3)
    order_id = serializers.CharField(
        required=False, allow_null=True, max_length=60,
        help_text="Kept with the event. Events make no orders; send those to /orders:batch.",
    )  # fmt: skip
    rec_id = serializers.CharField(required=False, allow_null=True, max_length=64)
    query_id = serializers.CharField(required=False, allow_null=True, max_length=64)
    position = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    placement = serializers.CharField(required=False, allow_null=True, max_length=60)


class EventsIn(serializers.Serializer):
    events = EventIn(many=True, max_length=MAX_EVENTS)


class RejectedOut(serializers.Serializer):
    index = serializers.IntegerField()
    code = serializers.CharField()
    field = serializers.CharField()
    detail = serializers.CharField()


class EventsOut(serializers.Serializer):
    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    rejected = RejectedOut(many=True)


class IdentifyIn(serializers.Serializer):
    user_id = serializers.CharField(max_length=120)
    anonymous_id = serializers.CharField(required=False, allow_null=True, max_length=120)
    traits = serializers.DictField(
        required=False,
        help_text="name, language, country; with a secret key also email, phone, "
        "accepts_marketing, tags, created_at. A publishable key fills in what is not known.",
    )


class IdentifyOut(serializers.Serializer):
    linked = serializers.IntegerField(help_text="Earlier interactions that are the customer's now.")
    moved = serializers.BooleanField(
        help_text="The visitor's number was another customer's: what was linked stays there."
    )


class SegmentIn(serializers.Serializer):
    messageId = serializers.CharField()
    userId = serializers.CharField(required=False)
    anonymousId = serializers.CharField(required=False)
    timestamp = serializers.DateTimeField(required=False)


class TrackIn(SegmentIn):
    event = serializers.CharField()
    properties = serializers.DictField(required=False)


class SegmentIdentifyIn(SegmentIn):
    traits = serializers.DictField(required=False)


class SegmentBatchIn(serializers.Serializer):
    batch = serializers.ListField(child=serializers.DictField(), max_length=MAX_EVENTS)


class SegmentOut(EventsOut):
    success = serializers.BooleanField()
    identified = serializers.IntegerField()
    ignored = serializers.IntegerField(help_text="page, screen, group and alias calls.")


# --- Reading ----------------------------------------------------------------------------------


def body_of(request: Request) -> tuple[dict[str, Any], bool]:
    """The object that was sent, and whether every text in it can be kept."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MAX_BYTES:
        raise Problem(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "At most 2 MiB in one call.")
    sent = request._request.body
    try:
        body = json.loads(sent)
    except (ValueError, RecursionError):
        raise exceptions.ParseError("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise exceptions.ParseError("The body must be a JSON object.")
    return body, SUSPECT.search(sent) is None


def list_of(body: dict[str, Any], name: str, *, known: set[str]) -> list[Any]:
    _refuse_unknown(body, known)
    rows = body.get(name)
    if not isinstance(rows, list):
        raise exceptions.ValidationError({name: ["Must be a list."]})
    if len(rows) > MAX_EVENTS:
        raise exceptions.ValidationError({name: [f"At most {MAX_EVENTS} in one call."]})
    return rows


def _refuse_unknown(body: dict[str, Any], known: set[str]) -> None:
    if unknown := sorted(body.keys() - known):
        told = f"Unknown field. Known: {', '.join(sorted(known))}."
        raise exceptions.ValidationError({name: [told] for name in unknown})


def is_public(request: Request) -> bool:
    return request.auth["kind"] == "pk"


def take(request: Request, rows: list[Any], *, is_clean: bool) -> Verdict:
    found = take_events(
        request.merchant, rows, may_be_old=not is_public(request), is_clean=is_clean
    )
    # Now, while it can still be answered: a customer may have been erased since she was looked up.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return found


def told(verdict: Verdict) -> dict[str, Any]:
    return {
        "accepted": verdict.accepted,
        "duplicates": verdict.duplicates,
        "rejected": [one._asdict() for one in verdict.rejected],
    }


# --- Endpoints --------------------------------------------------------------------------------


class EventsView(StorefrontView):
    scope = "events"

    @extend_schema(request=EventsIn, responses={202: EventsOut})
    @once
    def post(self, request: Request) -> Response:
        """Take up to 1,000 events or 2 MiB; each gets its own verdict, and an id counts once.

        What is answered is kept: 202 comes after the rows are safe on disk. SKUs that no product
        has wait for one. Order Completed is a purchase of the visitor, and makes no order.
        """
        body, is_clean = body_of(request)
        rows = list_of(body, "events", known={"events"})
        return Response(told(take(request, rows, is_clean=is_clean)), status.HTTP_202_ACCEPTED)


class IdentifyView(StorefrontView):
    scope = "events"

    @extend_schema(request=IdentifyIn, responses=IdentifyOut)
    @once
    def post(self, request: Request) -> Response:
        """Say which customer a visitor is: her earlier events become the customer's, later ones
        too. A visitor's number that was another customer's counts for the new one from now on."""
        body, is_clean = body_of(request)
        _refuse_unknown(body, {"user_id", "anonymous_id", "traits"})
        if not is_clean and not is_storable(body):
            raise exceptions.ParseError(f"The body cannot be kept. {BAD_TEXT}")
        try:
            found = identify(
                request.merchant,
                body.get("user_id"),
                anonymous_id=body.get("anonymous_id"),
                traits=body.get("traits"),
                is_public=is_public(request),
            )
        except Refused as why:
            raise exceptions.ValidationError({why.field: [why.detail]}) from None
        return Response(found._asdict())


def _kind(call: Any) -> str:
    kind = call.get("type", "track") if isinstance(call, dict) else ""
    return kind if isinstance(kind, str) else ""


class SegmentView(StorefrontView):
    """What Segment's libraries call when they are pointed here; the key is the write key."""

    scope = "events"

    def token_of(self, request: HttpRequest) -> str:
        scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return super().token_of(request)
        try:
            return base64.b64decode(sent, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""

    def carry_out(self, request: Request, calls: list[Any], *, is_clean: bool) -> dict[str, Any]:
        now = datetime.now(UTC)
        kinds = [_kind(call) for call in calls]
        who = [at for at, kind in enumerate(kinds) if kind == "identify"]
        tracks = [at for at, kind in enumerate(kinds) if kind not in NOT_KEPT | {"identify"}]
        if who:
            lock(request.merchant)  # before the events, which hold it with others
        rows = [as_event(calls[at], now) for at in tracks]
        verdict = take(request, rows, is_clean=is_clean)
        rejected = [one._replace(index=tracks[one.index]) for one in verdict.rejected]
        for at in who:
            rejected += self._identify(request, at, calls[at], is_clean)
        n_refused = len(rejected) - len(verdict.rejected)
        verdict.rejected = sorted(rejected)
        counts = {"identified": len(who) - n_refused, "ignored": len(calls) - len(tracks + who)}
        return {"success": not rejected, **told(verdict), **counts}

    def _identify(
        self, request: Request, at: int, call: dict[str, Any], is_clean: bool
    ) -> list[Rejected]:
        if not is_clean and not is_storable(call):
            return [Rejected(at, "bad_text", "", BAD_TEXT)]
        stated = as_identify(call, is_public=is_public(request))
        try:
            identify(
                request.merchant,
                stated["user_id"],
                anonymous_id=stated["anonymous_id"],
                traits=stated["traits"],
                is_public=is_public(request),
            )
        except Refused as why:
            return [Rejected(at, why.code, why.field, why.detail)]
        return []

    def one(self, request: Request, kind: str) -> Response:
        body, is_clean = body_of(request)
        found = self.carry_out(request, [{**body, "type": kind}], is_clean=is_clean)
        if found["rejected"]:
            why = found["rejected"][0]
            raise Problem(status.HTTP_400_BAD_REQUEST, why["detail"], success=False, errors=[why])
        return Response(found)


class SegmentTrackView(SegmentView):
    @extend_schema(request=TrackIn, responses=SegmentOut)
    def post(self, request: Request) -> Response:
        """One track call of Segment's or RudderStack's libraries."""
        return self.one(request, "track")


class SegmentIdentifyView(SegmentView):
    @extend_schema(request=SegmentIdentifyIn, responses=SegmentOut)
    def post(self, request: Request) -> Response:
        """One identify call; traits we do not keep are left out."""
        return self.one(request, "identify")


class SegmentBatchView(SegmentView):
    @extend_schema(request=SegmentBatchIn, responses=SegmentOut)
    def post(self, request: Request) -> Response:
        """Up to 1,000 calls. The answer is 200 as their libraries want it; `rejected` has those
        that were not kept."""
        body, is_clean = body_of(request)
        rows = body.get("batch")
        if not isinstance(rows, list) or len(rows) > MAX_EVENTS:
            raise exceptions.ValidationError({"batch": [f"A list of at most {MAX_EVENTS} calls."]})
        return Response(self.carry_out(request, rows, is_clean=is_clean) | {"success": True})
