"""One cell into one value. Each function raises `BadValue` with the reason; none guesses."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

MAX_AMOUNT = Decimal(10) ** 12  # in the currency; far below what a bigint of minor units holds
MAX_COUNT = 2_000_000_000  # PostgreSQL's integer
MAX_GRAMS = Decimal(10) ** 9 - 1
SYMBOLS = re.compile(r"^(?:[A-Z]{3}|[$€£¥￥₩₹])\s*|\s*(?:[A-Z]{3}|[$€£¥￥₩₹元])$")
CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
ENGLISH = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
CONTINENTAL = re.compile(r"-?\d{1,3}(?:\.\d{3})+,\d+|-?\d+,\d{1,2}")
EXPONENT = re.compile(r"[-+]?\d+(?:\.\d+)?[eE][-+]?\d+")
# Marks that direct or join text without being seen, except the joiners that scripts need.
MARKS = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
CONTROLS = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\x85]")
LATIN = re.compile(r"[A-Za-z]")
TRUE = {"true", "yes", "1", "y", "t", "是"}
FALSE = {"false", "no", "0", "n", "f", "", "否"}


class BadValue(ValueError):
    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def tidy(cell: str) -> str:
    """The cell without unseen marks, control characters and outer white space."""
    return CONTROLS.sub(" ", MARKS.sub("", cell)).strip()


def has_marks(cell: str) -> bool:
    return not cell.isascii() and MARKS.search(cell) is not None


def _number(cell: str, *, code: str) -> Decimal:
    """The decimal a cell writes in English or continental notation."""
    text = unicodedata.normalize("NFKC", cell).replace("−", "-").replace(" ", "").replace("'", "")
    if PLAIN.fullmatch(text):
        return Decimal(text)
    if ENGLISH.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if CONTINENTAL.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    raise _why_not_a_number(cell, text, code)


def _why_not_a_number(cell: str, text: str, code: str) -> BadValue:
    if EXPONENT.fullmatch(text):
        return BadValue("exponent", value=cell)
    for position, letter in enumerate(cell, start=1):
        if letter in "OoIlSB" and any(c.isdigit() for c in cell):
            return BadValue("letter_in_number", value=cell, position=position, letter=letter)
    return BadValue(code, value=cell)


def minor_units(cell: str, currency: str) -> int:
    """`79.90` with EUR gives 7990; exact or refused, never rounded."""
    named = CODE.search(cell)
    if named and named[0] != currency:
        raise BadValue("other_currency", value=cell, currency=currency)
    amount = _number(SYMBOLS.sub("", SYMBOLS.sub("", cell.strip())), code="not_money")
    if amount < 0:
        raise BadValue("negative", value=cell)
    if amount > MAX_AMOUNT:
        raise BadValue("too_big", value=cell)
    units = amount.scaleb(get_currency_precision(currency))
    if units != units.to_integral_value():
        raise BadValue("too_precise", value=cell, currency=currency)
    return int(units)


def whole(cell: str) -> int:
    number = _number(cell, code="not_whole")
    if number < 0:
        raise BadValue("negative", value=cell)
    if number != number.to_integral_value():
        raise BadValue("not_whole", value=cell)
    if number > MAX_COUNT:
        raise BadValue("too_big", value=cell)
    return int(number)


def stock(cell: str) -> int:
    """How many are there; a shop that sells what it does not have is below zero."""
    sign = -1 if cell.startswith(("-", "−")) else 1
    return sign * whole(cell[1:].strip() if sign < 0 else cell)


def decimal(cell: str) -> Decimal:
    """A number of any kind; one with an exponent, which may be endless, is refused."""
    return _number(cell, code="not_a_number")


def grams(cell: str) -> str | None:
    """Grams to a thousandth, as text so that JSON keeps them exact; zero means not stated."""
    number = decimal(cell)
    if number < 0:
        raise BadValue("negative", value=cell)
    if number > MAX_GRAMS:
        raise BadValue("too_big", value=cell)
    return f"{number.quantize(Decimal('0.001')).normalize():f}" if number else None


def yes_no(cell: str) -> bool:
    if cell.casefold() in TRUE:
        return True
    if cell.casefold() in FALSE:
        return False
    raise BadValue("not_yes_no", value=cell)


def continues(cell: str) -> bool:
    """Shopify's inventory policy, in the old words or the new ones."""
    words = {"deny": False, "continue": True}
    if cell.casefold() in words:
        return words[cell.casefold()]
    try:
        return yes_no(cell)
    except BadValue:
        raise BadValue("not_policy", value=cell) from None


def split_tags(cell: str) -> list[str]:
    tags = (tag.strip() for tag in cell.replace("，", ",").split(","))
    return list(dict.fromkeys(tag for tag in tags if tag))


def category_path(cell: str) -> str:
    """`A > B > C`, spaced as we keep it."""
    return " > ".join(part.strip() for part in cell.split(">") if part.strip())


def language_of(text: str, default: str) -> str:
    """Chinese when a good part of the letters is, English when they are all Latin."""
    if text.isascii():
        return "en" if LATIN.search(text) else default
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return default
    n_chinese = sum("\u3400" <= c <= "\u9fff" for c in letters)
    if n_chinese * 5 >= len(letters):
        return "zh"
    return "en" if all(c < "\u0250" for c in letters) else default
