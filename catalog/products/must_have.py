"""Which facts a product must have before a text can say anything that matters."""

from functools import lru_cache, reduce
from operator import or_
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


@lru_cache(maxsize=4096)
def family_of(category_family: str, product_type: str) -> str:
    """The product family: what the category says, else what the type's words mean, else ""."""
    if category_family or not product_type:
        return category_family or ""
    found = find_type(product_type)
    return found[0].key if found else ""


@lru_cache(maxsize=4096)
def wanted_keys(family: str, product_type: str = "") -> tuple[str, ...]:
    """The facts that a product of this family and type cannot do without: a kettle's capacity, but
    no apron's. `product_type` is the shop's own word for it."""
    if not family:
        return ()
    found = find_type(product_type) if product_type else None
    type_key = found[1].key if found and found[0].key == family else ""
    return tuple(kind.key for kind in must_have(family, type_key))


def facts_share(family: str, confirmed_keys: list[str], product_type: str = "") -> int | None:
    """How much of what a text needs is confirmed, in percent; None for an unknown family."""
    wanted = wanted_keys(family, product_type)
    if not wanted:
        return None
    return 100 * len(set(wanted) & set(confirmed_keys)) // len(wanted)


def lacks_must_haves(merchant: Any) -> Q:
    """Products whose must-have facts are not all confirmed."""
    needs, attributes = needs_of(merchant)
    lacking = Q(pk=None)  # nothing, where the shop has no product
    for keys, belongs in needs.items():
        lacking |= belongs & _lacks(keys, attributes)
    return lacking


def needs_fact(merchant: Any, key: str) -> Q:
    """Products that cannot do without this fact, whether they have it or not."""
    needs, _attributes = needs_of(merchant)
    return reduce(or_, (belongs for keys, belongs in needs.items() if key in keys), Q(pk=None))


def needs_of(merchant: Any) -> tuple[dict[tuple[str, ...], Q], dict[str, str]]:
    """Each set of must-have facts with the products that need just these, and the ids of the
    shop's kinds of fact by key.

    Families and types are told from words, which the database does not know; so the shop's own
    categories and product types are sorted first, in one statement.
    """
    words = _words(merchant)
    categories: dict[str, list[str]] = {}
    for row in words["of_families"]:
        categories.setdefault(row["family"], []).append(row["id"])
    # No category, or one without a family, leaves it to the type.
    untold = Q(category=None) | Q(category__in=categories.pop("", []))
    needs: dict[tuple[str, ...], Q] = {}
    for keys, types in _by_need(words["of_types"]).items():
        _add(needs, keys, untold & Q(product_type__in=types))
    for family, ids in sorted(categories.items()):
        usual, inside = wanted_keys(family), Q(category__in=ids)
        special = _by_need(words["of_types"], family)
        special.pop(usual, None)
        for keys, types in special.items():
            _add(needs, keys, inside & Q(product_type__in=types))
        others = [name for types in special.values() for name in types]
        _add(needs, usual, inside & ~Q(product_type__in=others) if others else inside)
    return needs, {row["key"]: row["id"] for row in words["of_attributes"]}


def _add(needs: dict[tuple[str, ...], Q], keys: tuple[str, ...], belongs: Q) -> None:
    needs[keys] = needs[keys] | belongs if keys in needs else belongs


def _by_need(types: list[str], family: str = "") -> dict[tuple[str, ...], list[str]]:
    """The product types by what they need, in this family or else each in its own."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name in types:
        found.setdefault(wanted_keys(family or family_of("", name), name), []).append(name)
    return found


def _words(merchant: Any) -> dict[str, Any]:
    families = merchant.categories.values(row=JSONObject(id="id", family="family"))
    attributes = merchant.attributes.values(row=JSONObject(id="id", key="key"))
    columns = {
        "of_families": ArraySubquery(families.order_by()),
        "of_attributes": ArraySubquery(attributes.order_by()),
        "of_types": RawSQL(TYPES, [merchant.pk, merchant.pk], output_field=ArrayField(TextField())),
    }
    return Merchant.objects.filter(pk=merchant.pk).order_by().values(**columns).get()


def _lacks(keys: tuple[str, ...], attributes: dict[str, str]) -> Q:
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
