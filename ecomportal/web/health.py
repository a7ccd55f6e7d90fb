"""Is the process alive, and can it serve?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ecomportal.celery import app

HEALTH = inline_serializer(
    "Health", {"status": serializers.CharField(), "checks": serializers.DictField(required=False)}
)


class OpenView(APIView):
    authentication_classes: list[type] = []
    permission_classes: list[type] = []


class LiveView(OpenView):
    @extend_schema(responses=HEALTH, auth=[])
    def get(self, request: Request) -> Response:
        """The process answers."""
        return Response({"status": "ok"})


class ReadyView(OpenView):
    @extend_schema(responses=HEALTH, auth=[])
    def get(self, request: Request) -> Response:
        """Database, migrations and broker can be used; 503 names the one that cannot."""
        checks = {"database": _database(), "broker": _broker()}
        checks["migrations"] = _migrations() if checks["database"] == "ok" else "unknown"
        is_ready = set(checks.values()) == {"ok"}
        code = status.HTTP_200_OK if is_ready else status.HTTP_503_SERVICE_UNAVAILABLE
        headers = {} if is_ready else {"Retry-After": "5"}
        text = "ok" if is_ready else "not ready"
        return Response({"status": text, "checks": checks}, status=code, headers=headers)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok"
    except DatabaseError:
        return "unreachable"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def _broker() -> str:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
        return "ok"
    except Exception:  # each transport raises its own kind
        return "unreachable"
