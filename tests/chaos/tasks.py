"""A bulk job whose effects can be counted. Only workers of the harness import it.

Each item leaves one row in the audit table inside the job's transaction (the effect) and one line
in a file outside of it (the call), as a paid call to a text engine would.
"""

import os
import time

from ecomportal.jobs.models import JobItem
from ecomportal.jobs.run import LeaseLost, Run, job_task
from ecomportal.tenancy.models import AuditEntry

EFFECT = "chaos.effect"


def note(word: str, subject: str) -> None:
    """Append one line to the file all workers share; one small write is never torn."""
    if path := os.environ.get("CHAOS_NOTES"):
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(file, f"{word} {subject}\n".encode())
        os.close(file)


def effect(run: Run, item: JobItem) -> AuditEntry:
    subject = f"{run.job.pk}:{item.n}"
    return AuditEntry(merchant=run.merchant, actor_label="chaos", action=EFFECT, subject=subject)


@job_task(queue="fast")
def chaos_bulk(run: Run) -> None:
    """Write one effect per item, `seconds_per_item` apart."""
    for batch in run.batches(size=run.params["batch"]):
        for item in batch:
            note("call", f"{run.job.pk}:{item.n}")
            if item.payload.get("kills"):
                os.kill(os.getpid(), 9)
            time.sleep(run.params["seconds_per_item"])
        try:
            with run.commit(done=[(item, {"n": item.n}) for item in batch]):
                AuditEntry.objects.bulk_create([effect(run, item) for item in batch])
        except LeaseLost:
            note("refused", str(run.job.pk))
            raise
