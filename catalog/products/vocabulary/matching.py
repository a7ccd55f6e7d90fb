"""Find the longest known phrase in a text, in English (whole words) or Chinese (anywhere)."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from catalog.products.vocabulary.tables import has_cjk


class Match(NamedTuple):
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
PARTED = re.compile(r"[-\s]+")


class Found(NamedTuple):
    """Sorts as a pattern of `phrase_pattern` would decide: the first place, the longest phrase."""

    start: int
    rank: int
    end: int
    phrase: str
    value: Any


class _Phrase:
    """A phrase and what it means. Most of the thousands never need their pattern."""

    __slots__ = ("phrase", "rank", "value", "is_one_word", "last", "_pattern")

    def __init__(self, phrase: str, rank: int, value: Any) -> None:
        first = WORD.match(phrase)
        self.phrase, self.rank, self.value = phrase, rank, value
        self.is_one_word = bool(first) and first[0] == phrase
        # No text has the phrase without its last word.
        self.last = PARTED.split(phrase)[-1]
        self._pattern: re.Pattern[str] | None = None

    @property
    def pattern(self) -> re.Pattern[str]:
        if self._pattern is None:
            self._pattern = re.compile(_one(self.phrase), re.IGNORECASE)
        return self._pattern

    def found(self, match: re.Match[str]) -> Found:
        return Found(match.start(), self.rank, match.end(), self.phrase, self.value)


class Phrases:
    """Finds what `phrase_pattern` finds, for thousands of phrases in the time a text has words.

    Each phrase is looked for only where its first word stands, or in Chinese its first sign.
    """

    def __init__(self, phrases: Iterable[tuple[str, Any]]) -> None:
        self.by_word: dict[str, list[_Phrase]] = {}
        self.by_sign: dict[str, list[_Phrase]] = {}
        ordered = sorted(phrases, key=lambda entry: (-len(entry[0]), entry[0]))
        for rank, (phrase, value) in enumerate(ordered):
            first = None if has_cjk(phrase) else WORD.match(phrase)
            place = self.by_word if first else self.by_sign
            key = first[0] if first else phrase[:1].casefold()
            place.setdefault(key, []).append(_Phrase(phrase, rank, value))

    def find(self, text: str) -> list[Found]:
        """Every place of every phrase, overlapping ones too; see `leftmost`."""
        folded = text.lower().replace("ſ", "s")
        if len(folded) != len(text):  # a letter became two, so places would not agree
            return self._search(text, folded)
        found = []
        for word in WORD.finditer(folded):
            for one in self.by_word.get(word[0], ()):
                if one.is_one_word:
                    found.append(one.found(word))
                elif one.last in folded and (match := one.pattern.match(text, word.start())):
                    found.append(one.found(match))
        return found if text.isascii() else found + self._signs(text, folded)

    def _signs(self, text: str, folded: str) -> list[Found]:
        some = (one for sign in set(folded) for one in self.by_sign.get(sign, ()))
        return _searched(text, (one for one in some if one.last in folded))

    def _search(self, text: str, folded: str) -> list[Found]:
        words = set(WORD.findall(folded))
        some = (one for word in words for one in self.by_word.get(word, ()))
        return _searched(text, some) + self._signs(text, folded)


def _searched(text: str, phrases: Iterable[_Phrase]) -> list[Found]:
    return [one.found(match) for one in phrases for match in one.pattern.finditer(text)]


def leftmost(found: list[Found]) -> list[Found]:
    """Those that one pass from left to right takes, the longest phrase first at each place."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (f.start, f.rank)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept
