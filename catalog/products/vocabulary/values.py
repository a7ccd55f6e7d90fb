"""The values of choice attributes: one code, its English and Chinese words, and what they are."""

from dataclasses import dataclass
from functools import cache, lru_cache

from catalog.products.vocabulary.kinds import KINDS
from catalog.products.vocabulary.matching import (
    Found,
    Match,
    Phrases,
    key_of,
    leftmost,
)
from catalog.products.vocabulary.tables import has_cjk, rows, words

# Too common or too short to mean the value inside running text; they still
# match where the whole attribute value is that word.
NEVER_IN_TEXT = frozenset(
    words(
        "yes, no, none, some, all, hot, mild, plain, short, long, low, mid, high, box, bar, hook,"
        "pin, green, manual, v, original, sweet, normal, fine, thick, medium, light, dark, stand,"
        "square, flat, case, cards, index, maps, work, home, gift, school, natural, us, it"
    )
)


@dataclass(frozen=True)
class Value:
    code: str
    en: str
    zh: str
    synonyms_en: tuple[str, ...]
    synonyms_zh: tuple[str, ...]
    word_class: str  # mass, count, plural, adj


def _load() -> dict[str, dict[str, Value]]:
    sets: dict[str, dict[str, Value]] = {}
    for heading, cells in rows("values.txt"):
        code, en, zh, synonyms_en, synonyms_zh, word_class = (cells + [""] * 6)[:6]
        value = Value(code, en, zh, words(synonyms_en), words(synonyms_zh), word_class or "mass")
        sets.setdefault(heading[1:-1], {})[code] = value
    return sets


VALUES: dict[str, dict[str, Value]] = _load()


@cache
def _names(value_set: str) -> dict[str, Value]:
    """Every spelling of every value; a value's own words win over another's synonym."""
    own: dict[str, Value] = {}
    other: dict[str, Value] = {}
    for value in VALUES.get(value_set, {}).values():
        for name in (value.en, value.zh, value.code.replace("_", " ")):
            own.setdefault(key_of(name), value)
        for name in (*value.synonyms_en, *value.synonyms_zh):
            other.setdefault(key_of(name), value)
    return other | own


def find_value(kind_key: str, text: str) -> Value | None:
    """The value whose code, word or synonym is this whole text."""
    kind = KINDS.get(kind_key)
    if kind is None or not kind.value_set:
        return None
    return _names(kind.value_set).get(key_of(text.replace("_", " ")))


def translate_value(kind_key: str, value: str, lang: str) -> str | None:
    """The value's word in "en" or "zh", or None where the vocabulary does not know it."""
    found = find_value(kind_key, value)
    if found is None:
        return None
    return found.zh if lang == "zh" else found.en


def _is_telling(name: str) -> bool:
    if has_cjk(name):
        return len(name) >= 2
    return len(name) >= 3 and name not in NEVER_IN_TEXT


def find_values(kind_key: str, text: str) -> list[Match]:
    """Every value of the kind that running text names, without overlaps, in text order.

    `Match.value` is the code. Where the whole text is one value, short words count too.
    """
    kind = KINDS.get(kind_key)
    if kind is None or not kind.value_set:
        return []
    return find_all_values(text).get(kind.value_set, [])


@cache
def _all_phrases() -> Phrases:
    """Every telling name of every value of every set; a find's value is (set, code)."""
    return Phrases(
        (name, (value_set, value.code))
        for value_set in VALUES
        for name, value in _names(value_set).items()
        if _is_telling(name)
    )


@cache
def _whole() -> dict[str, dict[str, str]]:
    """What each name is as a whole text: set -> code, by name."""
    found: dict[str, dict[str, str]] = {}
    for value_set in VALUES:
        for name, value in _names(value_set).items():
            found.setdefault(name, {})[value_set] = value.code
    return found


@lru_cache(maxsize=4096)
def find_all_values(text: str) -> dict[str, list[Match]]:
    """Every value of all sets that a text names: set -> its values in text order.

    Each word is looked at once, whatever the number of sets.
    """
    found: dict[str, list[Found]] = {}
    for one in _all_phrases().find(text):
        found.setdefault(one.value[0], []).append(one)
    values = {
        value_set: [Match(one.value[1], one.start, one.end) for one in leftmost(ones)]
        for value_set, ones in found.items()
    }
    whole = _whole().get(key_of(text.strip().replace("_", " ")), {})
    return values | {value_set: [Match(code, 0, len(text))] for value_set, code in whole.items()}


def choices(kind_key: str) -> tuple[Value, ...]:
    """All known values of a kind, in table order."""
    kind = KINDS.get(kind_key)
    return tuple(VALUES.get(kind.value_set, {}).values()) if kind else ()
