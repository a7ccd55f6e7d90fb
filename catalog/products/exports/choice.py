"""The columns of our own table as a person ticks them, and as she ticked them last."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.products.exports import lines, own
from catalog.products.exports.formats import Column
from catalog.products.exports.models import ExportChoice
from catalog.products.imports.fields import FIELDS
from catalog.products.imports.own import EXTRA_COLUMN, FACT, TEXT_COLUMNS
from catalog.products.models import TextField

GROUPS = {
    "product": _("Product"),
    lines.VARIANT: _("Variants"),
    lines.PICTURE: _("Pictures"),
    "texts": _("Texts"),
    "facts": _("Facts"),
}
LANGUAGES = {"en": _("English"), "zh": _("Chinese")}


def remembered(request: HttpRequest) -> set[str]:
    found = ExportChoice.objects.filter(merchant=request.merchant, user=request.user).first()
    return set(found.left_out) if found else set()


def remember(request: HttpRequest, left_out: Iterable[str]) -> None:
    ExportChoice.objects.update_or_create(
        merchant=request.merchant, user=request.user, defaults={"left_out": sorted(left_out)}
    )


def groups(columns: Iterable[Column], left_out: set[str]) -> list[dict[str, Any]]:
    """The columns by what they tell of; those that are always there cannot be unticked."""
    made: dict[str, list[dict[str, Any]]] = {name: [] for name in GROUPS}
    for column in columns:
        made[_group(column)].append(
            {
                "name": column.name,
                "label": label(column.name),
                "is_on": column.name not in left_out or column.name in own.ALWAYS,
                "is_fixed": column.name in own.ALWAYS,
            }
        )
    return [{"label": GROUPS[name], "columns": found} for name, found in made.items() if found]


def _group(column: Column) -> str:
    if column.name.startswith(FACT):
        return "facts"
    if column.name in TEXT_COLUMNS:
        return "texts"
    return column.of if column.of in GROUPS else "product"


def label(name: str) -> Any:
    if name.startswith(FACT):
        return name.removeprefix(FACT)
    if name in TEXT_COLUMNS:
        field, _colon, language = name.partition(":")
        return f"{TextField(field).label} ({LANGUAGES[language]})"
    return _("Other columns, as they came") if name == EXTRA_COLUMN else FIELDS[name]
