"""What must be right before anything starts. Each trouble is one line that says what to do."""

import contextlib
import fcntl
import os
import shutil
import socket
import sys
from pathlib import Path

PYTHON = (3, 11)
# A new cluster, its write-ahead log and the demo take about 700 MB; an old one must be able to
# write for a while.
FIRST_START_MIB, LATER_START_MIB = 1000, 100


class CannotStart(Exception):
    """The portal cannot start; the text is one line for the person at the terminal."""


def check_python() -> None:
    if sys.version_info[:2] < PYTHON:
        raise CannotStart(
            f"This is Python {sys.version.split()[0]}; the portal needs {PYTHON[0]}.{PYTHON[1]} or "
            "newer. Delete .venv and run `make run` with python3.11 installed."
        )


def check_port(port: int) -> None:
    """Whether we may listen there. Like the web server, we do not mind old closed connections."""
    if not 1 <= port <= 65535:
        raise CannotStart(f"Port {port} does not exist: choose one from 1024 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except PermissionError:
            raise CannotStart(f"Port {port} needs root: try `make run PORT=8001`.") from None
        except OSError:
            other = port + 1 if port < 65535 else 8001
            raise CannotStart(
                f"Port {port} is taken by another program: try `make run PORT={other}`."
            ) from None


def make_folders(var: Path) -> None:
    """The folders the services expect, private where they carry messages between them."""
    try:
        for name in ["", "broker", "broker/messages", "broker/control", "beat", "media"]:
            folder = var / name
            folder.mkdir(parents=True, exist_ok=True)
            if name.startswith(("broker", "beat")):
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


def hold_folder(var: Path, port: int) -> int:
    """Be the only portal on this folder for as long as the returned file stays open."""
    fd = os.open(var / "portal.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with contextlib.closing(os.fdopen(fd)) as file:
            where = file.read().strip() or "starting"
        raise CannotStart(
            f"A portal already runs on this folder ({where}): stop that one first."
        ) from None
    os.truncate(fd, 0)
    os.write(fd, f"process {os.getpid()}, http://127.0.0.1:{port}\n".encode())
    return fd
