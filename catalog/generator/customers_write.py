"""Writes drawn customers and orders: binary COPY into a temporary table, then INSERT ... SELECT.

What is drawn stays numbers until it is in the server, which makes words of them there: packing ten
million rows costs seconds here. Each batch is a transaction of its own. Orders are written in
order of time, so one customer's lie far apart, as in a shop that grew.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, connections
from django.utils import timezone

from catalog.demo.customers import FIRST, LAST
from catalog.demo.write import analyze
from catalog.generator.customers import (
    DELIVERED,
    N_TASTES,
    REFUNDED,
    SHARE_OF_TASTE,
    STATUSES,
    Drawn,
    draw,
)
from catalog.orders.models import Customer, Order, OrderLine
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

BATCH = 50_000  # rows of one transaction
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # of timestamps in binary COPY
HEADER, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
COUNTRIES = {"en": ["DE", "FR", "NL", "IE", "SE", "AT", "US"], "zh": ["CN", "SG", "MY"]}
SHARES = {"en": [0.3, 0.2, 0.15, 0.13, 0.1, 0.1, 0.02], "zh": [0.94, 0.03, 0.03]}
SHARE_FOREIGN, SHARE_ACCEPTS = 0.07, 0.55

CUSTOMERS = """
INSERT INTO catalog_customer (id, merchant_id, external_id, name, email_sha256, phone_sha256,
    phone_digits_sha256, language, country, accepts_marketing, tags, created_at, changed_at)
SELECT id, %(merchant)s, 'G' || n, 
    CASE WHEN is_zh THEN (%(last_zh)s::text[])[last + 1] || (%(first_zh)s::text[])[first + 1]
    ELSE (%(first_en)s::text[])[first + 1] || ' ' || (%(last_en)s::text[])[last + 1] END,
    encode(sha256(convert_to('g' || n || '@' || %(slug)s || '.example', 'UTF8')), 'hex'), '', '',
    CASE WHEN is_zh THEN 'zh' ELSE 'en' END, (%(countries)s::text[])[country + 1], accepts, '{}',
    created_at, now()
FROM generated
"""
ORDERS = """
INSERT INTO catalog_order (id, merchant_id, customer_id, number, status, currency, total_cents,
    refunded_cents, ordered_at, delivered_at, changed_at)
SELECT id, %(merchant)s, customer_id, 'G' || n, (%(statuses)s::text[])[status + 1], %(currency)s,
    cents, refunded, ordered_at,
    CASE WHEN status = ANY (%(arrived)s::int[]) THEN delivered_at END, now()
FROM generated
"""
LINES = """
INSERT INTO catalog_orderline (merchant_id, order_id, line_number, product_id, variant_id, sku,
    quantity, unit_price_cents, discount_cents, refunded_cents)
SELECT %(merchant)s, id, '1', (%(products)s::uuid[])[goods + 1], (%(variants)s::uuid[])[goods + 1],
    (%(skus)s::text[])[goods + 1], 1, cents, 0, refunded
FROM generated
"""


@dataclass(frozen=True)
class Goods:
    """What the shop sells, sorted so that each taste is a stretch of it; empty without lines."""

    products: list[Any]
    variants: list[Any]
    skus: list[str]


def write_customers(
    merchant: Merchant, n_customers: int, n_orders: int, *, seed: int, with_lines: bool = True
) -> Iterator[dict[str, int]]:
    """Write them; gives the rows of each batch once it is committed."""
    end = timezone.now().replace(minute=0, second=0, microsecond=0)
    end_day = end.timetuple().tm_yday
    drawn = draw(n_customers, n_orders, seed=seed, language=merchant.language, end_day=end_day)
    writer = _Writer(merchant, drawn, end, seed, _goods(merchant) if with_lines else None)
    with ThreadPoolExecutor(2) as pool:  # the server works, Python waits
        yield from pool.map(writer.customers, _batches(n_customers))
        yield from pool.map(writer.orders, _batches(n_orders))
        for _ in pool.map(lambda _: connections.close_all(), range(2)):
            pass


def _batches(n: int) -> list[range]:
    return [range(start, min(start + BATCH, n)) for start in range(0, n, BATCH)]


def _goods(merchant: Merchant) -> Goods | None:
    with tenant(merchant):
        sold = merchant.variants.filter(position=1, product__status="active").order_by(
            "product__category__path", "product_id"
        )
        rows = list(sold.values_list("product_id", "id", "sku")[:5000])
    return Goods(*map(list, zip(*rows, strict=True))) if rows else None


class _Writer:
    """What is the same for all batches."""

    def __init__(
        self, merchant: Merchant, drawn: Drawn, end: datetime, seed: int, goods: Goods | None
    ) -> None:
        self.merchant, self.drawn, self.end, self.goods = merchant, drawn, end, goods
        self.seed = seed
        self.end_us = int((end - EPOCH) / timedelta(microseconds=1))

    def customers(self, numbers: range) -> dict[str, int]:
        rng = np.random.default_rng((self.seed, 1, numbers.start))
        n, language = len(numbers), self.merchant.language
        joined = self.drawn.joined[numbers.start : numbers.stop]
        is_zh = (rng.random(n) < SHARE_FOREIGN) ^ (language == "zh")
        columns = {
            "id uuid": self._ids(1, np.arange(numbers.start, numbers.stop)),
            "n bigint": np.arange(numbers.start, numbers.stop) + 1,
            "first int": rng.integers(0, 30, n),
            "last int": rng.integers(0, 26, n),
            "is_zh bool": is_zh,
            "country int": rng.choice(len(SHARES[language]), n, p=SHARES[language]),
            "accepts bool": rng.random(n) < SHARE_ACCEPTS,
            "created_at timestamptz": self._moments(joined),
        }
        words = {
            "slug": self.merchant.slug,
            "countries": COUNTRIES[language],
            **{f"first_{code}": FIRST[code].split() for code in ("en", "zh")},
            **{f"last_{code}": LAST[code].split() for code in ("en", "zh")},
        }
        self._write(columns, [CUSTOMERS], words)
        return {"customer": n}

    def orders(self, numbers: range) -> dict[str, int]:
        drawn, part = self.drawn, slice(numbers.start, numbers.stop)
        columns = {
            "id uuid": self._ids(2, np.arange(numbers.start, numbers.stop)),
            "n bigint": np.arange(numbers.start, numbers.stop) + 1,
            "customer_id uuid": self._ids(1, drawn.customer[part]),
            "status int": drawn.status[part],
            "cents bigint": drawn.cents[part],
            "refunded bigint": drawn.refunded[part],
            "ordered_at timestamptz": self._moments(drawn.at[part]),
            "delivered_at timestamptz": self._moments(drawn.at[part] - drawn.travel[part]),
        }
        words = {
            "statuses": list(STATUSES),
            "arrived": [DELIVERED, REFUNDED],
            "currency": self.merchant.currency,
        }
        statements, counts = [ORDERS], {"order": len(numbers)}
        if self.goods:
            columns["goods int"] = self._bought(numbers)
            words |= vars(self.goods)
            statements.append(LINES)
            counts["line"] = len(numbers)
        self._write(columns, statements, words)
        return counts

    def _bought(self, numbers: range) -> np.ndarray:
        """Mostly from the stretch of one's taste, and there and elsewhere what is popular."""
        rng = np.random.default_rng((self.seed, 2, numbers.start))
        taste = self.drawn.taste[self.drawn.customer[numbers.start : numbers.stop]]
        n_goods = len(self.goods.skus)
        stretch = max(n_goods // N_TASTES, 1)
        popular = np.floor(stretch * rng.random(taste.size) ** 2).astype(np.int64)
        anywhere = np.floor(n_goods * rng.random(taste.size)).astype(np.int64)
        is_own = rng.random(taste.size) < SHARE_OF_TASTE
        return np.where(is_own, taste * stretch + popular, anywhere) % n_goods

    def _ids(self, kind: int, numbers: np.ndarray) -> np.ndarray:
        """Version 7 UUIDs that rise with the number; two shops share none."""
        ms = np.uint64(self.end.timestamp() * 1000) - np.uint64(86_400_000 * 3)
        word = np.zeros((numbers.size, 2), ">u8")
        counted = numbers.astype(np.uint64)
        word[:, 0] = ((ms + counted // np.uint64(1000)) << np.uint64(16)) | np.uint64(0x7000)
        word[:, 0] |= counted % np.uint64(1000)
        rest = (self.merchant.pk << 34 | self.seed % 2**16 << 2 | kind) % 2**62
        word[:, 1] = np.uint64(0x8000000000000000 | rest)
        return word.view("V16").reshape(-1)

    def _moments(self, seconds_before: np.ndarray) -> np.ndarray:
        return self.end_us - (seconds_before * 1e6).astype(np.int64)

    def _write(
        self, columns: dict[str, np.ndarray], statements: list[str], words: dict[str, Any]
    ) -> None:
        with tenant(self.merchant), connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS generated")
            cursor.execute(f"CREATE TEMP TABLE generated ({', '.join(columns)}) ON COMMIT DROP")
            with cursor.copy("COPY generated FROM STDIN (FORMAT binary)") as stream:
                stream.write(HEADER)
                stream.write(packed(columns))
                stream.write(END)
            for statement in statements:
                cursor.execute(statement, {"merchant": self.merchant.pk, **words})


WIDTHS = {"uuid": "V16", "bigint": ">i8", "int": ">i4", "bool": "u1", "timestamptz": ">i8"}


def packed(columns: dict[str, np.ndarray]) -> bytes:
    """Rows as PostgreSQL's binary COPY has them: the number of fields, then length and value."""
    kinds = [WIDTHS[name.split()[1]] for name in columns]
    layout: list[tuple[str, str]] = [("n", ">i2")]
    for i, kind in enumerate(kinds):
        layout += [(f"length{i}", ">i4"), (f"value{i}", kind)]
    rows = np.zeros(len(next(iter(columns.values()))), layout)
    rows["n"] = len(columns)
    for i, (values, kind) in enumerate(zip(columns.values(), kinds, strict=True)):
        rows[f"length{i}"] = np.dtype(kind).itemsize
        rows[f"value{i}"] = values
    return rows.tobytes()


def settle() -> None:
    """Tell the planner of the rows, and the indexes that all may see them."""
    with connections["owner"].cursor() as cursor:
        for model in (Customer, Order, OrderLine):
            cursor.execute(f'VACUUM "{model._meta.db_table}"')
    analyze()
