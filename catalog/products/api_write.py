"""Save a product that came over REST: one change, which can be taken back like any other."""

from typing import Any

import pghistory
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from rest_framework import serializers
from rest_framework.request import Request

from catalog.products.api_rows import to_cents
from catalog.products.changes import Change
from catalog.products.models import Attribute, Category, Fact, FactStatus, Product, Variant
from catalog.products.snapshot import recorded, soft_delete
from catalog.products.vocabulary import KINDS, parse_quantity
from ecomportal.ids import uuid7
from ecomportal.said import said

PLAIN = ("title", "vendor", "product_type", "tags", "status", "option_names")


def save_product(
    request: Request, sent: dict[str, Any], *, product: Product | None, change: Change | None = None
) -> Product:
    """Create or change one product with its variants and facts, inside the open transaction.

    What is not sent stays. Sent variants replace the list, matched by SKU; sent facts are
    confirmed and replace those of the same key. Raises ValidationError for a taken SKU or handle.
    """
    merchant = request.merchant
    product_id = product.pk if product else uuid7()
    own = None
    if change is None:
        title = said("API: %(title)s", title=sent.get("title") or product.title)
        change = own = Change.objects.create(merchant=merchant, kind="api", title=title)
    with pghistory.context(source="api", key=request.auth["name"]):
        try:
            with transaction.atomic(), recorded(change, [product_id]):
                product = _save_row(merchant, product, product_id, sent)
                if "variants" in sent or product.version == 1:
                    _save_variants(product, sent.get("variants") or [{}], merchant.currency)
                _save_facts(product, sent.get("facts", []))
                _save_search(product)
        except IntegrityError as error:
            raise _clash(error) from None
    if own:
        drop_empty(own)
    return product


def delete_product(request: Request, product: Product) -> None:
    """Take a product out of the shop; under Changes it can be brought back."""
    title = said("API, deleted: %(title)s", title=product.title)
    change = Change.objects.create(merchant=request.merchant, kind="api", title=title)
    with pghistory.context(source="api", key=request.auth["name"]), recorded(change, [product.pk]):
        soft_delete([product.pk])


def drop_empty(change: Change) -> None:
    """A call that changed nothing leaves nothing to take back."""
    Change.objects.filter(pk=change.pk, n_rows=0).delete()


def _clash(error: IntegrityError) -> serializers.ValidationError:
    if "variant_sku_once" in str(error):
        return serializers.ValidationError({"variants": ["Another product has one of the SKUs."]})
    if "product_handle_once" in str(error):
        return serializers.ValidationError({"handle": ["Another product has this handle."]})
    raise error


def _save_row(
    merchant: Any, product: Product | None, product_id: Any, sent: dict[str, Any]
) -> Product:
    row = product or Product(merchant=merchant, pk=product_id)
    names = [name for name in PLAIN if name in sent]
    for name in names:
        setattr(row, name, sent[name])
    if product is None:
        handle = sent.get("handle") or slugify(sent["title"], allow_unicode=True)
        row.handle = handle or f"product-{product_id}"
    if "category" in sent:
        row.category = _category(merchant, sent["category"])
        names.append("category")
    row.updated_at = timezone.now()
    if product is None:
        row.save(force_insert=True)
    else:  # only what was sent: the rest may have been changed since it was read
        row.save(update_fields=[*names, "updated_at"])
    row.refresh_from_db(fields=["version"])
    return row


def _category(merchant: Any, path: str) -> Category | None:
    """The category of a path such as "Kitchen > Kettles"; its nodes are made where missing."""
    parent = None
    names = [name.strip() for name in path.split(">") if name.strip()]
    for depth, name in enumerate(names, start=1):
        parent, _ = Category.objects.get_or_create(
            merchant=merchant,
            path=" > ".join(names[:depth]),
            defaults={"name": name, "parent": parent},
        )
    return parent


def _save_variants(product: Product, rows: list[dict[str, Any]], currency: str) -> None:
    known = list(product.variants.filter(deleted_at=None).order_by("position", "pk"))
    by_sku = {variant.sku: variant for variant in known if variant.sku}
    kept = []
    for position, row in enumerate(rows, start=1):
        variant = by_sku.get(row.get("sku", "")) or Variant(
            merchant_id=product.merchant_id, product=product
        )
        for name, value in to_cents(row, currency).items():
            setattr(variant, name, value)
        variant.position = position
        variant.save()
        kept.append(variant.pk)
    product.variants.filter(deleted_at=None).exclude(pk__in=kept).update(deleted_at=timezone.now())


def _save_facts(product: Product, rows: list[dict[str, Any]]) -> None:
    keys = {row["key"] for row in rows}
    product.facts.filter(attribute__key__in=keys, variant=None).delete()
    for row in rows:
        attribute = _attribute(product.merchant_id, row["key"])
        quantity = parse_quantity(f"{row['value']} {row.get('unit', '')}".strip())
        number, unit = quantity if quantity and attribute.type == "number" else (None, "")
        Fact.objects.update_or_create(
            merchant_id=product.merchant_id,
            product=product,
            variant=None,
            attribute=attribute,
            value=row["value"],
            defaults={
                "number": number,
                "unit": row.get("unit") or unit,
                "status": FactStatus.CONFIRMED,
                "source": "api",
            },
        )


def _attribute(merchant_id: int, key: str) -> Attribute:
    kind = KINDS.get(key)
    label = key.replace("_", " ").replace("-", " ").capitalize()
    attribute, _ = Attribute.objects.get_or_create(
        merchant_id=merchant_id,
        key=key,
        defaults={
            "label_en": kind.label_en if kind else label,
            "label_zh": kind.label_zh if kind else label,
            "type": kind.type if kind else "text",
            "unit": (kind.default_unit or "") if kind else "",
        },
    )
    return attribute


def _save_search(product: Product) -> None:
    """SKUs and barcodes are found by search too. Saved last: it raises the version once."""
    variants = product.variants.filter(deleted_at=None).values_list("sku", "barcode")
    words = " ".join(word for pair in variants for word in pair if word)
    Product.objects.filter(pk=product.pk).update(search_extra=words, updated_at=timezone.now())
