"""Two people, one product: what each did, field by field, with nothing lost."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.products.editable import KEY, State, plain_object, rows_of
from catalog.products.models import TEXT_LABELS, FactStatus, ProductStatus

KNOWN = "ids"  # of a base: which variants there were
ID_END = 12  # characters: enough to tell the variants of one product apart
LABELS = {
    "place": gettext_lazy("Place"),
    "title": gettext_lazy("Name"), "handle": gettext_lazy("Handle"),
    "vendor": gettext_lazy("Brand"), "product_type": gettext_lazy("Type"),
    "category": gettext_lazy("Category"), "tags": gettext_lazy("Tags"),
    "status": gettext_lazy("Status"), "option1": gettext_lazy("First option"),
    "option2": gettext_lazy("Second option"), "option3": gettext_lazy("Third option"),
    "sku": gettext_lazy("SKU"), "o1": gettext_lazy("First option"),
    "o2": gettext_lazy("Second option"), "o3": gettext_lazy("Third option"),
    "price": gettext_lazy("Price"), "compare_at": gettext_lazy("Price before"),
    "cost": gettext_lazy("Cost"), "stock": gettext_lazy("Stock"),
    "policy": gettext_lazy("When sold out"), "weight": gettext_lazy("Weight in grams"),
    "barcode": gettext_lazy("Barcode"), "remove": gettext_lazy("Removed"),
    "value": gettext_lazy("Value"), "unit": gettext_lazy("Unit"),
}  # fmt: skip
Rows = dict[str, dict[str, State]]  # by kind, then by id
ROW_KINDS = {"v": gettext_lazy("Variant"), "f": gettext_lazy("Fact")}


@dataclass(frozen=True)
class Difference:
    """A field where what was typed and what is saved now are not the same."""

    name: str
    label: str
    opened: str | None  # in words, as it was when the form was opened; None: not known
    mine: str  # in words
    theirs: str
    my_value: str  # as the form sends it
    their_value: str
    is_mine: bool  # preselected: this person changed it, or both did


def base_state(data: QueryDict) -> State:
    """The state the form was opened with, as it sent it back: the product's, and that of each
    page of variants that was changed; what is unreadable is left out."""
    state: State = {}
    for text in [*data.getlist("base"), *data.getlist("base-rows")]:
        state |= plain_object(text)
    return state


def base_of(state: State, row_ids: Collection[str]) -> str:
    """What the form sends back of how the product was: everything but the variants, these
    variants, and the ends of the ids of all."""
    all_rows = rows_of(state, "v")
    left_out = {row_id for row_id in all_rows if row_id not in row_ids}
    kept = {n: v for n, v in state.items() if not (n[:2] == "v-" and n[2:38] in left_out)}
    known = " ".join(row_id[-ID_END:] for row_id in all_rows)
    return json.dumps({**kept, KNOWN: known}, ensure_ascii=False)


def rows_base(state: State, row_ids: Collection[str]) -> str:
    """The same of these variants alone, for a page of the grid."""
    kept = {n: v for n, v in state.items() if n[:2] == "v-" and n[2:38] in row_ids}
    return json.dumps(kept, ensure_ascii=False)


def without_old_places(mine: State, opened: State) -> State:
    """A place that was not typed is no wish: it moves whenever somebody adds a variant."""
    return {n: v for n, v in mine.items() if not (n.endswith("-place") and v == opened.get(n))}


def with_whole_rows(mine: State, theirs: State, opened: State) -> State:
    """Rows of mine that are gone by now, whole: whoever keeps one needs all that it was."""
    there = {f"{kind}-{row_id}-" for kind in ROW_KINDS for row_id in rows_of(theirs, kind)}
    ours = {f"{kind}-{row_id}-" for kind in ROW_KINDS for row_id in rows_of(mine, kind)}
    gone = tuple(ours - there)
    was = {n: v for n, v in opened.items() if n.startswith(gone) and not n.endswith("-place")}
    return was | mine if gone else mine


def differences(
    mine: State, theirs: State, opened: State, *, categories: dict[str, str]
) -> list[Difference]:
    """Every field that differs; `categories` gives the paths of ids."""
    found, there = [], {kind: rows_of(theirs, kind) for kind in ROW_KINDS}
    for name, value in mine.items():
        if name in theirs and value != theirs[name] and not _is_of_removed_row(name, mine):
            found.append(_difference(name, mine, theirs, opened, (categories, there)))
    return [*found, *_removed_by_them(mine, theirs, opened)]


def _is_of_removed_row(name: str, mine: State) -> bool:
    """Fields of a row that I took out do not matter; that it is out does."""
    key = KEY.fullmatch(name)
    return bool(key and key[3] != "remove" and mine.get(f"{key[1]}-{key[2]}-remove") == "1")


def _difference(
    name: str, mine: State, theirs: State, opened: State, names: tuple[dict[str, str], Rows]
) -> Difference:
    categories, there = names

    def words(value: str) -> str:
        return categories.get(value, value) if name == "category" else _words(name, value)

    was = opened.get(name)
    return Difference(
        name=name,
        label=_label(name, there),
        opened=None if was is None else words(was),
        mine=words(mine[name]),
        theirs=words(theirs[name]),
        my_value=mine[name],
        their_value=theirs[name],
        is_mine=was is None or mine[name] != was,
    )


def _removed_by_them(mine: State, theirs: State, opened: State) -> list[Difference]:
    """Rows in my form that are gone by now: keep them or let them go, as one choice."""
    found = []
    for kind, kind_label in ROW_KINDS.items():
        there, before = rows_of(theirs, kind), rows_of(opened, kind)
        for row_id, row in rows_of(mine, kind).items():
            if row_id.startswith("new") or row_id in there or row.get("remove") == "1":
                continue
            was = before.get(row_id)
            # What was not changed was not sent; its name is then known from the base alone.
            label = f"{kind_label} “{_row_name(kind, {**(was or {}), **row})}”"
            is_mine = was is None or any(was.get(name, "") != v for name, v in row.items())
            found.append(
                Difference(
                    name=f"{kind}-{row_id}-remove",
                    label=label,
                    opened=_("there"),
                    mine=_("keep"),
                    theirs=_("removed"),
                    my_value="",
                    their_value="1",
                    is_mine=is_mine,
                )
            )
    return found


def added_by_them(mine: State, theirs: State, opened: State) -> list[str]:
    """Rows that came meanwhile; they stay, whatever is chosen."""
    known = {kind: {**rows_of(opened, kind), **rows_of(mine, kind)} for kind in ROW_KINDS}
    ends = set(opened.get(KNOWN, "").split())
    return [
        f"{kind_label} “{_row_name(kind, row)}”"
        for kind, kind_label in ROW_KINDS.items()
        for row_id, row in rows_of(theirs, kind).items()
        if row_id not in known[kind] and not (kind == "v" and row_id[-ID_END:] in ends)
    ]


def _row_name(kind: str, row: State) -> str:
    if kind == "f":
        return f"{row.get('attribute', '')}: {row.get('value', '')}"
    options = " / ".join(row[name] for name in ("o1", "o2", "o3") if row.get(name))
    return row.get("sku") or options or "–"


def _label(name: str, there: Rows) -> str:
    if found := KEY.fullmatch(name):
        row = there[found[1]].get(found[2], {})
        if found[1] == "f":
            return f"{row.get('attribute', '')} · {LABELS.get(found[3], found[3])}"
        return f"{_row_name('v', row)} · {LABELS.get(found[3], found[3])}"
    if name.startswith("t-"):
        _t, language, field = name.split("-", 2)
        return f"{TEXT_LABELS[field]} · {_('Chinese') if language == 'zh' else _('English')}"
    return str(LABELS.get(name, name))


def _words(name: str, value: str) -> str:
    if name == "status":
        return str(dict(ProductStatus.choices).get(value, value))
    if name.startswith("f-") and name.endswith("-status"):
        return str(dict(FactStatus.choices).get(value, value))
    if name.endswith("-remove"):
        return _("yes") if value else _("no")
    return value


def hidden_fields(mine: State, shown: list[Difference]) -> dict[str, Any]:
    """What the conflict page carries along unseen: all of my form that is not asked about."""
    asked = {difference.name for difference in shown}
    return {name: value for name, value in mine.items() if name not in asked}
