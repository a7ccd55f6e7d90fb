"""Calls to a shop's own programs when something happened.

from ecomportal.webhooks import emit

emit(merchant, "segment.changed", {"segment": {...}, "n_entered": 3})  # in a transaction
"""

from typing import Any


def emit(merchant: Any, event: str, payload: dict[str, Any]) -> int:
    """See `ecomportal.webhooks.emitting.emit`; imported late, for models import this package."""
    from ecomportal.webhooks.emitting import emit

    return emit(merchant, event, payload)


__all__ = ["emit"]
