"""A fact's text is data: take away what is no value, and tell what cannot be written."""

import re
import unicodedata

from catalog.products.vocabulary.tables import has_cjk, spaced

MAX_VALUE_CHARS = 120
MARKUP = re.compile(r"<[^<>]{0,400}>|&[a-z]{2,8};|&#\d{1,6};", re.IGNORECASE)
ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\S+|\b[\w-]+\.(?:com|net|org|cn|io|co)\b\S*", re.IGNORECASE
)
# Text that speaks to a machine or a writer instead of naming a value.
ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rule|above|previous)"
    r"|\bsystem prompt\b|\byou are (?:an?|now)\b|\b(?:write|say|claim|pretend|respond) that\b"
    r"|(?:忽略|无视|忘记).{0,20}(?:指令|提示|要求|规则|以上)|请(?:写|说|声称|回答)|你(?:现在)?是一",
    re.IGNORECASE,
)
# A full stop inside: that is a text, not a value.
SENTENCES = re.compile(r"[.!?]\s+\S|[。！？!]|\?")
# Codes read the same in both languages: "IPX7", "USB-C", "1920 x 1080", "XL".
CODE = re.compile(
    r"[A-Z0-9][A-Z0-9./+×x\-–:°%#&()]*(?:[ ,/×x]+(?:x |× )?[A-Z0-9][A-Z0-9./+×x\-–:°%#&()]*)*"
)
# Kinds whose values are names: they stay as they are in Chinese text.
NAME_KINDS = frozenset(
    spaced(
        "author illustrator translator publisher model_number collection isbn operating_system "
        "shade ip_rating resolution brand series designer artist"
    )
)


def clean(text: str) -> str:
    """The text without control characters, markup and addresses, spaces single."""
    text = unicodedata.normalize("NFC", text)
    text = ADDRESS.sub(" ", MARKUP.sub(" ", text))
    kept = (char if _is_plain(char) else " " for char in text)
    return " ".join("".join(kept).split()).strip(" .。;；,，、:：{}[]<>")


def _is_plain(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")


def refusal(value: str) -> str:
    """Why a cleaned value cannot be written, or ""."""
    if not value:
        return "empty"
    if len(value) > MAX_VALUE_CHARS:
        return "too_long"
    if ORDERS.search(value):
        return "not_a_value"
    if SENTENCES.search(value):
        return "not_a_value"
    return ""


def fits_language(value: str, lang: str, key: str) -> bool:
    """Whether free text may stand in a text of this language without translation."""
    if lang == "en":
        return not has_cjk(value)
    return has_cjk(value) or key in NAME_KINDS or CODE.fullmatch(value) is not None
