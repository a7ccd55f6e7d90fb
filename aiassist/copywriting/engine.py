"""What every text engine is asked and what it answers: plain values, no database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from ecomportal.said import Said

Lang = Literal["en", "zh"]
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
class Voice:
    """How the shop speaks: texts it liked, and words to use and to avoid, in one language."""

    examples: tuple[str, ...] = ()
    use: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True)
class CopyRequest:
    """One text to write. `field` is its kind: one of FIELDS or any other that an engine names."""

    product_id: str
    name: str
    name_lang: Lang
    brand: str
    family: str
    product_type: str  # a key of the vocabulary, or any words that name the type
    facts: tuple[Fact, ...]
    lang: Lang
    field: str
    tone: Tone
    max_chars: int | None
    keywords: tuple[str, ...]
    approved_texts: tuple[str, ...]  # sentences the merchant stands behind, in `lang`
    seed: int
    channel: str = ""  # of the lint's list; "" is none in particular
    voice: Voice = Voice()
    source_text: str = ""  # what is to be translated; `lang` is the language it becomes
    glossary: tuple[tuple[str, str], ...] = ()  # (term, its translation into `lang`)
    audience: str = ""  # who reads it: a segment's description
    # What holds for each reader, word for word: (id of the fact behind it, sentence in `lang`).
    audience_texts: tuple[tuple[str, str], ...] = ()
    # How readily the composer takes a phrase, beside 1 for those not named; see learning/.
    phrase_weights: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Sentence:
    """A sentence and every fact it rests on; "name", "brand" and "type" are facts too."""

    text: str
    fact_ids: tuple[str, ...]
    approved: bool = False


@dataclass(frozen=True)
class Usage:
    """What a text took: tokens, money in millionths of the shop's currency, calls and time."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost_micros: int = 0
    n_calls: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.cost_micros + other.cost_micros,
            self.n_calls + other.n_calls,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True)
class DraftText:
    sentences: tuple[Sentence, ...]
    text: str
    left_out: tuple[tuple[str, str], ...]  # (fact id or "keyword:...", reason)
    engine: str
    engine_version: str
    usage: Usage = Usage()
    prompt_version: str = ""
    raw: str = ""  # what the engine said before it was read, for the record


@dataclass(frozen=True)
class NotEnoughFacts:
    missing: tuple[str, ...]  # attribute keys worth adding, the most important first


@dataclass(frozen=True)
class Failed:
    """Why there is no text, in words for the merchant.

    "item": this text alone failed, others go on. "pause": the engine is in trouble, the same
    request may work in a while. "stop": nothing will work until somebody changes a setting.
    """

    reason: Said
    scope: Literal["item", "pause", "stop"] = "item"
    usage: Usage = Usage()  # a failure may have cost something too
    raw: str = ""


Answer = DraftText | NotEnoughFacts | Failed


@dataclass(frozen=True)
class Capabilities:
    """What an engine can do and what it takes; pages and the job decide by these alone."""

    languages: tuple[str, ...] = ("en", "zh")
    kinds: tuple[str, ...] = FIELDS
    can_translate: bool = False
    needs_network: bool = False
    is_instant: bool = False  # fast enough for a request: a preview may call it
    is_cached: bool = False  # whether a text already written for the same request is used again
    batch_size: int = 25  # requests it likes to be given at once
    price_in_micros: int = 0  # for a million tokens, in millionths of the shop's currency
    price_out_micros: int = 0


class TextEngine(Protocol):
    name: str
    version: str  # names the model too, where there is one
    prompt_version: str  # "" where nothing is prompted
    capabilities: Capabilities

    def generate(
        self, requests: Sequence[CopyRequest], *, check: Callable[[], None] | None = None
    ) -> list[Answer]:
        """One answer a request, in the same order. Raises nothing for what the world does.

        Where answers are long in coming, `check` is called about every second; what it raises
        (the job was cancelled) goes through, and no more is asked.
        """
