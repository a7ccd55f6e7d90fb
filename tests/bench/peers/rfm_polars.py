"""RFM with polars: fetch the orders, then reckon in memory. Run as a script, it tells its times.

    python rfm_polars.py DSN MERCHANT_ID ROUTE        with ROUTE copy or rows

`copy` is the quickest way out of PostgreSQL that polars reads by itself (COPY as CSV); `rows` is
what `polars.read_database` does with a cursor. The scores are left in a file for the comparison.
"""

import io
import json
import resource
import sys
import time
from collections.abc import Callable

import polars as pl
import psycopg

COUNTED = """
SELECT customer_id, ordered_at, total_cents - refunded_cents AS cents FROM catalog_order
WHERE merchant_id = {merchant} AND status IN ('paid', 'shipped', 'delivered', 'refunded')
AND currency = 'EUR' AND customer_id IS NOT NULL AND refunded_cents < total_cents
"""
NAMES = ["customer_id", "ordered_at", "cents"]


def main(dsn: str, merchant: str, route: str, out: str) -> None:
    query = COUNTED.format(merchant=int(merchant))
    with psycopg.connect(dsn) as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute("SET timezone = 'UTC'")
        connection.execute("SELECT set_config('app.merchant_id', %s, true)", [merchant])
        pid = connection.info.backend_pid
        began, cpu, server = time.perf_counter(), time.process_time(), _server_cpu(pid)
        orders = _copied(connection, query) if route == "copy" else _rows(connection, query)
        fetched = time.perf_counter()
        scores = reckon(orders)
        ended = time.perf_counter()
        told = {
            "pull_s": fetched - began,
            "reckon_s": ended - fetched,
            "cpu_s": time.process_time() - cpu + _server_cpu(pid) - server,
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "n_orders": len(orders),
        }
    scores.select("customer_id", "n_orders", "cents", "r", "f", "m").write_csv(out)
    print(json.dumps(told))


def _copied(connection: psycopg.Connection, query: str) -> pl.DataFrame:
    buffer = io.BytesIO()
    with connection.cursor().copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as stream:
        for part in stream:
            buffer.write(part)
    buffer.seek(0)
    read = pl.read_csv(buffer, has_header=False, new_columns=NAMES)
    moment = pl.col("ordered_at").str.slice(0, 19).str.to_datetime("%Y-%m-%d %H:%M:%S")
    return read.with_columns(moment)


def _rows(connection: psycopg.Connection, query: str) -> pl.DataFrame:
    # polars makes no column of UUID objects.
    return pl.read_database(query.replace("customer_id,", "customer_id::text,", 1), connection)


def reckon(orders: pl.DataFrame) -> pl.DataFrame:
    sums = orders.group_by("customer_id").agg(
        n_orders=pl.len().cast(pl.Int64),
        cents=pl.col("cents").sum(),
        last=pl.col("ordered_at").max().dt.date().cast(pl.Int32),
        n_days=pl.col("ordered_at").dt.date().n_unique(),
        first=pl.col("ordered_at").min(),
    )
    return sums.with_columns(
        r=1 + _how_many(sums, "last", pl.Expr.ge),
        f=1 + _how_many(sums, "n_orders", pl.Expr.gt),
        m=1 + _how_many(sums, "cents", pl.Expr.gt),
    )


def _how_many(sums: pl.DataFrame, name: str, passes: Callable[..., pl.Expr]) -> pl.Expr:
    """How many of the limits of fifths a value has passed."""
    return sum(passes(pl.col(name), limit).cast(pl.Int8) for limit in _limits(sums, name))


def _limits(sums: pl.DataFrame, name: str) -> list[float]:
    fifths = (0.2, 0.4, 0.6, 0.8)
    return [sums[name].quantile(part, interpolation="linear") for part in fifths]


def _server_cpu(pid: int) -> float:
    with open(f"/proc/{pid}/schedstat") as file:
        return int(file.read().split()[0]) / 1e9


if __name__ == "__main__":
    main(*sys.argv[1:])
