"""Money for texts: a single one may cost a hundredth of a cent."""

from decimal import Decimal

from babel.numbers import format_currency

from aiassist.copywriting.engines.models import MICROS
from ecomportal.said import Said, in_both

FORMAT = "¤#,##0.00####"  # as many places as a small amount needs


def price(micros: int, currency: str) -> Said:
    """An amount in millionths, in words of both languages."""
    amount = Decimal(micros) / MICROS

    def words(locale: str) -> str:
        return format_currency(amount, currency, FORMAT, locale=locale, currency_digits=False)

    return in_both(en=words("en_US"), zh=words("zh_Hans_CN"))
