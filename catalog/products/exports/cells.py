"""A product as lines of cells, under the names of our fields; a dialect only picks its columns.

The first line holds the product; each line may hold a variant and a picture, the n-th of each.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from babel.numbers import get_currency_precision

from catalog.products.imports.fields import OPTION_NAMES, OPTION_VALUES

Snapshot = Mapping[str, Any]
Cells = dict[str, str]
PLAIN = ("sku", "barcode")
MONEY = {"price": "price_cents", "compare_at": "compare_at_cents", "cost": "cost_cents"}


def lines_of(snap: Snapshot, currency: str) -> Iterator[Cells]:
    """The product's lines; every one of them names its handle."""
    variants = sorted(snap["variants"], key=lambda v: (v["position"], v["id"]))
    pairs = zip_longest(variants, linked_images(snap))
    handle = {"handle": snap["product"]["handle"]}
    first, *others = list(pairs) or [(None, None)]
    yield {**handle, **_product(snap["product"]), **_below(*first, currency)}
    for pair in others:
        yield {**handle, **_below(*pair, currency)}


def linked_images(snap: Snapshot) -> list[Mapping[str, Any]]:
    """The pictures that have an address outside; files kept here have none to give."""
    by_url = {image["source_url"]: image for image in snap["images"] if image["source_url"]}
    return sorted(by_url.values(), key=lambda image: (image["position"], image["id"]))


def _product(product: Mapping[str, Any]) -> Cells:
    names = zip(OPTION_NAMES, product["option_names"], strict=False)
    return {
        **{name: product[name] for name in ("title", "vendor", "product_type", "category")},
        "tags": ", ".join(product["tags"]),
        "status": product["status"],
        **dict(names),
    }


def _below(variant: Any, image: Any, currency: str) -> Cells:
    cells: Cells = _variant(variant, currency) if variant else {}
    if image:
        cells["image_url"] = image["source_url"]
        cells["image_position"] = str(image["position"])
        cells["image_alt"] = image["alt"]
    return cells


def _variant(variant: Mapping[str, Any], currency: str) -> Cells:
    return {
        **{name: variant[name] for name in PLAIN},
        **{name: amount(variant[key], currency) for name, key in MONEY.items()},
        **dict(zip(OPTION_VALUES, variant["options"], strict=False)),
        "stock": str(variant["stock"]),
        "stock_tracker": "yes" if variant["is_stock_tracked"] else "no",
        "sells_without_stock": "continue" if variant["sells_without_stock"] else "deny",
        "weight_grams": variant["weight_grams"] or "",
    }


def amount(cents: int | None, currency: str) -> str:
    """Minor units as a plain decimal, which every reader of the file takes for a number."""
    if cents is None:
        return ""
    return f"{Decimal(cents).scaleb(-get_currency_precision(currency)):f}"


def text_for(snap: Snapshot, field: str, language: str) -> str:
    """The live text in this language, else in another: a file with one column shows one."""
    found = {t["language"]: t["text"] for t in snap["texts"] if t["field"] == field and t["text"]}
    return found.get(language) or next(iter(found.values()), "")
