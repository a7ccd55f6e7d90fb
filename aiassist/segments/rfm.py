"""Recency, frequency and money of a shop's customers, kept up to date in their profiles.

`refresh_all` makes limits and scores anew from all orders; `refresh_changed` looks only at
customers whose orders or chats changed since the last time, and scores them by the kept limits.
Both write only rows that differ, in batches, so that nobody waits long for a row. What they write
follows from orders and chats alone: after a kill they are simply called again.
"""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from django.db import connection
from django.utils import timezone

from aiassist.profiles.models import GroupDay, ProfileRefresh, RfmGroup
from aiassist.segments import rfm_sql
from aiassist.segments.rfm_days import end_of_day, shop_day
from aiassist.segments.rfm_orders import counted_orders, factors_of
from aiassist.segments.rfm_report import standing
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

# Of the one long statement; pages have 60 seconds and less memory. Orders come from their index in
# order of customers, so they are added up as they come: measured at ten million orders, 13 s
# instead of the 31 s of hashing customers and days, and without the memory for that.
FOR_THE_STATEMENT = {
    "work_mem": "256MB",
    "statement_timeout": "15min",
    "random_page_cost": "1.1",
    "enable_hashagg": "off",
}
PAGES = 512  # of the temporary table in one batch: about 20,000 customers
ROWS_A_DAY = 12 * 7  # days back for which a new shop's groups are reckoned

# From transactions still open now something may yet appear that is stamped before now: a row
# bears the moment at which its transaction began.
HORIZON = """
SELECT least(now(), min(xact_start)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""
CHANGED = """
CREATE TEMP TABLE rfm_touched AS
SELECT customer_id FROM catalog_order
WHERE merchant_id = %(merchant)s AND changed_at >= %(since)s AND customer_id IS NOT NULL
UNION SELECT customer_id FROM catalog_conversation
WHERE merchant_id = %(merchant)s AND changed_at >= %(since)s AND customer_id IS NOT NULL
UNION SELECT id FROM catalog_customer
WHERE merchant_id = %(merchant)s AND lost_order_at >= %(since)s
"""


class Commits(Protocol):
    """A transaction for one batch of writes: a job's is fenced, others are the shop's."""

    def __call__(self) -> AbstractContextManager[Any]: ...


class Reckoned(NamedTuple):
    """What the statement tells beside the rows it left in the temporary table."""

    n_customers: int
    n_changed: int
    n_pages: int
    told: dict[str, Any]


# --- Refreshing ----------------------------------------------------------------------------------


def refresh_all(
    merchant: Merchant, *, job: Job | None = None, commit: Commits | None = None
) -> ProfileRefresh:
    """Reckon every profile of the shop anew; call it outside any transaction."""
    with tenant(merchant):
        _prepare()
        row = _begin(merchant, job, is_full=True)
        orders = counted_orders(merchant, factors_of(merchant)).filter(customer__isnull=False)
        found = _reckon(merchant, rfm_sql.of_all(orders), {})
        n_customers = merchant.customer_profiles.count()
        last = latest_refresh(merchant)
    return _finish(merchant, row, found._replace(n_customers=n_customers), commit, last)


def refresh_changed(
    merchant: Merchant, *, job: Job | None = None, commit: Commits | None = None
) -> ProfileRefresh:
    """The same for customers whose orders or chats changed; for all where the kept limits no
    longer hold (there are none, or rates, currency or time zone changed)."""
    with tenant(merchant):
        last = latest_refresh(merchant)
        factors = factors_of(merchant)
        if last is None or not _still_holds(merchant, last, factors):
            last = None
    if last is None:
        return refresh_all(merchant, job=job, commit=commit)
    with tenant(merchant):
        _prepare()
        row = _begin(merchant, job, is_full=False)
        n_customers = _touch(merchant, last.seen_until)
        kept = _kept(last)
        orders = counted_orders(merchant, factors).extra(
            where=[f"catalog_order.customer_id IN (SELECT customer_id FROM {rfm_sql.TOUCHED})"]
        )
        found = _reckon(merchant, rfm_sql.of_touched(orders), kept)
        found.told.update(kept | {"n_buyers": last.data["n_buyers"]})
    return _finish(merchant, row, found._replace(n_customers=n_customers), commit, last)


def latest_refresh(merchant: Merchant) -> ProfileRefresh | None:
    """What the profiles stand on; inside the shop's tenant."""
    done = merchant.profile_refreshes.filter(finished_at__isnull=False)
    return done.order_by("-started_at").first()


def is_outdated(merchant: Merchant, last: ProfileRefresh) -> bool:
    """Whether rates, currency or time zone changed since then; inside the shop's tenant."""
    return not _has_base(merchant, last, factors_of(merchant))


def has_changes(merchant: Merchant, since: datetime) -> bool:
    """Whether orders or chats changed or went since then; inside the shop's tenant."""
    orders = merchant.orders.filter(changed_at__gte=since, customer__isnull=False)
    chats = merchant.conversations.filter(changed_at__gte=since, customer__isnull=False)
    lost = merchant.customers.filter(lost_order_at__gte=since)
    return orders.exists() or chats.exists() or lost.exists()


def _prepare() -> None:
    with connection.cursor() as cursor:
        for name, value in FOR_THE_STATEMENT.items():
            cursor.execute(f"SET LOCAL {name} = '{value}'")
    _drop()


def _drop() -> None:
    with connection.cursor() as cursor:
        for table in (rfm_sql.ROWS, rfm_sql.TOUCHED):
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")


def _begin(merchant: Merchant, job: Job | None, *, is_full: bool) -> ProfileRefresh:
    """The moment up to which changes are seen is taken before anything is read."""
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        seen_until = cursor.fetchone()[0]
    return ProfileRefresh.objects.create(
        merchant=merchant, job=job, is_full=is_full, seen_until=seen_until
    )


def _kept(last: ProfileRefresh) -> dict[str, Any]:
    """Limits and cap as parameters: JSON tells 3.0 as 3, and a list must be of one type."""
    kept = dict(last.data["kept"])
    return {name: [float(one) for one in kept[name]] for name in ("r", "f", "m")} | {
        "cap": kept["cap"]
    }


def _still_holds(merchant: Merchant, last: ProfileRefresh, factors: dict[str, Any]) -> bool:
    has_limits = bool((last.data.get("kept") or {}).get("r"))
    return has_limits and _has_base(merchant, last, factors)


def _has_base(merchant: Merchant, last: ProfileRefresh, factors: dict[str, Any]) -> bool:
    return last.data.get("base") == _base(merchant, factors)


def _base(merchant: Merchant, factors: dict[str, Any]) -> dict[str, Any]:
    """What the kept limits rest on besides orders."""
    rates = {code: str(factor.normalize()) for code, factor in factors.items()}
    return {"rates": rates, "timezone": merchant.timezone}


def _touch(merchant: Merchant, since: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, {"merchant": merchant.pk, "since": since})
        n = cursor.rowcount
        cursor.execute(f"ANALYZE {rfm_sql.TOUCHED}")
    return n


def _reckon(merchant: Merchant, statement: str, kept: dict[str, Any]) -> Reckoned:
    with connection.cursor() as cursor:
        cursor.execute(statement, rfm_sql.params(merchant, **kept))
        n_rows = cursor.rowcount
        cursor.execute(f"SELECT told::text FROM {rfm_sql.ROWS} WHERE customer_id IS NULL")
        told = json.loads(cursor.fetchone()[0])
        cursor.execute(f"SELECT pg_relation_size('{rfm_sql.ROWS}') / 8192")
        n_pages = cursor.fetchone()[0]
    return Reckoned(0, n_rows - 1, n_pages, told)


def _finish(
    merchant: Merchant,
    row: ProfileRefresh,
    found: Reckoned,
    commit: Commits | None,
    last: ProfileRefresh | None,
) -> ProfileRefresh:
    """Write the rows, a batch a transaction, and say that it is done with the last of them."""
    commit = commit or (lambda: tenant(merchant))
    at = timezone.now()
    for first, end in _batches(found.n_pages):
        with commit():
            _write(merchant, at, first, end)
    with commit():
        row.n_customers, row.n_changed = found.n_customers, found.n_changed
        before = None if row.is_full else last.data
        # What others keep there stays until they write it anew.
        row.data = (last.data if last else {}) | _told(merchant, found.told, before)
        row.finished_at = timezone.now()
        row.save()
        _drop()
    return row


def _batches(n_pages: int) -> Iterator[tuple[int, int]]:
    for first in range(0, n_pages, PAGES):
        yield first, first + PAGES


def _write(merchant: Merchant, at: datetime, first: int, end: int) -> None:
    bounds = {"first": f"({first},0)", "end": f"({end},0)"}
    with connection.cursor() as cursor:
        cursor.execute(rfm_sql.WRITE, {"merchant": merchant.pk, "at": at, **bounds})


def _told(merchant: Merchant, told: dict[str, Any], before: Any) -> dict[str, Any]:
    return {
        "n_buyers": told["n_buyers"],
        "kept": {name: told[name] for name in ("r", "f", "m", "cap")},
        "base": _base(merchant, factors_of(merchant)),
        **standing(merchant, told, before),
    }


# --- Looking back --------------------------------------------------------------------------------


def rfm_as_of(merchant: Merchant, day: date) -> dict[str, int]:
    """How many customers each group had at the end of a day, by the orders placed until then.

    An order's refund counts whenever it was made: orders do not tell when. Inside the tenant.
    """
    orders = counted_orders(merchant).filter(
        customer__isnull=False, ordered_at__lt=end_of_day(merchant, day)
    )
    with connection.cursor() as cursor:
        cursor.execute(rfm_sql.of_groups(orders), rfm_sql.params(merchant))
        found = dict(cursor.fetchall())
    return {str(group): found.get(group, 0) for group in RfmGroup}


def write_history(merchant: Merchant, *, n_days: int = ROWS_A_DAY, step: int = 7) -> int:
    """Groups on the last days, one in `step`, reckoned from the orders; for a shop whose groups
    were never counted. Inside the tenant. Returns how many days."""
    today = shop_day(merchant)
    days = [today - timedelta(days=back) for back in range(n_days, 0, -step)]
    rows = [
        GroupDay(merchant=merchant, group=group, day=day, n_members=n)
        for day in days
        for group, n in rfm_as_of(merchant, day).items()
    ]
    GroupDay.objects.bulk_create(rows, ignore_conflicts=True)
    return len(days)
