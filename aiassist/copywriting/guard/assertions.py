"""Sentences that state something though each of their words is harmless.

"Guests ask where you got it", "You will sleep like a child", "It rolls up tight": no list of words
can stop these. They are known by their form: who does what, and no fact in the clause.
"""

import re

from aiassist.copywriting.guard.lexicon import phrases, written
from aiassist.copywriting.guard.scope import Scope

SKIPPED = frozenset({"also", "even", "just", "always", "simply", "still", "then", "can", "has"})
OWNING = frozenset({"your", "our", "most", "many", "all", "the", "even"})
AT_ONCE = re.compile("一[^一二三]就(?!是|好|爱|懂|想|知|会)")  # 一按就亮
LONGEST_OPENING = 3  # Chinese characters that open a clause about the product
LONGEST_LEAD = 4  # words between "the" and the part that a clause speaks of


def is_assertion(scope: Scope, at: int) -> bool:
    return _endorses(scope, at) or _promises(scope, at) or _acts(scope, at) or _speaks(scope, at)


def _endorses(scope: Scope, at: int) -> bool:
    """Someone else's word about the product, and no fact."""
    lead = {scope.raw(i).lower() for i in range(scope.heads[at], at)}
    if lead - OWNING or scope.raw(at).lower() not in written("people"):
        return False
    words = {scope.raw(i).lower() for s, e, _ in scope.clause_of(at) for i in range(s, e)}
    return bool(words & written("endorsing")) and not _rests_on_fact(scope, at)


def _promises(scope: Scope, at: int) -> bool:
    """What will happen, past what the reader decides herself."""
    word = scope.raw(at).lower()
    if word not in written("promising") or _rests_on_fact(scope, at):
        return False
    if at and scope.raw(at - 1).lower() in ("there", "days"):
        return False
    following = (scope.raw(i).lower() for i in range(at + 1, len(scope.tokens)))
    verb = next((word for word in following if word not in SKIPPED and word[-2:] != "ly"), "")
    return verb not in written("promised")


def _acts(scope: Scope, at: int) -> bool:
    """ "It rolls up tight": a verb of the product that is no figure of speech."""
    before = at - 1
    while before >= 0 and (scope.raw(before).lower() in SKIPPED or _is_adverb(scope, before)):
        before -= 1
    if before < 0 or scope.is_free[before] or scope.raw(before).lower() not in ("it", "they"):
        return False
    word = scope.raw(at).lower()
    is_verb = scope.tokens[at].kind == "word" and word not in SKIPPED and not _is_adverb(scope, at)
    is_figure = (scope.tokens[at].norm,) in phrases("figurative")
    return is_verb and not is_figure and not _rests_on_fact(scope, at)


def _is_adverb(scope: Scope, at: int) -> bool:
    return scope.raw(at).lower().endswith("ly")


def _speaks(scope: Scope, at: int) -> bool:
    """ "The cap twists off", 提手可拆: a clause about a part of the product, or what it can do."""
    head = scope.heads[at]
    if scope.tokens[at].kind == "han":
        return at == head and _opens_in_chinese(scope, at) and not _is_excused(scope, at)
    if at - head > LONGEST_LEAD or scope.raw(head).lower() not in ("the", "its", "a", "an"):
        return False
    is_part = (scope.tokens[at].norm,) in phrases("body") and at > head
    return is_part and not scope.is_free[at] and not _is_excused(scope, at)


def _opens_in_chinese(scope: Scope, at: int) -> bool:
    said = scope.folded[scope.tokens[at].start :]
    return said.startswith(_openings()) or bool(AT_ONCE.match(said))


def _openings() -> tuple[str, ...]:
    return tuple(word for word in written("body") if not word.isascii())


def _is_excused(scope: Scope, at: int) -> bool:
    """A fact stands in the clause, or it is about life and not about the product."""
    start = scope.tokens[at].start
    clause = scope.clause_of(at)
    said = scope.folded[start : scope.tokens[clause[-1][1] - 1].end]
    is_dream = any(word in said for word in written("dreaming") if not word.isascii())
    return is_dream or _rests_on_fact(scope, at)


def _rests_on_fact(scope: Scope, at: int) -> bool:
    return any(
        scope.tokens[start].kind in ("amount", "given") or (entry and entry.kind in ("fact", "cue"))
        for start, _, entry in scope.clause_of(at)
    )
