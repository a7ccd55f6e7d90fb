"""Who was erased is known by the e-mail too; figures keep their numbers, and rows of imports that
name somebody else stay."""

from importlib import import_module

from django.db import migrations

erasures = import_module("catalog.migrations.0032_erasures")

# An erased number that also stands somewhere else as a count or an amount is not taken there.
FIGURES = r"""
CREATE OR REPLACE FUNCTION tables_of_figures() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY['aiassist_profilerefresh', 'aiassist_keptfigures']
$$;

CREATE OR REPLACE FUNCTION without_texts(content jsonb, pattern text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    CASE jsonb_typeof(content)
    WHEN 'string' THEN RETURN to_jsonb(without_words(content #>> '{}', pattern));
    WHEN 'array' THEN
        RETURN (SELECT coalesce(jsonb_agg(without_texts(e, pattern) ORDER BY n), '[]')
                FROM jsonb_array_elements(content) WITH ORDINALITY a (e, n));
    WHEN 'object' THEN
        RETURN (SELECT coalesce(jsonb_object_agg(
                    regexp_replace(k, pattern, '[erased]', 'gi'), without_texts(v, pattern)), '{}')
                FROM jsonb_each(content) o (k, v));
    ELSE RETURN content;
    END CASE;
END $$;

-- As in 0032, but for the numbers among figures, which are left alone.
CREATE OR REPLACE FUNCTION forget_words(shop bigint, sure text[], whole text[], ids uuid[])
RETURNS jsonb LANGUAGE plpgsql SET search_path = public AS $$
DECLARE
    t record;
    n bigint;
    counts jsonb := '{}';
BEGIN
    FOR t IN
        SELECT c.oid::regclass AS place,
            string_agg(CASE WHEN kind = 'uuid'
                THEN format('%I = CASE WHEN %I = ANY ($3) THEN NULL ELSE %I END', col, col, col)
                WHEN kind = 'jsonb' AND c.relname = ANY (tables_of_figures())
                THEN format('%I = without_texts(%I, $2)', col, col)
                ELSE format('%I = without_words(%I::%s, $2)::%s', col, col, kind, type)
            END, ', ') AS changes,
            string_agg(CASE WHEN kind = 'uuid' THEN format('%I = ANY ($3)', col)
                WHEN kind = 'text' THEN format('%I ~* $2 OR %I ~* $4', col, col)
                ELSE format('%I::text ~* $4', col)
            END, ' OR ') AS conditions
        FROM pg_class c
        JOIN pg_namespace s ON s.oid = c.relnamespace AND s.nspname = 'public'
        JOIN LATERAL (
            SELECT a.attname AS col, format_type(a.atttypid, a.atttypmod) AS type,
                CASE WHEN a.atttypid IN ('text'::regtype, 'varchar'::regtype) THEN 'text'
                     WHEN a.atttypid = 'jsonb'::regtype THEN 'jsonb'
                     WHEN a.atttypid IN ('text[]'::regtype, 'varchar[]'::regtype) THEN 'text[]'
                     WHEN a.atttypid = 'uuid'::regtype AND NOT a.attnotnull THEN 'uuid'
                END AS kind
            FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        ) columns ON kind IS NOT NULL
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND c.relname <> ALL (tables_not_read())
          AND EXISTS (SELECT FROM pg_attribute m WHERE m.attrelid = c.oid
                      AND m.attname = 'merchant_id' AND NOT m.attisdropped)
        GROUP BY c.oid, c.relname
    LOOP
        EXECUTE format('UPDATE %s SET %s WHERE merchant_id = $1 AND (%s)',
                       t.place, t.changes, t.conditions)
            USING shop, words_pattern(sure, whole, false), ids, words_pattern(sure, whole, true);
        GET DIAGNOSTICS n = ROW_COUNT;
        IF n > 0 THEN
            counts := counts || jsonb_build_object(t.place::text, n);
        END IF;
    END LOOP;
    RETURN counts;
END $$;
"""

# A failed row keeps the cells of the columns that feed something, in the order of the header.
CELLS = r"""
CREATE OR REPLACE FUNCTION cells_name_customer(
    header jsonb, mapping jsonb, raw jsonb, number text
) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT EXISTS (
        SELECT FROM jsonb_array_elements(raw) line (parts)
        CROSS JOIN LATERAL jsonb_array_elements_text(parts -> 1) WITH ORDINALITY cell (said, n)
        JOIN (SELECT mapping ->> name AS target, row_number() OVER (ORDER BY at) AS n
              FROM jsonb_array_elements_text(header) WITH ORDINALITY h (name, at)
              WHERE mapping ->> name <> '') feeds ON feeds.n = cell.n
        WHERE feeds.target = 'customer' AND btrim(cell.said, E' \t\'') = number)
$$;
"""

GUARD = """
CREATE OR REPLACE FUNCTION refuse_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM catalog_erasure e
               WHERE e.lifted_at IS NULL
                 AND e.merchant_id IN (SELECT DISTINCT merchant_id FROM new_rows))
       AND (EXISTS (SELECT FROM new_rows n JOIN catalog_erasure e
                    ON e.merchant_id = n.merchant_id AND e.lifted_at IS NULL
                    AND e.key_hash = erasure_fingerprint(n.merchant_id, n.external_id))
            OR EXISTS (SELECT FROM new_rows n JOIN catalog_erasure e
                       ON e.merchant_id = n.merchant_id AND e.lifted_at IS NULL
                       AND e.contact_hash = erasure_fingerprint(n.merchant_id, n.email_sha256)
                       WHERE n.email_sha256 <> '')) THEN
        RAISE EXCEPTION 'A customer with this number or e-mail was erased.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_not_erased';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0038_lost_orders")]
    operations = [
        migrations.RunSQL(FIGURES, migrations.RunSQL.noop),
        migrations.RunSQL(CELLS, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, migrations.RunSQL.noop),
        migrations.RunSQL(erasures.ERASE_CUSTOMER, migrations.RunSQL.noop),
    ]
