"""Addresses that a shop wants told, and what was or is to be sent to them."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecomportal.ids import uuid7
from ecomportal.said import SaidField
from ecomportal.sealed import seal, unseal
from ecomportal.tenancy.models import Merchant, TenantModel, User
from ecomportal.webhooks.signing import new_secret

# After a new secret was made, calls carry the old one's signature too, for so long.
BOTH_SECRETS = timedelta(hours=24)


class Webhook(TenantModel):
    """One address and the events it is told of.

    `busy_token` is the fence of whoever sends to it now: one worker at a time, so that events
    arrive in the order they happened. It is given for `busy_until` and then free for the next.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="webhooks")
    url = models.CharField(_("address"), max_length=500)
    events = ArrayField(models.CharField(max_length=40), verbose_name=_("events"), default=list)
    sealed_secret = models.TextField(editable=False)
    former_secret = models.TextField(editable=False, blank=True)
    secret_set_at = models.DateTimeField(_("secret made"), default=timezone.now)
    is_on = models.BooleanField(_("on"), default=True)
    # In a row, attempts of all deliveries; a success sets them back.
    n_failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    problem = SaidField(_("problem"), blank=True, default="")
    busy_token = models.UUIDField(null=True, blank=True, editable=False)
    busy_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [models.UniqueConstraint(fields=["merchant", "url"], name="webhook_once")]

    def __str__(self) -> str:
        return self.url

    def renew_secret(self) -> str:
        """A new secret, which is shown once; the caller saves."""
        secret = new_secret()
        self.former_secret, self.sealed_secret = self.sealed_secret, seal(secret)
        self.secret_set_at = timezone.now()
        return secret

    @property
    def secrets(self) -> list[str]:
        """What calls are signed with now. Raises SealBroken."""
        sealed = [self.sealed_secret]
        if self.former_secret and timezone.now() < self.secret_set_at + BOTH_SECRETS:
            sealed.append(self.former_secret)
        return [unseal(one) for one in sealed]


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    GIVEN_UP = "given_up", _("Given up")


class WebhookDelivery(TenantModel):
    """One event for one address: written with the event, sent afterwards, kept for 30 days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="webhook_deliveries")
    webhook = models.ForeignKey(
        Webhook, models.CASCADE, related_name="deliveries", db_constraint=False, db_index=False
    )
    event_id = models.UUIDField(_("event's id"), default=uuid7, editable=False)
    event = models.CharField(_("event"), max_length=40)
    body = models.TextField(_("sent text"))
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    n_attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # While an attempt runs this is when it is taken for lost.
    next_at = models.DateTimeField(_("next attempt"), default=timezone.now, null=True, blank=True)
    status_code = models.PositiveIntegerField(_("answer"), null=True, blank=True)
    answer = models.CharField(_("answer's text"), max_length=500, blank=True)
    ms = models.PositiveIntegerField(_("milliseconds"), null=True, blank=True)
    error = SaidField(_("what went wrong"), blank=True, default="")
    log = models.JSONField(default=list, blank=True)  # [{"at", "status", "ms", "error"}]
    created_at = models.DateTimeField(_("happened"), default=timezone.now)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="delivery_state"
            ),
        ]
        indexes = [
            models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_by_time"),
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.event_id}"

    @property
    def is_waiting(self) -> bool:
        return self.state == DeliveryState.WAITING
