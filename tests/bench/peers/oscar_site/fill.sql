INSERT INTO catalogue_productclass (name, slug, requires_shipping, track_stock)
VALUES ('Goods', 'goods', true, true);
INSERT INTO partner_partner (code, name) VALUES ('own', 'Own stock');
-- One level of the tree: the dashboard's list does not look below it.
INSERT INTO catalogue_category
    (path, depth, numchild, name, description, long_description, slug, is_public,
     ancestors_are_public, exclude_from_menu)
SELECT lpad(row_number() OVER (ORDER BY category)::text, 4, '0'), 1, 0, category, '', '',
       'category-' || row_number() OVER (ORDER BY category), true, true, false
FROM (SELECT DISTINCT category FROM copied_product WHERE category <> '') c;
-- A product with one variant stands alone; one with more is the parent of its children.
CREATE TEMP TABLE counted AS SELECT n, count(*) AS n_variants FROM copied_variant GROUP BY n;
INSERT INTO catalogue_product
    (id, structure, upc, title, slug, description, date_created, date_updated, is_discountable,
     product_class_id, is_public, priority)
SELECT p.n, CASE WHEN c.n_variants > 1 THEN 'parent' ELSE 'standalone' END,
       CASE WHEN c.n_variants > 1 THEN NULL
            ELSE (SELECT v.sku FROM copied_variant v WHERE v.n = p.n) END,
       p.title, p.handle, p.description, p.created_at, p.updated_at, true, k.id,
       p.status = 'active', 0
FROM copied_product p JOIN counted c ON c.n = p.n, catalogue_productclass k ORDER BY p.n;
SELECT setval('catalogue_product_id_seq', (SELECT max(id) FROM catalogue_product));
INSERT INTO catalogue_product
    (structure, upc, title, slug, description, date_created, date_updated, is_discountable,
     parent_id, is_public, priority)
SELECT 'child', v.sku, '', p.handle || '-' || v.position, '', p.created_at, p.updated_at, true,
       p.n, true, 0
FROM copied_variant v JOIN counted c ON c.n = v.n AND c.n_variants > 1
JOIN copied_product p ON p.n = v.n ORDER BY v.n, v.position;
INSERT INTO partner_stockrecord
    (partner_sku, price_currency, price, num_in_stock, date_created, date_updated, partner_id,
     product_id)
SELECT v.sku, 'EUR', v.price_cents / 100.0, v.stock, s.date_created, s.date_updated, w.id, s.id
FROM copied_variant v JOIN catalogue_product s ON s.upc = v.sku, partner_partner w ORDER BY s.id;
INSERT INTO catalogue_productcategory (product_id, category_id)
SELECT p.n, c.id FROM copied_product p JOIN catalogue_category c ON c.name = p.category
ORDER BY p.n;
DROP TABLE counted;
