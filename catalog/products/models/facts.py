"""Kinds of fact a shop keeps, and the facts of its products."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.products.models.base import KEPT_BY_PRODUCT, BaseAmount, track
from catalog.products.models.products import Product, Variant
from ecomportal.ids import uuid7
from ecomportal.said import Said, in_both
from ecomportal.tenancy.models import Merchant, TenantModel


class AttributeType(models.TextChoices):
    TEXT = "text", _("Text")
    CHOICE = "choice", _("Choice")
    NUMBER = "number", _("Number with unit")
    DIMENSIONS = "dimensions", _("Dimensions")
    LIST = "list", _("List")
    BOOL = "bool", _("Yes or no")


class Attribute(TenantModel):
    """A kind of fact a shop keeps, with its type, unit and a label in each language."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="attributes")
    key = models.CharField(_("key"), max_length=60)
    label_en = models.CharField(_("English label"), max_length=80)
    label_zh = models.CharField(_("Chinese label"), max_length=80)
    type = models.CharField(
        _("type"), max_length=12, choices=AttributeType.choices, default=AttributeType.TEXT
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    position = models.PositiveIntegerField(default=100)

    class Meta:
        verbose_name = _("kind of fact")
        verbose_name_plural = _("kinds of fact")
        ordering = ["position", "key"]
        constraints = [models.UniqueConstraint(fields=["merchant", "key"], name="attribute_once")]

    def __str__(self) -> str:
        return self.label_en

    def label(self, language: str) -> str:
        return (self.label_zh if language.startswith("zh") else self.label_en) or self.key

    def name(self) -> Said:
        """The label, for whoever reads of it later."""
        return in_both(en=self.label("en"), zh=self.label("zh"))


class FactStatus(models.TextChoices):
    CONFIRMED = "confirmed", _("Confirmed")
    PROPOSED = "proposed", _("Proposed")
    REJECTED = "rejected", _("Rejected")


# What was read wrongly is kept, so that it is not proposed again, but it is no fact.
NOT_REJECTED = ~Q(status=FactStatus.REJECTED)


@track(of_product="factevent_product", exclude=["amount"])
class Fact(TenantModel):
    """One fact of a product, or of one variant: what drafts rest on once it is confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="facts", **KEPT_BY_PRODUCT)
    product = models.ForeignKey(
        Product, models.CASCADE, related_name="facts", db_constraint=False, db_index=False
    )
    variant = models.ForeignKey(
        Variant,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="facts",
        db_constraint=False,
        db_index=False,
    )
    attribute = models.ForeignKey(
        Attribute, models.PROTECT, related_name="facts", db_constraint=False
    )
    value = models.CharField(_("value"), max_length=500)
    number = models.DecimalField(
        _("number"), max_digits=20, decimal_places=6, null=True, blank=True
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    amount = models.GeneratedField(
        expression=BaseAmount(F("value"), F("number"), F("unit")),
        output_field=models.FloatField(null=True),
        db_persist=True,
    )
    status = models.CharField(
        _("status"), max_length=10, choices=FactStatus.choices, default=FactStatus.CONFIRMED
    )
    source = models.CharField(_("from"), max_length=40, default="person")
    evidence = models.CharField(_("where it was read"), max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        ordering = ["attribute__position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "variant", "attribute", "value"],
                nulls_distinct=False,
                name="fact_once",
            ),
            models.CheckConstraint(condition=Q(status__in=FactStatus.values), name="fact_status"),
        ]
        indexes = [
            models.Index(fields=["merchant", "product"], name="fact_of_product"),
            # Few facts are of a single variant.
            models.Index(
                fields=["variant"], name="fact_of_variant", condition=Q(variant__isnull=False)
            ),
            models.Index(
                fields=["merchant", "attribute", "value", "product"],
                name="fact_by_value",
                condition=NOT_REJECTED,
            ),
            models.Index(
                fields=["merchant", "attribute", "amount", "product"],
                name="fact_by_amount",
                condition=NOT_REJECTED & Q(amount__isnull=False),
            ),
            models.Index(
                fields=["merchant", "attribute", "product"],
                name="fact_to_confirm",
                condition=Q(status="proposed"),
            ),
            models.Index(
                fields=["merchant", "product"],
                name="fact_proposed",
                condition=Q(status="proposed"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.unit}".strip()
