"""Is the text as long as its field allows? Channels count differently."""

from collections.abc import Iterator
from typing import Any

from aiassist.copywriting.guard import Finding
from aiassist.copywriting.lint.counting import COUNTERS, count_double_cjk, cut_point

SHORTEST = {"description": 30}  # characters below which a description says too little


def check_length(text: str, field: str, limits: dict[str, Any]) -> Iterator[Finding]:
    limit = limits.get(field)
    if limit is None or not text.strip():
        return
    yield from _too_long(text, limit)
    yield from _too_short(text, field)
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > limit.get("max_lines", len(lines)):
        most = limit["max_lines"]
        yield finding(text, 0, len(text), "too_many_lines", n=len(lines), most=most)
    yield from _long_lines(text, limit.get("max_line"))


def _too_long(text: str, limit: dict[str, Any]) -> Iterator[Finding]:
    count = COUNTERS[limit["count"]]
    if count(text) > limit["max"]:
        start = cut_point(text, limit["max"], count)
        yield finding(text, start, len(text), "too_long", n=count(text), most=limit["max"])
    elif count(text) > limit.get("best", limit["max"]):
        start = cut_point(text, limit["best"], count)
        yield finding(text, start, len(text), "cut_short", n=count(text), most=limit["best"])


def _too_short(text: str, field: str) -> Iterator[Finding]:
    least = SHORTEST.get(field, 0)
    if count_double_cjk(text.strip()) < least:
        n = len(text.strip())
        yield finding(text, 0, len(text), "too_short", n=n, most=least)


def _long_lines(text: str, most: int | None) -> Iterator[Finding]:
    at = 0
    for line in text.split("\n"):
        if most and len(line) > most:
            end = at + len(line)
            yield finding(text, at + most, end, "line_too_long", n=len(line), most=most)
        at += len(line) + 1


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
    "cut_short": (
        "warn",
        "{n} characters; what stands after {most} is cut where results are listed.",
        "共{n}个字符，超过{most}的部分在搜索结果中会被截断。",
        "Put what matters first, or shorten it.",
        "请将重点放在前面，或缩短。",
    ),
    "part_too_long": (
        "block",
        "{part} is {n} long, at most {most} are taken.",
        "{part}长度为{n}，上限为{most}。",
        "Shorten it.",
        "请缩短。",
    ),
    "part_cut": (
        "warn",
        "{part} is {n} long; what stands after {most} is cut off.",
        "{part}长度为{n}，超过{most}的部分会被截断。",
        "Put what matters first, or shorten it.",
        "请将重点放在前面，或缩短。",
    ),
    "part_missing": (
        "block",
        "{part} is missing here.",
        "此处缺少{part}。",
        "Write it on a line of its own.",
        "请另起一行补上。",
    ),
    "few_variants": (
        "warn",
        "{n} of {most} variants: a placement learns from comparing them.",
        "仅有{n}个版本，建议{most}个，以便投放时比较效果。",
        "Add one after an empty line.",
        "请空一行后补充一个版本。",
    ),
    "many_variants": (
        "block",
        "{n} blocks, {most} are wanted.",
        "共{n}段，应为{most}段。",
        "Remove some, or join them without an empty line.",
        "请删除多余的段落，或去掉空行。",
    ),
    "same_variant": (
        "warn",
        "This says the same as one above.",
        "此处与上文重复。",
        "Write another one, or remove it.",
        "请改写或删除。",
    ),
    "sms_parts": (
        "warn",
        "This is sent, and paid, as {n} messages.",
        "此短信将按{n}条发送并计费。",
        "Up to {most} characters are one message.",
        "不超过{most}个字符时为一条。",
    ),
    "sms_too_long": (
        "block",
        "{n} messages, at most {most} are sent.",
        "共{n}条，最多发送{most}条。",
        "Shorten it.",
        "请缩短。",
    ),
}


def finding(text: str, start: int, end: int, rule: str, **places: Any) -> Finding:
    """`places` fill the rule's words; `part` is a pair of names, English and Chinese."""
    level, *words = WORDS[rule]
    part_en, part_zh = places.pop("part", ("", ""))
    message_en, message_zh, fix_en, fix_zh = (
        said.format(part=part, **places)
        for said, part in zip(words, (part_en, part_zh, part_en, part_zh), strict=True)
    )
    return Finding(start, end, text[start:end], rule, level, message_en, message_zh, fix_en, fix_zh)
