"""What the grid of variants shows: its page, its heads, and rows changed but not saved yet."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.products.conflict import rows_base
from catalog.products.editable import (
    NOT_COUNTED,
    SELLS_ON,
    STOPS,
    VARIANT_FIELDS,
    Editable,
    State,
    rows_of,
)
from catalog.products.grid import PAGE_SIZE, GridPage, GridQuery, option_values, page_of

POLICIES = [
    (STOPS, _("Stop selling")),
    (SELLS_ON, _("Keep selling")),
    (NOT_COUNTED, _("Not counted")),
]
# Name, label, and how it is drawn: "num" columns stand right and open a keyboard of digits.
HEADS = [
    ("sku", _("SKU"), ""),
    ("price", _("Price"), "num"),
    ("compare_at", _("Price before"), "num"),
    ("cost", _("Cost"), "num"),
    ("stock", _("Stock"), "num"),
    ("policy", _("When sold out"), ""),
    ("weight", _("Weight in grams"), "num"),
    ("barcode", _("Barcode"), ""),
]
UNSORTED = {"policy"}


@dataclass(frozen=True)
class Cell:
    """One field of a form: its name, its text, and what is wrong with it."""

    name: str
    value: str
    error: str


def variant_grid(
    editable: Editable, current: State, mine: State, errors: dict[str, str], query: GridQuery
) -> dict[str, Any]:
    """The page asked for; before it, whatever cannot be saved, wherever it stands. Other changed
    rows travel along as JSON."""
    page, typed = page_of(editable, query), rows_of(mine, "v")
    saved = rows_of(current, "v")
    bad = {name[2:].rpartition("-")[0] for name in errors if name.startswith("v-")}
    changed = [
        row_id for row_id, row in typed.items() if row_id in bad or _differs(row, saved.get(row_id))
    ]
    on_page = [variant["pk"] for variant in page.variants]
    new = [row_id for row_id in changed if row_id.startswith("new")]
    first = [row_id for row_id in changed if row_id in bad]
    shown = list(dict.fromkeys([*first, *on_page, *new[:PAGE_SIZE]]))
    kept = [row_id for row_id in changed if row_id not in shown]
    return {
        "page": page,
        "rows": [_row(r, {**saved.get(r, {}), **typed.get(r, {})}, errors) for r in shown],
        "base": rows_base(current, set(shown) | set(kept)),
        "cells": json.dumps(_cells(mine, kept), ensure_ascii=False) if kept else "",
        "n_kept": len(kept),
        "options": _options(editable, page.query),
        "heads": [_head(name, label, kind, page) for name, label, kind in HEADS],
        "previous": page.query.address(page=page.query.page - 1) if page.query.page > 1 else None,
        "next": _next(page),
        "here": page.query.address(),
        "policies": POLICIES,
    }


def _differs(row: State, saved: State | None) -> bool:
    return saved is None or any(saved.get(name, "") != value for name, value in row.items())


def _cells(mine: State, row_ids: list[str]) -> State:
    wanted = tuple(f"v-{row_id}-" for row_id in row_ids)
    return {name: value for name, value in mine.items() if name.startswith(wanted)}


def _row(row_id: str, row: State, errors: dict[str, str]) -> dict[str, Any]:
    def cell(name: str) -> Cell:
        full_name = f"v-{row_id}-{name}"
        return Cell(full_name, row.get(name, ""), errors.get(full_name, ""))

    cells = {name: cell(name) for name in VARIANT_FIELDS}
    return {"id": row_id, "is_new": row_id.startswith("new"), "cells": cells}


def blank_row() -> dict[str, Any]:
    """What a script copies to add a row, and the row for those who have none."""
    return _row("new900", {"policy": STOPS}, {})


def _options(editable: Editable, query: GridQuery) -> list[dict[str, Any]]:
    """The options of the product with their values, to choose by and to sort by."""
    return [
        {
            "n": n,
            "name": name,
            "field": f"o{n}",
            "values": option_values(editable, n),
            "chosen": query.options[n - 1],
        }
        for n, name in enumerate(editable.option_names[:3], start=1)
    ]


def _head(name: str, label: Any, kind: str, page: GridPage) -> dict[str, Any]:
    sort = page.query.sort
    return {
        "name": name,
        "label": label,
        "kind": kind,
        "aria": {name: "ascending", f"-{name}": "descending"}.get(sort, ""),
        "href": "" if name in UNSORTED else _sorted(name, page.query),
    }


def _sorted(name: str, query: GridQuery) -> str:
    """Up, down, and the third time back to the order of the shop."""
    after = {name: f"-{name}", f"-{name}": ""}.get(query.sort, name)
    return query.address(sort=after, page=1) or "?"


def _next(page: GridPage) -> str | None:
    return page.query.address(page=page.query.page + 1) if page.query.page < page.n_pages else None
