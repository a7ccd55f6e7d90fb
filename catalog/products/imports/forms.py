"""What may come in: a file, how to read it, and a field for each column of it."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from catalog.products.imports.detect import ANY, dialect_of, known, mapping_problems
from catalog.products.imports.fields import (
    BY_NAME,
    EXTRA,
    FACT,
    FIELDS,
    LEFT_OUT,
    MORE_IMAGES,
    PAIRS,
)
from catalog.products.imports.models import ImportRun, SavedMapping
from catalog.products.imports.problems import Refused, words
from catalog.products.imports.table import LEVELS
from catalog.products.vocabulary import find_kind

ACCEPTED = ".csv,.tsv,.txt,.xlsx,.xlsm,.xml,.rss,.atom,.gz,text/csv"
MAX_KIND = 60  # characters of the name of a kind of fact


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
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


class ReadingForm(forms.Form):
    """Which sheet, and whether its first row names the columns."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    has_header = forms.ChoiceField(
        label=_("First row"),
        choices=[("yes", _("Names the columns")), ("no", _("Is a product: there is no header"))],
    )

    def __init__(self, run: ImportRun, data: Any = None) -> None:
        is_headed = run.reading.get("has_header", True)
        initial = {"has_header": "yes" if is_headed else "no", "sheet": run.reading.get("sheet")}
        super().__init__(data, initial=initial)
        sheets = run.reading.get("sheets", [])
        self.fields["sheet"].choices = [(name, name) for name in sheets]
        if len(sheets) < 2:
            del self.fields["sheet"]


class NameForm(forms.ModelForm):
    class Meta:
        model = SavedMapping
        fields = ("name",)


class MappingForm(forms.Form):
    """One choice for each column; columns are named by their place, whatever their header says."""

    def __init__(self, run: ImportRun, data: Any = None) -> None:
        super().__init__(data)
        self.run, self.dialect = run, dialect_of(run.dialect)
        self.kinds = dict(_kinds(run))
        for at, column in enumerate(run.header):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                choices=self._choices(column),
                required=False,
                label=column,
                initial=run.mapping.get(column, LEFT_OUT),
            )
        if self.dialect is ANY:
            self.fields["levels"] = forms.ChoiceField(
                label=_("Between the levels of a category stands"),
                choices=list(LEVELS.items()),
                required=False,
                initial=run.reading.get("levels", ">"),
            )
        self.fields["remember"] = forms.BooleanField(
            label=_("Read the next file with these columns in the same way"),
            required=False,
            initial=True,
        )
        self.fields["name"] = forms.CharField(
            label=_("Name of this mapping"),
            required=False,
            max_length=120,
            initial=run.reading.get("saved") or run.name.rsplit(".", 1)[0][:120],
        )

    def _choices(self, column: str) -> list[Any]:
        fields = list(FIELDS.items())
        first: list[Any] = [
            (EXTRA, _("Keep as it is, without a field")),
            (LEFT_OUT, _("Leave out")),
        ]
        if self.dialect is ANY:
            fields.append((MORE_IMAGES, _("Further pictures, any number in a cell")))
        elif known(self.dialect, column) == BY_NAME:
            first.insert(0, (BY_NAME, _("Read by its own name")))
        return [
            *first,
            (_("Feed a field"), fields),
            (_("State facts"), [*self._facts(column), (PAIRS, _("Facts written as name=value"))]),
        ]

    def _facts(self, column: str) -> list[tuple[str, Any]]:
        """The shop's kinds of fact, and one more of the column's own name."""
        found = {f"{FACT}{key}": _fact(label) for key, label in self.kinds.items()}
        labels = {label.casefold() for label in self.kinds.values()} | set(self.kinds)
        chosen = self.run.mapping.get(column, "")
        if chosen.startswith(FACT):
            label = _kind_label(chosen.removeprefix(FACT))
            found.setdefault(chosen, _fact(label))
            labels.add(label.casefold())
        name = column.replace("_", " ").strip()[:MAX_KIND]
        if name and name.casefold() not in labels:
            found.setdefault(f"{FACT}{name}", _("New kind of fact: %(name)s") % {"name": name})
        return list(found.items())

    def clean(self) -> dict[str, Any]:
        for found in mapping_problems(self.mapping(), self.run.dialect):
            self.add_error(None, words(found))
        return self.cleaned_data

    def mapping(self) -> dict[str, str]:
        names = enumerate(self.run.header)
        return {column: self.cleaned_data.get(f"column_{at}", LEFT_OUT) for at, column in names}


def _kinds(run: ImportRun) -> Any:
    language = get_language() or "en"
    for attribute in run.merchant.attributes.all():
        yield attribute.key, attribute.label(language)


def _fact(label: str) -> str:
    return gettext("Fact: %(name)s") % {"name": label}


def _kind_label(key: str) -> str:
    kind = find_kind(key)
    if kind is None:
        return key
    return kind.label_zh if (get_language() or "en").startswith("zh") else kind.label_en
