"""The job that brings a shop's customers up to date: profiles, predictions, personas, members.

Each step commits by itself and is counted when it is done, so a job that was killed goes on with
the step it was in. A step may be carried out twice: it writes what follows from orders and chats,
and only where that differs.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone

from aiassist import tasks
from aiassist.profiles.models import ProfileRefresh, Segment, SegmentMove
from aiassist.segments.membership import is_due, refresh_segments
from aiassist.segments.rfm import (
    has_changes,
    is_outdated,
    latest_refresh,
    refresh_all,
    refresh_changed,
    write_history,
)
from aiassist.segments.rfm_days import last_night
from aiassist.segments.rfm_report import count_groups, write_day
from ecomportal.jobs.models import Job
from ecomportal.jobs.run import Run
from ecomportal.jobs.start import start_job
from ecomportal.said import Said, said, said_n, sentences
from ecomportal.tenancy.models import Merchant, User

ALONE = "build_segments"  # one at a time in a shop
# Customers up to which a shop that was never counted gets its groups of the last twelve weeks:
# each of the weeks is reckoned from all orders until then.
HISTORY_MAX = 100_000


def start_build(
    merchant: Merchant, user: User | None, *, scope: str = "full", segments: str = "all"
) -> Job:
    """`scope` "full" or "changed" (customers whose orders or chats changed since the last time);
    `segments` "all" or "due" (by their schedules)."""
    title = said("Reckon all customers") if scope == "full" else said("Refresh changed customers")
    return start_job(
        tasks.build_segments,
        merchant,
        user,
        title=title,
        params={"scope": scope, "segments": segments},
        dedupe_key=ALONE,
        n_total=len(STEPS),
    )


def build_segments(run: Run) -> None:
    run.set_total(len(STEPS))
    for step in STEPS[run.job.n_done :]:
        run.check()
        run.phase(step.label)
        step.body(run)
        with run.commit(n_done=1):
            pass
    run.result(_result(run))


# --- Steps ---------------------------------------------------------------------------------------


def reckon(run: Run) -> None:
    refresh = refresh_changed if run.params.get("scope") == "changed" else refresh_all
    row = refresh(run.merchant, job=run.job, commit=run.commit)
    if row.n_customers <= HISTORY_MAX and row.is_full:
        with run.commit():
            if not run.merchant.group_days.exists():
                write_history(run.merchant)


def predict(run: Run) -> None:
    from aiassist.segments.clv_job import predict  # late: it loads torch

    predict(run)


def group_by_taste(run: Run) -> None:
    if run.params.get("scope") == "changed":
        return  # tastes move slowly: once a night
    from aiassist.segments.personas_job import refresh_personas  # late: it loads numpy

    refresh_personas(run)


def refresh_members(run: Run) -> None:
    with run.tenant():
        live = run.merchant.segments.filter(deleted_at=None, is_static=False)
        chosen = [one for one in live.order_by("created_at") if _is_wanted(run, one)]
    refresh_segments(run, chosen)


def count_members(run: Run) -> None:
    with run.commit():
        counted = count_groups(run.merchant)
        write_day(run.merchant, counted)
        row = latest_refresh(run.merchant)
        row.data |= counted
        row.save(update_fields=["data"])


def _is_wanted(run: Run, segment: Segment) -> bool:
    # By the moment the job was asked for: one that was killed in between goes on with the same.
    asked_at = run.job.created_at
    if run.params.get("segments") != "due":
        return True
    if segment.problem and run.params.get("scope") == "changed":
        return False  # until it is edited, once a night is enough
    return is_due(segment, run.merchant, asked_at)


class Step(NamedTuple):
    label: Said
    body: Callable[[Run], None]


STEPS = (
    Step(said("Reckoning orders and chats"), reckon),
    Step(said("Predicting orders and value"), predict),
    Step(said("Finding personas"), group_by_taste),
    Step(said("Refreshing segments"), refresh_members),
    Step(said("Counting groups"), count_members),
)


# --- What came of it -----------------------------------------------------------------------------


def _result(run: Run) -> dict[str, Any]:
    with run.tenant():
        row = run.merchant.profile_refreshes.filter(job=run.job).order_by("-started_at").first()
        moves = SegmentMove.objects.filter(merchant=run.merchant, at__gte=run.job.created_at)
        text = _text(row, moves.count())
    url = reverse("aiassist:segments", args=[run.merchant.slug])
    return {"text": text, "url": url, "link": said("Show the segments")}


def _text(row: ProfileRefresh, n_moves: int) -> Said:
    n, n_changed = row.n_customers, row.n_changed
    giants, currencies = row.data["giants"], row.data["left_out"]["currencies"]
    return sentences(
        said_n("%(n)s customer looked at,", "%(n)s customers looked at,", n),
        said_n("%(n)s profile changed.", "%(n)s profiles changed.", n_changed),
        n_moves and said_n("%(n)s move in segments.", "%(n)s moves in segments.", n_moves),
        giants and said("Very large orders count with a limit."),
        currencies
        and said("Left out for want of a rate: orders in %(codes)s.", codes=sorted(currencies)),
    )


# --- The clock -----------------------------------------------------------------------------------


def scope_due(merchant: Merchant, now: datetime | None = None) -> str:
    """What the shop's clock asks for now: "full", "changed" or ""; inside the shop's tenant."""
    now = now or timezone.now()
    if not merchant.customers.exists():
        return ""
    done = merchant.profile_refreshes.filter(finished_at__isnull=False)
    full = done.filter(is_full=True).order_by("-started_at").first()
    if full is None or full.started_at < last_night(merchant, now):
        return "full"
    last = latest_refresh(merchant)
    if is_outdated(merchant, last):
        return "full"
    if has_changes(merchant, last.seen_until):
        return "changed"
    # One in trouble would be due for ever: it waits for the night, or for an edit.
    live = merchant.segments.filter(deleted_at=None, is_static=False, problem="")
    return "changed" if any(is_due(one, merchant, now) for one in live) else ""
