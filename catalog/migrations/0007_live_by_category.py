"""One small index of what is not deleted counts both: products on sale, and those of a category."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_product_figures")]
    operations = [
        migrations.RemoveIndex("product", "product_live"),
        migrations.AddIndex(
            "product",
            models.Index(
                fields=["merchant", "category", "status"],
                name="product_live",
                condition=Q(deleted_at=None),
            ),
        ),
    ]
