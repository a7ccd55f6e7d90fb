"""What may come in: what to write, and what a reviewer decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aiassist.copywriting.models import KINDS, ApprovedText, Tone
from aiassist.copywriting.order import ORDERS
from catalog.products.models import TextField

MAX_KEYWORDS = 10


class GenerateForm(forms.Form):
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=[("en", "English"), ("zh", "简体中文")],
        widget=forms.CheckboxSelectMultiple,
    )
    fields = forms.MultipleChoiceField(
        label=_("Texts"),
        choices=KINDS,
        widget=forms.CheckboxSelectMultiple,
        initial=[TextField.DESCRIPTION],
    )
    translate = forms.BooleanField(
        label=_("Translate the live text of the other language where there is one"),
        required=False,
        help_text=_("Numbers, units and brands must stand unchanged; your glossary is used."),
    )
    tone = forms.ChoiceField(label=_("Tone"), choices=Tone.choices)
    max_chars = forms.IntegerField(
        label=_("Longest, in characters"),
        min_value=40,
        max_value=5000,
        required=False,
        help_text=_("Empty: as long as the facts carry it."),
    )
    keywords = forms.CharField(
        label=_("Keywords"),
        required=False,
        max_length=300,
        help_text=_("Separated by commas. Used only where the facts make them true."),
    )
    order = forms.ChoiceField(label=_("In which order"), choices=ORDERS, required=False)
    fresh = forms.BooleanField(
        label=_("Write anew what was written before for the same facts"), required=False
    )
    confirm_facts = forms.BooleanField(
        label=_("Confirm the proposed facts below first"), required=False
    )

    def __init__(self, *args: Any, can_translate: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if not can_translate:
            del self.fields["translate"]

    def clean_keywords(self) -> list[str]:
        text = self.cleaned_data["keywords"].replace("，", ",").replace("、", ",")
        words = [word.strip() for word in text.split(",") if word.strip()]
        if len(words) > MAX_KEYWORDS:
            raise forms.ValidationError(
                _("At most %(n)s keywords; more would read like a list."),
                params={"n": MAX_KEYWORDS},
            )
        return words

    def params(self) -> dict[str, Any]:
        """The cleaned fields as the job keeps them."""
        return dict(self.cleaned_data)


class ApprovedTextForm(forms.ModelForm):
    class Meta:
        model = ApprovedText
        fields = ["language", "text"]

    def clean_text(self) -> str:
        return " ".join(self.cleaned_data["text"].split())
