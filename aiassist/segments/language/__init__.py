"""The segment language: rules over customers, as text, as a query and in words."""

from aiassist.segments.language.errors import RuleError
from aiassist.segments.language.matching import customers_matching
from aiassist.segments.language.oracle import matches
from aiassist.segments.language.rules import Rule, parse, rename_in

__all__ = ["Rule", "RuleError", "customers_matching", "matches", "parse", "rename_in"]
