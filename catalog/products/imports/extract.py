"""Read facts out of what a shop wrote: options, title, type, tags and description.

Nothing here is certain, so all of it is only proposed to a person, with the words it was read
in. Wrong proposals cost her time: what is negated ("no plastic"), only imitated ("leather look")
or said of a part ("black buttons") is left aside or given to the part.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache

from catalog.products.vocabulary import (
    KINDS,
    AttributeKind,
    choices,
    find_kind,
    find_type,
    find_unit,
    find_value,
    find_values,
    parse_quantity,
    translate_value,
)
from catalog.products.vocabulary.tables import has_cjk
from catalog.products.vocabulary.units import UNITS, format_number

# Kinds whose values are looked for in running text; where two claim a word, the first has it.
TEXT_KINDS = (
    *("gemstone", "metal", "material", "colour", "pattern", "sleeve_length", "neckline"),
    *("closure", "fit", "rise", "garment_length", "finish", "gender", "age_group", "season"),
    *("movement", "crystal", "setting", "format", "connectivity", "flavour", "scent", "roast"),
    *("skin_type", "coating", "heat_source", "diet", "care", "features", "origin"),
)
# Kinds of value that are only meant when the text says what they are of.
SAID = {
    "sleeve_length": re.compile(r"sleeve|袖", re.I),
    "neckline": re.compile(r"neck|collar|lapel|hood|领|帽", re.I),
}
# "Buttons down the front" is no goose: the word must stand with what holds down.
FEATHERS = re.compile(
    r"\bdown(?= (?:jacket|coat|vest|fill|feather|insulat|parka|duvet|pillow))", re.I
)
# Clothes without a type of their own in the vocabulary, told by words only clothes have.
CLOTHES = re.compile(r"\b(?:tops?|tuxedos?|outfits?|sleeves?|sleeveless|lapels?|hemline)\b", re.I)
MADE_IN = re.compile(r"(?:made in|manufactured in|产自|产于|产地|原产)\W{0,2}$", re.I)
NOT_EN = re.compile(
    r"\b(?:no|not(?! only| just)|without|never|free (?:of|from)|non|isn['’]t|aren['’]t|doesn['’]t"
    r"|don['’]t|instead of|rather than|unlike|neither|nor|zero|faux|fake|imitation|inspired by"
    r"|looks? like|feels? like|pairs? with|goes with|match(?:es)? with)\b[^.,;:!?()\n]*$",
    re.I,
)
NOT_ZH = re.compile(
    r"(?:不含|没有|不是|并非|不带|不添加|不使用|拒绝)[^，。；！？,.;!?\n]{0,10}$|[无非仿零免].?$"
)
NOT_AFTER = re.compile(
    r"[\s-]?(?:free|less|like|look|effect|tone|toned|style|inspired|proof)\b|[感风]|不含", re.I
)
# Parts of a product: what is said of them, and of which kind it then is ("" for none).
PARTS = {
    **{"lining": "lining", "lined": "lining", "内衬": "lining", "里料": "lining", "里衬": "lining"},
    **{"sole": "sole_material", "soles": "sole_material", "鞋底": "sole_material"},
    **{"handle": "handle_material", "handles": "handle_material", "手柄": "handle_material"},
    **{"strap": "strap_material", "straps": "strap_material", "表带": "strap_material"},
    **{"肩带": "strap_material", "case": "case_material", "表壳": "case_material"},
    **{"dial": "dial_colour", "表盘": "dial_colour", "frame": "frame_material"},
    **{"框架": "frame_material", "blade": "blade_material", "刀刃": "blade_material"},
    **{"upper": "upper_material", "鞋面": "upper_material", "filling": "fill", "fill": "fill"},
    **{"填充": "fill", "plated": "plating", "plating": "plating", "镀层": "plating"},
}
OTHER_PARTS = (
    r"buttons?|hooks?|zips?|zippers?|trims?|lights?|laces?|accents?|details?|stitching|letters?"
    r"|logos?|collars?|cuffs?|pockets?|hems?|lids?|base|legs?|knobs?|extenders?|belts?|threads?"
    r"|纽扣|扣子|拉链|装饰|印花|字母|口袋|衣领|袖口|包边"
)
AFTER_PART = re.compile(
    r"[\s-]*(?:[a-z]+[\s-]+)?(?:"
    + "|".join(f"(?P<p{n}>{re.escape(word)})" for n, word in enumerate(PARTS))
    + f"|(?P<other>{OTHER_PARTS}))(?![a-z])",
    re.I,
)
LABELLED = re.compile(r"^[\s•*·\-–]*([^:：\n]{1,40}?)\s*[:：]\s*(\S.*)$")
SIZES = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)\s*[x×*]\s*(\d+(?:\.\d+)?)(?:\s*[x×*]\s*(\d+(?:\.\d+)?))?\s*"
    r"(cm|mm|m|in|inch|inches|厘米|毫米|英寸)(?![a-z])",
    re.I,
)
# A unit that is enough to know the kind, by what it measures; the first kind that fits counts.
BY_QUANTITY = {
    "volume": ("capacity", "volume"),
    "power": ("power",),
    "charge": ("battery_capacity",),
    "mass": ("net_weight",),
}
SPOKEN = {
    **{"long": "length", "wide": "width", "high": "height", "tall": "height", "deep": "depth"},
    **{"thick": "thickness", "weighs": "weight", "weighing": "weight", "in diameter": "diameter"},
    **{
        "长": "length",
        "宽": "width",
        "高": "height",
        "深": "depth",
        "厚": "thickness",
        "重": "weight",
    },
}
WORD = re.compile(r"[a-z0-9]+")
SENTENCE = re.compile(r"[.;!?](?=\s|$)|[。；！？\n]")
TRUE = {"yes", "true", "1", "是", "支持", "有"}
MAX_VALUE = 120  # characters of a value taken as it stands
AROUND = 60  # characters of evidence on each side
MAX_TEXT = 20_000  # characters of a description that are read


@dataclass(frozen=True)
class ProposedFact:
    """`start` and `end` are the place in the source's text; `evidence` the words around it."""

    key: str
    value: str
    number: Decimal | None
    unit: str
    source: str  # option, title, type, tag, description, weight
    evidence: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class _Reader:
    family: str
    language: str

    def fits(self, kind: AttributeKind) -> bool:
        """Kinds of the family; without a known family only those every family has."""
        return self.family in kind.families if self.family else len(kind.families) > 10

    def fact(
        self, key: str, code: str, source: str, text: str, at: tuple[int, int]
    ) -> ProposedFact:
        value = translate_value(key, code, self.language) or code
        return ProposedFact(key, value[:500], None, "", source, _evidence(text, *at), *at)


def extract_facts(
    title: str,
    body_text: str,
    product_type: str,
    tags: Sequence[str],
    options: Mapping[str, Sequence[str]],
    language: str,
) -> list[ProposedFact]:
    """Every fact the texts state, each once, the surest source first."""
    body = body_text[:MAX_TEXT]
    family = family_of(product_type, title, *tags) or _family_by_clues(title, body)
    reader = _Reader(family, language)
    found: dict[tuple[str, str], ProposedFact] = {}
    for fact in _all(reader, title, body, product_type, tags, options):
        found.setdefault((fact.key, fact.value.casefold()), fact)
    return [fact for fact in found.values() if not _is_vaguer(fact, found.values())]


def _is_vaguer(fact: ProposedFact, others: Iterable[ProposedFact]) -> bool:
    """Whether another fact says the same more closely: gold beside 14K gold."""
    tail = fact.value.casefold()
    return fact.source != "option" and any(
        other.key == fact.key
        and len(other.value) > len(tail)
        and other.value.casefold().endswith(tail if has_cjk(tail) else f" {tail}")
        for other in others
    )


def _family_by_clues(title: str, body: str) -> str:
    return "apparel" if CLOTHES.search(f"{title}\n{body}") else family_of(body)


def family_of(*texts: str) -> str:
    for text in texts:
        if text and (named := find_type(text)):
            return named[0].key
    return ""


def _all(
    reader: _Reader,
    title: str,
    body: str,
    product_type: str,
    tags: Sequence[str],
    options: Mapping[str, Sequence[str]],
) -> Iterator[ProposedFact]:
    for name, values in options.items():
        yield from _of_option(reader, name, values)
    yield from _labelled(reader, body, "description")
    for tag in tags:
        yield from _labelled(reader, tag, "tag")
    yield from _running(reader, title, "title")
    yield from _repeated(reader, product_type, "type")
    for tag in tags:
        yield from _repeated(reader, tag, "tag")
    yield from _running(reader, body, "description")
    for text, source in ((title, "title"), (body, "description")):
        yield from _quantities(reader, text, source)
        yield from _dimensions(reader, text, source)


def _evidence(text: str, start: int, end: int) -> str:
    begin, stop = max(0, start - AROUND), min(len(text), end + AROUND)
    words = " ".join(text[begin:stop].split())
    return f"{'…' if begin else ''}{words}{'…' if stop < len(text) else ''}"[:300]


# --- Options and labelled lines ----------------------------------------------------------------


def _of_option(reader: _Reader, name: str, values: Sequence[str]) -> Iterator[ProposedFact]:
    kind = find_kind(name, reader.family)
    if kind is None:
        return
    distinct = list(dict.fromkeys(values))
    key = "sizes" if kind.key == "size" and len(distinct) > 1 else kind.key
    for value in distinct:
        for fact in _typed(reader, KINDS[key], value, "option"):
            yield replace(fact, evidence=f"{name}: {value}"[:300])


def _labelled(reader: _Reader, text: str, source: str) -> Iterator[ProposedFact]:
    """Lines such as "Material: 100% cotton" or "材质：棉"."""
    at = 0
    for line in text.split("\n"):
        match = LABELLED.match(line)
        kind = find_kind(match[1], reader.family) if match else None
        if kind and reader.fits(kind):
            start, end = at + match.start(2), at + match.end(2)
            for fact in _typed(reader, kind, match[2].strip(), source):
                yield replace(fact, evidence=line.strip()[:300], start=start, end=end)
        at += len(line) + 1


def _typed(reader: _Reader, kind: AttributeKind, value: str, source: str) -> Iterator[ProposedFact]:
    """A value that was given for this kind outright."""
    if kind.type == "number":
        quantity = parse_quantity(value) or _first_quantity(value)
        if quantity and _measures(kind, quantity[1]):
            yield _number(kind.key, quantity, source, value, (0, len(value)))
        return
    if kind.type == "bool":
        yes = value.casefold() in TRUE
        yield ProposedFact(kind.key, "yes" if yes else "no", None, "", source, value[:300])
        return
    matches = [m for m in find_values(kind.key, value) if not _is_denied(value, m.start, m.end)]
    if matches:
        for match in matches:
            yield reader.fact(kind.key, match.value, source, value, (match.start, match.end))
    elif len(value) <= MAX_VALUE and not NOT_EN.search(value):
        yield ProposedFact(kind.key, value, None, "", source, value[:300], 0, len(value))


def _first_quantity(text: str) -> tuple[Decimal, str] | None:
    match = _quantity_pattern().search(text)
    return parse_quantity(match[0]) if match else None


def _measures(kind: AttributeKind, unit: str) -> bool:
    """Whether a quantity in this unit can be of this kind."""
    if not unit or not kind.units:
        return not kind.units and not unit
    known, own = find_unit(unit), find_unit(kind.default_unit)
    return bool(known and own and known.quantity == own.quantity)


def _number(
    key: str, quantity: tuple[Decimal, str], source: str, text: str, at: tuple[int, int]
) -> ProposedFact:
    number, unit = quantity
    value = format_number(number, "zh")  # without separators of thousands
    return ProposedFact(key, value, number, unit, source, _evidence(text, *at), *at)


# --- Running text -------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _repeated(reader: _Reader, text: str, source: str) -> tuple[ProposedFact, ...]:
    """Types and tags come back on product after product."""
    return tuple(_running(reader, text, source))


def _running(reader: _Reader, text: str, source: str) -> Iterator[ProposedFact]:
    taken: list[tuple[int, int]] = []
    words = None if has_cjk(text) else set(WORD.findall(text.casefold()))
    for key in TEXT_KINDS:
        kind = KINDS.get(key)
        if kind is None or not reader.fits(kind):
            continue
        # Looking for hundreds of phrases is slow, and most texts name no value of most kinds.
        if words is not None and words.isdisjoint(_first_words(key)):
            continue
        for match in find_values(key, text):
            start, end = match.start, match.end
            if any(start < b and a < end for a, b in taken):
                continue
            if not _is_meant(key, text, start, end):
                continue
            taken.append((start, end))
            if (told := _of_part(reader, key, text, end)) and find_value(told, match.value):
                yield reader.fact(told, match.value, source, text, (start, end))


@cache
def _first_words(key: str) -> frozenset[str]:
    """The first word of every English name of the kind's values."""
    names = (
        name
        for value in choices(key)
        for name in (value.en, value.code.replace("_", " "), value.zh, *value.synonyms_en)
    )
    found = (WORD.search(name.casefold()) for name in (*names, *_latin_synonyms(key)))
    return frozenset(match[0] for match in found if match)


def _latin_synonyms(key: str) -> list[str]:
    return [name for value in choices(key) for name in value.synonyms_zh if WORD.search(name)]


def _is_meant(key: str, text: str, start: int, end: int) -> bool:
    if key in SAID and not SAID[key].search(text[start:end]):
        return False
    if key == "material" and text[start:end].casefold() == "down":
        return bool(FEATHERS.match(text, start))
    if key == "origin" and not MADE_IN.search(text[:start]):
        return False
    return not _is_denied(text, start, end)


def _is_denied(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 80) : start]
    if NOT_EN.search(before) or NOT_ZH.search(before):
        return True
    return bool(NOT_AFTER.match(text[end : end + 12]))


def _of_part(reader: _Reader, key: str, text: str, end: int) -> str:
    """The kind a word belongs to: its own, that of the part it is said of, or none ("")."""
    match = AFTER_PART.match(text[end : end + 40])
    if match is None:
        return key
    if match["other"]:
        return ""
    part = PARTS[next(word for n, word in enumerate(PARTS) if match[f"p{n}"])]
    kind = KINDS.get(part)
    same_values = kind and kind.value_set in (KINDS[key].value_set, "metals")
    return (
        part if same_values and reader.fits(kind) and key != "colour" or _is_dial(part, key) else ""
    )


def _is_dial(part: str, key: str) -> bool:
    return part == "dial_colour" and key == "colour"


# --- Quantities -----------------------------------------------------------------------------------


@cache
def _quantity_pattern() -> re.Pattern[str]:
    names = {name for unit in UNITS.values() for name in unit.synonyms if name}
    ordered = sorted(names, key=lambda name: (-len(name), name))
    units = "|".join(re.escape(name) for name in ordered)
    # "2 in 1" and "5 in stock" are no inches: a plain "in" must end the phrase.
    return re.compile(
        rf"(?<![\w.,])\d+(?:,\d{{3}})*(?:\.\d+)?\s*(?!in\s+\w)(?:{units})(?![A-Za-z²³])"
    )


def _quantities(reader: _Reader, text: str, source: str) -> Iterator[ProposedFact]:
    for match in _quantity_pattern().finditer(text):
        quantity = parse_quantity(match[0])
        if quantity is None or _is_denied(text, match.start(), match.end()):
            continue
        key = _kind_of_quantity(reader, text, match.start(), match.end(), quantity[1])
        if key:
            yield _number(key, quantity, source, text, (match.start(), match.end()))


def _kind_of_quantity(reader: _Reader, text: str, start: int, end: int, unit: str) -> str:
    """Named beside it ("capacity 1.8 L", "20 cm wide"), or plain from the unit itself."""
    before = SENTENCE.split(text[max(0, start - 40) : start])[-1]
    after = SENTENCE.split(text[end : end + 30])[0]
    near_after = re.match(r"[\s-]*(?:in\s+)?([^\s,，、]+(?:\s+[^\s,，]+)?)", after)
    names = _names_in(near_after[1] if near_after else "", first=True)
    names += _names_in(before, first=False)
    for key in names:
        kind = KINDS[key]
        if reader.fits(kind) and _measures(kind, unit):
            return key
    known = find_unit(unit)
    for key in BY_QUANTITY.get(known.quantity if known else "", ()):
        if reader.family in KINDS[key].families:
            return key
    return ""


@cache
def _number_names() -> tuple[tuple[str, str], ...]:
    """Every name of every number kind, the longest first."""
    names = dict(SPOKEN)
    for kind in KINDS.values():
        if kind.type == "number":
            own = (kind.label_en, kind.label_zh, *kind.synonyms_en, *kind.synonyms_zh)
            names.update({name.casefold(): kind.key for name in own if len(name) > 1})
    return tuple(sorted(names.items(), key=lambda item: -len(item[0])))


def _names_in(text: str, *, first: bool) -> list[str]:
    """Kinds named in a short text: at its very start after a quantity, at its end before one."""
    folded = text.casefold()
    found = []
    for name, key in _number_names():
        if first and folded.startswith(name):
            found.append((0, key))
        elif not first and (at := folded.rfind(name)) >= 0:
            # Nearer to the number is likelier; a comma between two of them parts them.
            rest = folded[at + len(name) :]
            if len(rest) <= 12 and not re.search(r"\d", rest):
                found.append((len(rest), key))
    return [key for _, key in sorted(found, key=lambda item: item[0])]


def _dimensions(reader: _Reader, text: str, source: str) -> Iterator[ProposedFact]:
    for match in SIZES.finditer(text):
        unit = find_unit(match[4])
        if unit and reader.fits(KINDS["dimensions"]):
            value = " × ".join(part for part in match.groups()[:3] if part)
            at = (match.start(), match.end())
            evidence = _evidence(text, *at)
            yield ProposedFact("dimensions", value, None, unit.code, source, evidence, *at)
