"""Who says what in a sentence: does a clause speak of the product, or to the reader?

"Pour a cup and settle in" states nothing of the kettle; "It settles the stomach" does. Only words
that are harmless in the first kind of clause and weighty in the second need the difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from aiassist.copywriting.guard.evidence import Entry, Evidence
from aiassist.copywriting.guard.lexicon import phrases, written
from aiassist.copywriting.guard.tokens import Token

Covered = Sequence[tuple[int, int, Entry | None]]
CLAUSE_MARKS = frozenset(",;:.!?，。；：！？—–()（）[]【】…\n-")
LINKS = frozenset({"and", "but", "or", "yet", "plus", "so", "then", "that", "just"})
# What may stand between a word and the "has" that it belongs to.
PASSED = frozenset({"mild", "soft", "fact", "cue", "name", "noun", "part", "touchy", "foreign"})
PASSED_WORDS = frozenset(
    {"a", "an", "the", "and", "its", "your", "of", "more", "some", "all", "的"}
)
SHOUTED = 0.6  # share of words with a capital in a headline
NAMING = frozenset({"fact", "name", "noun", "cue"})
LONGEST_SLOT = 3


@dataclass(frozen=True)
class Scope:
    """One sentence: its tokens, what covers them, and the text they stand in."""

    folded: str
    tokens: Sequence[Token]
    covered: Covered
    evidence: Evidence

    def raw(self, at: int) -> str:
        return self.folded[self.tokens[at].start : self.tokens[at].end]

    def before(self, at: int) -> str:
        """The text in front of a token, without what may part a name from it."""
        return self.folded[: self.tokens[at].start].rstrip(' :：“"')

    @cached_property
    def place(self) -> dict[int, int]:
        """First token of a piece -> its number among the pieces."""
        return {start: n for n, (start, _, _) in enumerate(self.covered)}

    @cached_property
    def heads(self) -> list[int]:
        """For each token the first token of its clause."""
        heads, head = [], 0
        for at, token in enumerate(self.tokens):
            if at and self.tokens[at - 1].kind == "punct" and self._parts(at):
                head = at
            heads.append(head)
            if token.kind == "punct" and head == at:
                head = at + 1
        return heads

    def _parts(self, at: int) -> bool:
        return self.tokens[at - 1].norm in CLAUSE_MARKS

    @cached_property
    def is_free(self) -> list[bool]:
        """For each token: does its clause speak to the reader?"""
        free: list[bool] = []
        state = False
        for at, head in enumerate(self.heads):
            if at == head or (self.tokens[at - 1].norm in LINKS and self._is_pronoun(at)):
                state = self._opens_free(at, state)
            elif self._turns_to_product(at):
                state = False
            free.append(state)
        return free

    def is_dreamy(self, at: int) -> bool:
        """Chinese drops the subject: a clause that names time, life or heart is not about goods."""
        clause = self.clause_of(at)
        last = self.tokens[clause[-1][1] - 1].end
        said = self.folded[self.tokens[clause[0][0]].start : last]
        return any(word in said for word in written("longing"))

    def _is_pronoun(self, at: int) -> bool:
        word = self.raw(at).lower()
        return word in ("it", "it's", "its", "you", "you'll", "we", "they", "this")

    def _opens_free(self, at: int, before: bool) -> bool:
        word = self.raw(at).lower()
        if word in written("address") or word in written("imperative"):
            return not (word == "your" and self.tokens[at].kind == "own")
        if word in written("subject"):
            return False
        return before

    def _turns_to_product(self, at: int) -> bool:
        """ "... and it keeps": from a pronoun with its verb on, the clause is about the product."""
        if at + 1 >= len(self.tokens) or self.raw(at).lower() not in written("verb subject"):
            return False
        verb = self.raw(at + 1).lower()
        return verb in ("is", "has", "can", "will", "won't", "does") or verb[-1] == "s" != verb[-2:]

    def in_slot(self, at: int, section: str) -> bool:
        """Is the piece at this token said to be a part of the product ("comes with a ...")?"""
        number = self.place.get(at, 0) - 1
        while number >= 0 and self._is_passed(number):
            number -= 1
        if number < 0:
            return False
        end = self.covered[number][1]
        words = [self.raw(i).lower() for i in range(max(0, end - LONGEST_SLOT), end)]
        return any(" ".join(words[i:]) in written(section) for i in range(len(words)))

    def follows(self, at: int, section: str) -> bool:
        """ "Around the dial": do two words of the section lead up to this token?"""
        return " ".join(self.raw(i).lower() for i in range(max(0, at - 2), at)) in written(section)

    def _is_passed(self, number: int) -> bool:
        start, end, entry = self.covered[number]
        if self.tokens[start].kind in ("amount", "own"):
            return True
        if end - start == 1 and self.tokens[start].norm in PASSED_WORDS:
            return True
        return entry is not None and entry.kind in PASSED

    @cached_property
    def is_headline(self) -> bool:
        plain = (s for s, _, e in self.covered if s and not (e and e.kind in NAMING))
        words = [self.raw(at) for at in plain if self.tokens[at].kind == "word"]
        words = [word for word in words if word[0].isalpha() and len(word) > 3]
        return len(words) > 2 and sum(w[0].isupper() for w in words) >= SHOUTED * len(words)

    def is_followed_by_fact(self, at: int) -> bool:
        """ "Durable stainless steel": praise of a value, not a property of its own."""
        for start, _, entry in self.covered[self.place.get(at, 0) + 1 :]:
            if self.tokens[start].kind in ("amount", "own"):
                return True
            if entry is None or entry.kind not in ("mild", "soft", "scene", "word", "cue"):
                return entry is not None and entry.kind in ("fact", "name")
            if entry.kind == "word" and self.tokens[start].norm not in PASSED_WORDS:
                return False
        return False

    def clause_of(self, at: int) -> list[tuple[int, int, Entry | None]]:
        head = self.heads[at]
        return [piece for piece in self.covered if self.heads[piece[0]] == head]

    def says(self, at: int, section: str) -> bool:
        """Does the token's clause hold a phrase of the section?"""
        words = [self.tokens[i].norm for s, e, _ in self.clause_of(at) for i in range(s, e)]
        return any(
            tuple(words[i : i + len(p)]) == p for p in phrases(section) for i in range(len(words))
        )
