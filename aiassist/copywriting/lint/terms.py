"""The shop's glossary, held against a text: terms left in the other language, brands misspelt."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aiassist.copywriting.guard import Finding


@dataclass(frozen=True)
class Term:
    en: str
    zh: str
    kind: str = "term"  # or keep, brand


def check_terms(text: str, lang: str, terms: Sequence[Term]) -> Iterator[Finding]:
    for term in terms:
        if term.kind == "term":
            yield from _untranslated(text, lang, term)
        else:
            yield from _misspelt(text, term)


def _untranslated(text: str, lang: str, term: Term) -> Iterator[Finding]:
    """The wording of the other language stands where there is one of this language."""
    other, own = (term.en, term.zh) if lang == "zh" else (term.zh, term.en)
    if other.casefold() == own.casefold():
        return
    for match in _pattern(other).finditer(text):
        yield Finding(
            match.start(), match.end(), match[0], "glossary_term", "warn",
            f"Your glossary calls “{match[0]}” “{own}” in this language.",
            f"术语表中“{match[0]}”在该语言应写作“{own}”。",
            f"Write “{own}”.", f"请写作“{own}”。",
        )  # fmt: skip


def _misspelt(text: str, term: Term) -> Iterator[Finding]:
    for wording in dict.fromkeys((term.en, term.zh)):
        for match in _pattern(wording).finditer(text):
            if match[0] not in (term.en, term.zh):
                yield Finding(
                    match.start(), match.end(), match[0], "brand_spelling", "warn",
                    f"Your glossary spells it “{wording}”.",
                    f"术语表中的写法为“{wording}”。",
                    f"Write “{wording}”.", f"请写作“{wording}”。",
                )  # fmt: skip


@lru_cache(maxsize=4096)
def _pattern(words: str) -> re.Pattern[str]:
    escaped = re.escape(words)
    if words.isascii():
        escaped = rf"(?<![A-Za-z0-9]){escaped}(?![A-Za-z0-9])"
    return re.compile(escaped, re.I)
