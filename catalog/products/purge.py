"""What was deleted long ago leaves for good: nobody can bring it back by then."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

import pghistory
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from catalog.products.images import thumb_path
from catalog.products.models import Product, ProductImage, Variant
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
BATCH = 200  # products in one transaction


def purge_deleted(now: datetime | None = None) -> int:
    """Remove products and variants of every shop that were deleted more than 30 days ago, with
    their picture files. Returns how many products left. Safe to run at any time, and again."""
    cutoff = (now or timezone.now()) - KEPT
    n_purged = 0
    for merchant in Merchant.objects.order_by("pk"):
        while n_batch := _purge_batch(merchant, cutoff):
            n_purged += n_batch
        _purge_variants(merchant, cutoff)
    if n_purged:
        log.info("%s products deleted before %s left for good", n_purged, cutoff.date())
    return n_purged


def _purge_batch(merchant: Merchant, cutoff: datetime) -> int:
    with tenant(merchant), pghistory.context(source="purge"):
        due = Product.objects.filter(deleted_at__lt=cutoff).order_by("pk")
        # Who restores one at this moment wins: what is locked is left for the next time.
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
        files = list(
            ProductImage.objects.filter(product__in=ids)
            .exclude(file="")
            .values_list("file", flat=True)
        )
        Product.objects.filter(pk__in=ids).delete()
        transaction.on_commit(lambda: _unlink(files))
    return len(ids)


def _purge_variants(merchant: Merchant, cutoff: datetime) -> None:
    """Variants taken out alone, whose product stayed."""
    with tenant(merchant), pghistory.context(source="purge"):
        Variant.objects.filter(deleted_at__lt=cutoff, product__deleted_at=None).delete()


def _unlink(files: list[str]) -> None:
    for name in files:
        path = Path(settings.MEDIA_ROOT) / name
        path.unlink(missing_ok=True)
        thumb_path(path).unlink(missing_ok=True)
