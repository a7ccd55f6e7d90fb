"""The shop's glossary put into facts: a value that is a term is written in the other language."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from aiassist.copywriting.engine import Fact

PARTS = re.compile(r"(\s*[,，、;；]\s*)")
Pairs = Sequence[tuple[str, str]]


def translated(facts: Iterable[Fact], pairs: Pairs) -> list[Fact]:
    """Those facts whose value, or an entry of it, is a term, in the wording of `pairs`."""
    known = {term.casefold(): wording for term, wording in pairs}
    found = []
    for fact in facts:
        value = _value(fact.value, known) if known and fact.number is None else fact.value
        if value != fact.value:
            found.append(replace(fact, value=value))
    return found


def with_terms(facts: Sequence[Fact], pairs: Pairs) -> tuple[Fact, ...]:
    """All facts, those that are terms in the wording of `pairs`."""
    changed = {fact.id: fact for fact in translated(facts, pairs)}
    return tuple(changed.get(fact.id, fact) for fact in facts)


def _value(value: str, known: dict[str, str]) -> str:
    return "".join(known.get(part.casefold(), part) for part in PARTS.split(value))
