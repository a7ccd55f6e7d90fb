"""A search reads its own shop's entries, and of many matches the latest hours' alone.

The index of words held every shop's, so that a search in a small shop looked at each match of the
large ones; and where a word was neither common nor rare, all its matches were read and sorted for
a page of fifty. Now every product's words have marks beside them: of the shop, of the hour it was
changed in, and of the 16, 256 and 4096 hours around it. The index gives what has a word and a mark
without reading anything else.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import F

import catalog.products.models

# No piece of a word has a point in it. Names are spelled out because
# building an index knows no path.
KEYS = """
CREATE FUNCTION search_hour(at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT floor(date_part('epoch', at AT TIME ZONE 'UTC') / 3600)::bigint
$$;
CREATE FUNCTION search_keys(shop bigint, at timestamptz, grams text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT grams || ARRAY[
        shop || '.', shop || '.1.' || public.search_hour(at),
        shop || '.16.' || public.search_hour(at) / 16,
        shop || '.256.' || public.search_hour(at) / 256,
        shop || '.4096.' || public.search_hour(at) / 4096
    ]
$$;
"""

# These run as the owner, because array operators are not leakproof and row-level security would
# keep their index from being used. Each looks at the active shop alone. How common a word is
# decides the plan, so one for all words would be wrong for some.
ALL = """
CREATE OR REPLACE FUNCTION search_products(wanted text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
SET plan_cache_mode = force_custom_plan AS $$
    SELECT p.id FROM catalog_product p, (
        SELECT nullif(current_setting('app.merchant_id', true), '')::bigint AS id
    ) shop
    WHERE p.merchant_id = shop.id AND p.deleted_at IS NULL
      AND search_keys(p.merchant_id, p.updated_at, p.grams)
          @> (query_grams(wanted) || (shop.id || '.'))
$$;
CREATE OR REPLACE FUNCTION products_tagged(wanted text, most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
SET plan_cache_mode = force_custom_plan AS $$
    SELECT p.id FROM catalog_product p, (
        SELECT nullif(current_setting('app.merchant_id', true), '')::bigint AS id
    ) shop
    WHERE p.merchant_id = shop.id AND p.deleted_at IS NULL AND p.tags @> ARRAY[wanted]::varchar[]
      AND search_keys(p.merchant_id, p.updated_at, p.grams) @> ARRAY[shop.id || '.']
    LIMIT most
$$;
CREATE OR REPLACE FUNCTION products_named(wanted text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE
    shop bigint := nullif(current_setting('app.merchant_id', true), '')::bigint;
    ways varchar[] := ARRAY[wanted, upper(wanted), lower(wanted)];
BEGIN
    RETURN QUERY
    SELECT p.id FROM catalog_product p
    WHERE p.merchant_id = shop AND p.deleted_at IS NULL AND p.handle = ANY (ways)
    UNION
    SELECT v.product_id FROM catalog_variant v
    WHERE v.merchant_id = shop AND v.deleted_at IS NULL AND v.sku <> '' AND v.sku = ANY (ways)
    LIMIT 10;
    IF NOT FOUND AND wanted ~ '^[0-9A-Za-z-]{6,60}$' AND wanted ~ '[0-9]' THEN
        RETURN QUERY
        SELECT v.product_id FROM catalog_variant v
        WHERE v.merchant_id = shop AND v.deleted_at IS NULL AND v.barcode = wanted
          AND v.product_id IN (SELECT search_products(wanted) LIMIT 200)
        LIMIT 10;
    END IF;
END $$;
"""
FORMER_ALL = """
CREATE OR REPLACE FUNCTION search_products(wanted text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT id FROM catalog_product
    WHERE merchant_id = nullif(current_setting('app.merchant_id', true), '')::bigint
      AND deleted_at IS NULL AND grams @> query_grams(wanted)
$$;
CREATE OR REPLACE FUNCTION products_tagged(wanted text, most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT id FROM catalog_product
    WHERE merchant_id = nullif(current_setting('app.merchant_id', true), '')::bigint
      AND deleted_at IS NULL AND tags @> ARRAY[wanted]::varchar[]
    LIMIT most
$$;
"""  # `products_named` works with either index.

# At least `most` matches next to a place in the order by change, unless there are fewer; in no order.
# Where 8 of the next 400 products match, walking on is cheapest; 2 are enough where a whole file was
# written at one moment, whose hour holds too much. Where none does, they may be few among all shops. Else those of an hour are looked up, and of the next, and of more hours at once
# where hours give little; where those give next to nothing, they may be few in this shop.
NEAR = """
CREATE FUNCTION matches_marked(
    kind text, wanted text, mark text, edge timestamptz, edge_id uuid, is_down boolean, most integer
) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public
SET enable_seqscan = off SET enable_indexscan = off AS $$
DECLARE
    shop bigint := nullif(current_setting('app.merchant_id', true), '')::bigint;
    keys text[] := ARRAY[shop || mark] || CASE kind WHEN 'tag' THEN '{}' ELSE query_grams(wanted) END;
BEGIN
    IF kind = 'tag' THEN
        RETURN QUERY SELECT p.id FROM catalog_product p
        WHERE p.merchant_id = shop AND p.deleted_at IS NULL AND p.tags @> ARRAY[wanted]::varchar[]
          AND search_keys(p.merchant_id, p.updated_at, p.grams) @> keys
          AND CASE WHEN is_down THEN (p.updated_at, p.id) < (edge, edge_id)
                   ELSE (p.updated_at, p.id) > (edge, edge_id) END
        LIMIT most;
    ELSE
        RETURN QUERY SELECT p.id FROM catalog_product p
        WHERE p.merchant_id = shop AND p.deleted_at IS NULL
          AND search_keys(p.merchant_id, p.updated_at, p.grams) @> keys
          AND CASE WHEN is_down THEN (p.updated_at, p.id) < (edge, edge_id)
                   ELSE (p.updated_at, p.id) > (edge, edge_id) END
        LIMIT most;
    END IF;
END $$;
CREATE FUNCTION matches_near(
    kind text, wanted text, edge timestamptz, edge_id uuid, is_down boolean, most integer
) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE
    shop bigint := nullif(current_setting('app.merchant_id', true), '')::bigint;
    ordered text := format(
        'SELECT id, updated_at, %s AS is_match FROM catalog_product WHERE merchant_id = $1 '
        'AND deleted_at IS NULL AND (updated_at, id) %s ($2, $3) ORDER BY updated_at %s, id %3$s',
        CASE kind WHEN 'tag' THEN 'tags @> ARRAY[$4]::varchar[]'
                  ELSE 'grams @> query_grams($4)' END,
        CASE WHEN is_down THEN '<' ELSE '>' END, CASE WHEN is_down THEN 'DESC' ELSE 'ASC' END);
    first_hour bigint := (SELECT search_hour(updated_at) FROM catalog_product
        WHERE merchant_id = shop ORDER BY updated_at, id LIMIT 1);
    last_hour bigint := (SELECT search_hour(updated_at) FROM catalog_product
        WHERE merchant_id = shop ORDER BY updated_at DESC, id DESC LIMIT 1);
    hour bigint := CASE WHEN edge IS NOT NULL THEN search_hour(edge)
                        WHEN is_down THEN last_hour ELSE first_hour END;
    found uuid[];
    n_found integer := 0;
    n_seen integer;
    is_moment boolean;
    n_hours integer := 0;
    n_looks integer := 0;
    width integer;
BEGIN
    edge := coalesce(edge, CASE WHEN is_down THEN 'infinity' ELSE '-infinity' END::timestamptz);
    edge_id := coalesce(edge_id, '00000000-0000-0000-0000-000000000000');
    EXECUTE format(
        'SELECT count(*), count(*) FILTER (WHERE is_match), max(updated_at) = min(updated_at) '
        'FROM (%s LIMIT 400) seen', ordered)
    INTO n_seen, n_found, is_moment USING shop, edge, edge_id, wanted;
    IF n_seen < 400 OR n_found >= 8 OR is_moment AND n_found >= 2 THEN
        RETURN QUERY EXECUTE format(
            'SELECT id FROM (%s OFFSET 0) seen WHERE is_match LIMIT $5', ordered)
        USING shop, edge, edge_id, wanted, most;
        RETURN;
    END IF;
    IF n_found = 0 AND kind <> 'tag' THEN
        found := ARRAY(SELECT CASE WHEN p.merchant_id = shop THEN p.id END FROM catalog_product p
            WHERE search_keys(p.merchant_id, p.updated_at, p.grams) @> query_grams(wanted)
            LIMIT 201);
        IF cardinality(found) <= 200 THEN
            RETURN QUERY SELECT one FROM unnest(found) one WHERE one IS NOT NULL;
            RETURN;
        END IF;
    END IF;
    n_found := 0;
    WHILE n_found < most AND hour BETWEEN first_hour AND last_hour LOOP
        IF n_looks = 8 AND n_found < 4 THEN
            found := ARRAY(SELECT matches_marked(kind, wanted, '.', edge, edge_id, is_down, 201));
            IF cardinality(found) <= 200 THEN
                RETURN QUERY SELECT unnest(found);
                RETURN;
            END IF;
        END IF;
        -- The widest that begins here, and is not expected to hold more than twice what is wanted.
        SELECT coalesce(max(w), 1) INTO width FROM unnest(ARRAY[16, 256, 4096]) w
        WHERE n_hours >= w / 4 AND (hour + is_down::integer) % w = 0
          AND n_found * w <= n_hours * 2 * (most - n_found);
        found := ARRAY(SELECT matches_marked(
            kind, wanted, format('.%s.%s', width, hour / width), edge, edge_id, is_down, NULL));
        RETURN QUERY SELECT unnest(found);
        n_found := n_found + cardinality(found);
        n_hours := n_hours + width;
        n_looks := n_looks + 1;
        hour := hour + CASE WHEN is_down THEN -width ELSE width END;
    END LOOP;
END $$;
"""
# Nobody asks any more.
COUNT = """
CREATE FUNCTION count_search(wanted text, most integer) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT count(*)::integer FROM (
        SELECT FROM catalog_product
        WHERE merchant_id = nullif(current_setting('app.merchant_id', true), '')::bigint
          AND deleted_at IS NULL AND grams @> query_grams(wanted)
        LIMIT most
    ) found
$$
"""
DROP_NEAR = """
DROP FUNCTION matches_near(text, text, timestamptz, uuid, boolean, integer);
DROP FUNCTION matches_marked(text, text, text, timestamptz, uuid, boolean, integer)
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0022_shown_products"), ("ecomportal", "0003_audit_actor_kept")]
    operations = [
        migrations.RunSQL(
            KEYS,
            "DROP FUNCTION search_keys(bigint, timestamptz, text[]); "
            "DROP FUNCTION search_hour(timestamptz)",
        ),
        migrations.AddIndex(
            "product",
            django.contrib.postgres.indexes.GinIndex(
                catalog.products.models.SearchKeys(F("merchant"), F("updated_at"), F("grams")),
                F("tags"),
                name="product_words",
                fastupdate=True,
                gin_pending_list_limit=1024,
            ),
        ),
        migrations.RunSQL(ALL, FORMER_ALL),
        migrations.RunSQL(NEAR, DROP_NEAR),
        migrations.RunSQL("DROP FUNCTION count_search(text, integer)", COUNT),
        migrations.RemoveIndex("product", "product_grams"),
        migrations.RemoveIndex("product", "product_tags"),
        # In the order the list shows them, so that a page is read and nothing sorted.
        migrations.RemoveIndex("product", "product_by_vendor"),
        migrations.RemoveIndex("product", "product_by_type"),
        migrations.AddIndex(
            "product",
            models.Index(
                fields=["merchant", "vendor", "-updated_at", "-id"],
                name="product_by_vendor",
                include=["deleted_at"],
            ),
        ),
        migrations.AddIndex(
            "product",
            models.Index(
                fields=["merchant", "product_type", "-updated_at", "-id"],
                name="product_by_type",
                include=["deleted_at"],
            ),
        ),
    ]
