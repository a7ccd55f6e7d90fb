"""Real Celery workers as child processes, and the ways they end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """One Celery worker with its pool, in a process group of its own."""

    def __init__(self, *, processes: int = 1, log: Path, **env: str) -> None:
        command = [
            sys.executable, "-m", "celery", "-A", "ecomportal", "worker",
            "-I", "tests.chaos.tasks", "-Q", "fast", "-c", str(processes), "-l", "WARNING",
            "-n", f"chaos-{time.monotonic_ns()}@localhost",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ]  # fmt: skip
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "CELERY_SKIP_CHECKS": "1", **env},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def children(self) -> list[int]:
        """The pool's processes. Whichever thread forked one, the kernel lists it there."""
        found = []
        for path in Path(f"/proc/{self.pid}/task").glob("*/children"):
            with suppress(OSError):
                found += [int(pid) for pid in path.read_text().split()]
        return found

    def is_up(self) -> bool:
        return self.is_alive and bool(self.children())

    def stop(self) -> None:
        """Ask as a supervisor does on a deploy: the batch in hand is finished first."""
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """The whole group at once, like a machine that loses power."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


def wait_until(condition: Callable[[], Any], *, seconds: float, what: str) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {seconds} s in vain: {what}")
        time.sleep(0.05)
    return found
