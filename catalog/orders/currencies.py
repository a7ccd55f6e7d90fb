"""Which currencies count: the shop's own, and those of which a rate says what a unit is worth."""

from django.db.models import Count

from ecomportal.tenancy.models import Merchant


def rated(merchant: Merchant) -> set[str]:
    return {merchant.currency, *merchant.currency_rates.values_list("currency", flat=True)}


def in_orders(merchant: Merchant) -> list[tuple[str, int]]:
    """The currencies of the shop's orders, the most used first."""
    rows = merchant.orders.values_list("currency").annotate(n=Count("pk"))
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def without_rate(merchant: Merchant) -> list[tuple[str, int]]:
    """Currencies whose orders cannot count yet, with how many they are."""
    known = rated(merchant)
    return [(currency, n) for currency, n in in_orders(merchant) if currency not in known]
