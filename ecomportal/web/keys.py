"""Who may call the API: the key that came with the request, its kind and its scopes.

A module of its own because REST framework loads it while it is itself being loaded.
"""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

SAFE_VERBS = {"GET", "HEAD", "OPTIONS"}


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer sk_…`; the key was looked up when the shop was entered."""

    def authenticate(self, request: Request) -> tuple[None, dict[str, Any]] | None:
        key = getattr(request._request, "api_key", None)
        return (None, key) if key else None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="ecomportal"'


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = KeyAuthentication
    name = "Key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "A key made in Settings."}


class KeyPermission(BasePermission):
    """The kind of key the endpoint asks for, and the scope, if the key is limited to some."""

    def has_permission(self, request: Request, view: Any) -> bool:
        key = request.auth
        if not key:
            raise exceptions.NotAuthenticated("Send a key: Authorization: Bearer sk_…")
        if key["kind"] not in view.key_kinds:
            raise exceptions.PermissionDenied("This needs a secret key (sk_…).")
        wanted = f"{view.scope}:{'read' if request.method in SAFE_VERBS else 'write'}"
        if key["scopes"] and wanted not in key["scopes"]:
            raise exceptions.PermissionDenied(f"This key lacks the scope {wanted}.")
        return True
