"""Shopify's present product template, with what an import kept beyond it in columns at the end.

https://help.shopify.com/manual/products/import-export/using-csv
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.products.exports.cells import Cells, Snapshot, lines_of, text_for
from catalog.products.exports.formats import Format
from catalog.products.imports.detect import known
from catalog.products.imports.extra import extra_cells
from catalog.products.imports.fields import EXTRA
from catalog.products.imports.shopify import BOTH, DIALECT, PRESENT
from ecomportal.tenancy.models import Merchant

_OPTIONS = [f"Option{n} {part}" for n in (1, 2, 3) for part in ("name", "value", "Linked To")]
_UNIT = [f"Unit price {base} measure{unit}" for base in ("total", "base") for unit in ("", " unit")]
_GOOGLE = [
    *("Google product category", "Gender", "Age group", "Manufacturer part number (MPN)"),
    *("Ad group name", "Ads labels", "Condition", "Custom product"),
    *(f"Custom label {n}" for n in range(5)),
]
TEMPLATE = [
    *("Title", "URL handle", "Description", "Vendor", "Product category", "Type", "Tags"),
    *("Published on online store", "Status", "SKU", "Barcode", *_OPTIONS),
    *("Price", "Compare-at price", "Cost per item", "Charge tax", "Tax code", *_UNIT),
    *("Inventory tracker", "Inventory quantity", "Continue selling when out of stock"),
    *("Weight value (grams)", "Weight unit for display", "Requires shipping"),
    *("Fulfillment service", "Product image URL", "Image position", "Image alt text"),
    *("Variant image URL", "Gift card", "SEO title", "SEO description"),
    "Color (product.metafields.shopify.color-pattern)",
    *(f"Google Shopping / {name}" for name in _GOOGLE),
]
FIELD_OF = {**BOTH, **PRESENT}
KEPT_NAMES = """
SELECT DISTINCT jsonb_object_keys(extra) FROM catalog_product WHERE id IN ({ids}) ORDER BY 1
"""


def header(products: QuerySet, merchant: Merchant) -> list[str]:
    """The template, then the market and metafield columns that these products came with."""
    sql, params = products.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(KEPT_NAMES.format(ids=sql), params)
        kept = [name for (name,) in cursor.fetchall() if known(DIALECT, name) == EXTRA]
    names = {name.casefold(): name for name in kept}
    names.update({name.casefold(): name for name in TEMPLATE})
    return [*TEMPLATE, *(n for n in kept if names[n.casefold()] == n and n not in TEMPLATE)]


def lines(snap: Snapshot, columns: list[str], merchant: Merchant) -> Iterator[list[str]]:
    extra = {name.casefold(): value for name, value in snap["product"]["extra"].items()}
    n_variants = max(len(snap["variants"]), 1)
    kept = {name: extra_cells(value, n_variants) for name, value in extra.items()}
    for at, cells in enumerate(lines_of(snap, merchant.currency)):
        named = _in_their_words(cells)
        if "title" in cells:
            named |= _of_product(snap, merchant.language)
        yield [_cell(column.casefold(), named, kept, at) for column in columns]


def _cell(column: str, named: Cells, kept: Mapping[str, list[str]], at: int) -> str:
    if column in FIELD_OF:
        return named.get(FIELD_OF[column], "")
    cells = kept.get(column, [])
    return cells[at] if at < len(cells) else ""


def _in_their_words(cells: Cells) -> Cells:
    """Shopify names who counts the stock, and calls the only variant of a product so."""
    named = {**cells}
    if "stock_tracker" in cells:
        named["stock_tracker"] = "shopify" if cells["stock_tracker"] == "yes" else ""
        if not cells.get("option1_value"):
            named["option1_value"] = "Default Title"
    return named


def _of_product(snap: Snapshot, language: str) -> Cells:
    product = snap["product"]
    fields = ("description", "seo_title", "seo_description")
    found: dict[str, Any] = {field: text_for(snap, field, language) for field in fields}
    found["published"] = "TRUE" if product["status"] == "active" else "FALSE"
    if not product["option_names"]:
        found["option1_name"] = "Title"
    return found


FORMAT = Format(
    "shopify",
    _("Shopify CSV"),
    _(
        "The present product template. It has one text column: the text in the language of the "
        "shop, else the other one."
    ),
    header,
    lines,
)
