"""A request as a block of data: what a model is told of a product, and what is kept from it.

Values were typed or imported by anybody. They go in as data, cleaned of markup and addresses, and
one that speaks to the writer instead of naming something does not go in at all.
"""

import unicodedata
from collections.abc import Sequence
from typing import Any

from aiassist.copywriting.composer.cleaning import ADDRESS, MARKUP, ORDERS, clean
from aiassist.copywriting.composer.ready import missing_keys, product_of
from aiassist.copywriting.composer.texts import FEWEST_FACTS
from aiassist.copywriting.engine import CopyRequest, Fact, NotEnoughFacts
from catalog.products.vocabulary import KINDS, format_quantity

MAX_VALUE = 300  # characters of one fact; a longer one is a text, and may be anything
MAX_FACTS = 60
MAX_EXAMPLE = 600


def is_order(text: str) -> bool:
    """Whether a value speaks to a writer or a machine instead of naming something."""
    return ORDERS.search(text) is not None


def told_facts(request: CopyRequest) -> tuple[list[tuple[str, Fact, str]], list[tuple[str, str]]]:
    """The facts a model is told, as (short id, fact, cleaned value), and those left out and why.

    Short ids cost fewer tokens than long ones and are copied without mistakes.
    """
    told, left_out = [], []
    for fact in request.facts[:MAX_FACTS]:
        value = _value_of(fact, request.lang)
        if not value:
            left_out.append((fact.id, "empty"))
        elif len(value) > MAX_VALUE:
            left_out.append((fact.id, "too_long"))
        elif is_order(value) or is_order(_label(fact, request.lang)):
            left_out.append((fact.id, "not_a_value"))
        else:
            told.append((f"f{len(told) + 1}", fact, value))
    left_out += [(fact.id, "no_room") for fact in request.facts[MAX_FACTS:]]
    return told, left_out


def _value_of(fact: Fact, lang: str) -> str:
    """A quantity as people write it in the language; any other value as it is."""
    if fact.number is not None:
        return clean(format_quantity(fact.number, fact.unit, lang, key=fact.key))
    return clean(f"{fact.value} {fact.unit}" if fact.unit else fact.value)


def lacks_facts(request: CopyRequest) -> NotEnoughFacts | None:
    """What to add first where there is too little to write from."""
    if len(told_facts(request)[0]) >= FEWEST_FACTS or request.source_text:
        return None
    return NotEnoughFacts(missing_keys(request, product_of(request)))


def data_of(request: CopyRequest) -> dict[str, Any]:
    """The request as the data block has it; what is empty is not there."""
    facts = [
        {"id": short, "name": _label(fact, request.lang), "value": value}
        for short, fact, value in told_facts(request)[0]
    ]
    block = {
        "language": request.lang,
        "max_chars": request.max_chars,
        "channel": request.channel,
        "product": _named(request),
        "facts": facts,
        "keywords": _plain(request.keywords),
        "audience": _unless_order(request.audience),
        "source_text": _text(request.source_text),
        "glossary": dict(request.glossary),
        "approved_sentences": [
            *request.approved_texts,
            *(text for _id, text in request.audience_texts),
        ],
        "voice": _filled(
            {
                "examples": [_text(text)[:MAX_EXAMPLE] for text in request.voice.examples],
                "use": list(request.voice.use),
                "avoid": list(request.voice.avoid),
            }
        ),
    }
    return _filled(block)


def _label(fact: Fact, lang: str) -> str:
    own = clean(fact.label_zh if lang == "zh" else fact.label_en)
    kind = KINDS.get(fact.key)
    known = (kind.label_zh if lang == "zh" else kind.label_en.lower()) if kind else ""
    return own or known or clean(fact.key)


def _type(request: CopyRequest) -> str:
    kind = product_of(request).type
    if kind is None:
        return request.product_type
    return kind.noun_zh if request.lang == "zh" else kind.noun_en


def one_line(text: str) -> str:
    """Composed, on one line, without characters that only control something."""
    text = unicodedata.normalize("NFC", text)
    kept = (c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join("".join(kept).split())


def _text(text: str) -> str:
    """Whole sentences, with their stops, without markup and addresses."""
    return one_line(ADDRESS.sub(" ", MARKUP.sub(" ", text)))


def _named(request: CopyRequest) -> dict[str, str]:
    """Name, brand and type under the ids that sentences may rest on."""
    named = {"name": request.name, "brand": request.brand, "type": _type(request)}
    return _filled({key: _unless_order(text) for key, text in named.items()})


def _unless_order(text: str) -> str:
    text = clean(text)
    return "" if is_order(text) else text[:MAX_VALUE]


def _plain(words: Sequence[str]) -> list[str]:
    return [word for word in map(_unless_order, words) if word]


def _filled(block: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in block.items() if value}
