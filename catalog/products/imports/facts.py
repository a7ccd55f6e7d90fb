"""Proposed facts of imported products: when to read them, and how to keep them beside others."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from catalog.products.imports.extract import ProposedFact, extract_facts, family_of
from catalog.products.imports.html import plain_text
from catalog.products.imports.merge import Snapshot
from catalog.products.imports.stage import insert
from catalog.products.models import Attribute, Fact, FactStatus
from catalog.products.vocabulary import KINDS
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant

__all__ = ["ProposedFact", "family_of", "read_facts", "write_facts"]

# What this module proposed and may take back; a person's facts have other sources.
SOURCES = ("option", "title", "type", "tag", "description", "weight")
METAFIELD = re.compile(r"(.+) \(product\.metafields\..+\)")
GOOGLE = {"gender": "gender", "age group": "age group", "material": "material", "color": "colour"}
COLUMNS = (
    *("id", "merchant_id", "product_id", "attribute_id", "value", "number", "unit", "status"),
    *("source", "evidence", "created_at"),
)


def read_facts(
    before: Snapshot | None, after: Snapshot, language: str
) -> list[ProposedFact] | None:
    """What the product's words state; None when no word changed, so that nothing is read again."""
    words = _words(after)
    if before is not None and _words(before) == words:
        return None
    found = extract_facts(**words["texts"], options=words["options"], language=language)
    return [*found, *_weight(words["weights"])]


def _words(snap: Snapshot) -> dict[str, Any]:
    product = snap["product"]
    body = "\n".join(plain_text(t["text"]) for t in snap["texts"] if t["field"] == "description")
    texts = {
        "title": product["title"],
        "body_text": body,
        "product_type": product["product_type"],
        "tags": product["tags"],
    }
    weights = {v["weight_grams"] for v in snap["variants"]}
    return {"texts": texts, "options": _options(snap), "weights": weights}


def _options(snap: Snapshot) -> dict[str, list[str]]:
    """Option names with their values, and what kept columns say in the same manner."""
    product = snap["product"]
    found = {
        name: [v["options"][n] for v in snap["variants"] if n < len(v["options"])]
        for n, name in enumerate(product["option_names"])
    }
    for column, value in product["extra"].items():
        metafield = METAFIELD.fullmatch(column)
        google = GOOGLE.get(column.casefold().removeprefix("google shopping / "))
        name = metafield[1] if metafield else google
        if name and isinstance(value, str) and name not in found:
            found[name] = [part.strip() for part in re.split(r"[;,]", value) if part.strip()]
    return found


def _weight(weights: set[str | None]) -> list[ProposedFact]:
    """The weight that all variants share. Shops weigh the parcel, so it is only proposed."""
    if len(weights) != 1 or not (value := next(iter(weights))):
        return []
    return [ProposedFact("weight", value, Decimal(value), "g", "weight", f"{value} g")]


def write_facts(
    merchant: Merchant,
    proposed: Mapping[UUID, tuple[Snapshot | None, list[ProposedFact] | None]],
) -> None:
    """Add what is new, and take back earlier proposals that the words no longer carry.

    A fact that a person confirmed, rejected or typed is never touched, nor proposed again.
    """
    read = {pk: (before, facts) for pk, (before, facts) in proposed.items() if facts is not None}
    ids = attribute_ids(merchant, {fact.key for _, facts in read.values() for fact in facts})
    now, rows, stale = timezone.now(), [], []
    for product_id, (before, facts) in read.items():
        wanted = {(str(ids[fact.key]), fact.value): fact for fact in facts}
        existing = before["facts"] if before else []
        stale += [fact["id"] for fact in existing if _is_stale(fact, wanted)]
        known = {(str(fact["attribute_id"]), fact["value"]) for fact in existing}
        for (attribute_id, value), fact in wanted.items():
            if (attribute_id, value) not in known:
                rows.append(
                    {
                        "id": uuid7(),
                        "merchant_id": merchant.pk,
                        "product_id": product_id,
                        "attribute_id": attribute_id,
                        "value": value[:500],
                        "number": fact.number,
                        "unit": fact.unit,
                        "status": FactStatus.PROPOSED.value,
                        "source": fact.source,
                        "evidence": fact.evidence[:300],
                        "created_at": now,
                    }
                )
    if stale:
        Fact.objects.filter(pk__in=stale).delete()
    insert(Fact, rows, COLUMNS)


def _is_stale(fact: Mapping[str, Any], wanted: Mapping[tuple[str, str], ProposedFact]) -> bool:
    is_ours = fact["status"] == FactStatus.PROPOSED and fact["source"] in SOURCES
    return is_ours and (str(fact["attribute_id"]), fact["value"]) not in wanted


def attribute_ids(merchant: Merchant, keys: Iterable[str]) -> dict[str, UUID]:
    """The shop's attribute of each kind; missing ones are made from the vocabulary."""
    keys = set(keys)
    found = dict(merchant.attributes.filter(key__in=keys).values_list("key", "pk"))
    places = {key: n for n, key in enumerate(KINDS, start=1)}
    new = [
        Attribute(
            merchant=merchant,
            key=key,
            label_en=KINDS[key].label_en[:80],
            label_zh=KINDS[key].label_zh[:80],
            type=KINDS[key].type,
            unit=KINDS[key].default_unit,
            position=places[key],
        )
        for key in sorted(keys - found.keys())
    ]
    if new:
        Attribute.objects.bulk_create(new, ignore_conflicts=True)
        found = dict(merchant.attributes.filter(key__in=keys).values_list("key", "pk"))
    return found
