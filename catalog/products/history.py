"""Who changed what and when, from the events that triggers write on every path."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalog.products.models import (
    TEXT_LABELS,
    Fact,
    FactStatus,
    Product,
    ProductStatus,
    ProductText,
    Variant,
    path_column,
)
from ecomportal.tenancy.access import EVERYONE, merchant_required
from ecomportal.web.formats import money

PAGE_SIZE = 200  # events; a save of one form makes a handful
TABLES = {"product": Product, "variant": Variant, "fact": Fact, "text": ProductText}
# One branch for each table; `lag` gives the row as it was before, by object.
BRANCH = """
SELECT {kind!r} AS kind, e.pgh_id, e.pgh_created_at, e.pgh_label, e.pgh_context_id,
       to_jsonb(e) AS row,
       lag(to_jsonb(e)) OVER (PARTITION BY e.pgh_obj_id ORDER BY e.pgh_id) AS before
FROM {table} e WHERE e.{key} = %s
"""
EVENTS = """
SELECT x.kind, x.pgh_created_at, x.pgh_label, x.row, x.before, x.pgh_context_id, c.metadata,
       coalesce(nullif(u.name, ''), u.email), a.label_en, a.label_zh, new_c.{path},
       old_c.{path}
FROM ({branches}) x
LEFT JOIN pghistory_context c ON c.id = x.pgh_context_id
LEFT JOIN ecomportal_user u ON u.id::text = c.metadata ->> 'user'
LEFT JOIN catalog_attribute a ON a.id::text = x.row ->> 'attribute_id'
LEFT JOIN catalog_category new_c ON new_c.id::text = x.row ->> 'category_id'
LEFT JOIN catalog_category old_c ON old_c.id::text = x.before ->> 'category_id'
ORDER BY x.pgh_created_at DESC, x.kind, x.pgh_id DESC LIMIT %s
"""
SOURCES = {
    "editor": _("in the editor"),
    "import": _("by an import"),
    "bulk_edit": _("by a bulk edit"),
    "undo": _("by an undo"),
    "approval": _("by approving a text"),
    "review": _("by approving a text"),
    "api": _("over the API"),
    "admin": _("in the administration"),
    "demo": _("with the sample shop"),
}
LABELS = {
    "title": _("name"), "handle": _("handle"), "vendor": _("brand"), "product_type": _("type"),
    "tags": _("tags"), "status": _("status"), "option_names": _("option names"),
    "category_id": _("category"), "deleted_at": _("deleted"), "sku": _("SKU"),
    "barcode": _("barcode"), "options": _("options"), "price_cents": _("price"),
    "compare_at_cents": _("price before"), "cost_cents": _("cost"), "stock": _("stock"),
    "is_stock_tracked": _("count stock"), "sells_without_stock": _("sell when out of stock"),
    "weight_grams": _("weight in grams"), "value": _("value"), "unit": _("unit"),
    "text": _("text"), "origin": _("origin"),
}  # fmt: skip
MONEY = {"price_cents", "compare_at_cents", "cost_cents"}
SHOWN = {  # fields in the order they are told
    "product": [
        *("title", "handle", "vendor", "product_type", "category_id", "tags", "status"),
        *("option_names", "deleted_at"),
    ],
    "variant": [
        *("sku", "barcode", "options", "price_cents", "compare_at_cents", "cost_cents", "stock"),
        *("is_stock_tracked", "sells_without_stock", "weight_grams"),
    ],
}
MAX_SHOWN = 300  # characters of a long text


class Event(NamedTuple):
    kind: str
    at: datetime
    label: str  # insert, update, delete
    row: dict[str, Any]
    before: dict[str, Any] | None
    context: UUID | None
    metadata: dict[str, Any]
    who: str | None
    label_en: str | None
    label_zh: str | None
    category: str | None
    old_category: str | None


@dataclass(frozen=True)
class FieldChange:
    label: Any
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """What one save, import or approval did to the product."""

    at: datetime
    who: str
    source: Any
    job_id: str
    change_id: str  # what can be taken back, where the path that wrote it names its change
    is_created: bool
    changes: list[FieldChange]


def history(product: Product, currency: str, *, limit: int = PAGE_SIZE) -> list[Entry]:
    """The product's entries, the newest first, in one statement."""
    branches = " UNION ALL ".join(
        BRANCH.format(
            kind=kind,
            table=model.pgh_event_model._meta.db_table,
            key="pgh_obj_id" if kind == "product" else "product_id",
        )
        for kind, model in TABLES.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            EVENTS.format(branches=branches, path=path_column()),
            [product.pk] * len(TABLES) + [limit],
        )
        events = [_event(row) for row in cursor.fetchall()]
    # Events of one transaction and one context are one entry.
    groups: dict[tuple[datetime, UUID | None], list[Event]] = {}
    for event in events:
        groups.setdefault((event.at, event.context), []).append(event)
    entries = [_entry(group, currency) for group in groups.values()]
    return [entry for entry in entries if entry.changes or entry.is_created]


def _event(row: tuple[Any, ...]) -> Event:
    event = Event(*row)
    return event._replace(
        row=_json(event.row), before=_json(event.before), metadata=_json(event.metadata) or {}
    )


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _entry(events: list[Event], currency: str) -> Entry:
    first = events[0]
    is_created = any(event.kind == "product" and event.label == "insert" for event in events)
    # What came with the product itself is not told part by part.
    told = [event for event in events if not (is_created and event.label == "insert")]
    return Entry(
        at=first.at,
        who=first.who or "",
        source=SOURCES.get(first.metadata.get("source", ""), ""),
        job_id=first.metadata.get("job") or "",
        change_id=first.metadata.get("change") or "",
        is_created=is_created,
        changes=[change for event in told for change in _changes(event, currency)],
    )


def _changes(event: Event, currency: str) -> Iterator[FieldChange]:
    if event.kind == "fact":
        yield from _fact_change(event)
    elif event.kind == "text":
        yield from _text_change(event)
    elif event.kind == "variant" and _came_or_went(event):
        came = event.label == "insert" or not event.row["deleted_at"]
        name = _variant_name(event.row)
        yield FieldChange(_("variant"), "" if came else name, name if came else "")
    else:
        yield from _field_changes(event, currency)


def _came_or_went(event: Event) -> bool:
    was_gone = bool((event.before or {}).get("deleted_at"))
    return event.label != "update" or bool(event.row["deleted_at"]) != was_gone


def _variant_name(row: dict[str, Any]) -> str:
    return row["sku"] or " / ".join(row["options"]) or "–"


def _field_changes(event: Event, currency: str) -> Iterator[FieldChange]:
    before = event.before or {}
    for name in SHOWN[event.kind]:
        old, new = before.get(name), event.row.get(name)
        if old == new:
            continue
        if name == "category_id":
            old, new = event.old_category, event.category
        label = LABELS[name]
        if event.kind == "variant":
            label = f"{label} ({_variant_name(event.row)})"
        yield FieldChange(label, shown_value(name, old, currency), shown_value(name, new, currency))


def shown_value(name: str, value: Any, currency: str) -> str:
    if value is None or value == "" or value == []:
        return ""
    if name in MONEY:
        return money(value, currency)
    if name == "status":
        return str(dict(ProductStatus.choices).get(value, value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if name == "deleted_at":
        return str(_("yes"))
    return ", ".join(value) if isinstance(value, list) else str(value)


def _fact_change(event: Event) -> Iterator[FieldChange]:
    is_zh = (get_language() or "").startswith("zh")
    label = (event.label_zh if is_zh else event.label_en) or _("fact")
    old = "" if event.label == "insert" else _fact_words(event.before)
    new = "" if event.label == "delete" else _fact_words(event.row)
    if old != new:
        yield FieldChange(label, old, new)


def _fact_words(fact: dict[str, Any] | None) -> str:
    if not fact:
        return ""
    words = f"{fact['value']} {fact['unit']}".strip()
    if fact["status"] == FactStatus.CONFIRMED:
        return words
    return f"{words} ({FactStatus(fact['status']).label})"


def _text_change(event: Event) -> Iterator[FieldChange]:
    old = "" if event.label == "insert" else (event.before or {}).get("text", "")
    new = "" if event.label == "delete" else event.row["text"]
    if old == new:
        return
    language = _("Chinese") if event.row["language"] == "zh" else _("English")
    label = f"{TEXT_LABELS[event.row['field']]}, {language}"
    yield FieldChange(label, _short(old), _short(new))


def _short(text: str) -> str:
    plain = strip_tags(text)
    return plain if len(plain) <= MAX_SHOWN else plain[:MAX_SHOWN] + "…"


@require_safe
@merchant_required(*EVERYONE)
def product_history(request: HttpRequest, product_id: UUID) -> HttpResponse:
    product = get_object_or_404(request.merchant.products, pk=product_id)
    entries = history(product, request.merchant.currency)
    context = {"product": product, "entries": entries, "limit": PAGE_SIZE}
    return render(request, "catalog/products/history.html", context)
