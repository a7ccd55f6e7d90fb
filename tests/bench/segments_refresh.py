"""Profiles of large shops: all of them, those that changed, and the same with polars.

Every route is taken in turns, so that each meets the machine as the others do; seconds are the
median's, and CPU is that of the server's process with the client's. What was reckoned is compared
with a plain numpy reckoning of the same orders, and with what polars says, before it is timed.
"""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
POLARS = Path(__file__).parent / "peers" / "rfm_polars.py"
ROUNDS, SMALL_ROUNDS = 3, 2
SHARE_TOUCHED = 0.01
FIFTHS = (0.2, 0.4, 0.6, 0.8)
# The textbook: one aggregate and three windows, with nothing else than the scores.
BARE = """
SELECT count(*), sum(r + f + m) FROM (
    SELECT ntile(5) OVER (ORDER BY last_at) AS r, ntile(5) OVER (ORDER BY n) AS f,
        ntile(5) OVER (ORDER BY cents) AS m
    FROM (
        SELECT customer_id, max(ordered_at) AS last_at, count(*) AS n,
            sum(total_cents - refunded_cents) AS cents
        FROM catalog_order WHERE merchant_id = %(merchant)s AND customer_id IS NOT NULL
            AND status IN ('paid', 'shipped', 'delivered', 'refunded')
            AND currency = 'EUR' AND refunded_cents < total_cents
        GROUP BY 1
    ) sums
) scores
"""
TOUCH = """
UPDATE catalog_order SET refunded_cents = least(refunded_cents + 1, total_cents - 1)
WHERE merchant_id = %(merchant)s AND id IN (
    SELECT DISTINCT ON (customer_id) id FROM catalog_order WHERE merchant_id = %(merchant)s
    AND customer_id IN (
        SELECT id FROM catalog_customer WHERE merchant_id = %(merchant)s
        ORDER BY md5(id::text || %(salt)s) LIMIT %(n)s
    ) AND status = 'delivered' AND total_cents > 100 ORDER BY customer_id, ordered_at
)
"""
ORDERS = """
SELECT customer_id, extract(epoch FROM ordered_at)::bigint, total_cents - refunded_cents
FROM catalog_order WHERE merchant_id = %(merchant)s AND customer_id IS NOT NULL
    AND status IN ('paid', 'shipped', 'delivered', 'refunded') AND currency = 'EUR'
    AND refunded_cents < total_cents
"""
PROFILES = """
SELECT customer_id, n_orders, spent_cents, capped_cents, r_score, f_score, m_score, n_repeats,
    last_repeat_days::bigint, coalesce(repeat_cents, -1)
FROM aiassist_customerprofile WHERE merchant_id = %(merchant)s AND n_orders > 0
"""


@dataclass
class Cost:
    """Seconds by the clock and of CPU, the server's process included."""

    wall: float
    cpu: float


def measure(shops: dict[int, Any], folder: Path, is_small: bool) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for size, shop in shops.items():
        figures |= _of_shop(size, shop, folder, SMALL_ROUNDS if is_small else ROUNDS)
    return figures


def _of_shop(size: int, shop: Any, folder: Path, rounds: int) -> dict[str, Any]:
    from aiassist.segments.rfm import refresh_all, refresh_changed

    n_profiles = check(shop)
    print(f"{size:,} customers: {n_profiles:,} profiles are those of numpy", flush=True)
    costs: dict[str, list[Cost]] = {}
    peer: dict[str, list[dict[str, float]]] = {"copy": [], "rows": []}
    for n in range(rounds):
        _add(costs, "bare_sql", lambda: _sql(shop, BARE))
        _add(costs, "full_refresh", lambda: refresh_all(shop))
        for route in peer:
            peer[route].append(_polars(shop, route, folder))
        _touch(shop, size, salt=str(n))
        _add(costs, "incremental_refresh", lambda: refresh_changed(shop))
        _touch(shop, size, salt=f"again {n}")
        _add(costs, "full_refresh_after", lambda: refresh_all(shop))
    job = _job(shop)
    return _figures(size, costs, peer, job)


def _figures(
    size: int,
    costs: dict[str, list[Cost]],
    peer: dict[str, list[dict[str, float]]],
    job: dict[str, float],
) -> dict[str, Any]:
    """Ratios are of medians; their names without a size are those of the largest shop, which
    comes last."""
    suffix = "1m" if size == 1_000_000 else str(size)
    wall = {name: median(one.wall for one in found) for name, found in costs.items()}
    cpu = {name: median(one.cpu for one in found) for name, found in costs.items()}
    pulled = {
        route: median(one["pull_s"] + one["reckon_s"] for one in found)
        for route, found in peer.items()
    }
    pulled_cpu = {route: median(one["cpu_s"] for one in found) for route, found in peer.items()}
    return {
        # polars' own way of fetching rows, and the quickest one that there is by hand.
        "refresh_vs_pull_and_polars": wall["full_refresh"] / pulled["rows"],
        "refresh_vs_pull_and_polars_cpu": cpu["full_refresh"] / pulled_cpu["rows"],
        "refresh_vs_copy_and_polars": wall["full_refresh"] / pulled["copy"],
        "refresh_vs_copy_and_polars_cpu": cpu["full_refresh"] / pulled_cpu["copy"],
        "incremental_refresh_share": wall["incremental_refresh"] / wall["full_refresh_after"],
        "incremental_refresh_share_cpu": cpu["incremental_refresh"] / cpu["full_refresh_after"],
        **{f"{name}_{suffix}_s": round(value, 2) for name, value in wall.items()},
        **{f"{name}_{suffix}_cpu_s": round(value, 2) for name, value in cpu.items()},
        **{f"polars_{route}_{suffix}_s": round(value, 2) for route, value in pulled.items()},
        **{
            f"polars_{route}_{suffix}_rss_mb": round(max(one["rss_mb"] for one in found))
            for route, found in peer.items()
        },
        f"job_{suffix}_s": job["seconds"],
        "job_worker_peak_mb": job["worker_mb"],
        "job_database_peak_mb": job["database_mb"],
    }


def _add(costs: dict[str, list[Cost]], name: str, act: Callable[[], Any]) -> None:
    server, cpu, began = _server_cpu(), time.process_time(), time.perf_counter()
    act()
    wall = time.perf_counter() - began
    cost = Cost(wall, time.process_time() - cpu + _server_cpu() - server)
    costs.setdefault(name, []).append(cost)
    print(f"{name:22} {cost.wall:8.2f} s {cost.cpu:8.2f} s of CPU", flush=True)


def _server_cpu() -> float:
    """Of the process that serves this connection; its parallel workers are not among it, and
    what is measured here uses none."""
    from django.db import connection

    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def _sql(shop: Any, statement: str, **more: Any) -> Any:
    from django.db import connection

    from ecomportal.tenancy.context import tenant

    with tenant(shop), connection.cursor() as cursor:
        # As much memory and time as the refresh has, and one process.
        cursor.execute(
            "SET LOCAL work_mem = '256MB'; SET LOCAL statement_timeout = 0; "
            "SET LOCAL max_parallel_workers_per_gather = 0"
        )
        cursor.execute(statement, {"merchant": shop.pk, **more})
        return cursor.fetchall() if cursor.description else cursor.rowcount


def _touch(shop: Any, size: int, *, salt: str) -> None:
    n = _sql(shop, TOUCH, n=round(size * SHARE_TOUCHED), salt=salt)
    print(f"{n:,} customers touched", flush=True)


# --- The peer ------------------------------------------------------------------------------------


def _polars(shop: Any, route: str, folder: Path) -> dict[str, float]:
    out = folder / f"polars-{os.getpid()}.csv"
    command = [sys.executable, str(POLARS), os.environ["DATABASE_URL"], str(shop.pk), route]
    done = subprocess.run([*command, str(out)], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    _same_scores(shop, out)
    out.unlink()
    print(f"polars by {route:12} {told['pull_s'] + told['reckon_s']:8.2f} s", flush=True)
    return told


def _same_scores(shop: Any, out: Path) -> None:
    """Orders, R and F must be equal; M where no giant order was cut, which polars does not do."""
    with out.open() as file:
        theirs = {
            row["customer_id"]: (int(row["n_orders"]), int(row["r"]), int(row["f"]), int(row["m"]))
            for row in csv.DictReader(file)
        }
    ours = {str(row[0]): row for row in _sql(shop, PROFILES)}
    assert ours.keys() == theirs.keys(), "polars found other customers"
    n_other = 0
    for whose, row in ours.items():
        n_orders, r_score, f_score, m_score = theirs[whose]
        assert (row[1], row[4], row[5]) == (n_orders, r_score, f_score), whose
        n_other += row[6] != m_score
    assert n_other <= len(ours) / 1000, f"{n_other} differ in M"


# --- The answers ---------------------------------------------------------------------------------


def check(shop: Any) -> int:
    """Compare every profile with a plain reckoning in numpy; gives how many there were."""
    from aiassist.segments.rfm import latest_refresh
    from ecomportal.tenancy.context import tenant

    with tenant(shop):
        cap = latest_refresh(shop).data["cap_cents"]
    ids, orders = _fetched(shop, ORDERS)
    whose, ours = _fetched(shop, PROFILES)
    people, index = np.unique(ids, return_inverse=True)
    plain = reckoned(index, orders[:, 0], orders[:, 1], cap)
    order = np.argsort(whose)
    assert np.array_equal(whose[order], people), "other customers"
    names = ["n_orders", "spent", "capped", "r", "f", "m", "n_repeats", "last_repeat", "repeat"]
    for name, column in zip(names, ours[order].T, strict=True):
        different = np.flatnonzero(column != plain[name])
        assert not different.size, f"{name} of {different.size}: {people[different[:3]]}"
    return people.size


def reckoned(
    index: np.ndarray, seconds: np.ndarray, cents: np.ndarray, cap: int | None
) -> dict[str, np.ndarray]:
    """Sums of each customer's orders and days, and the scores, from arrays with an entry an
    order; `index` says whose. Days are those of UTC."""
    n, day = int(index.max()) + 1, seconds // 86_400
    capped = cents if cap is None else np.minimum(cents, cap)
    order = np.lexsort((day, index))
    keys = index[order] * 100_000 + day[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))  # of each day of each customer
    per_day = np.add.reduceat(capped[order], starts)
    owner, days = index[order][starts], day[order][starts]
    firsts = np.flatnonzero(np.diff(owner, prepend=-1))
    lasts = np.append(firsts[1:], owner.size) - 1
    n_days, total = np.bincount(owner, minlength=n), np.bincount(index, capped, n)
    repeats = n_days - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(repeats > 0, np.rint((total - per_day[firsts]) / repeats), -1)
    n_orders = np.bincount(index, minlength=n)
    return {
        "n_orders": n_orders,
        "spent": np.bincount(index, cents, n),
        "capped": total,
        "r": 1 + np.searchsorted(np.quantile(days[lasts], FIFTHS), days[lasts], side="right"),
        "f": 1 + np.searchsorted(np.quantile(n_orders, FIFTHS), n_orders, side="left"),
        "m": 1 + np.searchsorted(np.quantile(total, FIFTHS), total, side="left"),
        "n_repeats": repeats,
        "last_repeat": days[lasts] - days[firsts],
        "repeat": mean,
    }


def _fetched(shop: Any, query: str) -> tuple[np.ndarray, np.ndarray]:
    """The first column as text, the others as whole numbers."""
    from django.db import connection

    from ecomportal.tenancy.context import tenant

    buffer = io.BytesIO()
    with tenant(shop), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        named = query.replace("%(merchant)s", str(shop.pk))
        with cursor.copy(f"COPY ({named}) TO STDOUT (FORMAT csv)") as stream:
            for part in stream:
                buffer.write(part)
    buffer.seek(0)
    import polars as pl

    frame = pl.read_csv(buffer, has_header=False)
    ids, *columns = frame.columns
    return frame[ids].to_numpy().astype("S36"), frame.select(columns).to_numpy().astype(np.int64)


# --- The whole job -------------------------------------------------------------------------------

JOB = """
import resource, sys
import django
django.setup()
from django.core.management import call_command
call_command("build_segments", shop=[sys.argv[1]])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def _job(shop: Any) -> dict[str, float]:
    """Everything in one job in a process of its own, with the most memory that it and the
    server's process for it took."""
    began = time.perf_counter()
    with _watched() as peak, tempfile.TemporaryFile("w+") as out:
        subprocess.run(
            [sys.executable, "-c", JOB, shop.slug],
            cwd=ROOT,
            stdout=out,
            check=True,
        )
        out.seek(0)
        lines = out.read().splitlines()
    print("\n".join(lines), flush=True)
    assert "failed" not in lines[-2].lower(), lines[-2]
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "worker_mb": round(float(lines[-1])),
        "database_mb": round(peak[0]),
    }


@contextmanager
def _watched() -> Iterator[list[float]]:
    """The most private memory, in MB, of any of the server's processes meanwhile."""
    peak, is_over = [0.0], threading.Event()

    def watch() -> None:
        while not is_over.wait(0.25):
            peak[0] = max(peak[0], *(_private_mb(pid) for pid in _servers()), 0.0)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        is_over.set()
        thread.join()


def _servers() -> list[int]:
    from django.db import connection

    connection.ensure_connection()
    mine = connection.connection.info.backend_pid
    parent = Path(f"/proc/{mine}/stat").read_text().rsplit(")", 1)[1].split()[1]
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in children]


def _private_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in lines if line.startswith("RssAnon:")]
    return int(found[0]) / 1024 if found else 0.0
