import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import ecomportal.ids
import ecomportal.said

# Which addresses of all shops something is due for, and nobody sends to now: ids alone.
DUE_WEBHOOKS = """
CREATE FUNCTION due_webhooks() RETURNS TABLE (merchant_id bigint, webhook_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT DISTINCT d.merchant_id, d.webhook_id
    FROM ecomportal_webhookdelivery d
    JOIN ecomportal_webhook w ON w.id = d.webhook_id AND w.merchant_id = d.merchant_id
    WHERE d.state = 'waiting' AND d.next_at <= statement_timestamp() AND w.is_on
      AND (w.busy_until IS NULL OR w.busy_until < statement_timestamp())
    LIMIT 200
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ecomportal", "0008_web_sessions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
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
                ("url", models.CharField(max_length=500, verbose_name="address")),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        default=list,
                        size=None,
                        verbose_name="events",
                    ),
                ),
                ("sealed_secret", models.TextField(editable=False)),
                ("former_secret", models.TextField(blank=True, editable=False)),
                (
                    "secret_set_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="secret made"
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="on")),
                (
                    "n_failures",
                    models.PositiveIntegerField(default=0, verbose_name="failures in a row"),
                ),
                (
                    "failing_since",
                    models.DateTimeField(blank=True, null=True, verbose_name="failing since"),
                ),
                (
                    "problem",
                    ecomportal.said.SaidField(blank=True, default="", verbose_name="problem"),
                ),
                ("busy_token", models.UUIDField(blank=True, editable=False, null=True)),
                ("busy_until", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
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
                        related_name="webhooks",
                        to="ecomportal.merchant",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
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
                (
                    "event_id",
                    models.UUIDField(
                        default=ecomportal.ids.uuid7, editable=False, verbose_name="event's id"
                    ),
                ),
                ("event", models.CharField(max_length=40, verbose_name="event")),
                ("body", models.TextField(verbose_name="sent text")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("given_up", "Given up"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("n_attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                (
                    "next_at",
                    models.DateTimeField(
                        blank=True,
                        default=django.utils.timezone.now,
                        null=True,
                        verbose_name="next attempt",
                    ),
                ),
                (
                    "status_code",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="answer"),
                ),
                (
                    "answer",
                    models.CharField(blank=True, max_length=500, verbose_name="answer's text"),
                ),
                (
                    "ms",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="milliseconds"),
                ),
                (
                    "error",
                    ecomportal.said.SaidField(
                        blank=True, default="", verbose_name="what went wrong"
                    ),
                ),
                ("log", models.JSONField(blank=True, default=list)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="happened"
                    ),
                ),
                (
                    "delivered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="delivered"),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhook_deliveries",
                        to="ecomportal.merchant",
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="ecomportal.webhook",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook delivery",
                "verbose_name_plural": "webhook deliveries",
            },
        ),
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.UniqueConstraint(fields=("merchant", "url"), name="webhook_once"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_by_time"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["next_at"], name="delivery_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(
                fields=("webhook", "event_id"), name="delivery_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "delivered", "given_up"])),
                name="delivery_state",
            ),
        ),
        migrations.RunSQL(DUE_WEBHOOKS, "DROP FUNCTION due_webhooks()"),
    ]
