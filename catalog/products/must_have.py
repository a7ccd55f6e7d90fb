"""Which facts a product must have before a text can say anything that matters."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from catalog.products.models import Fact, FactStatus
from catalog.products.vocabulary import find_type, must_have


def family_of(category_family: str, product_type: str) -> str:
    """The product family: what the category says, else what the type's words mean, else ""."""
    if category_family or not product_type:
        return category_family or ""
    found = find_type(product_type)
    return found[0].key if found else ""


def must_have_keys(family: str) -> list[str]:
    return [kind.key for kind in must_have(family)] if family else []


def facts_share(family: str, confirmed_keys: list[str]) -> int | None:
    """How much of what a text needs is confirmed, in percent; None for an unknown family."""
    wanted = must_have_keys(family)
    if not wanted:
        return None
    return 100 * len(set(wanted) & set(confirmed_keys)) // len(wanted)


def lacks_must_haves(merchant: Any) -> Q:
    """Products whose must-have facts are not all confirmed.

    Families are told from words, which the database does not know; so the shop's own pairs of
    category family and product type are sorted into families first.
    """
    pairs = merchant.products.order_by().values_list("category__family", "product_type").distinct()
    of_family: dict[str, Q] = {}
    for category_family, product_type in pairs:
        # No category gives None, a category without a family "": both leave it to the type.
        pair = Q(category=None) if category_family is None else Q(category__family=category_family)
        family = family_of(category_family or "", product_type)
        of_family[family] = of_family.get(family, Q()) | pair & Q(product_type=product_type)
    lacking = Q(pk=None)  # nothing, where the shop has no product
    for family, belongs in of_family.items():
        lacking |= belongs & _lacks(must_have_keys(family))
    return lacking


def _lacks(keys: list[str]) -> Q:
    facts = Fact.objects.filter(product=OuterRef("pk"), status=FactStatus.CONFIRMED)
    if not keys:  # nobody knows what it needs, but one fact it does need
        return Q(~Exists(facts))
    lacking = Q()
    for key in keys:
        lacking |= Q(~Exists(facts.filter(attribute__key=key)))
    return lacking
