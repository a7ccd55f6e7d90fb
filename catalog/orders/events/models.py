"""What customers and visitors did in the shop, and what is known of how it came in."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.orders.events.names import Kind as EventKind
from catalog.products.models import Product
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant, TenantModel


class Interaction(TenantModel):
    """One product of one event, or an event without any; append-only, once per event and item.

    The table is cut by month of `at` (UTC); its parts lie in a schema that the app cannot reach
    but through the table itself, where the policies are. So a unique key has `at` in it, and that
    an event's id comes once whatever time it states is seen to by `events.writing`.
    """

    Kind = EventKind

    id = models.BigAutoField(primary_key=True)
    # The shop was entered to write the row; a check of it for every event would cost as much as
    # one of the others.
    merchant = models.ForeignKey(
        Merchant,
        models.CASCADE,
        related_name="interactions",
        db_index=False,
        db_constraint=False,
    )
    event_id = models.UUIDField(default=uuid7)
    item = models.PositiveSmallIntegerField(default=0, db_default=0)
    event = models.CharField(_("event"), max_length=30, blank=True, default="", db_default="")
    kind = models.CharField(max_length=10, choices=EventKind.choices)
    customer = models.ForeignKey(
        "catalog.Customer",
        models.CASCADE,
        null=True,
        related_name="interactions",
        db_constraint=False,
        db_index=False,
    )
    anonymous_id = models.CharField(max_length=120, blank=True, default="", db_default="")
    session_id = models.CharField(max_length=64, blank=True)
    product = models.ForeignKey(
        Product,
        models.SET_NULL,
        null=True,
        related_name="interactions",
        db_constraint=False,
        db_index=False,
    )
    sku = models.CharField(max_length=120, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    price_cents = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    # As the storefront numbers it. An event makes no order: those come by file or call.
    order_number = models.CharField(max_length=60, blank=True, default="", db_default="")
    # What led to it: the recommendation or the search, the place in the list, the part of the page.
    rec_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    query_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    position = models.PositiveIntegerField(null=True, blank=True)
    placement = models.CharField(max_length=60, blank=True, default="", db_default="")
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "event_id", "item", "at"], name="interaction_once"
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "-at"], name="interaction_by_time"),
            models.Index(
                fields=["merchant", "customer", "at"],
                name="interaction_of_customer",
                condition=~Q(customer=None),
            ),
            models.Index(
                fields=["merchant", "product", "at"],
                name="interaction_of_product",
                condition=~Q(product=None),
            ),
            # What waits: a product with this SKU, somebody who says that this was her.
            models.Index(
                fields=["merchant", "sku"],
                name="interaction_pending",
                condition=Q(product=None) & ~Q(sku=""),
            ),
            models.Index(
                fields=["merchant", "anonymous_id"],
                name="interaction_of_nobody",
                condition=Q(customer=None) & ~Q(anonymous_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event or self.kind} {self.sku}"


class AnonymousId(TenantModel):
    """Whom a visitor's number stands for, since somebody signed in with it."""

    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="anonymous_ids", db_index=False
    )
    anonymous_id = models.CharField(_("visitor"), max_length=120)
    customer = models.ForeignKey(
        "catalog.Customer", models.CASCADE, related_name="anonymous_ids", db_constraint=False
    )
    since = models.DateTimeField(_("since"), default=timezone.now)
    # A shared computer: later events are the newest one's, what was linked before stays.
    n_moves = models.PositiveIntegerField(_("times it changed hands"), default=0)

    class Meta:
        verbose_name = _("visitor’s number")
        verbose_name_plural = _("visitors’ numbers")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "anonymous_id"], name="anonymous_id_once")
        ]

    def __str__(self) -> str:
        return self.anonymous_id


class PendingSku(TenantModel):
    """A SKU that events name and no product has; gone once one has it."""

    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="pending_skus", db_index=False
    )
    sku = models.CharField(_("SKU"), max_length=120)
    n = models.PositiveIntegerField(_("events"), default=0)
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))

    class Meta:
        verbose_name = _("SKU without a product")
        verbose_name_plural = _("SKUs without a product")
        constraints = [models.UniqueConstraint(fields=["merchant", "sku"], name="pending_sku_once")]
        indexes = [models.Index(fields=["merchant", "-n", "sku"], name="pending_sku_by_n")]

    def __str__(self) -> str:
        return self.sku


class EventDay(TenantModel):
    """How many events of a day (of the shop) came to what. Spread over a few rows, so that two
    requests of one shop need not wait for each other."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        DUPLICATE = "duplicate", _("Sent before")
        REJECTED = "rejected", _("Rejected")
        IDENTIFIED = "identified", _("Visitors identified")
        MOVED = "moved", _("Visitors who changed hands")

    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="event_days", db_index=False
    )
    day = models.DateField(_("day"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    code = models.CharField(_("reason"), max_length=20, blank=True)
    part = models.PositiveSmallIntegerField(default=0)
    n = models.PositiveBigIntegerField(_("events"), default=0)

    class Meta:
        verbose_name = _("events of a day")
        verbose_name_plural = _("events of days")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "outcome", "code", "part"], name="event_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.outcome} {self.n}"


class EventReject(TenantModel):
    """One of the newest events that were refused. Who it was about is taken out before."""

    merchant = models.ForeignKey(
        Merchant, models.CASCADE, related_name="event_rejects", db_index=False
    )
    code = models.CharField(_("reason"), max_length=20)
    field = models.CharField(_("field"), max_length=60, blank=True)
    detail = models.CharField(_("what is wrong"), max_length=300)
    example = models.JSONField(_("event"), default=dict)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("refused event")
        verbose_name_plural = _("refused events")
        indexes = [models.Index(fields=["merchant", "-id"], name="event_reject_newest")]

    def __str__(self) -> str:
        return f"{self.code} {self.field}"
