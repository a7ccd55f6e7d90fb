"""Whether a draft of a product waits or is blocked, kept beside the product by triggers on drafts,
so that the list filters by it from an index."""

from django.db import migrations

# As for a product's other figures: locked first, in the order of their ids, and then looked at.
LOOK = """
CREATE FUNCTION look_for_drafts(ids uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM FROM catalog_productfigures WHERE product_id = ANY (ids)
    ORDER BY product_id FOR NO KEY UPDATE;
    UPDATE catalog_productfigures f SET drafts = found.state
    FROM (
        SELECT w.id, coalesce(max(CASE WHEN d.n_blocking > 0 THEN 2
                                       WHEN d.n_blocking = 0 THEN 1 END), 0) state
        FROM unnest(ids) w (id)
        LEFT JOIN aiassist_draft d ON d.product_id = w.id AND d.status = 'waiting'
        GROUP BY w.id
    ) found
    WHERE f.product_id = found.id AND f.drafts <> found.state;
END $$
"""

ON_DRAFT = """
CREATE FUNCTION figures_of_new_drafts() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM look_for_drafts(ARRAY(SELECT DISTINCT product_id FROM new_rows));
    RETURN NULL;
END $$;
CREATE FUNCTION figures_of_old_drafts() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM look_for_drafts(ARRAY(SELECT DISTINCT product_id FROM old_rows));
    RETURN NULL;
END $$;
CREATE FUNCTION figures_of_changed_drafts() RETURNS trigger
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    PERFORM look_for_drafts(ARRAY(
        SELECT DISTINCT unnest(ARRAY[n.product_id, o.product_id])
        FROM new_rows n JOIN old_rows o USING (id)
        WHERE (n.status, n.n_blocking > 0, n.product_id)
           <> (o.status, o.n_blocking > 0, o.product_id)
    ));
    RETURN NULL;
END $$;
CREATE TRIGGER figures_of_new_drafts AFTER INSERT ON aiassist_draft
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION figures_of_new_drafts();
CREATE TRIGGER figures_of_old_drafts AFTER DELETE ON aiassist_draft
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION figures_of_old_drafts();
CREATE TRIGGER figures_of_changed_drafts AFTER UPDATE ON aiassist_draft
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION figures_of_changed_drafts();
"""

FILL = """
UPDATE catalog_productfigures f SET drafts = found.state
FROM (
    SELECT product_id, max(CASE WHEN n_blocking > 0 THEN 2 ELSE 1 END) state
    FROM aiassist_draft WHERE status = 'waiting' GROUP BY product_id
) found
WHERE f.product_id = found.product_id
"""

DROP = """
DROP TRIGGER figures_of_new_drafts ON aiassist_draft;
DROP TRIGGER figures_of_old_drafts ON aiassist_draft;
DROP TRIGGER figures_of_changed_drafts ON aiassist_draft;
DROP FUNCTION figures_of_new_drafts();
DROP FUNCTION figures_of_old_drafts();
DROP FUNCTION figures_of_changed_drafts();
DROP FUNCTION look_for_drafts(uuid[])
"""


class Migration(migrations.Migration):
    dependencies = [("aiassist", "0003_draft_counts"), ("catalog", "0011_list_filters")]
    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(LOOK + ";" + ON_DRAFT, DROP),
    ]
