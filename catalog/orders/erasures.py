"""Customers who were erased: that they were, and nothing of what they were.

A row keeps a fingerprint of the customer number, so that the same number in a later file or call
is recognised: whoever brings customers in asks `erased_among` first and says so, and a trigger
refuses what was compared before the erasure and is written after it. A number can be guessed and
its fingerprint compared; who does that learns that the number was erased, and no more.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ecomportal.tenancy.models import Merchant, TenantModel, User

# The constraint that an insert of an erased number breaks, as the error names it.
REFUSED = "customer_not_erased"


class Erasure(TenantModel):
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="erasures")
    key_hash = models.CharField(_("fingerprint of the number"), max_length=64)
    contact_hash = models.CharField(_("fingerprint of the e-mail"), max_length=64, blank=True)
    has_kept_orders = models.BooleanField(_("orders kept without the customer"), default=True)
    counts = models.JSONField(_("rows taken"), default=dict)  # table -> rows
    erased_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("erased"), default=timezone.now)
    # Somebody let the number in again: the person came back as a customer.
    lifted_at = models.DateTimeField(_("let in again"), null=True, blank=True)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "key_hash"], condition=Q(lifted_at=None), name="erasure_once"
            )
        ]
        indexes = [models.Index(fields=["merchant", "-at", "-id"], name="erasure_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

    @property
    def n_rows(self) -> int:
        return sum(self.counts.values())


def fingerprint(merchant_id: int, text: str) -> str:
    """As `erasure_fingerprint` in the database makes it."""
    return hashlib.sha256(f"{merchant_id}:{text}".encode()).hexdigest()


def erased_among(merchant: Merchant, numbers: Iterable[str]) -> dict[str, datetime]:
    """Which of these customer numbers were erased and not let in again, and when."""
    by_hash = {fingerprint(merchant.pk, number): number for number in numbers}
    standing = merchant.erasures.filter(lifted_at=None)
    if not by_hash or not standing.exists():
        return {}
    found = standing.filter(key_hash__in=list(by_hash)).values_list("key_hash", "at")
    return {by_hash[key_hash]: at for key_hash, at in found}
