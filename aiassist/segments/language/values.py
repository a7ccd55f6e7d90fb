"""One value of each kind: read from its token, or refused with what was perhaps meant."""

from datetime import date
from decimal import Decimal

from babel import Locale

from aiassist.segments.language.book import NAMED_DAYS, Attribute, Parameter, in_both_languages
from aiassist.segments.language.errors import RuleError, nearest
from aiassist.segments.language.tokens import Token, is_word
from aiassist.segments.language.tree import Named, Offset
from aiassist.segments.language.writing import number_text, quoted
from ecomportal.said import Said, said


def number(token: Token, about: Attribute | Parameter) -> Decimal:
    if token.kind != "number":
        proposals = [str(token.value)] if _looks_like_number(token) else []
        reason = said("%(name)s is a number, written bare, such as 500 or 0.5.", name=about.name)
        raise RuleError(reason, token.position, token.length, proposals)
    value = Decimal(token.value)
    if about.kind == "whole" and value != int(value):
        reason = said("%(name)s is a whole number.", name=about.name)
        raise RuleError(reason, token.position, token.length, [str(int(value))])
    low, high = about.low, about.high
    if (low is not None and value < low) or (high is not None and value > high):
        raise _out_of_range(token, about.name, value, low, high)
    return value + 0  # no negative zero


def _looks_like_number(token: Token) -> bool:
    text = str(token.value)
    return token.kind == "text" and text.isascii() and text.isdigit() and len(text) <= 15


def _out_of_range(
    token: Token, name: str, value: Decimal, low: Decimal | None, high: Decimal | None
) -> RuleError:
    if high is None:
        reason = said("%(name)s is never below %(low)s.", name=name, low=str(low))
        return RuleError(reason, token.position, token.length, [str(low)])
    reason = said(
        "%(name)s lies from %(low)s to %(high)s.", name=name, low=str(low), high=str(high)
    )
    limit = low if value < low else high
    # 60 for a share was meant in per cent.
    if high == 1 and 1 < value <= 100:
        limit = value / 100
    return RuleError(reason, token.position, token.length, [number_text(limit)])


def day(token: Token, about: Attribute) -> date | Offset | Named:
    if token.kind in ("day", "offset"):
        return token.value
    reason = said(
        "%(name)s is a day: a date such as 2026-03-31, an offset such as -90d, or a name such as "
        "30_days_ago.",
        name=about.name,
    )
    if token.kind != "word":
        return _refuse_day(token, reason)
    name = token.raw.lower()
    if name in NAMED_DAYS:
        return Named(name)
    raise RuleError(reason, token.position, token.length, _days_meant(name))


def _refuse_day(token: Token, reason: Said) -> date:
    proposals = [str(token.value)] if token.kind == "text" and _is_date(str(token.value)) else []
    if token.kind == "number" and 0 < abs(token.value) < 36_500:
        proposals = [f"-{abs(int(token.value))}d"]
    raise RuleError(reason, token.position, token.length, proposals)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _days_meant(name: str) -> list[str]:
    """60_days_ago is no name, but an offset says it."""
    first, _, rest = name.partition("_")
    units = {"day": "d", "week": "w", "month": "m", "year": "y"}
    unit = units.get(rest.removesuffix("_ago").removesuffix("s"))
    if first.isascii() and first.isdigit() and len(first) <= 3 and unit:
        return [f"-{int(first)}{unit}"]
    return nearest(name, list(NAMED_DAYS))


def flag(token: Token, about: Attribute) -> bool:
    for word, value in (("TRUE", True), ("FALSE", False)):
        if is_word(token, word):
            return value
    meant = str(token.value).lower()
    proposals = ["true"] if meant in ("yes", "1", "true", "是", "subscribed") else []
    proposals = ["false"] if meant in ("no", "0", "false", "否") else proposals
    reason = said("%(name)s is true or false.", name=about.name)
    raise RuleError(reason, token.position, token.length, proposals or ["true", "false"])


def text(token: Token, about: Attribute | Parameter) -> str:
    if token.kind != "text":
        proposals = [quoted(token.raw)] if token.kind in ("word", "number") else []
        if token.kind == "word" and about.choices:
            proposals = _choices_meant(token.raw, about)
        reason = said("%(name)s is a text, in single quotes.", name=about.name)
        raise RuleError(reason, token.position, token.length, proposals)
    value = str(token.value)
    if about.choices:
        return _choice(token, about)
    return _country(token) if about.name == "country" else value


def _choice(token: Token, about: Attribute) -> str:
    wanted = str(token.value).casefold()
    for value, label in about.choices:
        labels = [word.casefold() for word in in_both_languages(label)]
        if wanted.replace(" ", "_") == value or wanted in labels:
            return value
    reason = said(
        "%(name)s is one of %(choices)s.",
        name=about.name, choices=[value for value, _label in about.choices],
    )  # fmt: skip
    near = _choices_meant(str(token.value), about)
    raise RuleError(reason, token.position, token.length, near)


def _choices_meant(word: str, about: Attribute) -> list[str]:
    known = {value: value for value, _label in about.choices}
    labels = {word: value for value, label in about.choices for word in in_both_languages(label)}
    near = nearest(word, {**labels, **known}) or list(known)[:3]
    return [quoted(value) for value in near]


def _country(token: Token) -> str:
    code = str(token.value).strip().upper()
    if len(code) == 2 and code.isascii() and code.isalpha():
        return code
    reason = said("A country is two letters, such as 'DE' or 'CN'.")
    raise RuleError(reason, token.position, token.length, _countries_meant(str(token.value)))


def _countries_meant(word: str) -> list[str]:
    known = {"usa": "US", "uk": "GB", "prc": "CN"}
    for language in ("en", "zh_Hans"):
        territories = Locale.parse(language).territories.items()
        known |= {name: code for code, name in territories if len(code) == 2 and code.isalpha()}
    return [quoted(code) for code in nearest(word, known)]
