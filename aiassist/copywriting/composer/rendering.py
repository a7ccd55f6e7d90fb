"""From a fact to the words of its value in one language, or the reason there are none."""

import re
from dataclasses import dataclass
from decimal import Decimal

from aiassist.copywriting.composer.cleaning import CODE, clean, fits_language, refusal
from aiassist.copywriting.composer.grammar import ARTICLE, and_list, zh_list
from aiassist.copywriting.engine import Fact
from catalog.products.vocabulary.kinds import AttributeKind
from catalog.products.vocabulary.units import (
    Quantity,
    find_unit,
    format_number,
    format_quantity,
    parse_quantity,
)
from catalog.products.vocabulary.values import Value, find_value

PARTS = re.compile(r"\s*[,，、;；|\n/]\s*|\s+(?:and|&)\s+|\s*和\s*")
LIST_PARTS = re.compile(r"\s*[,，、;；|\n]\s*")
SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%\s*(.+)")
RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|–|~|to|至|到)\s*(\d+(?:\.\d+)?)\s*(.*)")
SIDE_LENGTH = r"\d+(?:\.\d+)?\s*(?:mm|cm|m|inches|inch|in|ft|\"|″|英寸|毫米|厘米|米)?"
DIMENSIONS = re.compile(rf"{SIDE_LENGTH}(?:\s*[x×*]\s*{SIDE_LENGTH}){{1,2}}", re.IGNORECASE)
SIDE = re.compile(r"\b[LWHD]\s*:?\s*(?=\d)|(?<=\d)\s*[LWHD]\b|[长宽高深]\s*[:：]?\s*(?=\d)")
YES = frozenset(["yes", "true", "1", "y", "是", "有", "支持", "可以", "可"])
NO = frozenset(["no", "false", "0", "n", "否", "无", "不支持", "不可以", "不可", "没有"])
# These count things, so a bare number is enough.
COUNT_UNITS = frozenset({"pcs", "pages", "servings", "persons"})


@dataclass(frozen=True)
class Words:
    """A value in words. `plain` stands alone; `a` has an article where English wants one."""

    plain: str
    a: str = ""
    adj: str = ""
    figure: str = ""
    number: Decimal | None = None
    unit: str = ""
    code: str = ""
    word_class: str = "mass"  # mass, count, plural, adj; "free" where the vocabulary knows it not
    n_parts: int = 1


def render(fact: Fact, kind: AttributeKind | None, lang: str) -> Words | str:
    """The value's words, or the reason why it is left out."""
    kind_type = kind.type if kind else fact.type
    if kind is None and fact.number is not None and fact.unit:
        kind_type = "number"
    value = clean(fact.value)
    if fact.number is None:
        reason = refusal(value)
        if reason:
            return reason
    renderer = RENDERERS.get(kind_type, _text)
    return renderer(fact, kind, lang, value)


def _number(fact: Fact, kind: AttributeKind | None, lang: str, value: str) -> Words | str:
    quantity = _quantity(fact, kind, value)
    if quantity is None:
        spread = RANGE.fullmatch(value)
        return _range(spread, kind, lang) if spread else _text(fact, kind, lang, value)
    number, unit = quantity
    if not unit and kind and kind.units:
        if kind.default_unit not in COUNT_UNITS:
            return "no_unit"
        unit = kind.default_unit
    if unit and find_unit(unit) is None and not fits_language(unit, lang, ""):
        return "no_translation"
    return quantity_words(number, unit, kind, lang)


def _quantity(fact: Fact, kind: AttributeKind | None, value: str) -> Quantity | None:
    if fact.number is not None:
        return fact.number, clean(fact.unit)
    read = parse_quantity(value)
    if read is None:
        return None
    number, unit = read
    return number, unit or clean(fact.unit)


def quantity_words(number: Decimal, unit: str, kind: AttributeKind | None, lang: str) -> Words:
    known = find_unit(unit) if unit else None
    code = known.code if known else unit
    plain = format_quantity(number, unit, lang, key=kind.key if kind else "")
    figure = format_number(number, lang)
    if kind and kind.key.endswith("_year"):
        plain = figure = f"{number:f}"
    return Words(
        plain, plain, _compound(number, code, lang, kind), figure, number, code, word_class="count"
    )


def _compound(number: Decimal, code: str, lang: str, kind: AttributeKind | None) -> str:
    """ "2-year", "15.6-inch", "46 mm": signs stand apart, words are joined."""
    known = find_unit(code) if code else None
    figure = format_number(number, lang)
    if known is None or lang == "zh":
        return format_quantity(number, code, lang, key=kind.key if kind else "")
    if known.one_en == known.many_en:
        return format_quantity(number, code, lang)
    return f"{figure}-{known.one_en}"


def _range(match: re.Match[str], kind: AttributeKind | None, lang: str) -> Words | str:
    """ "10-12 h" is "10–12 hours"; the two ends have one unit."""
    unit = find_unit(match[3]) if match[3] else None
    if match[3] and unit is None:
        return "no_unit"
    low = format_number(Decimal(match[1]), lang)
    high = Decimal(match[2])
    code = unit.code if unit else (kind.default_unit if kind else "")
    if kind and kind.units and not unit and kind.default_unit not in COUNT_UNITS:
        return "no_unit"
    plain = f"{low}–{format_quantity(high, code, lang, key=kind.key if kind else '')}"
    figure = f"{low}–{format_number(high, lang)}"
    return Words(plain, plain, plain, figure, None, code, word_class="range")


def _dimensions(fact: Fact, kind: AttributeKind | None, lang: str, value: str) -> Words | str:
    body = SIDE.sub("", value).strip()
    found = DIMENSIONS.search(body)
    if found is None:
        return _number(fact, kind, lang, value)
    rest = (body[: found.start()] + body[found.end() :]).strip(" ()（）")
    numbers, units = [], set()
    for side in re.split(r"[x×*]", found[0], flags=re.IGNORECASE):
        read = parse_quantity(side)
        if read is None:
            return "no_unit"
        numbers.append(read[0])
        units.add(read[1])
    units.discard("")
    tail = find_unit(rest) if rest else None
    unit = tail.code if tail else next(iter(units), "") or clean(fact.unit)
    if len(units) > 1 or not unit or find_unit(unit) is None or (rest and not tail):
        return "no_unit"
    joint = "×" if lang == "zh" else " × "
    figures = [format_number(number, lang) for number in numbers]
    plain = joint.join([*figures[:-1], format_quantity(numbers[-1], unit, lang)])
    return Words(plain, plain, plain, unit=unit, word_class="range")


def _choice(fact: Fact, kind: AttributeKind | None, lang: str, value: str) -> Words | str:
    found = find_value(kind.key, value) if kind else None
    if found is not None:
        return _value_words(found, lang)
    shares = _shares(kind, lang, value) or _several(kind, lang, value)
    return shares or _free(fact, kind, lang, value)


def _value_words(value: Value, lang: str) -> Words:
    word = value.zh if lang == "zh" else value.en
    article = f"{ARTICLE} {word}" if value.word_class == "count" else word
    return Words(word, article, word, code=value.code, word_class=value.word_class)


def _shares(kind: AttributeKind | None, lang: str, value: str) -> Words | None:
    """ "60% cotton, 40% linen" """
    parts = [SHARE.fullmatch(part) for part in LIST_PARTS.split(value)]
    if kind is None or not all(parts):
        return None
    words = []
    for part in parts:
        found = find_value(kind.key, part[2])
        if found is None:
            return None
        words.append(f"{part[1]}%{found.zh}" if lang == "zh" else f"{part[1]}% {found.en}")
    return _joined(words, lang)


def _several(kind: AttributeKind | None, lang: str, value: str) -> Words | None:
    parts = [part for part in PARTS.split(value) if part]
    found = [find_value(kind.key, part) for part in parts] if kind else []
    if len(found) < 2 or not all(found):
        return None
    unique = list(dict.fromkeys(found))
    if len(unique) == 1:
        return _value_words(unique[0], lang)
    return _joined([_value_words(item, lang).plain for item in unique], lang)


def _joined(words: list[str], lang: str) -> Words:
    plain = zh_list(words) if lang == "zh" else and_list(words)
    return Words(plain, plain, plain, word_class="list", n_parts=len(words))


def _list(fact: Fact, kind: AttributeKind | None, lang: str, value: str) -> Words | str:
    words = []
    for part in dict.fromkeys(part for part in LIST_PARTS.split(clean_list(fact.value)) if part):
        found = find_value(kind.key, part) if kind else None
        if found is None and not fits_language(part, lang, fact.key):
            return "no_translation"
        words.append((found.zh if lang == "zh" else found.en) if found else lowered(part, lang))
    words = list(dict.fromkeys(words))
    if lang == "zh" and fact.key in ("care", "ingredients", "allergens"):
        joined = "、".join(words)
        return Words(joined, joined, joined, word_class="list", n_parts=len(words))
    return _joined(words, lang) if words else "empty"


def clean_list(text: str) -> str:
    """A cleaned list; line breaks part its entries too."""
    return clean(text.replace("\n", ","))


def lowered(text: str, lang: str) -> str:
    """A list entry as it stands inside a sentence: "Carry Case" stays, "Carry case" does not."""
    head, _, rest = text.partition(" ")
    is_word = head[:1].isupper() and head[1:].islower() and len(head) > 2
    if lang == "en" and is_word and rest and rest == rest.lower():
        return head.lower() + " " + rest
    return text


def _free(fact: Fact, kind: AttributeKind | None, lang: str, value: str) -> Words | str:
    if not fits_language(value, lang, fact.key):
        return "no_translation"
    if lang == "en" and kind and kind.type == "choice":
        is_one_word = value[:1].isupper() and value[1:].islower() and " " not in value
        value = value.lower() if is_one_word and kind.value_set != "origins" else value
        value = lowered(value, lang)
    n_parts = 1 + len(LIST_PARTS.findall(value)) + value.count(" and ")
    return Words(value, "", value, figure=value, word_class="free", n_parts=n_parts)


def _text(fact: Fact, kind: AttributeKind | None, lang: str, value: str) -> Words | str:
    found = find_value(kind.key, value) if kind else None
    if found is not None:
        return _value_words(found, lang)
    reason = refusal(value)
    if reason:
        return reason
    if CODE.fullmatch(value) is None:
        read = parse_quantity(value)
        if read is not None and read[1] and (kind is None or kind.type != "text"):
            return quantity_words(read[0], read[1], kind, lang)
    return _free(fact, kind, lang, value)


def _bool(fact: Fact, kind: AttributeKind | None, lang: str, value: str) -> Words | str:
    answer = value.casefold()
    if answer not in YES | NO:
        return _text(fact, kind, lang, value) if kind is None else "not_a_value"
    code = "yes" if answer in YES else "no"
    word = {"yes": "是", "no": "否"}[code] if lang == "zh" else code
    return Words(word, word, word, code=code, word_class="bool")


RENDERERS = {
    "number": _number,
    "dimensions": _dimensions,
    "choice": _choice,
    "list": _list,
    "bool": _bool,
}
