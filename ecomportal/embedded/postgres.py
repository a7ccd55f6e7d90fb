"""PostgreSQL 18 without a system service: our own launcher around the programs of a wheel.

A `Cluster` has one home folder, private to the server's account:

    data/   the database files      run/       the socket, unless the path is too long for one
    log     what PostgreSQL says    lock       held while starting or stopping
"""

import contextlib
import fcntl
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from ecomportal.embedded.paths import Account, can_enter, server_account, shared_store, socket_dir
from ecomportal.embedded.program import PostgresError, binaries, program_dir

__all__ = ["Cluster", "PostgresError", "binaries", "ensure_database"]

SUPERUSER = "postgres"
START_TIMEOUT_SECONDS = 90  # crash recovery of a big write-ahead log takes its time
STOP_TIMEOUT_SECONDS = 30
LOG_MAX_BYTES = 10 * 1024 * 1024
LOCALE = [
    "--locale-provider=builtin",  # the same order and case rules on every machine
    "--builtin-locale=PG_UNICODE_FAST",
    "--locale=C",
    "--encoding=UTF8",
]
CONF = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For clusters that may be lost, such as the one of a test run.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# An eighth of the memory is the server's own, so that what lists of a large shop read again and
# again is not copied from the system each time. It is taken as it is used.
MIN_BUFFERS_MB, MAX_BUFFERS_MB = 128, 1024
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")  # bytes, or "max"
# What a start may fail with for a moment after a crash: leftovers of the former server.
PASSING_TROUBLES = ("shared memory block", "already exists", "is empty")


def shared_buffers_mb() -> int:
    n_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with contextlib.suppress(OSError, ValueError):
        n_bytes = min(n_bytes, int(CONTAINER_LIMIT.read_text()))
    return max(MIN_BUFFERS_MB, min(MAX_BUFFERS_MB, n_bytes // 8 // 1024**2))


class Cluster:
    """One PostgreSQL server with its data. Making the object and asking `dsn` starts nothing."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        wanted = Path(os.path.realpath(data_dir))
        self.durable = durable
        self.account: Account = server_account(wanted)
        # Root's server runs as another account, which cannot work below a folder closed to it.
        self.is_moved = not can_enter(wanted.parent, self.account)
        self.store = shared_store(wanted)
        self.home = self.store / "postgres" if self.is_moved else wanted
        if self.is_moved:
            self.account = server_account(self.home)
        self.data = self.home / "data"
        self.socket_dir = socket_dir(self.home, self.account)

    def dsn(self, role: str, dbname: str) -> str:
        """The connection URL of `role`; the host is a query because the path has slashes."""
        return f"postgresql://{role}@/{dbname}?host={quote(str(self.socket_dir))}"

    def is_ready(self) -> bool:
        """Whether a connection succeeds. A pid alone may be a zombie's or another program's."""
        try:
            psycopg.connect(self.dsn(SUPERUSER, "postgres"), connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def is_running(self) -> bool:
        """Whether the server's process lives; much cheaper than a connection."""
        return self._running_pid() is not None

    def ensure(self) -> bool:
        """Have the server running; True if this call started it. Safe to call from anywhere."""
        if self.is_ready():
            return False
        with self._locked():
            if self.is_ready():  # another process started it while we waited for the lock
                return False
            self._private_dir(self.socket_dir)
            self._ensure_data()
            self._start()
        return True

    def stop(self) -> None:
        """Stop the server, which ends open transactions; nothing happens if none runs."""
        if not self.home.is_dir():
            return
        with self._locked():
            for how, timeout_seconds in [
                (signal.SIGINT, STOP_TIMEOUT_SECONDS),
                (signal.SIGQUIT, 5),
            ]:
                pid = self._running_pid()
                if pid is None:
                    return
                os.kill(pid, how)
                _wait_until(lambda: self._running_pid() is None, timeout_seconds)

    def remove(self) -> None:
        """Stop the server and delete its data: for throw-away clusters only."""
        if self.durable:
            raise PostgresError(f"{self.home} was made to last; delete it by hand.")
        self.stop()
        for folder in [self.socket_dir, self.store if self.is_moved else self.home]:
            shutil.rmtree(folder, ignore_errors=True)

    # --- Folders ---------------------------------------------------------------------------

    def _private_dir(self, folder: Path) -> None:
        """A folder only the server's account may enter; its parents are created passable."""
        for parent in reversed(folder.parents):
            if not parent.exists():
                parent.mkdir(exist_ok=True)
                if self.account.uid != os.getuid():
                    parent.chmod(0o755)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            os.chown(folder, self.account.uid, self.account.gid)
        found = folder.lstat()  # not stat: a link in a public folder may be anybody's
        is_real = stat.S_ISDIR(found.st_mode)
        if is_real and found.st_uid == os.getuid() == 0:
            os.chown(folder, self.account.uid, self.account.gid)  # made empty by somebody else
        elif not is_real or found.st_uid != self.account.uid:
            raise PostgresError(
                f"{folder} belongs to another account: start as its owner, or set ECOMPORTAL_VAR "
                "to a folder of your own."
            )
        folder.chmod(0o700)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._private_dir(self.home)
            path = self.home / "lock"
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise PostgresError(
                f"{error.filename or self.home}: {error.strerror}. Free or open that folder, or "
                "set ECOMPORTAL_VAR to another one."
            ) from error
        try:
            os.fchown(fd, self.account.uid, self.account.gid)
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    # --- Data ------------------------------------------------------------------------------

    def _ensure_data(self) -> None:
        """A complete data folder: `initdb` works in a draft that gets its name when finished."""
        if self.data.is_dir():
            self._repair_data()
        if self.data.is_dir():
            return
        # A new name each time: the initdb of a killed start may still be writing into the old.
        for abandoned in self.home.glob("data.draft-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        draft = self.home / f"data.draft-{time.time_ns()}"
        sync = [] if self.durable else ["--no-sync"]
        initdb = [
            str(program_dir(self.account) / "initdb"),
            "-D",
            str(draft),
            "-U",
            SUPERUSER,
            "--auth=trust",
        ]
        done = self._run([*initdb, *LOCALE, *sync])
        if done.returncode:
            raise PostgresError(_explain(done.stdout, "PostgreSQL could not create its data"))
        draft.rename(self.data)

    def _repair_data(self) -> None:
        """Put back a lost PG_VERSION; set aside, never delete, a folder that is no database."""
        version = self.data / "PG_VERSION"
        if not version.exists() and (self.data / "global" / "pg_control").exists():
            self._run(["/bin/sh", "-c", 'echo 18 > "$0"', str(version)])
        elif not version.exists():
            self.data.rename(self.home / f"data.broken-{time.time_ns()}")
        elif version.read_text().strip() != "18":
            raise PostgresError(
                f"{self.data} was made by PostgreSQL {version.read_text().strip()}; this is 18. "
                "Dump it with that version, or set ECOMPORTAL_VAR to a new folder."
            )

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run as the server's account, with nothing of our environment that could leak in."""
        step_down = {}
        if os.getuid() != self.account.uid:
            step_down = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        try:
            return subprocess.run(
                command,
                text=True,
                cwd="/",
                umask=0o077,
                env={"LC_ALL": "C", "PATH": os.defpath},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                check=False,
                **step_down,
            )
        except OSError as error:
            raise PostgresError(
                f"PostgreSQL cannot run ({error.strerror}: {command[0]}): reinstall "
                "requirements.txt, or set DATABASE_URL to a server of your own."
            ) from error

    # --- Server ----------------------------------------------------------------------------

    def _start(self) -> None:
        """Launch until a connection succeeds; a server still recovering is waited for."""
        self._rotate_log()
        log_start = self._log_size()
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        pid, is_launched = self._running_or_launched()
        while not self.is_ready():
            said = self._log_since(log_start)
            if time.monotonic() > deadline:
                raise PostgresError(self._failure("PostgreSQL did not start in time", said))
            if not self._is_ours(pid) and not self.is_ready():
                # A server that was there before was only ending; what we launched tells why.
                if is_launched and not any(trouble in said for trouble in PASSING_TROUBLES):
                    raise PostgresError(self._failure("PostgreSQL did not start", said))
                time.sleep(0.5)
                pid, is_launched = self._running_or_launched()
            time.sleep(0.05)

    def _running_or_launched(self) -> tuple[int, bool]:
        """The server's pid, and whether we have just launched it."""
        running = self._running_pid()
        return (running, False) if running else (self._launch(), True)

    def _launch(self) -> int:
        """Start the server in the background and return its pid.

        A shell in between ends at once, so that the server outlives us and a killed one is
        never our zombie. Settings are arguments, not a file: they follow a moved folder.
        """
        conf = {**CONF, **({} if self.durable else NOT_DURABLE)}
        conf["shared_buffers"] = f"{shared_buffers_mb()}MB"
        conf["unix_socket_directories"] = '"' + str(self.socket_dir).replace('"', '""') + '"'
        options = [part for name, value in conf.items() for part in ("-c", f"{name}={value}")]
        # A pid file left by a crash may name a program that has that number now. The server
        # disregards the pid in this variable, and still refuses if old backends are alive.
        stale = f"PG_GRANDPARENT_PID={self._written_pid() or 0}; export PG_GRANDPARENT_PID; "
        script = stale + '"$@" </dev/null >>"$0" 2>&1 & echo $!'
        server = [str(program_dir(self.account) / "postgres"), "-D", str(self.data), *options]
        done = self._run(["/bin/sh", "-c", script, str(self.home / "log"), *server])
        try:
            return int(done.stdout)
        except ValueError:
            raise PostgresError(_explain(done.stdout, "PostgreSQL did not start")) from None

    def _written_pid(self) -> int | None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int((self.data / "postmaster.pid").read_text().split()[0])
        return None

    def _running_pid(self) -> int | None:
        pid = self._written_pid()
        return pid if pid and self._is_ours(pid) else None

    def _is_ours(self, pid: int) -> bool:
        """Whether `pid` is a live server on our data, not a zombie or a program with its number."""
        if Path("/proc/self/cmdline").exists():
            with contextlib.suppress(OSError):
                return os.fsencode(self.data) in Path(f"/proc/{pid}/cmdline").read_bytes()
            return False
        ps = ["ps", "-o", "args=", "-p", str(pid)]
        return str(self.data) in subprocess.run(ps, capture_output=True, text=True).stdout

    def _log_size(self) -> int:
        log = self.home / "log"
        return log.stat().st_size if log.exists() else 0

    def _rotate_log(self) -> None:
        if self._log_size() > LOG_MAX_BYTES:
            (self.home / "log").replace(self.home / "log.old")

    def _log_since(self, start: int) -> str:
        try:
            return (self.home / "log").read_bytes()[start:].decode(errors="replace")
        except OSError:
            return ""

    def _failure(self, what: str, said: str) -> str:
        return f"{_explain(said, what)} (log: {self.home / 'log'})"


def _explain(output: str, what: str) -> str:
    """One line out of what PostgreSQL printed."""
    if "No space left on device" in output:
        return f"{what}: the disk is full. Free some space and start again."
    lines = [line for line in output.strip().splitlines() if "FATAL" in line or "error" in line]
    reason = (lines or output.strip().splitlines() or ["it said nothing"])[-1]
    return f"{what}: {reason.strip()}"


def _wait_until(condition: Callable[[], bool], timeout_seconds: float) -> None:
    deadline = time.monotonic() + timeout_seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)


# --- Roles and databases ---------------------------------------------------------------------

ROLES = {
    "ecom_owner": "LOGIN",  # owns the tables: migrations
    "ecom_app": "LOGIN",  # web and workers: bound by row-level security
    "ecom_ops": "NOLOGIN",  # what a worker becomes to claim jobs of every shop
    "ecom_backup": "LOGIN BYPASSRLS",  # reads everything, writes nothing
}


def ensure_database(cluster: Cluster, dbname: str) -> None:
    """Have the four roles, the database and the extension `vector`; safe to run again."""
    with _superuser(cluster, "postgres") as connection:
        # Two starts at once would both find a role missing; the lock ends with the connection.
        connection.execute("SELECT pg_advisory_lock(2111007)")
        _ensure_roles(connection)
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [dbname])
        name = sql.Identifier(dbname)
        if found.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER ecom_owner").format(name))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        rights = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO ecom_app, ecom_backup")
        connection.execute(rights.format(name))
        with _superuser(cluster, dbname) as inside:
            inside.execute("CREATE EXTENSION IF NOT EXISTS vector")


def _ensure_roles(connection: psycopg.Connection) -> None:
    existing = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    for role, rights in ROLES.items():
        verb = "ALTER" if role in existing else "CREATE"
        # Every right is spelt out, so that one given by hand does not stay.
        plain = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION "
        plain += "" if "BYPASSRLS" in rights else "NOBYPASSRLS "
        connection.execute(f"{verb} ROLE {role} {plain}{rights}")
    connection.execute("GRANT ecom_ops TO ecom_app WITH INHERIT FALSE, SET TRUE")
    connection.execute("GRANT pg_read_all_data TO ecom_backup")
    connection.execute("ALTER ROLE ecom_backup SET default_transaction_read_only = on")


def _superuser(cluster: Cluster, dbname: str) -> psycopg.Connection:
    return psycopg.connect(cluster.dsn(SUPERUSER, dbname), autocommit=True)
