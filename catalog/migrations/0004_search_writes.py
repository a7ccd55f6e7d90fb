"""Let the search index take new rows in lots: 57 entries a product one by one cost more than all
the rest of writing it. The lot is kept small, because every search reads it to the end."""

import django.contrib.postgres.indexes
from django.db import migrations

INDEX = "product_grams"
IN_LOTS = f"ALTER INDEX {INDEX} SET (fastupdate = on, gin_pending_list_limit = 256)"
ONE_BY_ONE = (
    f"ALTER INDEX {INDEX} SET (fastupdate = off); ALTER INDEX {INDEX} RESET "
    f"(gin_pending_list_limit); SELECT gin_clean_pending_list('{INDEX}')"
)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_search")]
    operations = [
        migrations.RunSQL(
            IN_LOTS,
            ONE_BY_ONE,
            state_operations=[
                migrations.RemoveIndex("product", INDEX),
                migrations.AddIndex(
                    "product",
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["grams"], name=INDEX, fastupdate=True, gin_pending_list_limit=256
                    ),
                ),
            ],
        )
    ]
