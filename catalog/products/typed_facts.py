"""A fact as a person types it: "1.5 kg", "steel, oak", "yes", read as its kind of fact wants it."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.products.models import Attribute, AttributeType
from catalog.products.vocabulary.units import find_unit, parse_number, parse_quantity

MAX_VALUE = 500  # characters
MAX_NUMBER = 10**13


@dataclass(frozen=True)
class TypedFact:
    """`values` has several for a list, else one. `number` is what a quantity's value counts."""

    values: tuple[str, ...]
    number: Decimal | None = None
    unit: str = ""


def read_fact(attribute: Attribute, text: str, unit: str = "") -> TypedFact:
    """Read what was typed; raises ValidationError with a sentence for the person."""
    text = text.strip()
    if len(text) > MAX_VALUE:
        raise ValidationError(_("At most %(n)s characters.") % {"n": MAX_VALUE})
    if attribute.type == AttributeType.NUMBER:
        return _read_number(attribute, text, unit)
    if attribute.type == AttributeType.LIST:
        parts = text.replace("，", ",").replace("、", ",").split(",")
        return TypedFact(tuple(dict.fromkeys(p.strip() for p in parts if p.strip())))
    if attribute.type == AttributeType.DIMENSIONS:
        return TypedFact((text,), unit=unit or attribute.unit)
    return TypedFact((text,))


def _read_number(attribute: Attribute, text: str, unit: str) -> TypedFact:
    """The unit must measure what the kind of fact measures."""
    quantity = parse_quantity(text)
    value = parse_number(text) if quantity is None else quantity[0]
    if value is None or abs(value) >= MAX_NUMBER or value != round(value, 6):
        raise ValidationError(_("One number, please."))
    unit = unit or (quantity[1] if quantity else "") or attribute.unit
    known, wanted = find_unit(unit), find_unit(attribute.unit)
    if wanted and (known is None or known.quantity != wanted.quantity):
        raise ValidationError(
            _("%(unit)s does not measure the same as %(wanted)s.")
            % {"unit": unit, "wanted": attribute.unit}
        )
    return TypedFact((f"{value.normalize():f}",), value, unit)
