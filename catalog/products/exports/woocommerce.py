"""WooCommerce's product CSV: a variable product on one line, each of its variations on another.

Column names as its exporter writes them in English
(plugins/woocommerce/includes/export/class-wc-product-csv-exporter.php). What a shop of theirs
would need and we do not have, such as tax classes, comes from what an import of theirs kept.
"""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.products.exports import kept, sql
from catalog.products.exports.formats import NUMBER, WORD, Column, Format
from catalog.products.imports.woocommerce import DIALECT
from ecomportal.tenancy.models import Merchant

OPTIONS = (1, 2, 3)
_ATTRIBUTES = [
    f"Attribute {n} {part}" for n in OPTIONS for part in ("name", "value(s)", "visible", "global")
]
TEMPLATE = [
    *("ID", "Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Published", "Is featured?"),
    *("Visibility in catalog", "Short description", "Description", "Date sale price starts"),
    *("Date sale price ends", "Tax status", "Tax class", "In stock?", "Stock", "Low stock amount"),
    *("Backorders allowed?", "Sold individually?", "Weight (kg)", "Length (cm)", "Width (cm)"),
    *("Height (cm)", "Allow customer reviews?", "Purchase note", "Sale price", "Regular price"),
    *("Categories", "Tags", "Shipping class", "Images", "Download limit", "Download expiry days"),
    *("Parent", "Grouped products", "Upsells", "Cross-sells", "External URL", "Button text"),
    *("Position", "Brands", "Cost of goods", *_ATTRIBUTES, "Meta: handle"),
]
BLANK = {"product": "l.is_variable AND NOT l.is_parent", "variant": "l.is_parent"}
VARIANT = "variant"
# The parent is sold by its variations alone, so its SKU is free to name it; unless some variant
# is called so. That it is called something is said for the index of SKUs, which has no others.
PARENT_SKU = (
    "CASE WHEN EXISTS (SELECT FROM catalog_variant o WHERE o.merchant_id = p.merchant_id "
    "AND o.sku = p.handle AND o.sku <> '' AND o.deleted_at IS NULL) "
    "THEN p.handle || '-parent' ELSE p.handle END"
)


def columns(products: QuerySet, merchant: Merchant) -> list[Column]:
    names = kept.kept_names(products, DIALECT)
    known = _known(merchant)
    lines = {"own_line": "(l.is_parent OR NOT l.is_variable)", "variant_line": "NOT l.is_parent"}
    return [
        known.get(name) or kept.column(name, names, **lines)
        for name in kept.header(TEMPLATE, names)
    ]


def _known(merchant: Merchant) -> dict[str, Column]:
    def money(name: str) -> str:
        return sql.amount(f"l.{name}_cents", merchant.currency)

    kind = "CASE WHEN l.is_parent THEN 'variable' WHEN l.is_variable THEN 'variation' "
    regular = "CASE WHEN l.compare_at_cents IS NULL THEN l.price_cents ELSE l.compare_at_cents END"
    sale = f"CASE WHEN l.compare_at_cents IS NOT NULL THEN {money('price')} END"
    made = [
        Column("Type", f"{kind} ELSE 'simple' END", WORD, "line"),
        Column("SKU", f"CASE WHEN l.is_parent THEN {PARENT_SKU} ELSE l.sku END", of="line"),
        Column("GTIN, UPC, EAN, or ISBN", "l.barcode", of=VARIANT),
        Column("Name", "p.title", of="line"),
        Column("Published", "CASE p.status WHEN 'active' THEN 1 WHEN 'draft' THEN -1 ELSE 0 END",
               NUMBER, "line"),
        Column("Description", sql.text_for("description", merchant.language)),
        Column("Stock", "CASE WHEN l.is_stock_tracked THEN l.stock END", NUMBER, VARIANT),
        Column("Backorders allowed?", "CASE WHEN l.sells_without_stock THEN 1 ELSE 0 END",
               NUMBER, VARIANT),
        Column("Weight (kg)", "trim_scale(l.weight_grams * 0.001)", NUMBER, VARIANT),
        Column("Sale price", sale, NUMBER, VARIANT),
        Column("Regular price", sql.amount(f"({regular})", merchant.currency), NUMBER, VARIANT),
        Column("Cost of goods", money("cost"), NUMBER, VARIANT),
        Column("Categories", _escaped("c.path")),
        Column("Tags", "array_to_string(p.tags, ', ')"),
        Column("Images", "g.addresses"),
        Column("Brands", "p.vendor"),
        Column("Parent", f"CASE WHEN l.is_variable AND NOT l.is_parent THEN {PARENT_SKU} END",
               of=VARIANT),
        Column("Meta: handle", "p.handle"),
        *(column for n in OPTIONS for column in _option(n)),
    ]  # fmt: skip
    return {column.name: column for column in made}


def _option(n: int) -> tuple[Column, Column]:
    value = _escaped(f"l.options[{n}]")
    return (
        Column(f"Attribute {n} name", f"CASE WHEN l.is_variable THEN p.option_names[{n}] END",
               of="line"),
        Column(f"Attribute {n} value(s)",
               f"CASE WHEN l.is_parent THEN o.values_{n} WHEN l.is_variable THEN {value} END",
               of="line"),
    )  # fmt: skip


def _escaped(text: str) -> str:
    """A comma would end the value."""
    return rf"replace({text}, ',', '\,')"


def source(columns: Sequence[Column], chosen: sql.Chosen, cells: str, _merchant: Merchant) -> str:
    """A variable product has a line of its own before those of its variants."""
    values = ", ".join(
        f"string_agg({_escaped('value')}, ', ' ORDER BY n) FILTER (WHERE k = {n}) AS values_{n}"
        for n in OPTIONS
    )
    return f"""{sql.variants(chosen)}, {sql.images(chosen)}, {sql.texts(columns, chosen)},
g AS (
    SELECT product_id, string_agg({_escaped("source_url")}, ', ' ORDER BY n) AS addresses
    FROM i GROUP BY product_id
), o AS (
    SELECT product_id, {values} FROM (
        SELECT product_id, k, options[k] AS value, min(n) AS n
        FROM v, generate_series(1, 3) k WHERE options[k] <> '' GROUP BY 1, 2, 3
    ) named GROUP BY product_id
), l AS (
    SELECT c.id AS product_id, coalesce(v.n, 1) AS n, s.is_variable, k.is_parent, v.sku, v.barcode,
           v.options, v.price_cents, v.compare_at_cents, v.cost_cents, v.stock, v.is_stock_tracked,
           v.sells_without_stock, v.weight_grams
    FROM chosen c JOIN catalog_product w ON w.id = c.id LEFT JOIN v ON v.product_id = c.id
    CROSS JOIN LATERAL (
        SELECT w.option_names <> '{{}}' OR coalesce(v.n_variants, 1) > 1 AS is_variable
    ) s
    JOIN (VALUES (true), (false)) k (is_parent)
      ON NOT k.is_parent OR (s.is_variable AND coalesce(v.n, 1) = 1)
    WHERE {chosen.between("w.id")}
)
SELECT {cells} FROM l JOIN catalog_product p ON p.id = l.product_id
LEFT JOIN catalog_category c ON c.id = p.category_id
LEFT JOIN t ON t.product_id = l.product_id
LEFT JOIN g ON g.product_id = l.product_id
LEFT JOIN o ON o.product_id = l.product_id AND l.is_parent
WHERE {chosen.between("p.id")} ORDER BY l.product_id, l.is_parent DESC, l.n"""


FORMAT = Format(
    "woocommerce",
    _("WooCommerce CSV"),
    _(
        "For the product importer of WooCommerce. It knows products on sale and drafts, no "
        "archived ones, and one text: the one in the language of the shop, else the other one."
    ),
    columns,
    source,
    BLANK,
)
