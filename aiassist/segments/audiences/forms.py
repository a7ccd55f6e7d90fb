"""What an export is asked with."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aiassist.segments.audiences.models import AudienceExport

HOLDOUT_MAX = 50  # percent: more would no longer be a campaign


class ExportForm(forms.Form):
    target = forms.ChoiceField(
        label=_("For"),
        choices=AudienceExport.Target.choices,
        widget=forms.RadioSelect,
        initial=AudienceExport.Target.GOOGLE,
    )
    campaign = forms.CharField(
        label=_("Campaign"),
        max_length=120,
        required=False,
        help_text=_("What you will find it by later."),
    )
    holdout_percent = forms.IntegerField(
        label=_("Hold out, in percent"),
        min_value=0,
        max_value=HOLDOUT_MAX,
        initial=10,
        help_text=_(
            "Chosen by chance and not in the file. In 30 days their orders tell what the campaign"
            " really changed."
        ),
    )

    def clean_campaign(self) -> str:
        return " ".join(self.cleaned_data["campaign"].split())
