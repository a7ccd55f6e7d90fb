"""Conversations say when they changed, as orders do; both also when they are new.

What Python puts into a new row may be minutes older than the row's transaction. Who asks for what
changed since a moment would miss such rows, so the database sets the moment of every write.
"""

import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

CHANGED = """
DROP TRIGGER note_change ON catalog_order;
CREATE TRIGGER note_change BEFORE INSERT OR UPDATE ON catalog_order
    FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change BEFORE INSERT OR UPDATE ON catalog_conversation
    FOR EACH ROW EXECUTE FUNCTION note_change();
"""
UNNOTED = """
DROP TRIGGER note_change ON catalog_conversation;
DROP TRIGGER note_change ON catalog_order;
CREATE TRIGGER note_change BEFORE UPDATE ON catalog_order
    FOR EACH ROW EXECUTE FUNCTION note_change();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0029_changed_orders")]
    operations = [
        migrations.AddField(
            model_name="conversation",
            name="changed_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=django.utils.timezone.now,
                verbose_name="changed",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["merchant", "changed_at"], name="conversation_by_change"),
        ),
        migrations.RunSQL(CHANGED, UNNOTED),
    ]
