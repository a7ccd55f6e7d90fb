from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("aiassist", "0009_waiting_drafts")]

    operations = [
        migrations.AddField("draft", "source_text", models.TextField(blank=True, default="")),
    ]
