INSERT INTO shop_category (path) SELECT DISTINCT category FROM copied_product WHERE category <> '';
INSERT INTO shop_product (id, title, slug, description, category_id, vendor, status, updated)
SELECT p.n, p.title, p.handle, p.description, c.id, p.vendor, p.status, p.updated_at
FROM copied_product p LEFT JOIN shop_category c ON c.path = p.category ORDER BY p.n;
INSERT INTO shop_variant (product_id, sku, price_cents, stock)
SELECT n, sku, price_cents, stock FROM copied_variant ORDER BY n;
SELECT setval('shop_product_id_seq', (SELECT max(id) FROM shop_product));
