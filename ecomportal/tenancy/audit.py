"""Write down who did what."""

from typing import Any

from django.http import HttpRequest

from ecomportal.said import Said, pack_in
from ecomportal.tenancy.models import AuditEntry


def record(request: HttpRequest, action: str, subject: object = "", **detail: Any) -> AuditEntry:
    """Add an audit entry for the request's person (or key) and shop."""
    user = getattr(request, "user", None)
    user = user if getattr(user, "pk", None) else None
    return AuditEntry.objects.create(
        merchant=getattr(request, "merchant", None),
        actor=user,
        actor_label=str(user or getattr(request, "auth", None) or "anonymous")[:200],
        action=action,
        subject=subject if isinstance(subject, Said) else str(subject)[:200],
        detail=pack_in(detail),
        ip_address=request.META.get("REMOTE_ADDR") or None,
    )
