"""What kind of file is wanted."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.products.exports.formats import Format


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label=_("Kind of file"), widget=forms.RadioSelect, error_messages={"required": _("Choose.")}
    )
    bom = forms.BooleanField(label=_("Mark it as UTF-8 for Excel"), required=False, initial=True)

    def __init__(self, data: Any = None, *, formats: Mapping[str, Format]) -> None:
        super().__init__(data)
        self.fields["format"].choices = [(f.name, f.label) for f in formats.values()]
        self.fields["format"].initial = next(iter(formats))
