"""Many item states in one statement."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from ecomportal.jobs.models import Job, JobItem
from ecomportal.said import Said, pack

SETTLE = """
UPDATE ecomportal_jobitem AS item
SET status = new.status, output = new.output, error = new.error
FROM jsonb_to_recordset(%s::jsonb) AS new(id bigint, status text, output jsonb, error text)
WHERE item.id = new.id AND item.job_id = %s
"""


def settle_items(
    job: Job,
    *,
    done: list[tuple[JobItem, dict[str, Any]]],
    failed: list[tuple[JobItem, Said | str]],
    held: list[tuple[JobItem, Said | str]],
) -> None:
    """Write the outcome of a batch's items; one statement whatever their number."""
    state = JobItem.Status
    rows = [_row(item, state.DONE, output=output) for item, output in done]
    rows += [_row(item, state.FAILED, error=error) for item, error in failed]
    rows += [_row(item, state.SKIPPED, error=error) for item, error in held]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(SETTLE, [json.dumps(rows, cls=DjangoJSONEncoder), job.pk])


def _row(
    item: JobItem, status: str, *, output: dict[str, Any] | None = None, error: Any = ""
) -> dict[str, Any]:
    # PostgreSQL keeps no NUL in text, and one such character must not fail the other 99 items.
    return {
        "id": item.pk,
        "status": str(status),
        "output": output or {},
        "error": pack(error).replace("\0", ""),
    }
