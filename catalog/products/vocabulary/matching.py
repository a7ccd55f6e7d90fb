"""Find the longest known phrase in a text, in English (whole words) or Chinese (anywhere)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

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


WORD = re.compile(r"[a-z0-9]+")


class Found(NamedTuple):
    """Sorts as a pattern of `phrase_pattern` would decide: the first place, the longest phrase."""

    start: int
    rank: int
    end: int
    phrase: str
    value: Any


class Phrases:
    """Finds what `phrase_pattern` finds, for thousands of phrases in the time a text has words.

    Each phrase is looked for only where its first word stands, or in Chinese its first sign.
    """

    def __init__(self, phrases: Iterable[tuple[str, Any]]) -> None:
        self.by_word: dict[str, list[tuple[Any, ...]]] = {}
        self.by_sign: dict[str, list[tuple[Any, ...]]] = {}
        ordered = sorted(phrases, key=lambda entry: (-len(entry[0]), entry[0]))
        for rank, (phrase, value) in enumerate(ordered):
            first = WORD.match(phrase)
            is_word = bool(first) and not has_cjk(phrase)
            pattern = None if first and first[0] == phrase else re.compile(_one(phrase), re.I)
            place = self.by_word if is_word else self.by_sign
            key = first[0] if is_word else phrase[:1].casefold()
            place.setdefault(key, []).append((rank, pattern, phrase, value))

    def find(self, text: str) -> list[Found]:
        """Every place of every phrase, overlapping ones too; see `leftmost`."""
        folded = text.lower().replace("ſ", "s")
        if len(folded) != len(text):  # a letter became two, so places would not agree
            return self._search(text, folded)
        found = []
        for word in WORD.finditer(folded):
            for rank, pattern, phrase, value in self.by_word.get(word[0], ()):
                match = pattern.match(text, word.start()) if pattern else word
                if match:
                    found.append(Found(match.start(), rank, match.end(), phrase, value))
        return found if text.isascii() else found + self._signs(text, folded)

    def _signs(self, text: str, folded: str) -> list[Found]:
        some = (entry for sign in set(folded) for entry in self.by_sign.get(sign, ()))
        return _searched(text, some)

    def _search(self, text: str, folded: str) -> list[Found]:
        words = set(WORD.findall(folded))
        some = (entry for word in words for entry in self.by_word.get(word, ()))
        return _searched(text, some) + self._signs(text, folded)


def _searched(text: str, entries: Iterable[tuple[Any, ...]]) -> list[Found]:
    return [
        Found(match.start(), rank, match.end(), phrase, value)
        for rank, pattern, phrase, value in entries
        for match in (pattern or re.compile(_one(phrase), re.I)).finditer(text)
    ]


def leftmost(found: list[Found]) -> list[Found]:
    """Those that one pass from left to right takes, the longest phrase first at each place."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (f.start, f.rank)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept
