"""Figures are added up by the ids of products alone, whatever the planner believes of a shop.

Row-level security adds the merchant to each condition. Of a shop that grew since the tables were
last looked at, the planner believes that it has next to no rows, and reads all of it for each batch
of an import. As the owner the function is told of no merchant, and finds rows by their product.
"""

import django.db.models.deletion
from django.db import migrations, models

BY_PRODUCT = """
ALTER FUNCTION add_up_figures(uuid[]) SECURITY DEFINER;
ALTER FUNCTION add_up_figures(uuid[]) SET enable_hashjoin = off;
ALTER FUNCTION add_up_figures(uuid[]) SET enable_mergejoin = off;
ALTER FUNCTION add_up_figures(uuid[]) SET enable_seqscan = off;
"""
BY_SHOP = """
ALTER FUNCTION add_up_figures(uuid[]) SECURITY INVOKER;
ALTER FUNCTION add_up_figures(uuid[]) RESET enable_hashjoin;
ALTER FUNCTION add_up_figures(uuid[]) RESET enable_mergejoin;
ALTER FUNCTION add_up_figures(uuid[]) RESET enable_seqscan;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0026_kept_columns")]
    operations = [
        migrations.AlterField(
            "variant",
            "product",
            models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="variants",
                to="catalog.product",
            ),
        ),
        migrations.RunSQL(BY_PRODUCT, BY_SHOP),
    ]
