"""Files of customers that a person asked for, and figures that are long to reckon."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.orders.models import Customer
from ecomportal.ids import uuid7
from ecomportal.jobs.models import Job
from ecomportal.tenancy.models import Merchant, TenantModel, User


class CustomerFile(TenantModel):
    """A list of customers as CSV, or everything about one; deleted when it expires."""

    class Kind(models.TextChoices):
        LIST = "list", _("List of customers")
        EVERYTHING = "everything", _("Everything about a customer")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="customer_files")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    # Whom it is about; a list is about many.
    customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="+", db_constraint=False
    )
    query = models.CharField(_("filters"), max_length=1000, blank=True)
    file = models.CharField(max_length=200, blank=True)  # path below MEDIA_ROOT
    n_rows = models.PositiveIntegerField(_("rows"), default=0)
    n_bytes = models.BigIntegerField(_("bytes"), default=0)
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    expires_at = models.DateTimeField(_("file until"), null=True, blank=True)

    class Meta:
        verbose_name = _("file of customers")
        verbose_name_plural = _("files of customers")
        indexes = [models.Index(fields=["merchant", "-created_at"], name="customerfile_by_time")]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_offered(self) -> bool:
        """Whether the file can still be fetched."""
        return bool(self.file and self.expires_at and self.expires_at > timezone.now())


class KeptFigures(TenantModel):
    """What a page shows of all orders of a shop, as it was last reckoned."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="kept_figures")
    name = models.CharField(_("what"), max_length=40)
    data = models.JSONField(default=dict)
    made_at = models.DateTimeField(_("reckoned"), default=timezone.now)

    class Meta:
        verbose_name = _("kept figures")
        verbose_name_plural = _("kept figures")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], name="keptfigures_once")
        ]

    def __str__(self) -> str:
        return self.name
