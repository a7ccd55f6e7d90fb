"""A conversation counts as changed when its reading is written."""

from django.db import migrations

CHANGED = """
CREATE FUNCTION conversations_were_read() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_conversation c SET changed_at = now() FROM new_rows r
    WHERE c.id = r.conversation_id AND c.merchant_id = r.merchant_id;
    RETURN NULL;
END $$;
CREATE TRIGGER conversations_were_read AFTER INSERT ON aiassist_conversationreading
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION conversations_were_read();
CREATE TRIGGER conversations_were_read_again AFTER UPDATE ON aiassist_conversationreading
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION conversations_were_read();
"""
NONE = """
DROP TRIGGER conversations_were_read_again ON aiassist_conversationreading;
DROP TRIGGER conversations_were_read ON aiassist_conversationreading;
DROP FUNCTION conversations_were_read();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("aiassist", "0013_audience_exports"),
        ("catalog", "0030_changed_conversations"),
    ]
    operations = [migrations.RunSQL(CHANGED, NONE)]
