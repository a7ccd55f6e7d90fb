"""What the clock starts: every shop's profiles at four in the morning of its own time zone, and
in between those of customers whose orders or chats changed."""

import logging

from aiassist.segments.job import scope_due, start_build
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

log = logging.getLogger(__name__)


def start_due() -> int:
    """Start what is due in each shop; one in trouble stops no other. Returns how many."""
    n = 0
    for merchant in Merchant.objects.order_by("pk"):
        try:
            with tenant(merchant):
                if scope := scope_due(merchant):
                    n += start_build(merchant, None, scope=scope, segments="due").is_new
        except Exception:
            log.exception("The profiles of shop %s could not be started", merchant.pk)
    return n
