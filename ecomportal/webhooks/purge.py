"""Deliveries leave after 30 days, whatever became of them."""

import logging
from datetime import datetime, timedelta

from django.utils import timezone

from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

log = logging.getLogger(__name__)
KEPT = timedelta(days=30)


def purge_deliveries(now: datetime | None = None) -> int:
    """Returns how many left. Safe to run at any time, and again."""
    cutoff, n = (now or timezone.now()) - KEPT, 0
    for merchant in Merchant.objects.order_by("pk"):
        try:
            with tenant(merchant):
                n += merchant.webhook_deliveries.filter(created_at__lt=cutoff).delete()[0]
        except Exception:  # the others' leave all the same; tomorrow comes another try
            log.exception("The deliveries of shop %s were not purged", merchant.pk)
    return n
