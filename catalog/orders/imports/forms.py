"""What may come in: how to read a file, and a field for each column of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.orders.imports.detect import mapping_problems
from catalog.orders.imports.fields import FIELDS, LEFT_OUT
from catalog.orders.imports.models import IntakeRun, Subject
from catalog.orders.imports.problems import words
from catalog.orders.imports.values import DAY_FIRST, MONTH_FIRST
from catalog.products.imports.forms import ReadingForm as TableForm


class ReadingForm(TableForm):
    """What the file is of, beside which sheet it is and whether its first row names columns."""

    subject = forms.ChoiceField(label=_("The rows are"), choices=Subject.choices)

    def __init__(self, run: IntakeRun, data: Any = None) -> None:
        super().__init__(run, data)
        self.initial["subject"] = run.subject
        self.fields["has_header"].choices = [
            ("yes", _("Names the columns")),
            ("no", _("Is a row like the others")),
        ]
        self.order_fields(["subject", "sheet", "has_header"])


class MappingForm(forms.Form):
    """One choice for each column; columns are named by their place, whatever their header says."""

    def __init__(self, run: IntakeRun, data: Any = None) -> None:
        super().__init__(data)
        self.run = run
        choices = [(LEFT_OUT, _("Leave out")), *FIELDS[run.subject].items()]
        for at, column in enumerate(run.header):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                choices=choices,
                required=False,
                label=column,
                initial=run.mapping.get(column, LEFT_OUT),
            )
        self.fields["days"] = forms.ChoiceField(
            label=_("In dates like 3/4/2026 stands first"),
            choices=[
                ("", _("Refuse what can be read in two ways")),
                (DAY_FIRST, _("The day")),
                (MONTH_FIRST, _("The month")),
            ],
            required=False,
            initial=run.reading.get("days", ""),
        )

    def clean(self) -> dict[str, Any]:
        for found in mapping_problems(self.mapping(), self.run.subject):
            self.add_error(None, words(found))
        return self.cleaned_data

    def mapping(self) -> dict[str, str]:
        names = enumerate(self.run.header)
        return {column: self.cleaned_data.get(f"column_{at}", LEFT_OUT) for at, column in names}
