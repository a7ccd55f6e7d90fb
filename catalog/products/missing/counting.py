"""How many products on sale lack each fact they cannot do without."""

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count

from catalog.products.models import FactStatus, ProductStatus
from catalog.products.must_have import family_of, wanted_keys

Row = dict[str, Any]


def count_missing(merchant: Any) -> list[Row]:
    """{"key", "family", "n", "of"}: of so many products of the family, n lack the fact.

    Products are counted by category and type, of which there are few; what each such group needs
    is told from its words. Two statements, one look at every confirmed fact.
    """
    groups = ("category", "product_type", "category__family")
    on_sale = merchant.products.live().filter(status=ProductStatus.ACTIVE).order_by()
    totals = on_sale.values_list(*groups).annotate(n=Count("pk"))
    stated = _stated(merchant)
    lacking: Counter[tuple[str, str]] = Counter()
    needing: Counter[tuple[str, str]] = Counter()
    for category, product_type, category_family, n in totals:
        family = family_of(category_family or "", product_type)
        for key in wanted_keys(family, product_type):
            needing[key, family] += n
            lacking[key, family] += n - stated[category, product_type].get(key, 0)
    return [
        {"key": key, "family": family, "n": n, "of": needing[key, family]}
        for (key, family), n in lacking.items()
        if n
    ]


def _stated(merchant: Any) -> dict[tuple[Any, str], dict[str, int]]:
    """Products that state each fact, by category and type."""
    rows = (
        merchant.facts.filter(
            status=FactStatus.CONFIRMED,
            product__deleted_at=None,
            product__status=ProductStatus.ACTIVE,
        )
        .order_by()
        .values("product__category", "product__product_type", "attribute__key")
        .annotate(n=Count("product", distinct=True))
    )
    found: dict[tuple[Any, str], dict[str, int]] = defaultdict(dict)
    for row in rows:
        place = row["product__category"], row["product__product_type"]
        found[place][row["attribute__key"]] = row["n"]
    return found
