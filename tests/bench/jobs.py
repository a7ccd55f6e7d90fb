"""What the job engine costs per item, beside the same writes in plain SQL in the same run.

`python -m tests.bench jobs`: CPU time of the worker's process, batches of 100, a body that does
nothing but write one row per item. Exits 1 above the budget, or when a row is missing.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

from tests.bench.scratch import scratch

BUDGET_MS = 5.0  # per item, engine over floor
BATCH = 100
N_STARTS = 200


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench jobs")
    parser.add_argument("--items", type=int, default=5000)
    options = parser.parse_args(argv)
    with scratch():
        report = measure(options.items)
    print(json.dumps(report))
    return 0 if report["ok"] else 1


def measure(n_items: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, skip_checks=True)
    try:
        shop = _make_shop()
        _engine(shop, BATCH)  # the first use of everything is not what a long job pays
        engine = _timed(lambda: _engine(shop, n_items))
        floor = _timed(lambda: _floor(shop, n_items))
        starts = _timed(lambda: [_start(shop, 0) for _n in range(N_STARTS)])
        n_written = _count(shop)
    finally:
        connection.close()
    per_item = {
        f"{name}_{unit}_ms_per_item": round(1000 * seconds / n_items, 4)
        for name, times in (("engine", engine), ("floor", floor))
        for unit, seconds in times.items()
    }
    overhead = 1000 * (engine["cpu"] - floor["cpu"]) / n_items
    return {
        "bench": "jobs",
        "items": n_items,
        "batch": BATCH,
        **per_item,
        "overhead_cpu_ms_per_item": round(overhead, 4),
        "budget_ms": BUDGET_MS,
        "jobs_started_per_second": round(N_STARTS / starts["wall"]),
        "ok": overhead <= BUDGET_MS and n_written == 2 * n_items + BATCH,
    }


def _timed(work: Callable[[], Any]) -> dict[str, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def _make_shop() -> Any:
    from ecomportal.tenancy.models import Merchant

    return Merchant.objects.create(slug="bench", name="Bench")


def _task() -> Any:
    from ecomportal.jobs.run import KINDS, Run, job_task
    from ecomportal.tenancy.models import AuditEntry

    if "bench_items" in KINDS:
        return KINDS["bench_items"]

    def bench_items(run: Run) -> None:
        for batch in run.batches(size=BATCH):
            with run.commit(done=[(item, {"n": item.n}) for item in batch]):
                AuditEntry.objects.bulk_create(
                    AuditEntry(merchant=run.merchant, action="bench", subject=str(item.n))
                    for item in batch
                )

    return job_task()(bench_items)


def _start(shop: Any, n_items: int) -> Any:
    from ecomportal.jobs.start import start_job

    items = [(n, {}) for n in range(1, n_items + 1)]
    return start_job(_task(), shop, None, title="Bench", items=items)


def _engine(shop: Any, n_items: int) -> None:
    """A whole job in this process: claim, heartbeat, batches, end."""
    from ecomportal.jobs.execute import execute
    from ecomportal.jobs.models import Job
    from ecomportal.tenancy.context import tenant

    job = _start(shop, n_items)
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        found = Job.objects.get(pk=job.pk)
    assert (found.status, found.n_done) == ("done", n_items), found.error_detail


def _floor(shop: Any, n_items: int) -> None:
    """The same rows in the same number of transactions, by hand."""
    from django.db import connection

    from ecomportal.tenancy.context import tenant

    columns = "merchant_id, actor_label, action, subject, detail, at"
    row = "(%s, '', 'bench', %s, '{}', now())"
    for first in range(1, n_items + 1, BATCH):
        numbers = range(first, min(first + BATCH, n_items + 1))
        values = [value for n in numbers for value in (shop.pk, str(n))]
        rows = ", ".join([row] * len(numbers))
        with tenant(shop), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO ecomportal_auditentry ({columns}) VALUES {rows}", values)


def _count(shop: Any) -> int:
    from ecomportal.tenancy.context import tenant

    with tenant(shop):
        return shop.audit_entries.filter(action="bench").count()
