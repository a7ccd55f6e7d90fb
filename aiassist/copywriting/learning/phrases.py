"""Which phrases of the composer's reviewers leave, and which they cut or rewrite."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from aiassist.copywriting.composer.frames import SLOT, Pattern, patterns
from aiassist.copywriting.learning.rows import final_of
from aiassist.copywriting.models import Draft

# A pattern is known by its own words; one of slots and commas alone could be any sentence.
LATIN_LETTERS, CJK_LETTERS = 5, 2
FEWEST_CHANGED = 2  # once may be a whim
PRIOR = 2  # kept that often before anybody looked: a weight falls by evidence, not at once
LEAST = 0.05  # no phrase dies out, so that a change of mind can be noticed


def weight_of(n_kept: int, n_changed: int) -> float:
    """How often a phrase is chosen, beside 1 for one that nobody touched."""
    return max(LEAST, (n_kept + PRIOR) / (n_kept + n_changed + PRIOR))


def counted(drafts: Iterable[Draft]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """(kept, changed) by (language, tone, pattern), over reviewed drafts of the composer."""
    kept: Counter[tuple[str, str, str]] = Counter()
    changed: Counter[tuple[str, str, str]] = Counter()
    for draft in drafts:
        final = final_of(draft)
        for row in draft.sentences:
            pattern = pattern_in(row["text"], draft.language, draft.tone)
            if pattern is None:
                continue
            key = (draft.language, draft.tone, pattern.text)
            (kept if _stays(pattern, row["text"], final) else changed)[key] += 1
    return {key: (kept[key], changed[key]) for key in {*kept, *changed}}


def _stays(pattern: Pattern, sentence: str, final: str) -> bool:
    """A changed value or an added word is no verdict on the phrase: its own words must be gone."""
    return sentence in final or all(words in final for words in own_words(pattern.text))


def pattern_in(sentence: str, lang: str, tone: str) -> Pattern | None:
    """The pattern that a sentence was made by: the one with most words of its own."""
    for _size, matcher, pattern in _matchers(lang, tone):
        if matcher.fullmatch(sentence):
            return pattern
    return None


@cache
def _matchers(lang: str, tone: str) -> list[tuple[int, re.Pattern[str], Pattern]]:
    found = []
    for some in patterns(lang).get(tone, {}).values():
        for pattern in some:
            words = own_words(pattern.text)
            if words:
                matcher = ".+?".join(re.escape(part) for part in SLOT.split(pattern.text))
                found.append((sum(map(len, words)), re.compile(matcher, re.DOTALL), pattern))
    return sorted(found, key=lambda one: -one[0])


def own_words(text: str) -> list[str]:
    """The stretches between the slots, if they say enough to be recognised."""
    parts = [part.strip(" ,.:;!?，。：；！？、") for part in SLOT.split(text)]
    parts = [part for part in parts if part]
    letters = "".join(parts)
    n_cjk = len(re.findall(r"[\u4e00-\u9fff]", letters))
    n_latin = len(re.findall(r"[A-Za-z]", letters))
    return parts if n_cjk >= CJK_LETTERS or n_latin >= LATIN_LETTERS else []


def shown(text: str) -> str:
    """A pattern as people read it: "Oh, and … ." """
    return re.sub(r"(… ?)+", "… ", SLOT.sub("…", text)).replace("… .", "….").strip()
