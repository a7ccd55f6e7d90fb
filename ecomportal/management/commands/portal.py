"""Everything in one command: database, web, workers and the clock, until Ctrl-C."""

import contextlib
import hashlib
import http.client
import math
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError
from django.db import connections

from ecomportal.embedded import preflight
from ecomportal.embedded.postgres import Cluster, PostgresError, ensure_database
from ecomportal.embedded.supervisor import Service, Supervisor
from ecomportal.tenancy.models import Merchant

WEB_WORKERS, WEB_THREADS = 2, 8
CHECK_STEADY_SECONDS = 5.0  # --once-check: long enough for a worker to fail at its start
CHECK_TIMEOUT_SECONDS = 90.0
PROBE_EVERY_SECONDS = 0.5


class Command(BaseCommand):
    help = "Start the whole portal on this machine."
    requires_system_checks = ()  # they ask the database, which is not there yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-demo", action="store_true", help="load no demo shops")
        parser.add_argument(
            "--once-check", action="store_true", help="stop as soon as all of it runs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            exit_code = self._run(options["port"], options)
        except (preflight.CannotStart, PostgresError) as error:
            exit_code = self._cannot_start(str(error))
        except (DatabaseError, psycopg.Error) as error:
            exit_code = self._cannot_start(f"The database refused: {error}".splitlines()[0])
        except OSError as error:
            exit_code = self._cannot_start(f"{error.strerror}: {error.filename or settings.VAR}")
        except KeyboardInterrupt:
            exit_code = self._cannot_start("Stopped before it was up.")
        sys.exit(exit_code)

    def _cannot_start(self, why: str) -> int:
        self.stderr.write(why)
        return 1

    def _run(self, port: int, options: dict[str, Any]) -> int:
        """Check, prepare, supervise. The order is the promise: nothing starts before the checks."""
        self.started_at = time.monotonic()
        preflight.check_python()
        preflight.make_folders(settings.VAR)
        with preflight.only_portal(settings.VAR, port) as former_was_killed:
            wait_seconds = preflight.LEFTOVERS_SECONDS if former_was_killed else 0.0
            preflight.check_port(port, wait_seconds=wait_seconds)
            with self._database():
                self._prepare(with_demo=not (options["no_demo"] or settings.HTTPS_ONLY))
                return self._supervise(port, once=options["once_check"])

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    # --- Database --------------------------------------------------------------------------

    @contextlib.contextmanager
    def _database(self) -> Iterator[None]:
        """The embedded server, unless DATABASE_URL names another one."""
        if not settings.EMBEDDED_DATABASE:
            yield
            return
        self.cluster = Cluster(settings.VAR / "postgres")
        try:
            self._start_database()
            yield
        finally:
            connections.close_all()
            if self._our_server.exists():
                self.cluster.stop()
                self._our_server.unlink(missing_ok=True)

    def _start_database(self) -> None:
        cluster = self.cluster
        preflight.check_disk(cluster.home, is_first_start=not cluster.data.exists())
        if cluster.is_moved:
            self._say(
                f"PostgreSQL never runs as root and its account cannot enter this folder, so its "
                f"data is in {cluster.home}."
            )
        if cluster.ensure():
            self._our_server.touch()
        ensure_database(cluster, settings.DATABASES["default"]["NAME"])

    @property
    def _our_server(self) -> Path:
        """A mark that a portal started the server. It outlives a portal that was killed, so
        that the next one knows that it may stop what it finds running."""
        return settings.VAR / "postgres-started-by-portal"

    # --- Preparation -----------------------------------------------------------------------

    def _prepare(self, *, with_demo: bool) -> None:
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        call_command("check_rls")
        self.check()  # a broken installation is told once, not by every child
        call_command("compile_translations", verbosity=0)
        self._collect_static()
        # The demo's passwords are public: it never comes with a site that others can reach.
        if with_demo and "load_demo" in get_commands() and not Merchant.objects.exists():
            self._say("Loading two demo shops; this happens once and takes up to a minute.")
            call_command("load_demo")

    def _collect_static(self) -> None:
        """Collect the static files, unless that was done with these very files."""
        sources = (Path(s.path(name)) for f in get_finders() for name, s in f.list(None))
        digest = hashlib.sha256("".join(_fingerprints(sources)).encode()).hexdigest()
        stamp = settings.VAR / "static.stamp"
        if not stamp.exists() or stamp.read_text() != digest:
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)
            stamp.write_text(digest)

    # --- Supervision -----------------------------------------------------------------------

    def _supervise(self, port: int, *, once: bool) -> int:
        connections.close_all()  # a child must not share our connection
        cwd = str(settings.BASE_DIR)
        supervisor = Supervisor(services(port), env=_environment(), cwd=cwd)
        announce = self._announce_when_up(supervisor, port, once=once)

        def on_tick() -> None:
            announce()
            self._watch_database(supervisor)

        supervisor.on_tick = on_tick
        return supervisor.run()

    def _announce_when_up(
        self, supervisor: Supervisor, port: int, *, once: bool
    ) -> Callable[[], None]:
        """What to call until the address answers; then it is printed, once."""
        deadline = time.monotonic() + CHECK_TIMEOUT_SECONDS
        next_probe_at = 0.0

        def announce() -> None:
            nonlocal next_probe_at
            now = time.monotonic()
            if once and now > deadline:
                supervisor.fail(f"it did not come up within {CHECK_TIMEOUT_SECONDS:g} s")
            if now < next_probe_at or (once and not supervisor.is_steady(CHECK_STEADY_SECONDS)):
                return
            next_probe_at = now + PROBE_EVERY_SECONDS
            if not web_answers(port):
                return
            next_probe_at = math.inf
            for line in self._announcement(port):
                supervisor.say(line)
            if once:
                supervisor.stop()

        return announce

    def _watch_database(self, supervisor: Supervisor) -> None:
        if not settings.EMBEDDED_DATABASE or self.cluster.is_running():
            return
        supervisor.say("PostgreSQL ended; starting it again")
        try:
            self.cluster.ensure()
        except PostgresError as error:
            supervisor.fail(str(error))

    def _announcement(self, port: int) -> Iterator[str]:
        seconds = time.monotonic() - self.started_at
        yield f"http://127.0.0.1:{port}/  is up after {seconds:.1f} s. Ctrl-C stops everything."
        sign_ins = settings.VAR / "demo-sign-ins.txt"
        if sign_ins.exists():
            yield from sign_ins.read_text().splitlines()


def services(port: int) -> list[Service]:
    """The processes of a portal. `python -m` finds this installation's programs, not others'."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--quiet", "-A", "ecomportal"]
    web = [
        *python,
        "gunicorn",
        "ecomportal.wsgi",
        f"--bind=127.0.0.1:{port}",
        "--worker-class=gthread",
        f"--workers={WEB_WORKERS}",
        f"--threads={WEB_THREADS}",
        "--graceful-timeout=8",
        "--log-level=warning",
        "--no-control-socket",
    ]
    beat = [
        *celery,
        "beat",
        f"--schedule={settings.VAR / 'beat' / 'schedule'}",
        "--pidfile=",
        "--loglevel=WARNING",
    ]
    workers = [("fast", 2), ("llm", 1), ("train", 1)]
    return [
        Service("web", web),
        *(Service(queue, [*celery, *_worker(queue, n)]) for queue, n in workers),
        Service("beat", beat),
    ]


def _worker(queue: str, n_processes: int) -> list[str]:
    return [
        "worker",
        f"--queues={queue},sweep",
        f"--hostname={queue}@portal",
        "--pool=prefork",
        f"--concurrency={n_processes}",
        f"--max-memory-per-child={settings.WORKER_MAX_MIB * 1024}",
        "--without-mingle",
        "--without-gossip",
        "--loglevel=WARNING",
    ]


def _environment() -> dict[str, str]:
    """Ours, and: output line by line, and no long warning at each start by root, whose embedded
    portal is meant to work."""
    silent = "ignore:You're running the worker with superuser privileges"
    warnings = ",".join(filter(None, [os.environ.get("PYTHONWARNINGS"), silent]))
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ecomportal.settings",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": warnings,
    }


def web_answers(port: int) -> bool:
    """Whether a page comes back, rather than only a socket that accepts."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/api/v1/health/live")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _fingerprints(sources: Iterable[Path]) -> Iterator[str]:
    for path in sorted(set(sources)):
        found = path.stat()
        yield f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n"
