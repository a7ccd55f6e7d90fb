"""Numbers written as words, in English and Chinese."""

import re
from decimal import Decimal

EN_LOW = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
EN_LOW += " fifteen sixteen seventeen eighteen nineteen"
EN_ONES = {word: number for number, word in enumerate(EN_LOW.split(" "))}
EN_TENS = {
    word: 10 * number
    for number, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
EN_SCALES = {"hundred": 100, "thousand": 1000, "dozen": 12}
EN_WORD = "|".join([*EN_TENS, *sorted(EN_ONES, key=len, reverse=True), *EN_SCALES])
EN_POINT = rf"(?:\s+point(?:\s+(?:{EN_WORD}))+)?"
EN_PARTS = rf"(?:{EN_WORD})(?:(?:[\s-]+|\s+and\s+)(?:{EN_WORD}))*"
EN_LEAD = r"(?:(?:half\s+)?an?\s+(?=dozen|hundred|thousand))?"
HALVED = "kilo|kilogram|litre|liter|pound|inch|hour|year|gallon|pint|metre|meter"
EN_HALF = rf"half(?=[\s-]+(?:an?[\s-]+)?(?:{HALVED})s?\b)"
EN_QUARTERS = (
    rf"(?:three[\s-]quarters|(?:an?|one)[\s-]quarter)(?:\s+of\s+an?)?(?=[\s-]+(?:{HALVED})s?\b)"
)
EN_NUMBER = rf"{EN_HALF}|{EN_QUARTERS}|{EN_LEAD}{EN_PARTS}(?:\s+and\s+a\s+half)?{EN_POINT}"
ZH_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "双": 2,
    "〇": 0,
}
ZH_SCALES = {"十": 10, "百": 100, "千": 1000}
ZH_NUMBER = r"双(?=人)|半(?=斤|公斤|升|小时|年|个月|米)|"
ZH_NUMBER += r"[零〇一二两三四五六七八九十百千万]+(?:点[零一二三四五六七八九]+)?"


def read_english(words: str) -> Decimal:
    """'two hundred and fifty' -> 250, 'half a dozen' -> 6, 'two point four' -> 2.4."""
    if "quarter" in words.lower():
        return Decimal("0.75") if words.lower().startswith("three") else Decimal("0.25")
    words, _, fraction = words.lower().partition(" point ")
    digits = "".join(str(EN_ONES.get(word, "")) for word in fraction.split())
    extra = Decimal(f"0.{digits}") if digits else Decimal(0)
    extra += Decimal("0.5") if words.endswith("and a half") else Decimal(0)
    words = words.strip().removesuffix("and a half")
    if words.startswith("half"):
        whole = words.removeprefix("half").strip(" -").removeprefix("a ").strip()
        return (read_english(whole) if whole else Decimal(1)) / 2
    total = current = 0
    for word in re.findall("[a-z]+", words):
        if word in EN_SCALES:
            current = max(current, 1) * EN_SCALES[word]
            if word == "thousand":
                total, current = total + current, 0
        else:
            current += EN_ONES.get(word, 0) + EN_TENS.get(word, 0)
    return Decimal(total + current) + extra


def read_chinese(chars: str) -> Decimal:
    """'一百二十' -> 120, '两万五千' -> 25000, '一点八' -> 1.8, '二〇二五' -> 2025."""
    if chars == "半":
        return Decimal("0.5")
    whole, _, fraction = chars.partition("点")
    if not any(char in ZH_SCALES or char == "万" for char in whole):
        number = Decimal("".join(str(ZH_DIGITS[char]) for char in whole) or "0")
    else:
        high, _, low = whole.rpartition("万")
        number = Decimal((_below_ten_thousand(high) or 1) * 10000 if "万" in whole else 0)
        number += _below_ten_thousand(low)
    digits = "".join(str(ZH_DIGITS[char]) for char in fraction)
    return number + (Decimal(f"0.{digits}") if digits else 0)


def _below_ten_thousand(chars: str) -> int:
    total, digit = 0, 0
    for char in chars:
        if char in ZH_SCALES:
            total, digit = total + (digit or 1) * ZH_SCALES[char], 0
        else:
            digit = ZH_DIGITS.get(char, 0)
    return total + digit
