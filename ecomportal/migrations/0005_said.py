from django.db import migrations
from django.utils.translation import gettext_lazy as _

from ecomportal.said import SaidField


class Migration(migrations.Migration):
    """Messages that are stored become longer than their words; PostgreSQL rewrites no row."""

    dependencies = [("ecomportal", "0004_replayed_etag")]

    operations = [
        migrations.AlterField("auditentry", "subject", SaidField(_("subject"), blank=True)),
        migrations.AlterField("job", "title", SaidField(_("title"))),
        migrations.AlterField("job", "phase", SaidField(_("phase"), blank=True)),
        migrations.AlterField("job", "error", SaidField(_("what went wrong"), blank=True)),
        migrations.AlterField("jobitem", "error", SaidField(blank=True)),
    ]
