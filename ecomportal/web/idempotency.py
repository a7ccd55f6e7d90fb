"""Answers to repeated API calls, kept for a day."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from ecomportal.web import api
from ecomportal.web.models import IdempotencyRecord

KEPT = timedelta(hours=24)
KEY_MAX = 128


def remembered(request: Request, key: str, call: Callable[[], Response]) -> Response:
    if len(key) > KEY_MAX:
        raise api.Problem(
            status.HTTP_400_BAD_REQUEST, f"Idempotency-Key: at most {KEY_MAX} characters."
        )
    digest = _digest(request)
    IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    record = _claim(request, key, digest)
    if record.status_code is not None:
        return _repeat(record, digest)
    response = call()
    if response.status_code < status.HTTP_400_BAD_REQUEST:
        record.status_code, record.body = response.status_code, response.data
        record.etag = response.headers.get("ETag", "")
        record.save(update_fields=["status_code", "body", "etag"])
    return response


def _claim(request: Request, key: str, digest: str) -> IdempotencyRecord:
    """Our own new row, or the finished one of an earlier call."""
    mine = {"api_key_id": request.auth["id"], "key": key}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # A first call that still runs holds the row: tell the second at once.
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
            record = IdempotencyRecord.objects.create(
                merchant=request.merchant, request_hash=digest, **mine
            )
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
            return record
    except IntegrityError:
        return IdempotencyRecord.objects.get(**mine)
    except OperationalError:
        raise api.Problem(
            status.HTTP_409_CONFLICT, "The first call with this Idempotency-Key still runs."
        ) from None


def _repeat(record: IdempotencyRecord, digest: str) -> Response:
    if record.request_hash != digest:
        raise api.Problem(
            status.HTTP_422_UNPROCESSABLE_ENTITY,
            "This Idempotency-Key was used with another request.",
        )
    headers = {"Idempotent-Replayed": "true"} | ({"ETag": record.etag} if record.etag else {})
    return Response(record.body, status=record.status_code, headers=headers)


def _digest(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()
