"""Which facts customers asked for in chats: an utterance that asks and names a kind of fact, in a
conversation that names a product by its title or SKU.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models.functions import Length

from catalog.products.vocabulary.kinds import KINDS
from catalog.products.vocabulary.matching import key_of, phrase_pattern
from catalog.products.vocabulary.tables import has_cjk

ASKS = re.compile(
    r"[?？]|\b(?:what|which|how|is|are|does|do|can|could|tell me|want to know)\b"
    r"|吗|多少|什么|哪|请问|几",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\s,.;:!?，。；：！？“”\"()（）]+")
CHINESE = re.compile(r"[\u3400-\u9fff][\u3400-\u9fff0-9A-Za-z ·-]{1,40}")
MAX_WORDS, MAX_SIGNS = 10, 24  # of a title inside an utterance
MAX_TEXT = 2000  # characters of an utterance that are looked at
# Names too common to mean the fact: "Do you like the look?", "Where is the form?"
TOO_COMMON = {"size", "form", "look", "print", "surface", "features", "feature", "style"}


def asked_keys(text: str) -> set[str]:
    """The kinds of fact that a question names; none where nothing is asked."""
    text = text[:MAX_TEXT]
    if not ASKS.search(text):
        return set()
    names = _names()
    return {names[key_of(match[0])] for match in _pattern().finditer(text)}


@cache
def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in KINDS.values():
        for name in (kind.label_en, kind.label_zh, *kind.synonyms_en, *kind.synonyms_zh):
            is_telling = len(name) > 1 and name.casefold() not in TOO_COMMON
            if is_telling:
                found.setdefault(key_of(name), kind.key)
    return found


@cache
def _pattern() -> re.Pattern[str]:
    return phrase_pattern(_names())


def named_products(merchant: Any, texts: Iterable[str]) -> dict[str, UUID]:
    """The product that each text names: the longest title in it, else a SKU. Two statements."""
    texts = list(dict.fromkeys(text[:MAX_TEXT] for text in texts))
    pieces = {text: set(_pieces(text)) for text in texts}
    wanted = set().union(*pieces.values()) if pieces else set()
    titles = dict(
        merchant.products.live()
        .filter(title__in=wanted)
        .order_by(Length("title"))
        .values_list("title", "pk")
    )
    skus = {piece for piece in wanted if re.search(r"\d", piece) and " " not in piece}
    codes = dict(
        merchant.variants.filter(sku__in=skus, deleted_at=None).values_list("sku", "product")
    )
    found = {}
    for text, parts in pieces.items():
        named = max((part for part in parts if part in titles), key=len, default=None)
        coded = next((part for part in sorted(parts) if part in codes), None)
        if named or coded:
            found[text] = titles[named] if named else codes[coded]
    return found


def _pieces(text: str) -> Iterator[str]:
    """Every run of words, and of Chinese signs, that could be a title or a SKU."""
    words = WORD.findall(text)
    for start in range(len(words)):
        for end in range(start + 1, min(start + MAX_WORDS, len(words)) + 1):
            yield " ".join(words[start:end])
    for match in CHINESE.finditer(text):
        run = match[0]
        for start in range(len(run)):
            if has_cjk(run[start:]):
                for end in range(start + 2, min(start + MAX_SIGNS, len(run)) + 1):
                    yield run[start:end].strip()


def wanted_in(merchant: Any, utterances: list[Any]) -> list[tuple[UUID, str]]:
    """(product, key) for each question of these customer utterances, each once a conversation."""
    asking = {row.pk: keys for row in utterances if (keys := asked_keys(row.text))}
    asked_in = {row.conversation_id for row in utterances if row.pk in asking}
    said = merchant.utterances.filter(conversation__in=asked_in, speaker="customer")
    texts: dict[UUID, list[str]] = {}
    for conversation, text in said.order_by("position").values_list("conversation", "text"):
        texts.setdefault(conversation, []).append(text[:MAX_TEXT])
    products = named_products(merchant, (text for some in texts.values() for text in some))
    found: dict[tuple[UUID, UUID, str], None] = {}
    for row in utterances:
        for key in asking.get(row.pk, ()):
            named = [products[t] for t in texts[row.conversation_id] if t in products]
            # What was asked about is what this utterance names, else what was named before.
            product = products.get(row.text[:MAX_TEXT]) or (named[0] if named else None)
            if product:
                found[row.conversation_id, product, key] = None
    return [(product, key) for _conversation, product, key in found]
