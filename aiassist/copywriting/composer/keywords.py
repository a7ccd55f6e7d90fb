"""Keywords: written only where the facts make them true."""

import re

from aiassist.copywriting.composer import chinese, english
from aiassist.copywriting.composer.plan import Draft
from aiassist.copywriting.composer.ready import Ready


def place(draft: Draft, facts: list[Ready], keywords: tuple[str, ...]) -> None:
    """Let the first keyword that is a noun phrase made of facts be a subject of the text."""
    for keyword in keywords:
        backed = backing(draft, facts, keyword.strip())
        if backed is not None and backed[1]:
            draft.subject_words, ids = backed
            draft.subject_ids = (*ids, "type")
            return


def backing(draft: Draft, facts: list[Ready], keyword: str) -> tuple[str, tuple[str, ...]] | None:
    """The keyword in our words and the facts behind it, or None where it is not true by them."""
    writer = chinese if draft.request.lang == "zh" else english
    noun = writer.noun_of(draft.product)
    if draft.product.type is None or not keyword.casefold().endswith(noun.casefold()):
        return None
    rest = keyword[: len(keyword) - len(noun)].strip().casefold()
    ids: list[str] = []
    words: list[str] = []
    mods = sorted((f for f in facts if writer.can_modify(f)), key=lambda f: -len(f.words.plain))
    while rest:
        fact = next((f for f in mods if rest.startswith(f.words.plain.casefold())), None)
        if fact is None:
            return None
        words.append(fact.words.plain)
        ids += fact.ids
        rest = rest[len(fact.words.plain) :].strip()
    joint = "" if draft.request.lang == "zh" else " "
    return joint.join([*words, noun]), tuple(ids)


def report(draft: Draft, text: str, facts: list[Ready]) -> list[tuple[str, str]]:
    """The keywords that the text does not hold, with the reason."""
    missed = []
    for keyword in draft.request.keywords:
        if holds(text, keyword):
            continue
        is_true = backing(draft, facts, keyword.strip()) is not None
        missed.append((f"keyword:{keyword}", "no_place" if is_true else "not_backed_by_facts"))
    return missed


def holds(text: str, keyword: str) -> bool:
    """Whether the text has the keyword, as whole words in English."""
    keyword = keyword.strip()
    if not keyword:
        return True
    if keyword.isascii():
        pattern = rf"(?<![A-Za-z0-9]){re.escape(keyword)}(?![A-Za-z0-9])"
        return re.search(pattern, text, re.IGNORECASE) is not None
    return keyword in text
