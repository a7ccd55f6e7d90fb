"""The columns of the product list: those every shop has, and any kind of fact."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Attribute

MAX_COLUMNS = 14  # the style sheet knows so many, and a wider table is not read


@dataclass(frozen=True)
class Column:
    """`up` and `down` are its sorts, where it has some; `hides` says on which width it goes."""

    name: str
    label: Any
    up: str = ""
    down: str = ""
    is_number: bool = False
    hides: str = ""  # "s" below 720 px, "m" below 1100 px
    edits: str = ""  # the field that is edited in place
    attribute: Attribute | None = None


PLAIN = {
    column.name: column
    for column in (
        Column("status", _("Status"), hides="s", edits="status"),
        Column("category", _("Category"), hides="m"),
        Column("vendor", _("Brand"), hides="m"),
        Column("type", _("Type"), hides="m"),
        Column("price", _("Price"), "price", "-price", is_number=True, edits="price"),
        Column("stock", _("Stock"), "stock", "-stock", is_number=True, edits="stock"),
        Column("texts", _("Live texts"), hides="s"),
        Column("facts", _("Facts"), is_number=True, hides="s"),
        Column("tags", _("Tags"), hides="m"),
        Column("updated", _("Updated"), "updated", "-updated", is_number=True, hides="m"),
    )
}
USUAL = ("status", "category", "price", "stock", "texts", "facts", "updated")
FACT = "f."  # begins the name of a column that shows a kind of fact


def names_of(query: Any, remembered: str) -> list[str]:
    """The columns an address asks for, else those this person chose last, else the usual ones.

    `cols` may be repeated, as a form sends it, or one text with commas, as links carry it.
    """
    asked = [name for text in query.getlist("cols") for name in text.split(",") if name]
    names = asked or [name for name in remembered.split(",") if name]
    known = [name for name in dict.fromkeys(names) if name in PLAIN or name.startswith(FACT)]
    return known[:MAX_COLUMNS] or list(USUAL)


def has_facts(names: Iterable[str]) -> bool:
    return any(name.startswith(FACT) for name in names)


def columns_of(names: Iterable[str], attributes: Mapping[str, Attribute]) -> list[Column]:
    """The columns by these names; a kind of fact that is gone is left out."""
    found = []
    for name in names:
        if name in PLAIN:
            found.append(PLAIN[name])
        elif attribute := attributes.get(name.removeprefix(FACT)):
            found.append(of_attribute(attribute))
    return found or [PLAIN[name] for name in USUAL]


def of_attribute(attribute: Attribute) -> Column:
    return Column(
        FACT + attribute.key,
        attribute.label(get_language() or ""),
        is_number=attribute.type == "number",
        hides="s",
        attribute=attribute,
    )
