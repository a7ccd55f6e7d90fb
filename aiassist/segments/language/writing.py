"""A tree as text again: one way to write each rule, which `parse` reads back to the same tree."""

from datetime import date
from decimal import Decimal

from aiassist.segments.language.book import FUNCTIONS
from aiassist.segments.language.tree import (
    Call,
    Clause,
    Compare,
    Condition,
    Group,
    Named,
    Offset,
    Tree,
    Value,
)


def written(tree: Tree) -> str:
    if not isinstance(tree, Group):
        return clause_text(tree)
    word = " AND " if tree.is_all else " OR "
    return word.join(_part(part, in_all=tree.is_all) for part in tree.parts)


def _part(part: Tree, *, in_all: bool) -> str:
    # AND binds tighter: only an OR inside an AND needs parentheses.
    needs_them = isinstance(part, Group) and in_all
    return f"({written(part)})" if needs_them else written(part)


def clause_text(clause: Clause) -> str:
    if isinstance(clause, Compare):
        return f"{clause.attribute} {condition_text(clause.condition)}"
    inside = ", ".join(_argument(clause, name, value) for name, value in clause.arguments)
    return f"{'NOT ' if clause.is_not else ''}{clause.name}({inside})"


def _argument(call: Call, name: str, value: Value | Condition) -> str:
    words = condition_text(value) if isinstance(value, Condition) else value_text(value)
    plain = FUNCTIONS[call.name].plain
    return words if plain and plain.name == name else f"{name}: {words}"


def condition_text(condition: Condition) -> str:
    values = [value_text(value) for value in condition.values]
    if condition.operator == "BETWEEN":
        return f"BETWEEN {values[0]} AND {values[1]}"
    if condition.operator == "IN":
        return f"IN ({', '.join(values)})"
    return " ".join([condition.operator, *values])


def value_text(value: Value) -> str:
    return quoted(value) if isinstance(value, str) else bare(value)


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def bare(value: Value) -> str:
    """A value without quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, Offset):
        return f"{value.n:+d}{value.unit}" if value.n else f"-0{value.unit}"
    if isinstance(value, Named):
        return value.name
    return value.isoformat() if isinstance(value, date) else str(value)


def number_text(number: Decimal) -> str:
    """Without exponent, and without zeros that say nothing."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
