"""A product's lowest price and its stock, kept beside it by triggers: one index walk a page, where
sorting by them used to add up every variant of the shop."""

import django.db.models.deletion
from django.db import migrations, models

# The rows are locked first and added up by the next statement, which sees what a change that was
# waited for has committed; in one statement two sales at once could lose one of them. They are
# locked in the order of their ids, so that two batches wait for, and not on, each other.
ADD_UP = """
CREATE FUNCTION add_up_figures(ids uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM FROM catalog_productfigures WHERE product_id = ANY (ids)
    ORDER BY product_id FOR NO KEY UPDATE;
    UPDATE catalog_productfigures f
    SET lowest_cents = added.lowest_cents, n_in_stock = added.n_in_stock
    FROM (
        SELECT w.id, coalesce(min(v.price_cents), 0) lowest_cents,
               coalesce(sum(v.stock), 0) n_in_stock
        FROM unnest(ids) w (id)
        LEFT JOIN catalog_variant v ON v.product_id = w.id AND v.deleted_at IS NULL
        GROUP BY w.id
    ) added
    WHERE f.product_id = added.id
      AND (f.lowest_cents, f.n_in_stock) <> (added.lowest_cents, added.n_in_stock);
END $$
"""

ON_PRODUCT = """
CREATE FUNCTION figures_of_new_products() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    INSERT INTO catalog_productfigures (product_id, merchant_id, lowest_cents, n_in_stock)
    SELECT id, merchant_id, 0, 0 FROM new_rows;
    RETURN NULL;
END $$;
CREATE TRIGGER figures_of_new_products AFTER INSERT ON catalog_product
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION figures_of_new_products();
"""

# An update of a variant that changes none of the deciding columns leaves the figures alone.
ON_VARIANT = """
CREATE FUNCTION figures_of_new_variants() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM add_up_figures(ARRAY(SELECT DISTINCT product_id FROM new_rows));
    RETURN NULL;
END $$;
CREATE FUNCTION figures_of_old_variants() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM add_up_figures(ARRAY(SELECT DISTINCT product_id FROM old_rows));
    RETURN NULL;
END $$;
CREATE FUNCTION figures_of_changed_variants() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM add_up_figures(ARRAY(
        SELECT DISTINCT unnest(ARRAY[n.product_id, o.product_id])
        FROM new_rows n JOIN old_rows o USING (id)
        WHERE (n.price_cents, n.stock, n.product_id, n.deleted_at IS NULL)
           <> (o.price_cents, o.stock, o.product_id, o.deleted_at IS NULL)
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER figures_of_new_variants AFTER INSERT ON catalog_variant
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION figures_of_new_variants();
CREATE TRIGGER figures_of_old_variants AFTER DELETE ON catalog_variant
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION figures_of_old_variants();
CREATE TRIGGER figures_of_changed_variants AFTER UPDATE ON catalog_variant
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION figures_of_changed_variants();
"""

FILL = """
INSERT INTO catalog_productfigures (product_id, merchant_id, lowest_cents, n_in_stock)
SELECT p.id, p.merchant_id, coalesce(min(v.price_cents), 0), coalesce(sum(v.stock), 0)
FROM catalog_product p
LEFT JOIN catalog_variant v ON v.product_id = p.id AND v.deleted_at IS NULL
GROUP BY p.id
"""

DROP = """
DROP TRIGGER figures_of_new_products ON catalog_product;
DROP TRIGGER figures_of_new_variants ON catalog_variant;
DROP TRIGGER figures_of_old_variants ON catalog_variant;
DROP TRIGGER figures_of_changed_variants ON catalog_variant;
DROP FUNCTION figures_of_new_products();
DROP FUNCTION figures_of_new_variants();
DROP FUNCTION figures_of_old_variants();
DROP FUNCTION figures_of_changed_variants();
DROP FUNCTION add_up_figures(uuid[])
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_large_shops"), ("ecomportal", "0003_audit_actor_kept")]
    operations = [
        migrations.CreateModel(
            name="ProductFigures",
            fields=[
                (
                    "product",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="figures",
                        serialize=False,
                        to="catalog.product",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="product_figures",
                        to="ecomportal.merchant",
                    ),
                ),
                ("lowest_cents", models.BigIntegerField(default=0)),
                ("n_in_stock", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "product figures",
                "indexes": [
                    models.Index(
                        fields=["merchant", "lowest_cents", "product"], name="figures_by_price"
                    ),
                    models.Index(
                        fields=["merchant", "n_in_stock", "product"], name="figures_by_stock"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(ADD_UP + ";" + ON_PRODUCT + ON_VARIANT, DROP),
    ]
