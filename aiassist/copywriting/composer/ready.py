"""The facts of one request, ready to be written: words, frames and rank; the rest with reasons."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from aiassist.copywriting.composer.cleaning import clean, fits_language
from aiassist.copywriting.composer.frames import Frame, Predicate, frames
from aiassist.copywriting.composer.grammar import ARTICLE, Counted, and_list, capital, zh_list
from aiassist.copywriting.composer.rendering import (
    COUNT_UNITS,
    LIST_PARTS,
    Words,
    clean_list,
    render,
)
from aiassist.copywriting.engine import CopyRequest, Fact
from catalog.products.vocabulary.families import Family, ProductType, find_type, type_of
from catalog.products.vocabulary.kinds import KINDS, AttributeKind, find_kind, kinds_of, must_have
from catalog.products.vocabulary.tables import fold, has_cjk, spaced
from catalog.products.vocabulary.units import UNITS
from catalog.products.vocabulary.values import VALUES, find_value

UNIT_NAMES = {name for unit in UNITS.values() for name in (unit.code, *unit.synonyms) if name}
# Kinds that may stand before the noun, in the order English and Chinese want them.
MODIFIERS = {"colour": 0, "pattern": 1, "metal": 2, "material": 3}
# Their label is a noun that "is" the value: "The material is bamboo".
NAMED = frozenset(
    spaced(
        "material colour pattern finish shape style fit metal gemstone author "
        "publisher illustrator translator language flavour roast scent skill_level movement "
        "dial_colour shade model_number isbn operating_system ip_rating resolution lining "
        "plating collection format region upholstery"
    )
)
GENERIC_NOUN = ARTICLE + " {label} of {v}"
SINGLE_PIECE = ("puzzle", "building_blocks")
# "400毫升", "2 x 8 kg", "No. 5" at the end of a name: a subject cannot end like that.
COUNTED_ZH = r"[\d一二两三四五六七八九十]+[对双套件支条片只块本把枚]装?"
NAME_TAIL = re.compile(
    r"\s*(?:(?:\d[\d.,]*\s*[x×*]\s*)?(?<![A-Za-z\d.])\d[\d.,]*\s*"
    rf"(?:{'|'.join(sorted(map(re.escape, UNIT_NAMES), key=len, reverse=True))})装?"
    rf"(?:{COUNTED_ZH})?|{COUNTED_ZH})$",
    re.IGNORECASE,
)
LATIN_NAME = 24  # characters of a foreign name that a Chinese sentence carries well
LABELS_EN = {"origin": "origin"}  # "Country of origin: Hangzhou" would be wrong


@dataclass
class Ready:
    """One fact in words of one language."""

    ids: tuple[str, ...]
    key: str
    label: str
    words: Words
    frame: Frame
    rank: float
    is_plural_label: bool = False
    is_named: bool = False  # "its label is value" reads well
    slots: dict[str, object] = field(default_factory=dict)

    @property
    def is_compound(self) -> bool:
        return self.words.n_parts > 1

    @property
    def beside_label(self) -> str:
        """The value where its label stands beside it: "movement: automatic"."""
        words = self.words.plain.replace(ARTICLE + " ", "")
        if self.label.isascii():
            bare = words.removesuffix(" " + self.label)
            return words if bare == "no" else bare
        return words.removesuffix(self.label) if self.key == "movement" else words

    def fill(self, template: str) -> str:
        return template.format_map(self.slots)


@dataclass(frozen=True)
class Product:
    """What the writer knows beside the facts."""

    name: str  # "" where it cannot stand in this language
    subject: str  # the name where a sentence can carry it, else ""
    brand: str
    family: Family | None
    type: ProductType | None
    name_says_type: bool
    is_plural: bool

    @property
    def is_book(self) -> bool:
        return self.family is not None and self.family.key == "books"


def product_of(request: CopyRequest) -> Product:
    name, brand = clean(request.name), clean(request.brand)
    found = _type_of(request.product_type, name)
    if request.lang == "en":
        name = name if fits_language(name, "en", "") else ""
        brand = brand if fits_language(brand, "en", "") else ""
    name = name if len(name) <= 120 else ""
    family, kind = found or (None, None)
    subject = name if kind is None or _reads_well(name, family, request.lang) else ""
    plural, says_type = _number_of(head_of(name), kind, request.lang)
    return Product(name, subject, brand, family, kind, says_type, plural)


@lru_cache(maxsize=4096)
def head_of(name: str) -> str:
    """The name without what follows a comma, and without a measure or a bracket at its end."""
    return NAME_TAIL.sub("", re.split(r"[,，(（|/]|\s[–—-]\s", name)[0]).strip()


def _reads_well(name: str, family: Family, lang: str) -> bool:
    """ "The Rubber dumbbells, 2 x 8 kg are ..." stumbles; a book's title may hold commas."""
    if family.key == "books":
        return True
    return head_of(name) == name and (lang == "en" or has_cjk(name) or len(name) <= LATIN_NAME)


def _type_of(product_type: str, name: str) -> tuple[Family, ProductType] | None:
    return type_of(product_type) or find_type(product_type) or find_type(name)


def _number_of(name: str, kind: ProductType | None, lang: str) -> tuple[bool, bool]:
    """(is plural, the name says the type)."""
    if kind is None:
        return False, False
    low = fold(name)
    if lang == "zh":
        return False, any(fold(noun) in low for noun in (kind.noun_zh, *kind.synonyms_zh))
    if not kind.is_plural and low.endswith(fold(kind.plural_en)):
        return kind.plural_en != kind.noun_en and not kind.is_mass, True
    nouns = (kind.noun_en, kind.plural_en, kind.noun_en.split()[-1], *kind.synonyms_en)
    return kind.is_plural, any(f" {fold(noun)} " in f" {low} " for noun in nouns)


def ready_facts(
    request: CopyRequest, product: Product
) -> tuple[list[Ready], list[tuple[str, str]]]:
    """Facts that can be written, the most important first, and the others with the reason."""
    ready: list[Ready] = []
    left_out: list[tuple[str, str]] = []
    family = product.family.key if product.family else request.family
    seen: dict[str, list[Ready]] = {}
    for position, fact in enumerate(merged(request.facts)):
        kind = KINDS.get(fact.key) or find_kind(fact.key, family)
        words = render(fact, kind, request.lang)
        key = kind.key if kind else fact.key
        reason = words if isinstance(words, str) else _clash(seen.get(key), words)
        if reason:
            left_out += [(fact_id, reason) for fact_id in fact.id.split("\n")]
            continue
        made = _ready(fact, kind, words, product, request.lang)
        if isinstance(made, str):
            left_out += [(fact_id, made) for fact_id in fact.id.split("\n")]
            continue
        rank = _rank(kind, family) + position / 1000
        made = [replace(one, rank=rank) for one in made]
        seen.setdefault(key, []).extend(made)
        ready += made
    ready.sort(key=lambda one: one.rank)
    return ready, left_out


def merged(facts: Iterable[Fact]) -> list[Fact]:
    """Several facts of one list or choice attribute become one; ids are joined by line breaks."""
    found: dict[object, Fact] = {}
    for fact in facts:
        slot = fact.key if _joins(fact) else (fact.key, fact.id)
        first = found.get(slot)
        if first is None:
            found[slot] = fact
        else:
            value = first.value if first.value == fact.value else f"{first.value}, {fact.value}"
            found[slot] = replace(first, id=f"{first.id}\n{fact.id}", value=value)
    return list(found.values())


def _joins(fact: Fact) -> bool:
    """Lists go together, and single choices the vocabulary knows; "60% cotton" stands alone."""
    kind = KINDS.get(fact.key)
    if kind is None or fact.number is not None:
        return False
    return kind.type == "list" or (
        kind.type == "choice" and find_value(kind.key, clean(fact.value)) is not None
    )


def _clash(earlier: list[Ready] | None, words: Words) -> str:
    """One attribute has one value: a second equal one is needless, another one doubtful."""
    if not earlier:
        return ""
    same = any(one.words.plain == words.plain for one in earlier)
    return "duplicate" if same else "conflict"


def _rank(kind: AttributeKind | None, family: str) -> float:
    if kind is None:
        return 2.6
    rank = float(kind.importance_in(family))
    return rank if family in kind.families else rank + 0.5


def _ready(
    fact: Fact, kind: AttributeKind | None, words: Words, product: Product, lang: str
) -> list[Ready] | str:
    label = label_of(fact, kind, lang)
    if not label:
        return "no_label"
    if kind is not None and kind.key == "features":
        return _features(fact, label, lang)
    if kind is not None and kind.key == "includes":
        words = _with_articles(fact, words, lang)
    plural = lang == "en" and _is_plural(label)
    frame = _frame(kind, words, product, lang)
    if kind is None and plural and words.word_class != "bool":
        frame = _generic(lang, "text")
    is_named = kind is None or kind.key in NAMED or _is_measure(kind)
    one = Ready(
        tuple(fact.id.split("\n")),
        kind.key if kind else fact.key,
        label,
        words,
        frame,
        0.0,
        is_plural_label=plural,
        is_named=is_named and words.word_class != "bool",
    )
    one.slots = _slots(one, product)
    return [one]


def _is_measure(kind: AttributeKind) -> bool:
    """ "The weight is 950 g" reads well; "the pages are 312 pages" does not."""
    is_count = kind.default_unit in COUNT_UNITS or kind.key in (
        "warranty",
        "laptop_size",
        "min_age",
    )
    return kind.type == "number" and bool(kind.units) and not is_count


def _slots(one: Ready, product: Product) -> dict[str, object]:
    words = one.words
    return {
        "v": words.plain,
        "a": words.a,
        "adj": words.adj,
        "n": words.figure or words.plain,
        "c": Counted(words.number, words.figure or words.plain),
        "label": one.label,
        "Label": capital(one.label),
        "o": "them" if product.is_plural else "it",
    }


def label_of(fact: Fact, kind: AttributeKind | None, lang: str) -> str:
    """The attribute's name as it stands inside a sentence, or "" where the language lacks one."""
    if kind is not None:
        return kind.label_zh if lang == "zh" else LABELS_EN.get(kind.key, kind.label_en)
    label = clean(fact.label_zh if lang == "zh" else fact.label_en)
    if lang == "zh":
        return label if len(label) <= 40 and fits_language(label, "zh", "") else ""
    label = label or clean(fact.key.replace("_", " "))
    if len(label) > 60 or not fits_language(label, "en", ""):
        return ""
    return " ".join(word if _is_acronym(word) else word.lower() for word in label.split())


def _is_acronym(word: str) -> bool:
    return sum(char.isupper() or char.isdigit() for char in word) > 1 or (
        len(word) == 1 and word not in "aA"
    )


def _is_plural(label: str) -> bool:
    last = label.split()[-1]
    return last.endswith("s") and not last.endswith(("ss", "us", "is", "ns", "gas"))


def _frame(kind: AttributeKind | None, words: Words, product: Product, lang: str) -> Frame:
    if kind is None:
        return _generic_frame(words, lang)
    table = frames(lang)
    for variant in _variants(kind, words, product):
        if f"{kind.key}:{variant}" in table:
            frame = table[f"{kind.key}:{variant}"]
            break
    else:
        frame = table.get(kind.key) or _generic_frame(words, lang)
    return _without_articles(frame) if not words.a else frame


def _variants(kind: AttributeKind, words: Words, product: Product) -> list[str]:
    family = product.family.key if product.family else ""
    type_key = product.type.key if product.type else ""
    tests = {
        words.code: bool(words.code),
        words.word_class: words.word_class in ("adj", "free"),
        "none": words.code in ("none", "caffeine_free"),
        "all": words.code == "all" or words.plain in ("all", "各种"),
        "one": words.code == "one_size" or words.plain == "one size",
        "volume": words.unit in ("L", "ml", "cl", "fl_oz"),
        "months": words.unit in ("months", "days"),
        "food": family == "tea_food",
        "bag": family == "bags",
        "pair": bool(product.type and product.type.is_plural),
        "item": type_key not in SINGLE_PIECE
        and not (kind.key == "diet" and family == "tea_food")
        and not (kind.key == "pages" and type_key not in ("notebook", "planner")),
    }
    return [variant for variant, holds in tests.items() if holds]


@cache
def _without_articles(frame: Frame) -> Frame:
    """The frame for a value of unknown word class: nothing that needs its article."""
    return Frame(
        frame.theme,
        tuple(one for one in frame.predicates if "{a}" not in one.one),
        tuple(one for one in frame.nouns if "{a}" not in one),
        frame.alone,
    )


@cache
def _generic(lang: str, form: str) -> Frame:
    if form == "bool":
        return Frame("use", alone=("{Label}: {v}" if lang == "en" else "{label}：{v}",))
    if lang == "zh":
        return Frame("use", (Predicate("{label}为{v}", "{label}为{v}"),))
    if form == "count":
        text = "{verb} " + GENERIC_NOUN
        one, many = text.replace("{verb}", "has"), text.replace("{verb}", "have")
        return Frame("size", (Predicate(one, many),), (GENERIC_NOUN,))
    return Frame("use")


def _generic_frame(words: Words, lang: str) -> Frame:
    if words.word_class == "bool":
        return _generic(lang, "bool")
    is_measure = words.word_class in ("count", "range") and bool(words.unit)
    return _generic(lang, "count" if is_measure else "text")


def _with_articles(fact: Fact, words: Words, lang: str) -> Words:
    """Box contents: with articles where every entry is known, bare otherwise."""
    parts = [part for part in LIST_PARTS.split(clean_list(fact.value)) if part]
    found = [find_value("includes", part) for part in parts]
    if lang == "zh" or not all(found):
        return replace(words, word_class="list" if all(found) else "free")
    named = [f"{ARTICLE} {v.en}" if v.word_class == "count" else v.en for v in found]
    return replace(words, plain=and_list(list(dict.fromkeys(named))))


def _features(fact: Fact, label: str, lang: str) -> list[Ready] | str:
    """Features by word class, so that a list never mixes nouns and adjectives."""
    groups: dict[str, list[str]] = {}
    for part in dict.fromkeys(part for part in LIST_PARTS.split(clean_list(fact.value)) if part):
        found = find_value("features", part)
        if found is None and not fits_language(part, lang, ""):
            return "no_translation"
        groups.setdefault(_group(found), []).append(_feature_word(found, part, lang))
    table = frames(lang)
    made = []
    for group, words in groups.items():
        joined = zh_list(words) if lang == "zh" else and_list(words)
        frame = table[f"features:{group}" if group != "noun" else "features"]
        one = Ready(
            tuple(fact.id.split("\n")),
            "features",
            label,
            Words(joined, joined, joined, word_class="list", n_parts=len(words)),
            frame,
            0.0,
            is_plural_label=True,
        )
        one.slots = {"v": joined, "label": label}
        made.append(one)
    return made or "empty"


def _group(found: object) -> str:
    if found is None:
        return "free"
    return "adj" if VALUES["features"][found.code].word_class == "adj" else "noun"


def _feature_word(found: object, part: str, lang: str) -> str:
    if found is None:
        return part[:1].lower() + part[1:] if part[1:2].islower() else part
    if lang == "zh":
        return found.zh
    return f"{ARTICLE} {found.en}" if found.word_class == "count" else found.en


def missing_keys(request: CopyRequest, product: Product) -> tuple[str, ...]:
    """The attributes most worth adding: the family's must-haves first, at least two."""
    family = product.family.key if product.family else request.family
    have = {fact.key for fact in request.facts}
    needed = must_have(family, product.type.key if product.type else "")
    ordered = [kind.key for kind in (*needed, *kinds_of(family))]
    ordered += ["material", "colour", "dimensions", "weight", "origin"]
    missing = [key for key in dict.fromkeys(ordered) if key not in have]
    n_must = sum(kind.key not in have for kind in needed)
    return tuple(missing[: max(2, n_must)])
