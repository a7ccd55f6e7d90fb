"""Values in words of both languages, as `Said`: amounts, days, names of countries."""

from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from aiassist.segments.language.book import NAMED_DAYS, Attribute
from aiassist.segments.language.tree import Named, Offset, Value
from ecomportal.said import Said, in_both, said, said_n

EN, ZH = "en_US", "zh_Hans_CN"


def value_words(attribute: Attribute, value: Value, currency: str = "") -> Any:
    """A value of an attribute; the currency, where it is known, gives amounts their sign."""
    if attribute.kind == "money":
        return amount(Decimal(value), currency)
    if attribute.kind == "share":
        return share(Decimal(value))
    if attribute.kind == "day":
        return day(value)
    if attribute.kind == "choice":
        return dict(attribute.choices).get(value, value)
    if isinstance(value, Decimal):
        return number(value)
    if attribute.name == "country":
        return _name(value, "territories")
    return _name(value, "languages") if attribute.name == "customer_language" else text(value)


def text(value: str) -> Said:
    return said("“%(text)s”", text=value)


def number(value: Decimal | int | float) -> Said:
    return in_both(en=format_decimal(value, locale=EN), zh=format_decimal(value, locale=ZH))


def amount(value: Decimal, currency: str) -> Said:
    if not currency:
        return number(value)
    is_whole = value == int(value)
    pattern = {"format": "¤#,##0", "currency_digits": False} if is_whole else {}
    return in_both(
        en=format_currency(value, currency, locale=EN, **pattern),
        zh=format_currency(value, currency, locale=ZH, **pattern),
    )


def share(value: Decimal | float) -> Said:
    pattern = "#,##0.##%"
    return in_both(
        en=format_percent(value, pattern, locale=EN), zh=format_percent(value, pattern, locale=ZH)
    )


def calendar_day(value: date) -> Said:
    return in_both(
        en=format_date(value, "MMM d, y", locale=EN), zh=format_date(value, "y年M月d日", locale=ZH)
    )


def day(value: date | Offset | Named) -> Any:
    if isinstance(value, Named):
        unit, n = NAMED_DAYS[value.name]
        return _relative(Offset(-n, unit))
    return _relative(value) if isinstance(value, Offset) else calendar_day(value)


def _relative(offset: Offset) -> Said:
    n, unit = offset.n, offset.unit
    if n == 0:
        return said("today")
    if n > 0:
        return said("in %(span)s", span=span(n, unit))
    if (n, unit) == (-1, "d"):
        return said("yesterday")
    return said("%(span)s ago", span=span(-n, unit))


def span(n: int, unit: str) -> Said:
    if unit == "d":
        return said_n("%(n)s day", "%(n)s days", n)
    if unit == "w":
        return said_n("%(n)s week", "%(n)s weeks", n)
    if unit == "m":
        return said_n("%(n)s month", "%(n)s months", n)
    return said_n("%(n)s year", "%(n)s years", n)


def _name(code: str, table: str) -> Said:
    names = [getattr(Locale.parse(language), table) for language in ("en", "zh_Hans")]
    key = code.replace("-", "_")
    english, chinese = (known.get(key) or known.get(key.split("_")[0]) for known in names)
    return in_both(en=f"{english} ({code})", zh=f"{chinese}（{code}）") if english else text(code)
