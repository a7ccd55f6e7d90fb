"""English articles, agreement and lists; Chinese lists."""

import re
from collections.abc import Sequence
from decimal import Decimal

# Stands for "a" or "an" until the next word is known; user text never holds it.
ARTICLE = "\ue000"

IRREGULAR = {"be": "is", "have": "has", "do": "does", "was": "was"}
PLURAL = {"be": "are", "was": "were"}
# Letters whose names begin with a vowel sound: "an S-hook", "an L-shaped desk".
VOWEL_LETTERS = frozenset("AEFHILMNORSX")
SILENT_H = ("hour", "honest", "heir", "honour")
YOU_SOUND = ("uni", "eu", "use", "usa", "util", "one", "once", "ura")
ARTICLE_SLOT = re.compile(ARTICLE + r" ([^\s,.;:!?]+)")
NUMBER_START = re.compile(r"\d[\d,]*")
ACRONYM = re.compile(r"[A-Z](?:[A-Z0-9]*\b|-|$)")
# Read as a word, so its own sound counts: "a RAM upgrade".
SPOKEN = frozenset({"RAM", "LAN", "ROM"})


def agree(verb: str, is_plural: bool) -> str:
    """The verb in the third person: "have" is "has" or "have"."""
    if is_plural:
        return PLURAL.get(verb, verb)
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb.endswith(("s", "sh", "ch", "x", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def a_or_an(word: str) -> str:
    """The article for the sound of a word: "an 8-year", "a USB", "an L-shaped", "a unique"."""
    word = word.lstrip("\"'“‘(")
    number = NUMBER_START.match(word)
    if number:
        return "an" if _sounds_like_vowel(number[0]) else "a"
    if ACRONYM.match(word) and word[:3] not in SPOKEN:
        return "an" if word[0] in VOWEL_LETTERS else "a"
    low = word.lower()
    if low.startswith(SILENT_H):
        return "an"
    return "an" if low[:1] in tuple("aeiou") and not low.startswith(YOU_SOUND) else "a"


def _sounds_like_vowel(figure: str) -> bool:
    """Eight, eleven, eighteen, eighty ...: by the first words of the number as spoken."""
    groups = figure.split(",")
    digits = "".join(groups)
    head = digits[: (len(digits) - 1) % 3 + 1]
    return head.startswith("8") or head in ("11", "18")


def with_articles(text: str) -> str:
    """Turn every article slot into "a" or "an"."""
    if ARTICLE not in text:
        return text
    return ARTICLE_SLOT.sub(lambda match: f"{a_or_an(match[1])} {match[1]}", text)


def and_list(parts: Sequence[str]) -> str:
    """ "a, b and c"; a comma before "and" where a part has an "and" of its own."""
    if len(parts) < 2:
        return "".join(parts)
    doubtful = parts[:1] if len(parts) == 2 else parts
    joint = ", and " if any(" and " in part for part in doubtful) else " and "
    return ", ".join(parts[:-1]) + joint + parts[-1]


def zh_list(parts: Sequence[str]) -> str:
    """ "甲、乙和丙"."""
    if len(parts) < 2:
        return "".join(parts)
    return "、".join(parts[:-1]) + "和" + parts[-1]


def capital(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


class Counted:
    """A number that writes its own noun: f"{Counted(n):pocket|pockets}" is "4 pockets"."""

    def __init__(self, number: Decimal | None, figure: str) -> None:
        self.number = number
        self.figure = figure

    def __format__(self, nouns: str) -> str:
        one, _, many = nouns.partition("|")
        if self.number == 0:
            return f"no {many}"
        is_one = self.number == 1 or self.figure == "1"
        return f"{self.figure} {one if is_one else many}"
