"""A product after the import: what the file states laid over what the shop has.

Both sides are snapshots (see `catalog.products.snapshot`), with the category as its path. A row
that the import would add has the id None until it is written.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from catalog.products.imports.extra import own_name, same_extra
from catalog.products.imports.stated_facts import merge_facts
from catalog.products.imports.values import category_path, grams, language_of, split_tags, tidy
from catalog.products.models import ProductStatus, TextField, TextOrigin
from catalog.products.texts import clean_html

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
    if not before:
        return made(payload, language=language)
    after = _copy(before)
    _merge_product(after["product"], payload, len(after["variants"]))
    _merge_variants(after, payload["variants"])
    _merge_all_texts(after["texts"], payload, language)
    after["facts"] = merge_facts(after["facts"], payload.get("facts", {}))
    _merge_images(after["images"], payload["images"])
    return after


def made(payload: Mapping[str, Any], *, language: str) -> Snapshot:
    """What a product will be that the shop does not have yet."""
    after = blank(payload["handle"])
    stated, product = payload["product"], after["product"]
    product.update({name: stated[name] for name in PRODUCT_FIELDS if name in stated})
    if not product["category"] and "category" not in stated:
        product["category"] = stated.get("category_default", "")
    product["extra"] = _merge_extra({}, stated.get("extra", {}), 0)
    for position, one in enumerate(payload["variants"] or [{}], start=1):
        told = {name: one[name] for name in VARIANT_FIELDS if name in one}
        after["variants"].append({"id": None, "position": position, **NEW_VARIANT, **told})
    product["search_extra"] = search_extra(after["variants"])
    _merge_all_texts(after["texts"], payload, language)
    stated_facts = {key: texts for key, texts in payload.get("facts", {}).items() if texts}
    after["facts"] = merge_facts([], stated_facts) if stated_facts else []
    _merge_images(after["images"], payload["images"])
    return after


def _copy(snap: Snapshot) -> Snapshot:
    """As deep as a merge writes: values that are lists are replaced, never written into."""
    return {
        part: {**rows} if part == "product" else [{**row} for row in rows]
        for part, rows in snap.items()
    }


def as_stated(name: str, value: Any) -> Any:
    """A value of the shop's as far as a file can state it: cells have no outer blanks and no
    unseen marks. What differs only beyond that is no change."""
    if name == "tags":
        return split_tags(tidy(", ".join(value)))
    if name == "category":
        return category_path(tidy(value))
    if name == TextField.DESCRIPTION:
        return clean_html(tidy(value))
    if name == "weight_grams":
        return grams(value) if value else None
    if isinstance(value, list):
        return [tidy(part) for part in value]
    return tidy(value) if isinstance(value, str) else value


def _news(own: Snapshot, stated: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """What the file states that the shop's row does not say already."""
    told = {name: stated[name] for name in names if name in stated}
    return {
        name: value
        for name, value in told.items()
        if own.get(name) != value and as_stated(name, own.get(name)) != value
    }


def _merge_product(product: Snapshot, payload: Mapping[str, Any], n_variants: int) -> None:
    stated = payload["product"]
    # A handle that differs only in capital letters is the same product's.
    is_other = product["handle"].casefold() != payload["handle"].casefold()
    if is_other and not payload.get("is_handle_made"):
        product["handle"] = payload["handle"]
    product.update(_news(product, stated, PRODUCT_FIELDS))
    if not product["category"] and "category" not in stated:
        product["category"] = stated.get("category_default", "")
    product["extra"] = _merge_extra(product["extra"], stated.get("extra", {}), n_variants)


def _merge_extra(
    own: Mapping[str, Any], stated: Mapping[str, Any], n_variants: int
) -> dict[str, Any]:
    """Columns without a field: what the file states counts, an empty cell takes it away."""
    extra = {**own}
    for column, value in stated.items():
        if not extra and value in ("", None):
            continue
        name = own_name(extra, column)
        if same_extra(extra.get(name, ""), value, n_variants):
            continue
        extra[name] = value
        if value in ("", None):
            del extra[name]
    return extra


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
            if variant[name] == wanted or as_stated(name, variant[name]) == wanted:
                return free.pop(at)
    return None


def _merge_variants(after: Snapshot, stated: list[Mapping[str, Any]]) -> None:
    variants = after["variants"]
    last = max((variant["position"] for variant in variants), default=0)
    for own, one in zip(matched(variants, stated), stated, strict=True):
        if own is None:
            last += 1
            own = {"id": None, "position": last, **NEW_VARIANT}
            variants.append(own)
        own.update(_news(own, one, VARIANT_FIELDS))
    after["product"]["search_extra"] = search_extra(variants)


def search_extra(variants: list[Snapshot]) -> str:
    """The codes a product is also found by."""
    codes = (variant[name] for variant in variants for name in ("sku", "barcode"))
    return " ".join(dict.fromkeys(code for code in codes if code))


def _merge_all_texts(texts: list[Snapshot], payload: Mapping[str, Any], language: str) -> None:
    _merge_texts(texts, payload["texts"], language)
    for name, text in payload.get("spoken", {}).items():
        field, _, spoken = name.partition(":")
        _put_text(texts, field, spoken, text)


def _merge_texts(texts: list[Snapshot], stated: Mapping[str, str], language: str) -> None:
    for field, text in stated.items():
        # A file with one text column may show the text of another language than the shop's.
        if text and any(t["field"] == field and as_stated(field, t["text"]) == text for t in texts):
            continue
        _put_text(texts, field, _text_language(texts, field, text, language), text)


def _put_text(texts: list[Snapshot], field: str, language: str, text: str) -> None:
    own = next((t for t in texts if (t["field"], t["language"]) == (field, language)), None)
    if own is None and text:
        new = {"id": None, "language": language, "field": field, "approved_by_id": None}
        texts.append({**new, "text": text, "origin": TextOrigin.IMPORT.value, "provenance": {}})
    elif own is not None and own["text"] != text and as_stated(field, own["text"]) != text:
        own.update(text=text, origin=TextOrigin.IMPORT.value, provenance={}, approved_by_id=None)


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
            image = own[one["source_url"]]
            image.update(_news(image, one, ("alt", "position")))
        else:
            images.append({**blank_image, "position": len(images) + 1, **one})


def variant_name(variant: Mapping[str, Any]) -> str:
    return " / ".join(variant["options"]) or variant["sku"]
