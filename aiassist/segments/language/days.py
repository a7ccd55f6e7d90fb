"""Which day an offset or a name means, and when a day of the shop begins."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiassist.segments.language.book import NAMED_DAYS
from aiassist.segments.language.tree import Named, Offset
from ecomportal.tenancy.models import Merchant


def today_of(merchant: Merchant, now: datetime) -> date:
    return now.astimezone(ZoneInfo(merchant.timezone)).date()


def day_of(value: date | Offset | Named, today: date) -> date:
    if isinstance(value, Named):
        unit, n = NAMED_DAYS[value.name]
        return moved(today, -n, unit)
    return moved(today, value.n, value.unit) if isinstance(value, Offset) else value


def moved(day: date, n: int, unit: str) -> date:
    """A day some days, weeks, months or years off; the 31st of a short month is its last day."""
    if unit in "dw":
        return day + timedelta(days=n * (7 if unit == "w" else 1))
    months = day.year * 12 + day.month - 1 + n * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def start_of(day: date, zone: str) -> datetime:
    """The moment a day begins there; where clocks skip midnight, the moment they skip it."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
