"""A rate as a person types it."""

from decimal import Decimal
from typing import Any

from babel.numbers import list_currencies
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecomportal.tenancy.models import Merchant

CURRENCIES = frozenset(list_currencies())
LOWEST = Decimal("0.00000001")  # what the column keeps


class RateForm(forms.Form):
    currency = forms.CharField(
        label=gettext_lazy("Currency"), min_length=3, max_length=3, strip=True,
        widget=forms.TextInput(attrs={"size": 4, "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    rate = forms.DecimalField(
        label=gettext_lazy("One unit is worth"),
        min_value=LOWEST,
        max_value=Decimal(10) ** 9,
        max_digits=18,
        decimal_places=8,
    )

    def __init__(self, merchant: Merchant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant
        self.fields["rate"].help_text = _("In %(currency)s, such as 0.92.") % {
            "currency": merchant.currency
        }

    def clean_currency(self) -> str:
        code = self.cleaned_data["currency"].upper()
        if code not in CURRENCIES:
            raise ValidationError(_("This is no currency. Write its three letters, such as USD."))
        if code == self.merchant.currency:
            raise ValidationError(_("This is the shop’s own currency; it is worth 1."))
        return code
