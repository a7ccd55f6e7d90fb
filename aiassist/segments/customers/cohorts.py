"""Who came back: customers by the month of their first order, and what the months after brought.

One statement over all orders that count. Of a large shop it takes longer than a page may, so what
it found is kept and made anew after each refresh of the profiles.
"""

from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from django.db import connection
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone

from aiassist import tasks
from aiassist.segments.customers.models import KeptFigures
from aiassist.segments.rfm_orders import counted_orders
from ecomportal.jobs.models import Job
from ecomportal.jobs.run import Run
from ecomportal.jobs.start import start_job
from ecomportal.said import said
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant, User
from ecomportal.web.charts import HEAT_STEPS
from ecomportal.web.counting import kept_estimate

NAME = "cohorts"
SHOWN = 12  # cohorts and months of the grid
IN_A_PAGE = 100_000  # orders that a page may go through by itself
LONG = "SET LOCAL statement_timeout = '30min'"
# Months are counted from the year 0, in the shop's time zone.
MONTH = "(extract(year FROM ordered_at AT TIME ZONE %s) * 12 + extract(month FROM ordered_at AT TIME ZONE %s) - 1)::integer"  # noqa: E501
GRID = """
WITH months AS (
    SELECT customer_id, month, sum(net_cents) AS cents FROM ({orders}) o GROUP BY 1, 2
), begun AS (
    SELECT month, cents, min(month) OVER (PARTITION BY customer_id) AS first FROM months
)
SELECT first, month - first, count(*), sum(cents)::bigint FROM begun GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Cell:
    n: int
    cents: int
    share: float  # of the cohort's customers
    step: int  # 0 to 5
    is_open: bool  # the month has not ended

    @property
    def percent(self) -> int:
        return round(100 * self.share)


@dataclass(frozen=True)
class Cohort:
    month: date
    n: int
    cells: list[Cell | None]  # by months since the first order; None has not begun

    @property
    def cents(self) -> int:
        return sum(cell.cents for cell in self.cells if cell)


@dataclass(frozen=True)
class Cohorts:
    rows: list[Cohort]
    made_at: Any

    @property
    def offsets(self) -> range:
        return range(SHOWN)


def reckoned(merchant: Merchant) -> list[list[int]]:
    """Rows of (first month, months since, customers, money), in the transaction at hand."""
    zone = merchant.timezone
    month = RawSQL(MONTH, [zone, zone], output_field=IntegerField())
    orders = counted_orders(merchant).filter(customer__isnull=False).annotate(month=month)
    columns = orders.order_by().values("customer_id", "month", "net_cents")
    sql, params = columns.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(GRID.format(orders=sql), params)
        return [list(row) for row in cursor.fetchall()]


def keep(merchant: Merchant, rows: list[list[int]]) -> KeptFigures:
    return KeptFigures.objects.update_or_create(
        merchant=merchant, name=NAME, defaults={"data": {"rows": rows}, "made_at": timezone.now()}
    )[0]


def cohorts(merchant: Merchant) -> Cohorts | None:
    """The grid as kept, or of a small shop as it is now. None where it was never reckoned."""
    if kept_estimate(merchant.orders.all(), of=f"orders {merchant.pk}") <= IN_A_PAGE:
        return _grid(reckoned(merchant), timezone.now())
    kept = merchant.kept_figures.filter(name=NAME).first()
    return _grid(kept.data["rows"], kept.made_at) if kept else None


def _grid(found: list[list[int]], made_at: Any) -> Cohorts:
    today = timezone.localtime(made_at)
    now = today.year * 12 + today.month - 1
    by_first: dict[int, dict[int, tuple[int, int]]] = {}
    for first, offset, n, cents in found:
        by_first.setdefault(first, {})[offset] = (n, cents)
    newest = sorted(by_first)[-SHOWN:]
    return Cohorts([_cohort(first, by_first[first], now) for first in reversed(newest)], made_at)


def _cohort(first: int, months: dict[int, tuple[int, int]], now: int) -> Cohort:
    size = months[0][0]

    def cell(offset: int) -> Cell | None:
        if first + offset > now:
            return None
        n, cents = months.get(offset, (0, 0))
        share = n / size
        # Of the first month everybody is there; tints tell the months after apart.
        step = min(HEAT_STEPS, ceil(share * 2 * HEAT_STEPS)) if offset else HEAT_STEPS
        return Cell(n, cents, share, step, first + offset == now)

    month = date(first // 12, first % 12 + 1, 1)
    return Cohort(month, size, [cell(offset) for offset in range(SHOWN)])


def reckon_cohorts(run: Run) -> None:
    """The job: once over all orders of a shop of any size."""
    with run.tenant():
        with connection.cursor() as cursor:
            cursor.execute(LONG)
        rows = reckoned(run.merchant)
    with run.commit(n_done=1):
        keep(run.merchant, rows)
    run.result(
        {
            "text": said("The cohorts are reckoned."),
            "url": reverse("aiassist:cohorts", args=[run.merchant.slug]),
        }
    )


def keep_after_refresh(job: Job) -> None:
    """A large shop's grid goes with its nightly profiles; a small one's is reckoned when looked at.

    All orders are gone through, which is too much for the few customers that changed since.
    """
    if job.params.get("scope") == "changed":
        return
    with tenant(job.merchant):
        merchant = job.merchant
        if kept_estimate(merchant.orders.all(), of=f"orders {merchant.pk}") > IN_A_PAGE:
            start_reckoning(merchant, None)


def start_reckoning(merchant: Merchant, user: User | None) -> Job:
    return start_job(
        tasks.reckon_cohorts, merchant, user, title=said("Reckon the cohorts"),
        dedupe_key="cohorts", n_total=1,
    )  # fmt: skip
