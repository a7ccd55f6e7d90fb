"""What the shop's vocabulary knows, as token phrases: product nouns, and values by their names."""

import re
from functools import lru_cache

from aiassist.copywriting.guard.lexicon import Phrase, phrases
from aiassist.copywriting.guard.tokens import norms
from catalog.products.vocabulary import FAMILIES, KINDS, find_kind, type_of
from catalog.products.vocabulary.families import plural_of
from catalog.products.vocabulary.values import VALUES, Value

# A synonym with one of these says more than the value does: cotton is not yet pure cotton.
GENERIC = frozenset("金属材质料布色含")  # adds nothing: titanium metal is titanium
OVERSTATES = re.compile(r"100|%|\bpure\b|纯|全棉|\bfine\b|\bgenuine\b|真皮")


@lru_cache(maxsize=1)
def product_nouns() -> dict[Phrase, frozenset[str]]:
    """Every name of a product type -> the type keys it may stand for; bare nouns stand for any."""
    found: dict[Phrase, set[str]] = {phrase: set() for phrase in phrases("nouns")}
    for family in FAMILIES.values():
        for kind in family.types:
            names = [kind.noun_en, kind.plural_en, kind.noun_zh]
            names += [*kind.synonyms_en, *map(plural_of, kind.synonyms_en), *kind.synonyms_zh]
            for name in names:
                found.setdefault(norms(name), set()).add(kind.key)
    return {phrase: frozenset(keys) for phrase, keys in found.items() if phrase}


@lru_cache(maxsize=1)
def _values_by_name() -> dict[Phrase, list[Value]]:
    found: dict[Phrase, list[Value]] = {}
    for table in VALUES.values():
        for value in table.values():
            for name in _names(value):
                found.setdefault(norms(name), []).append(value)
    return found


def _names(value: Value) -> list[str]:
    own = [value.en, value.zh, value.code.replace("_", " ")]
    return own + [*value.synonyms_en, *value.synonyms_zh]


def other_names(text: str) -> set[str]:
    """Translations and synonyms of a fact's value that claim no more than it does."""
    said = norms(text)
    values = _values_by_name().get(said, [])
    own = {name for value in values for name in (value.en, value.zh)}
    others = {name for value in values for name in _names(value)}
    wider = {name for name in others - own if _says_more(norms(name), said)}
    said_more = {name for name in others - own if OVERSTATES.search(name)}
    return (own | others) - wider - said_more


def _says_more(name: Phrase, said: Phrase) -> bool:
    """ "Goose down" is a synonym of "down" in a search, but not in a claim."""
    return set(said) < set(name) and not set(name) - set(said) <= GENERIC


@lru_cache(maxsize=1)
def value_phrases() -> frozenset[Phrase]:
    """All values known: one of these that is no fact of the product is a foreign value."""
    neutral = phrases("words") | phrases("phrases") | phrases("mild") | phrases("scene")
    return (
        frozenset(p for p in _values_by_name() if p and not all((token,) in neutral for token in p))
        - neutral
    )


# Kinds of values that a text may name without stating them: when, for whom, and what goes with it.
GENTLE = {
    "settings": ("occasions", "styles", "seasons", "activities", "skill_levels"),
    "tastes": ("flavours", "ingredients", "scents", "allergens", "languages"),
}
LOOKS = ("materials", "colours", "metals", "gems")


@lru_cache(maxsize=4)
def gentle_values(sort: str) -> frozenset[Phrase]:
    found = [norms(n) for kind in GENTLE[sort] for v in VALUES[kind].values() for n in _names(v)]
    looks = {norms(n) for kind in LOOKS for v in VALUES[kind].values() for n in _names(v)}
    return frozenset(phrase for phrase in found if phrase) - looks


def key_names(key: str) -> set[str]:
    """The names of the attribute kind a key stands for, in both languages."""
    kind = KINDS.get(key) or find_kind(key.replace("_", " "))
    if kind is None:
        return set()
    return {kind.label_en, kind.label_zh, *kind.synonyms_en, *kind.synonyms_zh}


def type_names(key: str) -> set[str]:
    """What a product of this type may be called."""
    found = type_of(key)
    if found is None:
        return set()
    kind = found[1]
    plurals = map(plural_of, kind.synonyms_en)
    own = {kind.noun_en, kind.plural_en, kind.noun_zh}
    return own | {*kind.synonyms_en, *plurals, *kind.synonyms_zh}
