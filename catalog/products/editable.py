"""A product with all that hangs below it, read in one statement, and as the editor's fields.

The editor's state is flat: field name -> text. What a person typed, what the product is now and
what it was when the form was opened are three such states, so they can be compared field by
field. Names: "title"; "v-<id>-price" of a variant; "f-<id>-value" of a fact; "t-<language>-<field>"
of a live text. A new variant or fact has "new" and a number in place of its id.
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef
from django.db.models.functions import Cast, JSONObject
from django.http import Http404

from catalog.products.models import (
    TEXT_LABELS,
    Fact,
    Product,
    ProductImage,
    ProductText,
    Variant,
)
from catalog.products.models import TextField as Field
from catalog.products.money import amount

State = dict[str, str]
PRODUCT_FIELDS = ["title", "handle", "vendor", "product_type", "category", "tags", "status"]
OPTION_FIELDS = ["option1", "option2", "option3"]
VARIANT_FIELDS = [
    *("place", "o1", "o2", "o3", "sku", "price", "compare_at", "cost", "stock", "policy"),
    *("weight", "barcode", "remove"),
]
FACT_FIELDS = ["attribute", "value", "unit", "status", "remove"]
LANGUAGES = ["en", "zh"]
KEY = re.compile(r"([vf])-([0-9a-f-]{36}|new\d{1,4})-(\w+)")
# Fields that a script or a preview sends together, as one JSON object: however many variants a
# paste touches, the form stays small.
CELLS = "cells"
MAX_VARIANTS = 2000  # of one product, as the largest shop systems allow
# What happens to sales when the stock is used up, as one choice instead of two flags.
STOPS, SELLS_ON, NOT_COUNTED = "stop", "sell", "uncounted"


@dataclass
class Editable:
    """The product and its rows below as plain dicts, in their order."""

    product: Product
    variants: list[dict[str, Any]]
    facts: list[dict[str, Any]]
    texts: list[dict[str, Any]]
    images: list[dict[str, Any]]

    @property
    def option_names(self) -> list[str]:
        return self.product.option_names


def _below(model: type[models.Model], order: list[str], **columns: Any) -> ArraySubquery:
    rows = model.objects.filter(product=OuterRef("pk")).order_by(*order)
    if model is Variant:
        rows = rows.filter(deleted_at=None)
    return ArraySubquery(rows.values(row=JSONObject(pk="id", **columns)))


def _text(name: str) -> Cast:
    """As text: JSON would turn an exact decimal into a float."""
    return Cast(name, models.TextField())


def load(merchant: Any, product_id: UUID) -> Editable:
    """The product of this shop, deleted or not, or 404."""
    plain = {name: name for name in ("sku", "barcode", "options", "stock", "price_cents")}
    found = (
        merchant.products.filter(pk=product_id)
        .select_related("category")
        .defer("extra", "grams")
        .annotate(
            of_variants=_below(
                Variant, ["position", "id"], compare_at_cents="compare_at_cents",
                cost_cents="cost_cents", is_stock_tracked="is_stock_tracked",
                sells_without_stock="sells_without_stock", weight_grams=_text("weight_grams"),
                **plain,
            ),
            of_facts=_below(
                Fact, ["attribute__position", "id"], variant="variant_id", key="attribute__key",
                label_en="attribute__label_en", label_zh="attribute__label_zh",
                type="attribute__type", value="value", unit="unit", status="status",
                source="source", evidence="evidence",
            ),
            of_texts=_below(
                ProductText, ["language", "field"], language="language", field="field",
                text="text", origin="origin", provenance="provenance", updated_at="updated_at",
                approved_by=F("approved_by__name"), approved_by_email=F("approved_by__email"),
            ),
            of_images=_below(
                ProductImage, ["position", "id"], file="file", source_url="source_url", alt="alt",
                width="width", height="height", fetch_error="fetch_error",
            ),
        )
        .first()
    )  # fmt: skip
    if found is None:
        raise Http404("No such product.")
    parts = (found.of_variants, found.of_facts, found.of_texts, found.of_images)
    return Editable(found, *parts)


def state_of(editable: Editable, currency: str) -> State:
    """The product as the editor shows it when nothing was typed yet."""
    product = editable.product
    state = {name: getattr(product, name) for name in PRODUCT_FIELDS if name != "tags"}
    state["category"] = str(product.category_id or "")
    state["tags"] = ", ".join(product.tags)
    names = [*product.option_names, "", "", ""]
    state |= dict(zip(OPTION_FIELDS, names, strict=False))
    for place, variant in enumerate(editable.variants, start=1):
        row = {"place": str(place), **variant_state(variant, currency)}
        state |= _prefixed(f"v-{variant['pk']}-", row)
    for fact in editable.facts:
        state |= _prefixed(f"f-{fact['pk']}-", fact_state(fact))
    texts = {(text["language"], text["field"]): text["text"] for text in editable.texts}
    for language in LANGUAGES:
        for field in Field.values:
            state[f"t-{language}-{field}"] = texts.get((language, field), "")
    # Ads and messages stand there only where somebody has approved one.
    for (language, field), text in texts.items():
        state.setdefault(f"t-{language}-{field}", text)
    return state


def _prefixed(prefix: str, state: State) -> State:
    return {prefix + name: value for name, value in state.items()}


def variant_state(variant: dict[str, Any], currency: str) -> State:
    options = [*variant["options"], "", "", ""]
    policy = SELLS_ON if variant["sells_without_stock"] else STOPS
    weight = variant["weight_grams"] or ""
    return {
        "sku": variant["sku"],
        **{f"o{n}": options[n - 1] for n in (1, 2, 3)},
        "price": amount(variant["price_cents"], currency),
        "compare_at": amount(variant["compare_at_cents"], currency),
        "cost": amount(variant["cost_cents"], currency),
        "stock": str(variant["stock"]),
        "policy": policy if variant["is_stock_tracked"] else NOT_COUNTED,
        "weight": weight.rstrip("0").rstrip(".") if "." in weight else weight,
        "barcode": variant["barcode"],
        "remove": "",
    }


def fact_state(fact: dict[str, Any]) -> State:
    return {
        "attribute": fact["key"],
        "value": fact["value"],
        "unit": fact["unit"],
        "status": fact["status"],
        "remove": "",
    }


def posted_state(data: Any) -> State:
    """What a form sent, fields of ours alone; browsers send line ends as CRLF."""
    sent = plain_object(data.get(CELLS, ""))
    sent |= {name: data.get(name, "") for name in data}
    state = {n: v.replace("\r\n", "\n").strip() for n, v in sent.items() if is_field(n)}
    blank = [prefix for prefix in _new_rows(state) if _is_blank(state, prefix)]
    return {n: v for n, v in state.items() if not any(n.startswith(p) for p in blank)}


def plain_object(text: str) -> State:
    """Texts by name as JSON; {} when it cannot be read as that."""
    try:
        found = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair cannot be shown
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {n: v for n, v in found.items() if isinstance(v, str) and "\0" not in n + v}


def completed(mine: State, current: State, opened: State) -> State:
    """What was sent, with all that a form may leave out because it did not change: fields of the
    product, and of each variant and fact that it names. A row that is gone meanwhile is completed
    from what it was."""
    state = {n: current[n] for n in (*PRODUCT_FIELDS, *OPTION_FIELDS)}
    for source in (opened, current):
        rows = {kind: rows_of(source, kind) for kind in "vf"}
        for kind in rows:
            for row_id in rows_of(mine, kind):
                state |= _prefixed(f"{kind}-{row_id}-", rows[kind].get(row_id, {}))
    return state | mine


def _new_rows(state: State) -> set[str]:
    found = (KEY.fullmatch(name) for name in state)
    return {f"{f[1]}-{f[2]}-" for f in found if f and f[2].startswith("new")}


def _is_blank(state: State, prefix: str) -> bool:
    """A new fact without a value, or a new variant with nothing but its preset choice."""
    if prefix.startswith("f-"):
        return not state.get(f"{prefix}value")
    preset = (f"{prefix}policy", f"{prefix}place")
    values = (v for n, v in state.items() if n.startswith(prefix) and n not in preset)
    return not any(values)


def is_field(name: str) -> bool:
    if name in PRODUCT_FIELDS or name in OPTION_FIELDS:
        return True
    if found := KEY.fullmatch(name):
        return found[3] in (VARIANT_FIELDS if found[1] == "v" else FACT_FIELDS)
    kind, _, rest = name.partition("-")
    language, _, field = rest.partition("-")
    return kind == "t" and language in LANGUAGES and field in TEXT_LABELS


def rows_of(state: State, kind: str) -> dict[str, State]:
    """The fields of variants ("v") or facts ("f") by row id, in the order of the form."""
    rows: dict[str, State] = {}
    for name, value in state.items():
        found = KEY.fullmatch(name)
        if found and found[1] == kind:
            rows.setdefault(found[2], {})[found[3]] = value
    return rows
