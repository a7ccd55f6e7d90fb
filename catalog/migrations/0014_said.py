from django.db import migrations
from django.utils.translation import gettext_lazy as _

from ecomportal.said import SaidField


class Migration(migrations.Migration):
    dependencies = [("catalog", "0013_feeds")]

    operations = [
        migrations.AlterField("change", "title", SaidField(_("title"))),
    ]
