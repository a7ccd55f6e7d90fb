"""The named RFM groups: how many each had over twelve weeks, and what its customers are worth."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aiassist.profiles.models import ProfileRefresh, RfmGroup
from ecomportal.tenancy.models import Merchant
from ecomportal.web.charts import sparkline

WEEKS = 12
N_STEPS = 5
MEANING = {
    "champions": gettext_lazy("Bought lately, often and for much"),
    "loyal": gettext_lazy("Buy often, and not long ago"),
    "potential_loyal": gettext_lazy("Bought lately, some more than once"),
    "new": gettext_lazy("Bought for the first time just now"),
    "promising": gettext_lazy("Bought once, not long ago"),
    "needs_attention": gettext_lazy("In the middle in everything"),
    "about_to_sleep": gettext_lazy("Bought little, and some time ago"),
    "at_risk": gettext_lazy("Bought often, and not for some time"),
    "cannot_lose": gettext_lazy("Were the best, and stay away"),
    "hibernating": gettext_lazy("Bought little, long ago"),
    "lost": gettext_lazy("Bought little, and longest ago"),
}


@dataclass
class Group:
    """A named group on the page; money in cents, None where nothing is predicted."""

    name: str
    label: str
    meaning: str
    n_members: int = 0
    change: int | None = None  # since a week ago; None where nobody counted then
    value: int | None = None
    low: int | None = None
    high: int | None = None
    weeks: list[int] = field(default_factory=list)

    @property
    def spark(self) -> SafeString:
        title = _("%(group)s, the last %(n)s weeks") % {"group": self.label, "n": len(self.weeks)}
        return sparkline(self.weeks, title, is_cell=True)


def groups_of(merchant: Merchant, refresh: ProfileRefresh | None, today: date) -> list[Group]:
    """All groups, the best first, in one statement: their course comes from the days kept, their
    present from the last refresh (a second statement where it kept none)."""
    now = (refresh.data.get("groups") if refresh else None) or _counted(merchant)
    days = _days(merchant, today)
    return [_group(choice, now.get(choice.value, {}), days[choice.value]) for choice in RfmGroup]


def _counted(merchant: Merchant) -> dict[str, dict[str, Any]]:
    profiles = merchant.customer_profiles.exclude(rfm_group="").order_by()
    rows = profiles.values("rfm_group").annotate(
        n=Count("*"), value=Avg("clv_cents"), low=Avg("clv_low_cents"), high=Avg("clv_high_cents")
    )
    return {
        row["rfm_group"]: {
            "n": row["n"],
            "clv_cents": row["value"],
            "low_cents": row["low"],
            "high_cents": row["high"],
        }
        for row in rows
    }


def _days(merchant: Merchant, today: date) -> dict[str, dict[date, int]]:
    since = today - timedelta(weeks=WEEKS)
    rows = merchant.group_days.filter(day__gte=since).values_list("group", "day", "n_members")
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for group, day, n in rows.order_by("day"):
        found[group][day] = n
    return found


def _group(choice: RfmGroup, now: dict[str, Any], days: dict[date, int]) -> Group:
    n = now.get("n", 0)
    before = before_a_week(days)
    return Group(
        name=choice.value,
        label=str(choice.label),
        meaning=str(MEANING[choice.value]),
        n_members=n,
        change=None if before is None else n - before,
        value=_cents(now.get("clv_cents")),
        low=_cents(now.get("low_cents")),
        high=_cents(now.get("high_cents")),
        weeks=weekly(days),
    )


@dataclass(frozen=True)
class Step:
    """What lies in one of the five steps: the days, the numbers of orders and the money between."""

    score: int
    days: tuple[date | None, date | None]
    orders: tuple[float | None, float | None]
    money: tuple[int | None, int | None]


def steps_of(refresh: ProfileRefresh) -> list[Step]:
    """The limits of the scores, the best step first; none where nobody is scored."""
    limits = refresh.data.get("limits", {})
    days = [date.fromisoformat(day) for day in limits.get("r", [])]
    if len(days) != N_STEPS - 1:
        return []
    scales = (days, limits["f"], limits["m"])
    ends = [[None, *scale, None] for scale in scales]
    return [
        Step(score, *((scale[score - 1], scale[score]) for scale in ends))
        for score in range(N_STEPS, 0, -1)
    ]


def _cents(value: float | None) -> int | None:
    return None if value is None else round(value)


def before_a_week(days: dict[date, int]) -> int | None:
    """The count of a week before the last one kept, or the nearest earlier."""
    if not days:
        return None
    until = max(days) - timedelta(weeks=1)
    earlier = [day for day in days if day <= until]
    return days[max(earlier)] if earlier else None


def weekly(days: dict[date, int]) -> list[int]:
    """One count a week, the last of each, oldest first; weeks without a count are left out."""
    last: dict[int, int] = {}
    newest = max(days, default=None)
    for day in sorted(days):
        last[(newest - day).days // 7] = days[day]
    return [last[week] for week in sorted(last, reverse=True)][-WEEKS:]
