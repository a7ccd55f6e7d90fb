"""What a change did to a product, in words: field by field, from whole snapshots and from parts."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from catalog.products.changes import ChangeRow
from catalog.products.history import LABELS, SHOWN, shown_value
from catalog.products.models import TEXT_LABELS, FactStatus, path_column
from ecomportal.tenancy.models import Merchant

PARTS = {
    "variants": gettext_lazy("variants"),
    "facts": gettext_lazy("facts"),
    "texts": gettext_lazy("texts"),
    "images": gettext_lazy("pictures"),
}
MAX_TOLD = 300  # characters of one value
MAX_NAMED = 3  # variants that changed alike; more are counted
Part = dict[str, dict[str, Any] | None]  # rows below a product by id; None: not there


@dataclass(frozen=True)
class Told:
    """One field of a row, before and after."""

    label: Any
    old: str
    new: str


@dataclass(frozen=True)
class Names:
    """What stands behind ids: kinds of fact, categories, and the SKUs of variants."""

    attributes: dict[str, str]
    categories: dict[str, str]
    variants: dict[str, str]


def told_rows(merchant: Merchant, rows: list[ChangeRow]) -> list[tuple[ChangeRow, list[Told]]]:
    names = _names(merchant, rows)
    return [(row, told(row, merchant.currency, names=names)) for row in rows]


def _names(merchant: Merchant, rows: list[ChangeRow]) -> Names:
    label = "label_zh" if (get_language() or "").startswith("zh") else "label_en"
    attributes = {str(pk): text for pk, text in merchant.attributes.values_list("pk", label)}
    categories = _used(rows, "category_id")
    paths = merchant.categories.filter(pk__in=categories).values_list("pk", path_column())
    variants = {pk for row in rows for side in (row.before, row.after) for pk in _ids(side)}
    skus = merchant.variants.filter(pk__in=variants).values_list("pk", "sku", "options")
    return Names(
        attributes,
        {str(pk): path for pk, path in paths},
        {str(pk): sku or " / ".join(options) for pk, sku, options in skus},
    )


def _used(rows: list[ChangeRow], name: str) -> set[str]:
    sides = [side for row in rows for side in (row.before, row.after)]
    return {(side or {}).get("product", {}).get(name) for side in sides} - {None}


def _ids(side: dict[str, Any] | None) -> list[str]:
    """Variants named by id alone: a whole snapshot tells their SKUs itself."""
    variants = (side or {}).get("variants", {})
    return list(variants) if isinstance(variants, dict) else []


def told(row: ChangeRow, currency: str, *, names: Names) -> list[Told]:
    """What the batch did to one product, in words."""
    before, after = row.before or {}, row.after or {}
    if "text" in after:  # a single live text, as copywriting writes it
        where, old = after["text"], (before.get("text") or {}).get("row") or {}
        label = TEXT_LABELS[where["field"]]
        return [Told(label, _plain(old.get("text", "")), _plain(where["row"]["text"]))]
    if not before:
        return []
    found = _told_product(before.get("product", {}), after.get("product", {}), currency, names)
    for part in PARTS:
        old, new = _by_id(before.get(part, {})), _by_id(after.get(part, {}))
        # A product that left took its variants along: that is told once.
        is_told = part == "variants" and "deleted_at" in before.get("product", {})
        if not (is_told and isinstance(before.get(part), dict)):
            found += _told_part(part, old, new, currency=currency, names=names)
    return found


def _told_product(
    old: dict[str, Any], new: dict[str, Any], currency: str, names: Names
) -> list[Told]:
    def shown(name: str, value: Any) -> str:
        if name == "category_id":
            return names.categories.get(value, str(value)) if value else ""
        return shown_value(name, value, currency)

    return [
        Told(LABELS[name], shown(name, old.get(name)), shown(name, new.get(name)))
        for name in SHOWN["product"]
        if old.get(name) != new.get(name)
    ]


def _by_id(rows: list[dict[str, Any]] | Part) -> Part:
    return rows if isinstance(rows, dict) else {row["id"]: row for row in rows}


def _told_part(part: str, old: Part, new: Part, *, currency: str, names: Names) -> list[Told]:
    found, alike = [], defaultdict(list)
    for pk in dict.fromkeys([*old, *new]):
        was, now = old.get(pk), new.get(pk)
        if was == now:
            continue
        if part == "variants" and was and now:
            for one in _told_variant(was, now, currency):
                alike[one].append(_variant_name(pk, now, names))
        else:
            kind = str((was or now).get("attribute_id", ""))
            label = names.attributes.get(kind, PARTS[part])
            found.append(Told(label, _name(part, was), _name(part, now)))
    return found + [_of_variants(one, of) for one, of in alike.items()]


def _of_variants(one: Told, variants: list[str]) -> Told:
    """Many variants that changed alike are told in one line."""
    if len(variants) > MAX_NAMED:
        n = ngettext("%(n)s variant", "%(n)s variants", len(variants)) % {"n": len(variants)}
        return replace(one, label=f"{one.label} ({n})")
    names = ", ".join(name for name in variants if name)
    return replace(one, label=f"{one.label} ({names})") if names else one


def _variant_name(pk: str, row: dict[str, Any], names: Names) -> str:
    return row.get("sku") or " / ".join(row.get("options", [])) or names.variants.get(pk, "")


def _told_variant(was: dict[str, Any], now: dict[str, Any], currency: str) -> list[Told]:
    found = [
        Told(
            LABELS[field],
            shown_value(field, was.get(field), currency),
            shown_value(field, now.get(field), currency),
        )
        for field in SHOWN["variant"]
        if was.get(field) != now.get(field)
    ]
    if bool(was.get("deleted_at")) != bool(now.get("deleted_at")):
        words = str(_("taken out")), ""
        found.append(Told(_("variant"), *(words if was.get("deleted_at") else words[::-1])))
    return found


def _name(part: str, row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    if part == "variants":
        return row["sku"] or " / ".join(row["options"]) or "–"
    if part == "facts":
        words = f"{row['value']} {row['unit']}".strip()
        status = FactStatus(row["status"])
        return words if status == FactStatus.CONFIRMED else f"{words} ({status.label})"
    if part == "texts":
        return _plain(row["text"])
    return row["alt"] or str(row["position"])


def _plain(text: str) -> str:
    plain = strip_tags(text)
    return plain if len(plain) <= MAX_TOLD else plain[:MAX_TOLD] + "…"
