"""Customers that a rule fits."""

from datetime import datetime

from django.db.models import QuerySet

from aiassist.segments.language.compiler import Compiler
from aiassist.segments.language.rules import Rule
from catalog.orders.models import Customer
from ecomportal.tenancy.models import Merchant


def customers_matching(
    merchant: Merchant, rule: Rule, *, now: datetime | None = None
) -> "QuerySet[Customer]":
    """The customers of the shop that the rule fits at that moment, by default now."""
    return merchant.customers.filter(Compiler(merchant, now=now).condition(rule.tree))
