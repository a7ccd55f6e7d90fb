"""What can be wrong with an item, in the words of Google's product data specification.

https://support.google.com/merchants/answer/7052112
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

TITLE_MAX, DESCRIPTION_MAX, ID_MAX = 150, 5000, 50  # characters, by the specification
DESCRIPTION_MIN = 40  # characters; less tells a buyer nothing
MORE_PICTURES = 10


@dataclass(frozen=True)
class Reason:
    """`when` is SQL over the attributes of an item; `place` is where on the product's page it is
    put right, and `value` what is shown beside the reason."""

    label: Any
    advice: Any
    when: str
    place: str
    value: str = "NULL"
    is_left_out: bool = False


REASONS = {
    "no_title": Reason(
        _("No title"), _("Give the product a title."), "title = ''", "basics", is_left_out=True
    ),
    "no_description": Reason(
        _("No description"),
        _("Write a description in the language of the feed, or approve a draft."),
        "description = ''",
        "ai",
        is_left_out=True,
    ),
    "no_image": Reason(
        _("No picture"),
        _("Add a picture, or its address."),
        "image_link IS NULL",
        "pics",
        is_left_out=True,
    ),
    "no_price": Reason(
        _("Price is 0"), _("Enter a price."), "price_cents = 0", "vars", is_left_out=True
    ),
    "long_id": Reason(
        _("SKU longer than 50 characters"),
        _("Shorten the SKU: Google takes no longer id."),
        f"length(id) > {ID_MAX}",
        "vars",
        "id",
        is_left_out=True,
    ),
    "long_title": Reason(
        _("Title longer than 150 characters"),
        _("The feed cuts it there. Shorten it so that it ends well."),
        f"length(title) > {TITLE_MAX}",
        "basics",
        "length(title)::text",
    ),
    "loud_title": Reason(
        _("Title in capital letters"),
        _("Write it in usual letters: Google refuses titles that shout."),
        "title ~ '[A-Z]{4}' AND title !~ '[a-z]'",
        "basics",
        "title",
    ),
    "short_description": Reason(
        _("Description too short"),
        _("Tell more: it helps Google to find the right buyers."),
        f"description <> '' AND length(description) < {DESCRIPTION_MIN}",
        "ai",
        "description",
    ),
    "long_description": Reason(
        _("Description longer than 5,000 characters"),
        _("The feed cuts it there. Shorten it."),
        f"length(description) > {DESCRIPTION_MAX}",
        "ai",
        "length(description)::text",
    ),
    "bad_gtin": Reason(
        _("Barcode is no GTIN"),
        _(
            "Its length or its check digit is wrong, so the feed leaves it out. Compare it with "
            "the package."
        ),
        "barcode <> '' AND gtin IS NULL",
        "vars",
        "barcode",
    ),
    "no_identifier": Reason(
        _("Neither brand nor GTIN"),
        _("Enter the brand, and the barcode if there is one: without them Google shows it rarely."),
        "gtin IS NULL AND brand = ''",
        "basics",
    ),
    "no_brand": Reason(
        _("No brand"), _("Enter the brand."), "brand = '' AND gtin IS NOT NULL", "basics"
    ),
    "sale_not_lower": Reason(
        _("Price before is not higher"),
        _("The feed shows no sale. Raise the price before, or take it away."),
        "compare_at_cents <= price_cents",
        "vars",
    ),
    "apparel": Reason(
        _("Clothing without colour, size, gender or age group"),
        _("Confirm these facts: Google asks for them for clothing in many countries."),
        "family = 'apparel' AND lacking <> ''",
        "facts",
        "lacking",
    ),
}  # fmt: skip
LEAVES_OUT = [name for name, reason in REASONS.items() if reason.is_left_out]
