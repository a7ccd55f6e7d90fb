"""Words that reviewers put in the place of others, again and again: the shop's own wording."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher

from aiassist.copywriting.learning.rows import final_of
from aiassist.copywriting.models import Draft

TOKEN = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|[\u4e00-\u9fff]|\d+(?:\.\d+)?|\S")
WORD = re.compile(r"[A-Za-z'’ -]+|[\u4e00-\u9fff]+")
MOST_TOKENS = {"en": 3, "zh": 6}
FEWEST_TOKENS = {"en": 1, "zh": 2}  # a single character of Chinese is half a word
FEWEST_DRAFTS = 3
Pair = tuple[str, str, str]  # (language, words, instead)


def counted(drafts: Iterable[Draft]) -> dict[Pair, tuple[int, int]]:
    """(drafts in which the words were left, in which they were replaced) by wording."""
    replaced: Counter[Pair] = Counter()
    kept: dict[tuple[str, str], int] = defaultdict(int)
    rows = list(drafts)
    for draft in rows:
        replaced.update(set(replacements(draft)))
    wanted = {(lang, words) for (lang, words, _instead), n in replaced.items() if n > 1}
    for draft in rows:
        final = final_of(draft)
        for lang, words in wanted:
            if lang == draft.language and has(draft.text, words) and has(final, words):
                kept[lang, words] += 1
    return {pair: (kept[pair[:2]], n) for pair, n in replaced.items() if n >= FEWEST_DRAFTS}


def replacements(draft: Draft) -> Iterable[Pair]:
    """The short replacements of an edit, without those of facts: a value is not a wording."""
    final = final_of(draft)
    if final == draft.text:
        return
    before, after = TOKEN.findall(draft.text), TOKEN.findall(final)
    stated = " ".join(str(fact["value"]) for fact in draft.facts).casefold()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, a0, a1, b0, b1 in matcher.get_opcodes():
        if what != "replace":
            continue
        words, instead = _joined(before[a0:a1], draft), _joined(after[b0:b1], draft)
        if words and instead and words.casefold() not in stated:
            yield draft.language, words, instead


def _joined(tokens: list[str], draft: Draft) -> str:
    if not FEWEST_TOKENS[draft.language] <= len(tokens) <= MOST_TOKENS[draft.language]:
        return ""
    text = ("" if draft.language == "zh" else " ").join(tokens)
    return text if WORD.fullmatch(text) else ""


def has(text: str, words: str) -> bool:
    return _finder(words).search(text) is not None


def put(text: str, words: str, instead: str) -> str:
    """The text with the shop's wording; a capital at the beginning stays one."""

    def fill(match: re.Match[str]) -> str:
        is_capital = match[0][:1].isupper() and not words[:1].isupper()
        return instead[:1].upper() + instead[1:] if is_capital else instead

    return _finder(words).sub(fill, text)


def _finder(words: str) -> re.Pattern[str]:
    escaped = re.escape(words)
    is_latin = words[:1].isascii()
    return re.compile(rf"\b{escaped}\b" if is_latin else escaped, re.IGNORECASE)
