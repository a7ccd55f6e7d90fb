"""The product's own name, word for word, is its name: nothing inside it is a claim.

"Longhaul headphones, 55 h" states no 55 hours, and lends none to the words around it: each
occurrence is hidden behind a mark of the same length before the text is read.
"""

import re
from collections.abc import Iterable

from aiassist.copywriting.guard.amounts import find_amounts
from aiassist.copywriting.guard.tokens import BRAND_MARK, NAME_MARK, fold, norms
from aiassist.copywriting.guard.types import FactLike, Policy

LONGEST = 160  # characters; a longer "name" is a text and is read as one
FEWEST_WORDS = 2  # one word may be meant as a word: "Pure", "Best"
EDGES = " \t\r\n.。;；,，、:：{}[]<>"
# "55 h of battery life" after a name that ends with 55 h speaks of the battery, not the product.
TAKEN_ON = r"(?!-|\s*(?:of\b|的))"


def hide_names(folded: str, facts: Iterable[FactLike], policy: Policy) -> str:
    """The text with marks for the exact name and brand, every other character in its place."""
    for name, mark in ((policy.name, NAME_MARK), (policy.brand, BRAND_MARK)):
        pattern = _pattern(fold(name), facts) if _is_name(name) else None
        if pattern:
            folded = pattern.sub(lambda match, mark=mark: mark * len(match.group()), folded)
    return folded


def _is_name(name: str) -> bool:
    return len(name) <= LONGEST and len(norms(name)) >= FEWEST_WORDS


def _pattern(name: str, facts: Iterable[FactLike]) -> re.Pattern[str] | None:
    words = name.strip(EDGES).split()
    if not words:
        return None
    body = r"\s+".join(map(re.escape, words))
    first = body[0] if body[0].isascii() and body[0].isalpha() else ""
    if first:
        body = f"[{first.lower()}{first.upper()}]{body[1:]}"
    before = r"(?<![A-Za-z0-9.])" if words[0][0].isascii() else ""
    after = r"(?![A-Za-z0-9])" if words[-1][-1].isascii() else ""
    return re.compile(before + body + after + _not_taken_on(name.strip(EDGES), facts))


def _not_taken_on(name: str, facts: Iterable[FactLike]) -> str:
    """After a name that ends with an amount no attribute may follow that would take it."""
    if not any(amount.end == len(name) for amount in find_amounts(name)):
        return ""
    labels = {fold(label).lower() for fact in facts for label in (fact.label_en, fact.key)}
    labels = {re.escape(label.replace("_", " ")) for label in labels if label.isascii()} - {""}
    if not labels:
        return TAKEN_ON
    return TAKEN_ON + rf"(?!\s+(?i:{'|'.join(sorted(labels))})\b)"
