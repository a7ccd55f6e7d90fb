"""A customer's predictions under the names that Klaviyo gives them."""

from typing import Any

from aiassist.profiles.churn import churn_band
from aiassist.profiles.models import CustomerProfile
from catalog.orders.models import Customer

DAYS_AHEAD, INTERVAL = 365, 0.9


def predictions_of(customer: Customer) -> dict[str, Any]:
    """What is known and foretold; None where no model is published. Money in whole units.

    Klaviyo's names, and the interval that Klaviyo does not give: nine of ten such customers end
    between `predicted_clv_low` and `predicted_clv_high`.
    """
    profile = customer.profile
    return {
        "historic_clv": _money(profile.spent_cents),
        "predicted_clv": _money(profile.clv_cents),
        "predicted_clv_low": _money(profile.clv_low_cents),
        "predicted_clv_high": _money(profile.clv_high_cents),
        "predicted_clv_interval": INTERVAL,
        "predicted_clv_days": DAYS_AHEAD,
        "total_clv": _total(profile),
        "historic_number_of_orders": profile.n_orders,
        "predicted_number_of_orders": profile.expected_orders_365,
        "predicted_number_of_orders_90_days": profile.expected_orders_90,
        "average_days_between_orders": _days_between(profile),
        "average_order_value": _money(profile.average_cents),
        "churn_probability": profile.churn_probability,
        "churn_band": _band(profile.churn_probability),
        "value_band": profile.value_band,
        "expected_date_of_next_order": profile.next_order_on,
        "model_version": profile.model_version.n if profile.model_version else None,
    }


def _money(cents: int | None) -> float | None:
    return None if cents is None else round(cents / 100, 2)


def _total(profile: CustomerProfile) -> float | None:
    return None if profile.clv_cents is None else _money(profile.spent_cents + profile.clv_cents)


def _days_between(profile: CustomerProfile) -> float | None:
    if not profile.n_repeats:
        return None
    return round(profile.last_repeat_days / profile.n_repeats, 1)


def _band(probability: float | None) -> str | None:
    return None if probability is None else churn_band(probability)
