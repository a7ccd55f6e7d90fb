"""How a job reads: its kind, its state, how long it took and how long it may take."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecomportal.jobs.models import Job, JobItem, JobStatus
from ecomportal.jobs.run import KINDS
from ecomportal.jobs.start import can_cancel, can_retry
from ecomportal.tenancy.access import EDITORS, REVIEWERS
from ecomportal.web import formats

register = template.Library()

LOOKS = {
    JobStatus.QUEUED: "",
    JobStatus.RUNNING: "accent",
    JobStatus.DONE: "ok",
    JobStatus.FAILED: "bad",
    JobStatus.DEAD: "bad",
    JobStatus.CANCELLED: "",
}
# Below this a forecast is a guess: three per cent, or a few seconds of work.
MIN_SHARE, MIN_SECONDS = 0.03, 3


@register.filter
def kind_label(kind: str) -> str:
    label = getattr(KINDS.get(kind), "label", "")
    return str(label or kind.replace("_", " ").capitalize())


@register.filter
def look(job: Job) -> str:
    """The pill's colour; a job that is done although rows failed wants to be looked at."""
    return "warn" if job.status == JobStatus.DONE and job.n_failed else LOOKS[job.status]


@register.filter
def state(job: Job) -> str:
    """The pill's word: while it runs, what it does."""
    if job.cancel_requested and not job.is_finished:
        return _("Stopping")
    if job.status == JobStatus.RUNNING and job.phase:
        return str(job.phase)
    return str(job.get_status_display())


@register.filter
def item_look(status: str) -> str:
    return {JobItem.Status.DONE: "ok", JobItem.Status.FAILED: "bad"}.get(
        status, "warn" if status == JobItem.Status.SKIPPED else ""
    )


@register.filter
def numbers(job: Job) -> str:
    """How far it came, in words: "131 of 214", or only "131" where no total is known."""
    n = job.n_done + job.n_failed
    values = {"n": formats.number(n), "total": formats.number(job.n_total)}
    if job.n_total:
        return _("%(n)s of %(total)s") % values
    return ngettext("%(n)s row", "%(n)s rows", n) % values if n else ""


@register.filter
def elapsed(job: Job) -> str:
    if job.started_at is None:
        return ""
    taken = duration((job.finished_at or timezone.now()) - job.started_at)
    return (_("took %s") if job.is_finished else _("%s gone")) % taken


@register.filter
def remaining(job: Job) -> str:
    """A forecast from the pace so far, once there is a pace to go by."""
    n = job.n_done + job.n_failed
    if job.status != JobStatus.RUNNING or not job.started_at or not job.n_total or not n:
        return ""
    taken = (timezone.now() - job.started_at).total_seconds()
    if taken < MIN_SECONDS or n / job.n_total < MIN_SHARE:
        return ""
    left = timedelta(seconds=max(0, job.n_total - n) * taken / n)
    minutes = round(left.total_seconds() / 60)
    # A forecast to the second would claim to know what it does not.
    words = _("%(m)d min") % {"m": minutes} if 0 < minutes < 60 else duration(left)
    return _("about %s left") % words


def duration(delta: timedelta) -> str:
    seconds = max(0, round(delta.total_seconds()))
    if not seconds:
        return _("less than a second")
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return _("%(h)d h %(m)d min") % {"h": hours, "m": minutes}
    if minutes:
        return _("%(m)d min %(s)d s") % {"m": minutes, "s": seconds % 60}
    return _("%(s)d s") % {"s": seconds}


@register.filter
def clock(moment: str) -> str:
    """A log line's time of day, in the shop's time zone."""
    parsed: datetime | None = parse_datetime(moment)
    return timezone.localtime(parsed).strftime("%H:%M:%S") if parsed else ""


@register.simple_tag(takes_context=True)
def allowed(context: dict[str, Any], job: Job) -> dict[str, bool]:
    """Which buttons this person gets."""
    role, user = context.get("role"), context.get("user")
    is_own = role in REVIEWERS and job.created_by_id == getattr(user, "pk", None)
    if not (role in EDITORS or is_own):
        return {}
    return {"cancel": can_cancel(job), "retry": can_retry(job)}
