"""Deliveries leave after 30 days, whatever became of them."""

from datetime import datetime, timedelta

from django.utils import timezone

from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

KEPT = timedelta(days=30)


def purge_deliveries(now: datetime | None = None) -> int:
    """Returns how many left. Safe to run at any time, and again."""
    cutoff, n = (now or timezone.now()) - KEPT, 0
    for merchant in Merchant.objects.order_by("pk"):
        with tenant(merchant):
            n += merchant.webhook_deliveries.filter(created_at__lt=cutoff).delete()[0]
    return n
