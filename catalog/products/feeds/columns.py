"""Google's attributes as columns, in the order of its specification."""

from catalog.products.exports import sql
from catalog.products.exports.formats import TEXT, WORD, Column
from catalog.products.feeds.items import cut
from catalog.products.feeds.models import Feed
from ecomportal.tenancy.models import Merchant

AI = "trained_algorithmic_media"
IS_SALE = "l.compare_at_cents > l.price_cents"


def columns(feed: Feed, merchant: Merchant) -> list[Column]:
    """`structured_title` and `structured_description` stand in place of the plain ones where an
    AI wrote the text, as Google asks: with where it comes from."""
    currency = merchant.currency

    def money(name: str) -> str:
        return f"({sql.amount(f'l.{name}', currency)}) || ' {currency}'"

    price = f"CASE WHEN {IS_SALE} THEN {money('compare_at_cents')} ELSE {money('price_cents')} END"
    made = [
        ("id", "l.id", TEXT),
        ("title", f"CASE WHEN NOT l.title_is_ai THEN {cut('title')} END", TEXT),
        ("structured_title", f"CASE WHEN l.title_is_ai THEN {cut('title')} END", TEXT),
        ("description", f"CASE WHEN NOT l.description_is_ai THEN {cut('description')} END", TEXT),
        ("structured_description", f"CASE WHEN l.description_is_ai THEN {cut('description')} END",
         TEXT),
        ("link", "l.link", WORD),
        ("image_link", "l.image_link", WORD),
        ("additional_image_link", "nullif(array_to_string(ARRAY("
         "SELECT replace(address, ',', '%2C') FROM unnest(l.more_pictures) "
         "WITH ORDINALITY u (address, n) ORDER BY n), ','), '')", WORD),
        ("availability", "l.availability", WORD),
        ("price", price, WORD),
        ("sale_price", f"CASE WHEN {IS_SALE} THEN {money('price_cents')} END", WORD),
        ("brand", "l.brand", TEXT),
        ("gtin", "l.gtin", WORD),
        ("mpn", "l.mpn", TEXT),
        ("identifier_exists", "CASE WHEN l.gtin IS NULL AND (l.mpn IS NULL OR l.brand = '') "
         "THEN 'no' END", WORD),
        ("condition", sql.quoted(feed.condition), WORD),
        ("item_group_id", "l.item_group_id", TEXT),
        ("google_product_category", "l.google_category", TEXT),
        ("product_type", "l.product_type", TEXT),
        *((name, f"l.{name}", TEXT) for name in ("color", "size", "material", "pattern")),
        ("gender", "l.gender", WORD),
        ("age_group", "l.age_group", WORD),
        ("shipping_weight", "CASE WHEN l.weight_grams > 0 THEN trim_scale(l.weight_grams) || ' g' "
         "END", WORD),
    ]  # fmt: skip
    return [Column(name, text, kind, "line") for name, text, kind in made]


def in_a_table(column: Column) -> Column:
    """A table has one cell for an attribute with two parts: they are parted by a colon."""
    if not column.name.startswith("structured_"):
        return column
    quoted = f"""'{AI}:"' || replace({column.sql}, '"', '""') || '"'"""
    return Column(column.name, quoted, WORD, column.of)
