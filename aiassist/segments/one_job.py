"""The job that brings one segment's members up to date."""

from django.http import HttpRequest
from django.urls import reverse

from aiassist import tasks
from aiassist.profiles.models import Segment
from aiassist.segments.membership import refresh_or_say
from ecomportal.jobs.models import Job
from ecomportal.jobs.run import JobError, Run
from ecomportal.jobs.start import start_job
from ecomportal.said import said, said_n, sentences


def start_refresh(request: HttpRequest, row: Segment) -> Job:
    return start_job(
        tasks.refresh_one_segment,
        request.merchant,
        request.user,
        title=said("Refresh “%(name)s”", name=row.name),
        params={"segment_id": str(row.pk)},
        dedupe_key=str(row.pk),
        n_total=1,
    )


def refresh_one(run: Run) -> None:
    # The members first, the job's own row after them: a long statement must not hold that one,
    # which the heartbeat and a cancel need.
    with run.tenant():
        live = run.merchant.segments.filter(deleted_at=None)
        row = live.filter(pk=run.params["segment_id"]).first()
        if row is None:
            raise JobError(said("The segment was deleted meanwhile."))
        outcome = refresh_or_say(row)
        with run.commit(n_done=1):
            pass
    members = said_n("%(n)s member,", "%(n)s members,", outcome.n)
    moved = said(
        "%(entered)s entered and %(left)s left.", entered=outcome.n_entered, left=outcome.n_left
    )
    run.result(
        {
            "text": sentences(members, moved),
            "url": reverse("aiassist:segment", args=[run.merchant.slug, row.pk]),
            "link": said("Show the segment"),
        }
    )
