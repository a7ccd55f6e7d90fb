"""For whom texts are written: a segment of the shop, told by numbers over all its members."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from aiassist.profiles.audience import facts_of
from aiassist.profiles.models import Segment
from ecomportal.tenancy.models import Merchant


def segment_of(merchant: Merchant, text: str) -> Segment | None:
    """The segment an id names; None where none is named or it is gone."""
    try:
        wanted = UUID(text) if text else None
    except ValueError:
        return None
    return wanted and merchant.segments.filter(pk=wanted, deleted_at=None).first()


def asked_for(request: HttpRequest) -> Segment | None:
    sent = request.POST if request.method == "POST" else request.GET
    return segment_of(request.merchant, sent.get("audience", ""))


def audience_of(merchant: Merchant, params: dict[str, Any]) -> dict[str, Any]:
    """What the texts of a job may know of their readers, as a draft keeps it."""
    segment = segment_of(merchant, params.get("audience", ""))
    return facts_of(segment).data() if segment else {}
