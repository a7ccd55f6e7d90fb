"""Write a batch of compared rows: planned outside a transaction, then written in one.

The plan rests on a version of each product. The write names that version in its WHERE, so that a
product somebody changed meanwhile is left alone and reported, never overwritten.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.utils import timezone

from catalog.products.changes import Change
from catalog.products.imports import facts
from catalog.products.imports.compare import category_paths, holders_of, with_paths
from catalog.products.imports.merge import VARIANT_FIELDS, Snapshot, merge
from catalog.products.imports.models import ImportRow
from catalog.products.imports.problems import problem
from catalog.products.imports.stage import STAGE, array, as_json, as_rows, staged
from catalog.products.imports.stated_facts import (
    attribute_keys,
    says_facts,
    with_keys,
    write_stated,
)
from catalog.products.imports.unchanged import Same, digest, remember
from catalog.products.models import Category, Product, ProductImage, ProductText, Variant
from catalog.products.snapshot import free_skus, record_rows, snapshot, versions
from catalog.products.versions import versions_by_hand
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant

OWN = (
    *("handle", "title", "vendor", "product_type", "category_id", "tags", "status"),
    *("option_names", "extra", "search_extra"),
)
VARIANT_COLUMNS = ("id", "product_id", "position", *VARIANT_FIELDS)
TEXT_COLUMNS = (
    *("id", "product_id", "language", "field", "text", "origin", "provenance", "approved_by_id"),
)
IMAGE_COLUMNS = (
    *("id", "product_id", "position", "file", "source_url", "alt", "width", "height", "sha256"),
)
# What a new row below a product gets that no file states, by table.
GIVEN = {
    Variant: {},
    ProductText: {"updated_at": "now", "version": "1"},
    ProductImage: {"created_at": "now"},
}


@dataclass
class Plan:
    """One row of the import with the product before and after; `why` is set when it must not."""

    row: Any  # of ImportRow, as far as job.WRITTEN names it
    product_id: UUID
    before: Snapshot | None
    after: Snapshot | None = None
    why: str = ""
    proposed: list[facts.ProposedFact] | None = None

    @property
    def is_new(self) -> bool:
        return self.before is None


def make_plans(merchant: Merchant, rows: Iterable[Any]) -> list[Plan]:
    """Read the products as they are now and lay the file over them."""
    rows = list(rows)
    ids = [row.product_id for row in rows if row.product_id]
    before, version_of = (snapshot(ids), versions(ids)) if ids else ({}, {})
    named = with_paths(before, category_paths(merchant)) if ids else {}
    if any(row.payload.get("facts") for row in rows if row.product_id):
        named = with_keys(named, attribute_keys(merchant))
    plans = []
    for row in rows:
        plan = Plan(row, row.product_id or uuid7(), before.get(row.product_id))
        plan.why = _why_not(row, plan, version_of)
        if not plan.why:
            current = named.get(row.product_id)
            plan.after = merge(current, row.payload, language=merchant.language)
        plans.append(plan)
    _refuse_taken_skus(merchant, plans)
    return plans


def _why_not(row: Any, plan: Plan, version_of: Mapping[UUID, int]) -> str:
    if row.product_id is None:
        return ""
    if plan.before is None or plan.before["product"]["deleted_at"]:
        return "gone_since"
    return "" if version_of[row.product_id] == row.product_version else "changed_since"


def _refuse_taken_skus(merchant: Merchant, plans: list[Plan]) -> None:
    wanted = {v["sku"]: plan for plan in plans if plan.after for v in plan.after["variants"]}
    wanted.pop("", None)
    ours = {plan.product_id: plan for plan in plans}
    for sku, product_id in holders_of(merchant, wanted).items():
        holder = ours.get(product_id)
        # Another product of the batch may hold it now and hand it over in this very batch.
        keeps = holder is None or holder.after is None or sku in _codes(holder.after)
        if product_id != wanted[sku].product_id and keeps:
            wanted[sku].why = "sku_since"


def _codes(after: Snapshot) -> set[str]:
    return {variant["sku"] for variant in after["variants"]}


def propose_facts(plans: Iterable[Plan], language: str) -> None:
    """Read facts out of new words; pure work, so no transaction is open."""
    for plan in plans:
        if not plan.why:
            plan.proposed = facts.read_facts(plan.before, plan.after, language)


def write_plans(merchant: Merchant, change: Change, plans: list[Plan]) -> None:
    """Write what can be written and mark every row, inside the caller's transaction."""
    now = timezone.now()
    open_plans = [plan for plan in plans if not plan.why]
    with versions_by_hand():
        written = _write_products(merchant, change, open_plans, now)
        for plan in open_plans:
            if str(plan.product_id) not in written:
                plan.why = "made_since" if plan.is_new else "changed_since"
        done = [plan for plan in open_plans if not plan.why]
        _write_below(merchant, done, now)
        write_stated(merchant, done, now)
        # Proposed beside what is there by now, not beside what was there before.
        facts.write_facts(merchant, done, now)
    _remember(merchant, [plan for plan in done if plan.is_new])
    changed = [plan for plan in done if not plan.is_new]
    if changed:
        before = {plan.product_id: plan.before for plan in changed}
        found = {plan.product_id: plan.row.product_version for plan in changed}
        record_rows(change, before, snapshot(before), versions_before=found)
    mark(plans, now)


def _remember(merchant: Merchant, plans: list[Plan]) -> None:
    """A new product is what its row says, unless a fact was put into other words."""
    rows = []
    for plan in plans:
        payload, after = plan.row.payload, plan.after
        said = payload.get("said")  # rows of an older dry run have none
        if said and says_facts(payload.get("facts", {}), after["facts"]):
            found = digest(said, category=after["product"]["category"])
            rows.append(Same(plan.product_id, found, 1, plan.row.line, payload["remarks"]))
    remember(merchant, rows)


# --- Products --------------------------------------------------------------------------------

INSERT_PRODUCTS = f"""
INSERT INTO catalog_product (id, merchant_id, {{names}}, version, created_at, updated_at)
SELECT id, %(merchant)s, {{names}}, 1, %(now)s, %(now)s FROM {STAGE} WHERE version = 0
ON CONFLICT (merchant_id, handle) WHERE deleted_at IS NULL DO NOTHING RETURNING id::text
"""
UPDATE_PRODUCTS = f"""
UPDATE catalog_product AS p SET {{sets}}, updated_at = %(now)s FROM {STAGE} AS s
WHERE p.id = s.id AND p.version = s.version AND p.deleted_at IS NULL RETURNING p.id::text
"""
# Nothing of a new product has to be remembered to take it back.
RECORD_NEW = f"""
INSERT INTO catalog_changerow (merchant_id, change_id, product_id, label, version_after, state)
SELECT %(merchant)s, %(change)s, id, title, 1, 'written' FROM {STAGE}
WHERE version = 0 AND id = ANY (%(written)s::uuid[])
"""


def _write_products(
    merchant: Merchant, change: Change, plans: list[Plan], now: datetime
) -> set[str]:
    """Insert new products, update those still at the version of the dry run; tells which were."""
    if not plans:
        return set()
    ids = category_ids(merchant, {plan.after["product"]["category"] for plan in plans})
    rows = [_product_row(plan, ids) for plan in plans]
    values = {"merchant": merchant.pk, "now": now, "change": change.pk}
    sets = ", ".join(f"{name} = s.{name}" for name in OWN)
    with staged(Product, rows, ("id", *OWN, "version")) as cursor:
        cursor.execute(INSERT_PRODUCTS.format(names=", ".join(OWN)), values)
        new = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(RECORD_NEW, {**values, "written": new})
        written = set(new)
        if not all(plan.is_new for plan in plans):
            cursor.execute(UPDATE_PRODUCTS.format(sets=sets), values)
            written.update(pk for (pk,) in cursor.fetchall())
    Change.objects.filter(pk=change.pk).update(n_rows=F("n_rows") + len(new))
    return written


def _product_row(plan: Plan, ids: Mapping[str, UUID]) -> tuple[Any, ...]:
    own = plan.after["product"]
    return (
        *(plan.product_id, own["handle"], own["title"], own["vendor"], own["product_type"]),
        *(ids.get(own["category"]), array(own["tags"]), own["status"]),
        *(array(own["option_names"]), as_json(own["extra"]), own["search_extra"]),
        0 if plan.is_new else plan.row.product_version,
    )


def category_ids(merchant: Merchant, paths: set[str]) -> dict[str, UUID]:
    """The category of each path; missing ones are made, their parents first."""
    wanted = {prefix for path in paths if path for prefix in _prefixes(path)}
    found = dict(merchant.categories.filter(path__in=wanted).values_list("path", "pk"))
    missing = wanted - found.keys()
    for depth in sorted({path.count(" > ") for path in missing}):
        paths = [path for path in sorted(missing) if path.count(" > ") == depth]
        # Somebody else may make one of them at this moment.
        rows = [_category(merchant, path, found) for path in paths]
        Category.objects.bulk_create(rows, ignore_conflicts=True)
        found |= dict(merchant.categories.filter(path__in=paths).values_list("path", "pk"))
    return found


def _category(merchant: Merchant, path: str, ids: Mapping[str, UUID]) -> Category:
    parent, _, name = path.rpartition(" > ")
    family = facts.family_of(name)
    return Category(
        merchant=merchant, path=path, name=name[:120], parent_id=ids.get(parent), family=family
    )


def _prefixes(path: str) -> list[str]:
    parts = path.split(" > ")
    return [" > ".join(parts[:n]) for n in range(1, len(parts) + 1)]


# --- What hangs below them ----------------------------------------------------------------------


def _write_below(merchant: Merchant, plans: list[Plan], now: datetime) -> None:
    """Variants, texts and pictures that are new or differ."""
    parts = (
        ("variants", Variant, VARIANT_COLUMNS),
        ("texts", ProductText, TEXT_COLUMNS),
        ("images", ProductImage, IMAGE_COLUMNS),
    )
    for part, model, columns in parts:
        new, changed = [], []
        for plan in plans:
            old = {row["id"]: row for row in plan.before[part]} if plan.before else {}
            for row in plan.after[part]:
                if row["id"] is None:
                    new.append({**row, "product_id": plan.product_id})
                elif old.get(row["id"]) != row:
                    changed.append({**row, "product_id": plan.product_id})
        if model is Variant and changed:
            free_skus([Variant(pk=UUID(row["id"]), sku=row["sku"]) for row in changed])
        _update(model, as_rows(model, changed, columns), columns, now)
        _insert(merchant, model, as_rows(model, new, columns), columns, now)


def _update(model: Any, rows: Iterator[list[Any]], columns: Sequence[str], now: datetime) -> None:
    rows = list(rows)
    if not rows:
        return
    names = [name for name in columns if name not in ("id", "product_id")]
    sets = ", ".join(f'"{name}" = s."{name}"' for name in names)
    sets += ", updated_at = %(now)s" if "updated_at" in GIVEN[model] else ""
    with staged(model, rows, columns) as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} AS t SET {sets} FROM {STAGE} AS s WHERE t.id = s.id",
            {"now": now},
        )


def _insert(
    merchant: Merchant, model: Any, rows: Iterator[list[Any]], columns: Sequence[str], now: datetime
) -> None:
    rows = list(rows)
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns if name != "id")
    more = "".join(f", {name}" for name in GIVEN[model])
    given = "".join(f", %({value})s" for value in GIVEN[model].values())
    with staged(model, rows, columns) as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} (id, merchant_id, {names}{more}) "
            f"SELECT uuidv7(), %(merchant)s, {names}{given} FROM {STAGE}",
            {"merchant": merchant.pk, "now": now, "1": 1},
        )


# --- The rows of the import ---------------------------------------------------------------------

MARK = """
UPDATE catalog_importrow AS row SET written_at = %s, product_id = new.product_id
FROM unnest(%s::bigint[], %s::uuid[]) AS new(id, product_id) WHERE row.id = new.id
"""


def mark(plans: Iterable[Plan], now: datetime) -> None:
    """Say of each row that it was dealt with, and of those left alone why."""
    done = []
    for plan in plans:
        if plan.why:
            problems = [*plan.row.problems, problem(plan.why, line=plan.row.line)]
            ImportRow.objects.filter(pk=plan.row.pk).update(
                written_at=now, outcome="conflict", problems=problems
            )
        else:
            done.append(plan)
    with connection.cursor() as cursor:
        ids = [plan.row.pk for plan in done], [str(plan.product_id) for plan in done]
        cursor.execute(MARK, [now, *ids])
