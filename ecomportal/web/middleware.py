"""Small things every answer needs."""

from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import translation
from django.utils.translation import gettext as _

GetResponse = Callable[[HttpRequest], HttpResponse]


class NoStoreMiddleware:
    """Answers to signed-in people stay out of every cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_person = getattr(request.user, "is_authenticated", False)  # None for an API key
        if is_person and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


class ProxyMiddleware:
    """The caller's address as our own proxy wrote it, for the audit log and the sign-in throttle.

    Each proxy adds the address it was asked from at the end of `X-Forwarded-For`; what stands
    before the last `PROXY_COUNT` entries came from outside, where anybody can write anything.
    """

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.PROXY_COUNT:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        passed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(passed) >= settings.PROXY_COUNT:
            address = passed[-settings.PROXY_COUNT].strip()
            with suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ip_address(address))
        return self.get_response(request)


class NoNulMiddleware:
    """PostgreSQL keeps no NUL in text, and nobody types one: refused here for every page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        # Files are not looked at: each has a reader of its own.
        sent = [*request.GET.lists(), *request.POST.lists()]
        if "\0" in request.path or any("\0" in t for name, texts in sent for t in (name, *texts)):
            return HttpResponseBadRequest(_("The form holds a character that cannot be kept."))
        return None


class PersonLocaleMiddleware:
    """The language a person chose, then her cookie, then what her browser asks for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "") if request.user.is_authenticated else ""
        if chosen not in dict(settings.LANGUAGES):
            chosen = translation.get_language_from_request(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
            response.setdefault("Content-Language", chosen)
            return response
