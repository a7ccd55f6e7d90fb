"""The product pages and the home page of large shops: time, CPU, statements, rows read.

`python -m tests.bench catalogue [--sizes 10000,100000]` fills one generated shop of each size in a
throw-away database and asks every page of the catalogue of it, through the application role. Each
answer's rows are compared with plain SQL before it is timed. The last line is one JSON object; it
exits 1 when a target is missed.
"""

import argparse
import json
import os
import random
import re
import statistics
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.bench.catalogue_cases import PAGE, Case, cases, expected, n_expected
from tests.bench.catalogue_pages import MAX_STATEMENTS, statements
from tests.bench.scratch import scratch

N_ROUNDS = 30
MIN_ROUNDS = 5
MAX_SECONDS = 1.5  # for the rounds of one case beyond MIN_ROUNDS; a slow one gets fewer
TICKS = os.sysconf("SC_CLK_TCK")
ROW = re.compile(r'name="ids" value="([0-9a-f-]{36})"')
SHARE_ZH = 0.1  # of the products carry Chinese titles
EXACT = ("count_", "bulk_", "generate_")  # what counts exactly has a right to take longer
FLATNESS = 1.3  # of a list's p50 at the largest size over that at the smallest


@dataclass
class Ask:
    """One request and how long its answers took."""

    name: str
    url: str
    post: dict[str, str] | None = None
    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)
    database_cpu: float = 0.0

    def send(self, client: Any) -> Any:
        answer = client.get(self.url) if self.post is None else client.post(self.url, self.post)
        assert answer.status_code == 200, (self.name, answer.status_code, answer.content[:300])
        return answer


class Shop:
    """One generated shop, its owner's browser, and the owner role for plain SQL."""

    def __init__(self, size: int, merchant: Any, client: Any) -> None:
        from django.db import connections

        self.size, self.merchant, self.client = size, merchant, client
        self.plain = connections["owner"].cursor()
        self.path = f"/{merchant.slug}/products/"

    def value(self, sql: str) -> Any:
        self.plain.execute(sql, [self.merchant.pk])
        return self.plain.fetchone()[0]

    def list_cases(self) -> list[Case]:
        from catalog.products.vocabulary import must_have
        from catalog.products.vocabulary.families import FAMILIES

        self.plain.execute(
            "SELECT id, path FROM catalog_category WHERE merchant_id = %s AND family = 'apparel' "
            "AND parent_id IS NULL AND path = 'Apparel'",
            [self.merchant.pk],
        )
        category = dict(zip(("id", "path"), self.plain.fetchone(), strict=True))
        keys = {family: [kind.key for kind in must_have(family)] for family in FAMILIES}
        made = cases(category, keys, f"G{int(self.size * 0.86421):07d}")
        deep = max(0, self.size * 9 // 10 // PAGE * PAGE - PAGE)
        by_name = {case.name: case for case in made}
        for name in ("plain", "sort_title", "search_common"):
            case = by_name[name]
            n_found = n_expected(self.plain, self.merchant.pk, case)
            skip = min(deep, max(0, n_found - 2 * PAGE))
            made.append(replace(case, name=f"{name}_deep", skip=skip))
        return made

    def url_of(self, case: Case) -> str:
        if not case.skip:
            return f"{self.path}?{case.query}"
        edge = expected(self.plain, self.merchant.pk, replace(case, skip=case.skip - 1))[0]
        return f"{self.path}?{case.query}&after={self._cursor(case, edge)}"

    def _cursor(self, case: Case, product_id: str) -> str:
        from catalog.products.list_view import SORTS
        from catalog.products.models import Product
        from ecomportal.tenancy.context import tenant
        from ecomportal.web.paging import FORWARD, _write

        sort = re.search(r"sort=([-\w]+)", case.query)
        with tenant(self.merchant):
            row = Product.objects.get(pk=product_id)
        return _write(FORWARD, row, SORTS[sort[1] if sort else "-updated"])

    def check(self, case: Case) -> Ask:
        ask = Ask(case.name, self.url_of(case))
        shown = ROW.findall(ask.send(self.client).content.decode())
        wanted = expected(self.plain, self.merchant.pk, case)
        assert shown == wanted, f"{case.name}: {len(shown)} rows, plain SQL gives {len(wanted)}"
        return ask

    def asks(self) -> list[Ask]:
        lists = [self.check(case) for case in self.list_cases()]
        return lists + self._exact_counts() + self._selections() + self._other_pages()

    def _exact_counts(self) -> list[Ask]:
        counted = [("count_all", Case("all")), ("count_search", self._common())]
        asks = []
        for name, case in counted:
            ask = Ask(name, f"{self.path}?{case.query}&count=exact")
            self._tells(ask, n_expected(self.plain, self.merchant.pk, case))
            asks.append(ask)
        return asks

    def _common(self) -> Case:
        return next(case for case in self.list_cases() if case.name == "search_common")

    def _tells(self, ask: Ask, n: int) -> None:
        shown = ask.send(self.client).content.decode().replace(",", "")
        assert str(n) in shown, (ask.name, n)

    def _selections(self) -> list[Ask]:
        """All matching, handed to the bulk form and to the form that asks for texts."""
        asks = []
        for name, case in (("all", Case("all")), ("search", self._common())):
            n = n_expected(self.plain, self.merchant.pk, case)
            chosen = {"all_matching": "1", "query": case.query}
            bulk = {**chosen, "action": "status"}
            content = f"/{self.merchant.slug}/content/write/"
            for ask in (
                Ask(f"bulk_{name}", f"{self.path}bulk/", bulk),
                Ask(f"generate_{name}", content, chosen),
            ):
                self._tells(ask, n)
                asks.append(ask)
        return asks

    def _other_pages(self) -> list[Ask]:
        product = self.value(
            "SELECT id FROM catalog_product WHERE merchant_id = %s ORDER BY id OFFSET 7 LIMIT 1"
        )
        pages = {
            "home": f"/{self.merchant.slug}/",
            "editor": f"{self.path}{product}/",
            "history": f"{self.path}{product}/history/",
            "changes": f"/{self.merchant.slug}/changes/",
            "categories": f"{self.path}categories/",
            "attributes": f"{self.path}facts/",
        }
        return [Ask(name, url) for name, url in pages.items()]


def backend_cpu() -> float:
    """Seconds of CPU that this connection's server process has used."""
    from django.db import connection

    pid = connection.connection.info.backend_pid
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rows_by_sequence(plain: Any) -> int:
    """Rows of catalogue tables that were read by sequential scans so far."""
    plain.execute("SELECT pg_stat_clear_snapshot()")
    plain.execute(
        "SELECT coalesce(sum(seq_tup_read), 0)::bigint FROM pg_stat_user_tables "
        "WHERE relname IN ('catalog_product', 'catalog_variant', 'catalog_fact', "
        "'catalog_producttext', 'catalog_productevent', 'catalog_factevent')"
    )
    return plain.fetchone()[0]


def read_by_sequence(shop: Shop, ask: Ask) -> int:
    from django.db import connection

    before = rows_by_sequence(shop.plain)
    ask.send(shop.client)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT 1")
    return rows_by_sequence(shop.plain) - before


def time_all(asked: list[tuple[Shop, Ask]]) -> None:
    """Round after round in a new order, all shops among each other: whatever else the machine
    does meets every size, and no case has the caches to itself."""
    rng = random.Random(1)
    for n_round in range(N_ROUNDS):
        for shop, ask in rng.sample(asked, k=len(asked)):
            if n_round < MIN_ROUNDS or sum(ask.walls) < MAX_SECONDS:
                _time(shop, ask)


def _time(shop: Shop, ask: Ask) -> None:
    wall, cpu, database = time.perf_counter(), time.process_time(), backend_cpu()
    ask.send(shop.client)
    ask.walls.append(time.perf_counter() - wall)
    ask.cpus.append(time.process_time() - cpu)
    ask.database_cpu += backend_cpu() - database


def figures(shop: Shop, ask: Ask) -> dict[str, Any]:
    n = len(ask.walls)
    found = {
        "p50_ms": round(1000 * statistics.median(ask.walls), 1),
        "p95_ms": round(1000 * sorted(ask.walls)[int(0.95 * (n - 1))], 1),
        "web_cpu_ms": round(1000 * statistics.mean(ask.cpus), 1),
        "sql_cpu_ms": round(1000 * ask.database_cpu / n, 1),
        "rounds": n,
        "seq_rows": read_by_sequence(shop, ask),
    }
    if ask.post is None:
        found["sql"] = len(statements(shop.client, ask.url))
    return found


def fill(size: int) -> Shop:
    """A generated shop: a tenth of it Chinese, some products deleted, one change to look at."""
    from django.test import Client

    from catalog.generator.write import write_catalogue
    from tests.factories import make_member, make_shop

    merchant = make_shop(f"bench-{size}", currency="EUR")
    n_zh = round(size * SHARE_ZH)
    for language, numbers in (
        ("en", range(1, size - n_zh + 1)),
        ("zh", range(size - n_zh + 1, size + 1)),
    ):
        merchant.language = language
        for _counts in write_catalogue(merchant, numbers, seed=1):
            pass
    client = Client()
    client.force_login(make_member(merchant), backend="django.contrib.auth.backends.ModelBackend")
    return Shop(size, merchant, client)


def measure(sizes: list[int]) -> dict[str, Any]:
    from catalog.generator.write import settle

    started = time.perf_counter()
    shops = [fill(size) for size in sizes]
    settle()
    found: dict[str, Any] = {"fill_s": round(time.perf_counter() - started, 1)}
    asked = [(shop, ask) for shop in shops for ask in shop.asks()]
    time_all(asked)
    for shop in shops:
        pages = {ask.name: figures(shop, ask) for one, ask in asked if one is shop}
        show(shop.size, pages)
        found[str(shop.size)] = pages
    return found


def show(size: int, pages: dict[str, dict[str, Any]]) -> None:
    print(f"{size:,} products")
    for name, page in pages.items():
        print(
            f"  {name:20} p50 {page['p50_ms']:7.1f} ms  p95 {page['p95_ms']:7.1f}  web "
            f"{page['web_cpu_ms']:6.1f}  sql {page['sql_cpu_ms']:7.1f}  "
            f"statements {page.get('sql', '-'):>2}  read by sequence {page['seq_rows']:,}",
            flush=True,
        )


def summary(found: dict[str, Any], sizes: list[int]) -> dict[str, Any]:
    """The largest shop over the smallest, by median time and by CPU, and the most statements."""
    small, large = found[str(min(sizes))], found[str(max(sizes))]
    lists = [name for name in large if not name.startswith(EXACT)]
    flat = {name: round(large[name]["p50_ms"] / small[name]["p50_ms"], 2) for name in lists}
    cpu = {name: round(_cpu(large[name]) / _cpu(small[name]), 2) for name in lists}
    return {
        "flatness_p50": flat,
        "flatness_cpu": cpu,
        "sql_per_page_max": max(page.get("sql", 0) for page in large.values()),
    }


def _cpu(page: dict[str, Any]) -> float:
    return page["web_cpu_ms"] + page["sql_cpu_ms"]


def problems(found: dict[str, Any]) -> list[str]:
    wrong = [
        f"{name}: {ratio} times the time of the small shop"
        for name, ratio in found["flatness_p50"].items()
        if ratio > FLATNESS
    ]
    if found["sql_per_page_max"] > MAX_STATEMENTS:
        wrong.append(f"{found['sql_per_page_max']} statements, at most {MAX_STATEMENTS}")
    return wrong


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench catalogue")
    parser.add_argument("--sizes", default="10000,100000")
    sizes = [int(n) for n in parser.parse_args(argv).sizes.split(",")]
    with scratch():
        found = run(sizes)
    print(json.dumps(found))
    return 0 if found["ok"] else 1


def run(sizes: list[int]) -> dict[str, Any]:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    # Static files by their plain names: nothing was collected for this run.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    call_command("migrate", verbosity=0, skip_checks=True)
    try:
        found = measure(sizes)
    finally:
        for connection in connections.all():
            connection.close()
    found |= summary(found, sizes)
    wrong = problems(found)
    return {"bench": "catalogue", **found, "problems": wrong, "ok": not wrong}
