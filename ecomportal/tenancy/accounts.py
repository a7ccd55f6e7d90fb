"""How people come in: by invitation only."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """Sign-up exists only through the link of an invitation (`team-join`)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
