"""Product families and the types of product in them, in English and Chinese."""

from dataclasses import dataclass
from functools import cache, lru_cache

from catalog.products.vocabulary.matching import Phrases, key_of, leftmost
from catalog.products.vocabulary.tables import rows, words


@dataclass(frozen=True)
class ProductType:
    key: str
    noun_en: str
    plural_en: str
    noun_zh: str
    measure_word_zh: str
    is_plural: bool  # "headphones are"
    synonyms_en: tuple[str, ...]
    synonyms_zh: tuple[str, ...]
    is_mass: bool = False  # "honey", never "a honey"


@dataclass(frozen=True)
class Family:
    key: str
    label_en: str
    label_zh: str
    types: tuple[ProductType, ...]

    def type(self, key: str) -> ProductType | None:
        return next((t for t in self.types if t.key == key), None)


def _load() -> dict[str, Family]:
    types: dict[str, list[ProductType]] = {}
    for heading, cells in rows("families.txt"):
        types.setdefault(heading, []).append(_product_type(cells))
    families = {}
    for heading, members in types.items():
        key, labels = heading[1:].split("]")
        label_en, label_zh = (label.strip() for label in labels.split("|"))
        families[key] = Family(key, label_en, label_zh, tuple(members))
    return families


def _product_type(cells: list[str]) -> ProductType:
    key, noun, plural, noun_zh, measure, flags, synonyms_en, synonyms_zh = cells
    return ProductType(
        key,
        noun,
        plural,
        noun_zh,
        measure,
        is_plural="plural" in flags,
        synonyms_en=words(synonyms_en),
        synonyms_zh=words(synonyms_zh),
        is_mass="mass" in flags,
    )


FAMILIES: dict[str, Family] = _load()


@cache
def _phrases() -> dict[str, tuple[Family, ProductType]]:
    """Every name of every type; a type's own noun wins over another's synonym."""
    own: dict[str, tuple[Family, ProductType]] = {}
    other: dict[str, tuple[Family, ProductType]] = {}
    for family in FAMILIES.values():
        for kind in family.types:
            for name in (kind.noun_en, kind.plural_en, kind.noun_zh):
                own.setdefault(key_of(name), (family, kind))
            for name in (*kind.synonyms_en, *kind.synonyms_zh):
                other.setdefault(key_of(name), (family, kind))
                if name.isascii():
                    other.setdefault(key_of(plural_of(name)), (family, kind))
    return other | own


def plural_of(noun: str) -> str:
    """The regular English plural of a noun phrase."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun if noun.endswith("s") and not noun.endswith("ss") else noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


@cache
def _index() -> Phrases:
    return Phrases(_phrases().items())


@lru_cache(maxsize=4096)
def find_type(text: str) -> tuple[Family, ProductType] | None:
    """Tell a product's type from its title, type, category path or tags, in either language.

    The longest name wins; among equals the last one, since the head noun comes last in
    both languages ("leather watch box" is a box, "真皮钱包" a wallet).
    """
    best = None
    for found in leftmost(_index().find(text)):
        if best is None or found.end - found.start >= best.end - best.start:
            best = found
    return best.value if best else None


def type_of(key: str) -> tuple[Family, ProductType] | None:
    """The family and type with this type key."""
    return _by_key().get(key)


@cache
def _by_key() -> dict[str, tuple[Family, ProductType]]:
    return {kind.key: (family, kind) for family in FAMILIES.values() for kind in family.types}
