"""Rows of a change that were left alone or taken back, found without reading the others."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("catalog", "0018_category_paths")]
    operations = [
        migrations.AddIndex(
            "changerow",
            models.Index(
                fields=["merchant", "change", "state", "id"],
                condition=~Q(state="written"),
                name="changerow_by_state",
            ),
        ),
    ]
