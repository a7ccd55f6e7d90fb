"""From a bell to an ended job: claim, carry out, and write down how it went."""

import logging
import time
import traceback
from typing import Any
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Now
from django.utils import translation

from ecomportal.jobs.lease import Heartbeat, claim
from ecomportal.jobs.models import Job, JobItem, JobStatus
from ecomportal.jobs.run import AFTER, KINDS, Cancelled, JobError, LeaseLost, Run, Stopping
from ecomportal.said import said
from ecomportal.tenancy.context import tenant

log = logging.getLogger(__name__)

MAX_STALLS = 3  # claims in a row without progress; a number of attempts would hit long jobs
MAX_TRIES = 3  # repeats of a batch that met a deadlock or a lock held too long
# deadlock, serialization failure, lock not available, statement cancelled
PASSING = {"40P01", "40001", "55P03", "57014"}


def execute(kind: str, job_id: UUID, merchant_id: int) -> None:
    """Carry out a job if it is free. Ringing twice, late or for an ended job does nothing."""
    task = KINDS[kind]
    try:
        with tenant(merchant_id):
            job = claim(job_id, params_version=task.params_version)
    except (OperationalError, InterfaceError) as error:
        connection.close()
        log.warning("Job %s could not be claimed, the sweeper rings again: %s", job_id, error)
        return
    if job is None:
        return
    with translation.override(_language(job)), Heartbeat(job) as heart:
        try:
            _carry_out(Run(job, heart), task.body)
        except LeaseLost:
            log.info("Job %s went on elsewhere, so this worker let go of it.", job.pk)
        except (OperationalError, InterfaceError) as error:
            # Nobody can be told now. The lease runs out, and the next claim goes on from here.
            log.warning("Job %s waits for its next claim: %s", job.pk, error)


def _language(job: Job) -> str:
    """What the job says is for who asked for it, and otherwise for the shop."""
    chosen = job.created_by.language if job.created_by else ""
    return chosen or ("zh-hans" if job.merchant.language == "zh" else "en")


def _carry_out(run: Run, body: object) -> None:
    try:
        if run.job.n_stalls >= MAX_STALLS and _give_up(run):
            return
        run.check()
        _persist(run, body)
        if left := run.undecided():
            raise RuntimeError(f"The body left items undecided: {left}")
        run.close(JobStatus.DONE)
        _follow(run.job)
    except (LeaseLost, OperationalError, InterfaceError):
        raise
    except Stopping:
        run.hand_back()
    except Cancelled:
        run.close(JobStatus.CANCELLED)
    except JobError as error:
        run.close(JobStatus.FAILED, error=error.text, error_code="refused")
    except SoftTimeLimitExceeded:
        text = said("This took longer than the time set for such jobs. What was finished is kept.")
        run.close(JobStatus.FAILED, error=text, error_code="timeout")
    except MemoryError:
        _remember_memory(run)
    except Exception:
        log.exception("Job %s (%s) failed", run.job.pk, run.job.kind)
        text = said(
            "Something went wrong on our side. What was finished is kept; you can try again."
        )
        detail = traceback.format_exc()[-8000:]
        run.close(JobStatus.FAILED, error=text, error_code="unexpected", error_detail=detail)


def _follow(job: Job) -> None:
    """What others want done after a job of this kind; the job itself is over."""
    for follow in AFTER.get(job.kind, ()):
        try:
            follow(job)
        except Exception:
            log.exception("What follows job %s (%s) failed", job.pk, job.kind)


def _persist(run: Run, body: object) -> None:
    """Call the body, and again where the database was only busy or away for a moment.

    That is the same as a resume after a kill, so a body needs no provision for it.
    """
    n_tries, n_settled = 0, run.n_settled
    while True:
        try:
            return body(run)
        except (OperationalError, InterfaceError) as error:
            n_tries = n_tries + 1 if run.n_settled == n_settled else 1
            n_settled = run.n_settled
            if not connection.in_atomic_block and not connection.is_usable():
                _await_database(run)
            elif getattr(error.__cause__, "sqlstate", None) not in PASSING or n_tries > MAX_TRIES:
                raise RuntimeError("The database refused this job") from error


def _await_database(run: Run) -> None:
    """Wait until the database answers again, as long as the job can still be ours."""
    while True:
        run.check()
        connection.close()
        try:
            connection.ensure_connection()
            return
        except OperationalError:
            time.sleep(0.3)


def _give_up(run: Run) -> bool:
    """Three claims ended without anything done: give up one item if it was at fault, or the job.

    After two failed attempts an item is tried alone, so the first one waiting with three is the
    one that stops the worker. Returns whether the job itself was given up.
    """
    with run.fenced():
        item = run.job.items.filter(status=JobItem.Status.PENDING).order_by("n").first()
    if item is None or item.n_attempts < MAX_STALLS:
        run.close(JobStatus.DEAD, **_last_words(run.job))
        return True
    text = said("This one stopped the worker %(n)s times, so it was left out.", n=item.n_attempts)
    with run.commit(failed=[(item, text)]):
        Job.objects.filter(pk=run.job.pk).update(n_stalls=0)
    return False


def _last_words(job: Job) -> dict[str, Any]:
    if job.error_code == "oom":
        text = said(
            "The worker ran out of memory three times without getting further. What was finished "
            "is kept. Try again with a smaller selection, or give the workers more memory."
        )
        return {"error": text, "error_code": "oom"}
    text = said(
        "The worker was stopped three times in the same place, most likely by a lack of memory or "
        "by the system. What was finished is kept."
    )
    return {"error": text, "error_code": job.error_code or "killed"}


def _remember_memory(run: Run) -> None:
    """Out of memory counts as a stall: the next claim tries smaller batches, in a while."""
    detail = traceback.format_exc()[-8000:]
    run._write(error_code="oom", error_detail=detail, lease_until=Now())
