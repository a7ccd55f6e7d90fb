"""The segment language: rules over customers, as text, as a query and in words."""

from aiassist.segments.language.builder import ItemError, from_builder, to_builder
from aiassist.segments.language.counting import (
    Count,
    RuleTooSlow,
    clause_counts,
    live_count,
    some_matching,
)
from aiassist.segments.language.describe import describe
from aiassist.segments.language.editing import Suggestion, suggest, tokens
from aiassist.segments.language.errors import RuleError
from aiassist.segments.language.explain import ClauseResult, explain
from aiassist.segments.language.known import warnings
from aiassist.segments.language.matching import customers_matching
from aiassist.segments.language.oracle import matches
from aiassist.segments.language.references import check_references, referring_to
from aiassist.segments.language.rules import Rule, parse, rename_in
from aiassist.segments.language.vocabulary import vocabulary

__all__ = [
    "ClauseResult",
    "Count",
    "ItemError",
    "Rule",
    "RuleError",
    "RuleTooSlow",
    "Suggestion",
    "check_references",
    "clause_counts",
    "customers_matching",
    "describe",
    "explain",
    "from_builder",
    "live_count",
    "matches",
    "parse",
    "referring_to",
    "rename_in",
    "some_matching",
    "suggest",
    "to_builder",
    "tokens",
    "vocabulary",
    "warnings",
]
