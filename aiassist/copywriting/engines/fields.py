"""Form fields for money in millionths and for lists that people type as text."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aiassist.copywriting.engines.models import MICROS


class MicrosField(forms.DecimalField):
    """An amount as people write it, kept as whole millionths."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_digits=12, decimal_places=6, **options)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value  # as typed
        amount = (Decimal(value) / MICROS).normalize()
        return format(amount, "f")

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        return None if amount is None else int(amount * MICROS)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class ListField(forms.CharField):
    """A list in a text area: entries parted by `separator`, each at most so long."""

    widget = forms.Textarea

    def __init__(
        self, *, separator: str, joint: str, most: int, longest: int, **options: Any
    ) -> None:
        super().__init__(required=False, **options)
        self.separator, self.joint = re.compile(separator), joint
        self.most, self.longest = most, longest

    def prepare_value(self, value: Any) -> Any:
        return self.joint.join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value).replace("\r\n", "\n")
        found = [" ".join(part.split()) for part in self.separator.split(text)]
        entries = list(dict.fromkeys(part for part in found if part))
        if len(entries) > self.most:
            raise forms.ValidationError(_("At most %(n)s entries."), params={"n": self.most})
        if too_long := next((entry for entry in entries if len(entry) > self.longest), None):
            raise forms.ValidationError(
                _("“%(entry)s …” is longer than %(n)s characters."),
                params={"entry": too_long[:20], "n": self.longest},
            )
        return entries

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
