"""Whose address is written down: the caller's as our proxy saw it, and nobody's invention."""

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.test import RequestFactory

from ecomportal.web.middleware import ProxyMiddleware


def seen(settings, passed: str, count: int = 1) -> str:
    settings.PROXY_COUNT = count
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=passed, REMOTE_ADDR="10.0.0.9")
    ProxyMiddleware(lambda _: HttpResponse())(request)
    return request.META["REMOTE_ADDR"]


@pytest.mark.parametrize(
    ("passed", "count", "address"),
    [
        ("203.0.113.7", 1, "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7", 1, "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7, 10.0.0.2", 2, "203.0.113.7"),
        ("2001:db8::7", 1, "2001:db8::7"),
        ("", 1, "10.0.0.9"),
        ("<script>", 1, "10.0.0.9"),
        ("203.0.113.7", 2, "10.0.0.9"),
    ],
)
def test_the_entry_our_proxy_added_counts(settings, passed, count, address):
    assert seen(settings, passed, count) == address


def test_without_a_proxy_the_header_is_not_read(settings):
    settings.PROXY_COUNT = 0
    with pytest.raises(MiddlewareNotUsed):
        ProxyMiddleware(lambda _: HttpResponse())
