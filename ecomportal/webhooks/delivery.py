"""Send what waits for one address: claim, call, write down how it went; and start over later.

The claim of a delivery moves its next attempt into the future, so that one whose worker died is
due again by itself: with the same id and the same text, which is how a receiver knows it. An
address has one sender at a time and gets its events in the order in which they happened, but for
those that failed; after a failure the address is left alone for a while.
"""

import random
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import monotonic
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ecomportal.said import pack, said
from ecomportal.sealed import SealBroken
from ecomportal.tenancy.context import tenant
from ecomportal.webhooks.bell import ring
from ecomportal.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from ecomportal.webhooks.sending import Outcome, send

# Seconds until the next attempt; after the last one the delivery is given up: about 35 hours.
WAITS = [30, 120, 600, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 8 * 3600, 10 * 3600]
RESTS = [30, 60, 120, 240, 300]  # seconds an address is left alone, by failures in a row
JITTER = 0.2  # of each wait, either way, so that a receiver's restart meets no crowd
LEASE = timedelta(seconds=60)  # far longer than a call may take
TURN_SECONDS = 20  # of one task; what is left is rung for again, behind others
OFF_AFTER, OFF_AFTER_TIME = 20, timedelta(hours=24)
MAX_LOG = 20


@dataclass(frozen=True)
class Attempt:
    delivery: WebhookDelivery
    webhook: Webhook


def deliver(merchant_id: int, webhook_id: UUID) -> int:
    """Send what is due to an address, for some seconds. Returns how many calls were taken."""
    token, ends, n = uuid4(), monotonic() + TURN_SECONDS, 0
    while attempt := _claim(merchant_id, webhook_id, token):
        outcome = _call(attempt)
        with tenant(merchant_id):
            _settle(attempt, outcome, token)
        n += outcome.is_taken
        if not outcome.is_taken:
            return n
        if monotonic() > ends:
            _let_go(merchant_id, webhook_id, token)
            ring(merchant_id, webhook_id)
            return n
    return n


def _claim(merchant_id: int, webhook_id: UUID, token: UUID) -> Attempt | None:
    """The oldest delivery that is due, counted as attempted before anything is sent."""
    now = timezone.now()
    with tenant(merchant_id):
        free = Q(busy_token=token) | Q(busy_until=None) | Q(busy_until__lt=now)
        mine = Webhook.objects.filter(free, pk=webhook_id, is_on=True)
        if not mine.update(busy_token=token, busy_until=now + LEASE):
            return None
        webhook = Webhook.objects.get(pk=webhook_id)
        waiting = webhook.deliveries.filter(state=DeliveryState.WAITING)
        delivery = waiting.filter(next_at__lte=now).order_by("created_at", "pk").first()
        if delivery is None:
            _free(webhook_id, token)
            return None
        delivery.n_attempts += 1
        delivery.next_at = now + LEASE
        delivery.save(update_fields=["n_attempts", "next_at"])
    return Attempt(delivery, webhook)


def _call(attempt: Attempt) -> Outcome:
    try:
        keys = attempt.webhook.secrets
    except SealBroken:
        reason = said(
            "The secret can no longer be read, because this site's own was changed. Make a new one."
        )
        return Outcome(0, error=reason)
    delivery = attempt.delivery
    return send(attempt.webhook.url, delivery.body, event_id=delivery.event_id, secret_keys=keys)


def _settle(attempt: Attempt, outcome: Outcome, token: UUID) -> None:
    """Write down one attempt, unless it took so long that it was counted as lost."""
    delivery, now = attempt.delivery, timezone.now()
    line = {"at": now.isoformat(), "ms": outcome.ms, "status": outcome.status}
    fields = {
        "status_code": outcome.status,
        "answer": outcome.answer,
        "ms": outcome.ms,
        "error": outcome.error,
        "log": [*delivery.log, line | {"error": pack(outcome.error)}][-MAX_LOG:],
    }
    if outcome.is_taken:
        fields |= {"state": DeliveryState.DELIVERED, "delivered_at": now, "next_at": None}
    elif delivery.n_attempts > len(WAITS):
        fields |= {"state": DeliveryState.GIVEN_UP, "next_at": None}
    else:
        fields["next_at"] = now + _wait(delivery.n_attempts, outcome.wait_seconds)
    same = WebhookDelivery.objects.filter(pk=delivery.pk, n_attempts=delivery.n_attempts)
    if same.update(**fields):
        _judge(attempt.webhook.pk, outcome, token)


def _wait(n_attempts: int, asked_seconds: int) -> timedelta:
    wait = WAITS[n_attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER)
    return timedelta(seconds=max(wait, asked_seconds))


def _judge(webhook_id: UUID, outcome: Outcome, token: UUID) -> None:
    """What an attempt means for its address: fine again, to be left alone a while, or off."""
    webhook = Webhook.objects.select_for_update(no_key=True).get(pk=webhook_id)
    if webhook.busy_token != token:
        return
    now = timezone.now()
    if outcome.is_taken:
        webhook.n_failures, webhook.failing_since = 0, None
        webhook.busy_until = now + LEASE
    else:
        webhook.n_failures += 1
        webhook.failing_since = webhook.failing_since or now
        rest = RESTS[min(webhook.n_failures, len(RESTS)) - 1]
        webhook.busy_token, webhook.busy_until = None, now + timedelta(seconds=rest)
        _maybe_off(webhook, outcome)
    webhook.save(
        update_fields=[
            "n_failures", "failing_since", "busy_token", "busy_until", "is_on", "problem",
        ]
    )  # fmt: skip


def _maybe_off(webhook: Webhook, outcome: Outcome) -> None:
    if outcome.is_gone:
        webhook.is_on = False
        webhook.problem = said("Switched off: the address answered 410, it is gone for good.")
        return
    lasts = timezone.now() - webhook.failing_since
    if webhook.n_failures >= OFF_AFTER and lasts >= OFF_AFTER_TIME:
        webhook.is_on = False
        webhook.problem = said(
            "Switched off after %(n)s failed attempts in %(hours)s hours. Last: %(reason)s What"
            " still waits is sent when you switch it on again.",
            n=webhook.n_failures, hours=int(lasts.total_seconds() // 3600), reason=outcome.error,
        )  # fmt: skip


def send_again(delivery: WebhookDelivery) -> None:
    """Queue a delivery anew, as the same event: its receiver can tell that it had it before."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.WAITING, n_attempts=0, next_at=timezone.now(), delivered_at=None
    )
    wake(delivery.webhook)


def wake(webhook: Webhook) -> None:
    """End the rest after a failure, and ring: somebody waits for the answer."""
    Webhook.objects.filter(pk=webhook.pk, busy_token=None).update(busy_until=None)
    transaction.on_commit(partial(ring, webhook.merchant_id, webhook.pk), robust=True)


def _let_go(merchant_id: int, webhook_id: UUID, token: UUID) -> None:
    with tenant(merchant_id):
        _free(webhook_id, token)


def _free(webhook_id: UUID, token: UUID) -> None:
    Webhook.objects.filter(pk=webhook_id, busy_token=token).update(busy_token=None, busy_until=None)
