"""How people come in: by invitation only, and not by trying passwords."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """Sign-up exists only through the link of an invitation (`team-join`)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def address_tried(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The address a sign-in was tried for, as django-axes counts it.

    allauth calls it `email`, the admin `username`, the forms `login` or `username`. Without this,
    axes would find none and lock out everybody who shares an IP address.
    """
    for source in (credentials or {}, request.POST if request else {}):
        for name in ("email", "login", "username"):
            if source.get(name):
                return source[name].lower()
    return None
