"""Sessions that name their person. Whoever is signed in stays so: her session is taken over, and
names her from the next time it is written."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TAKE_OVER = """
INSERT INTO ecomportal_websession (session_key, session_data, expire_date)
SELECT session_key, session_data, expire_date FROM django_session WHERE expire_date > now()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ecomportal", "0007_live_jobs"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebSession",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="web_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "web session",
                "verbose_name_plural": "web sessions",
                "abstract": False,
            },
        ),
        migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop),
    ]
