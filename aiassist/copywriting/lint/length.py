"""Is the text as long as its field allows? Channels count differently."""

import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from aiassist.copywriting.guard import Finding

SHORTEST = {"description": 30}  # characters below which a description says too little
Counter = Callable[[str], int]


def count_double_cjk(text: str) -> int:
    """Taobao counts a Chinese or full-width character as two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


COUNTERS: dict[str, Counter] = {
    "characters": len,
    "bytes": lambda text: len(text.encode()),
    "double_cjk": count_double_cjk,
}


def check_length(text: str, field: str, limits: dict[str, Any]) -> Iterator[Finding]:
    limit = limits.get(field)
    if limit is None or not text.strip():
        return
    yield from _too_long(text, limit)
    yield from _too_short(text, field)
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > limit.get("max_lines", len(lines)):
        yield _finding(text, 0, len(text), len(lines), limit["max_lines"], "too_many_lines")
    yield from _long_lines(text, limit.get("max_line"))


def _too_long(text: str, limit: dict[str, Any]) -> Iterator[Finding]:
    count = COUNTERS[limit["count"]]
    if count(text) > limit["max"]:
        start = _cut_point(text, limit["max"], count)
        yield _finding(text, start, len(text), count(text), limit["max"], "too_long")


def _too_short(text: str, field: str) -> Iterator[Finding]:
    least = SHORTEST.get(field, 0)
    if count_double_cjk(text.strip()) < least:
        yield _finding(text, 0, len(text), len(text.strip()), least, "too_short")


def _long_lines(text: str, most: int | None) -> Iterator[Finding]:
    at = 0
    for line in text.split("\n"):
        if most and len(line) > most:
            yield _finding(text, at + most, at + len(line), len(line), most, "line_too_long")
        at += len(line) + 1


def _cut_point(text: str, most: int, count: Counter) -> int:
    """The first character that no longer fits."""
    used = 0
    for at, char in enumerate(text):
        used += count(char)
        if used > most:
            return at
    return len(text)


WORDS = {
    "too_long": (
        "block",
        "{n} of at most {most}: the text is too long.",
        "文案过长：{n}，上限为{most}。",
        "Shorten it.",
        "请缩短。",
    ),
    "too_short": (
        "warn",
        "{n} characters say little; {most} or more are better.",
        "仅{n}个字符，内容偏少，建议不少于{most}。",
        "Add facts to the product and draft again.",
        "请补充商品属性后重新生成。",
    ),
    "too_many_lines": (
        "block",
        "{n} bullets, at most {most} are allowed.",
        "共{n}条要点，最多允许{most}条。",
        "Merge or remove bullets.",
        "请合并或删除要点。",
    ),
    "line_too_long": (
        "block",
        "This bullet has {n} characters, at most {most} are allowed.",
        "该要点有{n}个字符，最多允许{most}个。",
        "Shorten the bullet.",
        "请缩短该要点。",
    ),
}


def _finding(text: str, start: int, end: int, n: int, most: int, rule: str) -> Finding:
    level, message_en, message_zh, fix_en, fix_zh = WORDS[rule]
    return Finding(
        start,
        end,
        text[start:end],
        rule,
        level,
        message_en.format(n=n, most=most),
        message_zh.format(n=n, most=most),
        fix_en,
        fix_zh,
    )
