"""Search by n-grams under row-level security: array operators are not leakproof, so the index
would not be used. This function runs as the owner and looks at the active shop alone."""

from django.db import migrations

SEARCH = """
CREATE FUNCTION search_products(wanted text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT id FROM catalog_product
    WHERE merchant_id = nullif(current_setting('app.merchant_id', true), '')::bigint
      AND deleted_at IS NULL AND grams @> query_grams(wanted)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_initial"), ("ecomportal", "0002_functions")]
    operations = [migrations.RunSQL(SEARCH, "DROP FUNCTION search_products(text)")]
