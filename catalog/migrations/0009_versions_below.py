"""A product's version tells of every write below it, whoever wrote it, and a change row says which
version it found and why it was left alone."""

from django.db import migrations, models

# Whether this transaction wrote the row: a row that can be seen, while its writer has not ended, is
# ours. Numbers of transactions are read as a distance from our own, because they wrap.
WRITTEN_NOW = """
CREATE FUNCTION written_now(writer xid) RETURNS boolean LANGUAGE sql AS $$
    SELECT CASE WHEN d.behind < 2147483648
        THEN pg_xact_status((d.own + d.behind)::text::xid8) = 'in progress' ELSE false END
    FROM (
        SELECT own, (writer::text::bigint - (own & 4294967295)) & 4294967295 AS behind
        FROM (SELECT pg_current_xact_id()::text::bigint) now (own)
    ) d
$$;
"""

# Batch writers that write the products too say so (`versions_by_hand`): raising them once is enough.
# What is laid below a product that this very transaction made is part of making it.
RAISE = """
CREATE FUNCTION raise_versions(ids uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF current_setting('app.versions_by_hand', true) = '1' THEN RETURN; END IF;
    UPDATE catalog_product SET updated_at = now() WHERE id = ANY (ids)
      AND NOT (version = 1 AND written_now(xmin));
END $$;
CREATE FUNCTION versions_of_new_rows() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM raise_versions(ARRAY(SELECT DISTINCT product_id FROM new_rows));
    RETURN NULL;
END $$;
CREATE FUNCTION versions_of_old_rows() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM raise_versions(ARRAY(SELECT DISTINCT product_id FROM old_rows));
    RETURN NULL;
END $$;
CREATE FUNCTION versions_of_changed_rows() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM raise_versions(ARRAY(
        SELECT DISTINCT unnest(ARRAY[n.product_id, o.product_id])
        FROM new_rows n JOIN old_rows o USING (id) WHERE n IS DISTINCT FROM o
    ));
    RETURN NULL;
END $$;
-- The file of a picture arrives some time after its address: that is no change of the product.
CREATE FUNCTION versions_of_changed_images() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM raise_versions(ARRAY(
        SELECT DISTINCT unnest(ARRAY[n.product_id, o.product_id])
        FROM new_rows n JOIN old_rows o USING (id)
        WHERE (n.product_id, n.position, n.alt, n.source_url)
           <> (o.product_id, o.position, o.alt, o.source_url)
           OR (o.file <> '' AND n.file <> o.file)
    ));
    RETURN NULL;
END $$;
"""

TABLES = {
    "catalog_variant": "versions_of_changed_rows",
    "catalog_fact": "versions_of_changed_rows",
    "catalog_producttext": "versions_of_changed_rows",
    "catalog_productimage": "versions_of_changed_images",
}

# Named to come after the triggers that keep history: what is below is told before the product.
TRIGGERS = """
CREATE TRIGGER versions_of_new_rows AFTER INSERT ON {table}
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION versions_of_new_rows();
CREATE TRIGGER versions_of_old_rows AFTER DELETE ON {table}
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION versions_of_old_rows();
CREATE TRIGGER versions_of_changed_rows AFTER UPDATE ON {table}
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""

DROP = "".join(
    f"DROP TRIGGER versions_of_{which}_rows ON {table};"
    for table in TABLES
    for which in ("new", "old", "changed")
) + (
    "DROP FUNCTION versions_of_new_rows(); DROP FUNCTION versions_of_old_rows();"
    "DROP FUNCTION versions_of_changed_rows(); DROP FUNCTION versions_of_changed_images();"
    "DROP FUNCTION raise_versions(uuid[]); DROP FUNCTION written_now(xid);"
)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_picture_fetch")]
    operations = [
        migrations.AddField(
            "changerow", "version_before", models.PositiveIntegerField(default=0, db_default=0)
        ),
        migrations.AddField(
            "changerow",
            "why",
            models.CharField(max_length=20, blank=True, default="", db_default=""),
        ),
        migrations.RunSQL(
            WRITTEN_NOW
            + RAISE
            + "".join(TRIGGERS.format(table=t, function=f) for t, f in TABLES.items()),
            DROP,
        ),
    ]
