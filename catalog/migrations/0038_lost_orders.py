"""Say of customers when an order of theirs went to somebody else or was deleted, so that they are
looked at again. It is no change of the customers themselves: `changed_at` stays."""

from django.db import migrations, models

LOST = """
CREATE FUNCTION note_moved_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_customer SET lost_order_at = now()
    WHERE merchant_id = OLD.merchant_id AND id = OLD.customer_id
      AND lost_order_at IS DISTINCT FROM now();
    RETURN NULL;
END $$;
CREATE FUNCTION note_deleted_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalog_customer c SET lost_order_at = now()
    FROM (SELECT DISTINCT merchant_id, customer_id FROM old_rows WHERE customer_id IS NOT NULL) o
    WHERE c.merchant_id = o.merchant_id AND c.id = o.customer_id
      AND c.lost_order_at IS DISTINCT FROM now();
    RETURN NULL;
END $$;
CREATE TRIGGER note_moved_order AFTER UPDATE OF customer_id ON catalog_order FOR EACH ROW
    WHEN (OLD.customer_id IS NOT NULL AND OLD.customer_id IS DISTINCT FROM NEW.customer_id)
    EXECUTE FUNCTION note_moved_order();
CREATE TRIGGER note_deleted_orders AFTER DELETE ON catalog_order
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION note_deleted_orders();
DROP TRIGGER note_change ON catalog_customer;
CREATE TRIGGER note_change BEFORE UPDATE ON catalog_customer FOR EACH ROW
    WHEN (NEW.lost_order_at IS NOT DISTINCT FROM OLD.lost_order_at)
    EXECUTE FUNCTION note_change();
"""
UNNOTED = """
DROP TRIGGER note_change ON catalog_customer;
CREATE TRIGGER note_change BEFORE UPDATE ON catalog_customer
    FOR EACH ROW EXECUTE FUNCTION note_change();
DROP TRIGGER note_deleted_orders ON catalog_order;
DROP TRIGGER note_moved_order ON catalog_order;
DROP FUNCTION note_deleted_orders();
DROP FUNCTION note_moved_order();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0037_erased_ids")]
    operations = [
        migrations.AddField(
            model_name="customer",
            name="lost_order_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="lost an order"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("lost_order_at__isnull", False)),
                fields=["merchant", "lost_order_at"],
                name="customer_by_loss",
            ),
        ),
        migrations.RunSQL(LOST, UNNOTED),
    ]
