"""Proposed facts of imported products: when to read them, and how to keep them beside others."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from catalog.products.imports.extract import ProposedFact, extract_facts, family_of
from catalog.products.imports.html import plain_text
from catalog.products.imports.merge import Snapshot
from catalog.products.imports.stated_facts import add_facts
from catalog.products.models import Attribute, Fact, FactStatus
from catalog.products.vocabulary import KINDS
from ecomportal.tenancy.models import Merchant

__all__ = ["ProposedFact", "family_of", "read_facts", "write_facts"]

# What this module proposed and may take back; a person's facts have other sources.
SOURCES = ("option", "title", "type", "tag", "description", "weight")
METAFIELD = re.compile(r"(.+) \(product\.metafields\..+\)")
GOOGLE = {"gender": "gender", "age group": "age group", "material": "material", "color": "colour"}


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


def write_facts(merchant: Merchant, plans: Iterable[Any], now: datetime) -> None:
    """Add what is new, and take back earlier proposals that the words no longer carry.

    A fact that a person confirmed, rejected or typed is never touched, nor proposed again.
    """
    plans = [plan for plan in plans if plan.proposed is not None]
    ids = attribute_ids(merchant, {fact.key for plan in plans for fact in plan.proposed})
    by_key = {key: str(pk) for key, pk in ids.items()}
    rows, stale = [], []
    for plan in plans:
        existing = plan.after["facts"]
        wanted = {(by_key[fact.key], fact.value): fact for fact in plan.proposed}
        stale += [fact["id"] for fact in existing if _is_stale(fact, wanted)]
        known = {(str(fact["attribute_id"]), fact["value"]) for fact in existing}
        product_id = str(plan.product_id)
        for (attribute_id, value), fact in wanted.items():
            if (attribute_id, value) not in known:
                row = (product_id, attribute_id, value[:500], fact.number, fact.unit)
                rows.append((*row, fact.source, fact.evidence[:300]))
    if stale:
        Fact.objects.filter(pk__in=stale).delete()
    add_facts(merchant, rows, status=FactStatus.PROPOSED, now=now)


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
