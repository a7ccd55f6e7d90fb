"""Find numbers with their units in a text, and say whether two amounts are the same."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from aiassist.copywriting.guard.numerals import (
    EN_NUMBER,
    ZH_NUMBER,
    read_chinese,
    read_english,
)
from aiassist.copywriting.guard.units import Unit, known_units

DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
NUMBER = (
    rf"(?:(?<![A-Za-z0-9.])(?:{DIGITS})(?:\s?[½¼¾])?|[½¼¾]|\b(?:{EN_NUMBER})\b|(?:{ZH_NUMBER}))"
)
NUMBER_PATTERN = re.compile(NUMBER, re.I)
FOLLOWING = re.compile(NUMBER.replace("(?<![A-Za-z0-9.])", ""), re.I)  # the 70 of 140x70
FRACTIONS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
JOINER = re.compile(r"\s*(?:x|×|\*|by|乘以?|[-–—~～]|to|至|到)\s*", re.I)
# These letters are also words or sizes: as a unit they must touch their digits.
MUST_TOUCH = {"a", "s", "t", "k", "h", "v", "m", "l", "g", "w"}
# Chinese numbers that are figures of speech, not amounts.
SPEECH = re.compile(
    r"一(?:[天日](?!保|质)|年四季|周七天|款|下|起|身|体|样|般|直|定|览|目|点|抹|份心|种|切|面|边|并|同|手|如|家|份|流|生|辈)"
    r"|[零〇一二两三四五六七八九十百千万]+(?:分(?!钟)|全|足)|万千|万能|万物|千家万户|百搭|百年|三五|[一两]个人|(?<=早)八|两三"
)
YEAR = re.compile("(?:19|20)\\d\\d")
CLASSIFIERS = {"个", "件", "只", "块", "条", "片", "枚", "颗", "粒", "双", "套", "对", "杯"}
CLASSIFIERS |= {"盒", "瓶", "罐", "袋", "包", "份", "位", "人", *"道张本台部根株朵束枝项种格支"}
CROSS_SYSTEM_LIMIT = Decimal("0.03")


@dataclass(frozen=True)
class Amount:
    """`values` has two or more entries for a range or a size such as 140 x 70 cm."""

    start: int
    end: int
    values: tuple[Decimal, ...]
    unit: Unit | None
    digits: int  # after the decimal point, for rounding


@lru_cache(maxsize=256)
def _unit_pattern(extra: tuple[str, ...]) -> re.Pattern[str]:
    aliases = sorted({*known_units(), *extra}, key=len, reverse=True)
    parts = []
    for alias in aliases:
        body = re.escape(alias).replace(r"\ ", r"[\s-]+")
        if alias == "in":
            body += r"(?=\s*(?:$|[^\sA-Za-z]|x\b|by\b|long|wide|tall|high|deep|thick|across))"
        parts.append(body + (r"(?![A-Za-z0-9])" if alias[-1].isascii() else ""))
    return re.compile(
        "(?P<gap>[\\s-]*(?:(?<=half[\\s-])an?[\\s-]+)?)(?P<unit>" + "|".join(parts) + ")", re.I
    )


def _read(text: str) -> tuple[Decimal, int]:
    if re.search(r"\d|[½¼¾]", text):
        extra = sum((FRACTIONS[c] for c in text if c in FRACTIONS), Decimal(0))
        plain = re.sub(r"[^\d.]", "", text) or "0"
        return Decimal(plain) + extra, len(plain.partition(".")[2])
    if re.match("[a-zA-Z]", text):
        return read_english(text), 0
    return read_chinese(text), 0


def find_amounts(text: str, *, extra_units: Mapping[str, Unit] | None = None) -> list[Amount]:
    """Every amount of a folded text, left to right; `extra_units` are those of the facts."""
    extra = extra_units or {}
    pattern = _unit_pattern(tuple(sorted(extra)))
    found: list[Amount] = []
    at = 0
    while match := NUMBER_PATTERN.search(text, at):
        amount = _amount_at(text, match, pattern, extra)
        at = amount.end if amount else match.end()
        if amount:
            found.append(amount)
    return found


def _amount_at(
    text: str, first: re.Match[str], pattern: re.Pattern[str], extra: Mapping[str, Unit]
) -> Amount | None:
    if SPEECH.match(text, first.start()):
        return None
    parts: list[tuple[Decimal, Unit | None]] = []
    digits, match = 0, first
    while True:
        value, places = _read(match.group())
        digits = max(digits, places)
        unit, end = _unit_at(text, match, pattern, extra)
        if unit and text.startswith("半", end) and match.group()[-1] != "半":
            value, end = value + Decimal("0.5"), end + 1  # 一年半
        parts.append((value, unit))
        joined = JOINER.match(text, end)
        if joined and unit and joined.group().strip() == "*":
            break  # an asterisk after a unit begins the next item of a list
        follow = FOLLOWING.match(text, joined.end()) if joined else None
        if not follow:
            break
        match = follow
    unit = parts[-1][1] or next((u for _, u in reversed(parts) if u), None)
    values = [_in_unit(value, own, unit) for value, own in parts]
    if (unit is None and not _stands_alone(text, match)) or _is_article(text, first, values, unit):
        return None
    return Amount(first.start(), end, tuple(values), unit, digits)


def _in_unit(value: Decimal, own: Unit | None, unit: Unit | None) -> Decimal:
    """180 mm by 13 cm: each value in the unit of the whole."""
    if own is None or unit is None or own.dimension != unit.dimension:
        return value
    return value * own.factor / unit.factor


def _unit_at(
    text: str, match: re.Match[str], pattern: re.Pattern[str], extra: Mapping[str, Unit]
) -> tuple[Unit | None, int]:
    found = pattern.match(text, match.end())
    if not found:
        return None, match.end()
    alias = plain_unit(found["unit"])
    is_word = not match.group()[0].isdigit()
    if alias in MUST_TOUCH and (is_word or (found["gap"] and alias in {"a", "s", "t", "k"})):
        return None, match.end()
    if alias == "年" and YEAR.fullmatch(match.group()):
        return None, found.end()
    return extra.get(alias) or known_units().get(alias), found.end()


def plain_unit(text: str) -> str:
    return re.sub(r"[\s-]+", " ", text.lower()).strip()


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """A bare number is an amount unless it is glued to letters (3D, 2XL) or is Chinese speech."""
    glued = re.match(r"[A-Za-z]", text[match.end() : match.end() + 1])
    return not glued and not re.match(ZH_NUMBER, match.group())


def _is_article(text: str, first: re.Match[str], values: list[Decimal], unit: Unit | None) -> bool:
    """'one' and 一个 are articles; 'one year' and 一斤 are amounts."""
    if values != [Decimal(1)] or first.group().isdigit():
        return False
    return unit is None or unit.alias in CLASSIFIERS


def base(value: Decimal, unit: Unit | None) -> Decimal:
    if unit and unit.dimension == "temperature_f":
        return (value - 32) * 5 / 9
    return value * unit.factor if unit else value


def dimension(unit: Unit | None) -> str:
    if unit is None:
        return ""
    return {"temperature_f": "temperature"}.get(unit.dimension, unit.dimension)


def same_value(value: Decimal, claimed: Amount, known: Decimal, unit: Unit | None) -> bool:
    """Exact within one system of units; between metric and imperial the shown digits decide."""
    if claimed.unit is None or unit is None:
        return value == known
    left, right = base(value, claimed.unit), base(known, unit)
    if abs(left - right) <= abs(right) * Decimal("0.000001"):
        return True
    if claimed.unit.system == unit.system:
        return False
    half_digit = Decimal(1).scaleb(-claimed.digits) / 2
    step = abs(base(value + half_digit, claimed.unit) - left)
    return abs(left - right) <= min(step, abs(right) * CROSS_SYSTEM_LIMIT)
