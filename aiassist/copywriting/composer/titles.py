"""Short titles and SEO titles: the name and the facts that speak for themselves."""

import re

from aiassist.copywriting.composer import chinese, english
from aiassist.copywriting.composer.grammar import with_articles
from aiassist.copywriting.composer.plan import Draft
from aiassist.copywriting.composer.ready import Ready
from aiassist.copywriting.engine import Sentence
from catalog.products.vocabulary.tables import spaced

MAX_CHARS = {
    ("short_title", "en"): 70,
    ("short_title", "zh"): 40,
    ("seo_title", "en"): 60,
    ("seo_title", "zh"): 30,
}
# A bare value of these tells what it is.
TELLING = frozenset(
    spaced(
        "colour material pattern metal gemstone capacity net_weight volume pages screen_size "
        "format storage_capacity scent flavour movement pieces neckline sleeve_length closure "
        "case_diameter connectivity dimensions author battery_life warranty texture"
    )
)
SEPARATORS = {
    "en": {"formal": ", ", "expert": " | ", "conversational": " - ", "persuasive": ": "},
    "zh": {"formal": " ", "expert": " | ", "conversational": " ", "persuasive": "："},
}
SMALL_WORDS = frozenset(spaced("a an and by for from in of on or the to with"))


def write(draft: Draft, facts: list[Ready]) -> None:
    """One line without a full stop, within the limit."""
    request = draft.request
    limit = request.max_chars or MAX_CHARS[request.field, request.lang]
    base, ids = _base(draft, facts, limit)
    if not base:
        return
    separator = SEPARATORS[request.lang].get(request.tone, ", " if request.lang == "en" else " ")
    inner = " · " if request.tone == "playful" else (", " if request.lang == "en" else " ")
    joint, tail = separator, _tail(draft, base)
    tail = tail if len(base) + len(tail) <= limit else ""
    for fact in facts:
        words = part(fact, request.lang)
        is_said = _is_said(fact, base)
        if not words or is_said or set(fact.ids) & set(ids):
            continue
        if len(base) + len(joint) + len(words) + len(tail) > limit:
            continue
        base, ids, joint = base + joint + words, [*ids, *fact.ids], inner
    if tail and len(base) + len(tail) <= limit:
        base, ids = base + tail, [*ids, "brand"]
    draft.sentences.append(Sentence(base, tuple(dict.fromkeys(ids))))


def _is_said(fact: Ready, base: str) -> bool:
    """A name in the other language may say "100 g" where the fact says 100克."""
    if fact.words.plain.casefold() in base.casefold():
        return True
    figure = fact.words.figure if fact.words.number is not None else ""
    return bool(figure) and re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d.])", base) is not None


def _base(draft: Draft, facts: list[Ready], limit: int) -> tuple[str, list[str]]:
    product = draft.product
    if product.name and len(product.name) <= limit:
        return product.name, ["name"]
    writer = chinese if draft.request.lang == "zh" else english
    mods = writer.modifiers(facts, product)
    joint = "" if draft.request.lang == "zh" else " "
    brand = [product.brand] if product.brand else []
    for words, used in ((mods, brand), (mods, []), ([], brand), ([], [])):
        noun = writer.noun_of(product)
        parts = [*(f.words.plain for f in words), noun]
        if draft.request.lang == "en":
            parts = [_title_case(part) for part in parts]
        text = joint.join(parts)
        if used:
            # "Veyra 925银戒指": letters and figures would run into one word.
            text = used[0] + (" " if used[0].isascii() and text[:1].isascii() else joint) + text
        if len(text) <= limit and product.type is not None:
            ids = [*(["brand"] if used else []), *(i for f in words for i in f.ids), "type"]
            return text, ids
    return "", []


def _tail(draft: Draft, base: str) -> str:
    brand = draft.product.brand
    if draft.request.field != "seo_title" or not brand or brand.casefold() in base.casefold():
        return ""
    return f" | {brand}"


def part(fact: Ready, lang: str) -> str:
    """A fact that speaks for itself in a title, or ""."""
    if fact.key not in TELLING or fact.is_compound or len(fact.words.plain) > 32:
        return ""
    if fact.key == "author":
        return f"{fact.words.plain}著" if lang == "zh" else f"by {fact.words.plain}"
    if lang == "zh":
        wants_noun = fact.key in _WITH_NOUN_ZH and fact.frame.nouns
        return fact.fill(fact.frame.nouns[0]) if wants_noun else fact.words.plain
    if fact.key in _WITH_NOUN_EN:
        if not fact.frame.nouns:
            return ""
        phrase = with_articles(fact.fill(fact.frame.nouns[0]))
        return _title_case(phrase.removeprefix("a ").removeprefix("an "))
    return fact.words.plain if fact.words.number is not None else _title_case(fact.words.plain)


_WITH_NOUN_EN = frozenset(
    spaced("scent flavour closure warranty battery_life texture pattern screen_size")
)
_WITH_NOUN_ZH = frozenset(spaced("scent flavour closure warranty battery_life pattern"))


def _title_case(text: str) -> str:
    words = text.split(" ")
    return " ".join(
        word
        if not word.islower() or (i and word in SMALL_WORDS) or word in _SIGNS
        else word[:1].upper() + word[1:]
        for i, word in enumerate(words)
    )


_SIGNS = frozenset(spaced("mm cm m g kg ml oz lb hours hour minutes days"))
