"""A product after the import: what the file states laid over what the shop has.

Both sides are snapshots (see `catalog.products.snapshot`), with the category as its path. A row
that the import would add has the id None until it is written.
"""

import copy
from collections.abc import Mapping
from typing import Any

from catalog.products.imports.values import language_of
from catalog.products.models import ProductStatus, TextOrigin

Snapshot = dict[str, Any]
PRODUCT_FIELDS = ("title", "vendor", "product_type", "category", "tags", "status", "option_names")
NEW_VARIANT = {
    "sku": "",
    "barcode": "",
    "options": [],
    "price_cents": 0,
    "compare_at_cents": None,
    "cost_cents": None,
    "stock": 0,
    "is_stock_tracked": True,
    "sells_without_stock": False,
    "weight_grams": None,
}
VARIANT_FIELDS = tuple(NEW_VARIANT)


def blank(handle: str) -> Snapshot:
    """The product that a new one starts as: a draft without anything."""
    product = {
        "id": None,
        "handle": handle,
        "title": "",
        "vendor": "",
        "product_type": "",
        "category": "",
        "tags": [],
        "status": ProductStatus.DRAFT.value,
        "option_names": [],
        "extra": {},
        "search_extra": "",
        "deleted_at": None,
    }
    return {"product": product, "variants": [], "facts": [], "texts": [], "images": []}


def merge(before: Snapshot | None, payload: Mapping[str, Any], *, language: str) -> Snapshot:
    """What the product will be. Nothing that the file does not state is touched."""
    after = copy.deepcopy(before) if before else blank(payload["handle"])
    _merge_product(after["product"], payload)
    _merge_variants(after, payload["variants"] or ([] if before else [{}]))
    _merge_texts(after["texts"], payload["texts"], language)
    _merge_images(after["images"], payload["images"])
    return after


def _merge_product(product: Snapshot, payload: Mapping[str, Any]) -> None:
    stated = payload["product"]
    # A handle that differs only in capital letters is the same product's.
    if product["handle"].casefold() != payload["handle"].casefold():
        product["handle"] = payload["handle"]
    product.update({name: stated[name] for name in PRODUCT_FIELDS if name in stated})
    if not product["category"] and "category" not in stated:
        product["category"] = stated.get("category_default", "")
    extra = {**product["extra"], **stated.get("extra", {})}
    product["extra"] = {name: value for name, value in extra.items() if value not in ("", None)}


def matched(variants: list[Snapshot], stated: list[Mapping[str, Any]]) -> list[Snapshot | None]:
    """For each variant of the file the shop's own: by SKU, by options, or as the only one."""
    free = list(variants)
    found: list[Snapshot | None] = [_take(free, "sku", one.get("sku")) for one in stated]
    for at, one in enumerate(stated):
        found[at] = found[at] or _take(free, "options", one.get("options"))
    if len(stated) == len(variants) == 1 and found[0] is None:
        return [variants[0]]
    return found


def _take(free: list[Snapshot], name: str, wanted: Any) -> Snapshot | None:
    if wanted:
        for at, variant in enumerate(free):
            if variant[name] == wanted:
                return free.pop(at)
    return None


def _merge_variants(after: Snapshot, stated: list[Mapping[str, Any]]) -> None:
    variants = after["variants"]
    last = max((variant["position"] for variant in variants), default=0)
    for own, one in zip(matched(variants, stated), stated, strict=True):
        if own is None:
            last += 1
            own = {"id": None, "position": last, **copy.deepcopy(NEW_VARIANT)}
            variants.append(own)
        own.update({name: one[name] for name in VARIANT_FIELDS if name in one})
    after["product"]["search_extra"] = search_extra(variants)


def search_extra(variants: list[Snapshot]) -> str:
    """The codes a product is also found by."""
    codes = (variant[name] for variant in variants for name in ("sku", "barcode"))
    return " ".join(dict.fromkeys(code for code in codes if code))


def _merge_texts(texts: list[Snapshot], stated: Mapping[str, str], language: str) -> None:
    for field, text in stated.items():
        spoken = _text_language(texts, field, text, language)
        own = next((t for t in texts if (t["field"], t["language"]) == (field, spoken)), None)
        if own is None and text:
            new = {"id": None, "language": spoken, "field": field, "approved_by_id": None}
            texts.append({**new, "text": text, "origin": TextOrigin.IMPORT.value, "provenance": {}})
        elif own is not None and own["text"] != text:
            own.update(
                text=text, origin=TextOrigin.IMPORT.value, provenance={}, approved_by_id=None
            )


def _text_language(texts: list[Snapshot], field: str, text: str, language: str) -> str:
    """An empty cell empties what an import wrote before, in whatever language that was."""
    if text:
        return language_of(text, language)
    imported = (
        t["language"] for t in texts if t["field"] == field and t["origin"] == TextOrigin.IMPORT
    )
    return next(imported, language)


def _merge_images(images: list[Snapshot], stated: list[Mapping[str, Any]]) -> None:
    own = {image["source_url"]: image for image in images if image["source_url"]}
    blank_image = {"id": None, "file": "", "alt": "", "width": 0, "height": 0, "sha256": ""}
    for one in stated:
        if one["source_url"] in own:
            own[one["source_url"]].update(one)
        else:
            images.append({**blank_image, "position": len(images) + 1, **one})


def variant_name(variant: Mapping[str, Any]) -> str:
    return " / ".join(variant["options"]) or variant["sku"]
