"""The guard of texts, for words that a feature beside copywriting writes.

A door, so that features need not know each other: whatever is said of a shop's customers is held
to the same rule as what is said of its products, and fails closed in the same way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from aiassist.copywriting.guard import Policy, check


@dataclass(frozen=True)
class Given:
    """A fact that a text may state: a number with its unit, or a name."""

    id: str
    key: str
    value: str
    number: Decimal | None = None
    unit: str = ""
    label_en: str = ""
    label_zh: str = ""


def unbacked(
    text: str, facts: Sequence[Given], *, language: str, wording: Sequence[str] = ()
) -> list[str]:
    """The stretches of a text that no fact backs, doubtful ones too: nobody reads each of these
    texts before it is shown. Empty where all of it may be said.

    `wording` is what may stand around the facts word for word: it states nothing by itself.
    """
    return list(_unbacked(text, tuple(facts), language, tuple(wording)))


@lru_cache(maxsize=2048)
def _unbacked(
    text: str, facts: tuple[Given, ...], language: str, wording: tuple[str, ...]
) -> tuple[str, ...]:
    """Most sentences are the same the next night."""
    policy = Policy(lang=language, approved_texts=wording)
    return tuple(one.span_text for one in check(text, facts, policy))
