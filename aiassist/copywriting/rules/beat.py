"""What the clock calls for all shops: rules for drafts, and fingerprints of texts."""

import logging

from aiassist.copywriting.rules.models import DraftRule
from aiassist.copywriting.rules.run import run_rules
from aiassist.copywriting.twins import catch_up
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

log = logging.getLogger(__name__)
BATCHES = 40  # of one shop in one round: 20,000 texts; the next round goes on


def run_all() -> int:
    """Run every shop's rules; one shop in trouble stops no other. Returns how many products."""
    n = 0
    for merchant in Merchant.objects.order_by("pk"):
        try:
            if _has_rules(merchant):
                n += run_rules(merchant)
        except Exception:
            log.exception("The rules of shop %s failed", merchant.pk)
    return n


def _has_rules(merchant: Merchant) -> bool:
    with tenant(merchant):
        return DraftRule.objects.filter(is_on=True).exists()


def fingerprint_all() -> int:
    """Fingerprint what changed, in short transactions. Returns how many texts."""
    n = 0
    for merchant in Merchant.objects.order_by("pk"):
        for _round in range(BATCHES):
            with tenant(merchant):
                n_batch = catch_up()
            n += n_batch
            if not n_batch:
                break
    return n
