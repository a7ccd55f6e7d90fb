"""The supervisor, with real processes: what it prints, repairs and leaves behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ecomportal.embedded.paths import BASE_DIR
from tests.processes import is_alive, wait_for

# Prints its own pid and that of a grandchild which, like a stuck pool, ignores SIGTERM.
STUBBORN = """
import os, subprocess, sys, time
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", deaf])
print(f"pids {os.getpid()} {child.pid}", flush=True)
time.sleep(60)
"""
CALM = "import os, time; print(f'pids {os.getpid()}', flush=True); time.sleep(60)"
FAILING = "import sys; print('no database', flush=True); sys.exit(3)"


class Running:
    """A supervisor in a process of its own, and what it has printed so far."""

    def __init__(self, output: Path, **services: str) -> None:
        driver = (
            "import sys; from ecomportal.embedded.supervisor import Service, Supervisor\n"
            f"services = [Service(n, [sys.executable, '-c', c]) for n, c in {services!r}.items()]\n"
            "sys.exit(Supervisor(services, pause_seconds=0.05).run())"
        )
        self.output = output
        with output.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", driver], cwd=BASE_DIR, stdout=file, stderr=file
            )

    def text(self) -> str:
        return self.output.read_text()

    def pids(self, name: str = r"\w+") -> list[int]:
        lines = re.findall(rf"^{name} +\| pids ([\d ]+)$", self.text(), re.MULTILINE)
        return [int(pid) for line in lines for pid in line.split()]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started = []

    def start(**services: str) -> Running:
        started.append(Running(tmp_path / "output", **services))
        return started[-1]

    yield start
    for running in started:
        running.process.kill()
        running.process.wait()
        for pid in filter(is_alive, running.pids()):
            os.kill(pid, signal.SIGKILL)


def test_every_line_says_who_speaks(start: Callable[..., Running]) -> None:
    running = start(web="print('one\\ntwo', end='', flush=True); import time; time.sleep(60)")
    wait_for(lambda: "web    | one" in running.text())
    running.process.terminate()
    running.process.wait(10)
    assert "web    | two\n" in running.text()  # also a last line without its end


def test_a_killed_child_is_reported_and_started_again(start: Callable[..., Running]) -> None:
    running = start(web=CALM, beat=CALM)
    wait_for(lambda: len(running.pids()) == 2)
    [web], [beat] = running.pids("web"), running.pids("beat")
    os.kill(web, signal.SIGKILL)
    wait_for(lambda: len(running.pids("web")) == 2)
    assert "web ended (killed by SIGKILL); starting it again" in running.text()
    assert is_alive(running.pids("web")[1])
    assert running.pids("beat") == [beat]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything_cleanly(start: Callable[..., Running], how: int) -> None:
    running = start(web=CALM, worker=STUBBORN)
    wait_for(lambda: len(running.pids()) == 3)
    running.process.send_signal(how)
    assert running.process.wait(10) == 0
    assert not any(map(is_alive, running.pids()))


def test_a_second_interrupt_cuts_the_waiting_short(start: Callable[..., Running]) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + CALM
    running = start(worker=deaf)
    wait_for(lambda: len(running.pids()) == 1)
    started_at = time.monotonic()
    running.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(10) == 0
    assert time.monotonic() - started_at < 5
    assert not any(map(is_alive, running.pids()))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of this death")
def test_a_killed_supervisor_leaves_no_child(start: Callable[..., Running]) -> None:
    running = start(web=CALM, worker=CALM)
    wait_for(lambda: len(running.pids()) == 2)
    running.process.kill()
    wait_for(lambda: not any(map(is_alive, running.pids())))


def test_a_child_that_cannot_live_ends_everything(start: Callable[..., Running]) -> None:
    running = start(web=CALM, worker=FAILING)
    assert running.process.wait(20) == 1
    last = running.text().strip().splitlines()[-1]
    assert re.search(r"worker ended 5 times .*exit code 3.*no database", last)
    assert not any(map(is_alive, running.pids()))
