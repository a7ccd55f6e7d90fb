"""What is wrong with a rule, where, and what could stand there instead."""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from ecomportal.said import Said

CLOSE = 0.6  # likeness from 0 to 1 from which a name is worth proposing
MOST = 3  # proposals at once
MAX_WORD = 60  # characters of a name that are compared; no name of ours is longer


class RuleError(Exception):
    """A rule that cannot be read, or not be used.

    `position` counts characters from 0 in the text as it was given, `length` may be 0 (something
    is missing there); each of `suggestions` could stand in place of those characters.
    """

    def __init__(
        self,
        message: Said,
        position: int = 0,
        length: int = 0,
        suggestions: Iterable[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.length = length
        self.suggestions = list(suggestions)

    def __str__(self) -> str:
        return str(self.message)


def nearest(word: str, names: Iterable[str] | Mapping[str, str]) -> list[str]:
    """The names most like a word, best first; a mapping gives what each name stands for."""
    stands_for = names if isinstance(names, Mapping) else {name: name for name in names}
    word = _plain(word)
    likeness: dict[str, float] = {}
    for name, meant in stands_for.items():
        likeness[meant] = max(likeness.get(meant, 0), _likeness(word, _plain(name)))
    near = [name for name, score in likeness.items() if score >= CLOSE]
    return sorted(near, key=lambda name: (-likeness[name], name))[:MOST]


def _plain(word: str) -> str:
    return word[:MAX_WORD].casefold().replace("_", " ").strip()


def _likeness(word: str, name: str) -> float:
    matcher = SequenceMatcher(None, word, name)
    if matcher.real_quick_ratio() < CLOSE or not word:
        return 0
    # A word that begins or ends a name is meant more surely than its ratio says.
    is_part = len(word) >= 4 and (name.startswith(word) or name.endswith(word))
    return max(matcher.ratio(), 0.8 if is_part else 0)
