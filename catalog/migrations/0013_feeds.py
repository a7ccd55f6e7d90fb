"""Feeds, what checks found wrong with them, and how a fetch without a person enters its shop."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import ecomportal.ids

# The address of a feed opens its own shop while the feed is open and the address its newest.
ENTER_BY_FEED = """
CREATE FUNCTION enter_by_feed(wanted uuid, known integer) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    shop jsonb;
BEGIN
    SELECT to_jsonb(m) INTO shop
    FROM catalog_feed f JOIN ecomportal_merchant m ON m.id = f.merchant_id
    WHERE f.id = wanted AND f.token_version = known AND f.is_open;
    PERFORM set_config('app.merchant_id', coalesce(shop ->> 'id', ''), true);
    RETURN jsonb_build_object('merchant', shop);
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0012_import_mapping"),
        ("ecomportal", "0004_replayed_etag"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Feed",
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
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh", "中文")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("link", models.CharField(max_length=300, verbose_name="product pages")),
                ("query", models.CharField(blank=True, max_length=1000, verbose_name="products")),
                (
                    "title_source",
                    models.CharField(
                        choices=[
                            ("title", "The product's title"),
                            ("short_title", "The short title, else the product's"),
                            ("seo_title", "The SEO title, else the product's"),
                        ],
                        default="title",
                        max_length=20,
                        verbose_name="title from",
                    ),
                ),
                (
                    "description_source",
                    models.CharField(
                        choices=[
                            ("description", "The description"),
                            ("bullets", "The bullet points, else the description"),
                            ("seo_description", "The SEO description, else the description"),
                        ],
                        default="description",
                        max_length=20,
                        verbose_name="description from",
                    ),
                ),
                (
                    "condition",
                    models.CharField(
                        choices=[("new", "New"), ("refurbished", "Refurbished"), ("used", "Used")],
                        default="new",
                        max_length=20,
                        verbose_name="condition",
                    ),
                ),
                (
                    "google_category",
                    models.CharField(blank=True, max_length=300, verbose_name="Google category"),
                ),
                ("token_version", models.PositiveIntegerField(default=1)),
                ("is_open", models.BooleanField(default=True, verbose_name="open")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="changed"),
                ),
                (
                    "fetched_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last fetched"),
                ),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("checked_state", models.CharField(blank=True, max_length=64)),
                ("n_items", models.PositiveIntegerField(default=0)),
                ("n_left_out", models.PositiveIntegerField(default=0)),
                ("n_not_on_sale", models.PositiveIntegerField(default=0)),
                (
                    "created_by",
                    models.ForeignKey(
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
                        related_name="feeds",
                        to="ecomportal.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "product feed",
                "verbose_name_plural": "product feeds",
            },
        ),
        migrations.CreateModel(
            name="FeedProblem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("product_id", models.UUIDField()),
                ("item", models.CharField(max_length=120)),
                ("label", models.CharField(max_length=400)),
                ("reason", models.CharField(max_length=30)),
                ("value", models.CharField(blank=True, max_length=200)),
                ("is_left_out", models.BooleanField(default=False)),
                (
                    "feed",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="problems",
                        to="catalog.feed",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feed_problems",
                        to="ecomportal.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "problem of a feed",
                "verbose_name_plural": "problems of feeds",
            },
        ),
        migrations.CreateModel(
            name="ExportChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "left_out",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="export_choices",
                        to="ecomportal.merchant",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "choice of columns",
                "verbose_name_plural": "choices of columns",
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "user"), name="export_choice_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="feed",
            constraint=models.UniqueConstraint(fields=("merchant", "name"), name="feed_once"),
        ),
        migrations.AddIndex(
            model_name="feedproblem",
            index=models.Index(fields=["merchant", "feed", "id"], name="feed_problem_all"),
        ),
        migrations.AddIndex(
            model_name="feedproblem",
            index=models.Index(
                fields=["merchant", "feed", "reason", "id"], name="feed_problem_reason"
            ),
        ),
        migrations.RunSQL(ENTER_BY_FEED, "DROP FUNCTION enter_by_feed(uuid, integer)"),
    ]
