"""kill -9 while orders are compared, written or taken back: nothing is lost, nothing twice."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from django.conf import settings as project
from django.utils import timezone

from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from tests.catalog.taking import compared, imported, latest, orders, page

N = 60
# A worker with small batches that is slow enough to be killed between two of them.
WORKER = """
import sys, time, uuid
import django
django.setup()
from django.conf import settings
settings.MEDIA_ROOT = sys.argv[4]
from catalog import tasks
from catalog.orders.imports import compare, write
from ecomportal.jobs import run
from ecomportal.jobs.execute import execute
compare.BATCH = write.BATCH = 5
check = run.Run.check
run.Run.check = lambda self: (time.sleep(0.1), check(self))[1]
execute(sys.argv[1], uuid.UUID(sys.argv[2]), int(sys.argv[3]))
"""


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def content() -> str:
    rows = [{"order_id": str(n), "customer_id": f"C{n % 7}"} for n in range(N)]
    return orders(*(row | {"line_id": part} for row in rows for part in ("1", "2")))


def killed_and_taken_up_again(shop: Any, media: Any) -> Job:
    """Let a worker begin the shop's last job, kill it between two batches, and finish it here."""
    with tenant(shop):
        job = Job.objects.latest("created_at")
    command = [sys.executable, "-c", WORKER, job.kind, str(job.pk), str(shop.pk), str(media)]
    environment = os.environ | {"SECRET_KEY": "x"}
    worker = subprocess.Popen(command, cwd=project.BASE_DIR, env=environment)
    deadline = monotonic() + 90
    while monotonic() < deadline and not (job.n_total == N and 10 <= job.n_done < N):
        sleep(0.02)
        with tenant(shop):
            job.refresh_from_db()
    worker.kill()
    worker.wait()
    with tenant(shop):
        job.refresh_from_db()
        assert (job.status, 10 <= job.n_done < N) == ("running", True)
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        job.refresh_from_db()
    assert job.status == "done", job.error
    return job


def test_a_killed_write_is_finished_by_the_next_worker(
    transactional_db: Any, shop: Any, alices: Any, settings: Any
) -> None:
    run = compared(alices, shop, content())
    alices.post(page(shop, run, "write/"))
    job = killed_and_taken_up_again(shop, settings.MEDIA_ROOT)
    assert job.n_done == N
    with tenant(shop):
        assert shop.orders.count() == N
        assert shop.order_lines.count() == 2 * N
        assert shop.customers.count() == 7
        run = shop.intake_runs.get()
        assert run.rows.exclude(written_at=None).count() == N
        assert run.rows.exclude(made_customer=None).count() == 7
    assert run.state == "done"


def test_a_killed_comparison_begins_again(
    transactional_db: Any, shop: Any, alices: Any, settings: Any
) -> None:
    run = compared(alices, shop, content())
    alices.post(page(shop, run, "compare/"))
    killed_and_taken_up_again(shop, settings.MEDIA_ROOT)
    run = latest(shop)
    assert (run.state, run.n_created, run.n_rows) == ("ready", N, 2 * N)
    with tenant(shop):
        assert run.rows.count() == N


def test_a_killed_undo_is_finished_by_the_next_worker(
    transactional_db: Any, shop: Any, alices: Any, settings: Any
) -> None:
    run = imported(alices, shop, content())
    alices.post(page(shop, run, "undo/"))
    killed_and_taken_up_again(shop, settings.MEDIA_ROOT)
    with tenant(shop):
        assert not shop.orders.exists()
        assert not shop.order_lines.exists()
        assert not shop.customers.exists()
        assert shop.intake_runs.get().rows.filter(undo="done").count() == N
