"""What is asked of a segment beside its rule."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aiassist.profiles.models import Segment
from aiassist.segments.limits import NAME_MAX


class SegmentForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=NAME_MAX)
    description = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("What it is for. The team reads it."),
    )
    schedule = forms.ChoiceField(
        label=_("Refresh"), choices=Segment.Schedule.choices, initial=Segment.Schedule.DAILY
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_description(self) -> str:
        return " ".join(self.cleaned_data["description"].split())
