"""What the list filters by at a million products: facts by value and by amount in base units,
whether a product has a picture or a draft, its brand, its tags; and what a code names exactly."""

import django.contrib.postgres.indexes
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models
from django.db.models import F, Q

import catalog.products.models

# The factors of catalog/products/vocabulary/units.txt on this day. One whose factor is 1, and one
# that nobody knows, counts as it stands. Numeric until the end, so that 70 cm is 0.7 exactly.
BASE_AMOUNT = """
CREATE FUNCTION longest_side(value text) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT max(side[1]::numeric)
    FROM regexp_matches(value, '[0-9]{1,9}(?:[.][0-9]{1,6})?', 'g') side
$$;
CREATE FUNCTION base_amount(value text, number numeric, unit text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (
        CASE WHEN number IS NOT NULL THEN number
             WHEN value ~ '^[0-9.]+ *[×x*] *[0-9]' THEN longest_side(value) END
        * CASE unit
        WHEN 'kg' THEN 1000
        WHEN 'mg' THEN 0.001
        WHEN 'oz' THEN 28.349523125
        WHEN 'lb' THEN 453.59237
        WHEN 'jin' THEN 500
        WHEN 'liang' THEN 50
        WHEN 'carat' THEN 0.2
        WHEN 'mm' THEN 0.001
        WHEN 'cm' THEN 0.01
        WHEN 'km' THEN 1000
        WHEN 'in' THEN 0.0254
        WHEN 'ft' THEN 0.3048
        WHEN 'ml' THEN 0.001
        WHEN 'cl' THEN 0.01
        WHEN 'fl_oz' THEN 0.0295735295625
        WHEN 'kW' THEN 1000
        WHEN 'mAh' THEN 0.001
        WHEN 'kHz' THEN 1000
        WHEN 'MHz' THEN 1000000
        WHEN 'GHz' THEN 1000000000
        WHEN 'min' THEN 60
        WHEN 'h' THEN 3600
        WHEN 'days' THEN 86400
        WHEN 'weeks' THEN 604800
        WHEN 'years' THEN 12
        WHEN 'MB' THEN 0.001
        WHEN 'TB' THEN 1000
        WHEN 'ft2' THEN 0.09290304
        ELSE 1 END
    )::double precision
$$;
"""

# As `search_products`, these run as the owner and look at the active shop alone. A bar code has
# no index of its own: products are found by its pieces, and looked at.
CODES = """
CREATE FUNCTION products_tagged(wanted text, most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT id FROM catalog_product
    WHERE merchant_id = nullif(current_setting('app.merchant_id', true), '')::bigint
      AND deleted_at IS NULL AND tags @> ARRAY[wanted]::varchar[]
    LIMIT most
$$;
CREATE FUNCTION products_named(wanted text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH shop AS (
        SELECT nullif(current_setting('app.merchant_id', true), '')::bigint AS id
    ), spelt AS (SELECT ARRAY[wanted, upper(wanted), lower(wanted)]::varchar[] AS ways)
    SELECT p.id FROM catalog_product p, shop, spelt
    WHERE p.merchant_id = shop.id AND p.deleted_at IS NULL AND p.handle = ANY (spelt.ways)
    UNION
    SELECT v.product_id FROM catalog_variant v, shop, spelt
    WHERE v.merchant_id = shop.id AND v.deleted_at IS NULL AND v.sku <> ''
      AND v.sku = ANY (spelt.ways)
    UNION
    SELECT v.product_id FROM catalog_variant v, shop
    WHERE wanted ~ '^[0-9A-Za-z-]{6,60}$' AND v.merchant_id = shop.id
      AND v.deleted_at IS NULL AND v.barcode = wanted
      AND v.product_id IN (
          SELECT p.id FROM catalog_product p, shop
          WHERE p.merchant_id = shop.id AND p.deleted_at IS NULL
            AND p.grams @> query_grams(wanted)
          LIMIT 200
      )
    LIMIT 10
$$;
"""

# As for `add_up_figures`: locked first, in the order of their ids, and then counted.
PICTURES = """
CREATE FUNCTION count_pictures(ids uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM FROM catalog_productfigures WHERE product_id = ANY (ids)
    ORDER BY product_id FOR NO KEY UPDATE;
    UPDATE catalog_productfigures f SET n_pictures = counted.n
    FROM (
        SELECT w.id, count(i.id) n
        FROM unnest(ids) w (id)
        LEFT JOIN catalog_productimage i ON i.product_id = w.id AND i.file <> ''
        GROUP BY w.id
    ) counted
    WHERE f.product_id = counted.id AND f.n_pictures <> counted.n;
END $$;
CREATE FUNCTION figures_of_new_pictures() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM count_pictures(ARRAY(SELECT DISTINCT product_id FROM new_rows WHERE file <> ''));
    RETURN NULL;
END $$;
CREATE FUNCTION figures_of_old_pictures() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM count_pictures(ARRAY(SELECT DISTINCT product_id FROM old_rows WHERE file <> ''));
    RETURN NULL;
END $$;
CREATE FUNCTION figures_of_changed_pictures() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM count_pictures(ARRAY(
        SELECT DISTINCT unnest(ARRAY[n.product_id, o.product_id])
        FROM new_rows n JOIN old_rows o USING (id)
        WHERE (n.file = '', n.product_id) <> (o.file = '', o.product_id)
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER figures_of_new_pictures AFTER INSERT ON catalog_productimage
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION figures_of_new_pictures();
CREATE TRIGGER figures_of_old_pictures AFTER DELETE ON catalog_productimage
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION figures_of_old_pictures();
CREATE TRIGGER figures_of_changed_pictures AFTER UPDATE ON catalog_productimage
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION figures_of_changed_pictures();
"""

FILL = """
UPDATE catalog_productfigures f SET n_pictures = counted.n
FROM (
    SELECT product_id, count(*) n FROM catalog_productimage WHERE file <> '' GROUP BY product_id
) counted
WHERE f.product_id = counted.product_id
"""

DROP_PICTURES = """
DROP TRIGGER figures_of_new_pictures ON catalog_productimage;
DROP TRIGGER figures_of_old_pictures ON catalog_productimage;
DROP TRIGGER figures_of_changed_pictures ON catalog_productimage;
DROP FUNCTION figures_of_new_pictures();
DROP FUNCTION figures_of_old_pictures();
DROP FUNCTION figures_of_changed_pictures();
DROP FUNCTION count_pictures(uuid[])
"""

NOT_REJECTED = ~Q(status="rejected")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0010_purge")]
    operations = [
        migrations.RunSQL(
            BASE_AMOUNT,
            "DROP FUNCTION base_amount(text, numeric, text); DROP FUNCTION longest_side(text)",
        ),
        migrations.AddField(
            "fact",
            "amount",
            models.GeneratedField(
                db_persist=True,
                expression=catalog.products.models.BaseAmount(F("value"), F("number"), F("unit")),
                output_field=models.FloatField(null=True),
            ),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="fact",
            name="update_update",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="fact",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "catalog_factevent" ("attribute_id", "created_at", "evidence", "id", "merchant_id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "source", "status", "unit", "value", "variant_id") SELECT new_values."attribute_id", new_values."created_at", new_values."evidence", new_values."id", new_values."merchant_id", new_values."number", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."product_id", new_values."source", new_values."status", new_values."unit", new_values."value", new_values."variant_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."attribute_id" IS DISTINCT FROM (new_values."attribute_id") OR old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."evidence" IS DISTINCT FROM (new_values."evidence") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."merchant_id" IS DISTINCT FROM (new_values."merchant_id") OR old_values."number" IS DISTINCT FROM (new_values."number") OR old_values."product_id" IS DISTINCT FROM (new_values."product_id") OR old_values."source" IS DISTINCT FROM (new_values."source") OR old_values."status" IS DISTINCT FROM (new_values."status") OR old_values."unit" IS DISTINCT FROM (new_values."unit") OR old_values."value" IS DISTINCT FROM (new_values."value") OR old_values."variant_id" IS DISTINCT FROM (new_values."variant_id")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="082b630044489b9233640cb46d6518c7e95b78d6",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_02c79",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="catalog_fact",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RemoveIndex("fact", "fact_by_value"),
        migrations.AddIndex(
            "fact",
            models.Index(
                fields=["merchant", "attribute", "value", "product"],
                name="fact_by_value",
                condition=NOT_REJECTED,
            ),
        ),
        migrations.AddIndex(
            "fact",
            models.Index(
                fields=["merchant", "attribute", "amount", "product"],
                name="fact_by_amount",
                condition=NOT_REJECTED & Q(amount__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "fact",
            models.Index(
                fields=["merchant", "attribute", "product"],
                name="fact_to_confirm",
                condition=Q(status="proposed"),
            ),
        ),
        migrations.RemoveIndex("product", "product_by_change"),
        migrations.RemoveIndex("product", "product_by_title"),
        migrations.AddIndex(
            "product",
            models.Index(
                fields=["merchant", "-updated_at", "-id"],
                name="product_by_change",
                include=["deleted_at"],
            ),
        ),
        migrations.AddIndex(
            "product",
            models.Index(
                fields=["merchant", "title", "id"], name="product_by_title", include=["deleted_at"]
            ),
        ),
        migrations.AddIndex(
            "product", models.Index(fields=["merchant", "vendor", "id"], name="product_by_vendor")
        ),
        migrations.AddIndex(
            "product",
            django.contrib.postgres.indexes.GinIndex(fields=["tags"], name="product_tags"),
        ),
        migrations.AddField(
            "productfigures", "n_pictures", models.PositiveIntegerField(default=0, db_default=0)
        ),
        migrations.AddField(
            "productfigures",
            "drafts",
            models.PositiveSmallIntegerField(
                choices=[(0, "None"), (1, "Draft waiting"), (2, "Draft blocked")],
                default=0,
                db_default=0,
            ),
        ),
        migrations.AddIndex(
            "productfigures",
            models.Index(
                condition=Q(n_pictures=0),
                fields=["merchant", "product"],
                name="figures_no_picture",
            ),
        ),
        migrations.AddIndex(
            "productfigures",
            models.Index(
                condition=Q(drafts__gt=0),
                fields=["merchant", "drafts", "product"],
                name="figures_by_drafts",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(PICTURES, DROP_PICTURES),
        migrations.RunSQL(
            CODES,
            "DROP FUNCTION products_tagged(text, integer); DROP FUNCTION products_named(text)",
        ),
    ]
