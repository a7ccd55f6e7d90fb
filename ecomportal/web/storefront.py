"""Endpoints that a shop's own pages call from visitors' browsers, with a key that anybody can read.

Such a key names the sites that may use it. A browser says which site asks and keeps other sites
from reading the answer; a program may say what it likes, so the key opens nothing else. What one
address may ask in a minute is counted by each web process for itself.
"""

import logging
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle

from ecomportal.web.api import Problem, ShopView

log = logging.getLogger(__name__)

ASKED_AGAIN = "600"  # seconds that a browser remembers what it may send
NOT_KEPT = "A value in it cannot be kept. Nothing was kept; sent again, it is refused again."


class Busy(Problem):
    """Somebody else has the rows just now; nothing was kept."""

    wait = 1  # seconds, told as Retry-After

    def __init__(self) -> None:
        text = "Others write at the same moment. Nothing was kept; send it again."
        super().__init__(status.HTTP_503_SERVICE_UNAVAILABLE, text)


class StorefrontThrottle(SimpleRateThrottle):
    """For publishable keys, by key and address; a secret key is the shop's own program."""

    def get_rate(self) -> str | None:
        n = settings.STOREFRONT_REQUESTS_PER_MINUTE
        return f"{n}/min" if n else None

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if not request.auth or request.auth["kind"] != "pk":
            return None
        return f"storefront:{request.auth['id']}:{request.META.get('REMOTE_ADDR', '')}"


class StorefrontView(ShopView):
    key_kinds = ("pk", "sk")
    throttle_classes = (StorefrontThrottle,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return self._may_ask(request)
        response = super().dispatch(request, *args, **kwargs)
        origin, key = request.headers.get("Origin"), getattr(request, "api_key", None)
        if origin and key and origin in key["origins"]:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Expose-Headers"] = "Retry-After"
        response["Vary"] = "Origin"
        return response

    def _may_ask(self, request: HttpRequest) -> HttpResponse:
        """A browser asks before it sends a key, so nothing can be looked up: the request itself
        is answered to the key's own sites alone."""
        response = HttpResponse(status=status.HTTP_204_NO_CONTENT)
        response["Access-Control-Allow-Origin"] = request.headers.get("Origin", "null")
        response["Access-Control-Allow-Methods"] = ", ".join(
            verb.upper() for verb in ("get", "post") if hasattr(self, verb)
        )
        response["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Idempotency-Key"
        response["Access-Control-Max-Age"] = ASKED_AGAIN
        response["Vary"] = "Origin"
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        origin, key = request.headers.get("Origin"), request.auth
        if origin and key["kind"] == "pk" and origin not in key["origins"]:
            raise exceptions.PermissionDenied(
                f"This key may not be used from {origin[:200]}. The shop names its sites in "
                "Settings, API keys."
            )

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, OperationalError | IntegrityError):
            log.warning("%s could not be written: %s", type(self).__name__, exc)
            exc = Busy()
        elif isinstance(exc, DataError):
            log.warning("%s could not be written: %s", type(self).__name__, exc)
            exc = Problem(status.HTTP_422_UNPROCESSABLE_ENTITY, NOT_KEPT)
        return super().handle_exception(exc)
