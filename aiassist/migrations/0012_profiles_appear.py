"""A customer's profile appears together with the customer, whichever path wrote it."""

from django.db import migrations

PROFILES = """
CREATE FUNCTION profiles_of_new_customers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO aiassist_customerprofile (customer_id, merchant_id)
    SELECT id, merchant_id FROM new_rows ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER profiles_of_new_customers AFTER INSERT ON catalog_customer
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION profiles_of_new_customers();
INSERT INTO aiassist_customerprofile (customer_id, merchant_id)
SELECT id, merchant_id FROM catalog_customer ON CONFLICT DO NOTHING;
"""
NONE = """
DROP TRIGGER profiles_of_new_customers ON catalog_customer;
DROP FUNCTION profiles_of_new_customers();
"""


class Migration(migrations.Migration):
    dependencies = [("aiassist", "0011_customers"), ("catalog", "0029_changed_orders")]
    operations = [migrations.RunSQL(PROFILES, NONE)]
