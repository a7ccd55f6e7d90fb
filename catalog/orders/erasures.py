"""Customers who were erased: that they were, and nothing of what they were.

A row keeps fingerprints of the customer number and of the e-mail, so that either in a later file
or call is recognised: whoever brings customers in asks `erased_among` first and says so, and a
trigger refuses what was compared before the erasure and is written after it. A number can be
guessed and its fingerprint compared; who does that learns that it was erased, and no more.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.orders.contacts import email_hash, is_email
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


def erased_among(
    merchant: Merchant, numbers: Iterable[str], *, emails: Mapping[str, str] | None = None
) -> dict[str, datetime]:
    """Which of these customer numbers were erased and not let in again, and when: under the
    number, or under the e-mail whose hash `emails` has for it."""
    numbers, standing = set(numbers), merchant.erasures.filter(lifted_at=None)
    if not numbers or not standing.exists():
        return {}
    keys = {number: fingerprint(merchant.pk, number) for number in numbers}
    contacts = {
        number: fingerprint(merchant.pk, email)
        for number, email in (emails or {}).items()
        if email and number in numbers
    }
    return _at(standing, "contact_hash", contacts) | _at(standing, "key_hash", keys)


def _at(standing: QuerySet[Erasure], column: str, prints: Mapping[str, str]) -> dict[str, datetime]:
    found = standing.filter(**{f"{column}__in": set(prints.values())})
    at = dict(found.values_list(column, "at"))
    return {number: at[mark] for number, mark in prints.items() if mark in at}


def standing_of(merchant: Merchant, asked: str) -> QuerySet[Erasure]:
    """The erasures in force of a customer number or an e-mail address."""
    is_hers = Q(key_hash=fingerprint(merchant.pk, asked))
    if is_email(asked):
        is_hers |= Q(contact_hash=fingerprint(merchant.pk, email_hash(asked)))
    return merchant.erasures.filter(is_hers, lifted_at=None)
