"""Forms about people and keys."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from ecomportal.tenancy.models import ApiKey, Merchant, Role, User

SCOPES = [
    ("products:read", _("Read products")),
    ("products:write", _("Change products")),
    ("orders:write", _("Send orders")),
    ("customers:write", _("Send customers")),
    ("events:write", _("Send events and say who a visitor is")),
    ("drafts:read", _("Read drafts")),
    ("drafts:write", _("Decide drafts")),
    ("jobs:read", _("Read jobs")),
    ("jobs:write", _("Start and cancel jobs")),
    ("segments:read", _("Read segments and predictions")),
    ("segments:write", _("Try rules of segments")),
    ("webhooks:read", _("Read webhooks")),
    ("webhooks:write", _("Add and remove webhooks")),
]
# What may be open to every visitor of a storefront.
PUBLIC_SCOPES = {"products:read", "events:write"}


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.VIEWER)

    def __init__(self, merchant: Merchant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if self.merchant.memberships.filter(user__email__iexact=email).exists():
            raise ValidationError(_("This person is in the team already."))
        waiting = self.merchant.invitations.filter(accepted_at=None, revoked_at=None)
        if waiting.filter(email__iexact=email, expires_at__gt=now()).exists():
            raise ValidationError(_("An invitation to this address is waiting. Revoke it first."))
        return email


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class JoinForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 10 characters; a few words are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if password := data.get("password"):
            try:
                validate_password(password, User(email=self.email, name=data.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return data


class ApiKeyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What uses this key."))
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=ApiKey.Kind.choices,
        initial=ApiKey.Kind.SECRET,
        help_text=_("A publishable key may stand in a web page; a secret key may not."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=SCOPES, widget=forms.CheckboxSelectMultiple
    )
    origins = forms.CharField(
        label=_("Allowed origins"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "https://shop.example"}),
        help_text=_("For publishable keys: the sites that may use it, one a line."),
    )

    def clean_origins(self) -> list[str]:
        origins = self.cleaned_data["origins"].split()
        for origin in origins:
            parts = urlsplit(origin)
            if (
                parts.scheme not in {"http", "https"}
                or f"{parts.scheme}://{parts.netloc}" != origin
            ):
                message = _("%(origin)s is not an origin, such as https://shop.example.")
                raise ValidationError(message, params={"origin": origin})
        return origins

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("kind") == ApiKey.Kind.PUBLISHABLE:
            if set(data.get("scopes", [])) - PUBLIC_SCOPES:
                text = _("A publishable key may only read products and send events.")
                self.add_error("scopes", text)
            if not data.get("origins") and "origins" not in self.errors:
                self.add_error("origins", _("Name at least one site that may use the key."))
        return data
