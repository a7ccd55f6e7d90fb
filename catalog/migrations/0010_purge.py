from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """What was deleted is found by its day; a purged product leaves its interactions behind."""

    dependencies = [("catalog", "0009_versions_below")]
    operations = [
        migrations.AddIndex(
            "product",
            models.Index(
                fields=["merchant", "deleted_at"],
                name="product_deleted",
                condition=Q(deleted_at__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "variant",
            models.Index(
                fields=["merchant", "deleted_at"],
                name="variant_deleted",
                condition=Q(deleted_at__isnull=False),
            ),
        ),
        migrations.AlterField(
            "interaction",
            "product",
            models.ForeignKey(
                "catalog.product",
                models.SET_NULL,
                null=True,
                related_name="interactions",
                db_constraint=False,
            ),
        ),
    ]
