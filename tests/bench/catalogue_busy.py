"""How long the product list takes while a large file is being imported into the same shop.

A shop of its own is generated, the file is uploaded over HTTP and read, compared and written by a
real worker; meanwhile a person looks at one page of the list after the other. The shop is dropped
when it is over.
"""

import csv
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.bench.catalogue_cases import Case, Plain
from tests.bench.catalogue_http import Browser, form_fields, path_of
from tests.bench.catalogue_rounds import Ask, Site, WrongPage
from tests.bench.catalogue_shops import Shop, made_shop
from tests.bench.catalogue_world import DATABASE, Bench

N_THERE, N_ROWS = 10_000, 100_000  # products before, and rows of the file
N_THERE_SMALL, N_ROWS_SMALL = 500, 1_000
N_WARM_UP, N_QUIET = 200, 20_000  # rows of the imports before
POLL_SECONDS = 0.02
N_IDLE = 100  # pages looked at before the import
PAUSE_SECONDS = 0.05  # between two pages: a person, not a load test
LIMIT_SECONDS = 300
PAGES = ("view=all", "sort=title", "sort=-price", "q=cotton", "status=draft", "f.material=linen")
HEADER = [
    *("Title", "URL handle", "Vendor", "Type", "Tags", "Status", "SKU", "Option1 name"),
    *("Option1 value", "Option2 name", "Option2 value", "Price", "Inventory quantity"),
]
RUN = re.compile(r"^.*/import/[0-9a-f-]{36}/")
LIVE_JOBS = (
    "SELECT count(*) FROM ecomportal_job WHERE merchant_id = %s AND status IN ('queued', 'running')"
)


@dataclass(frozen=True)
class Watch:
    """The times of pages while something else goes on or not."""

    seconds: list[float]

    @property
    def p95(self) -> float:
        return sorted(self.seconds)[int(0.95 * (len(self.seconds) - 1))]


@dataclass(frozen=True)
class Found:
    p95_ratio: float  # of the list's times during the import over those of idle times
    rows_per_second: float  # of an import that has the machine to itself
    products_per_second: float


def measure(bench: Bench) -> Found:
    """Imports over HTTP, as a merchant meets them: one alone, and one while she looks at lists."""
    n_there, n_rows = (N_THERE_SMALL, N_ROWS_SMALL) if bench.is_small else (N_THERE, N_ROWS)
    n_quiet = min(N_QUIET, n_rows)
    shop = _shop(bench, n_there)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "import.csv"
        warm, n_warm = write_file(file, N_WARM_UP, name="warm")
        quiet, n_alone = write_file(file, n_quiet, name="quiet")
        busy, n_busy = write_file(file, n_rows, name="busy")
        asks = [Ask(query, shop.site, f"{shop.path}?{query}") for query in PAGES]
        for ask in asks:
            ask.send()
        idle = Watch([_look(asks[at % len(asks)]) for at in range(N_IDLE)])
        with _worker(bench.folder):
            _import(shop, warm)  # the worker has started and loaded what it needs
            alone = _import(shop, quiet)
            _check(shop, n_there + n_warm + n_alone)
            began = time.monotonic()
            looked = Watch(list(_looks_during_import(shop, asks, busy)))
            seconds = time.monotonic() - began
        _check(shop, n_there + n_warm + n_alone + n_busy)
    print(
        f"Import of {n_quiet:,} rows in {alone:.1f} s alone, of {n_rows:,} in {seconds:.1f} s; the "
        f"list's p95 {1000 * idle.p95:.0f} ms idle ({len(idle.seconds)} pages), "
        f"{1000 * looked.p95:.0f} ms meanwhile ({len(looked.seconds)} pages)",
        flush=True,
    )
    return Found(looked.p95 / idle.p95, n_quiet / alone, n_alone / alone)


def write_file(path: Path, n_rows: int, *, name: str = "busy") -> tuple[bytes, int]:
    """A file in Shopify's columns with this many rows, and the number of its products. Files of
    different names have no product in common."""
    from catalog.generator.rows import Ids, Maker, Shelf

    anything = _Anything()
    shelf = Shelf(anything, anything)
    maker = Maker(2, "en", ids=Ids("busy"), shelf=shelf, shift=timedelta(0))
    n_left, number, n_products = n_rows, 1, 0
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        while n_left > 0:
            rows = maker.rows(range(number, number + 1))
            lines = list(_lines(rows, name))[:n_left]
            writer.writerows(lines)
            n_left, number, n_products = n_left - len(lines), number + 1, n_products + 1
    return path.read_bytes(), n_products


class _Anything(dict):
    """Ids of a shelf that no file mentions."""

    def __missing__(self, key: str) -> None:
        return None


def _lines(rows: Any, name: str) -> Iterator[list[Any]]:
    (product,) = rows.product
    _id, handle, title, vendor, product_type, _category, tags, status, names, *_rest = product
    for at, variant in enumerate(rows.variant):
        options, price, stock = variant[5], variant[6], variant[9]
        head = [title, f"{name}-{handle}", vendor, product_type, ", ".join(tags), status.title()]
        pairs = [part for pair in zip(names, options, strict=True) for part in pair]
        yield [
            *(head if at == 0 else ["", f"{name}-{handle}", "", "", "", ""]),
            f"{name}-{variant[3]}", *pairs, *[""] * (4 - len(pairs)), f"{price / 100:.2f}", stock,
        ]  # fmt: skip


def _shop(bench: Bench, n_products: int) -> Shop:
    """One that goes when the benchmark is over."""
    from django.db import connections

    from tests.factories import make_member

    merchant = made_shop("busy", n_products)
    plain = Plain(connections["owner"].cursor(), merchant.pk)
    person = make_member(merchant, f"{merchant.slug}@example.com")
    shop = Shop(n_products, merchant, person, plain)
    server = bench.shops[bench.largest].site.server
    browser = shop.sign_in(Browser(server.port))
    shop.site = Site("busy", server, browser, bench.backends(DATABASE))
    return shop


@contextmanager
def _worker(folder: Path) -> Iterator[None]:
    """A worker of the queue that imports are carried out in, as the portal starts it."""
    command = [
        *(sys.executable, "-m", "celery", "--quiet", "-A", "ecomportal", "worker"),
        *("--queues=fast,sweep", "--concurrency=1", "--loglevel=warning", "--hostname=busy@%h"),
    ]
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def _import(shop: Shop, content: bytes) -> float:
    """Seconds from the upload until the last product is written."""
    began = time.perf_counter()
    for _step in _steps(shop, content):
        for _ in _until_idle(shop):
            time.sleep(POLL_SECONDS)
    return time.perf_counter() - began


def _looks_during_import(shop: Shop, asks: list[Ask], content: bytes) -> Iterator[float]:
    """Between two looks nothing is waited for."""
    for _step in _steps(shop, content):
        for at in _until_idle(shop):
            yield _look(asks[at % len(asks)])


def _steps(shop: Shop, content: bytes) -> Iterator[str]:
    """Upload and accept the columns; write once it is compared. After each a job is to be done."""
    browser, path = shop.site.browser, f"{shop.path}import/"
    uploaded = browser.post(path, {}, files={"file": ("busy.csv", content)})
    run = RUN.search(path_of(uploaded))[0]
    _sent(browser, f"{run}columns/", form_fields(browser.get(f"{run}columns/").body))
    yield "compare"
    _sent(browser, f"{run}write/", {})
    yield "write"


def _sent(browser: Browser, path: str, fields: dict[str, Any]) -> None:
    answer = browser.post(path, fields)
    if answer.status != 302:
        raise WrongPage(f"busy: {path} answered {answer.status}")


def _until_idle(shop: Shop) -> Iterator[int]:
    """Counts on while a job of the shop is to be done."""
    until, at = time.monotonic() + LIMIT_SECONDS, 0
    while shop.plain.value(LIVE_JOBS):
        if time.monotonic() > until:
            raise WrongPage(f"busy: the import did not end in {LIMIT_SECONDS} s")
        yield at
        at += 1


def _look(ask: Ask) -> float:
    time.sleep(PAUSE_SECONDS)
    began = time.perf_counter()
    ask.send()
    return time.perf_counter() - began


def _check(shop: Shop, n_products: int) -> None:
    found = shop.plain.count(Case("all"))
    if found != n_products:
        raise WrongPage(f"busy: {found:,} products after the import, not {n_products:,}")
