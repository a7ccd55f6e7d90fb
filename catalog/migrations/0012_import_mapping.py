"""How a file was read beyond its delimiter, the import that is retried, and mappings kept."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import ecomportal.ids


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0011_list_filters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("importrun", "kind", models.CharField(default="csv", max_length=8)),
        migrations.AddField("importrun", "reading", models.JSONField(default=dict)),
        migrations.AddField(
            "importrun",
            "retry_of",
            models.ForeignKey(
                blank=True,
                null=True,
                db_constraint=False,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="retries",
                to="catalog.importrun",
            ),
        ),
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ecomportal.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("key", models.CharField(max_length=64)),
                ("dialect", models.CharField(max_length=20)),
                ("header", models.JSONField(default=list, verbose_name="columns")),
                ("mapping", models.JSONField(default=dict)),
                ("reading", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "used_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="last used"
                    ),
                ),
                ("n_used", models.PositiveIntegerField(default=0, verbose_name="times used")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_mappings",
                        to="ecomportal.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "saved mapping",
                "verbose_name_plural": "saved mappings",
                "ordering": ["-used_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "key"), name="savedmapping_once")
                ],
            },
        ),
    ]
