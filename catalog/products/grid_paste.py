"""Rows copied from a spreadsheet, read as new values of variants."""

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.products.editable import MAX_VARIANTS, STOPS, Editable, State
from catalog.products.grid_page import HEADS, POLICIES

MAX_CELLS = 40_000  # of one paste
LANGUAGES = ("en", "zh-hans")


@dataclass
class Pasted:
    """The cells that the rows set, and what a person should know about the others."""

    cells: State = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    n_more: int = 0  # rows without a variant, left out unless new ones are wanted


def columns(editable: Editable) -> list[str]:
    """The columns a paste runs across, as they stand in the grid."""
    options = [f"o{n}" for n in range(1, max(1, len(editable.option_names)) + 1)]
    return [*options, *(name for name, _label, _kind in HEADS)]


def table_of(text: str) -> list[list[str]]:
    """Rows and cells as a spreadsheet copies them; raises ValidationError when it is too much."""
    try:
        rows = list(csv.reader(io.StringIO(text.replace("\r\n", "\n")), delimiter="\t"))
    except csv.Error:
        raise ValidationError(_("These rows cannot be read. Copy them again.")) from None
    rows = [[cell.strip() for cell in row] for row in rows]
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise ValidationError(_("Paste at least one row."))
    if len(rows) > MAX_VARIANTS or sum(map(len, rows)) > MAX_CELLS:
        raise ValidationError(_("At most %(n)s rows at once.") % {"n": MAX_VARIANTS})
    return rows


def paste(
    editable: Editable,
    rows: list[list[str]],
    *,
    shown: list[dict[str, Any]],
    row_id: str = "",
    column: str = "",
    adds: bool = False,
) -> Pasted:
    """Lay the rows over the variants `shown`, from this variant and column on.

    A first row of column names says which columns there are; variants are then found by SKU, else
    by their options. `adds` makes variants of the rows that have none.
    """
    names, pasted = header_of(rows[0], editable), Pasted()
    if names is None:
        names = columns(editable)
        names = names[names.index(column) if column in names else 0 :]
        found = _by_place(len(rows), shown, row_id)
        too_wide = max(map(len, rows)) - len(names)
        if too_wide > 0:
            text = ngettext(
                "%(n)s column stands beyond the table and was left out.",
                "%(n)s columns stand beyond the table and were left out.",
                too_wide,
            )
            pasted.notes.append(text % {"n": too_wide})
    else:
        unknown = [cell for cell, name in zip(rows[0], names, strict=True) if cell and not name]
        if unknown:
            text = _("Not known and left out: %(names)s")
            pasted.notes.append(text % {"names": ", ".join(unknown)})
        rows = rows[1:]
        found = _by_key(rows, names, editable, shown)
    _lay(pasted, rows, names, found, adds=adds)
    return pasted


def header_of(row: list[str], editable: Editable) -> list[str] | None:
    """The fields that the cells of a first row name; None where it holds values."""
    known = _names(editable)
    names = [known.get(cell.casefold(), "") for cell in row]
    filled = sum(bool(cell) for cell in row)
    is_header = sum(map(bool, names)) >= min(2, filled) and filled
    return names if is_header and len(set(filter(None, names))) == sum(map(bool, names)) else None


def _names(editable: Editable) -> dict[str, str]:
    """Column names as people write them, in either language."""
    known = {name: name for name, _label, _kind in HEADS}
    for language in LANGUAGES:
        with translation.override(language):
            known |= {str(label).casefold(): name for name, label, _kind in HEADS}
    options = enumerate(editable.option_names[:3], start=1)
    return {**known, **{name.casefold(): f"o{n}" for n, name in options if name}}


def _by_place(n: int, shown: list[dict[str, Any]], row_id: str) -> list[str]:
    """Ids of variants from the one pasted at; from a new row on there are none."""
    ids = [variant["pk"] for variant in shown]
    start = ids.index(row_id) if row_id in ids else len(ids) if row_id else 0
    there = ids[start : start + n]
    return there + [""] * (n - len(there))


def _by_key(
    rows: list[list[str]], names: list[str], editable: Editable, shown: list[dict[str, Any]]
) -> list[str]:
    options = [f"o{n}" for n in range(1, len(editable.option_names[:3]) + 1)]
    if "sku" not in names and not (options and set(options) <= set(names)):
        return _by_place(len(rows), shown, "")
    by_sku = {v["sku"]: v["pk"] for v in editable.variants if v["sku"]}
    by_options = {tuple(v["options"]): v["pk"] for v in editable.variants}
    found = []
    for row in rows:
        cells = dict(zip(names, row, strict=False))
        key = tuple(cells.get(name, "") for name in options)
        found.append(by_sku.get(cells.get("sku", "")) or (options and by_options.get(key)) or "")
    return [row_id if row_id not in found[:n] else "" for n, row_id in enumerate(found)]


def _lay(
    pasted: Pasted, rows: list[list[str]], names: list[str], found: list[str], *, adds: bool
) -> None:
    n_new = 0
    for row, row_id in zip(rows, found, strict=True):
        if not any(row) and not row_id:
            continue
        if not row_id:
            if not adds:
                pasted.n_more += 1
                continue
            n_new += 1
            row_id = f"new{n_new}"
            pasted.cells[f"v-{row_id}-policy"] = STOPS
        for name, cell in zip(names, row, strict=False):
            if name:
                pasted.cells[f"v-{row_id}-{name}"] = _value(name, cell)


def _value(name: str, cell: str) -> str:
    """As the form sends it: a choice by its value, whichever language its label came in."""
    cell = cell.replace("\u00a0", " ").strip()
    if name != "policy":
        return cell
    for language in LANGUAGES:
        with translation.override(language):
            for value, label in POLICIES:
                if cell.casefold() in (value, str(label).casefold()):
                    return value
    return cell
