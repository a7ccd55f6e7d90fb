"""What every REST endpoint stands on: keys, errors, pages, repeated calls, versions.

A request is one transaction that `enter_by_key` opens for the key's own shop: rows of another
shop are not there (404), and an answer that is an error leaves nothing behind.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from rest_framework import exceptions, serializers, status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from ecomportal.tenancy.context import entered
from ecomportal.tenancy.models import ApiKey, Merchant, hash_token
from ecomportal.web.paging import keyset_page

LIMIT_DEFAULT, LIMIT_MAX = 50, 200
LAST_USED_EVERY = timedelta(minutes=5)  # a key's last use is told to this precision


class ProblemRenderer(JSONRenderer):
    media_type = "application/problem+json"


class Problem(exceptions.APIException):
    """An error with a status of its own."""

    def __init__(self, status_code: int, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.status_code, self.extra = status_code, extra


class ShopView(APIView):
    """An endpoint of one shop. `request.merchant` is the key's shop."""

    key_kinds: Sequence[str] = ("sk",)
    scope = "products"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        with entered("enter_by_key", hash_token(self.token_of(request))) as found:
            if found["merchant"]:
                request.merchant = Merchant.from_row(found["merchant"])
                request.api_key = found["key"]
            response = super().dispatch(request, *args, **kwargs)
            if response.status_code >= HTTPStatus.BAD_REQUEST:
                transaction.set_rollback(True)
            elif found["merchant"]:
                _note_use(found["key"]["id"])
            response["Cache-Control"] = "no-store"
            return response

    def token_of(self, request: HttpRequest) -> str:
        """The key as it was sent, "" for none."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else ""

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        wrapped = super().initialize_request(request, *args, **kwargs)
        wrapped.merchant = getattr(request, "merchant", None)
        return wrapped


def _note_use(key_id: int) -> None:
    stale = Q(last_used_at=None) | Q(last_used_at__lt=timezone.now() - LAST_USED_EVERY)
    ApiKey.objects.filter(stale, pk=key_id).update(last_used_at=timezone.now())


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Errors as RFC 9457 says: type, title, status, detail, and `errors` for single fields."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None:
        return None
    body = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
    }
    if isinstance(error, exceptions.ValidationError):
        body |= {"detail": "Some fields are not right.", "errors": flat_errors(response.data)}
        response.status_code = body["status"] = status.HTTP_422_UNPROCESSABLE_ENTITY
        body["title"] = "Unprocessable Content"
    else:
        body["detail"] = str(error.detail)
    response.data = body | getattr(error, "extra", {})
    request = context["request"]
    request.accepted_renderer = ProblemRenderer()
    request.accepted_media_type = ProblemRenderer.media_type
    response.content_type = ProblemRenderer.media_type
    return response


def flat_errors(data: Any, path: str = "") -> list[dict[str, str]]:
    """DRF's nested errors as a flat list of {"field", "detail"}."""
    if isinstance(data, dict):
        parts = [(_below(path, name), inner) for name, inner in data.items()]
        return [error for name, inner in parts for error in flat_errors(inner, name)]
    if isinstance(data, list) and any(isinstance(inner, dict | list) for inner in data):
        return [e for n, inner in enumerate(data) for e in flat_errors(inner, f"{path}[{n}]")]
    texts = data if isinstance(data, list) else [data]
    return [{"field": path, "detail": str(text)} for text in texts]


def _below(path: str, name: str | int) -> str:
    if isinstance(name, int):
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else name


class StrictSerializer(serializers.Serializer):
    """Refuses fields it does not know, by name: a typo must not be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            known = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := sorted(set(data) - known):
                raise serializers.ValidationError(
                    {
                        name: [f"Unknown field. Known: {', '.join(sorted(known))}."]
                        for name in unknown
                    }
                )
        return super().to_internal_value(data)


def read(serializer: type[serializers.Serializer], request: Request, **options: Any) -> Any:
    """The validated body; 422 with every wrong field otherwise."""
    found = serializer(data=request.data, **options)
    found.is_valid(raise_exception=True)
    return found.validated_data


def paged(
    request: Request, rows: QuerySet, ordering: Sequence[str], show: Callable[[Any], Any]
) -> Response:
    """One page by cursor: {"items", "next"}; `next` is null at the end."""
    text = request.query_params.get("limit", str(LIMIT_DEFAULT))
    if not text.isdigit() or not 1 <= int(text) <= LIMIT_MAX:
        raise serializers.ValidationError({"limit": [f"A number from 1 to {LIMIT_MAX}."]})
    cursor = request.query_params.get("cursor", "")
    page = keyset_page(rows, ordering, cursor=cursor, size=int(text))
    return Response({"items": [show(row) for row in page.rows], "next": page.next or None})


def etag(version: int) -> str:
    return f'"v{version}"'


def check_version(request: Request, version: int) -> None:
    """A write says which version it saw; a stale one is refused before it can overwrite."""
    seen = request.headers.get("If-Match")
    if seen is None:
        raise Problem(
            status.HTTP_428_PRECONDITION_REQUIRED,
            "Send If-Match with the ETag you read, so that nobody's change is overwritten.",
        )
    if seen != etag(version):
        raise Problem(
            status.HTTP_412_PRECONDITION_FAILED,
            "The product changed since you read it. Read it again, then send your change.",
            current=etag(version),
        )


def once(method: Callable[..., Response]) -> Callable[..., Response]:
    """Honour `Idempotency-Key`: the same call gets the same answer and is carried out once.

    The same key with another body is 422, and while the first call still runs it is 409: the
    row of the key is written first, in the call's own transaction, and locks the others out.
    """
    from ecomportal.web.idempotency import remembered

    @wraps(method)
    def inner(view: ShopView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if not key:
            return method(view, request, *args, **kwargs)
        return remembered(request, key, lambda: method(view, request, *args, **kwargs))

    return inner
