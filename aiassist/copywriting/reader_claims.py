"""What a message says of its readers: it must hold for each of them.

"Thank you for your first order" says nothing of the product, so the guard has no word on it. In a
letter, a text message or an ad it is a claim all the same: about people who were counted. Where the
segment's numbers do not make it true for every member, it blocks.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from aiassist.copywriting.composer.filler import ADS
from aiassist.copywriting.guard import Finding

KINDS = ("email", "sms", *ADS)
RULE = "reader_claim"
CLAIMS = {
    "en": re.compile(
        r"\b(?:your|you(?:['’]ve|['’]re)?)\b[^.!?\n]{0,40}?"
        r"\b(?:(?:first|last|latest|recent|previous|second|past)\s+(?:orders?|purchases?|visits?)"
        r"|bought|purchased|ordered|shopped)\b"
        r"|\bplace your first order\b"
        r"|\b(?:regular|loyal|returning|long-?standing|new)\s+customers?\b"
        r"|\b(?:coming|come|welcome)\s+back\b"
        r"|\bwe(?:['’]ve| have)? miss(?:ed)? you\b"
        r"|\byour question is still open\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"[您你][^。！？\n]{0,10}(?:首次|第一次|上次|最近一次|近期|再次|曾经|曾在|已经)[^。！？\n]{0,8}"
        r"(?:下单|订单|购买|选购|光临|选择)"
        r"|(?:首次|再次|近期|上次)的?(?:下单|订单|购买|选购|光临)"
        r"|[老新](?:顾客|客户|朋友)|忠实(?:顾客|客户)|回头客|好久不见|欢迎回来"
        r"|[您你]的问题尚未"
    ),
}
WORDS = {
    "message_en": "This does not hold for every reader, or nobody knows.",
    "message_zh": "这句话并非对每位读者都成立，或无从得知。",
    "fix_en": "Leave it out, or write to a segment for which it holds.",
    "fix_zh": "删去这句话，或改为写给它成立的人群。",
}


def reader_claims(
    text: str, *, field: str, lang: str, allowed: Iterable[str]
) -> list[dict[str, Any]]:
    """Findings on what is said of the readers outside the allowed sentences."""
    if field not in KINDS:
        return []
    free = list(_places(text, allowed))
    found = (match.span() for match in CLAIMS[lang].finditer(text))
    return [
        asdict(Finding(start, end, text[start:end], RULE, "block", **WORDS))
        for start, end in found
        if not any(a <= start and end <= b for a, b in free)
    ]


def _places(text: str, sentences: Iterable[str]) -> Iterator[tuple[int, int]]:
    low = text.casefold()
    for sentence in sentences:
        wanted = sentence.strip().rstrip(".。!！").casefold()
        at = low.find(wanted) if wanted else -1
        while at >= 0:
            yield at, at + len(wanted)
            at = low.find(wanted, at + 1)
