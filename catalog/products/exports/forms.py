"""What kind of file is wanted, and which columns of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.products.exports.formats import Format
from catalog.products.exports.own import ALWAYS


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label=_("Kind of file"), widget=forms.RadioSelect, error_messages={"required": _("Choose.")}
    )
    bom = forms.BooleanField(label=_("Mark it as UTF-8 for Excel"), required=False, initial=True)
    # Sent by a page that offered columns; without it nothing was unticked.
    has_columns = forms.BooleanField(required=False, widget=forms.HiddenInput)
    columns = forms.MultipleChoiceField(required=False)

    def __init__(
        self, data: Any = None, *, formats: Mapping[str, Format], columns: Sequence[str]
    ) -> None:
        super().__init__(data)
        self.fields["format"].choices = [(f.name, f.label) for f in formats.values()]
        self.fields["format"].initial = next(iter(formats))
        self.has_choice = bool(columns)
        if self.has_choice:
            self.fields["columns"].choices = [(name, name) for name in columns]
        else:  # what was ticked does not matter
            self.fields["columns"] = forms.Field(required=False)
        self.formats = formats

    def left_out(self) -> set[str] | None:
        """The columns of our own table that are not wanted; None where nothing was said."""
        if not self.has_choice or not self.cleaned_data["has_columns"]:
            return None
        wanted = set(self.cleaned_data["columns"])
        offered = {name for name, _label in self.fields["columns"].choices}
        return offered - wanted - set(ALWAYS)
