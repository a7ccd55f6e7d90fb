"""Translations of live texts: what is translated, and whether numbers, units and brands stood.

Only a model can translate. The check does not trust it: every amount of the source must stand in
the translation, in the same unit, and none may be added; brands and what the glossary keeps as it
is must be there letter by letter.
"""

import html
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.html import strip_tags

from aiassist.copywriting.guard import Finding
from aiassist.copywriting.guard.amounts import Amount, base, find_amounts
from aiassist.copywriting.guard.tokens import fold
from aiassist.copywriting.lint import Term
from catalog.products.models import ProductText

OTHER = {"en": "zh", "zh": "en"}
Place = tuple[UUID, str, str]


def sources(product_ids: Iterable[UUID]) -> dict[Place, str]:
    """The live texts of the products as plain text, by product, language and field."""
    rows = ProductText.objects.filter(product_id__in=list(product_ids)).exclude(text="")
    return {
        (pk, language, field): plain(text)
        for pk, language, field, text in rows.values_list("product_id", "language", "field", "text")
    }


def plain(text: str) -> str:
    """A live text without its markup; paragraphs and points keep their lines."""
    for tag in ("</p>", "</li>", "<br>", "</h2>", "</h3>", "</h4>"):
        text = text.replace(tag, f"{tag}\n")
    lines = (" ".join(line.split()) for line in html.unescape(strip_tags(text)).split("\n"))
    return "\n".join(line for line in lines if line)


def check_translation(
    source: str, text: str, *, brand: str, terms: Iterable[Term] = ()
) -> list[dict[str, Any]]:
    """What a translation lost, changed or added, as findings that block."""
    found = [*_amounts(source, text), *_names(source, text, brand, terms)]
    return [asdict(finding) for finding in found]


def _amounts(source: str, text: str) -> Iterable[Finding]:
    folded, folded_source = fold(text), fold(source)
    told, wanted = find_amounts(folded), find_amounts(folded_source)
    left = Counter(map(_key, wanted))
    for amount in told:
        if left[_key(amount)] > 0:
            left[_key(amount)] -= 1
        elif _key(amount) not in set(map(_key, wanted)):
            span = text[amount.start : amount.end]
            yield _finding(
                amount.start, amount.end, span, "translated_number",
                f"“{span}” does not stand in the text that was translated.",
                f"“{span}”不在原文中。",
                "Write the number and its unit as the source has them.",
                "请按原文写出数值和单位。",
            )  # fmt: skip
    there = set(map(_key, told))
    for amount in wanted:
        if _key(amount) not in there:
            span = source[amount.start : amount.end]
            yield _finding(
                len(text), len(text), "", "translated_number",
                f"“{span}” of the source is missing.", f"缺少原文中的“{span}”。",
                "Add it.", "请补上。",
            )  # fmt: skip


def _key(amount: Amount) -> tuple[Any, ...]:
    unit = amount.unit
    # "two pieces" and 两件 count the same thing in other words.
    dimension = unit.dimension if unit and unit.dimension != "count" else ""
    values = tuple(base(value, unit).quantize(Decimal("0.0001")) for value in amount.values)
    return dimension, values


def _names(source: str, text: str, brand: str, terms: Iterable[Term]) -> Iterable[Finding]:
    kept = [brand, *(word for t in terms if t.kind != "term" for word in {t.en, t.zh})]
    for name in dict.fromkeys(word for word in kept if word):
        if name in source and name not in text:
            yield _finding(
                len(text), len(text), "", "translated_name",
                f"“{name}” is not translated and must stand as it is.",
                f"“{name}”不翻译，须原样保留。",
                f"Write “{name}”.", f"请写作“{name}”。",
            )  # fmt: skip


def _finding(start: int, end: int, span: str, rule: str, *words: str) -> Finding:
    return Finding(start, end, span, rule, "block", *words)
