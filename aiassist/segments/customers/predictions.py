"""What is foretold of a customer, each figure with the numbers behind it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from aiassist.segments.customers.rows import churn_word
from catalog.orders.models import Customer
from ecomportal.tenancy.models import Merchant


@dataclass(frozen=True)
class Predictions:
    """`is_known` where a published model has looked at her. Days are whole."""

    is_known: bool
    churn_percent: int | None
    churn_word: str
    days_since: int | None
    usual_gap: int | None  # mean days between order days
    is_overdue: bool
    level_error: int | None  # percent by which money was off on the last completed window
    window_days: int | None
    shortfall: list[Any]


def predictions(customer: Customer, merchant: Merchant) -> Predictions:
    profile = customer.profile
    version = profile.model_version
    share = profile.churn_probability
    since = _days_since(profile.last_order_at)
    gap = round(profile.last_repeat_days / profile.n_repeats) if profile.n_repeats else None
    metrics = version.metrics if version else {}
    return Predictions(
        is_known=profile.clv_cents is not None,
        churn_percent=None if share is None else round(100 * share),
        churn_word=churn_word(share),
        days_since=since,
        usual_gap=gap,
        is_overdue=bool(gap and since is not None and since > 2 * gap),
        level_error=_level_error(metrics),
        window_days=metrics.get("window_days"),
        shortfall=[] if version else _shortfall(merchant),
    )


def _days_since(moment: Any) -> int | None:
    if moment is None:
        return None
    return (timezone.localdate() - timezone.localtime(moment).date()) // timedelta(days=1)


def _level_error(metrics: dict[str, Any]) -> int | None:
    """By how much the sum that was foretold differed from what came, in percent."""
    level = metrics.get("level_ratio") or metrics.get("level")
    return round(100 * abs(level - 1)) if isinstance(level, int | float) else None


def _shortfall(merchant: Merchant) -> list[Any]:
    """What is missing before anything is foretold, as the last refresh said it."""
    last = merchant.profile_refreshes.exclude(finished_at=None).order_by("-started_at")
    kept = next(iter(last.values_list("data__clv", flat=True)[:1]), None)
    return list((kept or {}).get("shortfall") or [])
