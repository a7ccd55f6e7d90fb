"""Erase visitors' numbers and what was done with them, and rows of imports, too: databases that
were migrated before this hold an earlier form of the function."""

from importlib import import_module

from django.db import migrations

erasures = import_module("catalog.migrations.0032_erasures")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0036_events")]
    operations = [migrations.RunSQL(erasures.ERASE_CUSTOMER, migrations.RunSQL.noop)]
