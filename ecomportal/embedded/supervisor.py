"""Runs the portal's processes side by side: one stream of output, repair, and a clean end.

One thread, on purpose: what runs in a child between fork and exec must not meet a lock that
another thread held.
"""

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

TICK_SECONDS = 0.2
STOP_SECONDS = 20.0  # a worker may finish its batch or hand its job back
LONG_LIFE_SECONDS = 20.0  # whoever lived this long had started well
MAX_FAST_DEATHS = 5
FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 1.0, 15.0
COLOURS = (36, 33, 35, 32, 34, 96, 93, 95)
PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True)
class Service:
    name: str
    command: Sequence[str]


@dataclass
class Child:
    """One service and its present process."""

    service: Service
    colour: int
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float | None = None
    n_fast_deaths: int = 0
    rest: bytes = b""  # the beginning of a line that has not ended yet
    last_line: str = ""


@dataclass
class Supervisor:
    """Keeps `services` running until a signal, `stop()`, or one that cannot be kept alive."""

    services: Sequence[Service]
    env: Mapping[str, str] | None = None
    cwd: str | None = None
    out: IO[str] = field(default_factory=lambda: sys.stdout)
    pause_seconds: float = FIRST_PAUSE_SECONDS  # before a restart; doubles with each fast death
    # Called at every tick, for what else the portal watches. It must be quick.
    on_tick: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.children = [
            Child(service, COLOURS[i % len(COLOURS)]) for i, service in enumerate(self.services)
        ]
        self.width = max(len(name) for name in ["portal", *(s.name for s in self.services)])
        self.selector = selectors.DefaultSelector()
        self.is_stopping = False
        self.n_interrupts = 0
        self.exit_code = 0

    def run(self) -> int:
        """Start all, watch, and stop all; 0 after a wanted end, 1 when a service gave up."""
        former = {s: signal.signal(s, self._on_signal) for s in _stop_signals()}
        try:
            for child in self.children:
                self._start(child)
            self._watch()
        finally:
            self._stop_all()
            for number, handler in former.items():
                signal.signal(number, handler)
        return self.exit_code

    def stop(self) -> None:
        self.is_stopping = True

    def fail(self, why: str) -> None:
        self.say(why)
        self.exit_code = 1
        self.stop()

    def is_steady(self, seconds: float) -> bool:
        """Whether every service has been alive for that long."""
        latest = time.monotonic() - seconds
        return all(c.process and c.started_at <= latest for c in self.children)

    def say(self, text: str, name: str = "portal", colour: int = 1) -> None:
        """Print one line with the name of who speaks. A closed terminal means: stop."""
        label = f"{name:<{self.width}} |"
        with contextlib.suppress(ValueError):
            if self.out.isatty():
                label = f"\x1b[{colour}m{label}\x1b[0m"
        try:
            print(label, text, file=self.out, flush=True)
        except (OSError, ValueError):
            self.stop()

    # --- Watching --------------------------------------------------------------------------

    def _on_signal(self, number: int, frame: object) -> None:
        self.n_interrupts += number == signal.SIGINT
        self.stop()

    def _watch(self) -> None:
        while not self.is_stopping:
            self._pump(TICK_SECONDS)
            for child in self.children:
                self._tend(child)
            if not self.is_stopping:
                self.on_tick()

    def _tend(self, child: Child) -> None:
        """Notice a death, and start again when the pause is over."""
        if child.process and child.process.poll() is not None:
            self._bury(child)
        elif child.start_again_at and time.monotonic() >= child.start_again_at:
            self._start(child)

    def _bury(self, child: Child) -> None:
        lived_seconds = time.monotonic() - child.started_at
        ending = _ending(child.process.returncode)
        self._reap(child)
        if lived_seconds >= LONG_LIFE_SECONDS:
            child.n_fast_deaths = 0
        child.n_fast_deaths += 1
        if child.n_fast_deaths >= MAX_FAST_DEATHS:
            return self.fail(
                f"{child.service.name} ended {child.n_fast_deaths} times right after its start "
                f"({ending}), so everything stops. Its last words: {child.last_line or 'none'}"
            )
        pause_seconds = self.pause_seconds * 2 ** (child.n_fast_deaths - 1)
        pause_seconds = min(pause_seconds, MAX_PAUSE_SECONDS)
        self.say(f"{child.service.name} ended ({ending}); starting it again in {pause_seconds:g} s")
        child.start_again_at = time.monotonic() + pause_seconds

    def _start(self, child: Child) -> None:
        child.start_again_at = None
        child.started_at = time.monotonic()
        try:
            child.process = subprocess.Popen(
                child.service.command,
                env=self.env,
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                # Its own session: the terminal's Ctrl-C reaches only us, and one signal to the
                # group reaches whatever a child leaves behind.
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()),
            )
        except OSError as error:
            return self.fail(f"{child.service.name} cannot start: {error}")
        os.set_blocking(child.process.stdout.fileno(), False)
        self.selector.register(child.process.stdout, selectors.EVENT_READ, child)

    # --- Output ----------------------------------------------------------------------------

    def _pump(self, timeout_seconds: float) -> None:
        """Pass on whatever lines have arrived, waiting at most that long for the first."""
        if not self.selector.get_map():
            time.sleep(timeout_seconds)
            return
        for key, _ in self.selector.select(timeout_seconds):
            chunk = _read(key.fd)
            if chunk:
                self._print_lines(key.data, chunk)
            elif chunk is not None:  # the child closed its end
                self.selector.unregister(key.fileobj)

    def _print_lines(self, child: Child, chunk: bytes) -> None:
        *lines, child.rest = (child.rest + chunk).split(b"\n")
        for raw in lines:
            line = raw.decode(errors="replace").rstrip()
            if line:
                child.last_line = line
                self.say(line, child.service.name, child.colour)

    # --- Ending ----------------------------------------------------------------------------

    def _reap(self, child: Child) -> None:
        """Collect the process, what it said last, and anything it left behind."""
        process, child.process = child.process, None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        with contextlib.suppress(KeyError):
            self.selector.unregister(process.stdout)
        while chunk := _read(process.stdout.fileno()):
            self._print_lines(child, chunk)
        self._print_lines(child, b"\n")
        process.stdout.close()

    def _stop_all(self) -> None:
        """Ask in reverse order, wait for all together, then kill by group. A second Ctrl-C
        cuts the waiting short."""
        alive = [c for c in reversed(self.children) if c.process]
        for child in alive:
            child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while any(c.process.poll() is None for c in alive):
            if time.monotonic() > deadline or self.n_interrupts > 1:
                break
            self._pump(TICK_SECONDS)
        for child in alive:
            self._reap(child)
        self.selector.close()


def _stop_signals() -> tuple[signal.Signals, ...]:
    return signal.SIGINT, signal.SIGTERM, signal.SIGHUP


def _read(fd: int) -> bytes | None:
    """What can be read without waiting: None if nothing yet, b"" at the end."""
    try:
        return os.read(fd, 65536)
    except BlockingIOError:
        return None


def _ending(returncode: int) -> str:
    if returncode >= 0:
        return f"exit code {returncode}"
    return f"killed by {signal.Signals(-returncode).name}"


def _die_with(parent: int) -> Callable[[], None]:
    """For the child, before it becomes the service: get SIGTERM when `parent` dies, even by
    kill -9. Only Linux knows this; elsewhere a killed supervisor leaves its children."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        if libc:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:  # it died before we asked
                os._exit(1)

    return prepare
