"""A rule in plain words, in the reader's language."""

from typing import Any

from aiassist.segments.language.book import ATTRIBUTES, Attribute
from aiassist.segments.language.rules import Rule
from aiassist.segments.language.tree import Call, Clause, Compare, Condition, Group, Offset, Tree
from aiassist.segments.language.words import amount, number, span, text, value_words
from ecomportal.said import Said, said


def describe(rule: Rule, *, currency: str = "") -> Said:
    return tree_words(rule.tree, currency)


def tree_words(tree: Tree, currency: str = "") -> Said:
    if not isinstance(tree, Group):
        return clause_words(tree, currency)
    *firsts, last = [_part(part, currency) for part in tree.parts]
    if tree.is_all:
        return said("%(parts)s and %(last)s", parts=firsts, last=last)
    return said("%(parts)s or %(last)s", parts=firsts, last=last)


def _part(tree: Tree, currency: str) -> Said:
    words = tree_words(tree, currency)
    return said("(%(group)s)", group=words) if isinstance(tree, Group) else words


def clause_words(clause: Clause, currency: str = "") -> Said:
    if isinstance(clause, Call):
        return _CALLS[clause.name](clause, currency)
    attribute = ATTRIBUTES[clause.attribute]
    of_kind = {"day": _day, "tags": _tags, "flag": _flag}
    return of_kind.get(attribute.kind, _plain)(attribute, clause, currency)


# --- Attributes ------------------------------------------------------------------------------


def _plain(attribute: Attribute, clause: Compare, currency: str) -> Said:
    values = [value_words(attribute, value, currency) for value in clause.condition.values]
    return _compared(attribute.label, clause.condition.operator, values)


def _compared(what: Any, operator: str, values: list[Any]) -> Said:
    match operator:
        case "IS NULL":
            return said("%(what)s is not known", what=what)
        case "IS NOT NULL":
            return said("%(what)s is known", what=what)
        case "BETWEEN":
            return said("%(what)s is from %(low)s to %(high)s",
                        what=what, low=values[0], high=values[1])  # fmt: skip
        case "IN":
            return said("%(what)s is one of %(values)s", what=what, values=values)
        case "!=":
            return said("%(what)s is not %(value)s", what=what, value=values[0])
        case "<":
            return said("%(what)s is below %(value)s", what=what, value=values[0])
        case "<=":
            return said("%(what)s is at most %(value)s", what=what, value=values[0])
        case ">":
            return said("%(what)s is above %(value)s", what=what, value=values[0])
        case ">=":
            return said("%(what)s is at least %(value)s", what=what, value=values[0])
    return said("%(what)s is %(value)s", what=what, value=values[0])


def _day(attribute: Attribute, clause: Compare, currency: str) -> Said:
    values = [value_words(attribute, value, currency) for value in clause.condition.values]
    what = attribute.label
    match clause.condition.operator:
        case "IS NULL":
            return said("%(what)s: none", what=what)
        case "IS NOT NULL":
            return said("%(what)s: there is one", what=what)
        case "BETWEEN":
            return said("%(what)s from %(low)s to %(high)s",
                        what=what, low=values[0], high=values[1])  # fmt: skip
        case "IN":
            return said("%(what)s on one of these days: %(values)s", what=what, values=values)
        case "!=":
            return said("%(what)s not on this day: %(value)s", what=what, value=values[0])
        case "<":
            return said("%(what)s earlier than %(value)s", what=what, value=values[0])
        case "<=":
            return said("%(what)s no later than %(value)s", what=what, value=values[0])
        case ">":
            return said("%(what)s later than %(value)s", what=what, value=values[0])
        case ">=":
            return said("%(what)s no earlier than %(value)s", what=what, value=values[0])
    return said("%(what)s on this day: %(value)s", what=what, value=values[0])


def _tags(_attribute: Attribute, clause: Compare, _currency: str) -> Said:
    match clause.condition.operator:
        case "IS NULL":
            return said("has no tags")
        case "IS NOT NULL":
            return said("has tags")
        case "CONTAINS":
            return said("has the tag “%(tag)s”", tag=clause.condition.values[0])
    return said("does not have the tag “%(tag)s”", tag=clause.condition.values[0])


def _flag(_attribute: Attribute, clause: Compare, _currency: str) -> Said:
    is_true = clause.condition.values[0] is (clause.condition.operator == "=")
    return said("accepts marketing") if is_true else said("does not accept marketing")


# --- Functions -------------------------------------------------------------------------------


def _purchased(call: Call, _currency: str) -> Said:
    what = _product(call)
    words = said("did not buy %(what)s", what=what) if call.is_not else said(
        "bought %(what)s", what=what
    )  # fmt: skip
    return _within(words, call)


def _viewed(call: Call, _currency: str) -> Said:
    what = _product(call)
    words = said("did not view %(what)s", what=what) if call.is_not else said(
        "viewed %(what)s", what=what
    )  # fmt: skip
    return _within(words, call)


def _product(call: Call) -> Said:
    kinds = []
    if call.get("sku"):
        kinds.append(said("the SKU “%(sku)s”", sku=call.get("sku")))
    if call.get("category"):
        kinds.append(said("the category “%(category)s”", category=call.get("category")))
    if call.get("tag"):
        kinds.append(said("the tag “%(tag)s”", tag=call.get("tag")))
    return said("a product of %(kinds)s", kinds=kinds) if kinds else said("any product")


def _orders(call: Call, currency: str) -> Said:
    parts = []
    total, count = call.get("total"), call.get("count")
    if isinstance(total, Condition):
        values = [amount(value, currency) for value in total.values]
        parts.append(_compared(said("total of each"), total.operator, values))
    if isinstance(count, Condition):
        values = [number(value) for value in count.values]
        parts.append(_compared(said("number of them"), count.operator, values))
    placed = said("did not place orders") if call.is_not else said("placed orders")
    words = said("%(placed)s (%(limits)s)", placed=placed, limits=parts) if parts else placed
    return _within(words, call)


def _chat(call: Call, _currency: str) -> Said:
    intent = text(str(call.get("intent")))
    words = said("did not write about %(intent)s", intent=intent) if call.is_not else said(
        "wrote about %(intent)s", intent=intent
    )  # fmt: skip
    return _within(words, call)


def _segment(call: Call, _currency: str) -> Said:
    if call.is_not:
        return said("is not in segment “%(name)s”", name=call.get("name"))
    return said("is in segment “%(name)s”", name=call.get("name"))


def _within(words: Said, call: Call) -> Said:
    within = call.get("within")
    if not isinstance(within, Offset):
        return words
    if within.n == 0:
        return said("%(words)s today", words=words)
    last = span(-within.n, within.unit)
    return said("%(words)s in the last %(span)s", words=words, span=last)


_CALLS = {
    "products_purchased": _purchased,
    "viewed": _viewed,
    "orders_placed": _orders,
    "chat_intent": _chat,
    "in_segment": _segment,
}
