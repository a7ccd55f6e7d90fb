"""Amounts as people type them, read exactly: no float ever touches a price."""

import re

from babel.numbers import get_currency_precision
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Digits with at most one point. No sign, no exponent, no separator of thousands: each of these
# is read differently somewhere, and a price read wrongly is worse than one asked for again.
AMOUNT = re.compile(r"(\d{1,12})(?:\.(\d+))?")


def parse_money(text: str, currency: str) -> int:
    """Minor units of an amount such as "79.00"; raises ValidationError with what to do."""
    found = AMOUNT.fullmatch(text.strip()) if text.isascii() else None
    if found is None:
        raise ValidationError(_("Write the amount with digits and one point, such as 1299.50."))
    whole, fraction = found[1], (found[2] or "").rstrip("0")
    n_digits = get_currency_precision(currency)
    if len(fraction) > n_digits:
        raise ValidationError(
            _("%(currency)s has %(n)s digits after the point.")
            % {"currency": currency, "n": n_digits}
        )
    return int(whole) * 10**n_digits + int(fraction.ljust(n_digits, "0") or 0)


def amount(cents: int | None, currency: str) -> str:
    """The amount as a form field shows it, which `parse_money` reads back; "" for none."""
    if cents is None:
        return ""
    n_digits = get_currency_precision(currency)
    whole, fraction = divmod(cents, 10**n_digits)
    return f"{whole}.{fraction:0{n_digits}d}" if n_digits else str(whole)
