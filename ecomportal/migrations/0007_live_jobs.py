"""The number of running jobs stands on every page: counted by a function, which is planned once
for a connection, not for each page."""

from django.db import migrations

N_LIVE_JOBS = """
CREATE FUNCTION n_live_jobs(shop bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT count(*) FROM ecomportal_job
            WHERE merchant_id = shop AND status IN ('queued', 'running'));
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("ecomportal", "0006_names")]
    operations = [migrations.RunSQL(N_LIVE_JOBS, "DROP FUNCTION n_live_jobs(bigint)")]
