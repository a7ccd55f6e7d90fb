"""Facts that a file states outright, by kind: they are confirmed, unlike those read out of words.

A kind the file has a column for gets exactly the values of its cell; proposals that a person did
not decide yet stay beside them, and other kinds are not touched.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from catalog.products.attribute_book import AttributeBook
from catalog.products.imports.stage import STAGE, staged
from catalog.products.imports.values import tidy
from catalog.products.models import Attribute, AttributeType, Fact, FactStatus
from catalog.products.vocabulary import parse_quantity
from catalog.products.vocabulary.units import format_number
from ecomportal.tenancy.models import Merchant

Snapshot = dict[str, Any]
SEPARATOR = "; "  # between the values of one kind of fact
COLUMNS = ("product_id", "attribute_id", "value", "number", "unit", "source", "evidence")
INSERT = f"""
INSERT INTO catalog_fact (id, merchant_id, {", ".join(COLUMNS)}, status, created_at)
SELECT uuidv7(), %s, {", ".join(COLUMNS)}, %s, %s FROM {STAGE} ON CONFLICT DO NOTHING
"""


def split_facts(cell: str) -> list[str]:
    return list(_split(cell)) if cell else []


@lru_cache(maxsize=8192)
def _split(cell: str) -> tuple[str, ...]:
    values = (value.strip() for value in cell.replace("；", ";").split(SEPARATOR.strip()))
    return tuple(dict.fromkeys(value for value in values if value))


def attribute_keys(merchant: Merchant) -> dict[UUID, str]:
    return dict(merchant.attributes.values_list("pk", "key"))


def with_keys(snaps: Mapping[UUID, Snapshot], keys: Mapping[UUID, str]) -> dict[UUID, Snapshot]:
    """The snapshots with the kind of each fact named, which is what a file can state."""
    by_text = {str(pk): key for pk, key in keys.items()}
    return {
        pk: {**snap, "facts": [{**f, "key": by_text.get(f["attribute_id"])} for f in snap["facts"]]}
        for pk, snap in snaps.items()
    }


def fact_text(fact: Mapping[str, Any]) -> str:
    """The fact as a cell shows it."""
    return tidy(f"{fact['value']} {fact['unit']}")


def confirmed(facts: Iterable[Snapshot], key: str) -> list[Snapshot]:
    """The product's own confirmed facts of a kind; those of a single variant are none of its."""
    return [f for f in facts if is_own(f, key) and f["status"] == FactStatus.CONFIRMED]


def is_own(fact: Snapshot, key: str) -> bool:
    return fact["variant_id"] is None and (fact.get("key") or "").casefold() == key.casefold()


def cell_of(facts: Iterable[Snapshot]) -> str:
    return SEPARATOR.join(fact_text(fact) for fact in facts)


def merge_facts(facts: list[Snapshot], stated: Mapping[str, list[str]]) -> list[Snapshot]:
    """The facts with what the file states; a cell that an export would write changes nothing."""
    for key, texts in stated.items():
        own = confirmed(facts, key)
        if set(split_facts(cell_of(own))) == set(texts):
            continue
        gone = [fact for fact in own if fact_text(fact) not in texts]
        facts = [fact for fact in facts if fact not in gone]
        for text in texts:
            same = [fact for fact in facts if is_own(fact, key) and fact_text(fact) == text]
            for fact in same:
                fact["status"] = FactStatus.CONFIRMED.value
            if not same:
                facts.append(_new(key, text))
    return facts


def says_facts(stated: Mapping[str, list[str]], facts: list[Snapshot]) -> bool:
    """Whether facts say what the file stated of them, so that stating it again changes nothing."""
    said: dict[str, set[str]] = {}
    for fact in facts:
        said.setdefault(fact["key"], set()).update(split_facts(fact_text(fact)))
    return all(said.get(key, set()) == set(texts) for key, texts in stated.items() if texts)


def _new(key: str, text: str) -> Snapshot:
    row = {"id": None, "attribute_id": None, "variant_id": None, "key": key, "value": text}
    rest = {"number": None, "unit": "", "evidence": "", "source": "import"}
    return {**row, **rest, "status": FactStatus.CONFIRMED.value}


def fact_differences(before: list[Snapshot], after: list[Snapshot]) -> Iterator[dict[str, Any]]:
    """One entry for each kind whose confirmed values differ."""
    for key in dict.fromkeys(fact["key"] for fact in [*before, *after] if fact.get("key")):
        old, new = cell_of(confirmed(before, key)), cell_of(confirmed(after, key))
        if old != new:
            yield {"field": "fact", "column": key, "before": old, "after": new}


def write_stated(merchant: Merchant, plans: Iterable[Any], now: datetime) -> None:
    """Write the facts of plans whose row states some: what is new, confirmed or gone."""
    plans = [plan for plan in plans if plan.row.payload.get("facts")]
    if not plans:
        return
    book, new, decided, gone = AttributeBook(merchant), [], [], []
    for plan in plans:
        kept = {fact["id"]: fact for fact in plan.after["facts"]}
        old = plan.before["facts"] if plan.before else []
        gone += [fact["id"] for fact in old if fact["id"] not in kept]
        decided += [f["id"] for f in old if f["id"] in kept and _is_decided(f, kept[f["id"]])]
        for fact in plan.after["facts"]:
            if fact["id"] is None:
                _complete(fact, book.get(fact["key"]))
                new.append((plan.product_id, *(fact[name] for name in COLUMNS[1:])))
    if gone:
        Fact.objects.filter(pk__in=gone).delete()
    if decided:
        Fact.objects.filter(pk__in=decided).update(status=FactStatus.CONFIRMED)
    add_facts(merchant, new, status=FactStatus.CONFIRMED, now=now)


def add_facts(
    merchant: Merchant, rows: list[tuple[Any, ...]], *, status: FactStatus, now: datetime
) -> None:
    """Add facts, given as COLUMNS; one that the product has already is left as it is."""
    if rows:
        with staged(Fact, rows, COLUMNS) as cursor:
            cursor.execute(INSERT, [merchant.pk, status.value, now])


def _is_decided(old: Snapshot, new: Snapshot) -> bool:
    return old["status"] != new["status"]


def _complete(fact: Snapshot, attribute: Attribute) -> None:
    """Give a new fact its kind, and a number its unit."""
    fact["attribute_id"] = str(attribute.pk)
    quantity = _quantity(fact["value"]) if attribute.type == AttributeType.NUMBER else None
    if quantity:
        number, unit = quantity
        text = format_number(number, "zh")  # without separators of thousands
        fact.update(value=text, number=number, unit=unit or attribute.unit)


_quantity = lru_cache(maxsize=4096)(parse_quantity)
