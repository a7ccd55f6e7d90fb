"""What the product list asks for every page, as functions: they are planned once for a connection.
To plan the statements anew for each page took the database longer than to answer them."""

from django.db import migrations

# What a person keeps of the list, the kinds of fact that are filtered by or shown, and the
# categories' paths if need be.
LIST_KEPT = """
CREATE FUNCTION list_kept(shop bigint, person bigint, keys text[], with_paths boolean)
RETURNS TABLE (kept json, kinds json, paths json) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY SELECT
        (SELECT coalesce(json_agg(v ORDER BY v.created_at, v.id), '[]') FROM (
            SELECT s.id, s.page, s.name, s.query, s.created_at FROM ecomportal_savedview s
            WHERE s.merchant_id = shop AND s.user_id = person
              AND s.page IN ('products', 'products.columns', 'products.first')) v),
        (SELECT coalesce(json_agg(k), '[]') FROM (
            SELECT a.id, a.key, a.label_en, a.label_zh, a.type, a.unit FROM catalog_attribute a
            WHERE a.merchant_id = shop AND (a.key = ANY (keys) OR EXISTS (
                SELECT FROM ecomportal_savedview s
                WHERE s.merchant_id = shop AND s.user_id = person AND s.page = 'products.columns'
                  AND strpos(s.query, 'f.' || a.key || ',') > 0))) k),
        (SELECT json_object_agg(c.id, json_build_array(c.path, c.path_zh) ORDER BY c.path)
         FROM catalog_category c WHERE c.merchant_id = shop AND with_paths);
END $$
"""
# What the rows of a page show, in the order of their ids. A deleted product shows the variants it
# left with.
SHOWN_PRODUCTS = """
CREATE FUNCTION shown_products(ids uuid[])
RETURNS TABLE (
    id uuid, title text, status text, updated_at timestamptz, product_type text, vendor text,
    tags text[], lowest_price bigint, n_in_stock bigint, drafts smallint,
    n_variants bigint, low bigint, high bigint, stock bigint, sku text, image_id uuid,
    category text, category_zh text, family text, keys text[], n_proposed bigint, languages text[]
) LANGUAGE plpgsql STABLE ROWS 50 AS $$
BEGIN
    RETURN QUERY
    SELECT p.id, p.title::text, p.status::text, p.updated_at, p.product_type::text,
        p.vendor::text, p.tags::text[], g.lowest_cents, g.n_in_stock, g.drafts,
        v.n, v.low, v.high, v.stock, v.sku,
        CASE WHEN g.n_pictures > 0 THEN (
            SELECT i.id FROM catalog_productimage i WHERE i.product_id = p.id AND i.file <> ''
            ORDER BY i.position, i.id LIMIT 1) END,
        c.name::text, c.name_zh::text, c.family::text, k.keys, k.n_proposed,
        ARRAY(SELECT t.language::text FROM catalog_producttext t
              WHERE t.product_id = p.id AND t.field = 'description' AND t.text <> ''
              ORDER BY t.language)
    FROM unnest(ids) WITH ORDINALITY AS place (id, n)
    JOIN catalog_product p ON p.id = place.id
    JOIN catalog_productfigures g ON g.product_id = p.id
    LEFT JOIN LATERAL (
        SELECT count(*) AS n, min(w.price_cents)::bigint AS low, max(w.price_cents)::bigint AS high,
            min(w.sku)::text AS sku, (sum(w.stock) FILTER (WHERE w.is_stock_tracked))::bigint AS stock
        FROM catalog_variant w
        WHERE w.product_id = p.id AND (w.deleted_at IS NULL OR w.deleted_at = p.deleted_at)
    ) v ON true
    LEFT JOIN catalog_category c ON c.id = p.category_id
    LEFT JOIN (
        SELECT f.product_id, array_agg(a.key::text) FILTER (WHERE f.status = 'confirmed') AS keys,
            count(*) FILTER (WHERE f.status = 'proposed') AS n_proposed
        FROM catalog_fact f JOIN catalog_attribute a ON a.id = f.attribute_id
        WHERE f.product_id = ANY (ids)
        GROUP BY f.product_id
    ) k ON k.product_id = p.id
    ORDER BY place.n;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0021_copy_kinds"), ("ecomportal", "0007_live_jobs")]
    operations = [
        migrations.RunSQL(LIST_KEPT, "DROP FUNCTION list_kept(bigint, bigint, text[], boolean)"),
        migrations.RunSQL(SHOWN_PRODUCTS, "DROP FUNCTION shown_products(uuid[])"),
    ]
