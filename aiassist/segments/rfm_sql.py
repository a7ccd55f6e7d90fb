"""The one statement that reckons profiles from orders and chats, in its three forms.

All of it happens where the rows are: fetching ten million orders costs more than reckoning them.

- A *day* of a customer is what the purchase models call a transaction, so orders of one day are
  added up first. Sums run as float8, which holds whole cents exactly up to 2^53 and is several
  times as fast as PostgreSQL's numeric sums of bigint.
- The *cap*: an order above `exp(median + 3.5 / 0.6745 * MAD)`, both of the logarithms of the
  latest orders, is an outlier by the modified z-score of Iglewicz and Hoaglin ("How to Detect and
  Handle Outliers", 1993), whose bound is 3.5. It counts with that limit (winsorised). An order
  below ten times the median is never cut, for some shops sell at one price.
- *Scores* are quintiles by `percentile_cont` and `width_bucket`. A value equal to a limit lies in
  the lower fifth of orders and money, and in the upper one of days: equal customers get equal
  scores, those who ordered once get F 1 however many they are, those who ordered today R 5.
"""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from aiassist.segments.rfm_groups import flat
from ecomportal.tenancy.models import Merchant

FIFTHS = [0.2, 0.4, 0.6, 0.8]
N_RECENT, N_ENOUGH = 20_000, 20  # orders that the cap is made of, and how many it takes
MAX_Z, Z_OF_MAD, LEAST_TIMES = 3.5, 0.6745, 10

ROWS = "rfm_rows"  # temporary: what is to be written, and one row without a customer that tells
TOUCHED = "rfm_touched"  # temporary: whom to look at again

COUNTED = "counted AS NOT MATERIALIZED ({orders})"
CAP = f"""
recent AS (
    SELECT ln(net_cents) AS size FROM (
        SELECT net_cents FROM ({{orders}}) o WHERE net_cents > 0
        ORDER BY ordered_at DESC LIMIT {N_RECENT}
    ) latest
),
middle AS (
    SELECT count(*) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY size) AS size FROM recent
),
spread AS (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(r.size - m.size)) AS size
    FROM recent r, middle m
),
cap AS MATERIALIZED (
    SELECT CASE WHEN m.n >= {N_ENOUGH} THEN
        ceil(exp(m.size + greatest({MAX_Z} / {Z_OF_MAD} * s.size, ln({LEAST_TIMES}))))
    END::float8 AS cents FROM middle m, spread s
)"""
KEPT_CAP = "cap AS MATERIALIZED (SELECT %(cap)s::float8 AS cents)"

# A day and what it brought in one number, so that the least of them tells the first day's money.
SUMS = """
days AS (
    SELECT customer_id, (ordered_at AT TIME ZONE %(zone)s)::date - DATE '2000-01-01' AS day,
        count(*) AS n, sum(net_cents::float8) AS spent,
        sum(least(net_cents::float8, (SELECT cents FROM cap))) AS capped,
        min(ordered_at) AS first_at, max(ordered_at) AS last_at
    FROM counted GROUP BY 1, 2
),
sums AS MATERIALIZED (
    SELECT customer_id, sum(n)::int AS n_orders, sum(spent) AS spent, sum(capped) AS capped,
        min(first_at) AS first_at, max(last_at) AS last_at, max(day)::float8 AS day,
        count(*)::int - 1 AS n_repeats, max(day) - min(day) AS last_repeat,
        min(day::bigint << 46 | capped::bigint) & (1::bigint << 46) - 1 AS first_capped
    FROM days GROUP BY 1
)"""
LIMITS = """
limits AS MATERIALIZED (
    SELECT count(*) AS n, percentile_cont(%(fifths)s) WITHIN GROUP (ORDER BY day) AS r,
        percentile_cont(%(fifths)s) WITHIN GROUP (ORDER BY -n_orders) AS f,
        percentile_cont(%(fifths)s) WITHIN GROUP (ORDER BY -capped) AS m
    FROM sums
)"""
KEPT_LIMITS = """
limits AS MATERIALIZED (
    SELECT 0 AS n, %(r)s::float8[] AS r, %(f)s::float8[] AS f, %(m)s::float8[] AS m
)"""
SCORED = """
scores AS (
    SELECT s.*, 1 + width_bucket(s.day, l.r) AS r_score,
        5 - width_bucket(-s.n_orders::float8, l.f) AS f_score,
        5 - width_bucket(-s.capped, l.m) AS m_score
    FROM sums s CROSS JOIN limits l
),
scored AS (
    SELECT *, (%(groups)s::text[])[5 * (r_score - 1) + (f_score + m_score + 1) / 2] AS rfm_group
    FROM scores
)"""
CHATS = """
chats AS MATERIALIZED (
    SELECT c.customer_id, count(*) AS n,
        count(*) FILTER (WHERE coalesce(NOT r.is_resolved, c.status <> 'closed')) AS n_unresolved,
        (array_agg(r.sentiment ORDER BY c.started_at DESC) FILTER (WHERE r.sentiment <> ''))[1]
            AS sentiment,
        avg(c.csat)::float8 AS csat, max(c.started_at) AS last_at
    FROM catalog_conversation c LEFT JOIN aiassist_conversationreading r
        ON r.conversation_id = c.id AND r.merchant_id = c.merchant_id
    WHERE c.merchant_id = %(merchant)s AND c.customer_id IS NOT NULL {whose}
    GROUP BY 1
)"""
# Column of the profile -> how it is made; the order is that of both sides of the comparison.
COLUMNS = {
    "n_orders": "coalesce(s.n_orders, 0)",
    "spent_cents": "coalesce(s.spent, 0)::bigint",
    "capped_cents": "coalesce(s.capped, 0)::bigint",
    "average_cents": "round(s.spent / s.n_orders)::bigint",
    "first_order_at": "s.first_at",
    "last_order_at": "s.last_at",
    "r_score": "s.r_score::smallint",
    "f_score": "s.f_score::smallint",
    "m_score": "s.m_score::smallint",
    "rfm_group": "coalesce(s.rfm_group, '')",
    "n_repeats": "coalesce(s.n_repeats, 0)",
    "last_repeat_days": "coalesce(s.last_repeat, 0)::float8",
    "repeat_cents": "CASE WHEN s.n_repeats > 0 THEN "
    "round((s.capped - s.first_capped) / s.n_repeats)::bigint END",
    "n_chats": "coalesce(c.n, 0)::int",
    "n_unresolved": "coalesce(c.n_unresolved, 0)::int",
    "chat_sentiment": "coalesce(c.sentiment, '')",
    "csat": "c.csat",
    "last_chat_at": "c.last_at",
}
NEW = ", ".join(f"{made} AS {name}" for name, made in COLUMNS.items())
DIFFERENCES = f"""
SELECT p.customer_id, {NEW}, NULL::jsonb AS told FROM aiassist_customerprofile p
LEFT JOIN scored s ON s.customer_id = p.customer_id
LEFT JOIN chats c ON c.customer_id = p.customer_id
WHERE p.merchant_id = %(merchant)s {{whose}}
AND ({", ".join(f"p.{name}" for name in COLUMNS)})
    IS DISTINCT FROM ({", ".join(COLUMNS.values())})
UNION ALL
SELECT NULL, {", ".join("NULL" for _ in COLUMNS)}, jsonb_build_object(
    'n_buyers', l.n, 'r', l.r, 'f', l.f, 'm', l.m, 'cap', c.cents
) FROM limits l, cap c
"""
GROUPS = "SELECT rfm_group, count(*) FROM scored GROUP BY 1"
WRITE = f"""
UPDATE aiassist_customerprofile p SET
    former_group = CASE WHEN p.rfm_group NOT IN ('', r.rfm_group) THEN p.rfm_group
        ELSE p.former_group END,
    moved_at = CASE WHEN p.rfm_group NOT IN ('', r.rfm_group) THEN %(at)s ELSE p.moved_at END,
    refreshed_at = %(at)s, {", ".join(f"{name} = r.{name}" for name in COLUMNS)}
FROM {ROWS} r WHERE p.customer_id = r.customer_id AND p.merchant_id = %(merchant)s
    AND r.ctid >= %(first)s::tid AND r.ctid < %(end)s::tid
"""


def of_all(orders: QuerySet) -> str:
    """All profiles that differ, with limits and cap made anew."""
    parts = [COUNTED, CAP, SUMS, LIMITS, SCORED, CHATS.replace("{whose}", "")]
    return _made(parts, DIFFERENCES.format(whose=""), orders)


def of_touched(orders: QuerySet) -> str:
    """Profiles of TOUCHED that differ, by limits and cap that were kept."""
    parts = [COUNTED, KEPT_CAP, SUMS, KEPT_LIMITS, SCORED, CHATS.replace("{whose}", _among("c"))]
    return _made(parts, DIFFERENCES.format(whose=_among("p")), orders)


def of_groups(orders: QuerySet) -> str:
    """How many customers each group has, by these orders alone."""
    return _with([COUNTED, CAP, SUMS, LIMITS, SCORED], GROUPS, orders)


def params(merchant: Merchant, **more: Any) -> dict[str, Any]:
    own = {"merchant": merchant.pk, "zone": merchant.timezone}
    return {**own, "fifths": FIFTHS, "groups": flat(), **more}


def _made(parts: list[str], select: str, orders: QuerySet) -> str:
    return f"CREATE TEMP TABLE {ROWS} AS {_with(parts, select, orders)}"


def _with(parts: list[str], select: str, orders: QuerySet) -> str:
    text = ",\n".join(part.replace("{orders}", inlined(orders)) for part in parts)
    return f"WITH {text}\n{select}"


def inlined(orders: QuerySet) -> str:
    """What the ORM asks for, to stand inside a statement that has parameters of its own."""
    named = orders.order_by().values("customer_id", "ordered_at", "net_cents")
    sql = connection.ops.compose_sql(*named.query.sql_with_params())
    return sql.replace("%", "%%")


def _among(table: str) -> str:
    return f"AND {table}.customer_id IN (SELECT customer_id FROM {TOUCHED})"
