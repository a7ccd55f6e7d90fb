"""The dry run: what each product of the file would change, field by field, and what to look at."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from catalog.products.imports.merge import (
    PRODUCT_FIELDS,
    VARIANT_FIELDS,
    Snapshot,
    made,
    matched,
    merge,
    variant_name,
)
from catalog.products.imports.problems import Problem, problem
from catalog.products.imports.products import Parsed
from catalog.products.imports.stated_facts import attribute_keys, fact_differences, with_keys
from catalog.products.imports.unchanged import Known, digest, known, remarks_of
from catalog.products.models import TextOrigin
from catalog.products.snapshot import snapshot
from ecomportal.tenancy.models import Merchant

BIG_FALL = 50  # percent; a price that falls further is left out until a person looked
IMAGE_FIELDS = ("alt", "position")
# Thousands of names go as one value, not as one parameter each. No joins: right after a large
# import the planner knows too little of the tables to choose well between ways of joining.
BY_HANDLE = """
SELECT handle, id FROM catalog_product
WHERE merchant_id = %s AND handle = ANY (%s) AND deleted_at IS NULL
"""
BY_SKU = """
SELECT sku, product_id FROM catalog_variant
WHERE merchant_id = %s AND sku = ANY (%s) AND sku <> '' AND deleted_at IS NULL
"""
FOUND = """
SELECT id, version, title, category_id FROM catalog_product WHERE merchant_id = %s AND id = ANY (%s)
"""


class Found(NamedTuple):
    """A product that the batch may be about."""

    version: int
    title: str
    category_id: UUID | None


@dataclass
class Seen:
    """What earlier rows of the file claimed: a SKU or a product may be claimed once."""

    skus: dict[str, int] = field(default_factory=dict)  # SKU -> line
    products: dict[UUID, int] = field(default_factory=dict)


@dataclass
class Compared:
    """One row of the dry run."""

    parsed: Parsed
    outcome: str  # created, changed, unchanged, failed
    product_id: UUID | None = None
    version: int = 0
    diff: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    digest: str = ""  # of an unchanged row that is not known as such yet

    @property
    def needs_a_look(self) -> bool:
        return any(entry.get("flag") == "check" for entry in self.diff)


def category_paths(merchant: Merchant) -> dict[UUID, str]:
    return dict(merchant.categories.values_list("pk", "path"))


def with_paths(snaps: Mapping[UUID, Snapshot], paths: Mapping[UUID, str]) -> dict[UUID, Snapshot]:
    """The snapshots with each category named by its path, which is what a file can state."""
    by_text = {str(pk): path for pk, path in paths.items()}
    return {
        pk: {
            **snap,
            "product": {
                **snap["product"],
                "category": by_text.get(snap["product"]["category_id"], ""),
            },
        }
        for pk, snap in snaps.items()
    }


def compare_batch(
    merchant: Merchant, batch: list[Parsed], *, seen: Seen, paths: Mapping[UUID, str]
) -> list[Compared]:
    """Look up the batch's products in the shop (eight statements) and say what would happen."""
    by_handle = _by_handle(merchant, batch)
    holders = holders_of(merchant, {sku for parsed in batch for sku, _ in parsed.skus})
    found = _found(merchant, {*by_handle.values(), *holders.values()})
    owners = {id(parsed): _owners(parsed, by_handle, holders) for parsed in batch}
    same_of = _known(merchant, batch, owners, found, paths)
    targets = {}
    for parsed in batch:
        if id(parsed) not in same_of:
            parsed.read()
        if not parsed.problems:
            _claim_skus(parsed, seen)
        if not parsed.problems:
            targets[id(parsed)] = _only_one(parsed, owners[id(parsed)], found)
    current = _current(merchant, batch, targets, same_of, paths)
    categories = set(paths.values())
    rows = []
    for parsed in batch:
        target = targets.get(id(parsed))
        _claim_product(parsed, target, found, seen)
        same = same_of.get(id(parsed))
        if not parsed.problems:
            _check(parsed, target, holders, found)
        if not parsed.problems and not same:
            _check_new_variants(parsed, current.get(target))
        if parsed.problems:
            rows.append(Compared(parsed, "failed", remarks=parsed.remarks))
            continue
        if same:
            rows.append(_unchanged(parsed, found[target], same))
        else:
            rows.append(_compare(parsed, current.get(target), merchant.language, categories))
        rows[-1].product_id = target
        rows[-1].version = found[target].version if target else 0
    return rows


def _known(
    merchant: Merchant,
    batch: list[Parsed],
    owners: Mapping[int, list[UUID]],
    found: Mapping[UUID, Found],
    paths: Mapping[UUID, str],
) -> dict[int, Known]:
    """The rows whose products are exactly what they say, told by their digests."""
    ids = {pks[0] for pks in owners.values() if len(pks) == 1}
    remembered = known(merchant, ids) if ids else {}
    same = {}
    for parsed in batch:
        pk = next(iter(owners[id(parsed)]), None)
        one = remembered.get(pk)
        if one and parsed.said and one.version == found[pk].version:
            path = paths.get(found[pk].category_id, "")
            if digest(parsed.said, category=path) == one.digest:
                same[id(parsed)] = one
    return same


def _current(
    merchant: Merchant,
    batch: list[Parsed],
    targets: Mapping[int, UUID | None],
    same_of: Mapping[int, Known],
    paths: Mapping[UUID, str],
) -> dict[UUID, Snapshot]:
    """What the products are now that rows may change."""
    ids = {pk for row, pk in targets.items() if pk and row not in same_of}
    if not ids:
        return {}
    current = with_paths(snapshot(ids), paths)
    if any(parsed.payload.get("facts") for parsed in batch):
        current = with_keys(current, attribute_keys(merchant))
    return current


def _unchanged(parsed: Parsed, product: Found, same: Known) -> Compared:
    parsed.label = product.title
    return Compared(parsed, "unchanged", remarks=remarks_of(same, parsed.line))


def _left_out(parsed: Parsed, n_variants: int) -> list[Problem]:
    """The remark on variants of the shop's that a row with variants does not name."""
    n_left = n_variants - len(parsed.payload["variants"])
    if not parsed.payload["variants"] or n_left <= 0:
        return []
    return [problem("variants_kept", line=parsed.line, n=n_left)]


def _by_handle(merchant: Merchant, batch: list[Parsed]) -> dict[str, UUID]:
    wanted = {p.handle for p in batch} | {p.handle.lower() for p in batch}
    return dict(_rows(BY_HANDLE, merchant, wanted - {""}))


def holders_of(merchant: Merchant, skus: Iterable[str]) -> dict[str, UUID]:
    """Which product has each SKU now."""
    return dict(_rows(BY_SKU, merchant, skus))


def _found(merchant: Merchant, ids: Iterable[UUID]) -> dict[UUID, Found]:
    return {row[0]: Found(*row[1:]) for row in _rows(FOUND, merchant, ids)}


def _rows(sql: str, merchant: Merchant, wanted: Iterable[Any]) -> list[tuple[Any, ...]]:
    wanted = list(wanted)
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, [merchant.pk, wanted])
        return cursor.fetchall()


def _claim_skus(parsed: Parsed, seen: Seen) -> None:
    for sku, line in parsed.skus:
        if seen.skus.setdefault(sku, line) != line:
            why = problem("sku_again", line=line, sku=sku, other_line=seen.skus[sku])
            parsed.problems.append(why)


def _owners(
    parsed: Parsed, by_handle: Mapping[str, UUID], holders: Mapping[str, UUID]
) -> list[UUID]:
    """The shop's products that may be meant: the one of the handle, else those of the SKUs."""
    named = by_handle.get(parsed.handle) or by_handle.get(parsed.handle.lower())
    if named or not holders:
        return [named] if named else []
    return list(dict.fromkeys(holders[sku] for sku, _ in parsed.skus if sku in holders))


def _only_one(parsed: Parsed, owners: list[UUID], found: Mapping[UUID, Found]) -> UUID | None:
    if len(owners) > 1:
        others = ", ".join(found[pk].title for pk in owners)
        parsed.problems.append(problem("two_products", line=parsed.line, others=others))
        return None
    return owners[0] if owners else None


def _claim_product(
    parsed: Parsed, target: UUID | None, found: Mapping[UUID, Found], seen: Seen
) -> None:
    if target and seen.products.setdefault(target, parsed.line) != parsed.line:
        facts = {"other_line": seen.products[target], "other": found[target].title}
        parsed.problems.append(problem("taken_by_row", line=parsed.line, **facts))


def _check(
    parsed: Parsed,
    target: UUID | None,
    holders: Mapping[str, UUID],
    found: Mapping[UUID, Found],
) -> None:
    """What only the shop's own rows can tell is wrong."""
    for sku, line in parsed.skus if holders else ():
        holder = holders.get(sku)
        if holder and holder != target:
            facts = {"sku": sku, "other": found[holder].title}
            parsed.problems.append(problem("sku_taken", line=line, **facts))
    if target is None and not parsed.payload["product"].get("title"):
        parsed.problems.append(problem("no_title", line=parsed.line, handle=parsed.handle))


def _check_new_variants(parsed: Parsed, before: Snapshot | None) -> None:
    """A further variant must differ from the others by its options."""
    stated = parsed.payload["variants"]
    own = before["variants"] if before else []
    if not own and len(stated) < 2:
        return
    new = [s for s, m in zip(stated, matched(own, stated), strict=True) if m is None]
    if len(new) + len(own) < 2:
        return
    for variant in new:
        if not variant.get("options"):
            why = problem("options_needed", line=variant["line"], handle=parsed.handle)
            parsed.problems.append(why)
            return


def _compare(parsed: Parsed, before: Snapshot | None, language: str, known: set[str]) -> Compared:
    product = parsed.payload["product"]
    if before is None:
        row = Compared(parsed, "created", remarks=list(parsed.remarks))
        category, former = product.get("category", product.get("category_default", "")), None
    else:
        after = merge(before, parsed.payload, language=language)
        row = _with_differences(parsed, before, after)
        category, former = after["product"]["category"], before["product"]["category"]
    if category and category not in known and former != category:
        row.remarks.append(problem("new_category", line=parsed.line))
    return row


def _with_differences(parsed: Parsed, before: Snapshot, after: Snapshot) -> Compared:
    diff = list(differences(before, after))
    row = Compared(parsed, "changed" if diff else "unchanged", diff=diff)
    row.remarks = [*parsed.remarks, *_left_out(parsed, len(after["variants"]))]
    if not diff and parsed.said:
        row.digest = digest(parsed.said, category=before["product"]["category"])
    if not parsed.payload["product"].get("title"):
        parsed.label = before["product"]["title"]
    return row


def first_values(payload: Mapping[str, Any], *, language: str) -> Iterator[dict[str, Any]]:
    """What a new product starts with, as far as it is not empty."""
    after = made(payload, language=language)
    for name in PRODUCT_FIELDS:
        if name != "option_names" and after["product"][name]:
            yield {"field": name, "before": None, "after": after["product"][name]}
    for variant in after["variants"]:
        yield _added_variant(variant, is_alone=len(after["variants"]) == 1)
    for text in after["texts"]:
        yield {"field": text["field"], "before": None, "after": text["text"]}
    if after["facts"]:
        yield from fact_differences([], after["facts"])
    for image in after["images"]:
        yield {"field": "image", "before": None, "after": image["source_url"]}


def _added_variant(variant: Snapshot, *, is_alone: bool = False) -> dict[str, Any]:
    name = "" if is_alone else variant_name(variant)
    entry = {"field": "variant", "variant": name, "before": None}
    entry["after"] = {name: variant[name] for name in ("price_cents", "stock")}
    return entry if variant["price_cents"] else {**entry, "flag": "note", "note": "no_price"}


def differences(before: Snapshot, after: Snapshot) -> Iterator[dict[str, Any]]:
    """Every field that the import changes, with both values and what to look at."""
    yield from _product_differences(before["product"], after["product"])
    yield from _variant_differences(before["variants"], after["variants"])
    yield from _text_differences(before["texts"], after["texts"])
    yield from fact_differences(before["facts"], after["facts"])
    yield from _image_differences(before["images"], after["images"])


def _product_differences(before: Snapshot, after: Snapshot) -> Iterator[dict[str, Any]]:
    if before["handle"] != after["handle"]:
        entry = {"field": "handle", "before": before["handle"], "after": after["handle"]}
        yield {**entry, "flag": "note", "note": "by_sku"}
    for name in PRODUCT_FIELDS:
        if before[name] != after[name]:
            yield {"field": name, "before": before[name], "after": after[name]}
    for name in sorted(before["extra"].keys() | after["extra"].keys()):
        old, new = before["extra"].get(name), after["extra"].get(name)
        if old != new:
            yield {"field": "extra", "column": name, "before": old, "after": new}


def _variant_differences(before: list[Snapshot], after: list[Snapshot]) -> Iterator[dict[str, Any]]:
    old_of = {variant["id"]: variant for variant in before}
    for variant in sorted(after, key=lambda v: v["position"]):
        old = old_of.get(variant["id"])
        if old is None:
            yield _added_variant(variant)
            continue
        for name in VARIANT_FIELDS:
            if old[name] != variant[name]:
                entry = {"field": name, "before": old[name], "after": variant[name]}
                if len(after) > 1:
                    entry["variant"] = variant_name(variant)
                yield {**entry, **_warning(name, old, variant)}


def _warning(name: str, old: Snapshot, new: Snapshot) -> dict[str, Any]:
    if name == "price_cents" and old[name] > 0:
        fall = 100 * (old[name] - new[name]) // old[name]
        if new[name] == 0:
            return {"flag": "check", "note": "price_zero"}
        if fall > BIG_FALL:
            return {"flag": "check", "note": "price_falls", "percent": fall}
    runs_out = name == "stock" and old[name] > 0 and new[name] == 0
    if runs_out and not new["sells_without_stock"]:
        return {"flag": "note", "note": "out_of_stock"}
    return {}


def _text_differences(before: list[Snapshot], after: list[Snapshot]) -> Iterator[dict[str, Any]]:
    old_of = {text["id"]: text for text in before}
    for text in after:
        old = old_of.get(text["id"])
        if old and old["text"] == text["text"]:
            continue
        entry = {"field": text["field"], "before": old and old["text"], "after": text["text"]}
        if old and old["origin"] != TextOrigin.IMPORT:
            entry |= {"flag": "note", "note": "live_text"}
        elif old and not text["text"]:
            entry |= {"flag": "note", "note": "text_removed"}
        yield {**entry, "language": text["language"]}


def _image_differences(before: list[Snapshot], after: list[Snapshot]) -> Iterator[dict[str, Any]]:
    old_of = {image["id"]: image for image in before}
    for image in after:
        old = old_of.get(image["id"])
        if old is None:
            yield {"field": "image", "before": None, "after": image["source_url"]}
            continue
        for name in IMAGE_FIELDS:
            if old[name] != image[name]:
                shown = "image_alt" if name == "alt" else "position"
                yield {"field": shown, "before": old[name], "after": image[name]}


def count_fields(rows: Iterable[Compared]) -> int:
    return sum(len(row.diff) for row in rows if row.outcome == "changed")
