"""Webhooks over REST: which addresses are told of what."""

from typing import Any
from uuid import UUID

from django import forms
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from ecomportal.tenancy import audit
from ecomportal.web.api import Problem, ShopView, StrictSerializer, once, paged, read
from ecomportal.webhooks.addresses import MAX_URL
from ecomportal.webhooks.events import EVENTS
from ecomportal.webhooks.forms import MAX_WEBHOOKS, checked_url
from ecomportal.webhooks.models import Webhook


class WebhookSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    is_on = serializers.BooleanField()
    problem = serializers.CharField()
    n_failures = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class NewWebhookSerializer(WebhookSerializer):
    secret = serializers.CharField(required=False, help_text="Told once. Signs every call.")


class WebhookPage(serializers.Serializer):
    items = WebhookSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class WebhookIn(StrictSerializer):
    url = serializers.CharField(max_length=MAX_URL)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=list(EVENTS)), allow_empty=False, max_length=20
    )

    def validate_url(self, url: str) -> str:
        try:
            return checked_url(url)
        except forms.ValidationError as error:
            raise serializers.ValidationError(error.messages) from None


def show(row: Webhook) -> dict[str, Any]:
    return dict(WebhookSerializer(row).data)


class WebhooksView(ShopView):
    scope = "webhooks"
    secret = ""

    @extend_schema(operation_id="webhooks_list", responses=WebhookPage)
    def get(self, request: Request) -> Response:
        """The addresses that are told of events."""
        return paged(request, request.merchant.webhooks.all(), ["created_at", "id"], show)

    @extend_schema(request=WebhookIn, responses={201: NewWebhookSerializer})
    def post(self, request: Request) -> Response:
        """Have an address told of events: a signed POST for each, tried again for a day and a
        half. The answer holds the secret, this once: a repeat with the same Idempotency-Key gets
        all but that."""
        response = self._add(request)
        if self.secret:
            response.data = {**response.data, "secret": self.secret}
        return response

    @once
    def _add(self, request: Request) -> Response:
        """What answers a repeat is kept in the open for a day, so the secret stays out of it."""
        data = read(WebhookIn, request)
        if request.merchant.webhooks.filter(url=data["url"]).exists():
            raise Problem(status.HTTP_409_CONFLICT, "This address is told already.")
        if request.merchant.webhooks.count() >= MAX_WEBHOOKS:
            raise Problem(status.HTTP_409_CONFLICT, f"A shop has at most {MAX_WEBHOOKS} addresses.")
        row = Webhook(
            merchant=request.merchant, url=data["url"], events=list(dict.fromkeys(data["events"]))
        )
        self.secret, row.former_secret = row.renew_secret(), ""
        row.save()
        audit.record(request, "webhook.added", row, events=row.events)
        return Response(show(row), status=status.HTTP_201_CREATED)


class WebhookView(ShopView):
    scope = "webhooks"

    @extend_schema(responses=WebhookSerializer)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """One address."""
        return Response(show(get_object_or_404(request.merchant.webhooks, pk=webhook_id)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, webhook_id: UUID) -> Response:
        """Tell the address no more; what was sent to it is forgotten too."""
        row = get_object_or_404(request.merchant.webhooks, pk=webhook_id)
        audit.record(request, "webhook.removed", row)
        row.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
