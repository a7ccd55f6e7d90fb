"""Quantities: read them in English or Chinese, convert them exactly, write them in either."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from catalog.products.vocabulary.tables import rows, words

NUMBER = re.compile(r"\s*([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(.*?)\s*$", re.DOTALL)
# Four digits stay together ("1500 W"); from five on a comma helps the eye.
GROUP_FROM = 10_000

Quantity = tuple[Decimal, str]


@dataclass(frozen=True)
class Unit:
    code: str
    quantity: str  # what it measures: mass, length ...
    factor: Decimal  # how many base units of that quantity it is
    one_en: str
    many_en: str
    sign_zh: str
    has_space_en: bool
    synonyms: tuple[str, ...]


def _load() -> dict[str, Unit]:
    return {cells[0]: _unit(cells) for _, cells in rows("units.txt")}


def _unit(cells: list[str]) -> Unit:
    code, quantity, factor, sign_en, sign_zh, synonyms_en, synonyms_zh = cells
    one, _, many = sign_en.removeprefix("~").partition("/")
    return Unit(
        code,
        quantity,
        Decimal(factor),
        one,
        many or one,
        sign_zh,
        not sign_en.startswith("~"),
        (code, one, many or one, sign_zh, *words(synonyms_en), *words(synonyms_zh)),
    )


UNITS: dict[str, Unit] = _load()


@cache
def _by_name() -> dict[str, Unit]:
    exact: dict[str, Unit] = {}
    folded: dict[str, Unit] = {}
    for unit in UNITS.values():
        for name in unit.synonyms:
            exact.setdefault(_normal(name), unit)
            folded.setdefault(_normal(name).casefold(), unit)
    return folded | exact


def _normal(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split())


def find_unit(name: str) -> Unit | None:
    """The unit with this code, sign or word; capitals count only where they must ("m", "M")."""
    name = _normal(name)
    known = _by_name()
    return known.get(name) or known.get(name.casefold())


def parse_number(text: str) -> Decimal | None:
    """A plain number, with or without thousands commas."""
    try:
        number = Decimal(unicodedata.normalize("NFKC", text).strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def parse_quantity(text: str) -> Quantity | None:
    """Read "1.8 L", "1,200g", "2年", "30 °C" or "14″"; None where it is not one quantity.

    The unit is its code, or "" for a bare number.
    """
    match = NUMBER.match(unicodedata.normalize("NFKC", text))
    number = parse_number(match[1]) if match else None
    if number is None:
        return None
    if not match[2]:
        return number, ""
    unit = find_unit(match[2])
    return (number, unit.code) if unit else None


def convert(number: Decimal, unit: str, to: str) -> Decimal | None:
    """The same quantity in another unit, or None where the two do not measure the same."""
    source, target = find_unit(unit), find_unit(to)
    if source is None or target is None or source.quantity != target.quantity:
        return None
    return number * source.factor / target.factor


def same_quantity(a: Quantity | str, b: Quantity | str) -> bool:
    """Whether two quantities are exactly equal, whatever their units: 1.8 L is 1800 毫升."""
    first = parse_quantity(a) if isinstance(a, str) else a
    second = parse_quantity(b) if isinstance(b, str) else b
    if first is None or second is None:
        return False
    (number_a, name_a), (number_b, name_b) = first, second
    unit_a, unit_b = find_unit(name_a), find_unit(name_b)
    if unit_a is None or unit_b is None:
        return name_a == name_b and number_a == number_b
    return (
        unit_a.quantity == unit_b.quantity and number_a * unit_a.factor == number_b * unit_b.factor
    )


def format_number(number: Decimal, lang: str) -> str:
    """A number without needless zeros or exponents: 1.80 is "1.8", 1E+3 is "1000"."""
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    if plain in ("-0", ""):
        plain = "0"
    if lang == "en" and abs(number) >= GROUP_FROM:
        whole, dot, rest = plain.partition(".")
        return f"{int(whole):,}{dot}{rest}"
    return plain


AGES = {"min_age"}  # kinds of fact whose years are years of age


def format_quantity(number: Decimal, unit: str, lang: str, *, key: str = "") -> str:
    """A quantity as people write it: "1.8 L", "2 years", "1.8升", "2年".

    `key` is the kind of fact it is of, where that is known: years of age are 岁 in Chinese.
    """
    known = find_unit(unit) if unit else None
    if not unit:
        return format_number(number, lang)
    figure = format_number(number, lang)
    if known is None:
        return f"{figure} {unit}"
    if lang == "zh":
        return figure + ("岁" if key in AGES and known.code == "years" else known.sign_zh)
    sign = known.one_en if abs(number) == 1 else known.many_en
    return f"{figure} {sign}" if known.has_space_en else figure + sign
