"""Write one kind of fact to many products, and what an import already proposed for them."""

from typing import Any
from uuid import UUID

from catalog.products.models import Attribute, Fact, FactStatus, touch
from catalog.products.typed_facts import TypedFact


def fill(merchant: Any, attribute: Attribute, typed: dict[UUID, TypedFact]) -> None:
    """Confirm what was typed: a fact that stands there as a proposal becomes a confirmed one."""
    wanted = {
        (product_id, value): fact for product_id, fact in typed.items() for value in fact.values
    }
    there = Fact.objects.filter(product__in=typed, attribute=attribute, variant=None)
    for row in there:
        fact = wanted.pop((row.product_id, row.value), None)
        if fact and row.status != FactStatus.CONFIRMED:
            row.status, row.number, row.unit = FactStatus.CONFIRMED, fact.number, fact.unit
            row.save(update_fields=["status", "number", "unit"])
    Fact.objects.bulk_create(
        Fact(
            merchant=merchant, product_id=product_id, attribute=attribute, value=value,
            number=fact.number, unit=fact.unit, source="person",
        )
        for (product_id, value), fact in wanted.items()
    )  # fmt: skip
    touch(typed)


def suggestions(merchant: Any, key: str, product_ids: list[UUID]) -> dict[UUID, dict[str, str]]:
    """What was read from each product's texts and waits to be confirmed, with where it stood."""
    rows = merchant.facts.filter(
        product__in=product_ids, attribute__key=key, status=FactStatus.PROPOSED
    )
    found: dict[UUID, dict[str, str]] = {}
    for row in rows.order_by("pk"):
        text = f"{row.value} {row.unit}".strip()
        if row.product_id in found:  # several values of a list
            text = f"{found[row.product_id]['text']}, {text}"
        found[row.product_id] = {"text": text, "evidence": row.evidence}
    return found
