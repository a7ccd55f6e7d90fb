"""Take rows of a change back inside the database: a batch is a few statements, whatever its size.

It serves rows recorded in part and those of created products (see `ChangeRow`); whole snapshots go
through `snapshot.restore`. Products are told apart by their version: who wrote since raised it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import F
from django.utils import timezone

from catalog.products.changes import Change
from catalog.products.models import Fact, Product, ProductImage, ProductText, Variant
from catalog.products.versions import versions_by_hand

TABLES: dict[str, type[models.Model]] = {
    "product": Product,
    "variants": Variant,
    "facts": Fact,
    "texts": ProductText,
    "images": ProductImage,
}
BELOW = ("variants", "facts", "texts", "images")
# What a way back never turns back: keys, and what the database works out by itself.
KEPT = {"id", "merchant_id", "product_id", "version", "created_at", "updated_at"}
# What may be gone by now: it is left empty then.
REFERENCES = {"category_id": "catalog_category", "approved_by_id": "ecomportal_user"}

SEQSCAN = "SELECT set_config('enable_seqscan', %s, true)"
READY = """
SELECT r.id FROM catalog_changerow r JOIN catalog_product p ON p.id = r.product_id
WHERE r.id = ANY (%(ids)s) AND p.version = r.version_after
"""

# What a change wrote still stands, though other things of the product moved since.
STANDS = """
SELECT r.id FROM catalog_changerow r JOIN catalog_product p ON p.id = r.product_id
WHERE r.id = ANY (%(ids)s) AND r.before IS NOT NULL AND NOT r.after ? 'text'
  AND jsonb_typeof(r.before -> 'variants') IS DISTINCT FROM 'array'
  AND NOT EXISTS (
    SELECT FROM jsonb_each(r.after -> 'product') e
    WHERE to_jsonb(p) -> e.key IS DISTINCT FROM e.value)
"""
STANDS_BELOW = """
  AND NOT EXISTS (
    SELECT FROM jsonb_each(
        CASE jsonb_typeof(r.after -> '{part}') WHEN 'object' THEN r.after -> '{part}' END) e
    LEFT JOIN {table} b ON b.id = e.key::uuid AND b.product_id = r.product_id
    WHERE (b.id IS NULL) <> (jsonb_typeof(e.value) = 'null') OR EXISTS (
        SELECT FROM jsonb_each(CASE jsonb_typeof(e.value) WHEN 'object' THEN e.value END) f
        WHERE to_jsonb(b) -> f.key IS DISTINCT FROM f.value))
"""

NAMES = """
SELECT DISTINCT 'product', k FROM catalog_changerow r, jsonb_object_keys(r.before -> 'product') k
WHERE r.id = ANY (%(ids)s)
UNION
SELECT DISTINCT part, k FROM catalog_changerow r, unnest(%(parts)s::text[]) part,
    jsonb_each(r.before -> part) e,
    jsonb_object_keys(CASE jsonb_typeof(e.value) WHEN 'object' THEN e.value END) k
WHERE r.id = ANY (%(ids)s)
"""

# A variant that takes the SKU of another of the batch must find it free.
FREE_SKUS = """
UPDATE catalog_variant v SET sku = '' FROM catalog_changerow r, jsonb_each(r.before -> 'variants') e
WHERE r.id = ANY (%(ids)s) AND v.id = e.key::uuid AND e.value ? 'sku' AND v.sku <> ''
  AND v.sku <> e.value ->> 'sku'
"""

UPDATE_BELOW = """
UPDATE {table} t SET {sets}
FROM catalog_changerow r, jsonb_each(r.before -> '{part}') e (key, old),
    jsonb_populate_record(NULL::{table}, CASE jsonb_typeof(e.old) WHEN 'object' THEN e.old END) n
WHERE r.id = ANY (%(ids)s) AND t.id = e.key::uuid AND t.product_id = r.product_id
  AND jsonb_typeof(e.old) = 'object' AND jsonb_typeof(r.after -> '{part}' -> e.key) = 'object'
"""
ADDED = """
catalog_changerow r, jsonb_each(r.before -> '{part}') e
WHERE r.id = ANY (%(ids)s) AND t.id = e.key::uuid AND t.product_id = r.product_id
  AND jsonb_typeof(e.value) = 'null'
"""
REMOVE_ADDED = f"DELETE FROM {{table}} t USING {ADDED}"
# Order lines may point at a variant, so it is only taken out.
REMOVE_VARIANTS = f"UPDATE {{table}} t SET deleted_at = %(now)s FROM {ADDED}"
BRING_BACK = """
INSERT INTO {table} ({columns}) SELECT {values}
FROM catalog_changerow r, jsonb_each(r.before -> '{part}') e,
    jsonb_populate_record(NULL::{table},
        jsonb_build_object('version', 1, 'created_at', now(), 'updated_at', now(),
                           'fetch_error', '') || e.value
        || jsonb_build_object('id', e.key, 'merchant_id', r.merchant_id,
                              'product_id', r.product_id)) n
WHERE r.id = ANY (%(ids)s) AND jsonb_typeof(e.value) = 'object'
  AND jsonb_typeof(r.after -> '{part}' -> e.key) = 'null' {only}
ON CONFLICT DO NOTHING
"""
KIND_IS_THERE = "AND EXISTS (SELECT FROM catalog_attribute a WHERE a.id = n.attribute_id)"

# The product is again what it was at the version this row found. Rows of earlier changes that
# wrote that version can be taken back as if nothing had happened in between.
STAMPED = """
r.version_before > 0 AND o.state = 'written' AND NOT coalesce(o.after ? 'text', false)
"""
INSERT = """
INSERT INTO catalog_changerow (merchant_id, change_id, product_id, label, before, after,
    version_before, version_after, state)
"""
PRODUCTS = f"""
WITH raised AS (
    UPDATE catalog_product t SET {{sets}}
    FROM catalog_changerow r, jsonb_populate_record(NULL::catalog_product, r.before -> 'product') n,
        coalesce(r.before -> 'product', '{{{{}}}}') e (old)
    WHERE r.id = ANY (%(ids)s) AND r.before IS NOT NULL AND t.id = r.product_id
    RETURNING t.merchant_id, t.id, t.title, r.before, r.after, old.version AS was, t.version,
        r.id AS row_id, r.version_before
), stamped AS (
    UPDATE catalog_changerow o SET version_after = r.version FROM raised r
    WHERE o.product_id = r.id AND o.id < r.row_id AND o.version_after = r.version_before
      AND {STAMPED}
)
{INSERT}
SELECT merchant_id, %(change)s, id, left(title, 255), after, before, was, version, 'written'
FROM raised
"""
CREATED = f"""
WITH gone AS (
    UPDATE catalog_variant v SET deleted_at = %(now)s FROM catalog_changerow r
    WHERE r.id = ANY (%(ids)s) AND r.before IS NULL AND v.product_id = r.product_id
      AND v.deleted_at IS NULL
    RETURNING v.product_id, v.id
), told AS (
    SELECT product_id, jsonb_object_agg(id, '{{"deleted_at": null}}'::jsonb) AS old,
           jsonb_object_agg(id, jsonb_build_object('deleted_at', %(now)s::timestamptz)) AS new
    FROM gone GROUP BY product_id
), raised AS (
    UPDATE catalog_product p SET deleted_at = %(now)s, updated_at = %(now)s
    FROM catalog_changerow r
    WHERE r.id = ANY (%(ids)s) AND r.before IS NULL AND p.id = r.product_id
      AND p.deleted_at IS NULL
    RETURNING p.merchant_id, p.id, p.title, old.version AS was, p.version
)
{INSERT}
SELECT r.merchant_id, %(change)s, r.id, left(r.title, 255),
    jsonb_build_object('product', '{{"deleted_at": null}}'::jsonb,
                       'variants', coalesce(t.old, '{{}}')),
    jsonb_build_object('product', jsonb_build_object('deleted_at', %(now)s::timestamptz),
                       'variants', coalesce(t.new, '{{}}')),
    r.was, r.version, 'written'
FROM raised r LEFT JOIN told t ON t.product_id = r.id
"""

RESTAMP = f"""
UPDATE catalog_changerow o SET version_after = u.version_after
FROM catalog_changerow r JOIN catalog_changerow u ON u.product_id = r.product_id
WHERE r.id = ANY (%(ids)s) AND u.change_id = %(change)s AND o.product_id = r.product_id
  AND o.id < r.id AND o.version_after = r.version_before AND {STAMPED}
"""


def ready(ids: Sequence[int]) -> set[int]:
    """Rows whose product nobody wrote since."""
    return _found(READY, ids)


def standing(ids: Sequence[int]) -> set[int]:
    """Rows recorded in part whose every value still is what the change wrote."""
    below = "".join(
        STANDS_BELOW.format(part=part, table=TABLES[part]._meta.db_table) for part in BELOW
    )
    return _found(STANDS + below, ids)


def _found(sql: str, ids: Sequence[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": list(ids)})
        return {pk for (pk,) in cursor.fetchall()}


def take_back(undo: Change, ids: Sequence[int]) -> None:
    """Take these rows back and record it in `undo`. The products are locked by the caller.

    Raises IntegrityError where another product took a handle or a SKU meanwhile.
    """
    wanted = {"ids": list(ids), "change": undo.pk, "now": timezone.now(), "parts": list(BELOW)}
    with versions_by_hand(), connection.cursor() as cursor:
        # Every row is named by its key. While a large change is young, the planner knows nothing
        # of its rows yet and would read the table from end to end for each batch.
        cursor.execute(SEQSCAN, ["off"])
        cursor.execute(NAMES, wanted)
        names = defaultdict(set)
        for part, name in cursor.fetchall():
            names[part].add(name)
        if "sku" in names["variants"]:
            cursor.execute(FREE_SKUS, wanted)
        for part in BELOW:
            _below(cursor, part, wanted, names[part])
        sets = ", ".join([*_sets("e.old", names["product"], Product), "updated_at = %(now)s"])
        cursor.execute(PRODUCTS.format(sets=sets), wanted)
        n_rows = cursor.rowcount
        cursor.execute(CREATED, wanted)
        n_rows += cursor.rowcount
        cursor.execute(SEQSCAN, ["on"])
    Change.objects.filter(pk=undo.pk).update(n_rows=F("n_rows") + n_rows)


def restamp(undo: Change, ids: Iterable[int]) -> None:
    """The same for rows that were taken back another way."""
    with connection.cursor() as cursor:
        cursor.execute(RESTAMP, {"ids": list(ids), "change": undo.pk})


def _below(cursor: Any, part: str, wanted: dict[str, Any], names: set[str]) -> None:
    model = TABLES[part]
    table = model._meta.db_table
    if sets := _sets("e.old", names, model):
        cursor.execute(UPDATE_BELOW.format(table=table, part=part, sets=", ".join(sets)), wanted)
    remove = REMOVE_VARIANTS if part == "variants" else REMOVE_ADDED
    cursor.execute(remove.format(table=table, part=part), wanted)
    only = KIND_IS_THERE if part == "facts" else ""
    columns = [f.column for f in model._meta.concrete_fields if not f.generated]
    given = {"columns": ", ".join(columns), "values": ", ".join(map(_value, columns))}
    cursor.execute(BRING_BACK.format(table=table, part=part, only=only, **given), wanted)


def _sets(given: str, names: set[str], model: type[models.Model]) -> list[str]:
    """What to assign: the old value where the row has one, else what is there."""
    fields = model._meta.concrete_fields
    columns = {field.column for field in fields if not field.generated} - KEPT
    return [
        f"{name} = CASE WHEN {given} ? '{name}' THEN {_value(name)} ELSE t.{name} END"
        for name in sorted(names & columns)
    ]


def _value(name: str) -> str:
    if name in REFERENCES:
        return f"(SELECT x.id FROM {REFERENCES[name]} x WHERE x.id = n.{name})"
    return f"n.{name}"
