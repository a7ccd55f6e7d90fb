"""What a request starts from: a person, no shop, no role. `merchant_required` gives it those."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject


class PersonMiddleware(AuthenticationMiddleware):
    """Django's, but the person came along with the session; whatever is out of the ordinary is
    left to Django."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: person_of(request))


def person_of(request: HttpRequest) -> Any:
    session = request.session
    user_id, person = session.get(SESSION_KEY), session.person  # in this order: it is read now
    is_hers = (
        person is not None
        and str(person.pk) == user_id
        and person.is_active
        and session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())
    )
    return person if is_hers and not hasattr(request, "_cached_user") else get_user(request)


class TenantMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.merchant = None
        request.role = None
        return self.get_response(request)
