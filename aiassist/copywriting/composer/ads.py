"""Ads: three variants for each placement, each about other facts, within its limits."""

from collections.abc import Callable

from aiassist.copywriting.composer.filler import CALLS
from aiassist.copywriting.composer.pieces import (
    Line,
    Material,
    fixed,
    headline,
    joined,
    length,
    room,
    sentences,
)

N_VARIANTS = 3
N_TRIES = 12  # turns looked through for variants that differ
# Characters of Xiaohongshu's text that are read before "more".
XHS_BODY = 200


def google(material: Material) -> list[list[Line]]:
    return _headed(material, 30, lambda turn: _called(material, room(90, material.lang), turn))


def meta(material: Material) -> list[list[Line]]:
    return _variants(
        material,
        lambda turn: [_called(material, 125, turn), headline(material, 40, turn)],
    )


def taobao(material: Material) -> list[list[Line]]:
    return _headed(material, 40, lambda turn: sentences(material, room(60, material.lang), turn))


def _headed(material: Material, limit: int, below: Callable[[int], Line]) -> list[list[Line]]:
    """A headline of at most `limit`, and what stands below it."""
    most = room(limit, material.lang)
    return _variants(material, lambda turn: [headline(material, most, turn), below(turn)])


def xiaohongshu(material: Material) -> list[list[Line]]:
    lang = material.lang
    return _variants(
        material,
        lambda turn: [
            headline(material, room(40, lang), turn),
            *([sentence] for sentence in sentences(material, XHS_BODY, turn)),
            fixed(CALLS[lang][turn % N_VARIANTS]),
        ],
    )


def _called(material: Material, limit: int, turn: int) -> Line:
    """Sentences, and where there is room left an invitation."""
    lang = material.lang
    said = sentences(material, limit, turn)
    call = fixed(CALLS[lang][turn % N_VARIANTS])
    return said + call if said and length(said + call, lang) <= limit else said


def _variants(material: Material, make: Callable[[int], list[Line]]) -> list[list[Line]]:
    """The first three that are whole and differ in every part."""
    found: list[list[Line]] = []
    seen: set[tuple[int, str]] = set()
    for turn in range(N_TRIES):
        variant = make(turn)
        words = {(n, joined(line, material.lang)) for n, line in enumerate(variant[:2])}
        if not all(variant) or words & seen:
            continue
        seen |= words
        found.append(variant)
        if len(found) == N_VARIANTS:
            break
    return found
