"""Messages that are stored and read later, by people of either language.

A job's title is written once, by whoever starts it, and read by a whole team. So not its words are
stored but which message it is and what goes into it; it becomes words when it is shown:

    from ecomportal.said import said, said_n

    job = start_job(..., title=said("Import %(name)s", name=run.name))
    run.result({"text": said_n("%(n)s product written", "%(n)s products written", n), "url": ...})
    raise JobError(said("The category was deleted meanwhile, so nothing was changed."))

The message is found by `check_translations`, like that of a gettext call, and must stand there as
a literal. What goes into it may be text, a number, a message in turn (another `said`, a
`gettext_lazy`, the title of another change), or a list of these, which is read as an enumeration.
`sentences` strings messages together; `in_both` is for names that exist in both languages as data;
`filled` is for a `gettext_lazy` message out of a table, with places in braces or like %(name)s.

A model keeps it in a `SaidField`: reading gives a `Said`, and `str()`, `{{ }}`, `%s` and f-strings
give its words in the language in use. Inside a JSON field it is kept with `pack` (`run.result`,
`run.log` and `audit.record` do that) and read with `told`, also a template filter. Plain text,
as stored before or typed by a person, stays what it is in both.
"""

import json
from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal
from django.db import models
from django.utils import translation
from django.utils.functional import Promise

# A control character that no keyboard types begins what only this module writes and reads.
MARK = "\x1e"
# Under other names: what they are given here is no literal.
translated, of_number = translation.gettext, translation.ngettext
MAX_TEXT = 300  # characters of one text that goes into a message
MAX_PACKED = 4000  # of a whole message; an undo of an undo of an undo ... becomes text in the end


class Said:
    """A message and what goes into it; its words depend on the language in use.

    It compares as its words do, with text and with others of its kind.
    """

    def __init__(self, tree: Any) -> None:
        self.tree = tree

    def __str__(self) -> str:
        return _words(self.tree)

    def __repr__(self) -> str:
        return f"<Said: {self}>"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, Said | str) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))

    def __contains__(self, part: str) -> bool:
        return part in str(self)

    def packed(self) -> str:
        return MARK + json.dumps(self.tree, ensure_ascii=False, separators=(",", ":"))


def said(message: str, /, **places: Any) -> Said:
    """A message with places like %(name)s."""
    return _checked({"m": message}, places)


def said_n(one: str, many: str, n: int, /, **places: Any) -> Said:
    """A message that differs by number; %(n)s is the number."""
    return _checked({"m": one, "many": many, "n": n}, {"n": n, **places})


def filled(message: Promise, facts: Mapping[str, Any]) -> Said:
    """A lazy message with what its places are filled with; facts it does not name are left."""
    template = _source(message)
    style = "%(%s)" if "%(" in template else "{%s}"
    places = {name: value for name, value in facts.items() if style.replace("%s", name) in template}
    return Said({"m": template, "in": _kept(places)})


def sentences(*parts: Any) -> Said:
    """Several messages one after the other."""
    return Said({"s": [_tree(part) for part in parts if part]})


def in_both(*, en: str, zh: str) -> Said:
    """Words that are no message but are known in both languages, such as a label of the shop's."""
    return Said({"en": en[:MAX_TEXT], "zh": (zh or en)[:MAX_TEXT]})


def pack(value: Any) -> str:
    """Any message or text as one text to store; `told` reads it."""
    if isinstance(value, Promise):
        value = Said(_tree(value))
    return value.packed() if isinstance(value, Said) else str(value).lstrip(MARK)


def pack_in(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same for all messages, and lists of them, among the values for a JSON field."""
    return {name: _packed(value) for name, value in values.items()}


def _packed(value: Any) -> Any:
    if isinstance(value, list) and any(isinstance(one, Said | Promise) for one in value):
        return Said(_tree(value)).packed()
    return pack(value) if isinstance(value, Said | Promise) else value


def told(stored: Any) -> Any:
    """What `pack` stored as a message again; all else as it is."""
    if not isinstance(stored, str) or not stored.startswith(MARK):
        return stored
    try:
        return Said(json.loads(stored[1:]))
    except ValueError:
        return stored[1:]


class SaidField(models.TextField):
    """A column for a message, or for plain text."""

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> Any:
        return told(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else pack(value)


# --- Keeping ---------------------------------------------------------------------------------


def _checked(node: dict[str, Any], places: dict[str, Any]) -> Said:
    for message in (node["m"], node.get("many", "")):
        if "%(" in message:
            message % places  # a place without its value is found here, not by the reader
    return Said({**node, "in": _kept(places)} if places else node)


def _kept(places: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _tree(value) for name, value in places.items()}


def _tree(value: Any) -> Any:
    if isinstance(value, Said):
        return value.tree if len(value.packed()) <= MAX_PACKED else _cut(str(value))
    if isinstance(value, Promise):
        return {"m": _source(value)}
    if isinstance(value, list | tuple):
        return [_tree(part) for part in value]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else _cut(str(value))


def _cut(text: str) -> str:
    # PostgreSQL keeps no NUL in text, and UTF-8 no half of a pair.
    text = text.lstrip(MARK).replace("\0", "").encode("utf-8", "replace").decode()
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def _source(message: Promise) -> str:
    with translation.override(None):  # no translation at all: the message as the code has it
        return str(message)


# --- Telling ---------------------------------------------------------------------------------


class _Places(dict):
    """A message may have got a new place since it was stored: that one stays empty."""

    def __missing__(self, name: str) -> str:
        return ""


def _words(tree: Any) -> str:
    if isinstance(tree, list):
        return ("、" if _is_chinese() else ", ").join(map(_words, tree))
    if isinstance(tree, int | float):
        return format_decimal(tree, locale="zh_Hans_CN" if _is_chinese() else "en_US")
    if not isinstance(tree, dict):
        return str(tree)
    if "s" in tree:
        return ("" if _is_chinese() else " ").join(map(_words, tree["s"]))
    if "m" not in tree:
        return tree["zh" if _is_chinese() else "en"]
    return _message(tree)


def _message(node: dict[str, Any]) -> str:
    if "many" in node:
        text = of_number(node["m"], node["many"], node["n"])
    else:
        text = translated(node["m"])
    places = _Places({name: _words(value) for name, value in node.get("in", {}).items()})
    if "in" not in node:
        return text
    try:
        return text % places if "%(" in text else text.format_map(places)
    except (ValueError, TypeError):
        return text


def _is_chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")
