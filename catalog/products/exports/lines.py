"""The lines that Shopify's template and ours have in common, and the columns of their fields.

The first line holds the product; each line may hold a variant and a picture, the n-th of each.
"""

from collections.abc import Sequence

from catalog.products.exports import sql
from catalog.products.exports.formats import NUMBER, WORD, Column
from catalog.products.imports.fields import OPTION_NAMES, OPTION_VALUES
from ecomportal.tenancy.models import Merchant

PICTURE = "picture"
VARIANT = "variant"
BLANK = {"product": "l.n > 1"}
_OF_VARIANT = (
    *("sku", "barcode", "options", "price_cents", "compare_at_cents", "cost_cents", "stock"),
    *("is_stock_tracked", "sells_without_stock", "weight_grams"),
)
OF_VARIANT = ", ".join(["v.id AS variant_id", *(f"v.{name}" for name in _OF_VARIANT)])
NO_VARIANT = "NULL AS variant_id"
OF_PICTURE = "i.source_url, i.position AS image_position, i.alt"
NO_PICTURE = "NULL AS source_url, NULL AS image_position, NULL AS alt"


def source(columns: Sequence[Column], chosen: sql.Chosen, cells: str, _merchant: Merchant) -> str:
    """One row for each line; what no column asks for is not read."""
    asked = {column.of for column in columns}
    named = " ".join(column.sql for column in columns)
    if PICTURE in asked and chosen.has_pictures:
        tables, order = _with_pictures(chosen, has_variants=VARIANT in asked), "l.n"
    elif VARIANT in asked:
        tables, order = _of_variants(chosen), "l.position, l.variant_id"
    else:
        tables, order = [f"l AS (SELECT c.id AS product_id, 1 AS n, {NO_VARIANT}, {NO_PICTURE} "
                         "FROM chosen c)"], "l.n"  # fmt: skip
    rows = "l JOIN catalog_product p ON p.id = l.product_id"
    if "c.path" in named:
        rows += " LEFT JOIN catalog_category c ON c.id = p.category_id"
    if "t." in named:
        tables.append(sql.texts(columns, chosen))
        rows += " LEFT JOIN t ON t.product_id = p.id"
    if "f.facts" in named:
        tables.append(sql.facts(chosen))
        rows += " LEFT JOIN f ON f.product_id = p.id"
    return (
        f"{', '.join(tables)} SELECT {cells} FROM {rows} WHERE {chosen.products()} "
        f"ORDER BY l.product_id, {order}"
    )


def _of_variants(chosen: sql.Chosen) -> list[str]:
    """A line for each variant, and one for a product without any. They leave the table as they
    are numbered, and so as they are shown: sorting them once more would cost as much again."""
    live = f"v.deleted_at IS NULL AND {chosen.between('v.product_id')}"
    if chosen.whole_of and chosen.has_variants:
        product, rows = "v.product_id", f"catalog_variant v WHERE {live}"
    else:
        product = "c.id"
        rows = f"chosen c LEFT JOIN catalog_variant v ON v.product_id = c.id AND {live}"
    n = f"row_number() OVER (PARTITION BY {product} ORDER BY v.position, v.id) AS n"
    shown = f"{product} AS product_id, {n}, v.position, {OF_VARIANT}, {NO_PICTURE}"
    return [f"l AS (SELECT {shown} FROM {rows})"]


def _with_pictures(chosen: sql.Chosen, *, has_variants: bool) -> list[str]:
    """The n-th variant stands beside the n-th picture."""
    tables, joined, n = [sql.images(chosen)], "chosen c LEFT JOIN i ON i.product_id = c.id", "i.n"
    if has_variants:
        tables.insert(0, sql.variants(chosen))
        pairs = "v FULL JOIN i ON i.product_id = v.product_id AND i.n = v.n"
        joined = f"chosen c LEFT JOIN ({pairs}) ON coalesce(v.product_id, i.product_id) = c.id"
        n = "v.n, i.n"
    shown = OF_VARIANT if has_variants else NO_VARIANT
    numbered = f"c.id AS product_id, coalesce({n}, 1) AS n, {shown}, {OF_PICTURE}"
    return [*tables, f"l AS (SELECT {numbered} FROM {joined})"]


def fields(merchant: Merchant) -> dict[str, Column]:
    """Our fields by name, each as the common lines hold it."""
    made = [
        *(Column(name, f"p.{name}") for name in ("handle", "title", "vendor", "product_type")),
        Column("category", "c.path"),
        Column("tags", "array_to_string(p.tags, ', ')"),
        Column("status", "p.status", WORD),
        *(Column(name, f"p.option_names[{n}]") for n, name in enumerate(OPTION_NAMES, 1)),
        *(Column(name, f"l.options[{n}]", of=VARIANT) for n, name in enumerate(OPTION_VALUES, 1)),
        *(Column(name, f"l.{name}", of=VARIANT) for name in ("sku", "barcode")),
        *(
            Column(name, sql.amount(f"l.{name}_cents", merchant.currency), NUMBER, VARIANT)
            for name in ("price", "compare_at", "cost")
        ),
        Column("stock", "l.stock", NUMBER, VARIANT),
        Column("stock_tracker", yes_no("l.is_stock_tracked", "yes", "no"), WORD, VARIANT),
        Column(
            "sells_without_stock",
            yes_no("l.sells_without_stock", "continue", "deny"),
            WORD,
            VARIANT,
        ),
        Column("weight_grams", "trim_scale(l.weight_grams)", NUMBER, VARIANT),
        Column("image_url", "l.source_url", of=PICTURE),
        Column("image_position", "l.image_position", NUMBER, PICTURE),
        Column("image_alt", "l.alt", of=PICTURE),
    ]
    found = {column.name: column for column in made}
    # Every line names its product.
    return found | {"handle": Column("handle", "p.handle", of="line")}


def yes_no(name: str, yes: str, no: str) -> str:
    return f"CASE {name} WHEN true THEN '{yes}' WHEN false THEN '{no}' END"
