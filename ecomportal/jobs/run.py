"""One execution of a job in a worker: what a job's body is given, and how it ends.

A body asks for batches, computes outside any transaction and commits each batch in one. It may be
stopped at any point and started again elsewhere: pending items are what is left to do.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from time import monotonic
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from ecomportal.celery import app
from ecomportal.jobs.lease import Heartbeat, is_stopping, lease_end
from ecomportal.jobs.models import Job, JobItem, JobStatus
from ecomportal.jobs.start import ring_on_commit
from ecomportal.jobs.writes import settle_items
from ecomportal.said import Said, pack, pack_in
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

MAX_LOG_LINES = 200
KINDS: dict[str, Any] = {}  # kind -> Celery task, filled by job_task
AFTER: dict[str, list[Callable[[Job], None]]] = {}  # kind -> what is called when one is done
# For the chaos harness, which must show that the fence is what prevents double work.
FENCED = not (os.environ.get("ECOMPORTAL_CHAOS") and os.environ.get("ECOMPORTAL_CHAOS_NO_FENCE"))

Body = Callable[["Run"], None]


class JobError(Exception):
    """A failure the merchant can act on; it is shown as it stands, in each reader's language."""

    @property
    def text(self) -> Said | str:
        return self.args[0] if self.args else ""


class LeaseLost(Exception):
    """Another worker has the job: write nothing and leave quietly."""


class Cancelled(Exception):
    """Somebody asked the job to stop; finished batches stay."""


class Stopping(Exception):
    """The worker is shutting down: hand the job back to the queue."""


def job_task(
    *,
    queue: str = "fast",
    soft_time_limit: int | None = None,
    params_version: int = 1,
    label: Any = "",
) -> Callable[[Body], Any]:
    """Make a job's body a Celery task named `jobs.<function>`; the function's name is the kind.

    `label` is what people read for the kind; `params_version` grows when older workers could not
    read what a newer web puts into `params`.
    """

    def decorate(body: Body) -> Any:
        kind = body.__name__

        # Unknown arguments are left aside, so that a rolling deploy loses no message.
        def deliver(job_id: str, merchant_id: int, **_: Any) -> None:
            from ecomportal.jobs.execute import execute  # late: it needs this module

            execute(kind, UUID(job_id), merchant_id)

        deliver.__name__, deliver.__doc__, deliver.__module__ = kind, body.__doc__, body.__module__
        KINDS[kind] = app.task(
            deliver, name=f"jobs.{kind}", lazy=False, soft_time_limit=soft_time_limit,
            kind=kind, job_queue=queue, body=staticmethod(body), params_version=params_version,
            label=label,
        )  # fmt: skip
        return KINDS[kind]

    return decorate


def after_job(kind: str) -> Callable[[Callable[[Job], None]], Callable[[Job], None]]:
    """Have a function called in the worker after each job of a kind that ended well. It learns of
    a job whose code it could not import; what it raises is logged and harms nothing."""

    def decorate(follow: Callable[[Job], None]) -> Callable[[Job], None]:
        AFTER.setdefault(kind, []).append(follow)
        return follow

    return decorate


class Run:
    """What a body works with. Everything it writes is refused once another worker has the job."""

    def __init__(self, job: Job, heart: Heartbeat) -> None:
        self.job, self.heart = job, heart
        self.merchant: Merchant = job.merchant
        self.params: dict[str, Any] = job.params
        self.user_id: int | None = job.created_by_id
        self.token = job.lease_token
        self.n_settled = job.n_done + job.n_failed

    # --- Reading -----------------------------------------------------------------------------

    def tenant(self) -> Any:
        """A transaction in the shop, for reading; keep slow work out of it."""
        return tenant(self.merchant.pk)

    def check(self) -> None:
        """Between batches: leave if the job was cancelled, or lost, or the worker is to end."""
        if self.heart.is_overdue:
            raise LeaseLost
        if self.heart.cancel_requested:
            raise Cancelled
        if is_stopping():
            raise Stopping

    def batches(self, *, size: int = 100) -> Iterator[list[JobItem]]:
        """The items still waiting, each once, in order; call `commit` for each batch."""
        last_n = 0
        while True:
            self.check()
            batch = self._take(last_n, size)
            if not batch:
                return
            last_n = batch[-1].n
            yield batch

    def _take(self, last_n: int, size: int) -> list[JobItem]:
        """The next batch, its items marked as attempted before anything is computed with them.

        An item that kills the process is thereby known: those tried before come in a tenth of
        the size, then alone, apart from fresh ones.
        """
        with self.fenced():
            waiting = self.job.items.filter(status=JobItem.Status.PENDING, n__gt=last_n)
            rows = list(waiting.order_by("n")[:size])
            if not rows:
                return []
            n_before = rows[0].n_attempts
            limit = size if n_before == 0 else size // 10 if n_before == 1 else 1
            alike = takewhile(lambda item: bool(item.n_attempts) == bool(n_before), rows)
            batch = list(alike)[: max(1, limit)]
            JobItem.objects.filter(pk__in=[item.pk for item in batch]).update(
                n_attempts=F("n_attempts") + 1
            )
        return batch

    # --- Writing -----------------------------------------------------------------------------

    @contextmanager
    def fenced(self) -> Iterator[bool]:
        """One transaction that starts by locking the job under our token; gives cancel_requested.

        The lock leaves others free to point at the job, so pages can add rows meanwhile.
        """
        with self.tenant():
            mine = Job.objects.select_for_update(no_key=True).filter(pk=self.job.pk)
            if FENCED:
                mine = mine.filter(status=JobStatus.RUNNING, lease_token=self.token)
            found = list(mine.values_list("cancel_requested", flat=True))
            if not found:
                raise LeaseLost
            yield found[0]

    @contextmanager
    def commit(
        self,
        *,
        done: Iterable[tuple[JobItem, dict[str, Any]]] = (),
        failed: Iterable[tuple[JobItem, Said | str]] = (),
        held: Iterable[tuple[JobItem, Said | str]] = (),
        n_done: int = 0,
        n_failed: int = 0,
    ) -> Iterator[None]:
        """Write a batch's outcome and the block's own rows in one transaction, or nothing.

        Held items count as done: they were dealt with. A body without items names the numbers
        itself; after a stop it is called again, with `run.job.n_done` rows already written.
        """
        done, failed, held = list(done), list(failed), list(held)
        n_done, n_failed = n_done + len(done) + len(held), n_failed + len(failed)
        began = monotonic()
        with self.fenced() as cancel_requested:
            if cancel_requested and not (done or failed or held):
                raise Cancelled
            settle_items(self.job, done=done, failed=failed, held=held)
            yield
            Job.objects.filter(pk=self.job.pk).update(
                n_done=F("n_done") + n_done,
                n_failed=F("n_failed") + n_failed,
                lease_until=lease_end(),
            )
        self._count(n_done, n_failed, began)

    def _count(self, n_done: int, n_failed: int, began: float) -> None:
        self.job.n_done += n_done
        self.job.n_failed += n_failed
        self.n_settled += n_done + n_failed
        self.heart.renewed_at = began
        # Without items the numbers alone tell how far it came; only then can it be resumed.
        if is_stopping() and self.n_settled < self.job.n_total:
            raise Stopping

    def _write(self, **fields: Any) -> None:
        with self.fenced():
            Job.objects.filter(pk=self.job.pk).update(**fields)

    def phase(self, text: Any) -> None:
        """Say what is being done now."""
        self._write(phase=text)

    def set_total(self, n_total: int, *, n_done: int | None = None) -> None:
        """Say how much there is to do; `n_done=0` when a repeat starts over."""
        fields = {"n_total": n_total} | ({} if n_done is None else {"n_done": n_done})
        self._write(**fields)
        for name, value in fields.items():
            setattr(self.job, name, value)
        self.n_settled = self.job.n_done + self.job.n_failed

    def result(self, result: dict[str, Any]) -> None:
        """What came of it, for the job's page: `text`; `url` with `link`, what that link says;
        `change_url` and `undo_url` where it changed something that can be taken back."""
        self.job.result = pack_in(result)
        self._write(result=self.job.result)

    def log(self, text: Any) -> None:
        """Add a line to the log people see; the oldest lines give way."""
        line = {"at": timezone.now().isoformat(), "text": pack(text)}
        with self.fenced():
            lines = Job.objects.values_list("log", flat=True).get(pk=self.job.pk)
            Job.objects.filter(pk=self.job.pk).update(log=[*lines, line][-MAX_LOG_LINES:])

    # --- Ending ------------------------------------------------------------------------------

    def close(self, status: str, **fields: Any) -> None:
        """Give the job its last state, exactly once; the lease ends with it."""
        fields = {"lease_token": None, "lease_until": None, "finished_at": Now(), **fields}
        self._write(status=status, **fields)

    def hand_back(self) -> None:
        """Queue the job again for another worker: a stop that is no stall."""
        with self.fenced():
            Job.objects.filter(pk=self.job.pk).update(
                status=JobStatus.QUEUED, lease_token=None, lease_until=None, rung_at=Now()
            )
            ring_on_commit(self.job)

    def undecided(self) -> Sequence[int]:
        """Numbers of items that the body left waiting: a mistake of the body."""
        with self.tenant():
            waiting = self.job.items.filter(status=JobItem.Status.PENDING)
            return list(waiting.values_list("n", flat=True)[:5])
