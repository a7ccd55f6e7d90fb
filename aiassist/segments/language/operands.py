"""Reads what follows an attribute's name or stands inside a function: operators and values."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from aiassist.segments.language.book import (
    FUNCTIONS,
    KIND_OPERATORS,
    NAMED_DAYS,
    NUMBERS,
    OPERATORS,
    Attribute,
    Function,
    Parameter,
)
from aiassist.segments.language.errors import RuleError, nearest
from aiassist.segments.language.tokens import Token, is_word
from aiassist.segments.language.tree import Condition, Offset, Value
from aiassist.segments.language.values import day, flag, number, text
from aiassist.segments.language.writing import quoted, value_text
from ecomportal.said import Said, said

MAX_VALUES = 100  # of one IN
KEYWORDS = ("AND", "OR", "NOT", "IN", "BETWEEN", "CONTAINS", "IS", "NULL", "TRUE", "FALSE")
THREE_DIGITS = re.compile(r"\d{3}(\.\d+)?")


class Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    @property
    def before(self) -> Token:
        return self.tokens[max(self.at - 1, 0)]

    def advance(self) -> Token:
        token = self.next
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def is_sign(self, sign: str) -> bool:
        return self.next.kind == "sign" and self.next.value == sign

    def is_keyword(self, token: Token) -> bool:
        return any(is_word(token, word) for word in KEYWORDS)

    def take_sign(self, sign: str) -> bool:
        found = self.is_sign(sign)
        if found:
            self.advance()
        return found

    def take_word(self, word: str) -> bool:
        found = is_word(self.next, word)
        if found:
            self.advance()
        return found

    def refuse(self, token: Token, reason: Said, suggestions: Sequence[str] = ()) -> RuleError:
        return RuleError(reason, token.position, token.length, suggestions)

    # --- Operators ---------------------------------------------------------------------------

    def condition(
        self, about: Attribute | Parameter, allowed: tuple[str, ...], *, after: Token
    ) -> Condition:
        start = self.next
        operator = self._operator(about, allowed, after=after)
        if operator not in allowed:
            reason = said(
                "%(operator)s does not go with %(name)s, only %(allowed)s.",
                operator=operator, name=about.name, allowed=list(allowed),
            )  # fmt: skip
            length = self.before.end - start.position
            raise RuleError(reason, start.position, length, _other(operator, allowed))
        return Condition(operator, self._values(operator, about))

    def _operator(
        self, about: Attribute | Parameter, allowed: tuple[str, ...], *, after: Token
    ) -> str:
        token = self.next
        if token.kind == "sign" and token.value in OPERATORS:
            return str(self.advance().value)
        for word in ("IN", "BETWEEN", "CONTAINS"):
            if self.take_word(word):
                return word
        if is_word(token, "NOT") or is_word(token, "IS"):
            return self._two_words()
        if token.kind == "end":
            reason = said("An operator and a value must follow after %(name)s.", name=about.name)
            raise self.refuse(after, reason, [f"{about.name} {allowed[0]}"])
        near = nearest(token.raw, allowed) if token.kind == "word" else []
        reason = said(
            "An operator must follow after %(name)s: one of %(allowed)s.",
            name=about.name, allowed=list(allowed),
        )  # fmt: skip
        raise self.refuse(token, reason, near or [f"{sign} {token.raw}" for sign in allowed[:3]])

    def _two_words(self) -> str:
        first = self.advance()
        if is_word(first, "NOT"):
            if self.take_word("CONTAINS"):
                return "NOT CONTAINS"
            if is_word(self.next, "IN"):
                reason = said("There is no NOT IN: write one != for each value, with AND between.")
                raise RuleError(reason, first.position, self.next.end - first.position)
            raise self.refuse(first, said("After NOT only CONTAINS can follow here."),
                              ["NOT CONTAINS"])  # fmt: skip
        is_not = self.take_word("NOT")
        if self.take_word("NULL"):
            return "IS NOT NULL" if is_not else "IS NULL"
        raise RuleError(
            said("After IS comes NULL or NOT NULL."),
            first.position, self.before.end - first.position, ["IS NULL", "IS NOT NULL"],
        )  # fmt: skip

    # --- Values ------------------------------------------------------------------------------

    def _values(self, operator: str, about: Attribute | Parameter) -> tuple[Value, ...]:
        if operator in ("IS NULL", "IS NOT NULL"):
            return ()
        if operator == "IN":
            return self._list(about)
        start = self.next
        first = self._value(about, operator)
        if operator != "BETWEEN":
            return (first,)
        if not self.take_word("AND"):
            reason = said("BETWEEN needs two values with AND between them.")
            raise self.thousands() or self.refuse(self.next, reason, [f"AND {self.next.raw}"])
        second = self._value(about, operator)
        if _is_above(first, second):
            reason = said("The first value is above the second, so nobody could be between them.")
            ends = self.before.end - start.position
            proposal = f"{value_text(second)} AND {value_text(first)}"
            raise RuleError(reason, start.position, ends, [proposal])
        return first, second

    def _list(self, about: Attribute | Parameter) -> tuple[Value, ...]:
        start = self.next
        if not self.take_sign("("):
            reason = said("IN needs a list in parentheses, such as ('a', 'b').")
            raise self.refuse(start, reason, [f"({start.raw})"] if start.raw else [])
        values = [self._value(about, "IN")]
        while self.take_sign(","):
            values.append(self._value(about, "IN"))
            if len(values) > MAX_VALUES:
                reason = said("A list has at most %(n)s values.", n=MAX_VALUES)
                raise self.refuse(self.before, reason)
        if not self.take_sign(")"):
            reason = said("This list is not closed: a comma or a parenthesis must follow.")
            raise self.refuse(start if self.next.kind == "end" else self.next, reason)
        return tuple(dict.fromkeys(values))

    def _value(self, about: Attribute | Parameter, operator: str) -> Value:
        token = self.next
        if token.kind == "end":
            reason = said("A value must follow after %(operator)s.", operator=operator)
            raise self.refuse(self.before, reason)
        if about.kind in NUMBERS:
            value = number(token, about)
        elif about.kind == "day":
            value = day(token, about)
        elif about.kind == "flag":
            value = flag(token, about)
        else:
            value = text(token, about)
        self.advance()
        return value

    def thousands(self) -> RuleError | None:
        """After a number, a comma and three digits more: somebody wrote 1,500."""
        first, comma = self.before, self.next
        rest = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        is_number = first.kind == "number" and comma.value == "," and rest.kind == "number"
        if not is_number or not THREE_DIGITS.fullmatch(rest.raw):
            return None
        reason = said("Numbers stand without separators of thousands.")
        length = rest.end - first.position
        return RuleError(reason, first.position, length, [first.raw + rest.raw])

    # --- Arguments ---------------------------------------------------------------------------

    def arguments(self, name: str, start: Token) -> dict[str, Value | Condition]:
        function, given = FUNCTIONS[name], {}
        if not self.take_sign("("):
            reason = said("“%(name)s” is a function: its arguments follow in parentheses.",
                          name=name)  # fmt: skip
            raise self.refuse(start, reason, [f"{name}()"])
        opened = self.before
        while not self.take_sign(")"):
            if given and (self.thousands() or not self.take_sign(",")):
                raise self._not_closed(opened)
            parameter, value = self._argument(function, given)
            given[parameter.name] = value
        missing = [p for p in function.parameters if p.is_required and p.name not in given]
        if missing:
            reason = said("%(name)s needs %(what)s in quotes.", name=name, what=missing[0].label)
            raise RuleError(reason, start.position, self.before.end - start.position)
        return given

    def _not_closed(self, opened: Token) -> RuleError:
        if self.next.kind == "end":
            return self.refuse(opened, said("This parenthesis is not closed."))
        reason = said("A comma or a closing parenthesis must follow.")
        return self.thousands() or self.refuse(self.next, reason, [f", {self.next.raw}"])

    def _argument(self, function: Function, given: dict) -> tuple[Parameter, Value | Condition]:
        token = self.next
        if token.kind == "end":
            raise self.refuse(token, said("This function is not finished."))
        if token.kind == "text":
            return self._plain(function, token, given)
        parameter = self._parameter(function, token, given)
        if not self.take_sign(":"):
            reason = said("A colon must follow after “%(name)s”.", name=parameter.name)
            raise self.refuse(token, reason, [f"{parameter.name}:"])
        if parameter.kind == "past":
            return parameter, self._past()
        if parameter.kind == "text":
            return parameter, self._value(parameter, ":")
        return parameter, self._limit(parameter, token)

    def _plain(self, function: Function, token: Token, given: dict) -> tuple[Parameter, Value]:
        if function.plain is None:
            choices = [f"{p.name}: {quoted(str(token.value))}"
                       for p in function.parameters if p.kind == "text"]  # fmt: skip
            reason = said("Say what this is: the arguments of %(name)s have names.",
                          name=function.name)  # fmt: skip
            raise self.refuse(token, reason, choices)
        if given:
            reason = said("%(name)s takes one text without a name, and it stands first.",
                          name=function.name)  # fmt: skip
            raise self.refuse(token, reason)
        return function.plain, self._value(function.plain, "(")

    def _parameter(self, function: Function, token: Token, given: dict) -> Parameter:
        known = [p.name for p in function.parameters]
        parameter = function.parameter(token.raw.lower()) if token.kind == "word" else None
        if parameter is None:
            near = nearest(token.raw, known) or known
            reason = said("%(name)s takes %(known)s.", name=function.name, known=known)
            raise self.refuse(token, reason, [f"{name}:" for name in near])
        if parameter.name in given:
            raise self.refuse(token, said("“%(name)s” is given twice.", name=parameter.name))
        self.advance()
        return parameter

    def _past(self) -> Offset:
        token = self.next
        if token.kind == "offset" and token.value.n <= 0:
            return self.advance().value
        proposals = ["-30d"]
        if token.kind == "word" and token.raw.lower() in NAMED_DAYS:
            unit, n = NAMED_DAYS[token.raw.lower()]
            proposals = [f"-{n}{unit}"]
        if token.kind == "offset":
            proposals = [f"-{token.value.n}{token.value.unit}"]
        if token.kind == "number":
            proposals = [f"-{abs(int(token.value)) % 10_000 or 30}d"]
        reason = said("“within” takes an offset into the past, such as -30d, -4w, -8m or -1y.")
        raise self.refuse(token, reason, proposals)

    def _limit(self, parameter: Parameter, after: Token) -> Condition:
        """A number alone means exactly that many."""
        if self.next.kind == "number":
            return Condition("=", (self._value(parameter, ":"),))
        allowed = tuple(o for o in KIND_OPERATORS[parameter.kind] if o[:2] != "IS")
        return self.condition(parameter, allowed, after=after)


def _is_above(first: Value, second: Value) -> bool:
    if isinstance(first, Offset) and isinstance(second, Offset):
        return first.unit == second.unit and first.n > second.n
    is_same = type(first) is type(second) and isinstance(first, Decimal | date)
    return is_same and first > second


def _other(operator: str, allowed: tuple[str, ...]) -> list[str]:
    """What an operator that does not fit was meant to be: CONTAINS of a plain text is =."""
    pairs = {"CONTAINS": "=", "NOT CONTAINS": "!=", "=": "CONTAINS", "!=": "NOT CONTAINS",
             "IN": "CONTAINS"}  # fmt: skip
    meant = pairs.get(operator)
    return [meant] if meant in allowed else list(allowed[:3])
