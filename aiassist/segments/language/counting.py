"""How many customers a rule fits, fast enough to count while somebody types.

The number is exact wherever the planner finds that cheap, which it does for all rules about
attributes. Where every customer's orders or views would have to be read, a sample is: customers
are drawn into 1,000 lots when they are written, so that some lots are a fair sample, and the
number comes with the interval that holds the true one in 95 of 100 cases.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from math import ceil, sqrt
from time import monotonic
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Count as CountOf
from django.db.models import Q, QuerySet
from psycopg.errors import QueryCanceled

from aiassist.segments.language.book import ATTRIBUTES
from aiassist.segments.language.compiler import CUSTOMERS, PROFILES, Compiler, Root
from aiassist.segments.language.describe import tree_words
from aiassist.segments.language.errors import RuleError
from aiassist.segments.language.rules import Rule
from aiassist.segments.language.tree import Call, Compare, Group, Tree
from catalog.orders.models import Customer
from ecomportal.said import Said, said
from ecomportal.tenancy.models import Merchant

PREVIEW_SECONDS = 5  # that a count may take before it is given up
FEW = 20_000  # customers that are always counted exactly
SAMPLE = 10_000  # customers that speak for all of a larger shop
LOTS = 1000
# The planner's units: what the orders of some 50,000 customers cost to look up.
DEAR = 20_000
# A million customers fit in memory while they are joined; code made for one count never pays.
FOR_COUNTING = {"work_mem": "64MB", "jit": "off"}
Z = 1.96  # of the interval: 95 %
KEPT_SECONDS = 60  # that the number of all customers of a shop is kept
MOST_KEPT = 1000
_all: dict[int, tuple[float, int]] = {}  # by shop: till when, and the number


class RuleTooSlow(RuleError):
    """The rule is right but takes longer than a preview may."""

    def __init__(self) -> None:
        reason = said(
            "This rule takes more than %(n)s seconds to count. Save it, and a job finds its "
            "customers; or make a segment of a part of it and use that with in_segment('...').",
            n=PREVIEW_SECONDS,
        )
        super().__init__(reason)


@dataclass(frozen=True)
class Count:
    """`low` and `high` are equal to `n` where it is exact; `n_of` is how many customers there
    are, `n_sampled` how many of them were looked at."""

    n: int
    low: int
    high: int
    is_exact: bool
    n_of: int
    n_sampled: int
    ms: int


@dataclass(frozen=True)
class Step:
    """How many are left after a part of the rule and all before it."""

    words: Said
    n: int


def live_count(
    merchant: Merchant, rule: Rule, *, is_exact: bool = False, now: datetime | None = None
) -> Count:
    """Count who fits; raises RuleTooSlow where not even a sample is counted in time."""
    began = monotonic()
    with at_most(PREVIEW_SECONDS):
        n_of = n_customers(merchant)
        rows = _rows(merchant, rule, now)
        if is_exact or n_of <= FEW or not _is_dear(rule, rows):
            n = rows.count()
            return Count(n, n, n, True, n_of, n_of, _ms(began))
        return _sampled(merchant, rule, n_of=n_of, now=now, began=began)


def some_matching(
    merchant: Merchant, rule: Rule, *, most: int = 20, now: datetime | None = None
) -> list[Customer]:
    """A few customers the rule fits, to look at; of a large shop some that are in the sample, so
    that they are no particular ones, and others only where those are too few."""
    with at_most(PREVIEW_SECONDS):
        n_of = n_customers(merchant)
        if n_of > FEW:
            fitting = Compiler(merchant, now=now, is_few=True).condition(rule.tree)
            found = list(_sample(merchant, n_of).filter(fitting).select_related("profile")[:most])
            if len(found) == most or _is_dear(rule, _rows(merchant, rule, now)) and found:
                return found
        rows = merchant.customers.filter(Compiler(merchant, now=now).condition(rule.tree))
        return list(rows.select_related("profile")[:most])


def clause_counts(
    merchant: Merchant, rule: Rule, *, now: datetime | None = None
) -> list[tuple[Said, int]]:
    """What each part of the rule leaves, in words and in the order of the text: parts that must
    all hold narrow one after the other; others are counted each by itself."""
    return [(step.words, step.n) for step in funnel(merchant, rule, now=now)]


def funnel(merchant: Merchant, rule: Rule, *, now: datetime | None = None) -> list[Step]:
    parts, is_all = _parts(rule.tree)
    with at_most(PREVIEW_SECONDS):
        counts = _counts(merchant, rule, _narrowing(parts, is_all=is_all), now)
    words = [tree_words(part, merchant.currency) for part in parts]
    return [Step(*pair) for pair in zip(words, counts, strict=True)]


def n_customers(merchant: Merchant) -> int:
    """All customers of a shop, counted once a minute where they are many."""
    until, n = _all.get(merchant.pk, (0.0, 0))
    if until < monotonic():
        n = merchant.customers.count()
        if len(_all) >= MOST_KEPT:
            _all.clear()
        # A small shop is counted at once, and its owner sees each new customer appear.
        if n > FEW:
            _all[merchant.pk] = monotonic() + KEPT_SECONDS, n
    return n


# --- Exactly ---------------------------------------------------------------------------------


def _rows(merchant: Merchant, rule: Rule, now: datetime | None) -> QuerySet:
    """The one table that suffices, where one does: a join of a million rows is dear."""
    root = root_of(rule)
    rows = merchant.customer_profiles if root is PROFILES else merchant.customers
    return rows.filter(Compiler(merchant, root=root, now=now).condition(rule.tree))


def root_of(rule: Rule) -> Root:
    asked = [ATTRIBUTES[c.attribute] for c in rule.clauses() if isinstance(c, Compare)]
    return CUSTOMERS if not asked or any(a.is_of_customer for a in asked) else PROFILES


def _is_dear(rule: Rule, rows: QuerySet) -> bool:
    """Whether it reads what customers did (members of segments are one more attribute), and the
    planner expects a lot of it."""
    calls = {clause.name for clause in rule.clauses() if isinstance(clause, Call)}
    if calls <= {"in_segment"}:
        return False
    plan = json.loads(rows.order_by().values("pk").explain(format="json") or "[]")
    if not plan:  # nobody can fit, and nobody is asked
        return False
    return plan[0]["Plan"]["Total Cost"] > DEAR


# --- From a sample ---------------------------------------------------------------------------


def _sampled(
    merchant: Merchant, rule: Rule, *, n_of: int, now: datetime | None, began: float
) -> Count:
    sample = _sample(merchant, n_of)
    fitting = Compiler(merchant, now=now, is_few=True).condition(rule.tree)
    found = sample.aggregate(n=CountOf("pk"), hits=CountOf("pk", filter=fitting))
    n, low, high = _projected(found["hits"], found["n"], n_of)
    return Count(n, low, high, False, n_of, found["n"], _ms(began))


def _sample(merchant: Merchant, n_of: int) -> QuerySet:
    n_lots = min(LOTS, ceil(SAMPLE * LOTS / max(n_of, 1)))
    return merchant.customers.filter(lot__lt=n_lots).order_by()


def _projected(hits: int, n_sampled: int, n_of: int) -> tuple[int, int, int]:
    """How many of all, with the ends of Wilson's interval (Wilson 1927), narrowed for a sample
    that is a good part of all."""
    if n_sampled == 0:
        return 0, 0, n_of
    share, z2 = hits / n_sampled, Z * Z
    left_out = sqrt(max(n_of - n_sampled, 0) / max(n_of - 1, 1))
    middle = (share + z2 / (2 * n_sampled)) / (1 + z2 / n_sampled)
    half = Z * sqrt(share * (1 - share) / n_sampled + z2 / (4 * n_sampled**2))
    half = half * left_out / (1 + z2 / n_sampled)
    n = round(share * n_of)
    # The narrowed interval is not about the share itself, but must hold it.
    low = max(hits, min(n, round((middle - half) * n_of)))
    high = min(n_of - (n_sampled - hits), max(n, round((middle + half) * n_of)))
    return n, low, high


# --- Part by part ----------------------------------------------------------------------------


def _parts(tree: Tree) -> tuple[list[Tree], bool]:
    return (list(tree.parts), tree.is_all) if isinstance(tree, Group) else ([tree], True)


def _narrowing(parts: list[Tree], *, is_all: bool) -> list[Tree]:
    if not is_all:
        return parts
    return [Group(True, tuple(parts[: k + 1])) for k in range(len(parts))]


def _counts(merchant: Merchant, rule: Rule, trees: list[Tree], now: datetime | None) -> list[int]:
    """All numbers in one statement, which reads each customer once."""
    n_of, root = n_customers(merchant), root_of(rule)
    has_calls = any(isinstance(clause, Call) for clause in rule.clauses())
    if not has_calls:
        rows = merchant.customer_profiles if root is PROFILES else merchant.customers
        compiler = Compiler(merchant, root=root, now=now)
    else:
        rows, compiler = _sample(merchant, n_of), Compiler(merchant, now=now, is_few=True)
    columns: dict[str, Any] = {
        f"n{k}": CountOf("pk", filter=compiler.condition(tree)) for k, tree in enumerate(trees)
    }
    found = rows.order_by().aggregate(all=CountOf("pk", filter=Q()), **columns)
    counts = [found[f"n{k}"] for k in range(len(trees))]
    n_seen = found["all"]
    is_sample = has_calls and n_seen < n_of
    return [_projected(hits, n_seen, n_of)[0] for hits in counts] if is_sample else counts


# --- Time ------------------------------------------------------------------------------------


def _ms(began: float) -> int:
    return round((monotonic() - began) * 1000)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Give up statements that take longer; what ran before in the transaction is kept."""
    try:
        with transaction.atomic():
            before = _set({"statement_timeout": f"{round(seconds * 1000)}", **FOR_COUNTING})
            yield
            _set(before)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise RuleTooSlow from None
        raise


def _set(values: dict[str, str]) -> dict[str, str]:
    """Settings until the end of the transaction; returns what they were."""
    names = list(values)
    one = "current_setting(%s), set_config(%s, %s, true)"
    parameters = [part for name in names for part in (name, name, values[name])]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([one] * len(names))}", parameters)
        return dict(zip(names, cursor.fetchone()[::2], strict=True))
