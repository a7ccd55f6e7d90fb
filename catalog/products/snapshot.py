"""Whole products as JSON, before and after a change, and the way back.

For edits of few products. Batches of many record in part and inside the database (see `ChangeRow`
and `way_back`).

A snapshot holds the product's own fields and all that hangs below it, with ids, so that
`restore` can put back rows that are gone. Variants of a deleted product are deleted with it at
the same moment; a variant taken out alone is not part of the snapshot.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from catalog.products.changes import Change, ChangeRow
from catalog.products.models import (
    Attribute,
    Category,
    Fact,
    Product,
    ProductImage,
    ProductText,
    Variant,
    touch,
)
from ecomportal.tenancy.context import current_merchant_id
from ecomportal.tenancy.models import User

Snapshot = dict[str, Any]
# Bookkeeping that a way back must not turn back, and what the database works out by itself.
LEFT_OUT = {
    *("merchant_id", "product_id", "grams", "amount", "version", "created_at", "updated_at"),
    "fetch_error",
}
BELOW: dict[str, type[models.Model]] = {
    "variants": Variant,
    "facts": Fact,
    "texts": ProductText,
    "images": ProductImage,
}


def _fields(model: type[models.Model]) -> list[str]:
    kept = [f.attname for f in model._meta.concrete_fields if f.attname not in LEFT_OUT]
    return [name for name in kept if model is Product or name != "deleted_at"]


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, datetime) else value


def _rows(queryset: models.QuerySet, model: type[models.Model]) -> Iterator[tuple[UUID, Snapshot]]:
    key = "pk" if model is Product else "product_id"
    for row in queryset.order_by("pk").values(*_fields(model), owner=F(key)):
        owner = row.pop("owner")
        yield owner, {name: _plain(value) for name, value in row.items()}


def snapshot(product_ids: Iterable[object]) -> dict[UUID, Snapshot]:
    """What the products are now, by id; an id without a product has no entry. Five statements."""
    ids = list(product_ids)
    found: dict[UUID, Snapshot] = {
        owner: {"product": row, **{part: [] for part in BELOW}}
        for owner, row in _rows(Product.objects.filter(pk__in=ids), Product)
    }
    for part, model in BELOW.items():
        rows = model.objects.filter(product_id__in=ids)
        if model is Variant:
            with_product = Q(deleted_at=None) | Q(deleted_at=F("product__deleted_at"))
            rows = rows.filter(with_product)
        for owner, row in _rows(rows, model):
            found[owner][part].append(row)
    return found


def lock(product_ids: Iterable[object]) -> dict[UUID, int]:
    """Hold the products until the transaction ends, in one order, so that two who want the same
    ones wait instead of deadlocking. Gives their versions."""
    rows = Product.objects.filter(pk__in=list(product_ids)).order_by("pk")
    return dict(rows.select_for_update(no_key=True).values_list("pk", "version"))


def versions(product_ids: Iterable[object]) -> dict[UUID, int]:
    return dict(Product.objects.filter(pk__in=list(product_ids)).values_list("pk", "version"))


def restore(snapshots: Mapping[UUID, Snapshot | None]) -> None:
    """Make the products what their snapshots say; None takes a product out (30 days, as always).

    Raises IntegrityError when another product took a handle or a SKU meanwhile.
    """
    known = _known_references(snapshots)
    gone = [pk for pk, snap in snapshots.items() if snap is None]
    soft_delete(gone)
    kept = {pk: snap for pk, snap in snapshots.items() if snap is not None}
    _write(Product, [_row(Product, pk, snap["product"], known) for pk, snap in kept.items()])
    for part, model in BELOW.items():
        rows = [
            _row(model, pk, row, known, deleted_at=snap["product"]["deleted_at"])
            for pk, snap in kept.items()
            for row in snap[part]
        ]
        _remove_others(model, list(kept), [row.pk for row in rows])
        _write(model, rows)
    touch(kept)


def soft_delete(product_ids: Iterable[object]) -> int:
    """Take products and their variants out of the shop; they can be restored for 30 days."""
    ids, moment = list(product_ids), timezone.now()
    Variant.objects.filter(product_id__in=ids, deleted_at=None).update(deleted_at=moment)
    return Product.objects.filter(pk__in=ids, deleted_at=None).update(
        deleted_at=moment, updated_at=moment
    )


def undelete(product_ids: Iterable[object]) -> int:
    """Bring deleted products back, with the variants that left together with them."""
    ids = list(product_ids)
    Variant.objects.filter(product_id__in=ids, deleted_at=F("product__deleted_at")).update(
        deleted_at=None
    )
    return (
        Product.objects.filter(pk__in=ids)
        .exclude(deleted_at=None)
        .update(deleted_at=None, updated_at=timezone.now())
    )


def taken_names(product_ids: Iterable[object]) -> dict[UUID, str]:
    """Deleted products whose handle or SKU another product took meanwhile, each with the name."""
    gone = Product.objects.filter(pk__in=list(product_ids)).exclude(deleted_at=None)
    handles = Product.objects.filter(deleted_at=None).values("handle")
    taken = dict(gone.filter(handle__in=handles).values_list("pk", "handle"))
    skus = Variant.objects.filter(deleted_at=None).exclude(sku="").values("sku")
    variants = Variant.objects.filter(
        product__in=gone, deleted_at=F("product__deleted_at"), sku__in=skus
    )
    return taken | dict(variants.values_list("product_id", "sku"))


def _known_references(snapshots: Mapping[UUID, Snapshot | None]) -> dict[str, set[str]]:
    """Ids that still exist of what snapshots point at: a category may be gone since."""
    snaps = [snap for snap in snapshots.values() if snap]
    wanted = {
        "category_id": {s["product"].get("category_id") for s in snaps},
        "attribute_id": {fact["attribute_id"] for s in snaps for fact in s["facts"]},
        "approved_by_id": {text["approved_by_id"] for s in snaps for text in s["texts"]},
    }
    tables = {"category_id": Category, "attribute_id": Attribute, "approved_by_id": User}
    return {
        name: {
            str(pk)
            for pk in tables[name].objects.filter(pk__in=ids - {None}).values_list("pk", flat=True)
        }
        for name, ids in wanted.items()
    }


def _row(
    model: type[models.Model],
    product_id: UUID,
    values: Snapshot,
    known: dict[str, set[str]],
    *,
    deleted_at: str | None = None,
) -> models.Model:
    fields = {
        name: None if name in known and str(value) not in known[name] else value
        for name, value in values.items()
    }
    if model is Product:
        fields["id"] = product_id
    else:
        fields["product_id"] = product_id
    if model is Variant:
        fields["deleted_at"] = deleted_at
    row = model(merchant_id=current_merchant_id(), **fields)
    for field in model._meta.concrete_fields:
        if field.attname in fields:
            setattr(row, field.attname, field.to_python(getattr(row, field.attname)))
    return row


def _write(model: type[models.Model], rows: list[Any]) -> None:
    if model is Fact:
        rows = [row for row in rows if row.attribute_id]  # its kind of fact is gone
    if not rows:
        return
    if model is Variant:
        free_skus(rows)
    # Every snapshot of one model has the same fields unless a release added one since.
    names = [name for name in _fields(model) if name != "id"]
    names += ["deleted_at"] if model is Variant else []
    model.objects.bulk_create(
        rows, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=names
    )


def free_skus(rows: Iterable[Variant]) -> None:
    """Let variants of one batch swap SKUs: whoever holds a wanted one first lets it go."""
    wanted = {row.sku: row.pk for row in rows if row.sku}
    holders = Variant.objects.filter(sku__in=wanted, deleted_at=None).only("pk", "sku")
    ours = {row.pk for row in rows}
    swapped = [row.pk for row in holders if row.pk in ours and wanted[row.sku] != row.pk]
    if swapped:
        Variant.objects.filter(pk__in=swapped).update(sku="")


def _remove_others(model: type[models.Model], product_ids: list[UUID], kept: list[Any]) -> None:
    others = model.objects.filter(product_id__in=product_ids).exclude(pk__in=kept)
    if model is Variant:  # order lines may point at it
        others.filter(deleted_at=None).update(deleted_at=timezone.now())
    else:
        others.delete()


def record_rows(
    change: Change,
    before: Mapping[UUID, Snapshot],
    after: Mapping[UUID, Snapshot],
    *,
    versions_before: Mapping[UUID, int] | None = None,
) -> int:
    """Write down what changed between two snapshots of the same ids; returns how many products."""
    found = versions_before or {}
    changed = [pk for pk in after if before.get(pk) != after[pk]]
    version_of = versions(changed) if changed else {}
    ChangeRow.objects.bulk_create(
        [
            ChangeRow(
                merchant_id=change.merchant_id,
                change=change,
                product_id=pk,
                label=after[pk]["product"]["title"][:255],
                before=before.get(pk),
                after=after[pk],
                version_before=found.get(pk, 0),
                version_after=version_of[pk],
            )
            for pk in changed
        ],
        batch_size=500,
    )
    Change.objects.filter(pk=change.pk).update(n_rows=F("n_rows") + len(changed))
    return len(changed)


@contextmanager
def recorded(change: Change, product_ids: Iterable[object]) -> Iterator[None]:
    """Record what the block does to these products, so that it can be taken back.

    Call it inside the transaction that writes. Products the block creates are recorded when
    their ids are among `product_ids`, which may be a list that the block appends to.
    """
    # Before the first look: what another commits in between would count as ours, and an undo
    # would take it back.
    found = lock(product_ids)
    before = snapshot(product_ids)
    yield
    record_rows(change, before, snapshot(product_ids), versions_before=found)
