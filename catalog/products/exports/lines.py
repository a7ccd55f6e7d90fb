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
OF_LINE = (
    *("sku", "barcode", "options", "price_cents", "compare_at_cents", "cost_cents", "stock"),
    *("is_stock_tracked", "sells_without_stock", "weight_grams"),
)


def source(columns: Sequence[Column], chosen: sql.Chosen, cells: str, _merchant: Merchant) -> str:
    """One row for each line; what no column asks for is not read."""
    asked = {column.of for column in columns}
    named = " ".join(column.sql for column in columns)
    tables, joined, n = [], "chosen c", []
    own = ["v.id AS variant_id", *(f"v.{name}" for name in OF_LINE)]
    of_picture = ["i.source_url", "i.position AS image_position", "i.alt"]
    no_picture = ["NULL AS source_url", "NULL AS image_position", "NULL AS alt"]
    if VARIANT in asked:
        tables, n, shown = [sql.variants(chosen)], ["v.n"], own
        joined += " LEFT JOIN v ON v.product_id = c.id"
    else:
        shown = ["NULL AS variant_id"]
    if PICTURE in asked and not chosen.has_pictures:
        shown = [*shown, *no_picture]
    elif PICTURE in asked:
        tables.append(sql.images(chosen))
        shown = [*shown, *of_picture]
        if n:
            pairs = "v FULL JOIN i ON i.product_id = v.product_id AND i.n = v.n"
            joined = f"chosen c LEFT JOIN ({pairs}) ON coalesce(v.product_id, i.product_id) = c.id"
        else:
            joined += " LEFT JOIN i ON i.product_id = c.id"
        n.append("i.n")
    numbered = f"coalesce({', '.join([*n, '1'])}) AS n"
    tables.append(
        f"l AS (SELECT {', '.join(['c.id AS product_id', numbered, *shown])} FROM {joined})"
    )
    rows = "l JOIN catalog_product p ON p.id = l.product_id"
    if "c.path" in named:
        rows += " LEFT JOIN catalog_category c ON c.id = p.category_id"
    if "t." in named:
        tables.append(sql.texts(columns, chosen))
        rows += " LEFT JOIN t ON t.product_id = l.product_id AND l.n = 1"
    if "f.facts" in named:
        tables.append(sql.facts(chosen))
        rows += " LEFT JOIN f ON f.product_id = l.product_id AND l.n = 1"
    return f"{', '.join(tables)} SELECT {cells} FROM {rows} WHERE {chosen.between('p.id')}"


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
