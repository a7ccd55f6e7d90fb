"""What may be entered about an address that is to be called."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ecomportal.tenancy.models import Merchant
from ecomportal.webhooks.addresses import AddressRefused, judged, parse_url
from ecomportal.webhooks.events import EVENTS
from ecomportal.webhooks.models import Webhook

MAX_WEBHOOKS = 20  # of a shop


def checked_url(text: str) -> str:
    """The address as it was typed, if it may be called; raises ValidationError."""
    try:
        judged(parse_url(text))
    except AddressRefused as refusal:
        raise forms.ValidationError(str(refusal.reason)) from None
    except TimeoutError:
        raise forms.ValidationError(
            _("The name of this server could not be looked up in time. Try again.")
        ) from None
    return text.strip()


class WebhookForm(forms.ModelForm):
    """`merchant` is whose the address is."""

    events = forms.MultipleChoiceField(
        label=_("Tell it when"),
        choices=lambda: EVENTS.items(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one event.")},
    )

    class Meta:
        model = Webhook
        fields = ["url", "events"]
        labels = {"url": _("Address")}
        help_texts = {"url": _("Gets a POST with JSON for each event, for instance to your ERP.")}
        widgets = {
            "url": forms.URLInput(attrs={"placeholder": "https://erp.example/hooks/shop"}),
        }

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant

    def clean_url(self) -> str:
        url = checked_url(self.cleaned_data["url"])
        if self.merchant.webhooks.filter(url=url).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("This address is told already."))
        return url

    def clean(self) -> dict[str, Any]:
        if not self.instance.sealed_secret and self.merchant.webhooks.count() >= MAX_WEBHOOKS:
            raise forms.ValidationError(
                _("A shop has at most %(n)s addresses. Remove one first.") % {"n": MAX_WEBHOOKS}
            )
        return super().clean()
