"""Write a batch of compared rows: planned outside a transaction, then written in one.

The plan rests on a version of each product. The write names that version in its WHERE, so that a
product somebody changed meanwhile is left alone and reported, never overwritten.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from catalog.products.changes import Change
from catalog.products.imports import facts
from catalog.products.imports.compare import category_paths, with_paths
from catalog.products.imports.merge import VARIANT_FIELDS, Snapshot, merge
from catalog.products.imports.models import ImportRow
from catalog.products.imports.problems import problem
from catalog.products.imports.stage import STAGE, staged, upsert
from catalog.products.imports.stated_facts import attribute_keys, with_keys, write_stated
from catalog.products.models import Category, Product, ProductImage, ProductText, Variant
from catalog.products.snapshot import free_skus, record_rows, snapshot, versions
from ecomportal.ids import uuid7
from ecomportal.tenancy.models import Merchant

OWN = (
    *("handle", "title", "vendor", "product_type", "category_id", "tags", "status"),
    *("option_names", "extra", "search_extra", "updated_at"),
)
PRODUCT_COLUMNS = ("id", "merchant_id", *OWN, "version", "created_at")
BELOW = ("id", "merchant_id", "product_id")
VARIANT_COLUMNS = (*BELOW, "position", *VARIANT_FIELDS)
TEXT_COLUMNS = (
    *(*BELOW, "language", "field", "text", "origin", "provenance", "approved_by_id"),
    *("updated_at", "version"),
)
IMAGE_COLUMNS = (
    *(*BELOW, "position", "file", "source_url", "alt", "width", "height", "sha256"),
    "created_at",
)


@dataclass
class Plan:
    """One row of the import with the product before and after; `why` is set when it must not."""

    row: ImportRow
    product_id: UUID
    before: Snapshot | None
    after: Snapshot | None = None
    why: str = ""
    proposed: list[facts.ProposedFact] | None = None

    @property
    def is_new(self) -> bool:
        return self.before is None


def make_plans(merchant: Merchant, rows: Iterable[ImportRow]) -> list[Plan]:
    """Read the products as they are now and lay the file over them. Seven statements."""
    rows = list(rows)
    ids = [row.product_id for row in rows if row.product_id]
    before, version_of = snapshot(ids), versions(ids)
    named = with_paths(before, category_paths(merchant))
    if any(row.payload.get("facts") for row in rows):
        named = with_keys(named, attribute_keys(merchant))
    plans = []
    for row in rows:
        plan = Plan(row, row.product_id or uuid7(), before.get(row.product_id))
        plan.why = _why_not(row, plan, version_of)
        if not plan.why:
            current = named.get(row.product_id)
            plan.after = merge(current, row.payload, language=merchant.language)
            _give_ids(plan.after)
        plans.append(plan)
    _refuse_taken_skus(merchant, plans)
    return plans


def _why_not(row: ImportRow, plan: Plan, version_of: Mapping[UUID, int]) -> str:
    if row.product_id is None:
        return ""
    if plan.before is None or plan.before["product"]["deleted_at"]:
        return "gone_since"
    return "" if version_of[row.product_id] == row.product_version else "changed_since"


def _give_ids(after: Snapshot) -> None:
    for part in ("variants", "texts", "images"):
        for row in after[part]:
            row["id"] = row["id"] or str(uuid7())


def _refuse_taken_skus(merchant: Merchant, plans: list[Plan]) -> None:
    wanted = {v["sku"]: plan for plan in plans if plan.after for v in plan.after["variants"]}
    wanted.pop("", None)
    holders = merchant.variants.filter(sku__in=wanted, deleted_at=None)
    ours = {plan.product_id: plan for plan in plans}
    for sku, product_id in holders.values_list("sku", "product_id"):
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
    written = _write_products(merchant, open_plans, now)
    for plan in open_plans:
        if plan.product_id not in written:
            plan.why = "made_since" if plan.is_new else "changed_since"
    done = [plan for plan in open_plans if not plan.why]
    _write_below(merchant, done, now)
    write_stated(merchant, done, now)
    # Proposed beside what is there by now, not beside what was there before.
    facts.write_facts(merchant, {p.product_id: (p.after, p.proposed) for p in done})
    before = {plan.product_id: plan.before for plan in done if plan.before}
    record_rows(change, before, snapshot([plan.product_id for plan in done]))
    mark(plans, now)


def _write_products(merchant: Merchant, plans: list[Plan], now: datetime) -> set[UUID]:
    """Insert new products, update those still at the version of the dry run; tells which were."""
    if not plans:
        return set()
    ids = category_ids(merchant, {plan.after["product"]["category"] for plan in plans})
    rows = [_product_row(merchant, plan, ids, now) for plan in plans]
    names = ", ".join(name for name in PRODUCT_COLUMNS if name != "version")
    sets = ", ".join(f"{name} = s.{name}" for name in OWN)
    with staged(Product, rows, PRODUCT_COLUMNS) as cursor:
        cursor.execute(
            f"INSERT INTO catalog_product ({names}, version) SELECT {names}, 1 FROM {STAGE} "
            "WHERE version = 0 ON CONFLICT (merchant_id, handle) WHERE deleted_at IS NULL "
            "DO NOTHING RETURNING id"
        )
        written = {pk for (pk,) in cursor.fetchall()}
        cursor.execute(
            f"UPDATE catalog_product AS p SET {sets} FROM {STAGE} AS s WHERE p.id = s.id "
            "AND p.version = s.version AND p.deleted_at IS NULL RETURNING p.id"
        )
        return written | {pk for (pk,) in cursor.fetchall()}


def _product_row(
    merchant: Merchant, plan: Plan, ids: Mapping[str, UUID], now: datetime
) -> dict[str, Any]:
    own = plan.after["product"]
    version = 0 if plan.is_new else plan.row.product_version
    times = {"created_at": now, "updated_at": now}
    keys = {"id": plan.product_id, "merchant_id": merchant.pk, "version": version}
    return {**own, **keys, **times, "category_id": ids.get(own["category"])}


def category_ids(merchant: Merchant, paths: set[str]) -> dict[str, UUID]:
    """The category of each path; missing ones are made, their parents first."""
    wanted = {prefix for path in paths if path for prefix in _prefixes(path)}
    found = dict(merchant.categories.filter(path__in=wanted).values_list("path", "pk"))
    for path in sorted(wanted - found.keys(), key=lambda p: p.count(" > ")):
        parent, _, name = path.rpartition(" > ")
        row, _ = Category.objects.get_or_create(
            merchant=merchant,
            path=path,
            defaults={
                "name": name[:120],
                "parent_id": found.get(parent),
                "family": facts.family_of(name),
            },
        )
        found[path] = row.pk
    return found


def _prefixes(path: str) -> list[str]:
    parts = path.split(" > ")
    return [" > ".join(parts[:n]) for n in range(1, len(parts) + 1)]


def _write_below(merchant: Merchant, plans: list[Plan], now: datetime) -> None:
    """Variants, texts and pictures that are new or differ."""
    times = {"created_at": now, "updated_at": now, "version": 1}
    found: dict[str, list[dict[str, Any]]] = {"variants": [], "texts": [], "images": []}
    for plan in plans:
        keys = {"merchant_id": merchant.pk, "product_id": plan.product_id}
        for part, rows in found.items():
            old = {row["id"]: row for row in plan.before[part]} if plan.before else {}
            new = (row for row in plan.after[part] if old.get(row["id"]) != row)
            rows.extend({**times, **row, **keys} for row in new)
    free_skus([Variant(pk=UUID(row["id"]), sku=row["sku"]) for row in found["variants"]])
    upsert(Variant, found["variants"], VARIANT_COLUMNS)
    upsert(ProductText, found["texts"], TEXT_COLUMNS)
    upsert(ProductImage, found["images"], IMAGE_COLUMNS)


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
        ids = [plan.row.pk for plan in done], [plan.product_id for plan in done]
        cursor.execute(MARK, [now, *ids])
