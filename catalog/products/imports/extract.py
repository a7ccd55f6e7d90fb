"""Read facts out of what a shop wrote: options, title, type, tags and description.

Nothing here is certain, so all of it is only proposed to a person, with the words it was read
in. Wrong proposals cost her time: what is negated ("no plastic"), only imitated ("leather look")
or said of a part ("black buttons") is left aside or given to the part.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from catalog.products.imports import clues
from catalog.products.vocabulary import (
    KINDS,
    AttributeKind,
    find_all_values,
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


class ProposedFact(NamedTuple):
    """`start` and `end` are the place in the source's text; `evidence` the words around it."""

    key: str
    value: str
    number: Decimal | None
    unit: str
    source: str  # option, title, type, tag, description, weight
    evidence: str
    start: int = 0
    end: int = 0


Facts = dict[tuple[str, str], ProposedFact]  # by kind and folded value


class _Read(NamedTuple):
    """A value that a line of text states, and where in the line."""

    key: str
    value: str
    number: Decimal | None
    unit: str
    start: int
    end: int
    is_whole: bool = False  # its evidence is the value as it was given, or the labelled line


class _Line(NamedTuple):
    """All that a line says, by the way it is said."""

    labelled: tuple[_Read, ...]
    running: tuple[_Read, ...]
    quantities: tuple[_Read, ...]
    dimensions: tuple[_Read, ...]


class _Reader(NamedTuple):
    family: str
    language: str

    def fits(self, kind: AttributeKind) -> bool:
        """Kinds of the family; without a known family only those every family has."""
        return self.family in kind.families if self.family else len(kind.families) > 10

    def word(self, key: str, code: str) -> str:
        return (translate_value(key, code, self.language) or code)[:500]


def extract_facts(
    title: str,
    body_text: str,
    product_type: str,
    tags: Sequence[str],
    options: Mapping[str, Sequence[str]],
    language: str,
) -> list[ProposedFact]:
    """Every fact the texts state, each once, the surest source first."""
    body = body_text[: clues.MAX_TEXT]
    family = family_of(product_type, title, *tags) or _family_by_clues(title, body)
    reader = _Reader(family, language)
    found: Facts = {}
    for name, values in options.items():
        for fact in _of_option(reader, name, tuple(dict.fromkeys(values))):
            found.setdefault((fact.key, fact.value.casefold()), fact)
    _read_texts(found, reader, title, body, product_type, tags)
    return _without_vaguer(list(found.values()))


def _without_vaguer(facts: list[ProposedFact]) -> list[ProposedFact]:
    """Leave out what another fact says more closely: gold beside 14K gold."""
    of_kind: dict[str, list[ProposedFact]] = {}
    for fact in facts:
        of_kind.setdefault(fact.key, []).append(fact)
    return [
        fact
        for fact in facts
        if len(of_kind[fact.key]) == 1 or not _is_vaguer(fact, of_kind[fact.key])
    ]


def _is_vaguer(fact: ProposedFact, others: Iterable[ProposedFact]) -> bool:
    tail = fact.value.casefold()
    return fact.source != "option" and any(
        len(other.value) > len(tail)
        and other.value.casefold().endswith(tail if has_cjk(tail) else f" {tail}")
        for other in others
    )


def _family_by_clues(title: str, body: str) -> str:
    return "apparel" if clues.CLOTHES.search(f"{title}\n{body}") else family_of(body)


def family_of(*texts: str) -> str:
    for text in texts:
        if text and (named := find_type(text)):
            return named[0].key
    return ""


def _read_texts(
    found: Facts, reader: _Reader, title: str, body: str, product_type: str, tags: Sequence[str]
) -> None:
    parts = [(text, source, list(_lines(reader, text))) for text, source in (
        (title, "title"), (product_type, "type"), *((tag, "tag") for tag in tags),
        (body, "description"),
    )]  # fmt: skip
    for text, source, lines in parts:
        if source in ("description", "tag"):
            _add_facts(found, text, source, [(at, line.labelled) for at, line in lines])
    for text, source, lines in parts:
        _add_facts(found, text, source, [(at, line.running) for at, line in lines])
    for text, source, lines in (parts[0], parts[-1]):
        _add_facts(found, text, source, [(at, line.quantities) for at, line in lines])
        _add_facts(found, text, source, [(at, line.dimensions) for at, line in lines])


def _lines(reader: _Reader, text: str) -> Iterator[tuple[int, _Line]]:
    """Each line that says something with its place; lines come back on product after product."""
    at = 0
    for line in text.split("\n"):
        if line:
            read = _known_line if len(line) <= clues.MAX_KNOWN else _read_line
            yield at, read(reader, line)
        at += len(line) + 1


def _add_facts(
    found: Facts, text: str, source: str, lines: Iterable[tuple[int, tuple[_Read, ...]]]
) -> None:
    """What lines say that a surer source has not said already."""
    for at, reads in lines:
        for key, value, number, unit, start, end, is_whole in reads:
            known = (key, value.casefold())
            if known not in found:
                start, end = at + start, at + end
                evidence = _line_at(text, at) if is_whole else _evidence(text, start, end)
                found[known] = ProposedFact(key, value, number, unit, source, evidence, start, end)


def _line_at(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[at : end if end >= 0 else None].strip()[:300]


def _read_line(reader: _Reader, line: str) -> _Line:
    has_digit = clues.DIGIT.search(line) is not None
    labelled = tuple(_labelled(reader, line))
    # "Strap material: leather" says nothing of the material of the whole.
    sets = {KINDS[read.key].value_set for read in labelled}
    running = (r for r in _running(reader, line) if KINDS[r.key].value_set not in sets)
    return _Line(
        labelled,
        tuple(running),
        tuple(_quantities(reader, line)) if has_digit else (),
        tuple(_dimensions(reader, line)) if has_digit and clues.TIMES.search(line) else (),
    )


_known_line = lru_cache(maxsize=8192)(_read_line)


def _evidence(text: str, start: int, end: int) -> str:
    begin, stop = max(0, start - clues.AROUND), min(len(text), end + clues.AROUND)
    words = " ".join(text[begin:stop].split())
    return f"{'…' if begin else ''}{words}{'…' if stop < len(text) else ''}"[:300]


# --- Options and labelled lines ----------------------------------------------------------------


@lru_cache(maxsize=4096)
def _of_option(reader: _Reader, name: str, values: tuple[str, ...]) -> tuple[ProposedFact, ...]:
    kind = find_kind(name, reader.family)
    if kind is None:
        return ()
    key = "sizes" if kind.key == "size" and len(values) > 1 else kind.key
    return tuple(
        ProposedFact(*read[:4], "option", f"{name}: {value}"[:300], read.start, read.end)
        for value in values
        for read in _typed(reader, KINDS[key], value)
    )


def _labelled(reader: _Reader, line: str) -> Iterator[_Read]:
    """Lines such as "Material: 100% cotton" or "材质：棉"."""
    match = clues.LABELLED.match(line) if ":" in line or "：" in line else None
    kind = find_kind(match[1], reader.family) if match else None
    if kind and reader.fits(kind):
        start, end = match.start(2), match.end(2)
        for read in _typed(reader, kind, match[2].strip()):
            yield read._replace(start=start, end=end, is_whole=True)


def _typed(reader: _Reader, kind: AttributeKind, value: str) -> Iterator[_Read]:
    """A value that was given for this kind outright."""
    if kind.type == "number":
        quantity = parse_quantity(value) or _first_quantity(value)
        if quantity and _measures(kind, quantity[1]):
            yield _number(kind.key, quantity, (0, len(value)))
        return
    if kind.type == "bool":
        yes = value.casefold() in clues.TRUE
        yield _Read(kind.key, "yes" if yes else "no", None, "", 0, 0)
        return
    matches = [m for m in find_values(kind.key, value) if not _is_denied(value, m.start, m.end)]
    if matches:
        for match in matches:
            word = reader.word(kind.key, match.value)
            yield _Read(kind.key, word, None, "", match.start, match.end)
    elif len(value) <= clues.MAX_VALUE and not clues.NOT_EN.search(value):
        yield _Read(kind.key, value, None, "", 0, len(value))


def _first_quantity(text: str) -> tuple[Decimal, str] | None:
    match = _quantity_pattern().search(text)
    return parse_quantity(match[0]) if match else None


def _measures(kind: AttributeKind, unit: str) -> bool:
    """Whether a quantity in this unit can be of this kind."""
    if not unit or not kind.units:
        return not kind.units and not unit
    known, own = find_unit(unit), find_unit(kind.default_unit)
    return bool(known and own and known.quantity == own.quantity)


def _number(key: str, quantity: tuple[Decimal, str], at: tuple[int, int]) -> _Read:
    number, unit = quantity
    # Without separators of thousands.
    return _Read(key, format_number(number, "zh"), number, unit, *at)


# --- Running text -------------------------------------------------------------------------------


def _running(reader: _Reader, text: str) -> Iterator[_Read]:
    found = find_all_values(text)
    if not found:
        return
    taken: list[tuple[int, int]] = []
    for kind in _text_kinds(reader):
        for match in found.get(kind.value_set, ()):
            start, end = match.start, match.end
            if any(start < b and a < end for a, b in taken):
                continue
            if not _is_meant(kind.key, text, start, end):
                continue
            taken.append((start, end))
            if (told := _of_part(reader, kind.key, text, end)) and find_value(told, match.value):
                yield _Read(told, reader.word(told, match.value), None, "", start, end)


@cache
def _text_kinds(reader: _Reader) -> tuple[AttributeKind, ...]:
    """The kinds to look for in running text, those first that have a word where two claim it."""
    kinds = (KINDS[key] for key in clues.TEXT_KINDS if key in KINDS)
    return tuple(kind for kind in kinds if kind.value_set and reader.fits(kind))


def _is_meant(key: str, text: str, start: int, end: int) -> bool:
    if key in clues.SAID and not clues.SAID[key].search(text[start:end]):
        return False
    if key == "material" and text[start:end].casefold() == "down":
        return bool(clues.FEATHERS.match(text, start))
    if key == "origin" and not clues.MADE_IN.search(text[:start]):
        return False
    return not _is_denied(text, start, end)


def _is_denied(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 80) : start]
    if clues.NOT_EN.search(before) or clues.NOT_ZH.search(before):
        return True
    return bool(clues.NOT_AFTER.match(text[end : end + 12]))


def _of_part(reader: _Reader, key: str, text: str, end: int) -> str:
    """The kind a word belongs to: its own, that of the part it is said of, or none ("")."""
    match = clues.AFTER_PART.match(text[end : end + 40])
    if match is None:
        return key
    if match["other"]:
        return ""
    part = clues.PARTS[next(word for n, word in enumerate(clues.PARTS) if match[f"p{n}"])]
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


def _quantities(reader: _Reader, text: str) -> Iterator[_Read]:
    for match in _quantity_pattern().finditer(text):
        quantity = parse_quantity(match[0])
        if quantity is None or _is_denied(text, match.start(), match.end()):
            continue
        key = _kind_of_quantity(reader, text, match.start(), match.end(), quantity[1])
        if key:
            yield _number(key, quantity, (match.start(), match.end()))


def _kind_of_quantity(reader: _Reader, text: str, start: int, end: int, unit: str) -> str:
    """Named beside it ("capacity 1.8 L", "20 cm wide"), or plain from the unit itself."""
    before = clues.SENTENCE.split(text[max(0, start - 40) : start])[-1]
    after = clues.SENTENCE.split(text[end : end + 30])[0]
    near_after = clues.NEAR_AFTER.match(after)
    names = [*_names_in(near_after[1] if near_after else "", first=True)]
    names += _names_in(before, first=False)
    for key in names:
        kind = KINDS[key]
        if reader.fits(kind) and _measures(kind, unit):
            return key
    known = find_unit(unit)
    for key in clues.BY_QUANTITY.get(known.quantity if known else "", ()):
        if reader.family in KINDS[key].families:
            return key
    return ""


@cache
def _number_names() -> dict[str, str]:
    """Every name of every number kind, with the kind's key."""
    names = dict(clues.SPOKEN)
    for kind in KINDS.values():
        if kind.type == "number":
            own = (kind.label_en, kind.label_zh, *kind.synonyms_en, *kind.synonyms_zh)
            names.update({name.casefold(): kind.key for name in own if len(name) > 1})
    return names


@cache
def _name_lengths() -> list[int]:
    return sorted({len(name) for name in _number_names()}, reverse=True)


@cache
def _names_by_end() -> dict[str, list[str]]:
    """The names by their last sign, the longest first."""
    found: dict[str, list[str]] = {}
    for name in sorted(_number_names(), key=len, reverse=True):
        found.setdefault(name[-1:], []).append(name)
    return found


@lru_cache(maxsize=8192)
def _names_in(text: str, *, first: bool) -> tuple[str, ...]:
    """Kinds named in a short text: at its very start after a quantity, at its end before one."""
    folded, names = text.casefold(), _number_names()
    if first:
        found = (folded[:length] for length in _name_lengths() if length <= len(folded))
        return tuple(names[name] for name in found if name in names)
    # Nearer to the number is likelier; a comma between two of them parts them.
    found = {}
    for end in range(len(folded), max(0, len(folded) - clues.MAX_BETWEEN) - 1, -1):
        if end < len(folded) and folded[end].isdecimal():
            break
        for name in _names_by_end().get(folded[end - 1 : end], ()):
            if folded.endswith(name, 0, end):
                found.setdefault(name, names[name])
    return tuple(found.values())


def _dimensions(reader: _Reader, text: str) -> Iterator[_Read]:
    for match in clues.SIZES.finditer(text):
        unit = find_unit(match[4])
        if unit and reader.fits(KINDS["dimensions"]):
            value = " × ".join(part for part in match.groups()[:3] if part)
            yield _Read("dimensions", value, None, unit.code, match.start(), match.end())
