"""What was wanted of a product and could not be told, and how often facts are missing."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Product
from ecomportal.tenancy.models import Merchant, TenantModel


class DemandSource(models.TextChoices):
    DRAFT = "draft", _("A text that could not be written")
    SEARCH = "search", _("A search that found nothing")
    CHAT = "chat", _("A question in a chat")


class FactDemand(TenantModel):
    """Somebody wanted to know this fact of this product. It is open as long as nobody confirmed
    one; nothing has to close it."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="fact_demands")
    product = models.ForeignKey(
        Product,
        models.CASCADE,
        related_name="fact_demands",
        db_constraint=False,
        verbose_name=_("product"),
    )
    key = models.CharField(_("fact"), max_length=60)  # of the vocabulary or of the shop
    source = models.CharField(_("source"), max_length=10, choices=DemandSource.choices)
    n = models.PositiveIntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first"), default=timezone.now)
    last_at = models.DateTimeField(_("last"), default=timezone.now)

    class Meta:
        verbose_name = _("wanted fact")
        verbose_name_plural = _("wanted facts")
        constraints = [
            models.UniqueConstraint(fields=["product", "key", "source"], name="demand_once"),
            models.CheckConstraint(
                condition=models.Q(source__in=DemandSource.values), name="demand_source"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "key", "product"], name="demand_by_key")]

    def __str__(self) -> str:
        return f"{self.key} ({self.source})"


class MissingCount(TenantModel):
    """What the last count found, for shops too large to be counted while somebody waits, and how
    far the chats were read."""

    merchant = models.OneToOneField(
        Merchant, models.CASCADE, primary_key=True, related_name="missing_count"
    )
    counts = models.JSONField(_("counts"), default=list)  # rows of `counting.count_missing`
    counted_at = models.DateTimeField(_("counted"), null=True)
    last_utterance = models.BigIntegerField(_("read up to"), default=0)

    class Meta:
        verbose_name = _("count of missing facts")
        verbose_name_plural = _("counts of missing facts")

    def __str__(self) -> str:
        return str(self.counted_at or "-")
