"""The forms of the shop itself and of a person's own account."""

from zoneinfo import available_timezones

from babel.numbers import get_currency_name
from django import forms
from django.utils.translation import gettext_lazy as _

from ecomportal.tenancy.models import Merchant, User
from ecomportal.web.formats import locale

# Money of today: Babel also knows what was paid with in the past and what only banks count in.
# fmt: off
CURRENCIES = (
    "AED", "AUD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP",
    "HKD", "HUF", "IDR", "ILS", "INR", "JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PEN", "PHP",
    "PLN", "RON", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR",
)
# fmt: on


def time_zones() -> list[tuple[str, str]]:
    """Every zone with a place's name; the rest are aliases nobody would look for."""
    names = [name for name in available_timezones() if "/" in name and name[:4] != "Etc/"]
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in sorted(names))]


def currencies() -> list[tuple[str, str]]:
    return [(code, f"{code} · {get_currency_name(code, locale=locale())}") for code in CURRENCIES]


class ShopForm(forms.ModelForm):
    timezone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    currency = forms.ChoiceField(label=_("Currency"), choices=currencies)

    class Meta:
        model = Merchant
        fields = ("name", "language", "currency", "timezone")


class ProfileForm(forms.ModelForm):
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    class Meta:
        model = User
        fields = ("name",)
