"""The number of waiting drafts stands on every page: counted by a function, which is planned once
for a connection, not for each page. Above a thousand nobody needs the exact one."""

from django.db import migrations

N_WAITING_DRAFTS = """
CREATE FUNCTION n_waiting_drafts(shop bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT count(*) FROM (
        SELECT FROM aiassist_draft d JOIN catalog_product p ON p.id = d.product_id
        WHERE d.merchant_id = shop AND d.status = 'waiting' AND p.deleted_at IS NULL
        LIMIT 1001) few);
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("aiassist", "0008_model_versions"), ("catalog", "0021_copy_kinds")]
    operations = [migrations.RunSQL(N_WAITING_DRAFTS, "DROP FUNCTION n_waiting_drafts(bigint)")]
