"""Drafts from any JSONL file: facts in whatever form, a text, and what was planted in it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiassist.copywriting.engine import Fact
from aiassist.copywriting.guard import Policy

CLEAN = (None, "", "none", "clean", "null", False)


@dataclass(frozen=True)
class Sample:
    half: str
    lang: str
    policy: Policy
    facts: tuple[Fact, ...]
    text: str
    corruption: str | None
    spans: tuple[tuple[int, int], ...]
    style: str = ""


def drafts_of(path: Path) -> Iterator[Sample]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            yield _draft(json.loads(line))


def _draft(row: dict[str, Any]) -> Sample:
    facts = tuple(_stated(n, f) for n, f in enumerate(_pairs(row.get("facts"))))
    text, lang = str(row.get("text") or ""), str(row.get("lang") or "en")[:2]
    policy = Policy(
        lang=lang,
        name=str(row.get("name") or ""),
        brand=str(row.get("brand") or ""),
        product_type=str(row.get("type") or ""),
    )
    corruption = row.get("corruption")
    corruption = None if corruption in CLEAN else str(corruption)
    style = str(row.get("style") or "")
    return Sample("file", lang, policy, facts, text, corruption, _spans(row, text), style)


def _pairs(facts: Any) -> list[dict[str, Any]]:
    """Facts as a list of rows, or as one object of keys and values."""
    if isinstance(facts, dict):
        return [{"key": key, "value": value} for key, value in facts.items()]
    return [f if isinstance(f, dict) else {"key": "", "value": f} for f in facts or ()]


def _stated(n: int, fact: dict[str, Any]) -> Fact:
    unit = str(fact.get("unit") or "")
    return Fact(str(n), str(fact.get("key") or ""), _as_text(fact.get("value")), None, unit)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_as_text, value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _spans(row: dict[str, Any], text: str) -> tuple[tuple[int, int], ...]:
    span = row.get("span")
    if isinstance(span, str):
        at = text.find(span)
        span = [at, at + len(span)] if span and at >= 0 else None
    if not isinstance(span, (list, tuple)) or not span:
        return ()
    return tuple((int(s), int(e)) for s, e in (span if isinstance(span[0], list) else [span]))
