"""Who holds a job: the claim, the heartbeat that keeps it, and the sign to hand it back."""

import mmap
import os
import socket
import threading
from datetime import timedelta
from time import monotonic
from typing import Any, Self
from uuid import UUID, uuid4

from celery.signals import worker_shutting_down
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce, Now

from ecomportal.jobs.models import Job, JobStatus
from ecomportal.tenancy.context import tenant

# One byte that the worker's main process shares with the children it forks: its signal handler
# sets it and they read it, without a lock or a message that could get lost.
_stopping = mmap.mmap(-1, 1)


@worker_shutting_down.connect
def _tell_children(**_: Any) -> None:
    _stopping[0] = 1


def is_stopping() -> bool:
    """Whether this worker was asked to end, so that jobs are handed back after the batch."""
    return _stopping[0] == 1


def lease_end() -> Any:
    """By the database's clock, whatever the worker's own may say."""
    return Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def claim(job_id: UUID, *, params_version: int = 1) -> Job | None:
    """Take a job that is free, under a new token; None when another worker has or had it.

    One conditional UPDATE lets one of many through. A claim that finds nothing done since the
    last one counts as a stall; a job that was handed back did not stall.
    """
    is_free = Q(status=JobStatus.QUEUED) | Q(status=JobStatus.RUNNING, lease_until__lt=Now())
    settled = F("n_done") + F("n_failed")
    token = uuid4()
    n_claimed = Job.objects.filter(
        is_free, pk=job_id, params_version__lte=params_version
    ).update(
        status=JobStatus.RUNNING,
        lease_token=token,
        lease_until=lease_end(),
        worker=f"{socket.gethostname()}:{os.getpid()}"[:120],
        n_claims=F("n_claims") + 1,
        n_stalls=Case(
            When(status=JobStatus.QUEUED, then=F("n_stalls")),
            When(done_at_claim=settled, then=F("n_stalls") + 1),
            default=0,
        ),
        done_at_claim=settled,
        started_at=Coalesce("started_at", Now()),
        rung_at=None,  # should the lease run out, the next sweep rings at once
        n_rings=0,
    )  # fmt: skip
    if n_claimed == 0:
        return None
    return Job.objects.select_related("merchant", "created_by").get(pk=job_id, lease_token=token)


class Heartbeat(threading.Thread):
    """Renews the lease and notices a wish to cancel, on a database connection of its own."""

    def __init__(self, job: Job) -> None:
        super().__init__(name=f"heartbeat-{job.pk}", daemon=True)
        self.job, self.token = job, job.lease_token
        self.cancel_requested = job.cancel_requested
        self.renewed_at = monotonic()
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._ended.set()
        self.join(timeout=5)

    @property
    def is_overdue(self) -> bool:
        """The lease ran out by our own clock, so another worker may have the job by now."""
        return monotonic() - self.renewed_at > settings.JOB_LEASE_SECONDS

    def run(self) -> None:
        try:
            while not self._ended.wait(settings.JOB_LEASE_SECONDS / 3):
                if not self._beat():
                    return
        finally:
            connection.close()

    def _beat(self) -> bool:
        """Renew; False when the job is no longer ours. An unreachable database may come back."""
        began = monotonic()
        try:
            with tenant(self.job.merchant_id):
                mine = Job.objects.filter(
                    pk=self.job.pk, status=JobStatus.RUNNING, lease_token=self.token
                )
                if not mine.update(lease_until=lease_end()):
                    return False
                self.cancel_requested = mine.values_list("cancel_requested", flat=True).get()
        except DatabaseError:
            connection.close()
            return True
        self.renewed_at = began
        return True
