"""Which facts a product must have before a text can say anything that matters."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, OuterRef, Q, Subquery, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, JSONObject
from django.db.models.lookups import LessThan

from catalog.products.models import Fact, FactStatus
from catalog.products.vocabulary import find_type, must_have
from ecomportal.tenancy.models import Merchant

# Every product type of a shop, each found from the one before it: as many steps through the index
# as there are types, however many products.
TYPES = """ARRAY(
    WITH RECURSIVE type AS (
        (SELECT product_type AS name FROM catalog_product WHERE merchant_id = %s
         ORDER BY product_type LIMIT 1)
        UNION ALL
        SELECT (SELECT p.product_type FROM catalog_product p
                WHERE p.merchant_id = %s AND p.product_type > type.name
                ORDER BY p.product_type LIMIT 1)
        FROM type WHERE type.name IS NOT NULL
    )
    SELECT name FROM type WHERE name IS NOT NULL
)"""


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

    Families are told from words, which the database does not know; so the shop's own categories
    and product types are sorted into families first, in one statement.
    """
    words = _words(merchant)
    categories, types = _by_family(words)
    # No category, or one without a family, leaves it to the type.
    untold = Q(category=None) | Q(category__in=categories.pop("", []))
    lacking = Q(pk=None)  # nothing, where the shop has no product
    for family in sorted({*categories, *types}):
        belongs = Q(category__in=categories.get(family, []))
        belongs |= untold & Q(product_type__in=types.get(family, []))
        lacking |= belongs & _lacks(must_have_keys(family), words["ids"])
    return lacking


def _words(merchant: Any) -> dict[str, Any]:
    families = merchant.categories.values(row=JSONObject(id="id", family="family"))
    attributes = merchant.attributes.values(row=JSONObject(id="id", key="key"))
    columns = {
        "of_families": ArraySubquery(families.order_by()),
        "of_attributes": ArraySubquery(attributes.order_by()),
        "of_types": RawSQL(TYPES, [merchant.pk, merchant.pk], output_field=ArrayField(TextField())),
    }
    found = Merchant.objects.filter(pk=merchant.pk).order_by().values(**columns).get()
    return found | {"ids": {row["key"]: row["id"] for row in found["of_attributes"]}}


def _by_family(words: dict[str, Any]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The ids of the categories, and the product types, of each family; "" is no known one."""
    categories: dict[str, list[str]] = {}
    types: dict[str, list[str]] = {}
    for row in words["of_families"]:
        categories.setdefault(row["family"], []).append(row["id"])
    for product_type in words["of_types"]:
        types.setdefault(family_of("", product_type), []).append(product_type)
    return categories, types


def _lacks(keys: list[str], attributes: dict[str, str]) -> Q:
    """A count, not one EXISTS a key: those the planner would answer for the whole shop at once,
    where a page wants the first few products alone."""
    if not set(keys) <= set(attributes):
        return Q()  # the shop has no such fact at all
    facts = Fact.objects.filter(product=OuterRef("pk"), status=FactStatus.CONFIRMED).order_by()
    if keys:
        facts = facts.filter(attribute__in=[attributes[key] for key in keys])
    counted = facts.values("product").annotate(n=Count("attribute", distinct=True)).values("n")
    # Nobody knows what a product of no family needs, but one fact it does need.
    return Q(LessThan(Coalesce(Subquery(counted), 0), max(1, len(keys))))
