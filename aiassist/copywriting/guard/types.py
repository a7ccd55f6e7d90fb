"""What the guard takes and gives. Plain values: no Django, so any engine or bench can use it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

Level = Literal["block", "warn", "note"]
ClaimKind = Literal["fact", "filler", "unbacked"]


class FactLike(Protocol):
    """The part of a copywriting Fact that the guard reads; keys may be any words."""

    @property
    def id(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def number(self) -> Decimal | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def label_en(self) -> str: ...
    @property
    def label_zh(self) -> str: ...


@dataclass(frozen=True)
class Policy:
    """What the merchant allows beside the facts."""

    lang: str
    name: str = ""
    brand: str = ""
    product_type: str = ""
    family: str = ""
    approved_texts: tuple[str, ...] = ()
    other_brands: tuple[str, ...] = ()
    channel: str | None = None


@dataclass(frozen=True)
class Finding:
    """One objection with its place in the text; `block` stops approval without a reason."""

    start: int
    end: int
    span_text: str
    rule: str
    level: Level
    message_en: str
    message_zh: str
    fix_en: str
    fix_zh: str
    fact_id: str | None = None


@dataclass(frozen=True)
class Claim:
    """One clause of the text and the facts it rests on."""

    start: int
    end: int
    text: str
    fact_ids: tuple[str, ...]
    kind: ClaimKind


@dataclass(frozen=True)
class Leftover:
    """A stretch of text that nothing accounts for, before it is put into words."""

    start: int
    end: int
    rule: str
    level: Level = "block"
    fact_id: str | None = None


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence with what accounts for it."""

    start: int
    end: int
    kind: str  # fact, cue, name, word, phrase, mild, noun, given, amount, or a rule's name
    fact_ids: frozenset[str]
    leftover: Leftover | None = None


@dataclass(frozen=True)
class Reading:
    """The whole text read once: its clauses and everything that is wrong with them."""

    claims: Sequence[Claim]
    leftovers: Sequence[Leftover]
