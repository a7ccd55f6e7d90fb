"""How long the product list takes while a large file is being imported into the same shop.

A shop of its own is generated, the file is uploaded over HTTP and read, compared and written by a
real worker; meanwhile a person looks at one page of the list after the other. The shop is dropped
when it is over.
"""

import csv
import os
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
from tests.bench.catalogue_shops import Shop
from tests.bench.catalogue_world import DATABASE, Bench

N_THERE, N_ROWS = 10_000, 100_000  # products before, and rows of the file
N_THERE_SMALL, N_ROWS_SMALL = 500, 3_000
N_IDLE = 100  # pages looked at before the import
PAUSE_SECONDS = 0.05  # between two pages: a person, not a load test
LIMIT_SECONDS = 900
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


def measure(bench: Bench) -> float:
    """The 95th percentile of the list's times during the import over that of idle times."""
    n_there, n_rows = (N_THERE_SMALL, N_ROWS_SMALL) if bench.is_small else (N_THERE, N_ROWS)
    with _shop(bench, n_there) as shop, tempfile.TemporaryDirectory() as folder:
        content, n_products = write_file(Path(folder) / "busy.csv", n_rows)
        asks = [Ask(query, shop.site, f"{shop.path}?{query}") for query in PAGES]
        for ask in asks:
            ask.send()
        idle = Watch([_look(asks[at % len(asks)]) for at in range(N_IDLE)])
        with _worker(bench.folder):
            began = time.monotonic()
            busy = Watch(list(_looks_during_import(shop, asks, content)))
            seconds = time.monotonic() - began
        _check(shop, n_there + n_products)
    print(
        f"Import of {n_rows:,} rows in {seconds:.1f} s; the list's p95 {1000 * idle.p95:.0f} ms "
        f"idle ({len(idle.seconds)} pages), {1000 * busy.p95:.0f} ms meanwhile "
        f"({len(busy.seconds)} pages)",
        flush=True,
    )
    return busy.p95 / idle.p95


def write_file(path: Path, n_rows: int) -> tuple[bytes, int]:
    """A file in Shopify's columns with this many rows, and the number of its products."""
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
            lines = list(_lines(rows))[:n_left]
            writer.writerows(lines)
            n_left, number, n_products = n_left - len(lines), number + 1, n_products + 1
    return path.read_bytes(), n_products


class _Anything(dict):
    """Ids of a shelf that no file mentions."""

    def __missing__(self, key: str) -> None:
        return None


def _lines(rows: Any) -> Iterator[list[Any]]:
    (product,) = rows.product
    _id, handle, title, vendor, product_type, _category, tags, status, names, *_rest = product
    for at, variant in enumerate(rows.variant):
        options, price, stock = variant[5], variant[6], variant[9]
        head = [title, f"busy-{handle}", vendor, product_type, ", ".join(tags), status.title()]
        pairs = [part for pair in zip(names, options, strict=True) for part in pair]
        yield [
            *(head if at == 0 else ["", f"busy-{handle}", "", "", "", ""]),
            f"B{variant[3]}", *pairs, *[""] * (4 - len(pairs)), f"{price / 100:.2f}", stock,
        ]  # fmt: skip


@contextmanager
def _shop(bench: Bench, n_products: int) -> Iterator[Shop]:
    from django.db import connections

    from catalog.generator.write import settle, write_catalogue
    from tests.factories import make_member, make_shop

    merchant = make_shop(f"busy-{os.getpid()}", currency="EUR")
    try:
        for _ in write_catalogue(merchant, range(1, n_products + 1), seed=1):
            pass
        settle()
        plain = Plain(connections["owner"].cursor(), merchant.pk)
        shop = Shop(
            n_products, merchant, make_member(merchant, f"{merchant.slug}@example.com"), plain
        )
        server = bench.shops[bench.largest].site.server
        browser = shop.sign_in(Browser(server.port))
        shop.site = Site("busy", server, browser, bench.backends(DATABASE))
        yield shop
    finally:
        bench.drop_others()


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


def _looks_during_import(shop: Shop, asks: list[Ask], content: bytes) -> Iterator[float]:
    """Upload, accept the columns, compare, write; between two looks nothing is waited for."""
    browser, path = shop.site.browser, f"{shop.path}import/"
    uploaded = browser.post(path, {}, files={"file": ("busy.csv", content)})
    run = RUN.search(path_of(uploaded))[0]
    _sent(browser, f"{run}columns/", form_fields(browser.get(f"{run}columns/").body))
    yield from _looks_until_idle(shop, asks)
    _sent(browser, f"{run}write/", {})
    yield from _looks_until_idle(shop, asks)


def _sent(browser: Browser, path: str, fields: dict[str, Any]) -> None:
    answer = browser.post(path, fields)
    if answer.status != 302:
        raise WrongPage(f"busy: {path} answered {answer.status}")


def _looks_until_idle(shop: Shop, asks: list[Ask]) -> Iterator[float]:
    until, at = time.monotonic() + LIMIT_SECONDS, 0
    while shop.plain.value(LIVE_JOBS):
        if time.monotonic() > until:
            raise WrongPage(f"busy: the import did not end in {LIMIT_SECONDS} s")
        yield _look(asks[at % len(asks)])
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
