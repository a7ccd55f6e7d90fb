"""Days as the shop counts them, and the moments at which its own clock starts things."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from ecomportal.tenancy.models import Merchant

NIGHT = time(4)  # when a day's profiles are made anew: the day before is over everywhere in it


def shop_day(merchant: Merchant, at: datetime | None = None) -> date:
    return (at or timezone.now()).astimezone(ZoneInfo(merchant.timezone)).date()


def end_of_day(merchant: Merchant, day: date) -> datetime:
    """The first moment that is no longer that day in the shop."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(merchant.timezone))


def last_night(merchant: Merchant, now: datetime) -> datetime:
    """The latest moment up to now at which the shop's clock showed four."""
    zone = ZoneInfo(merchant.timezone)
    today = now.astimezone(zone).date()
    at = datetime.combine(today, NIGHT, zone)
    return at if at <= now else datetime.combine(today - timedelta(days=1), NIGHT, zone)


def last_week(merchant: Merchant, now: datetime) -> datetime:
    """The same of the latest Monday."""
    at = last_night(merchant, now)
    day = at.date() - timedelta(days=at.weekday())
    return datetime.combine(day, NIGHT, ZoneInfo(merchant.timezone))
