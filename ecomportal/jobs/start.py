"""What a request does with jobs: start one, ring for it, cancel it, try it again."""

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from ecomportal.celery import app, make_broker_folders
from ecomportal.jobs.models import LIVE, Job, JobItem, JobStatus
from ecomportal.said import Said
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant, User

log = logging.getLogger(__name__)

ONCE = "job_once_while_live"
Items = Iterable[tuple[Any, dict[str, Any]]]


class AlreadyRunning(Exception):
    """Another live job does what this one would do."""


def start_job(
    task: Any,
    merchant: Merchant,
    user: User | None,
    *,
    title: Said | str,
    params: dict[str, Any] | None = None,
    dedupe_key: str = "",
    items: Items | None = None,
    n_total: int = 0,
) -> Job:
    """Insert a job (and its items) in the caller's transaction and ring for it on commit.

    While a job of the same kind and `dedupe_key` lives, that one is returned, with `is_new` False.
    """
    fields = {
        "kind": task.kind,
        "queue": task.job_queue,
        "params_version": task.params_version,
        "title": title,
        "params": params or {},
        "dedupe_key": dedupe_key,
        "n_total": n_total,
        "created_by": user if getattr(user, "pk", None) else None,
    }
    with tenant(merchant):
        job = _insert_or_find(merchant, fields)
        if job.is_new:
            _add_items(job, items or [])
            ring_on_commit(job)
        return job


def _insert_or_find(merchant: Merchant, fields: dict[str, Any]) -> Job:
    while True:
        try:
            with transaction.atomic():
                # Rung at once: from here on the sweeper counts the seconds.
                job = Job.objects.create(merchant=merchant, rung_at=Now(), **fields)
            job.refresh_from_db(fields=["rung_at"])
            job.is_new = True
            return job
        except IntegrityError as error:
            if ONCE not in str(error):
                raise
        same = {"kind": fields["kind"], "dedupe_key": fields["dedupe_key"]}
        if job := merchant.jobs.filter(status__in=LIVE, **same).first():
            job.is_new = False
            return job
        # The other one ended between our insert and our look: now there is room.


def _add_items(job: Job, items: Items) -> None:
    rows = [
        JobItem(merchant=job.merchant, job=job, n=n, subject_id=str(subject_id), payload=payload)
        for n, (subject_id, payload) in enumerate(items, start=1)
    ]
    if rows:
        JobItem.objects.bulk_create(rows, batch_size=1000)
        job.n_total = len(rows)
        job.save(update_fields=["n_total"])


def ring_on_commit(job: Job) -> None:
    """Ring when the caller's transaction has committed; before that there is no job to run."""
    bell = partial(ring, job.kind, job.queue, job_id=job.pk, merchant_id=job.merchant_id)
    transaction.on_commit(bell, robust=True)


def ring(kind: str, queue: str, *, job_id: UUID, merchant_id: int) -> bool:
    """Tell a worker that a job waits. A broker that does not answer costs time, never the job."""
    try:
        make_broker_folders()
        app.send_task(
            f"jobs.{kind}",
            kwargs={"job_id": str(job_id), "merchant_id": merchant_id},
            queue=queue,
            retry=False,
        )
    except Exception as error:  # every transport has its own; the sweeper rings again anyway
        log.warning("The broker could not be told of job %s: %s", job_id, error)
        return False
    return True


def can_cancel(job: Job) -> bool:
    return not job.is_finished and not job.cancel_requested


def can_retry(job: Job) -> bool:
    """Whether trying again would do anything: it stopped early, or some items failed."""
    stopped_early = job.status in (JobStatus.FAILED, JobStatus.DEAD, JobStatus.CANCELLED)
    return stopped_early or (job.status == JobStatus.DONE and job.n_failed > 0)


def cancel_job(job: Job) -> bool:
    """Cancel what waits at once; ask a running job to stop before its next batch."""
    same = Job.objects.filter(pk=job.pk)
    if same.filter(status=JobStatus.QUEUED).update(
        status=JobStatus.CANCELLED, cancel_requested=True, finished_at=Now()
    ):
        return True
    return bool(same.filter(status=JobStatus.RUNNING).update(cancel_requested=True))


def retry_job(job: Job) -> bool:
    """Queue a stopped job again: what was done stays, what failed is tried once more.

    Raises AlreadyRunning when a newer job does the same work meanwhile.
    """
    stopped = Q(status__in=[JobStatus.FAILED, JobStatus.DEAD, JobStatus.CANCELLED])
    stopped |= Q(status=JobStatus.DONE, n_failed__gt=0)
    try:
        with transaction.atomic():
            n_queued = Job.objects.filter(stopped, pk=job.pk).update(
                status=JobStatus.QUEUED, n_failed=0, n_stalls=0, done_at_claim=F("n_done"),
                error="", error_code="", error_detail="", phase="", cancel_requested=False,
                lease_token=None, lease_until=None, finished_at=None, rung_at=Now(), n_rings=0,
            )  # fmt: skip
    except IntegrityError as error:
        raise AlreadyRunning from error
    if n_queued:
        job.items.filter(status=JobItem.Status.FAILED).update(
            status=JobItem.Status.PENDING, error=""
        )
        job.items.filter(status=JobItem.Status.PENDING).update(n_attempts=0)
        ring_on_commit(job)
    return bool(n_queued)
