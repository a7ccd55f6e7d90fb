"""Tell a shop's programs that something happened: the outbox."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from ecomportal.ids import uuid7
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant
from ecomportal.webhooks.bell import ring
from ecomportal.webhooks.events import EVENTS, TEST, letter
from ecomportal.webhooks.models import Webhook, WebhookDelivery


def emit(merchant: Merchant, event: str, payload: dict[str, Any]) -> int:
    """Write a delivery for each address that is told of the event, in the caller's transaction:
    what is rolled back is never told, what is committed is told whatever dies afterwards.

    Values may be text, numbers, UUIDs and times. Returns how many addresses will be told.
    """
    if event not in EVENTS:
        raise ValueError(f"{event!r} is no event of webhooks.")
    with tenant(merchant):
        webhooks = merchant.webhooks.filter(is_on=True, events__contains=[event])
        return len([write(one, event, payload, slug=merchant.slug) for one in webhooks])


def send_test(webhook: Webhook) -> WebhookDelivery:
    """A call that says it is a test, by the same way as any other."""
    return write(webhook, TEST, {"message": "It works."}, slug=webhook.merchant.slug)


def write(webhook: Webhook, event: str, data: dict[str, Any], *, slug: str) -> WebhookDelivery:
    event_id: UUID = uuid7()
    delivery = WebhookDelivery.objects.create(
        merchant_id=webhook.merchant_id,
        webhook=webhook,
        event=event,
        event_id=event_id,
        body=letter(slug, event, data, event_id=event_id),
    )
    ring_on_commit(webhook)
    return delivery


def ring_on_commit(webhook: Webhook) -> None:
    transaction.on_commit(partial(ring, webhook.merchant_id, webhook.pk), robust=True)
