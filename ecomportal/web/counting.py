"""How many rows there are, up to a cap: nobody needs the exact number of a million, and counting
on would take longer than a page may."""

from collections.abc import Callable
from time import monotonic

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, QuerySet, Value

from ecomportal.web.paging import estimate

# Seconds that an estimate is kept: it changes when the database takes statistics, which is rarer.
KEPT_SECONDS = 60
MOST_KEPT = 1000
_estimates: dict[str, tuple[float, int]] = {}  # by what they are of: till when, and the number


def n_up_to(rows: QuerySet, most: int) -> Func:
    """A column of a bigger statement: the number of rows, or `most` + 1 where there are more.

    Rows are counted, not ids, so that an index alone can answer.
    """
    few = ArraySubquery(rows.order_by().values(one=Value(1))[: most + 1])
    return Func(few, function="cardinality", output_field=IntegerField())


def kept_estimate(rows: QuerySet | Callable[[], QuerySet], *, of: str) -> int:
    """About how many rows, asked of the planner once a minute; `of` says what they are. Of a
    function the rows are had only then."""
    now = monotonic()
    until, n = _estimates.get(of, (0.0, 0))
    if until < now:
        n = estimate(rows() if callable(rows) else rows)
        if len(_estimates) >= MOST_KEPT:
            _estimates.clear()
        _estimates[of] = now + KEPT_SECONDS, n
    return n
