"""Write what the editor read: only rows that changed, so that history tells of nothing else."""

from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils import timezone

from catalog.products.attribute_book import AttributeBook
from catalog.products.editable import Editable
from catalog.products.models import Fact, Product, ProductText, TextOrigin, Variant
from catalog.products.reading import Reading
from catalog.products.snapshot import free_skus

AI = {TextOrigin.AI, TextOrigin.AI_EDITED}


def write(editable: Editable, reading: Reading, book: AttributeBook, *, user: Any) -> None:
    """Bring the product to what was read, inside the caller's transaction.

    Rows that the form did not hold stay as they are. The caller has locked the product.
    """
    product = editable.product
    _write_variants(editable, reading)
    _write_facts(product, reading, book)
    _write_texts(product, reading, user)
    live = product.variants.filter(deleted_at=None).values_list("sku", "barcode")
    words = dict.fromkeys(word for pair in live for word in pair if word)
    values = {**reading.product, "search_extra": " ".join(words)}
    Product.objects.filter(pk=product.pk).update(**values, updated_at=timezone.now())


def _changes(row: Model, values: dict[str, Any]) -> bool:
    """Set the values; tell whether any differed."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _write_variants(editable: Editable, reading: Reading) -> None:
    product = editable.product
    # Those taken out meanwhile too: choosing to keep one on the conflict page brings it back.
    rows = {str(row.pk): row for row in product.variants.all()}
    last = max((row.position for row in rows.values()), default=0)
    changed, new = [], {}
    for row_id, values in reading.variants.items():
        row = rows.get(row_id)
        if values is None:
            if row and _changes(row, {"deleted_at": row.deleted_at or timezone.now()}):
                changed.append(row)
        elif row:
            if _changes(row, {**values, "deleted_at": None}):
                changed.append(row)
        else:
            last += 1
            new[row_id] = Variant(
                merchant_id=product.merchant_id, product=product, position=last, **values
            )
    names = ["deleted_at", *next((v for v in reading.variants.values() if v), {})]
    # Removals first: a new variant may take the SKU of one that goes.
    Variant.objects.filter(pk__in=[r.pk for r in changed if r.deleted_at]).update(
        deleted_at=timezone.now()
    )
    kept = [row for row in changed if row.deleted_at is None]
    free_skus(kept)
    Variant.objects.bulk_update(kept, names, batch_size=200)
    Variant.objects.bulk_create(new.values(), batch_size=500)
    _move(editable, {r: p for r, p in reading.places.items() if r in rows or r in new}, new)


def _move(editable: Editable, places: dict[str, int], new: dict[str, Variant]) -> None:
    """Put variants where they were told to stand; the others keep their order around them."""
    stood = {v["pk"]: place for place, v in enumerate(editable.variants, start=1)}
    moved = {row_id: place for row_id, place in places.items() if stood.get(row_id) != place}
    if not moved:
        return
    live = list(editable.product.variants.filter(deleted_at=None).order_by("position", "pk"))
    row_ids = {row.pk: row_id for row_id, row in new.items()}
    wanted = {row.pk: moved.get(row_ids.get(row.pk, str(row.pk))) for row in live}
    order = [row for row in live if wanted[row.pk] is None]
    for row in sorted((r for r in live if wanted[r.pk]), key=lambda r: wanted[r.pk]):
        order.insert(wanted[row.pk] - 1, row)
    changed = [row for n, row in enumerate(order, start=1) if _changes(row, {"position": n})]
    Variant.objects.bulk_update(changed, ["position"], batch_size=500)


def _write_facts(product: Product, reading: Reading, book: AttributeBook) -> None:
    rows = {str(row.pk): row for row in product.facts.select_related("attribute")}
    gone = [UUID(pk) for pk, values in reading.facts.items() if values is None and pk in rows]
    if gone:
        Fact.objects.filter(pk__in=gone).delete()
    changed, new = [], []
    for row_id, values in reading.facts.items():
        row = rows.get(row_id)
        if values is None:
            continue
        named = {name: value for name, value in values.items() if name != "attribute"}
        if row:
            if _changes(row, named):
                changed.append(row)
        else:
            attribute = book.get(values["attribute"])
            named["unit"] = named["unit"] or attribute.unit
            new.append(
                Fact(
                    merchant_id=product.merchant_id, product=product, attribute=attribute,
                    source="person", **named,
                )
            )  # fmt: skip
    Fact.objects.bulk_update(changed, ["value", "number", "unit", "status"], batch_size=200)
    # Ignoring what is there already: the same fact may have come in by another way just now.
    Fact.objects.bulk_create(new, ignore_conflicts=True)


def _write_texts(product: Product, reading: Reading, user: Any) -> None:
    rows = {(row.language, row.field): row for row in product.texts.all()}
    for (language, field), text in reading.texts.items():
        row = rows.get((language, field))
        if text == (row.text if row else ""):
            continue
        if row and not text:
            row.delete()
            continue
        row = row or ProductText(
            merchant_id=product.merchant_id, product=product, language=language, field=field
        )
        is_ai = row.origin in AI
        row.origin = TextOrigin.AI_EDITED if is_ai else TextOrigin.PERSON
        row.provenance = {**row.provenance, "edited_by": user.pk} if is_ai else {}
        row.text, row.approved_by, row.updated_at = text, user, timezone.now()
        row.save()
