"""`python -m tests.chaos --fault F1 --kills 50`: harm the real thing and count what is missing.

Real Celery workers on the real embedded broker, with a database of its own (on the server in
TEST_DATABASE_HOST, else on a throw-away cluster). The last line is one JSON object; the exit code
is 1 when anything was lost or done twice. With --no-fence the stale writer is let through, and
the same run must fail: that shows the harness can see what it looks for.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

LEASE_SECONDS = 2


def arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--fault", default="F1", choices=["F1", "F2", "F3", "F4", "F5", "F14"])
    parser.add_argument("--kills", type=int, default=20, help="how often the fault strikes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-fence", action="store_true", help="let stale writers through")
    return parser.parse_args(argv)


@contextmanager
def database(folder: Path, *, own_cluster: bool) -> Iterator[Any]:
    """Export the addresses of an empty database, and give the cluster where it is ours."""
    from ecomportal.embedded.postgres import Cluster, ensure_database

    host, name = os.environ.get("TEST_DATABASE_HOST"), f"chaos_{os.getpid()}"
    if host and not own_cluster:
        with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as c:
            c.execute(f'CREATE DATABASE "{name}" OWNER ecom_owner')
        with psycopg.connect(host=host, user="postgres", dbname=name, autocommit=True) as c:
            c.execute("CREATE EXTENSION IF NOT EXISTS vector")
        _export(lambda role: f"postgresql://{role}@/{name}?host={host}")
        try:
            yield None
        finally:
            with psycopg.connect(
                host=host, user="postgres", dbname="postgres", autocommit=True
            ) as c:
                c.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        return
    # An immediate restart may drop what a cluster that is not durable called committed.
    cluster = Cluster(folder / "postgres", durable=own_cluster)
    cluster.ensure()
    try:
        ensure_database(cluster, name)
        _export(lambda role: cluster.dsn(role, name))
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(cluster.home, ignore_errors=True)


def _export(address: Any) -> None:
    os.environ["DATABASE_URL"] = address("ecom_app")
    os.environ["DATABASE_OWNER_URL"] = address("ecom_owner")


def run(options: argparse.Namespace, folder: Path, cluster: Any) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.chaos.faults import FAULTS
    from tests.chaos.world import World

    call_command("migrate", verbosity=0, skip_checks=True)
    world = World(folder, seed=options.seed)
    began = time.monotonic()
    try:
        struck = FAULTS[options.fault](world, kills=options.kills, cluster=cluster)
        return {
            "fault": options.fault,
            **world.outcome(),
            **struck,
            "seed": options.seed,
            "seconds": round(time.monotonic() - began, 1),
        }
    finally:
        world.end()


def main(argv: list[str] | None = None) -> int:
    options = arguments(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing is left behind
    folder = Path(tempfile.mkdtemp(prefix="ecomportal-chaos-"))
    os.environ.update(
        ECOMPORTAL_VAR=str(folder),
        DJANGO_SETTINGS_MODULE="ecomportal.settings",
        JOB_LEASE_SECONDS=str(LEASE_SECONDS),
        SECRET_KEY=os.environ.get("SECRET_KEY") or "only for this run",
        HTTPS_ONLY="0",
        ECOMPORTAL_CHAOS="1",
        ECOMPORTAL_CHAOS_NO_FENCE="1" if options.no_fence else "",
    )
    try:
        with database(folder, own_cluster=options.fault == "F4") as cluster:
            report = run(options, folder, cluster)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(report))
    return 1 if report["lost"] or report["duplicated"] else 0


if __name__ == "__main__":
    sys.exit(main())
