"""The fields of ours that a column can feed, in the order the mapping page offers them."""

from django.utils.translation import gettext_lazy as _

EXTRA = "extra"  # kept with the product as it stands, under the column's own name
LEFT_OUT = ""
BY_NAME = "by_name"  # no field: the dialect reads the column by its own name
FACT = "fact:"  # a kind of fact, whose key follows
PAIRS = "pairs"  # many facts in one cell, each as name=value
MORE_IMAGES = "more_images"  # further pictures, in any number of columns

FIELDS = {
    "handle": _("Handle"),
    "title": _("Title"),
    "description": _("Description"),
    "vendor": _("Brand"),
    "category": _("Category"),
    "product_type": _("Type"),
    "tags": _("Tags"),
    "published": _("Published"),
    "status": _("Status"),
    "sku": _("SKU"),
    "barcode": _("Barcode"),
    "option1_name": _("Option 1, name"),
    "option1_value": _("Option 1, value"),
    "option2_name": _("Option 2, name"),
    "option2_value": _("Option 2, value"),
    "option3_name": _("Option 3, name"),
    "option3_value": _("Option 3, value"),
    "price": _("Price"),
    "sale_price": _("Price while on sale"),
    "compare_at": _("Price before"),
    "cost": _("Cost"),
    "stock": _("Stock"),
    "stock_tracker": _("Counts stock"),
    "sells_without_stock": _("Sell when out of stock"),
    "weight_grams": _("Weight in grams"),
    "image_url": _("Picture address"),
    "image_position": _("Picture position"),
    "image_alt": _("Picture, alternative text"),
    "variant_image": _("Picture of the variant"),
    "seo_title": _("SEO title"),
    "seo_description": _("SEO description"),
}
# Names of what a dry run shows, beyond the fields a column feeds.
SHOWN = {
    **FIELDS,
    "price_cents": _("Price"),
    "compare_at_cents": _("Price before"),
    "cost_cents": _("Cost"),
    "is_stock_tracked": _("Counts stock"),
    "options": _("Options"),
    "option_names": _("Option names"),
    "short_title": _("Short title"),
    "bullets": _("Bullet points"),
    "variant": _("Variant"),
    "image": _("Picture"),
    "position": _("Position"),
}
OPTION_NAMES = ("option1_name", "option2_name", "option3_name")
OPTION_VALUES = ("option1_value", "option2_value", "option3_value")
VARIANT_FIELDS = (
    *("sku", "barcode", "price", "sale_price", "compare_at", "cost", "stock", "stock_tracker"),
    *("sells_without_stock", "weight_grams"),
)
# Cells that make a line a variant of its product, rather than one more picture of it.
SIGNS_OF_A_VARIANT = ("sku", "price", *OPTION_VALUES)
