"""Find customers by the beginning of any word of their name or number, and by a tag.

Each word is kept with all its beginnings and the shop's mark, so that a look-up reads the own
shop's entries alone. Row-level security keeps such an index from the app's own queries, so a
function of the owner reads it and looks at the shop itself.
"""

from django.db import migrations, models

SEARCH = r"""
CREATE FUNCTION customer_words(shop bigint, number text, name text, tags text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(DISTINCT key) FROM (
        SELECT shop || ':' || left(w, n) AS key
        FROM (
            SELECT w FROM regexp_split_to_table(
                lower(name || ' ' || number), '[[:space:][:punct:]]+') w
            UNION ALL SELECT lower(number)
            -- Han text has no spaces: it may be looked for from any character on.
            UNION ALL SELECT substr(h[1], i)
            FROM regexp_matches(name, '[\u3400-\u9fff]+', 'g') h, generate_series(2, length(h[1])) i
        ) words, generate_series(1, least(length(w), 16)) n
        UNION ALL SELECT shop || '#' || lower(t) FROM unnest(tags) t
    ) keys
$$;

CREATE FUNCTION customer_query(shop bigint, asked text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(shop || ':' || left(w, 16))
    FROM regexp_split_to_table(lower(asked), '[[:space:][:punct:]]+') w WHERE w <> ''
$$;

CREATE INDEX customer_words ON catalog_customer
    USING gin (customer_words(merchant_id, external_id, name, tags))
    WITH (gin_pending_list_limit = 1024);

CREATE FUNCTION customers_named(asked text, most integer) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE
    shop bigint := nullif(current_setting('app.merchant_id', true), '')::bigint;
    wanted text[] := customer_query(shop, asked);
BEGIN
    IF wanted IS NOT NULL THEN
        RETURN QUERY SELECT id FROM catalog_customer
        WHERE customer_words(merchant_id, external_id, name, tags) @> wanted
          AND merchant_id = shop LIMIT most;
    END IF;
END $$;

CREATE FUNCTION customers_tagged(tag text, most integer) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE
    shop bigint := nullif(current_setting('app.merchant_id', true), '')::bigint;
BEGIN
    RETURN QUERY SELECT id FROM catalog_customer
    WHERE customer_words(merchant_id, external_id, name, tags) @> ARRAY[shop || '#' || lower(tag)]
      AND merchant_id = shop LIMIT most;
END $$;
"""
GONE = """
DROP FUNCTION customers_tagged(text, integer), customers_named(text, integer);
DROP INDEX customer_words;
DROP FUNCTION customer_query(bigint, text), customer_words(bigint, text, text, text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0032_erasures")]
    operations = [
        migrations.RunSQL(SEARCH, GONE),
        migrations.AddIndex(
            "customer", models.Index(fields=["merchant", "name", "id"], name="customer_by_name")
        ),
        migrations.AddIndex(
            "customer",
            models.Index(fields=["merchant", "country", "id"], name="customer_by_country"),
        ),
    ]
