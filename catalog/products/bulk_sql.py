"""What each bulk edit does, as SQL: a plan to look at beforehand, and the write of one batch.

Both start from `chosen(id)`. A plan gives one row a product: (id, n_variants, n_changed, n_lost,
why, delta, old, new); `n_changed` counts its variants or, of the product itself, is 0 or 1, and
`why` says why the product must be left as it is. A write ends in `told` (product_id, before, after)
and `refused` (product_id, why), and what it tells is what a way back needs (see `ChangeRow`).
"""

import json
from dataclasses import dataclass
from typing import Any

from babel.numbers import get_currency_precision

MOST_CENTS = 10**14  # what the forms let in: twelve digits before the point
BELOW, ROUNDED, LARGE, TAKEN = "below", "rounded", "large", "taken"  # reasons to refuse


@dataclass(frozen=True)
class Edit:
    """One bulk edit, ready to be planned and written; `values` are its named parameters."""

    plan: str
    write: str
    values: dict[str, Any]
    is_of_deleted: bool = False


def edit_for(action: str, params: dict[str, Any], currency: str) -> Edit:
    return MAKERS[action](params, currency)


def roundings(currency: str) -> dict[str, tuple[int, int]]:
    """The rules a currency has: prices are a multiple of the step, less the offset, in minor units.

    "Ends in .99" is a whole unit less a hundredth of it.
    """
    unit = 10 ** get_currency_precision(currency)
    if unit < 100:
        return {"none": (1, 0), "10": (10, 0), "100": (100, 0)}
    return {
        "none": (1, 0),
        "99": (unit, unit // 100),
        "95": (unit, unit * 5 // 100),
        "whole": (unit, 0),
        "0.05": (unit // 20, 0),
        "0.10": (unit // 10, 0),
    }


# --- Prices ----------------------------------------------------------------------------------

EXACT = {
    "set": "%(value)s::numeric",
    "amount": "v.{column} + %(value)s::numeric",
    "percent": "v.{column} * (100 + %(value)s::numeric) / 100",
    "copy": "v.price_cents::numeric",
    "clear": "NULL::numeric",
}
# Half a step goes up. Nothing that costs something falls below the lowest price of its rule.
PRICED = """
priced AS MATERIALIZED (
    SELECT x.*, CASE WHEN exact < 0 THEN 'below' WHEN new = 0 AND exact > 0 THEN 'rounded'
                     WHEN new >= %(most)s THEN 'large' END AS why
    FROM (
        SELECT e.*, CASE
            WHEN exact <= 0 THEN floor(exact + 0.5)
            WHEN %(offset)s = 0 THEN floor((2 * exact + %(step)s) / (2 * %(step)s)) * %(step)s
            ELSE greatest(%(step)s, floor((2 * (exact + %(offset)s) + %(step)s) / (2 * %(step)s))
                          * %(step)s) - %(offset)s
        END AS new
        FROM (
            SELECT v.id, v.product_id, v.{column} AS old, {exact} AS exact
            FROM catalog_variant v JOIN chosen c ON c.id = v.product_id
            WHERE v.deleted_at IS NULL
        ) e
    ) x
)"""
PRICE_PLAN = """
WITH {priced}
SELECT c.id, count(r.id) AS n_variants,
    count(*) FILTER (WHERE r.new IS DISTINCT FROM r.old) AS n_changed,
    count(*) FILTER (WHERE r.exact <> r.old AND r.new = r.old) AS n_lost,
    coalesce(min(r.why), '') AS why,
    coalesce(sum(r.new - r.old), 0) AS delta,
    jsonb_build_array(min(r.old), max(r.old)) AS old,
    jsonb_build_array(min(r.new), max(r.new)) AS new
FROM chosen c LEFT JOIN priced r ON r.product_id = c.id GROUP BY c.id
"""
# The old price is named again: a price that another writes meanwhile is never written over.
PRICE_WRITE = """
{priced}, refused AS (
    SELECT product_id, min(why) AS why FROM priced WHERE why IS NOT NULL GROUP BY product_id
), moved AS (
    UPDATE catalog_variant v SET {column} = n.new::bigint FROM priced n
    WHERE v.id = n.id AND v.{column} IS NOT DISTINCT FROM n.old AND n.new IS DISTINCT FROM n.old
      AND n.product_id NOT IN (SELECT product_id FROM refused)
    RETURNING v.product_id, v.id, n.old, v.{column} AS new
), told AS (
    SELECT product_id,
        jsonb_build_object('variants',
            jsonb_object_agg(id, jsonb_build_object('{column}', old))) AS before,
        jsonb_build_object('variants',
            jsonb_object_agg(id, jsonb_build_object('{column}', new))) AS after
    FROM moved GROUP BY product_id
)"""
BELOW_PRODUCT = "updated_at = %(now)s"  # what is written of the product itself


def _price(params: dict[str, Any], currency: str, *, column: str = "price_cents") -> Edit:
    step, offset = roundings(currency).get(params.get("rounding") or "none", (1, 0))
    exact = EXACT[params["how"]].format(column=column)
    priced = PRICED.format(column=column, exact=exact)
    return Edit(
        PRICE_PLAN.format(priced=priced),
        _write(PRICE_WRITE.format(priced=priced, column=column), BELOW_PRODUCT),
        {"value": params.get("value") or 0, "step": step, "offset": offset, "most": MOST_CENTS},
    )


def _compare_at(params: dict[str, Any], currency: str) -> Edit:
    return _price(params, currency, column="compare_at_cents")


# --- The product itself ----------------------------------------------------------------------

PRODUCT_PLAN = """
SELECT p.id, 0 AS n_variants, (p.{column} IS DISTINCT FROM {new})::int AS n_changed, 0 AS n_lost,
    '' AS why, 0 AS delta, to_jsonb(p.{column}) AS old, to_jsonb({new}) AS new
FROM chosen c JOIN catalog_product p ON p.id = c.id
"""
PRODUCT_WRITE = """
refused AS (SELECT NULL::uuid AS product_id, '' AS why WHERE false), told AS (
    SELECT p.id AS product_id,
        jsonb_build_object('product', jsonb_build_object('{column}', p.{column})) AS before,
        jsonb_build_object('product', jsonb_build_object('{column}', {new})) AS after
    FROM chosen c JOIN catalog_product p ON p.id = c.id
    WHERE p.{column} IS DISTINCT FROM {new}
)"""
TAGS = {
    "add": "(p.tags || ARRAY(SELECT t FROM unnest(%(tags)s::varchar[]) WITH ORDINALITY u (t, n) "
    "WHERE t <> ALL (p.tags) ORDER BY n))",
    "remove": "ARRAY(SELECT t FROM unnest(p.tags) WITH ORDINALITY u (t, n) "
    "WHERE t <> ALL (%(tags)s::varchar[]) ORDER BY n)",
    "replace": "%(tags)s::varchar[]",
}


def _of_product(column: str, new: str, values: dict[str, Any]) -> Edit:
    write = PRODUCT_WRITE.format(column=column, new=new)
    return Edit(
        PRODUCT_PLAN.format(column=column, new=new),
        _write(write, f"{column} = {new}, {BELOW_PRODUCT}"),
        values,
    )


def _status(params: dict[str, Any], currency: str) -> Edit:
    return _of_product("status", "%(status)s::varchar", {"status": params["status"]})


def _category(params: dict[str, Any], currency: str) -> Edit:
    return _of_product(
        "category_id", "%(category)s::uuid", {"category": params["category"] or None}
    )


def _tags(params: dict[str, Any], currency: str) -> Edit:
    return _of_product("tags", TAGS[params["how"]], {"tags": params["tags"]})


# --- Facts -----------------------------------------------------------------------------------

# Of the product as a whole, not of single variants; what was rejected stays remembered.
FACTS = """
catalog_fact f JOIN chosen c ON c.id = f.product_id
WHERE f.attribute_id = %(attribute)s::uuid AND f.variant_id IS NULL
  AND (f.status <> 'rejected' OR f.value = ANY (%(values)s::varchar[]))
"""
IS_RIGHT = """
(f.value = ANY (%(values)s::varchar[]) AND f.unit = %(unit)s AND f.status = 'confirmed'
 AND f.number IS NOT DISTINCT FROM %(number)s::numeric)
"""
FACT_PLAN = f"""
SELECT c.id, 0 AS n_variants, ({{changed}})::int AS n_changed, 0 AS n_lost, '' AS why, 0 AS delta,
    coalesce(g.old, '[]') AS old, {{new}} AS new
FROM chosen c LEFT JOIN (
    SELECT f.product_id, jsonb_agg(trim(f.value || ' ' || f.unit) ORDER BY f.id) AS old,
        count(*) AS n, count(*) FILTER (WHERE {IS_RIGHT}) AS n_right,
        coalesce(jsonb_agg(trim(f.value || ' ' || f.unit) ORDER BY f.id)
            FILTER (WHERE NOT {{gone}}), '[]') AS kept,
        count(*) FILTER (WHERE {{gone}}) AS n_gone
    FROM {FACTS} GROUP BY f.product_id
) g ON g.product_id = c.id
"""
FACT_WRITE = f"""
refused AS (SELECT NULL::uuid AS product_id, '' AS why WHERE false), there AS MATERIALIZED (
    SELECT f.* FROM {FACTS}
), gone AS (
    DELETE FROM catalog_fact f USING there WHERE f.id = there.id AND {{gone}}
    RETURNING f.product_id, f.id, to_jsonb(f) AS old, 'null'::jsonb AS new
), kept AS (
    UPDATE catalog_fact f SET unit = %(unit)s, number = %(number)s::numeric, status = 'confirmed',
        source = 'person', evidence = ''
    FROM there WHERE f.id = there.id AND %(is_set)s AND f.value = ANY (%(values)s::varchar[])
      AND NOT {IS_RIGHT}
    RETURNING f.product_id, f.id, to_jsonb(there) AS old, to_jsonb(f) AS new
), made AS (
    INSERT INTO catalog_fact (id, merchant_id, product_id, attribute_id, value, number, unit,
        status, source, evidence, created_at)
    SELECT uuidv7(), p.merchant_id, p.id, %(attribute)s::uuid, given, %(number)s::numeric, %(unit)s,
        'confirmed', 'person', '', %(now)s
    FROM chosen c JOIN catalog_product p ON p.id = c.id,
        unnest(%(values)s::varchar[]) u (given)
    WHERE %(is_set)s
      AND NOT EXISTS (SELECT FROM there t WHERE t.product_id = p.id AND t.value = u.given)
    RETURNING product_id, id, 'null'::jsonb AS old, to_jsonb(catalog_fact) AS new
), told AS (
    SELECT product_id, jsonb_build_object('facts', jsonb_object_agg(id, old)) AS before,
        jsonb_build_object('facts', jsonb_object_agg(id, new)) AS after
    FROM (SELECT * FROM gone UNION ALL SELECT * FROM kept UNION ALL SELECT * FROM made) rows
    GROUP BY product_id
)"""
# Setting a fact takes out other values; removing one takes out what is named, or all of its kind.
GONE = {
    "set": "(f.value <> ALL (%(values)s::varchar[]))",
    "remove": "(%(values)s::varchar[] = '{}' OR f.value = ANY (%(values)s::varchar[]))",
}


def _fact(params: dict[str, Any], currency: str) -> Edit:
    how, values = params["how"], params["values"]
    new, changed = "%(shown)s::jsonb", "coalesce(g.n, 0) <> %(n)s OR g.n_right <> %(n)s"
    if how == "remove":
        new, changed = "coalesce(g.kept, '[]')", "coalesce(g.n_gone, 0) > 0"
    gone = GONE[how]
    return Edit(
        FACT_PLAN.format(changed=changed, new=new, gone=gone),
        _write(FACT_WRITE.format(gone=gone), BELOW_PRODUCT),
        {
            "attribute": params["attribute"],
            "values": values,
            "n": len(values),
            "unit": params["unit"],
            "number": params["number"],
            "is_set": how == "set",
            "shown": json.dumps([f"{value} {params['unit']}".strip() for value in values]),
        },
    )


# --- Deleting and restoring ------------------------------------------------------------------

DELETE_PLAN = """
SELECT c.id, 0 AS n_variants, 1 AS n_changed, 0 AS n_lost, '' AS why, 0 AS delta,
    'null'::jsonb AS old, 'null'::jsonb AS new FROM chosen c
"""
DELETED = """
), told AS (
    SELECT c.id AS product_id,
        jsonb_build_object('product', jsonb_build_object('deleted_at', c.old),
            'variants', coalesce(jsonb_object_agg(m.id, jsonb_build_object('deleted_at', m.old))
                FILTER (WHERE m.id IS NOT NULL), '{}')) AS before,
        jsonb_build_object('product', jsonb_build_object('deleted_at', c.new),
            'variants', coalesce(jsonb_object_agg(m.id, jsonb_build_object('deleted_at', m.new))
                FILTER (WHERE m.id IS NOT NULL), '{}')) AS after
    FROM whole c LEFT JOIN moved m ON m.product_id = c.id GROUP BY c.id, c.old, c.new
)"""
DELETE_WRITE = f"""
refused AS (SELECT NULL::uuid AS product_id, '' AS why WHERE false), whole AS (
    SELECT id, NULL::timestamptz AS old, %(now)s::timestamptz AS new FROM chosen
), moved AS (
    UPDATE catalog_variant v SET deleted_at = c.new FROM whole c
    WHERE v.product_id = c.id AND v.deleted_at IS NULL
    RETURNING v.product_id, v.id, c.old, c.new
{DELETED}"""
IS_TAKEN = """(
    EXISTS (SELECT FROM catalog_product q WHERE q.deleted_at IS NULL AND q.handle = p.handle
            AND q.merchant_id = p.merchant_id)
    OR EXISTS (
        SELECT FROM catalog_variant v JOIN catalog_variant w
            ON w.merchant_id = v.merchant_id AND w.sku = v.sku AND w.deleted_at IS NULL
        WHERE v.product_id = p.id AND v.deleted_at = p.deleted_at AND v.sku <> '')
)"""
RESTORE_PLAN = f"""
SELECT p.id, 0 AS n_variants, 1 AS n_changed, 0 AS n_lost,
    CASE WHEN {IS_TAKEN} THEN 'taken' ELSE '' END AS why, 0 AS delta,
    'null'::jsonb AS old, 'null'::jsonb AS new
FROM chosen c JOIN catalog_product p ON p.id = c.id
"""
RESTORE_WRITE = f"""
refused AS MATERIALIZED (
    SELECT p.id AS product_id, 'taken' AS why FROM chosen c JOIN catalog_product p ON p.id = c.id
    WHERE {IS_TAKEN}
), whole AS (
    SELECT p.id, p.deleted_at AS old, NULL::timestamptz AS new
    FROM chosen c JOIN catalog_product p ON p.id = c.id
    WHERE p.id NOT IN (SELECT product_id FROM refused)
), moved AS (
    UPDATE catalog_variant v SET deleted_at = NULL FROM whole c
    WHERE v.product_id = c.id AND v.deleted_at = c.old
    RETURNING v.product_id, v.id, c.old, c.new
{DELETED}"""


def _delete(params: dict[str, Any], currency: str) -> Edit:
    write = _write(DELETE_WRITE, f"deleted_at = %(now)s, {BELOW_PRODUCT}")
    return Edit(DELETE_PLAN, write, {})


def _restore(params: dict[str, Any], currency: str) -> Edit:
    write = _write(RESTORE_WRITE, f"deleted_at = NULL, {BELOW_PRODUCT}", is_live=False)
    return Edit(RESTORE_PLAN, write, {}, is_of_deleted=True)


# --- What every write ends in ----------------------------------------------------------------

WRITE = """
WITH chosen AS MATERIALIZED (
    SELECT id FROM catalog_product WHERE id = ANY (%(ids)s::uuid[]) AND deleted_at IS {state}
), {write}, raised AS (
    UPDATE catalog_product p SET {sets} FROM told t WHERE p.id = t.product_id
    RETURNING p.merchant_id, p.id, p.title, t.before, t.after, old.version AS was, p.version
), recorded AS (
    INSERT INTO catalog_changerow (merchant_id, change_id, product_id, label, before, after,
        version_before, version_after, state, why)
    SELECT merchant_id, %(change)s::uuid, id, left(title, 255), before, after, was, version,
        'written', ''
    FROM raised
    UNION ALL
    SELECT p.merchant_id, %(change)s::uuid, p.id, left(p.title, 255), '{{}}', '{{}}', p.version,
        p.version, 'refused', r.why
    FROM refused r JOIN catalog_product p ON p.id = r.product_id
    RETURNING state
)
SELECT count(*) FILTER (WHERE state = 'written'), count(*) FILTER (WHERE state = 'refused')
FROM recorded
"""


def _write(write: str, sets: str, *, is_live: bool = True) -> str:
    return WRITE.format(write=write, sets=sets, state="NULL" if is_live else "NOT NULL")


MAKERS = {
    "price": _price,
    "compare_at": _compare_at,
    "status": _status,
    "category": _category,
    "tags": _tags,
    "fact": _fact,
    "delete": _delete,
    "restore": _restore,
}
