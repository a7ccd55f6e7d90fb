"""One page that is asked again and again, and what its answers cost.

Round after round in a new order, all pages of all servers among each other: whatever else the
machine does meets every one of them, and no page has the caches to itself.
"""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bench.catalogue_http import Backends, Browser, Reply, Server, cpu_seconds

N_WARM = 2
TOLD_EVERY = 10  # rounds
MIN_ROUNDS = 3
MAX_SECONDS = 15.0  # for the rounds of one page beyond MIN_ROUNDS; a slow one gets fewer


class WrongPage(AssertionError):
    """A page shows other rows than plain SQL gives; its time would mean nothing."""


@dataclass
class Site:
    """A server with the person signed in there and its side of the database."""

    name: str
    server: Server
    browser: Browser
    backends: Backends

    def pids(self) -> list[int]:
        return [self.server.worker_pid(), *self.backends.pids()]


@dataclass
class Ask:
    """One address, and how long its answers took."""

    name: str
    site: Site
    path: str
    n_rows: int = 0  # that it shows
    post: dict[str, Any] | None = None
    n_bytes: int = 0
    walls: list[float] = field(default_factory=list)
    web: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)

    def send(self) -> Reply:
        browser = self.site.browser
        reply = browser.get(self.path) if self.post is None else browser.post(self.path, self.post)
        if reply.status != 200:
            raise WrongPage(f"{self.site.name} {self.name}: status {reply.status} at {self.path}")
        self.n_bytes = len(reply.body)
        return reply

    def time(self) -> None:
        worker, *backends = pids = self.site.pids()
        before = cpu_seconds([worker]), cpu_seconds(backends)
        began = time.perf_counter()
        self.send()
        self.walls.append(time.perf_counter() - began)
        if self.site.pids() == pids:  # else a new connection's backend would count as the page's
            self.web.append(cpu_seconds([worker]) - before[0])
            self.database.append(cpu_seconds(backends) - before[1])

    @property
    def p50(self) -> float:
        return statistics.median(self.walls)

    @property
    def p95(self) -> float:
        return sorted(self.walls)[int(0.95 * (len(self.walls) - 1))]

    @property
    def cpu(self) -> float:
        """Seconds of both processes, the median: a backend's first query reads catalogues."""
        return statistics.median(w + d for w, d in zip(self.web, self.database, strict=True))

    def figures(self) -> dict[str, Any]:
        return {
            "p50_ms": round(1000 * self.p50, 1),
            "p95_ms": round(1000 * self.p95, 1),
            "web_cpu_ms": round(1000 * statistics.median(self.web), 1),
            "sql_cpu_ms": round(1000 * statistics.median(self.database), 1),
            "rows": self.n_rows,
            "bytes": self.n_bytes,
            "rounds": len(self.walls),
        }


def same_rows(ask: Ask, wanted: list[str], read: Callable[[str], list[str]]) -> Ask:
    """The ask once its page shows exactly these rows in this order; raises WrongPage."""
    began = time.perf_counter()
    shown = read(ask.send().text)
    ask.walls = [time.perf_counter() - began]
    if shown != wanted:
        first = next((i for i, (a, b) in enumerate(zip(shown, wanted, strict=False)) if a != b), "")
        raise WrongPage(
            f"{ask.site.name} {ask.name}: {len(shown)} rows, plain SQL gives {len(wanted)}; "
            f"the first difference is in row {first} of {ask.path}"
        )
    ask.n_rows = len(wanted)
    return ask


def time_all(asks: list[Ask], n_rounds: int) -> None:
    rng = random.Random(1)
    for _ in range(N_WARM):
        for ask in asks:
            if not ask.walls or ask.walls[0] < 1:  # a slow page is warm after its check
                ask.send()
    for ask in asks:
        ask.walls = []
    for n_round in range(n_rounds):
        if n_round % TOLD_EVERY == 0:
            print(f"Round {n_round + 1} of {n_rounds}, {len(asks)} pages", flush=True)
        for ask in rng.sample(asks, k=len(asks)):
            if n_round < MIN_ROUNDS or sum(ask.walls) < MAX_SECONDS:
                ask.time()


def show(asks: list[Ask]) -> None:
    for ask in asks:
        found = ask.figures()
        print(
            f"  {ask.site.name:16} {ask.name:26} p50 {found['p50_ms']:8.1f} ms  "
            f"p95 {found['p95_ms']:8.1f}  web {found['web_cpu_ms']:6.1f}  "
            f"sql {found['sql_cpu_ms']:8.1f}  {found['rows']:>3} rows  {found['bytes']:>7,} bytes  "
            f"{found['rounds']} rounds",
            flush=True,
        )
