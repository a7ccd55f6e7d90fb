"""What a shop told the linter, and the fingerprints by which like texts are found."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Product
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant, TenantModel, User


class Exemption(TenantModel):
    """Words that a rule objects to and the shop may use all the same: why, and what proves it.

    Without a product it holds for the whole shop. It is taken back, never deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="exemptions")
    product = models.ForeignKey(
        Product, models.CASCADE, null=True, blank=True, related_name="exemptions",
        db_constraint=False, verbose_name=_("product"),
    )  # fmt: skip
    rule = models.CharField(_("rule"), max_length=40)
    words = models.CharField(_("words"), max_length=200)
    code = models.CharField(_("ground"), max_length=40)
    evidence = models.CharField(_("evidence"), max_length=500)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("recorded"), default=timezone.now)
    revoked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "product", "rule", "words"],
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="exemption_once",
            )
        ]
        indexes = [models.Index(fields=["merchant", "-created_at"], name="exemption_by_time")]

    def __str__(self) -> str:
        return f"{self.words} ({self.rule})"


class TextBand(TenantModel):
    """One of the fingerprints of a live text: texts that share one are worth comparing."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="text_bands")
    product = models.ForeignKey(Product, models.CASCADE, related_name="+", db_constraint=False)
    language = models.CharField(max_length=2)
    field = models.CharField(max_length=20)
    band = models.PositiveSmallIntegerField()
    key = models.BigIntegerField()
    text_version = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("fingerprint of a text")
        verbose_name_plural = _("fingerprints of texts")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "language", "field", "band"], name="band_once"
            )
        ]
        indexes = [models.Index(fields=["merchant", "key"], name="band_by_key")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.field} {self.band}"
