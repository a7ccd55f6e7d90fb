"""Words that a channel or the advertising law objects to, language, and stuffed keywords."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from aiassist.copywriting.guard import Finding
from aiassist.copywriting.guard.lexicon import phrases
from aiassist.copywriting.guard.tokens import fold, tokenise
from aiassist.copywriting.lint.rules import advertising_rules, contents

HAN = re.compile(r"[\u3400-\u9fff]")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
MIN_LETTERS = 8  # below this a text is too short to tell its language
STUFFED_TIMES = 4  # the same word this often ...
STUFFED_SHARE = 0.12  # ... and this share of all content words is stuffing
CONTEXT = 8  # characters looked at on each side of a word for its exemptions


def check_contents(text: str, channel: dict[str, Any], field: str = "") -> Iterator[Finding]:
    """What a channel, or a placement, does not take in this field."""
    label = channel.get("label_en") or channel["en"]
    for name in (*channel["forbidden"], *channel.get("forbidden_in", {}).get(field, ())):
        rule = contents()[name]
        for match in re.finditer(rule["pattern"], text, re.I if name != "shouting" else 0):
            yield _found(text, match.start(), match.end(), name, rule, channel=label)


def check_advertising(text: str) -> Iterator[Finding]:
    """The law looks at the words whatever their language; the longest word of a rule wins."""
    taken: list[tuple[int, int]] = []
    for rule in advertising_rules():
        for match in _word_pattern(tuple(rule["words"])).finditer(text):
            start, end = match.span()
            if any(s < end and start < e for s, e in taken) or _is_exempt(text, start, end, rule):
                continue
            taken.append((start, end))
            yield _found(text, start, end, rule["id"], rule)


@lru_cache(maxsize=64)
def _word_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    ordered = sorted(words, key=len, reverse=True)
    parts = [
        rf"(?<![A-Za-z0-9]){re.escape(w)}(?![A-Za-z0-9])" if w.isascii() else re.escape(w)
        for w in ordered
    ]
    return re.compile("|".join(parts), re.I)


def _is_exempt(text: str, start: int, end: int, rule: dict[str, Any]) -> bool:
    """尺寸最大值 and 第一次使用 are not boasts."""
    around = range(max(0, start - CONTEXT), start + 1)
    inside = any(
        text.lower().startswith(word, at) and at + len(word) >= end
        for word in rule["exempt"]
        for at in around
    )
    before = text[max(0, start - 4) : start]
    return inside or any(before.endswith(word) for word in rule.get("exempt_after", ()))


def check_language(text: str, lang: str) -> Iterator[Finding]:
    han, latin = len(HAN.findall(text)), len(LATIN_WORD.findall(text))
    if han + latin < MIN_LETTERS:
        return
    is_wrong = han > latin if lang == "en" else latin > han
    if is_wrong:
        yield Finding(
            0,
            len(text),
            text,
            "language",
            "block",
            f"This text should be {'English' if lang == 'en' else 'Chinese'}.",
            f"此文案应为{'英文' if lang == 'en' else '中文'}。",
            "Draft it again in the right language.",
            "请用正确的语言重新生成。",
        )


def check_stuffing(text: str, *, is_short: bool = False) -> Iterator[Finding]:
    """Variants of one ad repeat its words by nature, so texts of parts are not counted through."""
    if not is_short:
        yield from _repeated(text)
    for match in re.finditer(r"([\u3400-\u9fff]{2,6})(?:[\s,，、]*\1){2,}", text):
        yield _stuffed(text, match.start(), match.end(), 3)


def _repeated(text: str) -> Iterator[Finding]:
    neutral = phrases("words")
    words = [t for t in tokenise(fold(text)) if t.kind == "word" and (t.norm,) not in neutral]
    counts = Counter(token.norm for token in words)
    for norm, times in counts.items():
        if times >= STUFFED_TIMES and times / len(words) > STUFFED_SHARE:
            last = [t for t in words if t.norm == norm][-1]
            yield _stuffed(text, last.start, last.end, times)


def _stuffed(text: str, start: int, end: int, times: int) -> Finding:
    span = text[start:end]
    return Finding(
        start,
        end,
        span,
        "keyword_stuffing",
        "warn",
        f"“{span}” stands here {times} times or more.",
        f"“{span}”重复出现{times}次以上。",
        "Say it once or twice.",
        "请只保留一两次。",
    )


def _found(
    text: str, start: int, end: int, name: str, rule: dict[str, Any], *, channel: str = ""
) -> Finding:
    span = text[start:end]
    return Finding(
        start,
        end,
        span,
        name,
        rule["level"],
        rule["message_en"].format(span=span, channel=channel),
        rule["message_zh"].format(span=span, channel=channel),
        rule["fix_en"],
        rule["fix_zh"],
    )
