"""Events over HTTP: how many a second one sync worker takes, durable, beside a bare COPY.

    python -m tests.bench segments_events [--batches 100]

The database is one of its own that does wait for the disk. Bodies are written before the clock
starts; each answer is checked, the rows are counted, and a batch that is sent again must change
nothing. The floor is a COPY of the very same rows into the very same table, emptied before, by a
superuser: with its months, indexes and keys, one transaction for as many events as a call had.
"""

import argparse
import hashlib
import json
import os
import random
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from tests.bench.catalogue_http import Backends, Server, cpu_seconds
from tests.bench.catalogue_shops import portal_env

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "bench_events"
SMALL, LARGE = 20, 200  # calls
EVENTS, WARM, SINGLE = 1000, 2, 50
N_USERS, N_VISITORS, N_PRODUCTS = 20_000, 5_000, 1_000
SPAN = timedelta(days=25)
NAMES = ("Product Viewed", "Product Viewed", "Product Viewed", "Product Added", "Order Completed")


def measure(*, is_small: bool = False, n_batches: int = 0) -> dict[str, Any]:
    n_batches = n_batches or (SMALL if is_small else LARGE)
    with (
        tempfile.TemporaryDirectory(prefix="ecomportal-events-") as folder,
        _database(Path(folder)) as (superuser, env),
    ):
        key = _prepare(superuser, env)
        backends = Backends(superuser("postgres"), DATABASE)
        bodies = [_body(n) for n in range(WARM + n_batches)]
        log = Path(folder) / "events.log"
        with Server("events", Path(sys.executable), "ecomportal.wsgi", ROOT, env, log) as server:
            for body in bodies[:WARM]:
                _send(server.port, key, body)
            pids = [server.worker_pid(), *backends.pids()]
            wall, cpu, calls = _sent(server.port, key, bodies[WARM:], pids)
            single = statistics.median(
                _timed(server.port, key, _body(10**6 + n, n_events=1)) for n in range(SINGLE)
            )
            again = _send(server.port, key, bodies[-1])
            _expect(again["duplicates"] == EVENTS, f"sent again: {again}")
        with psycopg.connect(superuser(DATABASE), autocommit=True) as connection:
            n_rows = connection.execute("SELECT count(*) FROM catalog_interaction").fetchone()[0]
            _expect(n_rows == len(bodies) * EVENTS + SINGLE, f"{n_rows} rows")
            copied_wall, copied_cpu = _copied(connection, n_batches)
    n = n_batches * EVENTS
    return {
        "events_per_second_http": round(n / wall),
        "events_vs_copy_floor": round(copied_wall / wall, 3),
        "events_per_cpu_second": round(n / cpu),
        "events_vs_copy_cpu": round(copied_cpu / cpu, 3),
        "events_copy_per_second": round(n / copied_wall),
        "events_call_p95_ms": round(1000 * sorted(calls)[int(0.95 * (len(calls) - 1))], 1),
        "events_single_call_ms": round(1000 * single, 2),
        "events_sent": n,
    }


def _expect(holds: bool, told: str) -> None:
    if not holds:
        raise RuntimeError(f"events: {told}")


# --- The database and the shop ----------------------------------------------------------------


@contextmanager
def _database(folder: Path) -> Iterator[tuple[Any, dict[str, str]]]:
    """A durable server; gives the superuser's addresses and the environment of the portal."""
    from ecomportal.embedded.postgres import Cluster, ensure_database

    cluster = Cluster(folder / "postgres", durable=True)
    cluster.ensure()
    try:
        ensure_database(cluster, DATABASE)
        env = portal_env(folder) | {
            "DATABASE_URL": cluster.dsn("ecom_app", DATABASE),
            "DATABASE_OWNER_URL": cluster.dsn("ecom_owner", DATABASE),
        }
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        subprocess.run(migrate, cwd=ROOT, env={**os.environ, **env}, check=True)
        yield lambda name: cluster.dsn("postgres", name), env
    finally:
        cluster.stop()
        for place in (cluster.socket_dir, cluster.store if cluster.is_moved else cluster.home):
            shutil.rmtree(place, ignore_errors=True)


def _prepare(superuser: Any, env: dict[str, str]) -> str:
    """A shop with products and customers, and its secret key."""
    key = f"sk_{secrets.token_urlsafe(32)}"
    with psycopg.connect(superuser(DATABASE), autocommit=True) as connection:
        (shop,) = connection.execute(
            "INSERT INTO ecomportal_merchant (slug, name, language, currency, timezone, created_at)"
            " VALUES ('events', 'Events', 'en', 'EUR', 'UTC', now()) RETURNING id"
        ).fetchone()
        connection.execute(
            "INSERT INTO ecomportal_apikey (merchant_id, name, kind, prefix, key_hash, scopes, "
            "origins, created_at) VALUES (%s, 'bench', 'sk', %s, %s, '[]', '[]', now())",
            [shop, key[:9], hashlib.sha256(key.encode()).hexdigest()],
        )
        connection.execute(
            "INSERT INTO catalog_customer (id, merchant_id, external_id, name, email_sha256, "
            "language, country, accepts_marketing, tags, created_at) "
            "SELECT gen_random_uuid(), %s, 'u' || n, '', '', '', '', false, '{}', now() "
            "FROM generate_series(0, %s) n",
            [shop, N_USERS - 1],
        )
    command = [sys.executable, "manage.py", "generate_catalogue", "--shop=events",
               f"--products={N_PRODUCTS}", "--processes=1"]  # fmt: skip
    subprocess.run(
        command, cwd=ROOT, env={**os.environ, **env}, check=True, stdout=subprocess.DEVNULL
    )
    with psycopg.connect(superuser(DATABASE), autocommit=True) as connection:
        rows = connection.execute("SELECT sku FROM catalog_variant WHERE sku <> '' ORDER BY sku")
        SKUS[:] = [sku for (sku,) in rows]
        connection.execute("VACUUM ANALYZE")
    return key


SKUS: list[str] = []


def _body(seed: int, *, n_events: int = EVENTS) -> bytes:
    """A call as a storefront's server makes it: two thirds of the events are of customers."""
    rng, now = random.Random(seed), datetime.now(UTC)
    return json.dumps({"events": [_event(rng, now) for _ in range(n_events)]}).encode()


def _event(rng: random.Random, now: datetime) -> dict[str, Any]:
    visitor = rng.randrange(N_VISITORS)
    found: dict[str, Any] = {
        "id": str(UUID(int=rng.getrandbits(128), version=4)),
        "event": rng.choice(NAMES),
        "anonymous_id": f"a-{visitor:016x}",
        "session_id": f"s-{visitor:016x}",
        "ts": (now - rng.random() * SPAN).isoformat(),
        "items": [
            {"sku": rng.choice(SKUS), "quantity": 1, "price": f"{rng.randrange(9900) / 100:.2f}"}
        ],
        "currency": "EUR",
        "placement": "home",
    }
    if rng.random() < 0.67:
        found["user_id"] = f"u{rng.randrange(N_USERS)}"
    return found


# --- Sending ----------------------------------------------------------------------------------


def _send(port: int, key: str, body: bytes) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/events", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        _expect(answer.status == 202, f"{answer.status} {told[:200]!r}")
        return json.loads(told)
    finally:
        connection.close()


def _timed(port: int, key: str, body: bytes) -> float:
    began = time.perf_counter()
    _expect(_send(port, key, body)["accepted"] == 1, "a single event")
    return time.perf_counter() - began


def _sent(
    port: int, key: str, bodies: list[bytes], pids: list[int]
) -> tuple[float, float, list[float]]:
    """Seconds by the clock and on the CPU of the worker and the database, and of each call."""
    calls: list[float] = []
    cpu, began = cpu_seconds(pids), time.perf_counter()
    for body in bodies:
        at = time.perf_counter()
        told = _send(port, key, body)
        calls.append(time.perf_counter() - at)
        _expect(told == {"accepted": EVENTS, "duplicates": 0, "rejected": []}, str(told)[:200])
    return time.perf_counter() - began, cpu_seconds(pids) - cpu, calls


# --- The floor --------------------------------------------------------------------------------


def _copied(connection: psycopg.Connection, n_batches: int) -> tuple[float, float]:
    """Seconds by the clock and on the CPU for the same rows by COPY."""
    pieces = []
    for n in range(n_batches):
        low = WARM * EVENTS + n * EVENTS
        query = f"SELECT * FROM catalog_interaction ORDER BY id OFFSET {low} LIMIT {EVENTS}"
        with connection.cursor().copy(f"COPY ({query}) TO STDOUT") as copy:
            pieces.append(b"".join(bytes(piece) for piece in copy))
    connection.execute("TRUNCATE catalog_interaction")
    pids = [connection.info.backend_pid]
    cpu, began = cpu_seconds(pids), time.perf_counter()
    for piece in pieces:
        with connection.cursor().copy("COPY catalog_interaction FROM STDIN") as copy:
            copy.write(piece)
    return time.perf_counter() - began, cpu_seconds(pids) - cpu


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench segments_events")
    parser.add_argument("--batches", type=int, default=SMALL, help="calls of 1,000 events")
    options = parser.parse_args(argv)
    print(json.dumps({"bench": "segments_events", **measure(n_batches=options.batches)}))
    return 0
