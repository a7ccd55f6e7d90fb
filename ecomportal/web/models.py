"""What the web layer remembers: answers to repeated API calls, and saved list views."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecomportal.tenancy.models import ApiKey, Merchant, TenantModel, User


class IdempotencyRecord(TenantModel):
    """The answer a key already got for an `Idempotency-Key`, kept for a day."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    api_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+", db_constraint=False)
    key = models.CharField(max_length=128)
    request_hash = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField(null=True)  # null while the first call runs
    body = models.JSONField(null=True)
    etag = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("repeatable API call")
        verbose_name_plural = _("repeatable API calls")
        constraints = [models.UniqueConstraint(fields=["api_key", "key"], name="idempotency_once")]

    def __str__(self) -> str:
        return self.key


class SavedView(TenantModel):
    """A list with its filters, by name; the filters are the query string."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="saved_views")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    page = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "user", "page", "name"], name="view_once")
        ]

    def __str__(self) -> str:
        return self.name
