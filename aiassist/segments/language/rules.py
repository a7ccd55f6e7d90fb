"""A rule: its text in one way of writing and its tree."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from aiassist.segments.language.parser import tree_of
from aiassist.segments.language.tree import (
    Call,
    Clause,
    Compare,
    Group,
    Named,
    Offset,
    Tree,
    clauses_of,
)
from aiassist.segments.language.writing import written


@dataclass(frozen=True, slots=True)
class Rule:
    """What `parse` returns. `text` is the rule as we write it, whatever its layout was."""

    tree: Tree

    @property
    def text(self) -> str:
        return written(self.tree)

    def __str__(self) -> str:
        return self.text

    def clauses(self) -> list[Clause]:
        return list(clauses_of(self.tree))

    def names(self) -> set[str]:
        """Attributes and functions it asks about."""
        return {c.attribute if isinstance(c, Compare) else c.name for c in self.clauses()}

    def segments(self) -> list[str]:
        """Names of the segments it refers to, in the order of the text, each once."""
        calls = [c for c in self.clauses() if isinstance(c, Call) and c.name == "in_segment"]
        return list(dict.fromkeys(str(call.get("name")) for call in calls))

    def depends_on_day(self) -> bool:
        """Whether its members can change although no customer does."""
        return any(map(_depends_on_day, self.clauses()))


def parse(text: str) -> Rule:
    """Read a rule; raises RuleError with the position of what is wrong and what would fit."""
    return Rule(tree_of(text))


def rename_in(rule: Rule, old: str, new: str) -> Rule:
    """The same rule where a segment that it refers to has got another name."""

    def renamed(clause: Clause) -> Clause:
        if not isinstance(clause, Call) or clause.name != "in_segment":
            return clause
        is_meant = clause.get("name") == old
        return replace(clause, arguments=(("name", new),)) if is_meant else clause

    return Rule(changed(rule.tree, renamed))


def changed(tree: Tree, change: Callable[[Clause], Clause]) -> Tree:
    if isinstance(tree, Group):
        return Group(tree.is_all, tuple(changed(part, change) for part in tree.parts))
    return change(tree)


def _depends_on_day(clause: Clause) -> bool:
    if isinstance(clause, Call):
        return clause.get("within") is not None
    is_relative = any(isinstance(value, Offset | Named) for value in clause.condition.values)
    return is_relative or clause.attribute == "days_since_last_order"
