"""From a product's rows to what an engine is asked, and back to what a draft must remember."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from aiassist.copywriting.engine import CopyRequest, Fact
from aiassist.copywriting.guard import Policy
from aiassist.copywriting.models import ApprovedText
from catalog.products.models import Fact as FactRow
from catalog.products.models import FactStatus, Product
from catalog.products.vocabulary.families import find_type
from catalog.products.vocabulary.kinds import KINDS, kinds_of
from catalog.products.vocabulary.units import parse_quantity
from catalog.products.vocabulary.values import find_value

# The name, brand and type are facts too; engines and the guard know them by these ids.
PSEUDO = ("name", "brand", "type")
AUDIENCE = "audience"  # the source of what is known of the readers


USABLE = (FactStatus.CONFIRMED,)
ONCE_CONFIRMED = (FactStatus.CONFIRMED, FactStatus.PROPOSED)  # what a preview may show


def with_facts(products: QuerySet[Product], statuses: Sequence[str] = USABLE) -> list[Product]:
    """The products with their categories and, in one more statement, their facts."""
    return load_facts(list(products.select_related("category")), statuses)


def load_facts(products: list[Product], statuses: Sequence[str] = USABLE) -> list[Product]:
    """Give each product the facts a text may use as `product.confirmed`, in one statement."""
    rows = FactRow.objects.filter(status__in=statuses, variant=None)
    facts = rows.select_related("attribute")
    ordered = facts.order_by("attribute__position", "id")
    prefetch_related_objects(products, Prefetch("facts", queryset=ordered, to_attr="confirmed"))
    return products


def inputs_of(product: Product) -> list[dict[str, Any]]:
    """What a draft of this product rests on, as the draft keeps it.

    Two equal lists mean the product has not changed in anything a text could claim.
    """
    stated = [("name", product.title), ("brand", product.vendor), ("type", product.product_type)]
    rows = [
        {"id": key, "key": key, "value": value, "type": "text", "source": "product"}
        for key, value in stated
        if value
    ]
    return rows + [_input(fact) for fact in product.confirmed]


def _input(fact: FactRow) -> dict[str, Any]:
    return {
        "id": str(fact.pk),
        "key": fact.attribute.key,
        "value": fact.value,
        "number": None if fact.number is None else str(fact.number.normalize()),
        "unit": fact.unit,
        "label_en": fact.attribute.label_en,
        "label_zh": fact.attribute.label_zh,
        "type": fact.attribute.type,
        "source": fact.source,
    }


def facts_from(inputs: Iterable[dict[str, Any]]) -> tuple[Fact, ...]:
    """The facts of a draft's inputs, without name, brand and type and what is known of readers:
    a number of theirs backs nothing that is said of the product."""
    return tuple(
        Fact(
            id=row["id"],
            key=row["key"],
            value=row["value"],
            number=Decimal(row["number"]) if row.get("number") else None,
            unit=row.get("unit", ""),
            label_en=row.get("label_en", ""),
            label_zh=row.get("label_zh", ""),
            type=row.get("type", "text"),
        )
        for row in inputs
        if row["id"] not in PSEUDO and row.get("source") != AUDIENCE
    )


def family_of(product: Product) -> tuple[str, str]:
    """The product's family and type keys; ("", "") when nothing tells them."""
    category = product.category.path if product.category else ""
    for text in (product.product_type, product.title, category, " ".join(product.tags)):
        if text and (found := find_type(text)):
            return found[0].key, found[1].key
    return (product.category.family if product.category else ""), ""


def fact_choices(product: Product, language: str) -> list[tuple[str, str]]:
    """What a fact of this product may be called: the kinds of its family, the important first."""
    family, _type = family_of(product)
    kinds = kinds_of(family) or tuple(KINDS.values())
    is_zh = language.startswith("zh")
    return [(k.key, k.label_zh if is_zh else k.label_en.capitalize()) for k in kinds]


def likely_key(product: Product, words: str) -> str:
    """The kind of fact that a claim's words read like: "99 L" is a capacity, "oak" a material;
    "" where nothing tells."""
    family, _type = family_of(product)
    kinds = kinds_of(family)
    read = parse_quantity(words)
    if read and read[1]:
        return next((kind.key for kind in kinds if read[1] in kind.units), "")
    return next((kind.key for kind in kinds if find_value(kind.key, words)), "")


def request_for(product: Product, *, main_language: str, **wishes: Any) -> CopyRequest:
    """`wishes`: lang, field, tone, max_chars, keywords, approved_texts, seed."""
    family, product_type = family_of(product)
    return CopyRequest(
        product_id=str(product.pk),
        name=product.title,
        name_lang=main_language,
        brand=product.vendor,
        family=family,
        product_type=product_type,
        facts=facts_from(inputs_of(product)),
        **wishes,
    )


def policy_for(product: Product, language: str, approved_texts: tuple[str, ...]) -> Policy:
    family, product_type = family_of(product)
    return Policy(
        lang=language,
        name=product.title,
        brand=product.vendor,
        product_type=product_type or product.product_type,
        family=family,
        approved_texts=approved_texts,
        other_brands=(),
        channel=None,
    )


def approved_texts(merchant: Any) -> dict[str, tuple[str, ...]]:
    """The sentences the merchant stands behind, by language."""
    found: dict[str, list[str]] = {"en": [], "zh": []}
    for row in ApprovedText.objects.filter(merchant=merchant).order_by("created_at"):
        found[row.language].append(row.text)
    return {language: tuple(texts) for language, texts in found.items()}
