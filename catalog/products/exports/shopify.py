"""Shopify's present product template, with what an import kept beyond it in columns at the end.

https://help.shopify.com/manual/products/import-export/using-csv
"""

from dataclasses import replace

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.products.exports import kept, lines, sql
from catalog.products.exports.formats import WORD, Column, Format
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
HAS_VARIANT = "(l.variant_id IS NOT NULL OR l.n = 1)"


def columns(products: QuerySet, merchant: Merchant) -> list[Column]:
    """The template, then the market and metafield columns that these products came with."""
    names = kept.kept_names(products, DIALECT)
    known = lines.fields(merchant) | _in_their_words(merchant.language)
    return [_column(name, known, names) for name in kept.header(TEMPLATE, names)]


def _column(name: str, known: dict[str, Column], kept_names: list[str]) -> Column:
    field = FIELD_OF.get(name.casefold())
    if field in known:
        return replace(known[field], name=name)
    if field:  # of theirs, and we keep nothing that would say it
        return Column(name, "NULL::text", WORD)
    return kept.column(name, kept_names, own_line="l.n = 1", variant_line=HAS_VARIANT)


def _in_their_words(language: str) -> dict[str, Column]:
    """Shopify names who counts the stock, and calls the only variant of a product so."""
    option = "NULLIF(l.options[1], '')"
    default = (
        f"CASE WHEN l.variant_id IS NULL THEN NULL ELSE coalesce({option}, 'Default Title') END"
    )
    tracker = "CASE WHEN l.is_stock_tracked THEN 'shopify' END"
    title = "CASE WHEN p.option_names = '{}' THEN 'Title' ELSE p.option_names[1] END"
    published = "CASE WHEN p.status = 'active' THEN 'TRUE' ELSE 'FALSE' END"
    made = [
        *(Column(name, sql.text_for(name, language)) for name in ("description",)),
        *(Column(name, sql.text_for(name, language)) for name in ("seo_title", "seo_description")),
        Column("published", published, WORD),
        Column("option1_name", title),
        Column("option1_value", default, of=lines.VARIANT),
        Column("stock_tracker", tracker, WORD, lines.VARIANT),
    ]
    return {column.name: column for column in made}


FORMAT = Format(
    "shopify",
    _("Shopify CSV"),
    _(
        "The present product template. It has one text column: the text in the language of the "
        "shop, else the other one."
    ),
    columns,
    lines.source,
    lines.BLANK,
    has_ranges=True,
)
