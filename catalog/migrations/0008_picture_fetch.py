"""Why a picture could not be fetched, and an index that finds one fetched before by its address."""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import MD5


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_live_by_category")]
    operations = [
        migrations.AddField(
            "productimage",
            "fetch_error",
            models.CharField(blank=True, db_default="", default="", max_length=400),
        ),
        migrations.AddIndex(
            "productimage",
            models.Index(
                F("merchant"),
                MD5("source_url"),
                name="image_by_source",
                condition=~Q(file="") & ~Q(source_url=""),
            ),
        ),
    ]
