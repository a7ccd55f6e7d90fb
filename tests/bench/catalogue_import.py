"""How fast an import is: rows of the file for each second of CPU, Python's and the database's.

`python -m tests.bench catalogue_import [--rows 20000] [--dialect shopify]` exports a generated
catalogue and imports it into an empty shop through the jobs a merchant starts: the dry run with
every check and its report, then the write with history, facts and the way back. The floors are
measured in the same run: the bare COPY of the file, and one INSERT ... SELECT of the same content
from staging tables into the same tables, with their triggers and policies. Then the same file is
imported again. Exits 1 when a target is missed; the last line is one JSON object.
"""

import argparse
import csv
import io
import json
import os
import secrets
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.scratch import scratch

N_WARM_UP = 50  # rows of a first import that is not measured
ROWS_A_PRODUCT = 2.24  # of the generated catalogue: colours and sizes
TARGETS = {
    "import_rows_per_cpu_second": 10_000,
    "import_vs_insert_select": 0.6,
    "reimport_speedup": 5,
}
TICKS = os.sysconf("SC_CLK_TCK")
TABLES = {
    "product": "catalog_product",
    "variant": "catalog_variant",
    "fact": "catalog_fact",
    "text": "catalog_producttext",
    "image": "catalog_productimage",
}
REFERENCES = {"category_id": "catalog_category", "attribute_id": "catalog_attribute"}


@dataclass
class Cost:
    """Seconds on the clock, of CPU in Python and of CPU in the connection's server process."""

    wall: float = 0.0
    python: float = 0.0
    database: float = 0.0

    @property
    def cpu(self) -> float:
        return self.python + self.database

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.wall + other.wall, self.python + other.python, self.database + other.database
        )

    def as_dict(self) -> dict[str, float]:
        return {name: round(value, 3) for name, value in vars(self).items()}


class Clock:
    """`with Clock() as clock: ...` and then `clock.cost`; the connection must stay the same."""

    def __enter__(self) -> "Clock":
        from django.db import connection

        connection.ensure_connection()
        self.pid = connection.connection.info.backend_pid
        self.began = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        wall, python, database = (b - a for a, b in zip(self.began, self._now(), strict=True))
        self.cost = Cost(wall, python, database)

    def _now(self) -> tuple[float, float, float]:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        database = (int(fields[11]) + int(fields[12])) / TICKS
        return time.perf_counter(), time.process_time(), database


def measure(*, n_rows: int = 20_000, dialect: str = "shopify") -> dict[str, Any]:
    """The figures, with what they are made of. The settings' database gets shops of its own."""
    from django.test.utils import override_settings

    content = _file(n_rows, dialect)
    shop, user = _new_shop("imported")
    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        # A worker has loaded its modules and vocabulary long before.
        _import(*_new_shop("warm-up"), b"\n".join(content.split(b"\n")[:N_WARM_UP]) + b"\n")
        first, run = _import(shop, user, content)
        again, run_again = _import(shop, user, content)
    assert run.n_failed == 0, f"{run.n_failed} rows of the export cannot be read"
    assert run_again.n_unchanged == run.n_created, "the same file again is no change"
    floor, counts = _insert_select(shop)
    copy = _raw_copy(content)
    found = {
        "import_rows_per_cpu_second": round(run.n_rows / first["all"].cpu),
        "import_vs_insert_select": round(floor.cpu / first["all"].cpu, 3),
        "reimport_speedup": round(first["all"].cpu / again["all"].cpu, 2),
        "rows_per_second": run.n_rows / first["all"].wall,
        "rows": run.n_rows,
        "written": counts,
        "first": {name: cost.as_dict() for name, cost in first.items()},
        "again": {name: cost.as_dict() for name, cost in again.items()},
        "insert_select": floor.as_dict(),
        "copy": copy.as_dict(),
    }
    _show(found)
    return found


def _new_shop(name: str) -> tuple[Any, Any]:
    from tests.factories import make_member, make_shop

    slug = f"{name}-{secrets.token_hex(4)}"
    shop = make_shop(slug, currency="EUR")
    return shop, make_member(shop, f"{slug}@example.com")


def _file(n_rows: int, dialect: str) -> bytes:
    """An export of a generated shop with about this many rows."""
    from catalog.generator.write import settle, write_catalogue
    from ecomportal.tenancy.context import tenant
    from tests.catalog.exporting import exported

    shop, _user = _new_shop("source")
    for _counts in write_catalogue(shop, range(1, round(n_rows / ROWS_A_PRODUCT) + 1), seed=1):
        pass
    settle()
    with tenant(shop):
        return exported(shop, dialect)


def _import(shop: Any, user: Any, content: bytes) -> tuple[dict[str, Cost], Any]:
    """Upload, dry run and write as their jobs do it; a file without a change is not written."""
    from catalog import tasks
    from catalog.products.imports import store
    from catalog.products.imports.models import ImportState
    from ecomportal.tenancy.context import tenant

    with Clock() as clock, tenant(shop):
        run = store.store(shop, [content], name="bench.csv", user=user)
    costs = {"upload": clock.cost}
    costs["dry_run"] = _job(tasks.compare_import, shop, user, run)
    if run.n_created or run.n_changed:
        with tenant(shop):
            type(run).objects.filter(pk=run.pk).update(state=ImportState.WRITING)
        costs["write"] = _job(tasks.run_import, shop, user, run)
    return {**costs, "all": sum(costs.values(), Cost())}, run


def _job(task: Any, shop: Any, user: Any, run: Any) -> Cost:
    from ecomportal.jobs.execute import execute
    from ecomportal.jobs.start import start_job
    from ecomportal.tenancy.context import tenant

    with tenant(shop):
        params = {"run_id": str(run.pk)}
        job = start_job(task, shop, user, title="bench", params=params, dedupe_key=task.name)
    with Clock() as clock:
        execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        job.refresh_from_db()
        run.refresh_from_db()
    assert job.status == "done", (job.status, job.error, job.error_detail[-2000:])
    return clock.cost


# --- The floors ----------------------------------------------------------------------------------


def _raw_copy(content: bytes) -> Cost:
    """The file as it is into a table of texts without an index."""
    from django.db import connection, transaction

    header = next(csv.reader(io.StringIO(content[: 1 << 16].decode())))
    columns = ", ".join(f"c{at} text" for at in range(len(header)))
    with Clock() as clock, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bench_copy ({columns}) ON COMMIT DROP")
        with cursor.copy("COPY bench_copy FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(content)
    return clock.cost


def _insert_select(shop: Any) -> tuple[Cost, dict[str, int]]:
    """What the import wrote once more for another shop, in one transaction of the app's role."""
    from django.db import connection, connections

    from ecomportal.tenancy.context import tenant

    other, _user = _new_shop("floor")
    with connections["owner"].cursor() as owner:
        columns = {name: _stage(owner, name, table, shop, other) for name, table in TABLES.items()}
        counts = {}
        with Clock() as clock, tenant(other), connection.cursor() as cursor:
            for name, table in TABLES.items():
                names = ", ".join(columns[name])
                cursor.execute(
                    f"INSERT INTO {table} ({names}) SELECT {names} FROM bench_{name} ORDER BY id"
                )
                counts[name] = cursor.rowcount
        for name in TABLES:
            owner.execute(f"DROP TABLE bench_{name}")
    return clock.cost, counts


def _stage(owner: Any, name: str, table: str, shop: Any, other: Any) -> list[str]:
    """Rows of a shop as another's: ids keep their order and get another end."""
    owner.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    columns = [column for (column,) in owner.fetchall()]
    if name == "product":
        for target in REFERENCES.values():
            _copy_targets(owner, target, shop, other)
    values = ", ".join(_moved(column, other) for column in columns)
    owner.execute(
        f"CREATE UNLOGGED TABLE bench_{name} AS SELECT {values} FROM {table} "
        f"WHERE merchant_id = {int(shop.pk)} ORDER BY id"
    )
    owner.execute(f"GRANT SELECT ON bench_{name} TO ecom_app")
    owner.execute(f"ANALYZE bench_{name}")
    return columns


def _moved(column: str, other: Any) -> str:
    if column == "merchant_id":
        return f"{int(other.pk)}::bigint AS merchant_id"
    if column in ("id", "product_id", "variant_id", "parent_id", *REFERENCES):
        # Every digit of the end becomes the next one, so that no id stays what it was.
        end = f"translate(right({column}::text, 4), '0123456789abcdef', '123456789abcdef0')"
        return f"(left({column}::text, 32) || {end})::uuid AS {column}"
    return column


def _copy_targets(owner: Any, table: str, shop: Any, other: Any) -> None:
    owner.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    columns = [column for (column,) in owner.fetchall()]
    values = ", ".join(_moved(column, other) for column in columns)
    owner.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} "
        f"WHERE merchant_id = {int(shop.pk)}"
    )


# --- The command ---------------------------------------------------------------------------------


def _show(found: dict[str, Any]) -> None:
    print(f"{found['rows']:,} rows; written: {found['written']}")
    for name in ("first", "again"):
        for part, cost in found[name].items():
            print(f"  {name:6} {part:8} {cost}")
    for name in ("insert_select", "copy"):
        print(f"  {name:15} {found[name]}")
    for name, target in TARGETS.items():
        print(f"  {name} {found[name]:,} (at least {target:,})", flush=True)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench catalogue_import")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--dialect", default="shopify", choices=["shopify", "own"])
    options = parser.parse_args(argv)
    with scratch():
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0, skip_checks=True)
        try:
            found = measure(n_rows=options.rows, dialect=options.dialect)
        finally:
            for connection in connections.all():
                connection.close()
    print(json.dumps({"bench": "catalogue_import", **found}))
    return 0 if all(found[name] >= target for name, target in TARGETS.items()) else 1
