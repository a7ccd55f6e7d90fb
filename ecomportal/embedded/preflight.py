"""What must be right before anything starts. Each trouble is one line that says what to do."""

import contextlib
import fcntl
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PYTHON = (3, 11)
# A new cluster, its write-ahead log and the demo take about 700 MB; an old one must be able to
# write for a while.
FIRST_START_MIB, LATER_START_MIB = 1000, 100

# After a kill -9, the former portal's processes need this long at most to let go of the port.
LEFTOVERS_SECONDS = 15.0


class CannotStart(Exception):
    """The portal cannot start; the text is one line for the person at the terminal."""


def check_python() -> None:
    if sys.version_info[:2] < PYTHON:
        raise CannotStart(
            f"This is Python {sys.version.split()[0]}; the portal needs {PYTHON[0]}.{PYTHON[1]} or "
            "newer. Delete .venv and run `make run` with python3.11 installed."
        )


def check_port(port: int, *, wait_seconds: float = 0.0) -> None:
    """Whether we may listen there, now or within `wait_seconds`."""
    if not 1 <= port <= 65535:
        raise CannotStart(f"Port {port} does not exist: choose one from 1024 to 65535.")
    deadline = time.monotonic() + wait_seconds
    try:
        while not is_free(port):
            if time.monotonic() >= deadline:
                other = port + 1 if port < 65535 else 8001
                raise CannotStart(
                    f"Port {port} is taken by another program: try `make run PORT={other}`."
                )
            time.sleep(0.2)
    except PermissionError:
        raise CannotStart(f"Port {port} needs root: try `make run PORT=8001`.") from None


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Like the web server, we do not mind connections that closed a moment ago.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except PermissionError:
            raise
        except OSError:
            return False
        return True


def make_folders(var: Path) -> None:
    """The folders the services expect. The outer one stays passable for PostgreSQL's account,
    the inner ones are private: messages, pictures, the clock's memory."""
    try:
        for name in ["", "broker", "broker/messages", "broker/control", "beat", "media"]:
            folder = var / name
            folder.mkdir(parents=True, exist_ok=True)
            if name:
                folder.chmod(0o700)
    except OSError as error:
        raise CannotStart(
            f"{error.filename}: {error.strerror}. Make it writable, or set ECOMPORTAL_VAR to a "
            "folder of your own."
        ) from error


def check_disk(folder: Path, *, is_first_start: bool) -> None:
    needed_mib = FIRST_START_MIB if is_first_start else LATER_START_MIB
    while not folder.exists():
        folder = folder.parent
    free_mib = shutil.disk_usage(folder).free // 2**20
    if free_mib < needed_mib:
        raise CannotStart(
            f"The disk is full: {folder} has {free_mib} MB free, the portal needs {needed_mib} MB. "
            "Free some space, or set ECOMPORTAL_VAR to a folder on another disk."
        )


@contextlib.contextmanager
def only_portal(var: Path, port: int) -> Iterator[bool]:
    """Be the only portal on this folder; gives whether the one before ended without a goodbye."""
    fd = os.open(var / "portal.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        former = os.read(fd, 200).decode(errors="replace").strip()
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"A portal already runs on this folder ({former or 'starting'}): stop that one "
                "first."
            ) from None
        os.truncate(fd, 0)
        os.pwrite(fd, f"process {os.getpid()}, http://127.0.0.1:{port}\n".encode(), 0)
        try:
            yield bool(former)
        finally:
            os.truncate(fd, 0)
    finally:
        os.close(fd)
