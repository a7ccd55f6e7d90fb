"""Many variants at once: rows pasted, one change for all that match, combinations of options.

Each is shown first, cell by cell, and written by the editor itself, under the same lock.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.products.attribute_book import AttributeBook
from catalog.products.conflict import LABELS, base_of
from catalog.products.editable import (
    Editable,
    State,
    completed,
    load,
    rows_of,
    state_of,
)
from catalog.products.grid import GridQuery, chosen, option_values, query_of
from catalog.products.grid_many import MONEY, WAYS, change_all, combine, values_of
from catalog.products.grid_page import HEADS, POLICIES
from catalog.products.grid_paste import Pasted, paste, table_of
from catalog.products.money import amount
from catalog.products.reading import read
from ecomportal.tenancy.access import EDITORS, merchant_required

MAX_SHOWN = 200  # rows of a preview; all that is wrong is shown before them
CHANGEABLE = [*MONEY, "stock", "policy", "weight"]


@dataclass(frozen=True)
class Line:
    """One variant of a preview: its name and its cells as (label, before, after, error)."""

    name: str
    is_new: bool
    cells: list[tuple[Any, str, str, str]]

    @property
    def is_bad(self) -> bool:
        return any(cell[3] for cell in self.cells)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EDITORS)
def variants(request: HttpRequest, product_id: UUID) -> HttpResponse:
    editable = load(request.merchant, product_id)
    if editable.product.deleted_at:
        messages.error(request, _("This product is deleted. Restore it first, then edit it."))
        return redirect("catalog:product", request.merchant.slug, product_id)
    query = query_of(request.GET)
    if request.method != "POST":
        return _page(request, editable, query)
    try:
        pasted = _asked(request, editable, query)
    except ValidationError as error:
        return _page(request, editable, query, problem=error.messages[0])
    return _page(request, editable, query, preview=_preview(request, editable, pasted))


def _asked(request: HttpRequest, editable: Editable, query: GridQuery) -> Pasted:
    """The cells that the form asks to set; raises ValidationError."""
    posted, shown = request.POST, chosen(editable, query)
    what = posted.get("what")
    if what == "paste":
        return paste(
            editable, table_of(posted.get("rows", "")), shown=shown, row_id=posted.get("row", ""),
            column=posted.get("column", ""), adds=bool(posted.get("adds")),
        )  # fmt: skip
    if what == "set" and posted.get("field") in CHANGEABLE:
        name = posted["field"]
        value = posted.get("policy" if name == "policy" else "value", "")
        how = posted.get("how", "")
        currency = request.merchant.currency
        return Pasted(change_all(shown, name, how, value, currency))
    if what == "combine":
        names = [posted.get(f"option{n}", "").strip() for n in (1, 2, 3)]
        values = [values_of(posted.get(f"values{n}", "")) for n in (1, 2, 3)]
        preset = {name: posted.get(name, "").strip() for name in ("price", "stock")}
        sku = posted.get("sku", "").strip()
        return Pasted(combine(editable, names, values, preset=preset, sku=sku))
    raise ValidationError(_("Choose what to do from the page."))


def _preview(request: HttpRequest, editable: Editable, pasted: Pasted) -> dict[str, Any]:
    """What would change, judged by the very rules of the save."""
    current = state_of(editable, request.merchant.currency)
    cells = {n: v for n, v in pasted.cells.items() if current.get(n) != v}
    known = rows_of(current, "v")
    wanted = rows_of(cells, "v")
    n_new = sum(row_id.startswith("new") for row_id in wanted)
    reading = read(completed(cells, current, {}), editable, AttributeBook(request.merchant))
    errors = {n: e for n, e in reading.errors.items() if n.startswith("v-")}
    notes = [*pasted.notes, *(reading.errors[n] for n in ("",) if n in reading.errors)]
    lines = [_line(r, row, known.get(r), errors) for r, row in wanted.items()]
    lines.sort(key=lambda line: not line.is_bad)
    return {
        "lines": lines[: max(MAX_SHOWN, sum(line.is_bad for line in lines))],
        "n_hidden": max(0, len(lines) - MAX_SHOWN),
        "n_rows": len(lines) - n_new,
        "n_new": n_new,
        "n_errors": len(errors),
        "n_more": pasted.n_more,
        "notes": notes,
        "can_write": bool(cells) and not errors and "" not in reading.errors,
        "cells": json.dumps(cells, ensure_ascii=False),
        "errors": json.dumps(errors, ensure_ascii=False),
        "base": base_of(current, wanted.keys()),
        "version": editable.product.version,
    }


def _line(row_id: str, row: State, known: State | None, errors: dict[str, str]) -> Line:
    before, policies = known or {}, dict(POLICIES)
    names = list(row)
    prefix = f"v-{row_id}-"
    # What is missing in a new row is wrong too, though nothing was typed there.
    names += [n.removeprefix(prefix) for n in errors if n.startswith(prefix)]

    def said(name: str, value: str) -> str:
        return str(policies.get(value, value)) if name == "policy" else value

    cells = [
        (
            LABELS.get(n, n),
            said(n, before.get(n, "")),
            said(n, row.get(n, "")),
            errors.get(prefix + n, ""),
        )
        for n in dict.fromkeys(names)
        if known or row.get(n) or prefix + n in errors
    ]
    whole = {**before, **row}
    options = " / ".join(whole[o] for o in ("o1", "o2", "o3") if whole.get(o))
    name = options or whole.get("sku") or "–"
    return Line(name, known is None, cells)


def _page(
    request: HttpRequest,
    editable: Editable,
    query: GridQuery,
    *,
    preview: dict[str, Any] | None = None,
    problem: str = "",
) -> HttpResponse:
    template = "_variants_preview.html" if request.htmx else "variants.html"
    context = {
        "product": editable.product,
        "preview": preview,
        "problem": problem,
        "is_fragment": bool(request.htmx),
        "here": query.address(),
        "query": query,
        "n_matching": len(chosen(editable, query)),
        "typed": request.POST,
        **_choices(request, editable),
    }
    status = 422 if problem else 200
    return render(request, f"catalog/products/{template}", context, status=status)


def _choices(request: HttpRequest, editable: Editable) -> dict[str, Any]:
    """What the forms offer, with what was typed or, at first, what the product has."""
    typed, names = request.POST, [*editable.option_names, "", "", ""]
    first = editable.variants[0] if editable.variants else {"price_cents": None}
    labels = {name: label for name, label, _kind in HEADS}
    return {
        "fields": [(name, labels[name]) for name in CHANGEABLE],
        "ways": WAYS,
        "policies": POLICIES,
        "columns": [*(n for n in names[:3] if n), *labels.values()],
        "options": [
            {
                "n": n,
                "name": typed.get(f"option{n}", names[n - 1]),
                "values": typed.get(f"values{n}", ", ".join(option_values(editable, n))),
            }
            for n in (1, 2, 3)
        ],
        "price": typed.get("price", amount(first["price_cents"], request.merchant.currency)),
        "stock": typed.get("stock", "0"),
    }
