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
    # On the last completed window: by how many percent the sum of all was off, by how much one
    # customer's value was on average, and how long the window was.
    level_error: int | None
    mean_error_cents: int | None
    window_days: int | None
    shortfall: list[Any]


def predictions(customer: Customer, merchant: Merchant) -> Predictions:
    profile = customer.profile
    version = profile.model_version
    share = profile.churn_probability
    since = _days_since(profile.last_order_at)
    gap = round(profile.last_repeat_days / profile.n_repeats) if profile.n_repeats else None
    metrics = version.metrics if version else {}
    tested = (metrics.get("value") or {}).get("model") or {}
    level, error = tested.get("level"), tested.get("mae")
    return Predictions(
        is_known=profile.clv_cents is not None,
        churn_percent=None if share is None else round(100 * share),
        churn_word=churn_word(share),
        days_since=since,
        usual_gap=gap,
        is_overdue=bool(gap and since is not None and since > 2 * gap),
        level_error=None if level is None else round(100 * abs(level - 1)),
        mean_error_cents=None if error is None else round(error),
        window_days=metrics.get("days"),
        shortfall=[] if version else _shortfall(merchant),
    )


def _days_since(moment: Any) -> int | None:
    if moment is None:
        return None
    return (timezone.localdate() - timezone.localtime(moment).date()) // timedelta(days=1)


def _shortfall(merchant: Merchant) -> list[Any]:
    """What is missing before anything is foretold, as the last refresh said it."""
    last = merchant.profile_refreshes.exclude(finished_at=None).order_by("-started_at")
    kept = next(iter(last.values_list("data__clv", flat=True)[:1]), None)
    return list((kept or {}).get("shortfall") or [])
