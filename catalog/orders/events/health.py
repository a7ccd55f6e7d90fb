"""How the intake of events has been of late, for its page."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import Sum
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalog.orders.events.counts import day_of
from catalog.orders.events.models import EventDay
from catalog.orders.events.reasons import reason
from ecomportal.tenancy.models import Merchant
from ecomportal.web.charts import histogram
from ecomportal.web.formats import day as day_words
from ecomportal.web.formats import number

N_DAYS = 14
SHOWN_REJECTS = 20
SHOWN_PENDING = 25
Outcome = EventDay.Outcome


@dataclass
class Day:
    day: date
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    identified: int = 0
    moved: int = 0
    reasons: list[tuple[str, int]] = field(default_factory=list)

    @property
    def label(self) -> str:
        return day_words(self.day)

    @property
    def has_any(self) -> bool:
        return bool(self.accepted or self.duplicate or self.rejected or self.identified)


@dataclass
class Reason:
    code: str
    n: int = 0

    @property
    def label(self) -> Any:
        return reason(self.code)[0]

    @property
    def what_to_do(self) -> Any:
        return reason(self.code)[1]


@dataclass
class Health:
    """The last days, the newest first, and what stands out in them."""

    days: list[Day]
    reasons: list[Reason]

    def total(self, outcome: str) -> int:
        return sum(getattr(day, outcome) for day in self.days)

    @property
    def totals(self) -> dict[str, int]:
        return {outcome: self.total(outcome) for outcome in Outcome.values}

    @property
    def is_silent(self) -> bool:
        return not any(day.has_any for day in self.days)

    def chart(self) -> SafeString:
        days = self.days[::-1]
        title = _("Events accepted a day, %(n)s days") % {"n": number(N_DAYS)}
        return histogram([d.accepted for d in days], [d.label for d in days], title)


def health(merchant: Merchant, now: datetime | None = None) -> Health:
    """In one statement."""
    today = day_of(merchant, now or datetime.now(UTC))
    days = {(d := today - timedelta(days=n)): Day(d) for n in range(N_DAYS)}
    rows = (
        merchant.event_days.filter(day__gt=today - timedelta(days=N_DAYS), day__lte=today)
        .values_list("day", "outcome", "code")
        .annotate(total=Sum("n"))
        .order_by("-total", "code")
    )
    reasons: dict[str, Reason] = {}
    for day, outcome, code, n in rows:
        setattr(days[day], outcome, getattr(days[day], outcome) + n)
        if outcome == Outcome.REJECTED:
            days[day].reasons.append((reason(code)[0], n))
            reasons.setdefault(code, Reason(code)).n += n
    return Health(list(days.values()), sorted(reasons.values(), key=lambda r: (-r.n, r.code)))


def example(address: str, sku: str, now: datetime) -> str:
    """A call to try, as a shell runs it."""
    event = {
        "id": str(uuid4()),
        "event": "Product Viewed",
        "anonymous_id": "visitor-1",
        "ts": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "items": [{"sku": sku}],
    }
    body = json.dumps({"events": [event]}, ensure_ascii=False).replace("'", "'\\''")
    return (
        f"curl {address} \\\n"
        '  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\\n'
        f"  -d '{body}'"
    )
