"""What the shop's words mean, in English and Chinese: product types, attributes, values, units.

Pure Python and plain-text tables; it imports no Django.
"""

from catalog.products.vocabulary.families import (
    FAMILIES,
    Family,
    ProductType,
    find_type,
    type_of,
)
from catalog.products.vocabulary.kinds import KINDS, AttributeKind, find_kind, kinds_of, must_have
from catalog.products.vocabulary.matching import Match
from catalog.products.vocabulary.units import (
    convert,
    find_unit,
    format_quantity,
    parse_quantity,
    same_quantity,
)
from catalog.products.vocabulary.values import (
    Value,
    choices,
    find_all_values,
    find_value,
    find_values,
    translate_value,
)

__all__ = [
    "FAMILIES",
    "KINDS",
    "AttributeKind",
    "Family",
    "Match",
    "ProductType",
    "Value",
    "choices",
    "convert",
    "find_all_values",
    "find_kind",
    "find_type",
    "find_unit",
    "find_value",
    "find_values",
    "format_quantity",
    "kinds_of",
    "must_have",
    "parse_quantity",
    "same_quantity",
    "translate_value",
    "type_of",
]
