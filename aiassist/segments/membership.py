"""Who is in a segment: brought up to date as a difference, so that every move is remembered."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from aiassist.profiles.models import Segment, SegmentDay
from aiassist.segments.language import Rule, RuleError, customers_matching, parse
from aiassist.segments.rfm_days import last_night, last_week, shop_day
from ecomportal.jobs.run import Run
from ecomportal.said import Said, said
from ecomportal.tenancy.models import Merchant, User
from ecomportal.webhooks import emit

log = logging.getLogger(__name__)
HOUR = timedelta(minutes=55)  # less than an hour, so that a round a little early is not missed
MAX_TRIES = 3  # where customers are erased at the very moment at which they enter
# In jobs alone; pages have 60 seconds.
LONG = "SET LOCAL statement_timeout = '15min'"
TRANSIENT = ("55P03", "40P01")  # somebody else held a row: the next round tries again
TOO_SLOW = "57014"
NOBODY = "SELECT id FROM catalog_customer WHERE false", ()

MOVE = """
WITH found (id) AS MATERIALIZED ({found}),
gone AS (
    DELETE FROM aiassist_segmentmember m WHERE m.segment_id = %s
    AND NOT EXISTS (SELECT FROM found f WHERE f.id = m.customer_id) RETURNING m.customer_id
),
come AS (
    INSERT INTO aiassist_segmentmember (merchant_id, segment_id, customer_id, since)
    SELECT %s, %s, f.id, %s FROM found f WHERE NOT EXISTS (
        SELECT FROM aiassist_segmentmember m WHERE m.segment_id = %s AND m.customer_id = f.id
    ) RETURNING customer_id
),
moves AS (
    INSERT INTO aiassist_segmentmove (merchant_id, segment_id, customer_id, has_entered, at)
    SELECT %s, %s, customer_id, is_new, %s FROM (
        SELECT customer_id, true FROM come UNION ALL SELECT customer_id, false FROM gone
    ) both_ways (customer_id, is_new)
)
SELECT (SELECT count(*) FROM found), (SELECT count(*) FROM come), (SELECT count(*) FROM gone)
"""
COPY = """
INSERT INTO aiassist_segmentmember (merchant_id, segment_id, customer_id, since)
SELECT merchant_id, %s, customer_id, %s FROM aiassist_segmentmember WHERE segment_id = %s
"""
# One row a day: what came and went in it adds up.
DAY = """
INSERT INTO aiassist_segmentday AS d (merchant_id, segment_id, day, n_members, n_entered, n_left)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (segment_id, day) DO UPDATE SET
    n_members = EXCLUDED.n_members, n_entered = d.n_entered + EXCLUDED.n_entered,
    n_left = d.n_left + EXCLUDED.n_left
"""


class Outcome(NamedTuple):
    """Members now, and how many entered and left just now."""

    n: int
    n_entered: int
    n_left: int


# --- One segment ---------------------------------------------------------------------------------


def refresh_segment(segment: Segment, *, at: datetime | None = None) -> Outcome:
    """Fit the members to the rule, in one transaction; call it inside the shop's tenant.

    A fixed list and a deleted segment stay as they are. A rule that cannot be carried out (it
    names a segment that is gone) leaves the members and says so in `problem`.
    """
    for n_try in range(1, MAX_TRIES + 1):
        try:
            with transaction.atomic():
                return _refresh(segment, at or timezone.now())
        except IntegrityError:
            if n_try == MAX_TRIES:
                raise
    raise AssertionError("unreachable")


def _refresh(segment: Segment, at: datetime) -> Outcome:
    began = time.perf_counter()
    locked = Segment.objects.select_for_update(no_key=True, of=("self",))
    row = locked.select_related("merchant").get(pk=segment.pk)
    if row.is_static or row.deleted_at:
        return Outcome(row.n_members, 0, 0)
    try:
        rule = parse(row.rule)
        found = _found(row.merchant, rule, at)
    except RuleError as error:
        return _kept(row, segment, error.message)
    outcome = _moved(row, found, at)
    _remember(row, outcome, at)
    facts = {
        "n_members": outcome.n,
        "refreshed_at": at,
        "build_ms": round((time.perf_counter() - began) * 1000),
        "problem": "",
    }
    _write(row, segment, facts)
    _tell(row, outcome, at)
    return outcome


def _found(merchant: Merchant, rule: Rule, at: datetime) -> tuple[str, tuple[Any, ...]]:
    """The ids of those the rule fits as a statement with its parameters, made by the ORM."""
    matching = customers_matching(merchant, rule, now=at).order_by().values_list("pk")
    try:
        return matching.query.sql_with_params()
    except EmptyResultSet:
        return NOBODY


def _moved(row: Segment, found: tuple[str, tuple[Any, ...]], at: datetime) -> Outcome:
    sql, params = found
    own = [row.merchant_id, row.pk]
    with connection.cursor() as cursor:
        cursor.execute(MOVE.format(found=sql), [*params, row.pk, *own, at, row.pk, *own, at])
        outcome = Outcome(*cursor.fetchone())
        # A customer who was erased meanwhile is found out here, where it can be tried again.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return outcome


def _kept(row: Segment, segment: Segment, problem: Said | str) -> Outcome:
    _write(row, segment, {"problem": problem})
    return Outcome(row.n_members, 0, 0)


def _write(row: Segment, segment: Segment, facts: dict[str, Any]) -> None:
    Segment.objects.filter(pk=row.pk).update(**facts)
    for name, value in facts.items():
        setattr(segment, name, value)


def _remember(row: Segment, outcome: Outcome, at: datetime) -> None:
    day = shop_day(row.merchant, at)
    with connection.cursor() as cursor:
        cursor.execute(DAY, [row.merchant_id, row.pk, day, *outcome])


def _tell(row: Segment, outcome: Outcome, at: datetime) -> None:
    if not (outcome.n_entered or outcome.n_left):
        return
    payload = {
        "segment": {"id": row.pk, "name": row.name},
        "n_members": outcome.n,
        "n_entered": outcome.n_entered,
        "n_left": outcome.n_left,
        "refreshed_at": at,
    }
    emit(row.merchant, "segment.changed", payload)


def copy_static(segment: Segment, name: str, user: User | None) -> Segment:
    """A fixed list of whoever is in the segment now; raises IntegrityError where the name is
    taken. The rule is kept for reading only."""
    now = timezone.now()
    with transaction.atomic():
        copy = Segment.objects.create(
            merchant_id=segment.merchant_id,
            name=name,
            description=segment.description,
            rule=segment.rule,
            is_static=True,
            schedule=Segment.Schedule.NEVER,
            refreshed_at=now,
            created_by=user if getattr(user, "pk", None) else None,
        )
        with connection.cursor() as cursor:
            cursor.execute(COPY, [copy.pk, now, segment.pk])
            copy.n_members = cursor.rowcount
        copy.save(update_fields=["n_members"])
        day = shop_day(segment.merchant, now)
        SegmentDay.objects.create(
            merchant_id=copy.merchant_id, segment=copy, day=day, n_members=copy.n_members
        )
    return copy


# --- Several -------------------------------------------------------------------------------------


def refresh_segments(run: Run, segments: Iterable[Segment] | None = None) -> int:
    """All that are given, or that are live and not fixed, each in a transaction of its own; those
    whose members others ask for come first. Returns how many changed.

    After a kill, those that were refreshed since the job began are not done again.
    """
    with run.tenant():
        chosen = segments if segments is not None else _live(run.merchant)
        waiting = [
            one
            for one in in_order(chosen)
            if one.refreshed_at is None or one.refreshed_at < run.job.created_at
        ]
    n_changed = 0
    for segment in waiting:
        run.check()
        # The job is locked last, for the lease is to be renewed while a long statement runs.
        with run.tenant():
            outcome = refresh_or_say(segment)
            with run.commit():
                pass
        n_changed += bool(outcome.n_entered or outcome.n_left)
    return n_changed


def refresh_or_say(segment: Segment) -> Outcome:
    """The same in a job, with time for it: one in trouble stops no other, and says what it is."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(LONG)
            return refresh_segment(segment)
    except (OperationalError, DataError) as error:
        log.warning("Segment %s was not refreshed: %s", segment.pk, error)
        state = getattr(error.__cause__, "sqlstate", None)
        if state in TRANSIENT:
            return Outcome(segment.n_members, 0, 0)
        return _kept(segment, segment, _trouble(state))


def _trouble(state: str | None) -> Said:
    if state == TOO_SLOW:
        return said("The rule takes too long to find its members.")
    return said("The rule reckons with values that are too large or of the wrong kind.")


def _live(merchant: Merchant) -> Iterable[Segment]:
    return merchant.segments.filter(deleted_at=None, is_static=False).order_by("created_at")


def in_order(segments: Iterable[Segment]) -> list[Segment]:
    """Each after those its rule refers to. Where a circle got in by hand, it is cut somewhere."""
    by_name = {segment.name.casefold(): segment for segment in segments}
    done: dict[str, Segment] = {}

    def visit(name: str, above: frozenset[str]) -> None:
        if name in done or name in above or name not in by_name:
            return
        for other in _referred(by_name[name]):
            visit(other, above | {name})
        done[name] = by_name[name]

    for name in by_name:
        visit(name, frozenset())
    return list(done.values())


def _referred(segment: Segment) -> list[str]:
    try:
        return sorted(name.casefold() for name in parse(segment.rule).segments())
    except RuleError:
        return []


def is_due(segment: Segment, merchant: Merchant, now: datetime) -> bool:
    """Whether the segment's own schedule asks for a refresh."""
    if segment.is_static or segment.deleted_at or segment.schedule == Segment.Schedule.NEVER:
        return False
    if segment.refreshed_at is None:
        return True
    since = {
        Segment.Schedule.HOURLY: now - HOUR,
        Segment.Schedule.DAILY: last_night(merchant, now),
        Segment.Schedule.WEEKLY: last_week(merchant, now),
    }[Segment.Schedule(segment.schedule)]
    return segment.refreshed_at < since
