"""Find the longest known phrase in a text, in English (whole words) or Chinese (anywhere)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.products.vocabulary.tables import has_cjk


@dataclass(frozen=True)
class Match:
    value: str
    start: int
    end: int


def phrase_pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern over all phrases, longest first; English ones match whole words only.

    A hyphen in a phrase also matches a space, because titles are written either way.
    """
    ordered = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    return re.compile("|".join(_one(phrase) for phrase in ordered) or r"(?!)", re.IGNORECASE)


def _one(phrase: str) -> str:
    escaped = re.escape(phrase).replace(r"\-", r"[-\s]").replace(r"\ ", r"[-\s]+")
    if has_cjk(phrase):
        return escaped
    return rf"(?<![A-Za-z0-9]){escaped}(?![A-Za-z0-9])"


def key_of(phrase: str) -> str:
    """The dictionary key of a phrase: case and hyphens do not count."""
    return " ".join(phrase.casefold().replace("-", " ").split())
