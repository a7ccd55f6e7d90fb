"""Customers and orders as arrays, and predictions back into the profiles: by COPY, in batches.

All columns have a fixed width, so a binary COPY is an array of records: a million rows cost no
Python object each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db import connection

from aiassist.ml.clv.histories import Histories, Orders
from aiassist.ml.clv.predictor import Customers, Predictions
from aiassist.segments import rfm_sql
from aiassist.segments.rfm_orders import counted_orders, factors_of
from ecomportal.tenancy.models import Merchant

BATCH = 50_000
HEAD, TAIL = 19, 2  # bytes of a binary COPY before its first row and after its last
SIGNATURE = b"PGCOPY\n\xff\r\n\0" + b"\0" * 8
EPOCH = date(2000, 1, 1)
STATEMENT_LIMIT = "15min"  # of reading ten million orders; pages have 60 seconds
FARTHEST = 730  # days: a next order further off is not told
FLOAT, UUID, WHOLE, LONG = (">f8", 8), ("V16", 16), (">i4", 4), (">i8", 8)

STATISTICS = """
COPY (
    SELECT customer_id, n_repeats::float8, last_repeat_days,
        (%(today)s - (first_order_at AT TIME ZONE %(zone)s)::date)::float8, capped_cents::float8
    FROM aiassist_customerprofile
    WHERE merchant_id = %(merchant)s AND n_orders > 0 AND first_order_at IS NOT NULL
        AND customer_id > %(after)s AND refreshed_at >= %(since)s
    ORDER BY customer_id LIMIT %(size)s
) TO STDOUT (FORMAT binary)
"""
# Whose orders the back-test looks at is decided by the ids' last two bytes, which are random.
ORDERS = """
COPY (
    SELECT customer_id, (ordered_at AT TIME ZONE %(zone)s)::date - DATE '2000-01-01',
        sum(least(net_cents, %(cap)s))::float8
    FROM ({orders}) o
    WHERE customer_id IS NOT NULL
        AND get_byte(uuid_send(customer_id), 15) * 256 + get_byte(uuid_send(customer_id), 14)
            < %(share)s
    GROUP BY 1, 2
) TO STDOUT (FORMAT binary)
"""
NO_CAP = 2**62
COLUMNS = {
    "expected_orders_90": (FLOAT, "float8"),
    "expected_orders_365": (FLOAT, "float8"),
    "clv_cents": (LONG, "bigint"),
    "clv_low_cents": (LONG, "bigint"),
    "clv_high_cents": (LONG, "bigint"),
    "churn_probability": (FLOAT, "float8"),
    "next_days": (WHOLE, "int"),
    "value_band": (WHOLE, "int"),
}
TABLE = f"""
DROP TABLE IF EXISTS pg_temp.clv_scores;
CREATE TEMP TABLE clv_scores (
    customer_id uuid, {", ".join(f"{name} {kind}" for name, (_, kind) in COLUMNS.items())}
) ON COMMIT DROP
"""
PLAIN = [name for name in COLUMNS if name != "next_days"]
WRITE = f"""
UPDATE aiassist_customerprofile p SET {", ".join(f"{name} = s.{name}" for name in PLAIN)},
    next_order_on = s.next_order_on, model_version_id = %(version)s
FROM (
    SELECT *, CASE WHEN next_days >= 0 THEN %(today)s + next_days END AS next_order_on
    FROM clv_scores
) s
WHERE p.customer_id = s.customer_id AND p.merchant_id = %(merchant)s AND p.n_orders > 0
    AND ({", ".join(f"p.{name}" for name in PLAIN)}, p.next_order_on, p.model_version_id)
    IS DISTINCT FROM ({", ".join(f"s.{name}" for name in PLAIN)}, s.next_order_on, %(version)s)
"""
FORGET = f"""
UPDATE aiassist_customerprofile SET {", ".join(f"{name} = NULL" for name in PLAIN)},
    next_order_on = NULL, model_version_id = NULL
WHERE merchant_id = %(merchant)s AND customer_id IN (
    SELECT customer_id FROM aiassist_customerprofile
    WHERE merchant_id = %(merchant)s AND clv_cents IS NOT NULL {{whose}} LIMIT %(size)s
)
"""


def records(*kinds: tuple[str, int]) -> np.dtype:
    """A row of a binary COPY: the number of fields, then each with its length before it."""
    fields: list[tuple[str, str]] = [("n_fields", ">i2")]
    for n, (kind, _) in enumerate(kinds):
        fields += [(f"length_{n}", ">i4"), (f"value_{n}", kind)]
    return np.dtype(fields)


READ = records(UUID, FLOAT, FLOAT, FLOAT, FLOAT)
READ_ORDERS = records(UUID, WHOLE, FLOAT)
WRITTEN = records(UUID, *(kind for kind, _ in COLUMNS.values()))


def _copied(statement: str, params: dict[str, Any], row: np.dtype) -> np.ndarray:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_LIMIT}'")
        whole = _bytes_of(cursor, statement, params)
    return np.frombuffer(whole, row, offset=HEAD, count=(len(whole) - HEAD - TAIL) // row.itemsize)


def _bytes_of(cursor: Any, statement: str, params: dict[str, Any]) -> bytes:
    with cursor.copy(statement, params) as stream:
        return b"".join(bytes(block) for block in stream)


@dataclass(frozen=True)
class Batch:
    """Customers with their ids (16 bytes each)."""

    ids: np.ndarray
    customers: Customers


def batch_after(
    merchant: Merchant, today: date, after: str, *, since: Any = None, size: int = BATCH
) -> Batch:
    """The next buyers by id, those refreshed since then; inside the shop's tenant."""
    params = {
        "merchant": merchant.pk, "today": today, "zone": merchant.timezone, "after": after,
        "since": since or "-infinity", "size": size,
    }  # fmt: skip
    rows = _copied(STATISTICS, params, READ)
    repeats, last, age, money = (rows[f"value_{n}"].astype(np.float64) for n in range(1, 5))
    # A day's clock that was set back may make an age of less than the last order's.
    histories = Histories.of(repeats, last, np.maximum(age, last))
    return Batch(rows["value_0"], Customers(histories, money / (repeats + 1)))


def id_text(one: np.void) -> str:
    text = bytes(one).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def orders_of(merchant: Merchant, *, n_buyers: int, most: int, cap_cents: int | None) -> Orders:
    """Order days of all buyers, or of about `most` of them; inside the shop's tenant."""
    orders = counted_orders(merchant, factors_of(merchant)).filter(customer__isnull=False)
    share = 65536 if n_buyers <= most else max(1, 65536 * most // n_buyers)
    params = {"zone": merchant.timezone, "cap": cap_cents or NO_CAP, "share": share}
    statement = ORDERS.replace("{orders}", rfm_sql.inlined(orders))
    rows = _copied(statement, params, READ_ORDERS)
    _, customer = np.unique(rows["value_0"], return_inverse=True)
    day = rows["value_1"].astype(np.int64)
    return Orders.of(customer, day, rows["value_2"].astype(np.float64))


def day_number(day: date) -> int:
    return (day - EPOCH).days


# --- Writing -------------------------------------------------------------------------------------


def write(
    merchant: Merchant, batch: Batch, found: Predictions, *,
    limits: np.ndarray, version_id: Any, today: date,
) -> int:  # fmt: skip
    """Predictions into the profiles whose own are others; how many. Inside the shop's tenant."""
    rows = _written(batch.ids, found, limits)
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        with cursor.copy("COPY clv_scores FROM STDIN (FORMAT binary)") as stream:
            stream.write(SIGNATURE + rows.tobytes() + b"\xff\xff")
        cursor.execute(WRITE, {"merchant": merchant.pk, "version": version_id, "today": today})
        return cursor.rowcount


def _written(ids: np.ndarray, found: Predictions, limits: np.ndarray) -> np.ndarray:
    """As many digits as mean something: a customer at rest is not written anew each night."""
    year = found.year
    days = np.where(found.days_to_next <= FARTHEST, np.ceil(found.days_to_next), -1)
    values = [
        ids,
        np.round(found.orders_90, 3),
        np.round(year.orders, 3),
        np.round(year.value),
        np.floor(year.low),
        np.ceil(year.high),
        np.round(np.clip(found.p_none, 0, 1), 4),
        days,
        1 + np.searchsorted(limits, year.value, "right"),
    ]
    rows = np.zeros(len(ids), WRITTEN)
    rows["n_fields"] = len(values)
    lengths = [16, *(size for (_, size), _ in COLUMNS.values())]
    for n, (value, length) in enumerate(zip(values, lengths, strict=True)):
        rows[f"length_{n}"], rows[f"value_{n}"] = length, value
    return rows


def forget(merchant: Merchant, *, whose: str = "", size: int = BATCH) -> int:
    """Take predictions out of a batch of profiles; how many. Inside the shop's tenant."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET.format(whose=whose), {"merchant": merchant.pk, "size": size})
        return cursor.rowcount


def batches(read: Any, *, size: int = BATCH) -> Iterator[Batch]:
    """All batches that `read(after)` gives, by id."""
    after = "00000000-0000-0000-0000-000000000000"
    while True:
        batch = read(after)
        if len(batch.ids):
            yield batch
            after = id_text(batch.ids[-1])
        if len(batch.ids) < size:
            return


# --- Describing ----------------------------------------------------------------------------------

N_BINS = 16
BINS = """
SELECT count(*), coalesce(sum(clv_cents), 0)::float8,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY clv_cents)
FROM aiassist_customerprofile WHERE merchant_id = %(merchant)s AND clv_cents IS NOT NULL
"""
COUNTS = """
SELECT width_bucket(clv_cents, %(edges)s::bigint[]), count(*)
FROM aiassist_customerprofile WHERE merchant_id = %(merchant)s AND clv_cents IS NOT NULL GROUP BY 1
"""
BANDS = """
SELECT value_band, count(*), avg(clv_cents)::float8, avg(clv_low_cents)::float8,
    avg(clv_high_cents)::float8
FROM aiassist_customerprofile WHERE merchant_id = %(merchant)s AND clv_cents IS NOT NULL
GROUP BY 1 ORDER BY 1 DESC
"""


def described(merchant: Merchant) -> dict[str, Any]:
    """Counts over bins of equal width up to where 95 % lie, and each fifth's means."""
    with connection.cursor() as cursor:
        cursor.execute(BINS, {"merchant": merchant.pk})
        n, total, top = cursor.fetchone()
        width = max(float(top or 0) / N_BINS, 1)
        edges = [round(width * i) for i in range(1, N_BINS + 1)]
        cursor.execute(COUNTS, {"merchant": merchant.pk, "edges": edges})
        counts = dict(cursor.fetchall())
        cursor.execute(BANDS, {"merchant": merchant.pk})
        names = ("band", "n", "mean", "low", "high")
        bands = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    bins = [counts.get(i, 0) for i in range(N_BINS + 1)]
    return {"n": n, "sum": total, "edges": edges, "counts": bins, "bands": bands}
