"""A segment's page: who is in it, its course, where it is used."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aiassist.profiles.models import Segment, SegmentMember
from aiassist.segments.colours import coloured
from aiassist.segments.language import RuleError, describe, parse
from aiassist.segments.limits import NAME_MAX
from aiassist.segments.usage import live_segments, users_of
from ecomportal.jobs.models import LIVE
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.web.charts import Series, line_chart
from ecomportal.web.formats import day as day_words
from ecomportal.web.paging import cursor_of, keyset_page

PAGE_SIZE = 50
DAYS = 84  # of the chart: twelve weeks
QUERY_MAX = 120


def segment_or_404(request: HttpRequest, segment_id: UUID) -> Segment:
    return get_object_or_404(live_segments(request.merchant), pk=segment_id)


@require_safe
@merchant_required()
def segment(request: HttpRequest, segment_id: UUID) -> HttpResponse:
    row, others = with_others(request, segment_id)
    query = request.GET.get("q", "").replace("\0", "").strip()[:QUERY_MAX]
    rows = members(row, query).select_related("customer__profile")
    found = keyset_page(rows, ["-customer_id"], cursor=cursor_of(request.GET), size=PAGE_SIZE)
    context = {
        **frame(request, row, others),
        "tab": "members",
        "page": found,
        "q": query,
        "chart": chart(row),
        "exports": row.audience_exports.order_by("-created_at")[:5],
        **jobs_of(request, row),
        "copy_name": copy_name(row),
    }
    return render(request, "aiassist/segments/segment.html", context)


def with_others(request: HttpRequest, segment_id: UUID) -> tuple[Segment, list[Segment]]:
    """The segment and the shop's others, in one statement; 404 where it is not there."""
    found = list(live_segments(request.merchant).order_by("name"))
    row = next((one for one in found if one.pk == segment_id), None)
    if row is None:
        raise Http404("No such segment.")
    row.merchant = request.merchant
    return row, [one for one in found if one is not row]


def frame(request: HttpRequest, row: Segment, others: list[Segment]) -> dict[str, Any]:
    """What all pages of a segment show."""
    return {
        "segment": row,
        "words": in_words(row, request.merchant.currency),
        "tokens": coloured(row.rule),
        "users": users_of(row, others),
        "others": others,
        "may_edit": request.role in EDITORS,
    }


def jobs_of(request: HttpRequest, row: Segment) -> dict[str, Any]:
    """Its refresh under way, and the jobs that wrote texts for it, newest first."""
    refreshes = Q(kind="refresh_one_segment", dedupe_key=str(row.pk), status__in=LIVE)
    campaigns = Q(kind="write_copy", params__audience=str(row.pk))
    jobs = request.merchant.jobs.filter(refreshes | campaigns).order_by("-created_at")[:6]
    found = list(jobs)
    return {
        "job": next((job for job in found if job.kind == "refresh_one_segment"), None),
        "campaigns": [job for job in found if job.kind == "write_copy"],
    }


def copy_name(row: Segment) -> str:
    """What a fixed list is called if nobody says otherwise."""
    today = timezone.localdate().isoformat()
    return f"{row.name[: NAME_MAX - len(today) - 1]} {today}"


def in_words(row: Segment, currency: str) -> Any:
    """The rule read aloud; empty for a list without one, or one that does not parse any more."""
    try:
        return describe(parse(row.rule), currency=currency) if row.rule else ""
    except RuleError:
        return ""


def members(row: Segment, query: str = "") -> QuerySet[SegmentMember]:
    """Who is in it; of these, whose number begins or whose name contains what was searched."""
    rows = SegmentMember.objects.filter(segment=row)
    if not query:
        return rows
    return rows.filter(
        Q(customer__external_id__istartswith=query) | Q(customer__name__icontains=query)
    )


def chart(row: Segment) -> Any:
    """Members by day; days on which nobody counted leave the line as it was."""
    since = timezone.localdate() - timedelta(days=DAYS)
    days = list(row.days.filter(day__gte=since).order_by("day"))
    if len(days) < 2:
        return ""
    counts = [day.n_members for day in days]
    names = [day_words(day.day) for day in days]
    title = _("Members of “%(name)s” by day") % {"name": row.name}
    return line_chart([Series(_("Members"), counts)], names, title)
