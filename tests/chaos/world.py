"""A shop of its own for one run: starts jobs, watches them, and counts what they left."""

import logging
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import Count, Q

from ecomportal.jobs.models import LIVE, Job, JobItem
from ecomportal.jobs.start import start_job
from ecomportal.jobs.sweep import sweep
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry, Merchant
from tests.chaos.tasks import EFFECT, chaos_bulk
from tests.chaos.workers import Worker

log = logging.getLogger("chaos")


class World:
    def __init__(self, folder: Path, *, seed: int = 1, **env: str) -> None:
        self.folder, self.rng = folder, Random(seed)
        self.env = {"SECRET_KEY": settings.SECRET_KEY, "HTTPS_ONLY": "0", **env}
        self.notes = folder / f"notes-{uuid4().hex}"
        self.worker_log = folder / "workers.log"
        self.shop = Merchant.objects.create(slug=f"chaos-{uuid4().hex[:12]}", name="Chaos")
        self.jobs: list[Job] = []
        self.workers: list[Worker] = []
        self._swept_at = 0.0

    # --- Workers -----------------------------------------------------------------------------

    def add_worker(self, processes: int = 1) -> Worker:
        worker = Worker(
            processes=processes, log=self.worker_log, CHAOS_NOTES=str(self.notes), **self.env
        )
        self.workers.append(worker)
        return worker

    def keep_workers(self, n: int) -> None:
        """Replace those that died, as the supervisor does."""
        for worker in [worker for worker in self.workers if not worker.is_alive]:
            if worker.process.returncode > 0:  # nobody killed it
                raise RuntimeError(self.worker_log.read_text()[-4000:])
            worker.kill()  # an orphaned pool process still belongs to its group
            self.workers.remove(worker)
        while len(self.workers) < n:
            self.add_worker()

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()
        connection.close()

    # --- Jobs --------------------------------------------------------------------------------

    def start(
        self,
        n_items: int,
        *,
        batch: int = 20,
        seconds_per_item: float = 0.004,
        dedupe_key: str = "",
        killers: Iterable[int] = (),
    ) -> Job:
        killers = set(killers)
        job = start_job(
            chaos_bulk, self.shop, None, title="Chaos", dedupe_key=dedupe_key,
            params={"batch": batch, "seconds_per_item": seconds_per_item},
            items=[(n, {"kills": True} if n in killers else {}) for n in range(1, n_items + 1)],
        )  # fmt: skip
        if job.is_new:
            self.jobs.append(job)
        return job

    def look(self, job: Job) -> Job:
        return self.ask(lambda: Job.objects.get(pk=job.pk))

    def ask(self, question: Callable[[], Any]) -> Any:
        """Read as the shop; a database that is away for a moment is asked again."""
        deadline = time.monotonic() + 60
        while True:
            try:
                with tenant(self.shop):
                    return question()
            except OperationalError:
                if time.monotonic() > deadline:
                    raise
                connection.close()
                time.sleep(0.1)

    def live(self) -> list[Job]:
        return self.ask(lambda: list(self.shop.jobs.filter(status__in=LIVE)))

    def held(self) -> list[tuple[Job, int]]:
        """Running jobs with the process that holds each, as the job's row names it."""
        rows = [job for job in self.live() if job.status == "running"]
        return [(job, int(job.worker.rpartition(":")[2])) for job in rows]

    def sweep(self) -> None:
        """What Celery's beat does in the product, twice a second here."""
        if time.monotonic() - self._swept_at < 0.5:
            return
        self._swept_at = time.monotonic()
        try:
            sweep()
        except OperationalError:
            connection.close()

    def drain(self, *, n_workers: int = 2, seconds: float = 120) -> None:
        """Let everything end in peace."""
        deadline = time.monotonic() + seconds
        while self.live():
            if time.monotonic() > deadline:
                log.warning("Still not ended: %s", [(j.pk, j.status) for j in self.live()])
                return
            self.keep_workers(n_workers)
            self.sweep()
            time.sleep(0.1)

    # --- Counting ----------------------------------------------------------------------------

    def outcome(self, *, skip_failed: bool = False) -> dict[str, Any]:
        """Lost and duplicated effects over all jobs, and the share of calls made again."""
        n_items, n_effects, n_distinct, n_wrong = self.ask(lambda: self._count(skip_failed))
        calls = self.words("call")
        return {
            "lost": n_items - n_distinct + n_wrong,
            "duplicated": n_effects - n_distinct,
            "repeated_share": round((len(calls) - len(set(calls))) / max(1, n_items), 4),
            "items": n_items,
            "jobs": len(self.jobs),
            "refused": len(self.words("refused")),
        }

    def _count(self, skip_failed: bool) -> tuple[int, int, int, int]:
        items = JobItem.objects.filter(job__in=self.jobs)
        if skip_failed:
            items = items.exclude(status=JobItem.Status.FAILED)
        found = AuditEntry.objects.filter(merchant=self.shop, action=EFFECT).aggregate(
            n=Count("pk"), n_distinct=Count("subject", distinct=True)
        )
        # A job that says something else than its items do has lost or doubled a count.
        jobs = Job.objects.filter(pk__in=[job.pk for job in self.jobs]).annotate(
            n=Count("items", filter=Q(items__status=JobItem.Status.DONE))
        )
        wrong = [job for job in jobs if job.n != job.n_done or job.status != "done"]
        return items.count(), found["n"], found["n_distinct"], len(wrong)

    def words(self, word: str) -> list[str]:
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [line for line in lines if line.startswith(f"{word} ")]


def wipe_broker() -> int:
    """Throw away every waiting message, as a broker without persistence does when it dies."""
    folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
    messages = list(folder.glob("*.msg"))
    for message in messages:
        os.unlink(message)
    return len(messages)
