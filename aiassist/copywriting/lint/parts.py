"""Texts with parts: the variants of an ad, an e-mail's subject, a question and its answer.

Blocks are parted by an empty line; each part of a block has a line of its own, and the last part
of a block takes all lines that are left.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aiassist.copywriting.guard import Finding
from aiassist.copywriting.lint.counting import COUNTERS, cut_point, sms_length, sms_segments
from aiassist.copywriting.lint.length import finding
from aiassist.copywriting.lint.rules import placements


@dataclass(frozen=True)
class Part:
    """One part of a block and where it stands; `text` is empty where it is missing."""

    key: str
    en: str
    zh: str
    start: int
    end: int
    text: str
    limit: dict[str, Any]

    @property
    def n(self) -> int:
        return COUNTERS[self.limit["count"]](self.text)


def has_parts(field: str) -> bool:
    return field in placements()


def parts_of(text: str, field: str) -> list[list[Part]]:
    """The blocks of a text, each with every part its kind has."""
    placement = placements()[field]
    is_one = placement["blocks"] == 1
    return [_parts(text, block, placement) for block in _blocks(text, is_one=is_one)]


def _blocks(text: str, *, is_one: bool) -> list[list[tuple[int, int]]]:
    """Lines by block, as places in the text. A single block may hold empty lines."""
    blocks: list[list[tuple[int, int]]] = [[]]
    at = 0
    for line in text.split("\n"):
        if line.strip():
            blocks[-1].append((at, at + len(line)))
        elif blocks[-1] and not is_one:
            blocks.append([])
        at += len(line) + 1
    return [block for block in blocks if block]


def _parts(text: str, lines: list[tuple[int, int]], placement: dict[str, Any]) -> list[Part]:
    wanted = placement["parts"]
    found = []
    for n, limit in enumerate(wanted):
        mine = lines[n:] if n == len(wanted) - 1 else lines[n : n + 1]
        start, end = (mine[0][0], mine[-1][1]) if mine else (lines[-1][1], lines[-1][1])
        found.append(
            Part(limit["key"], limit["en"], limit["zh"], start, end, text[start:end], limit)
        )
    return found


def check_parts(text: str, field: str) -> Iterator[Finding]:
    if not has_parts(field) or not text.strip():
        return
    blocks, wanted = parts_of(text, field), placements()[field]["blocks"]
    yield from _number(text, blocks, wanted)
    seen: set[tuple[str, str]] = set()
    for part in (part for block in blocks for part in block):
        yield from _one(text, part)
        words = part.text.casefold().strip()
        if words and (part.key, words) in seen:
            yield finding(text, part.start, part.end, "same_variant")
        seen.add((part.key, words))


def _number(text: str, blocks: list[list[Part]], wanted: int) -> Iterator[Finding]:
    if wanted and len(blocks) > wanted:
        start = blocks[wanted][0].start
        yield finding(text, start, len(text), "many_variants", n=len(blocks), most=wanted)
    elif wanted and len(blocks) < wanted:
        end = len(text)
        yield finding(text, end, end, "few_variants", n=len(blocks), most=wanted)


def _one(text: str, part: Part) -> Iterator[Finding]:
    names = (part.en, part.zh)
    if not part.text.strip():
        yield finding(text, part.start, part.end, "part_missing", part=names)
    elif part.limit["count"] == "sms":
        yield from _message(text, part)
    elif part.n > (most := part.limit["max"]):
        rule = "part_too_long" if part.limit["level"] == "block" else "part_cut"
        start = part.start + cut_point(part.text, most, COUNTERS[part.limit["count"]])
        yield finding(text, start, part.end, rule, part=names, n=part.n, most=most)


def _message(text: str, part: Part) -> Iterator[Finding]:
    n, most = part.n, part.limit["max"]
    single, _joined = sms_length(part.text)[1]
    if n > most:
        start = part.start + cut_point(part.text, most, sms_segments)
        yield finding(text, start, part.end, "sms_too_long", n=n, most=most)
    elif n > 1:
        yield finding(text, part.start, part.end, "sms_parts", n=n, most=single)
