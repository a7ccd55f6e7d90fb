"""Help while a rule is typed: what each piece of its text is, and what could come next."""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from aiassist.segments.language.book import (
    ATTRIBUTES,
    FUNCTIONS,
    NAMED_DAYS,
    Attribute,
    Function,
)
from aiassist.segments.language.errors import RuleError
from aiassist.segments.language.known import values_near
from aiassist.segments.language.operands import KEYWORDS
from aiassist.segments.language.tokens import Token, is_word, tokens_of
from aiassist.segments.language.vocabulary import OPERATOR_LABELS, vocabulary
from aiassist.segments.language.writing import quoted
from ecomportal.tenancy.models import Merchant

MOST = 12  # suggestions at once
WORD_BEFORE = re.compile(r"\w*$")
OPEN_TEXT = re.compile(r"['‘’＇]([^'‘’＇]*)$")
OFFSETS = ("-7d", "-30d", "-90d", "-12m", "-1y")


@dataclass(frozen=True)
class Suggestion:
    """`text` is to stand in place of `length` characters from `start`."""

    text: str
    start: int
    length: int
    label: str


# --- Colours ---------------------------------------------------------------------------------


def tokens(text: str) -> list[tuple[int, int, str]]:
    """Start, length and kind of every piece: attribute, function, argument, operator, value,
    join, or error from the first piece that is none on."""
    read, problem = _readable(text)
    kinds = [(t.position, t.length, _kind(t, read[n + 1 : n + 2])) for n, t in enumerate(read)]
    if problem is not None:
        kinds.append((problem, len(text) - problem, "error"))
    return [piece for piece in kinds if piece[1]]


def _readable(text: str) -> tuple[list[Token], int | None]:
    """The tokens up to the first thing that is none, and where that is."""
    try:
        return tokens_of(text)[:-1], None
    except RuleError as error:
        at = error.position
    try:
        return tokens_of(text[:at])[:-1], at
    except RuleError:  # what is cut off in the middle
        return [], 0


def _kind(token: Token, following: list[Token]) -> str:
    if token.kind != "word":
        is_operator = token.kind == "sign" and token.value not in "(),:"
        return "operator" if is_operator else "join" if token.kind == "sign" else "value"
    name = token.raw.lower()
    if any(is_word(token, word) for word in ("AND", "OR", "NOT")):
        return "join"
    if any(is_word(token, word) for word in ("TRUE", "FALSE")) or name in NAMED_DAYS:
        return "value"
    if any(is_word(token, word) for word in KEYWORDS):
        return "operator"
    if name in ATTRIBUTES or name in FUNCTIONS:
        return "function" if name in FUNCTIONS else "attribute"
    return "argument" if following and following[0].value == ":" else "error"


# --- What could come next --------------------------------------------------------------------


def suggest(text: str, caret: int, merchant: Merchant) -> list[Suggestion]:
    """Names, operators, or values of the shop that fit where the caret stands, best first."""
    before = text[:caret]
    open_text = _open_text(before)
    if open_text is not None:
        return _values(before[:open_text], before[open_text + 1 :], open_text, merchant)
    start = WORD_BEFORE.search(before).start()  # type: ignore[union-attr]
    typed = before[start:]
    read, _problem = _readable(before[:start])
    found = _next(read, before[:start], merchant)
    fitting = _fitting(found, typed)
    return [Suggestion(one, start, len(typed), label) for one, label in fitting[:MOST]]


def _open_text(before: str) -> int | None:
    """Where a text begins that is not closed yet."""
    read, problem = _readable(before)
    is_open = problem is not None and OPEN_TEXT.match(before[problem:])
    return problem if is_open else None


def _fitting(found: list[tuple[str, str]], typed: str) -> list[tuple[str, str]]:
    wanted = typed.casefold()
    starts = [one for one in found if one[0].casefold().startswith(wanted)]
    inside = [one for one in found if wanted in f"{one[0]} {one[1]}".casefold()]
    return list(dict.fromkeys([*starts, *inside]))


def _next(read: list[Token], before: str, merchant: Merchant) -> list[tuple[str, str]]:
    call = _open_call(read)
    if call is not None:
        return _arguments(call, read)
    if not read or read[-1].value == "(" or _is_any(read[-1], "AND", "OR") and not _is_range(read):
        return _names()
    if _is_any(read[-1], "NOT"):
        attribute = _attribute(read[:-1])
        return [("CONTAINS", _label("NOT CONTAINS"))] if attribute else _names(functions_only=True)
    attribute = _attribute(read)
    if attribute is None:
        return [("AND", ""), ("OR", "")]
    if read[-1].raw.lower() == attribute.name:
        return [(operator, _label(operator)) for operator in attribute.operators]
    return _bare_values(attribute)


def _open_call(read: list[Token]) -> tuple[Function, int] | None:
    """The function whose parenthesis is still open, and where in the tokens it began."""
    for n in range(len(read) - 1, 0, -1):
        if read[n].value == ")" and read[n].kind == "sign":
            return None
        if read[n].value == "(" and read[n].kind == "sign":
            function = FUNCTIONS.get(read[n - 1].raw.lower())
            return (function, n) if function else None
    return None


def _arguments(call: tuple[Function, int], read: list[Token]) -> list[tuple[str, str]]:
    function, start = call
    given = {token.raw.lower() for token in read[start:] if token.kind == "word"}
    if read[-1].value == ":":
        parameter = function.parameter(read[-2].raw.lower())
        kind = parameter.kind if parameter else ""
        if kind == "past":
            return [(offset, "") for offset in OFFSETS]
        return [(o, _label(o)) for o in (">=", "<=", "=")] if kind in ("money", "whole") else []
    if read[-1].value not in ("(", ","):
        return [(",", ""), (")", "")]
    left = [p for p in function.parameters if p.name not in given]
    if read[-1].value == ",":
        left = [p for p in left if not p.is_plain]
    return [(f"{p.name}: ", str(p.label)) for p in left]


def _attribute(read: list[Token]) -> Attribute | None:
    """The attribute that the end of the text still speaks of; None where a value is complete."""
    for n in range(len(read) - 1, max(len(read) - 4, -1), -1):
        attribute = ATTRIBUTES.get(read[n].raw.lower()) if read[n].kind == "word" else None
        if attribute:
            rest = read[n + 1 :]
            is_done = rest and (rest[-1].kind in ("text", "number", "day", "offset")
                                or _is_any(rest[-1], "TRUE", "FALSE", "NULL")
                                or rest[-1].raw.lower() in NAMED_DAYS)  # fmt: skip
            return None if is_done else attribute
    return None


def _is_range(read: list[Token]) -> bool:
    return len(read) >= 3 and _is_any(read[-1], "AND") and _is_any(read[-3], "BETWEEN")


def _is_any(token: Token, *words: str) -> bool:
    return any(is_word(token, word) for word in words)


def _label(operator: str) -> str:
    return str(OPERATOR_LABELS[operator])


def _names(*, functions_only: bool = False) -> list[tuple[str, str]]:
    entries: list[dict[str, Any]] = vocabulary(get_language() or "en")
    calls = [(f"{e['name']}(", e["label"]) for e in entries if e["kind"] == "function"]
    if functions_only:
        return calls
    plain = [(e["name"], e["label"]) for e in entries if e["kind"] != "function"]
    return [*plain, *calls, ("NOT", "")]


def _bare_values(attribute: Attribute) -> list[tuple[str, str]]:
    entries = {e["name"]: e for e in vocabulary(get_language() or "en")}
    entry = entries[attribute.name]
    if attribute.kind == "day":
        days = [(one["value"], one["label"]) for one in entry["days"]]
        return [*days, *((offset, "") for offset in OFFSETS)]
    if attribute.kind == "flag":
        return [(one["value"], one["label"]) for one in entry["choices"]]
    return [(quoted(one["value"]), one["label"]) for one in entry["choices"]]


# --- Values of the shop ----------------------------------------------------------------------


def _values(before: str, typed: str, start: int, merchant: Merchant) -> list[Suggestion]:
    read, _problem = _readable(before)
    call = _open_call(read)
    if call is not None:
        named = read[-1].value == ":" and call[0].parameter(read[-2].raw.lower())
        parameter = named or call[0].plain
        kind = f"{call[0].name}.{parameter.name}" if parameter else ""
    else:
        attribute = _attribute_of_text(read)
        if attribute and attribute.choices:
            known = [(one, str(label)) for one, label in attribute.choices]
            fitting = _fitting(known, typed)
            return [Suggestion(quoted(v), start, len(typed) + 1, label) for v, label in fitting]
        kind = attribute.name if attribute else ""
    found = values_near(merchant, kind, typed, most=MOST)
    return [Suggestion(quoted(value), start, len(typed) + 1, "") for value in found]


def _attribute_of_text(read: list[Token]) -> Attribute | None:
    """In a list the attribute stands further back."""
    names = [token.raw.lower() for token in read if token.kind == "word"]
    return next((ATTRIBUTES[name] for name in reversed(names) if name in ATTRIBUTES), None)
