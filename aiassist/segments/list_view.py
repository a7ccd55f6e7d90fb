"""The page "Segments": the groups every shop has, and the shop's own segments."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aiassist.profiles.models import Segment
from aiassist.segments.groups import WEEKS, before_a_week, groups_of, steps_of, weekly
from aiassist.segments.limits import SEGMENTS_MAX
from aiassist.segments.ready import READY
from aiassist.segments.rfm_grid import grid
from aiassist.segments.usage import live_segments, users_by_name
from ecomportal.jobs.models import LIVE, Job
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.web.charts import sparkline
from ecomportal.web.context import counts


@require_safe
@merchant_required()
def segments(request: HttpRequest) -> HttpResponse:
    merchant, today = request.merchant, timezone.localdate()
    refresh = merchant.profile_refreshes.exclude(finished_at=None).order_by("-started_at").first()
    rows = _rows(merchant, today)
    context = {
        "refresh": refresh,
        "groups": groups_of(merchant, refresh, today) if refresh else [],
        "steps": steps_of(refresh) if refresh else [],
        "grid": grid(merchant) if refresh else None,
        "rows": rows,
        "ready": READY,
        "most": SEGMENTS_MAX,
        "job": _job(request),
        "has_customers": refresh is not None or merchant.customers.exists(),
        "deleted": _deleted(request),
        "may_edit": request.role in EDITORS,
    }
    return render(request, "aiassist/segments/list.html", context)


def _job(request: HttpRequest) -> Job | None:
    """The reckoning under way; asked for only where the frame's count says that any job is."""
    request.shell_counts = counts(request.merchant)
    if not request.shell_counts["jobs"]:
        return None
    live = request.merchant.jobs.filter(kind="build_segments", status__in=LIVE)
    return live.order_by("-created_at").first()


def _rows(merchant: Any, today: date) -> list[dict[str, Any]]:
    exports = Q(audience_exports__finished_at__isnull=False)
    found = live_segments(merchant).annotate(
        n_exports=Count("audience_exports", filter=exports),
        last_export=Max("audience_exports__finished_at"),
    )
    ordered = list(found.order_by("-n_members", "name"))
    used_by = users_by_name(ordered)
    days = _days(merchant, today) if ordered else {}
    return [_row(segment, days.get(segment.pk, {}), used_by) for segment in ordered]


def _days(merchant: Any, today: date) -> dict[Any, dict[date, int]]:
    since = today - timedelta(weeks=WEEKS)
    rows = merchant.segment_days.filter(day__gte=since, segment__deleted_at=None)
    found: dict[Any, dict[date, int]] = defaultdict(dict)
    for segment_id, day, n in rows.order_by("day").values_list("segment", "day", "n_members"):
        found[segment_id][day] = n
    return found


def _row(segment: Segment, days: dict[date, int], used_by: dict[str, Any]) -> dict[str, Any]:
    before = before_a_week(days)
    title = _("%(group)s, the last %(n)s weeks") % {"group": segment.name, "n": WEEKS}
    return {
        "segment": segment,
        "spark": sparkline(weekly(days), title, is_cell=True),
        "change": None if before is None else segment.n_members - before,
        "used_by": used_by.get(segment.name, []),
    }


def _deleted(request: HttpRequest) -> Segment | None:
    """A segment deleted a moment ago, for the way back."""
    try:
        wanted = request.GET.get("deleted", "")
        gone = request.merchant.segments.exclude(deleted_at=None)
        return gone.filter(pk=wanted).first() if wanted else None
    except ValidationError:  # no id
        return None
