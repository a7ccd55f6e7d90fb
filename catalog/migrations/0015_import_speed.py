"""What makes imports quick: rows of a file known again by a digest, and search pieces of a product
worked out in half the time."""

import django.db.models.deletion
from django.db import migrations, models

# As before (see ecomportal 0002), but each word is cut up once, however often it is written; the
# index leaves out what comes twice.
GRAMS = """
CREATE OR REPLACE FUNCTION grams(t text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    w text;
    padded text;
    known text[] := '{}';
    found text[] := '{}';
BEGIN
    FOREACH w IN ARRAY regexp_split_to_array(
        lower(t), '[[:space:][:punct:]\\u3000-\\u30ff\\u3400-\\u9fff]+'
    ) LOOP
        CONTINUE WHEN w = '' OR w = ANY (known);
        known := known || w;
        padded := '  ' || w || ' ';
        FOR i IN 1 .. length(w) + 1 LOOP
            found := array_append(found, substr(padded, i, 3));
        END LOOP;
    END LOOP;
    IF t ~ '[\\u3400-\\u9fff]' THEN
        FOR w IN SELECT (regexp_matches(t, '[\\u3400-\\u9fff]+', 'g'))[1] LOOP
            FOR i IN 1 .. length(w) LOOP
                found := array_append(found, substr(w, i, 1));
                IF i < length(w) THEN
                    found := array_append(found, substr(w, i, 2));
                END IF;
            END LOOP;
        END LOOP;
    END IF;
    RETURN found;
END $$
"""
FORMER_GRAMS = """
CREATE OR REPLACE FUNCTION grams(t text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT g), '{}') FROM (
        SELECT substr('  ' || w[1] || ' ', i, 3) AS g
        FROM regexp_matches(lower(t), '[^[:space:][:punct:]\\u3000-\\u30ff\\u3400-\\u9fff]+', 'g') w,
             generate_series(1, length(w[1]) + 1) i
        UNION
        SELECT substr(w[1], i, n)
        FROM regexp_matches(t, '[\\u3400-\\u9fff]+', 'g') w,
             generate_series(1, length(w[1])) i, generate_series(1, 2) n
        WHERE i + n - 1 <= length(w[1])
    ) parts
$$
"""

# A file names facts by the keys of their kinds, so a kind with another key makes all of it doubtful.
FORGET = """
CREATE FUNCTION forget_imported_products() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    DELETE FROM catalog_importedproduct WHERE merchant_id = NEW.merchant_id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_imported_products AFTER UPDATE OF key ON catalog_attribute
FOR EACH ROW WHEN (OLD.key <> NEW.key) EXECUTE FUNCTION forget_imported_products();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0014_said")]
    operations = [
        migrations.CreateModel(
            name="ImportedProduct",
            fields=[
                (
                    "product",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="imported",
                        serialize=False,
                        to="catalog.product",
                    ),
                ),
                ("digest", models.CharField(max_length=32)),
                ("version", models.PositiveIntegerField()),
                ("n_variants", models.PositiveIntegerField()),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="ecomportal.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "imported product",
                "verbose_name_plural": "imported products",
            },
        ),
        migrations.RunSQL(GRAMS, FORMER_GRAMS),
        migrations.RunSQL(
            FORGET,
            "DROP TRIGGER forget_imported_products ON catalog_attribute; "
            "DROP FUNCTION forget_imported_products()",
        ),
    ]
