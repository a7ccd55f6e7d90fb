"""Health, the OpenAPI document and its page."""

import re
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test import Client
from drf_spectacular.validation import validate_schema

from tests.security.urls import all_urls

pytestmark = pytest.mark.django_db


def test_the_process_is_alive_without_a_key() -> None:
    assert Client().get("/api/v1/health/live").json() == {"status": "ok"}


def test_ready_means_database_broker_and_migrations() -> None:
    answer = Client().get("/api/v1/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.json()["checks"] == {"database": "ok", "broker": "ok", "migrations": "ok"}


def test_not_ready_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def refuse(*args: Any, **options: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = Client().get("/api/v1/health/ready")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json()["checks"]["database"] == "unreachable"


@pytest.fixture
def document() -> dict[str, Any]:
    return yaml.safe_load(Client().get("/api/v1/schema").content)


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    validate_schema(document)


def test_every_endpoint_is_in_the_document(document: dict[str, Any]) -> None:
    told = {re.sub(r"\{\w+\}", "{}", path) for path in document["paths"]}
    for url in all_urls():
        if url.name.startswith("api:") and url.name not in ("api:schema", "api:docs"):
            path = re.sub(r"<(?:\w+:)?\w+>", "{}", f"/{url.route}")
            assert path in told, url.name


def test_the_documents_page_loads_only_files_of_ours() -> None:
    page = Client().get("/api/v1/docs")
    assert page.status_code == 200
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert sources
    assert all(source.startswith(("/", "data:")) for source in sources)
    policy = page["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_other_pages_allow_nothing_inline() -> None:
    policy = Client().get("/account/login/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
