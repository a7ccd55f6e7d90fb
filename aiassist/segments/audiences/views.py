"""Export a segment: say who will be in the file, start the job, offer the file, measure."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from aiassist import tasks
from aiassist.profiles.models import Segment, SegmentMember
from aiassist.segments.audiences.files import path_of
from aiassist.segments.audiences.formats import FORMATS
from aiassist.segments.audiences.forms import ExportForm
from aiassist.segments.audiences.job import is_small
from aiassist.segments.audiences.measure import WINDOW, uplift_of
from aiassist.segments.audiences.models import AudienceExport
from aiassist.segments.limits import EXPORT_SMALL
from aiassist.segments.page import segment_or_404
from ecomportal.jobs.start import start_job
from ecomportal.said import said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EDITORS)
def audience_new(request: HttpRequest, segment_id: UUID) -> HttpResponse:
    row = segment_or_404(request, segment_id)
    form = ExportForm(request.POST if request.method == "POST" else None)
    counts = counts_of(row)
    if form.is_valid():
        if counts["own"]:
            return _start(request, row, form.cleaned_data)
        form.add_error(None, _("Nobody in it agreed to marketing, so there is nothing to export."))
    context = {
        "segment": row,
        "form": form,
        "counts": counts,
        "rows": [
            (value, label, counts[value], is_small(value, counts[value]))
            for value, label in AudienceExport.Target.choices
        ],
        "small": EXPORT_SMALL,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "aiassist/segments/audience_form.html", context, status=status)


def counts_of(row: Segment) -> dict[str, int]:
    """Of the members: how many agreed, and how many each kind of file could name."""
    agreed = Q(customer__accepts_marketing=True)
    columns = {
        name: Count("pk", filter=agreed & shape.reachable) for name, shape in FORMATS.items()
    }
    members = SegmentMember.objects.filter(segment=row).order_by()
    return members.aggregate(n_members=Count("*"), **columns)


def _start(request: HttpRequest, row: Segment, wishes: dict[str, Any]) -> HttpResponse:
    export = AudienceExport.objects.create(
        merchant=request.merchant, segment=row, created_by=request.user, **wishes
    )
    job = start_job(
        tasks.export_audience,
        request.merchant,
        request.user,
        title=said(
            "Export “%(name)s” for %(target)s", name=row.name,
            target=dict(AudienceExport.Target.choices)[export.target],
        ),
        params={"export_id": str(export.pk)},
    )  # fmt: skip
    export.job = job
    export.save(update_fields=["job"])
    audit.record(
        request, "audience.exported", row.name, segment=str(row.pk), export=str(export.pk),
        target=export.get_target_display(), campaign=export.campaign,
        holdout=export.holdout_percent,
    )  # fmt: skip
    return redirect("aiassist:audience", request.merchant.slug, export.pk)


@require_safe
@merchant_required()
def audience(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """The job while it runs; then the file, who was left out and why, and what it changed."""
    rows = request.merchant.audience_exports.select_related("segment", "created_by", "job")
    export = get_object_or_404(rows, pk=export_id)
    export.merchant = request.merchant
    context = {
        "export": export,
        "segment": export.segment,
        "job": export.job,
        "uplift": uplift_of(export),
        "is_over": bool(export.finished_at and export.finished_at + WINDOW < timezone.now()),
        "until": export.finished_at and export.finished_at + WINDOW,
        "is_small": export.finished_at and is_small(export.target, export.n_written),
        "small": EXPORT_SMALL,
        "may_edit": request.role in EDITORS,
    }
    return render(request, "aiassist/segments/audience.html", context)


@require_safe
@merchant_required(*EDITORS)
def audience_file(request: HttpRequest, export_id: UUID) -> FileResponse:
    export = get_object_or_404(request.merchant.audience_exports, pk=export_id)
    path = path_of(export)
    if not export.is_offered or not path.is_file():
        raise Http404("The file is no longer kept.")
    name = f"{request.merchant.slug}-{export.target}-{export.created_at:%Y-%m-%d}.csv"
    audit.record(request, "audience.fetched", name, export=str(export.pk), n=export.n_written)
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=name, content_type="text/csv; charset=utf-8"
    )
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
