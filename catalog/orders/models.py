"""Customers, what they ordered and what they did."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Floor, Now, Random
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.orders.events.models import Interaction
from catalog.products.models import Product, Variant
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant, TenantModel

__all__ = ["CurrencyRate", "Customer", "Interaction", "Order", "OrderLine"]


class Customer(TenantModel):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="customers")
    external_id = models.CharField(_("customer number"), max_length=120)
    name = models.CharField(_("name"), max_length=120, blank=True)
    # Hashes only, as advertising audiences want them: of the trimmed, lower-case e-mail, of the
    # phone number as "+4930..." (E.164) and of its digits alone.
    email_sha256 = models.CharField(max_length=64, blank=True)
    phone_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    phone_digits_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    language = models.CharField(_("language"), max_length=10, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    accepts_marketing = models.BooleanField(_("accepts marketing"), default=False)
    tags = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, db_default=Now())
    # Set by triggers where an order of hers goes to somebody else or is deleted.
    lost_order_at = models.DateTimeField(_("lost an order"), null=True, blank=True, editable=False)
    # One of 1,000 lots, drawn when the row is written: some lots are a fair sample of everybody.
    lot = models.PositiveSmallIntegerField(_("lot"), db_default=Floor(Random() * 1000))

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "external_id"], name="customer_once")
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at", "-id"], name="customer_by_time"),
            models.Index(fields=["merchant", "name", "id"], name="customer_by_name"),
            models.Index(fields=["merchant", "country", "id"], name="customer_by_country"),
            models.Index(fields=["merchant", "lot"], name="customer_by_lot"),
            models.Index(
                fields=["merchant", "lost_order_at"],
                name="customer_by_loss",
                condition=Q(lost_order_at__isnull=False),
            ),
            models.Index(
                fields=["merchant", "email_sha256"],
                name="customer_by_email",
                condition=~Q(email_sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class Order(TenantModel):
    class Status(models.TextChoices):
        PENDING = "pending", _("Not paid")
        PAID = "paid", _("Paid")
        SHIPPED = "shipped", _("Shipped")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")
        REFUNDED = "refunded", _("Refunded")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="orders")
    # An order may name nobody: sold over the counter, or to a guest.
    customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, related_name="orders", db_constraint=False
    )
    number = models.CharField(_("order number"), max_length=60)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    currency = models.CharField(_("currency"), max_length=3)
    total_cents = models.BigIntegerField(_("total"))
    refunded_cents = models.BigIntegerField(_("refunded"), default=0)
    ordered_at = models.DateTimeField(_("ordered"))
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    # Set by a trigger at every write, so that derived rows know what to look at again.
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, db_default=Now())

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="order_once"),
            models.CheckConstraint(condition=Q(total_cents__gte=0), name="order_total"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-ordered_at"], name="order_by_time"),
            # With what profiles are reckoned of, so that the table itself is not read for them.
            models.Index(
                fields=["merchant", "customer", "-ordered_at"],
                include=["status", "currency", "total_cents", "refunded_cents"],
                name="order_of_customer",
            ),
            models.Index(fields=["merchant", "changed_at"], name="order_by_change"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(TenantModel):
    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="order_lines")
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_constraint=False)
    line_number = models.CharField(max_length=60)
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, related_name="order_lines", db_constraint=False
    )
    variant = models.ForeignKey(
        Variant, models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    sku = models.CharField(max_length=120)
    quantity = models.PositiveIntegerField(default=1)
    unit_price_cents = models.BigIntegerField()
    discount_cents = models.BigIntegerField(default=0)
    refunded_cents = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "line_number"], name="orderline_once")
        ]
        indexes = [
            models.Index(fields=["merchant", "product"], name="orderline_of_product"),
            models.Index(fields=["merchant", "sku"], name="orderline_by_sku"),
            # Lines that wait for their variant to appear.
            models.Index(
                fields=["merchant", "sku"],
                name="orderline_unlinked",
                condition=Q(variant=None) & ~Q(sku=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"


class CurrencyRate(TenantModel):
    """What one unit of another currency is worth in the shop's own; orders need it to count."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="currency_rates")
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        verbose_name = _("currency rate")
        verbose_name_plural = _("currency rates")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "currency"], name="rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate}"
