"""A rule as the rows of the visual builder, and back.

    {"join": "and"|"or", "items": [ITEM or {"join", "items": [ITEM]}]}
    ITEM = {"attribute", "operator", "values"} or {"function", "not", "arguments"}

Values are texts as the rule has them, but without quotes.
"""

from collections.abc import Mapping
from typing import Any

from aiassist.segments.language.book import ATTRIBUTES, FUNCTIONS, OPERATORS, Attribute, Parameter
from aiassist.segments.language.errors import RuleError
from aiassist.segments.language.rules import Rule, parse
from aiassist.segments.language.tree import Clause, Compare, Condition, Group, Tree
from aiassist.segments.language.writing import bare, quoted
from ecomportal.said import said

Item = Mapping[str, Any]
Path = list[int]


class ItemError(RuleError):
    """`item` says which row is wrong: its place, or its group's place and its own in it."""

    def __init__(self, error: RuleError, item: Path) -> None:
        super().__init__(error.message, error.position, error.length, error.suggestions)
        self.item = item


def to_builder(rule: Rule) -> dict[str, Any] | None:
    """None where groups lie deeper than the builder shows."""
    tree = rule.tree
    if not isinstance(tree, Group):
        return {"join": "and", "items": [_item(tree)]}
    items = [_part(part) for part in tree.parts]
    return None if None in items else {"join": _join(tree), "items": items}


def _part(tree: Tree) -> dict[str, Any] | None:
    if not isinstance(tree, Group):
        return _item(tree)
    if any(isinstance(part, Group) for part in tree.parts):
        return None
    return {"join": _join(tree), "items": [_item(part) for part in tree.parts]}


def _join(tree: Group) -> str:
    return "and" if tree.is_all else "or"


def _item(clause: Clause) -> dict[str, Any]:
    if isinstance(clause, Compare):
        return {"attribute": clause.attribute, **_condition(clause.condition)}
    arguments = {
        name: _condition(value) if isinstance(value, Condition) else bare(value)
        for name, value in clause.arguments
    }
    return {"function": clause.name, "not": clause.is_not, "arguments": arguments}


def _condition(condition: Condition) -> dict[str, Any]:
    return {"operator": condition.operator, "values": [bare(v) for v in condition.values]}


# --- Back to text ----------------------------------------------------------------------------


def from_builder(tree: Item) -> str:
    """The rule's text; raises ItemError for the first row that says nothing that fits."""
    parts = [_text(item, [n]) for n, item in enumerate(tree.get("items", ()))]
    if not parts:
        raise RuleError(said("There is no condition yet."))
    return parse(_joined(parts, tree)).text


def _joined(parts: list[str], tree: Item) -> str:
    return (" OR " if tree.get("join") == "or" else " AND ").join(parts)


def _text(item: Item, path: Path) -> str:
    if "items" not in item:
        return _checked(item, path)
    parts = [_checked(one, [*path, n]) for n, one in enumerate(item["items"])]
    if not parts:
        raise ItemError(RuleError(said("This group has no condition yet.")), path)
    return f"({_joined(parts, item)})"


def _checked(item: Item, path: Path) -> str:
    """Each row is read by itself first, so that its mistake is shown beside it."""
    try:
        rule = parse(_call(item) if "function" in item else _compare(item))
        if isinstance(rule.tree, Group):  # a value that goes on with AND or OR
            raise RuleError(said("This row holds more than one condition."))
    except RuleError as error:
        raise ItemError(error, path) from error
    return rule.text


def _compare(item: Item) -> str:
    attribute = ATTRIBUTES.get(str(item.get("attribute")))
    if attribute is None:
        raise RuleError(said("Choose what the condition is about."))
    return f"{attribute.name} {_condition_text(attribute, item)}"


def _condition_text(about: Attribute | Parameter, item: Item) -> str:
    operator = str(item.get("operator"))
    if operator not in OPERATORS:
        raise RuleError(said("Choose how to compare."))
    values = [_value(about, value) for value in item.get("values", ())]
    n = {"IS NULL": 0, "IS NOT NULL": 0, "BETWEEN": 2}.get(operator, 1)
    if len(values) < n:
        raise _no_value()
    if operator == "BETWEEN":
        return f"BETWEEN {values[0]} AND {values[1]}"
    if operator == "IN":
        return f"IN ({', '.join(values)})"
    return " ".join([operator, *values[:n]])


def _value(about: Attribute | Parameter, value: Any) -> str:
    text = str(value).strip()
    if not text:
        raise _no_value()
    return quoted(text) if about.kind in ("text", "choice", "tags") else text


def _no_value() -> RuleError:
    return RuleError(said("A value is missing."))


def _call(item: Item) -> str:
    function = FUNCTIONS.get(str(item.get("function")))
    if function is None:
        raise RuleError(said("Choose what the condition is about."))
    given = item.get("arguments", {})
    arguments = [
        _argument(parameter, given[parameter.name])
        for parameter in function.parameters
        if given.get(parameter.name)
    ]
    return f"{'NOT ' if item.get('not') else ''}{function.name}({', '.join(arguments)})"


def _argument(parameter: Parameter, value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{parameter.name}: {_condition_text(parameter, value)}"
    return f"{parameter.name}: {_value(parameter, value)}"
