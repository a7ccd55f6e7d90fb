"""Say of orders and customers when they changed, so that what is derived is made anew from those
alone."""

from django.db import migrations

CHANGED = """
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER note_change BEFORE UPDATE ON catalog_order
    FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change BEFORE UPDATE ON catalog_customer
    FOR EACH ROW EXECUTE FUNCTION note_change();
"""
UNNOTED = """
DROP TRIGGER note_change ON catalog_order;
DROP TRIGGER note_change ON catalog_customer;
DROP FUNCTION note_change();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0028_customers")]
    operations = [migrations.RunSQL(CHANGED, UNNOTED)]
