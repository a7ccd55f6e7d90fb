"""How the RFM groups grew and shrank, week by week."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aiassist.profiles.models import RfmGroup
from ecomportal.tenancy.models import Merchant
from ecomportal.web import charts, formats

WEEKS = 12


@dataclass(frozen=True)
class Trend:
    group: RfmGroup
    n: int
    change: int  # against a week before
    spark: SafeString

    @property
    def signed(self) -> str:
        sign = "+" if self.change > 0 else "−" if self.change < 0 else "±"
        return f"{sign}{formats.number(abs(self.change))}"


def trends(merchant: Merchant) -> list[Trend]:
    """Each group at the end of the last twelve weeks, in one statement; none without a history."""
    today = timezone.localdate()
    ends = [today - timedelta(weeks=n) for n in reversed(range(WEEKS))]
    rows = merchant.group_days.filter(day__gt=ends[0] - timedelta(weeks=1)).order_by("day")
    by_group: dict[str, list[tuple[Any, int]]] = {}
    for group, day, n in rows.values_list("group", "day", "n_members"):
        by_group.setdefault(group, []).append((day, n))
    return [_trend(group, by_group[group], ends) for group in RfmGroup if group in by_group]


def _trend(group: RfmGroup, days: list[tuple[Any, int]], ends: list[Any]) -> Trend:
    """What a group had at the end of a week is what its last known day says."""
    course = [_until(days, end) for end in ends]
    known = [n for n in course if n is not None]
    now = known[-1]
    before = known[-2] if len(known) > 1 else now
    title = _("%(group)s, the last weeks: from %(low)s to %(high)s customers") % {
        "group": group.label,
        "low": formats.number(min(known)),
        "high": formats.number(max(known)),
    }
    return Trend(group, now, now - before, charts.sparkline(known, title))


def _until(days: list[tuple[Any, int]], end: Any) -> int | None:
    return next((n for day, n in reversed(days) if day <= end), None)
