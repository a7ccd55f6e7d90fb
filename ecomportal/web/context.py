"""What the frame around every page shows: shops to switch to, running jobs, waiting drafts."""

from typing import Any

from django.http import HttpRequest

from ecomportal.jobs.models import LIVE


def shell(request: HttpRequest) -> dict[str, Any]:
    merchant = getattr(request, "merchant", None)
    if merchant is None or request.htmx or not request.user.is_authenticated:
        return {}
    return {
        "merchant": merchant,
        "role": request.role,
        "shops": request.shops,
        "n_live_jobs": merchant.jobs.filter(status__in=LIVE).count(),
    }
