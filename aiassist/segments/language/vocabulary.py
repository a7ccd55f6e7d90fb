"""What the editor offers: attributes and functions with their operators and values, in words."""

from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from aiassist.segments.language.book import (
    ATTRIBUTES,
    FUNCTIONS,
    KIND_OPERATORS,
    NAMED_DAYS,
    SECTIONS,
    Attribute,
    Function,
    Parameter,
)
from aiassist.segments.language.tree import Named
from aiassist.segments.language.words import day

Entry = dict[str, Any]
OPERATOR_LABELS: dict[str, Promise] = {
    "=": _("is"),
    "!=": _("is not"),
    "<": _("is below"),
    "<=": _("is at most"),
    ">": _("is above"),
    ">=": _("is at least"),
    "BETWEEN": _("is between"),
    "IN": _("is one of"),
    "CONTAINS": _("contains"),
    "NOT CONTAINS": _("does not contain"),
    "IS NULL": _("is not known"),
    "IS NOT NULL": _("is known"),
}
DAY_LABELS: dict[str, Promise] = {
    "=": pgettext_lazy("a day", "on"),
    "!=": _("not on"),
    "<": _("earlier than"),
    "<=": _("no later than"),
    ">": _("later than"),
    ">=": _("no earlier than"),
    "BETWEEN": _("from … to …"),
    "IN": _("on one of"),
    "IS NULL": pgettext_lazy("a day", "none"),
    "IS NOT NULL": _("there is one"),
}
TAG_LABELS: dict[str, Promise] = {"IS NULL": _("is empty"), "IS NOT NULL": _("is not empty")}
FLAG_CHOICES: tuple[tuple[str, Promise], ...] = (("true", _("yes")), ("false", _("no")))


@cache
def vocabulary(language: str) -> list[Entry]:
    """All entries in the order to show them; `language` is "en" or "zh"."""
    with override("zh-hans" if language.startswith("zh") else "en"):
        entries = [_attribute(one) for one in ATTRIBUTES.values()]
        entries += [_function(one) for one in FUNCTIONS.values()]
    places = list(SECTIONS)
    return sorted(entries, key=lambda entry: places.index(entry["section"]))


def _attribute(one: Attribute) -> Entry:
    choices: Any = FLAG_CHOICES if one.kind == "flag" else one.choices
    return {
        **_base(one),
        "kind": one.kind,
        "operators": _operators(one.kind, one.operators),
        "choices": [{"value": value, "label": str(label)} for value, label in choices],
        "days": _days() if one.kind == "day" else [],
        "low": None if one.low is None else int(one.low),
        "high": None if one.high is None else int(one.high),
        "parameters": [],
    }


def _function(one: Function) -> Entry:
    return {
        **_base(one),
        "kind": "function",
        "operators": [],
        "choices": [],
        "days": [],
        "low": None,
        "high": None,
        "parameters": [_parameter(parameter) for parameter in one.parameters],
    }


def _base(one: Attribute | Function) -> Entry:
    return {
        "name": one.name,
        "label": str(one.label),
        "help": str(one.help),
        "section": one.section,
        "section_label": str(SECTIONS[one.section]),
    }


def _parameter(one: Parameter) -> Entry:
    operators = KIND_OPERATORS.get(one.kind, ()) if one.kind in ("money", "whole") else ()
    fitting = tuple(operator for operator in operators if not operator.startswith("IS"))
    return {
        "name": one.name,
        "label": str(one.label),
        "kind": one.kind,
        "is_required": one.is_required,
        "is_plain": one.is_plain,
        "operators": _operators(one.kind, fitting),
    }


def _operators(kind: str, operators: tuple[str, ...]) -> list[Entry]:
    labels = {**OPERATOR_LABELS, **{"day": DAY_LABELS, "tags": TAG_LABELS}.get(kind, {})}
    return [{"name": operator, "label": str(labels[operator])} for operator in operators]


def _days() -> list[Entry]:
    return [{"value": name, "label": str(day(Named(name)))} for name in NAMED_DAYS]
