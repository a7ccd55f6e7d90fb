"""What every text engine is asked and what it answers: plain values, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

Lang = Literal["en", "zh"]
Field = Literal["description", "short_title", "bullets", "seo_title", "seo_description"]
Tone = Literal["playful", "formal", "persuasive", "conversational", "expert"]

FIELDS: tuple[str, ...] = ("description", "short_title", "bullets", "seo_title", "seo_description")
TONES: tuple[str, ...] = ("playful", "formal", "persuasive", "conversational", "expert")


@dataclass(frozen=True)
class Fact:
    """One confirmed attribute of a product. The value is data, whatever it says."""

    id: str
    key: str
    value: str
    number: Decimal | None = None
    unit: str = ""
    label_en: str = ""
    label_zh: str = ""
    type: str = "text"


@dataclass(frozen=True)
class CopyRequest:
    product_id: str
    name: str
    name_lang: Lang
    brand: str
    family: str
    product_type: str  # a key of the vocabulary, or any words that name the type
    facts: tuple[Fact, ...]
    lang: Lang
    field: Field
    tone: Tone
    max_chars: int | None
    keywords: tuple[str, ...]
    approved_texts: tuple[str, ...]  # sentences the merchant stands behind, in `lang`
    seed: int


@dataclass(frozen=True)
class Sentence:
    """A sentence and every fact it rests on; "name", "brand" and "type" are facts too."""

    text: str
    fact_ids: tuple[str, ...]
    approved: bool = False


@dataclass(frozen=True)
class DraftText:
    sentences: tuple[Sentence, ...]
    text: str
    left_out: tuple[tuple[str, str], ...]  # (fact id or "keyword:...", reason)
    engine: str
    engine_version: str


@dataclass(frozen=True)
class NotEnoughFacts:
    missing: tuple[str, ...]  # attribute keys worth adding, the most important first


class TextEngine(Protocol):
    name: str
    version: str

    def generate(self, requests: Sequence[CopyRequest]) -> list[DraftText | NotEnoughFacts]:
        """One answer a request, in the same order."""
