"""How the drafts of a time did: accepted, edited, objected to, and how soon they were live."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Any

from django.db.models import (
    Aggregate,
    Avg,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Length, TruncWeek
from django.utils import timezone

from aiassist.copywriting.models import DraftStatus
from ecomportal.tenancy.models import Merchant

DAYS = (30, 90, 365)
GROUPS_SHOWN = 20
APPROVED, REJECTED = Q(status=DraftStatus.APPROVED), Q(status=DraftStatus.REJECTED)


class Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    allow_distinct = False


@dataclass(frozen=True)
class Group:
    """The drafts that share an engine, a prompt or a category. Rates are None where nothing
    was decided yet."""

    name: str
    n_written: int
    n_approved: int
    n_rejected: int
    n_edited: int
    n_blocked: int
    edit_share: float | None  # of the text's characters, the mean over approved texts
    hours: float | None  # from written to approved, the median

    @property
    def n_decided(self) -> int:
        return self.n_approved + self.n_rejected

    @property
    def acceptance(self) -> float | None:
        return self.n_approved / self.n_decided if self.n_decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.n_approved, self.n_decided) if self.n_decided else None

    @property
    def blocked(self) -> float | None:
        return self.n_blocked / self.n_written if self.n_written else None


def wilson(n: int, n_all: int) -> tuple[float, float]:
    """The 95 % interval of a share; Wilson 1927, which holds for few cases too."""
    z = 1.96
    share, scale = n / n_all, 1 + z * z / n_all
    middle = (share + z * z / (2 * n_all)) / scale
    half = z * sqrt(share * (1 - share) / n_all + z * z / (4 * n_all * n_all)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)


def drafts_since(merchant: Merchant, days: int) -> QuerySet:
    since = timezone.now() - timedelta(days=days)
    return merchant.drafts.filter(created_at__gte=since).order_by()


def _figures() -> dict[str, Any]:
    waited = ExpressionWrapper(F("reviewed_at") - F("created_at"), output_field=DurationField())
    longest = Greatest(Length("text"), Value(1))
    share = Cast("edit_distance", FloatField()) / Cast(longest, FloatField())
    return {
        "n_written": Count("*"),
        "n_approved": Count("pk", filter=APPROVED),
        "n_rejected": Count("pk", filter=REJECTED),
        "n_edited": Count("pk", filter=APPROVED & Q(edit_distance__gt=0)),
        "n_blocked": Count("pk", filter=Q(n_blocking__gt=0)),
        "edit_share": Avg(share, filter=APPROVED),
        "waited": Median(waited, filter=APPROVED, output_field=DurationField()),
    }


def _group(row: dict[str, Any], name: str) -> Group:
    waited = row.pop("waited")
    hours = waited.total_seconds() / 3600 if waited is not None else None
    figures = {key: row[key] for key in Group.__dataclass_fields__ if key in row}
    return Group(**{**figures, "name": name, "hours": hours})


def whole(drafts: QuerySet) -> Group:
    return _group(drafts.aggregate(**_figures()), "")


def grouped(drafts: QuerySet, column: str) -> list[Group]:
    """By a column, those with most drafts first."""
    by = Coalesce(F(column), Value(""))
    rows = drafts.annotate(by=by).values("by").annotate(**_figures())
    rows = rows.order_by("-n_written", "by")[:GROUPS_SHOWN]
    return [_group(row, str(row["by"])) for row in rows]


def weeks(drafts: QuerySet) -> list[tuple[datetime, Group]]:
    """Week by week, by when a text was written."""
    rows = drafts.annotate(week=TruncWeek("created_at")).values("week").annotate(**_figures())
    return [(row["week"], _group(row, "")) for row in rows.order_by("week")]
