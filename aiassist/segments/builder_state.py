"""The builder's one state: a rule's text. The rows of the visual view are another way to read it.

Rows that say no rule yet (a value is missing) are kept as they were sent, with what is wrong.
"""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from aiassist.segments.colours import coloured
from aiassist.segments.language import (
    Rule,
    RuleError,
    from_builder,
    parse,
    to_builder,
    vocabulary,
)
from aiassist.segments.limits import RULE_MAX
from aiassist.segments.visual import FIRST, Part, part_of, tree_from, with_item, without_item
from ecomportal.said import said


@dataclass
class State:
    """`tree` is None where the rule is too deep for rows: then only the text shows it whole."""

    mode: str
    text: str
    tree: dict[str, Any] | None = None
    error: RuleError | None = None
    bad: list[int] | None = None  # the path of a row that is wrong
    language: str = "en"
    rule: Rule | None = field(default=None)

    @property
    def entries(self) -> list[dict[str, Any]]:
        return vocabulary(self.language)

    @property
    def part(self) -> Part | None:
        if self.tree is None:
            return None
        return part_of(self.tree, {e["name"]: e for e in self.entries}, self.bad)

    @property
    def coloured(self) -> list[tuple[str, str]]:
        return coloured(self.text, self.error)

    @property
    def fixes(self) -> list[tuple[str, str]]:
        """What could stand in place of the mistake: (label, the whole text with it)."""
        if self.error is None or self.mode != "text":
            return []
        start, end = self.error.position, self.error.position + self.error.length
        return [
            (one, f"{self.text[:start]}{one}{self.text[end:]}") for one in self.error.suggestions
        ]


def from_text(text: str, mode: str, language: str) -> State:
    """A state of a rule's text; rows only where it can be read and is not too deep."""
    text = text.replace("\r\n", "\n").strip()
    state = State(mode, text, language=language)
    if len(text) > RULE_MAX:
        state.error = RuleError(
            said("A rule has at most %(n)s characters.", n=RULE_MAX), RULE_MAX, len(text) - RULE_MAX
        )
        return state
    if not text:
        state.tree = {"join": "and", "items": []}
        return state
    try:
        state.rule = parse(text)
    except RuleError as error:
        state.error = error
        return state
    state.tree = to_builder(state.rule)
    return state


def from_form(sent: QueryDict, language: str) -> State:
    """What was sent, after the step that a button asked for."""
    step, _sep, detail = sent.get("do", "").partition(":")
    if step == "fix":
        return from_text(detail, "text", language)
    if sent.get("mode") != "builder":
        state = from_text(sent.get("rule", ""), "text", language)
        if step == "to" and detail == "builder" and state.tree is not None:
            state.mode = "builder"
        return state
    return _from_rows(sent, step, detail, language)


def _from_rows(sent: QueryDict, step: str, detail: str, language: str) -> State:
    tree = tree_from(sent, {e["name"]: e for e in vocabulary(language)})
    if step == "add":
        tree = with_item(tree, detail)
    elif step == "group":
        tree = with_item(tree, None)
    elif step == "remove" and detail.isdecimal() and len(detail) < 9:
        tree = without_item(tree, int(detail))
    if not tree["items"]:
        return from_text("", "text" if (step, detail) == ("to", "text") else "builder", language)
    try:
        text = from_builder(tree)
    except RuleError as error:
        bad = getattr(error, "item", None)
        return State("builder", "", tree, error, None if bad is None else list(bad), language)
    state = from_text(text, "builder", language)
    state.tree = tree if state.rule is None or step in ("add", "group") else state.tree or tree
    if step == "to" and detail == "text":
        state.mode = "text"
    return state


def first_rows() -> dict[str, Any]:
    return {"join": "and", "items": [dict(FIRST)]}
