"""What a shop of 100,000 products asks often: what is on sale, which types there are, which facts
wait for a yes, what costs so much; and whether a search has few or many answers."""

from django.db import migrations, models
from django.db.models import Q

# As `search_products`, it runs as the owner and looks at the active shop alone. It stops counting
# where the answer no longer matters.
COUNT = """
CREATE FUNCTION count_search(wanted text, most integer) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT count(*)::integer FROM (
        SELECT FROM catalog_product
        WHERE merchant_id = nullif(current_setting('app.merchant_id', true), '')::bigint
          AND deleted_at IS NULL AND grams @> query_grams(wanted)
        LIMIT most
    ) found
$$
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_search_writes")]
    operations = [
        migrations.AddIndex(
            "product",
            models.Index(
                fields=["merchant", "status"], name="product_live", condition=Q(deleted_at=None)
            ),
        ),
        migrations.AddIndex(
            "product", models.Index(fields=["merchant", "product_type"], name="product_by_type")
        ),
        migrations.AddIndex(
            "variant",
            models.Index(
                fields=["merchant", "price_cents", "product"],
                name="variant_by_price",
                condition=Q(deleted_at=None),
            ),
        ),
        migrations.AddIndex(
            "fact",
            models.Index(
                fields=["merchant", "product"],
                name="fact_proposed",
                condition=Q(status="proposed"),
            ),
        ),
        migrations.RunSQL(COUNT, "DROP FUNCTION count_search(text, integer)"),
    ]
