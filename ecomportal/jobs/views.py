"""The Jobs pages: the list, one job, its progress as a fragment, cancel and retry."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ecomportal.jobs.models import LIVE, Job, JobItem, JobStatus
from ecomportal.jobs.start import AlreadyRunning, can_retry, cancel_job, retry_job
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, EVERYONE, REVIEWERS, merchant_required
from ecomportal.web.paging import cursor_of, keyset_page

PAGE_SIZE = 50
MAX_ITEMS = 100  # failed and held rows shown on a job's page
MAX_CARDS = 5  # running jobs shown with their progress above the list

FILTERS = {
    "": (gettext_lazy("All"), Q()),
    "live": (gettext_lazy("Running"), Q(status__in=LIVE)),
    "done": (gettext_lazy("Done"), Q(status=JobStatus.DONE)),
    "failed": (gettext_lazy("Failed"), Q(status__in=[JobStatus.FAILED, JobStatus.DEAD])),
    "cancelled": (gettext_lazy("Cancelled"), Q(status=JobStatus.CANCELLED)),
}


@require_safe
@merchant_required(*EVERYONE)
def jobs(request: HttpRequest) -> HttpResponse:
    chosen = request.GET.get("status", "")
    chosen = chosen if chosen in FILTERS else ""
    kind = request.GET.get("kind", "")
    rows = request.merchant.jobs.filter(FILTERS[chosen][1]).select_related("created_by")
    if kind:
        rows = rows.filter(kind=kind)
    rows = rows.defer("params", "log", "error_detail")
    # Job ids sort by time, so an id is where the next page begins.
    page = keyset_page(rows, ["-id"], cursor=cursor_of(request.GET), size=PAGE_SIZE)
    live = [job for job in page.rows if not job.is_finished][:MAX_CARDS]
    context = {
        "page": page,
        "live": live,
        "filters": [(name, label) for name, (label, _q) in FILTERS.items()],
        "status": chosen,
        "kind": kind,
    }
    return render(request, "jobs/list.html", context)


@require_safe
@merchant_required(*EVERYONE)
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    found = get_object_or_404(request.merchant.jobs.select_related("created_by"), pk=job_id)
    states = JobItem.Status
    in_order = [states.DONE, states.FAILED, states.SKIPPED, states.PENDING]
    counts = dict(found.items.values_list("status").annotate(n=Count("pk")))
    to_show = Q(status__in=[states.FAILED, states.SKIPPED])
    n_to_show = counts.get(states.FAILED, 0) + counts.get(states.SKIPPED, 0)
    # An item may be a whole batch of rows: batches would be counted as rows here.
    is_of_rows = sum(counts.values()) == found.n_total
    outcomes = [(state, counts[state]) for state in in_order if counts.get(state)]
    context = {
        "job": found,
        "outcomes": outcomes if is_of_rows else [],
        "problems": found.items.filter(to_show).order_by("n")[:MAX_ITEMS] if n_to_show else [],
        "n_hidden": max(0, n_to_show - MAX_ITEMS),
        "may_undo": request.role in EDITORS,
    }
    return render(request, "jobs/job.html", context)


@require_safe
@merchant_required(*EVERYONE)
def progress(request: HttpRequest, job_id: UUID) -> HttpResponse:
    found = get_object_or_404(request.merchant.jobs.defer("log", "error_detail"), pk=job_id)
    return render(request, "jobs/_progress.html", {"job": found})


@require_safe
@merchant_required(*EVERYONE)
def badge(request: HttpRequest) -> HttpResponse:
    n_live = request.merchant.jobs.filter(status__in=LIVE).count()
    return render(request, "components/_jobs_badge.html", {"n_live_jobs": n_live})


@require_POST
@merchant_required(*REVIEWERS)
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    found = _own(request, job_id)
    if cancel_job(found):
        audit.record(request, "job.cancelled", found.title, job=str(found.pk))
        messages.success(request, _("The job stops after the batch in hand. What is done stays."))
    else:
        messages.info(request, _("The job had already ended."))
    return redirect("job", request.merchant.slug, found.pk)


@require_POST
@merchant_required(*REVIEWERS)
def retry(request: HttpRequest, job_id: UUID) -> HttpResponse:
    found = _own(request, job_id)
    try:
        if can_retry(found) and retry_job(found):
            audit.record(request, "job.retried", found.title, job=str(found.pk))
            messages.success(request, _("The job is queued again. What is done stays done."))
        else:
            messages.info(request, _("There is nothing to try again in this job."))
    except AlreadyRunning:
        messages.error(request, _("A newer job is already doing this. Wait until it has ended."))
    return redirect("job", request.merchant.slug, found.pk)


def _own(request: HttpRequest, job_id: UUID) -> Job:
    """A job that this person may stop: any for owners and managers, else only her own."""
    found = get_object_or_404(request.merchant.jobs.all(), pk=job_id)
    if request.role not in EDITORS and found.created_by_id != request.user.pk:
        raise PermissionDenied
    return found
