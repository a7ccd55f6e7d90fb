"""A bulk edit of many products, and its undo, against one bare UPDATE of the same rows.

`python -m tests.bench catalogue_bulk [--products 20000]` fills a generated shop in a throw-away
database. Timed is the whole of it: the selection fixed, the job carried out batch by batch with
history, record and progress, as a worker does it. The floor is one statement that changes the same
rows of the same tables, with the same triggers, through the same role. Both take turns, and what
they wrote is compared with plain SQL each time. The last line is one JSON object; it exits 1 when
the target is missed.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from tests.bench.scratch import scratch

N_ROUNDS = 3
TARGET = 3.0  # times the bare UPDATE, for 100,000 products
PARAMS = {"how": "percent", "value": "10", "rounding": "99"}
BARE = """
UPDATE catalog_variant SET price_cents = price_cents + 100
WHERE deleted_at IS NULL AND product_id IN (
    SELECT id FROM catalog_product WHERE deleted_at IS NULL ORDER BY id LIMIT %s)
"""
# The same of one table alone, without what tells the products: less than any edit has to do.
NARROW = "SELECT set_config('app.versions_by_hand', '1', true)"
SUMS = """
SELECT count(DISTINCT p.id), count(*), coalesce(sum(v.price_cents), 0), min(p.version)
FROM (SELECT id, version FROM catalog_product WHERE merchant_id = %s AND deleted_at IS NULL
      ORDER BY id LIMIT %s) p
JOIN catalog_variant v ON v.product_id = p.id AND v.deleted_at IS NULL
"""
# What the rule "ends in .99" makes of ten percent more, said once more in other words.
WANTED = """
SELECT coalesce(sum(greatest(1, round((price_cents * 1.1 + 1) / 100)) * 100 - 1), 0)
FROM catalog_variant v WHERE deleted_at IS NULL AND price_cents > 0 AND product_id IN (
    SELECT id FROM catalog_product WHERE merchant_id = %s AND deleted_at IS NULL
    ORDER BY id LIMIT %s)
"""


def measure(merchant: Any, *, n_products: int, n_rounds: int = N_ROUNDS) -> dict[str, Any]:
    """Change that many products of a filled shop and take it back; seconds and their ratios."""
    bench = BulkBench(merchant, n_products)
    times: dict[str, list[float]] = {"bare": [], "narrow": [], "bulk": [], "undo": []}
    for _ in range(n_rounds):
        times["bare"].append(bench.bare())
        times["narrow"].append(bench.bare(NARROW))
        change, seconds = bench.bulk()
        times["bulk"].append(seconds)
        times["undo"].append(bench.undo(change))
    found = {f"{name}_s": round(statistics.median(each), 3) for name, each in times.items()}
    return {
        "products": bench.n_products,
        "variants": bench.n_variants,
        **found,
        "bulk_edit_vs_update": round(found["bulk_s"] / found["bare_s"], 2),
        "bulk_edit_vs_one_table": round(found["bulk_s"] / found["narrow_s"], 2),
        "undo_vs_update": round(found["undo_s"] / found["bare_s"], 2),
        "products_per_second": round(bench.n_products / found["bulk_s"]),
    }


class BulkBench:
    """One shop's first products by id; the owner role for plain SQL beside the app role's work."""

    def __init__(self, merchant: Any, n_products: int) -> None:
        from django.db import connections

        self.merchant, self.n_products = merchant, n_products
        self.plain = connections["owner"].cursor()
        self.n_products, self.n_variants, *_rest = self.sums()

    def sums(self) -> tuple[int, int, int, int]:
        self.plain.execute(SUMS, [self.merchant.pk, self.n_products])
        return self.plain.fetchone()

    def settle(self) -> None:
        """Between rounds, what the server does by itself within minutes: no round pays for the
        rows that the one before it left behind."""
        for table in ("catalog_variant", "catalog_product", "catalog_productfigures"):
            self.plain.execute(f"VACUUM {table}")
        self.plain.execute("CHECKPOINT") if self._may_checkpoint() else None

    def _may_checkpoint(self) -> bool:
        self.plain.execute("SELECT pg_has_role(current_user, 'pg_checkpoint', 'USAGE')")
        return self.plain.fetchone()[0]

    def timed(self, work: Callable[[], Any]) -> tuple[Any, float]:
        self.settle()
        began = time.perf_counter()
        found = work()
        return found, time.perf_counter() - began

    def bare(self, first: str = "") -> float:
        from django.db import connection

        from ecomportal.tenancy.context import tenant

        def update() -> int:
            with tenant(self.merchant), connection.cursor() as cursor:
                if first:
                    cursor.execute(first)
                cursor.execute(BARE, [self.n_products])
                return cursor.rowcount

        before = self.sums()
        n_rows, seconds = self.timed(update)
        after = self.sums()
        assert (n_rows, after[2]) == (self.n_variants, before[2] + 100 * self.n_variants)
        assert after[3] == before[3] + (0 if first else 1), "the products were not told"
        return seconds

    def bulk(self) -> tuple[Any, float]:
        self.plain.execute(WANTED, [self.merchant.pk, self.n_products])
        wanted = self.plain.fetchone()[0]
        change, seconds = self.timed(self._bulk)
        assert self.sums()[2] == wanted, (self.sums(), wanted)
        assert change.n_rows == self._n_rows(change, "written") == self.n_products, change.n_rows
        return change, seconds

    def _bulk(self) -> Any:
        """What a click and a worker do, from the selection to the finished job."""
        from catalog import tasks
        from catalog.products.bulk_job import fix_selection
        from catalog.products.changes import Change
        from catalog.products.models import Product
        from ecomportal.jobs.start import start_job
        from ecomportal.tenancy.context import tenant

        with tenant(self.merchant):
            common = {"merchant": self.merchant, "kind": "bulk_edit", "title": "Price +10%"}
            change = Change.objects.create(**common)
            params = {"change_id": str(change.pk), "action": "price", **PARAMS}
            job = start_job(
                tasks.bulk_edit, self.merchant, None, title=common["title"], params=params
            )
            last = Product.objects.live().order_by("pk").values_list("pk", flat=True)
            edge = last[self.n_products - 1]
            fix_selection(job, Product.objects.live().filter(pk__lte=edge))
        self._carry_out(job)
        with tenant(self.merchant):
            change.refresh_from_db()
        return change

    def undo(self, change: Any) -> float:
        from catalog import tasks
        from catalog.products.undo import begin_undo
        from ecomportal.jobs.start import start_job
        from ecomportal.tenancy.context import tenant

        def take_back() -> None:
            with tenant(self.merchant):
                undo = begin_undo(change, None)
                params = {"change_id": str(change.pk), "undo_id": str(undo.pk)}
                job = start_job(
                    tasks.undo_change, self.merchant, None, title="Undo", params=params,
                    n_total=change.n_rows,
                )  # fmt: skip
            self._carry_out(job)

        _none, seconds = self.timed(take_back)
        assert self._n_rows(change, "undone") == self.n_products
        return seconds

    def _carry_out(self, job: Any) -> None:
        from ecomportal.jobs.execute import execute
        from ecomportal.tenancy.context import tenant

        execute(job.kind, job.pk, self.merchant.pk)
        with tenant(self.merchant):
            job.refresh_from_db()
            assert (job.status, job.n_done) == ("done", self.n_products), (job.status, job.error)

    def _n_rows(self, change: Any, state: str) -> int:
        sql = "SELECT count(*) FROM catalog_changerow WHERE change_id = %s AND state = %s"
        self.plain.execute(sql, [change.pk, state])
        return self.plain.fetchone()[0]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="catalogue_bulk", description=__doc__)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=N_ROUNDS)
    options = parser.parse_args(argv)
    with scratch():
        import django

        django.setup()
        found = measure(
            _filled_shop(options.products), n_products=options.products, n_rounds=options.rounds
        )
    print(json.dumps(found))
    return 0 if found["bulk_edit_vs_update"] <= TARGET else 1


def _filled_shop(n_products: int) -> Any:
    from django.core.management import call_command

    from ecomportal.tenancy.models import Merchant

    call_command("migrate", verbosity=0, skip_checks=True)
    call_command("generate_catalogue", products=n_products, shop="bulk", create=True, verbosity=0)
    return Merchant.objects.get(slug="bulk")
