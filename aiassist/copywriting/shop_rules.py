"""What a shop adds to the checks of a text: its glossary and its exemptions."""

from dataclasses import dataclass
from typing import Any

from aiassist.copywriting.exemptions import Exempt, in_force
from aiassist.copywriting.glossary.terms import terms_of
from aiassist.copywriting.lint import Term


@dataclass(frozen=True)
class ShopRules:
    terms: tuple[Term, ...] = ()
    exempt: tuple[Exempt, ...] = ()


NO_RULES = ShopRules()


def rules_of(merchant: Any) -> ShopRules:
    """Two statements; load it once for a batch."""
    return ShopRules(terms_of(merchant), in_force(merchant))
