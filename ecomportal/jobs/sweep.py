"""Ring again for what waits too long: a lost message, a wiped broker, a worker that died."""

from functools import partial

from django.db import connection, transaction

from ecomportal.jobs.start import ring
from ecomportal.tenancy.context import ops

MAX_RINGS = 200  # per pass, so that a backlog does not flood the broker
# Due is what waits longer than a bell takes, or is held under a lease that ran out. A long queue
# is no lost message, so it is rung for again after 30, 60, 120 ... seconds; a lease that ran out
# after 5, 10, 20 ..., because the bell may have gone to the very worker that hangs.
DUE = """
UPDATE ecomportal_job SET rung_at = now(), n_rings = least(n_rings + 1, 10)
WHERE id IN (
    SELECT id FROM ecomportal_job
    WHERE (status = 'queued' OR (status = 'running' AND lease_until < now()))
      AND coalesce(rung_at, '-infinity') < now() - make_interval(secs => least(300,
          CASE WHEN n_rings = 0 THEN 5 WHEN status = 'queued' THEN 15 * power(2, n_rings)
               ELSE 2.5 * power(2, n_rings) END))
    ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED
)
RETURNING kind, queue, id, merchant_id
"""


def sweep() -> int:
    """Ring for every job that is due, of all shops; return how many."""
    with ops():
        with connection.cursor() as cursor:
            cursor.execute(DUE, [MAX_RINGS])
            due = cursor.fetchall()
        for kind, queue, job_id, merchant_id in due:
            bell = partial(ring, kind, queue, job_id=job_id, merchant_id=merchant_id)
            transaction.on_commit(bell, robust=True)
    return len(due)
