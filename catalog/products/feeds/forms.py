"""What a person says about a feed."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.products.feeds.items import PLACE, PLACES
from catalog.products.feeds.models import Feed
from catalog.products.filters import ProductFilters
from ecomportal.tenancy.models import Merchant

NAMING = {"handle", "sku", "id"}  # without one of these all products would have one page


class FeedForm(forms.ModelForm):
    query = forms.ChoiceField(
        label=gettext_lazy("Products"),
        required=False,
        help_text=gettext_lazy(
            "Only what is on sale goes in. Save a view of the product list to choose others."
        ),
    )

    class Meta:
        model = Feed
        fields = (
            *("name", "language", "query", "link", "title_source", "description_source"),
            *("condition", "google_category"),
        )
        help_texts = {
            "link": gettext_lazy(
                "Such as https://shop.example/products/{handle}. Places: {handle}, {sku}, {id}, "
                "{language}."
            ),
            "google_category": gettext_lazy(
                "For products that came without one, as number or path of Google's list."
            ),
        }

    def __init__(self, data: Any = None, *, merchant: Merchant, views: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.merchant = merchant
        own = self.instance.query
        choices = {"": _("All products on sale")} | dict(views)
        if own not in choices:
            chips = ProductFilters(own, merchant).chips()
            choices[own] = ", ".join(f"{chip.label}: {chip.value}" for chip in chips) or own
        self.fields["query"].choices = list(choices.items())
        self.fields["language"].choices = Feed._meta.get_field("language").choices

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        same = self.merchant.feeds.filter(name=name).exclude(pk=self.instance.pk)
        if same.exists():
            raise ValidationError(_("Another feed has this name."))
        return name

    def clean_link(self) -> str:
        link = self.cleaned_data["link"].strip()
        names = PLACE.findall(link)
        unknown = [name for name in names if name not in PLACES]
        if unknown or "{" in PLACE.sub("", link) or "}" in PLACE.sub("", link):
            told = ", ".join(f"{{{name}}}" for name in PLACES)
            raise ValidationError(_("Only these places can be filled: %s.") % told)
        if not NAMING & set(names):
            raise ValidationError(
                _("Name the product in it, with {handle}, {sku} or {id}: each has its own page.")
            )
        if not _is_address(PLACE.sub("x", link)):
            raise ValidationError(_("Enter an address that starts with https:// or http://."))
        return link


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname)
        return is_whole and parts.port != 0 and not any(c.isspace() for c in text)
    except ValueError:
        return False
