"""The guard: what may a text say about a product? It fails closed and no engine can pass it by."""

from collections.abc import Sequence

from aiassist.copywriting.guard.messages import worded
from aiassist.copywriting.guard.read import read
from aiassist.copywriting.guard.types import Claim, FactLike, Finding, Leftover, Policy

__all__ = ["Claim", "FactLike", "Finding", "Leftover", "Policy", "align", "check"]


def align(text: str, facts: Sequence[FactLike], policy: Policy) -> list[Claim]:
    """Every clause of the text with the facts behind it; "unbacked" where a finding blocks it."""
    return list(read(text, facts, policy).claims)


def check(text: str, facts: Sequence[FactLike], policy: Policy) -> list[Finding]:
    """Everything the text says that neither the facts nor the merchant's own words back."""
    return [worded(leftover, text) for leftover in read(text, facts, policy).leftovers]
