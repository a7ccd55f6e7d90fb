"""Numbers, money and times as people of either language read them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
)
from django.utils import timezone
from django.utils.translation import get_language


def locale() -> Locale:
    """Babel's locale of the language in use; anything but Chinese reads English."""
    return Locale.parse("zh_Hans_CN" if (get_language() or "").startswith("zh") else "en_US")


def money(cents: int, currency: str, *, whole: bool = False) -> str:
    """Minor units as an amount; `whole` leaves out the minor unit, for large sums."""
    precision = get_currency_precision(currency)
    amount = Decimal(cents).scaleb(-precision)
    if whole:
        return format_currency(round(amount), currency, "¤#,##0", locale(), currency_digits=False)
    return format_currency(amount, currency, locale=locale())


def number(value: int | float | Decimal) -> str:
    return format_decimal(value, locale=locale())


def exact(moment: datetime) -> str:
    """A moment in the time zone in use (the shop's, inside a shop)."""
    return format_datetime(timezone.localtime(moment), "medium", locale=locale())


def ago(moment: datetime) -> str:
    """How long ago, or in how long, in the largest unit that fits."""
    delta = moment - timezone.now()
    return format_timedelta(delta, add_direction=True, format="long", locale=locale())


def day(when: date, *, with_weekday: bool = False) -> str:
    """A day without its year: Nov 23, or Monday, November 23."""
    if not with_weekday:
        return format_skeleton("MMMd", when, locale=locale())
    pattern = "M月d日 EEEE" if locale().language == "zh" else "EEEE, MMMM d"
    return format_date(when, pattern, locale=locale())


def listed(words: Iterable[str]) -> str:
    """An enumeration as plain as it can be: steel, oak; or 钢、橡木."""
    return ("、" if locale().language == "zh" else ", ").join(words)


def change(now: float, before: float) -> str:
    """How much more or less, in percent, with its sign. `before` is not zero."""
    share = (now - before) / before
    text = format_percent(abs(share), "#,##0.0%", locale=locale())
    return f"{'+' if share >= 0 else '−'}{text}"
