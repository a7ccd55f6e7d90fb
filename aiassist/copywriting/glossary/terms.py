"""The glossary as others use it: terms for the linter, pairs of wordings for engines."""

from typing import Any

from aiassist.copywriting.glossary.models import GlossaryTerm
from aiassist.copywriting.lint.terms import Term

TERMS_MAX = 2000  # of one shop


def terms_of(merchant: Any) -> tuple[Term, ...]:
    """The shop's terms, in one statement."""
    rows = GlossaryTerm.objects.filter(merchant=merchant).order_by("en")
    return tuple(Term(en, zh, kind) for en, zh, kind in rows.values_list("en", "zh", "kind"))


def pairs(terms: tuple[Term, ...], lang: str) -> tuple[tuple[str, str], ...]:
    """(a term, its wording in `lang`); what is not translated stands for itself."""
    if lang == "zh":
        return tuple((term.en, term.zh) for term in terms)
    return tuple((term.zh, term.en) for term in terms)


def for_request(merchant: Any, lang: str) -> tuple[tuple[str, str], ...]:
    """The shop's glossary as `CopyRequest.glossary` takes it."""
    return pairs(terms_of(merchant), lang)
