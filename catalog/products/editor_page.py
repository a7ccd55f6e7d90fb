"""What the editor's page shows: the form's state laid out in cards, with its errors."""

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from catalog.products.conflict import base_of
from catalog.products.editable import LANGUAGES, Editable, State, rows_of, state_of
from catalog.products.grid import query_in, query_of
from catalog.products.grid_page import Cell, blank_row, variant_grid
from catalog.products.history import history
from catalog.products.models import AttributeType, CopyKind, FactStatus, ProductStatus, TextOrigin
from catalog.products.models import TextField as Field
from catalog.products.must_have import facts_share, family_of, wanted_keys
from catalog.products.picture_words import words
from catalog.products.texts import ALLOWED_TAGS, from_typed
from catalog.products.vocabulary import KINDS
from ecomportal.tenancy.access import EDITORS

SHORT_HISTORY = 40  # events under the editor; the history page has them all
WITH_UNIT = {AttributeType.NUMBER, AttributeType.DIMENSIONS}
LINES = {Field.DESCRIPTION: 6, Field.BULLETS: 3, Field.SEO_DESCRIPTION: 3}
ROOM = {Field.SHORT_TITLE: 65, Field.SEO_TITLE: 60, Field.SEO_DESCRIPTION: 160}  # characters


@dataclass(frozen=True)
class TextRow:
    cell: Cell
    field: str
    label: Any
    room: int
    n_lines: int
    live: dict[str, Any] | None  # the row as it stands, with its origin

    @property
    def is_long(self) -> bool:
        return self.n_lines > 4

    @property
    def is_html(self) -> bool:
        return self.field == Field.DESCRIPTION

    @property
    def rendered(self) -> SafeString:
        """As a reader sees it. Cleaned again: it may be what somebody typed just now."""
        return mark_safe(from_typed(self.cell.value))  # noqa: S308 (from the one allow-list)


def page_context(
    request: HttpRequest, editable: Editable, mine: State, *, errors: dict[str, str]
) -> dict[str, Any]:
    """What is saved, with what was typed (`mine`) over it."""
    product, merchant = editable.product, request.merchant
    current = state_of(editable, merchant.currency)
    state = {**current, **mine}
    query = query_in(request.POST.get("grid", "")) if mine else query_of(request.GET)
    grid = variant_grid(editable, current, mine, errors, query)
    category = product.category
    family = family_of(category.family if category else "", product.product_type)
    confirmed = [f["key"] for f in editable.facts if f["status"] == FactStatus.CONFIRMED]
    categories, attributes = _choices(merchant)
    cells = {name: Cell(name, value, errors.get(name, "")) for name, value in state.items()}
    facts = _fact_rows(editable, state, errors)
    return {
        "product": product,
        "editable": editable,
        "cells": cells,
        "general_error": errors.get("", ""),
        "n_errors": len(errors),
        "can_edit": request.role in EDITORS and not product.deleted_at,
        "may_restore": request.role in EDITORS and product.deleted_at,
        "statuses": ProductStatus.choices,
        "categories": categories,
        "attributes": attributes,
        "option_cells": [(n, cells[f"option{n}"]) for n in (1, 2, 3)],
        "n_options": max(1, len([n for n in (1, 2, 3) if state.get(f"option{n}")])),
        "base": base_of(current, ()),
        "html_tags": " ".join(sorted(ALLOWED_TAGS)),
        "grid": grid,
        "blank_variant": blank_row(),
        "blank_fact": {"id": "new900"},
        "facts": facts,
        "missing": _missing(family, editable, state),
        "n_proposed": sum(f["status"] == FactStatus.PROPOSED for f in editable.facts),
        "share": facts_share(family, confirmed, product.product_type),
        "languages": _languages(merchant, editable, cells),
        "images": _images(editable),
        "n_unfetched": sum(not image["file"] for image in editable.images),
        "history": history(product, merchant.currency, limit=SHORT_HISTORY)[:6],
    }


def _images(editable: Editable) -> list[dict[str, Any]]:
    """The pictures, each that did not come with the reason in words."""
    return [{**image, "why": words(image["fetch_error"])} for image in editable.images]


def _languages(merchant: Any, editable: Editable, cells: dict[str, Cell]) -> list[dict[str, Any]]:
    """The live texts by language, the shop's main language first and open."""
    labels = {"en": _("English"), "zh": _("Chinese")}
    blocks = []
    for language in sorted(LANGUAGES, key=lambda language: language != merchant.language):
        rows = _text_rows(editable, language, cells)
        blocks.append(
            {
                "language": language,
                "label": labels[language],
                "rows": rows,
                "n_written": sum(bool(row.cell.value) for row in rows),
                "is_open": language == merchant.language or any(r.cell.error for r in rows),
            }
        )
    return blocks


def _choices(merchant: Any) -> tuple[list[tuple[str, str]], list[str]]:
    """Category paths and labels of facts, in one statement."""
    is_zh = (get_language() or "").startswith("zh")
    pk, label = Cast("pk", CharField()), "label_zh" if is_zh else "label_en"
    path = Coalesce(NullIf("path_zh", Value("")), "path") if is_zh else F("path")
    categories = merchant.categories.order_by().values_list(Value(1), pk, path)
    attributes = merchant.attributes.order_by().values_list(Value(2), pk, label)
    found = sorted(categories.union(attributes, all=True), key=lambda row: row[2])
    return (
        [(pk, name) for kind, pk, name in found if kind == 1],
        [name for kind, _pk, name in found if kind == 2],
    )


def _fact_rows(editable: Editable, state: State, errors: dict[str, str]) -> list[dict[str, Any]]:
    known = {fact["pk"]: fact for fact in editable.facts}
    names = {v["pk"]: v["sku"] or " / ".join(v["options"]) for v in editable.variants}
    is_zh = (get_language() or "").startswith("zh")
    rows = []
    for row_id, row in rows_of(state, "f").items():
        fact = known.get(row_id)
        rows.append(
            {
                "id": row_id,
                "fact": fact,
                "label": (fact["label_zh"] if is_zh else fact["label_en"]) if fact else "",
                "of_variant": names.get(fact["variant"], "") if fact else "",
                "is_bool": bool(fact and fact["type"] == AttributeType.BOOL),
                "is_number": bool(fact and fact["type"] == AttributeType.NUMBER),
                "has_unit": not fact or fact["type"] in WITH_UNIT,
                "status": row.get("status", FactStatus.CONFIRMED),
                "cells": {
                    name: Cell(
                        f"f-{row_id}-{name}",
                        row.get(name, ""),
                        errors.get(f"f-{row_id}-{name}", ""),
                    )
                    for name in ("attribute", "value", "unit", "status", "remove")
                },
            }
        )
    # What wants a decision first, what was rejected last.
    order = [FactStatus.PROPOSED, FactStatus.CONFIRMED, FactStatus.REJECTED]
    return sorted(rows, key=lambda row: order.index(row["status"]) if row["status"] in order else 1)


def _missing(family: str, editable: Editable, state: State) -> list[dict[str, Any]]:
    """Must-have facts that the product lacks, as rows to fill in; new rows are numbered on."""
    there = {fact["key"] for fact in editable.facts if fact["status"] != FactStatus.REJECTED}
    is_zh = (get_language() or "").startswith("zh")
    n_new = sum(row_id.startswith("new") for row_id in rows_of(state, "f"))
    typed = {row.get("attribute") for row in rows_of(state, "f").values()}
    wanted = wanted_keys(family, editable.product.product_type)
    kinds = [KINDS[key] for key in wanted if key not in there | typed]
    return [
        {
            "id": f"new{n_new + n}",
            "key": kind.key,
            "label": kind.label_zh if is_zh else kind.label_en.capitalize(),
            "unit": kind.default_unit,
            "is_number": kind.type == AttributeType.NUMBER,
        }
        for n, kind in enumerate(kinds, start=1)
    ]


def _text_rows(editable: Editable, language: str, cells: dict[str, Cell]) -> list[TextRow]:
    live = {t["field"]: t for t in editable.texts if t["language"] == language}
    for text in live.values():
        text["origin_label"] = TextOrigin(text["origin"]).label
    return [
        TextRow(
            cell=cells[f"t-{language}-{field.value}"],
            field=field.value,
            label=field.label,
            room=ROOM.get(field, 0),
            n_lines=LINES.get(field, 1 if field in Field.values else 4),
            live=live.get(field.value),
        )
        for field in (*Field, *(kind for kind in CopyKind if kind.value in live))
    ]
