"""How fast orders come in by file: rows for each second of CPU, Python's and the database's.

The file is read, compared and written by the jobs a merchant starts. Beside it stand, measured in
the same run, the bare COPY of the file's cells into a table without keys, and the same file once
more, which changes nothing.
"""

import csv
import io
import json
import random
import secrets
import tempfile
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.bench.catalogue_import import Clock
from tests.bench.scratch import scratch

N_LINES = 100_000
LINES_A_ORDER = 3.1
ORDERS_A_CUSTOMER = 4
HEADER = (
    *("order_id", "line_id", "customer_id", "sku", "quantity", "unit_price", "discount"),
    *("currency", "ordered_at", "status", "refunded_amount"),
)


def measure(*, n_lines: int = 0, is_small: bool = False) -> dict[str, Any]:
    """The figures, with what they are made of. The settings' database gets a shop of its own."""
    n_lines = n_lines or (5000 if is_small else N_LINES)
    from django.test.utils import override_settings

    from tests.factories import make_member, make_shop

    shop = make_shop(f"intake-{secrets.token_hex(4)}", currency="EUR")
    user = make_member(shop)
    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        _import(shop, user, _file(500, seed=1))  # a worker has loaded its modules long before
        content = _file(n_lines, seed=2)
        first, run = _import(shop, user, content)
        again, run_again = _import(shop, user, content)
    _check(shop, run, run_again, n_lines)
    copy = _raw_copy(content)
    cpu = first["all"].cpu
    return {
        "intake_rows_per_cpu_second": round(n_lines / cpu),
        "intake_vs_copy": round(copy.cpu / cpu, 4),
        "intake_cpu_s": round(cpu, 2),
        "reimport_cpu_s": round(again["all"].cpu, 2),
        "lines": n_lines,
        "orders": run.n_created,
        "first": {name: cost.as_dict() for name, cost in first.items()},
        "again": {name: cost.as_dict() for name, cost in again.items()},
        "copy": copy.as_dict(),
    }


def _file(n_lines: int, *, seed: int) -> bytes:
    """Orders of a few lines by customers who come back, as our own CSV has them."""
    rng, out = random.Random(seed), io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    n, order = 0, 0
    while n < n_lines:
        order += 1
        at = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(500_000))
        n_customers = max(1, int(n_lines / LINES_A_ORDER / ORDERS_A_CUSTOMER))
        head = f"{seed}-{order}", f"C{rng.randrange(n_customers)}"
        for line in range(1, min(n_lines - n, 1 + int(rng.expovariate(1 / 2.1))) + 1):
            price, quantity = rng.randrange(300, 20_000), rng.choice((1, 1, 1, 2, 3))
            cells = [f"SKU-{rng.randrange(4000)}", quantity, f"{price / 100:.2f}", "0.00", "EUR"]
            refund = f"{price / 100:.2f}" if rng.random() < 0.03 else "0.00"
            writer.writerow([head[0], line, head[1], *cells, at.isoformat(), "paid", refund])
            n += 1
    return out.getvalue().encode()


def _import(shop: Any, user: Any, content: bytes) -> tuple[dict[str, Any], Any]:
    """Through upload, dry run and write; the cost of each part and of all together."""
    from catalog import tasks
    from catalog.orders.imports import store
    from catalog.products.imports.models import ImportState
    from ecomportal.jobs.execute import execute
    from ecomportal.jobs.start import start_job
    from ecomportal.tenancy.context import tenant

    costs = {}
    with Clock() as clock, tenant(shop):
        run = store.keep(shop, [content], name="orders.csv", user=user)
    costs["upload"] = clock.cost
    parts = (
        ("compare", tasks.compare_intake, ImportState.COMPARING),
        ("write", tasks.run_intake, ImportState.WRITING),
    )
    for name, task, state in parts:
        with tenant(shop):
            shop.intake_runs.filter(pk=run.pk).update(state=state)
            job = start_job(task, shop, user, title=name, params={"run_id": str(run.pk)})
        with Clock() as clock:
            execute(job.kind, job.pk, shop.pk)
        costs[name] = clock.cost
        with tenant(shop):
            job.refresh_from_db()
            assert job.status == "done", job.error
    costs["all"] = costs["upload"] + costs["compare"] + costs["write"]
    with tenant(shop):
        run.refresh_from_db()
    return costs, run


def _check(shop: Any, run: Any, run_again: Any, n_lines: int) -> None:
    """The figures count only for what was really written."""
    from ecomportal.tenancy.context import tenant

    with tenant(shop):
        written = shop.order_lines.filter(order__number__startswith="2-").count()
        totals = sum(
            shop.orders.filter(number__startswith="2-").values_list("total_cents", flat=True)
        )
        lines = shop.order_lines.filter(order__number__startswith="2-")
        worth = sum(q * p for q, p in lines.values_list("quantity", "unit_price_cents"))
    assert run.n_failed == 0
    assert written == n_lines
    assert totals == worth
    assert run_again.n_unchanged == run.n_created, "the same file again is no change"


def _raw_copy(content: bytes) -> Any:
    from django.db import connection, transaction

    columns = ", ".join(f"{name} text" for name in HEADER)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE intake_floor ({columns}) ON COMMIT DROP")
        with (
            Clock() as clock,
            cursor.copy("COPY intake_floor FROM STDIN (FORMAT csv, HEADER)") as copy,
        ):
            copy.write(content)
        cursor.execute("SELECT count(*) FROM intake_floor")
        assert cursor.fetchone()[0] == content.count(b"\n") - 1
    return clock.cost


def main(argv: list[str]) -> int:
    with scratch():
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0, skip_checks=True)
        try:
            found = measure(n_lines=int(argv[0]) if argv else 0)
        finally:
            for connection in connections.all():
                connection.close()
    print(json.dumps({"bench": "segments_intake", **found}))
    return 0
