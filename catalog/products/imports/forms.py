"""What may come in: a file, and a field for each column of it."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.products.imports.detect import dialect_of, known, mapping_problems
from catalog.products.imports.fields import BY_NAME, EXTRA, FIELDS, LEFT_OUT
from catalog.products.imports.models import ImportRun
from catalog.products.imports.problems import Refused, words


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        error_messages={
            "empty": _("The file is empty."),
            "required": _("Choose a file first."),
            "missing": _("Choose a file first."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise ValidationError(str(Refused("too_large", limit=settings.IMPORT_MAX_BYTES >> 20)))
        return file


CHOICES = [
    (EXTRA, _("Keep as it is, without a field")),
    (LEFT_OUT, _("Leave out")),
    (_("Feed a field"), list(FIELDS.items())),
]


class MappingForm(forms.Form):
    """One choice for each column; columns are named by their place, whatever their header says."""

    def __init__(self, run: ImportRun, data: Any = None) -> None:
        super().__init__(data)
        self.run = run
        dialect = dialect_of(run.dialect)
        for at, column in enumerate(run.header):
            by_name = [(BY_NAME, _("Read by its own name"))]
            choices = by_name + CHOICES if known(dialect, column) == BY_NAME else CHOICES
            self.fields[f"column_{at}"] = forms.ChoiceField(
                choices=choices,
                required=False,
                label=column,
                initial=run.mapping.get(column, LEFT_OUT),
            )

    def clean(self) -> dict[str, Any]:
        for found in mapping_problems(self.mapping()):
            self.add_error(None, words(found))
        return self.cleaned_data

    def mapping(self) -> dict[str, str]:
        names = enumerate(self.run.header)
        return {column: self.cleaned_data.get(f"column_{at}", LEFT_OUT) for at, column in names}
