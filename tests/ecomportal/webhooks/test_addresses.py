"""Which addresses may be called."""

from typing import Any

import pytest

from ecomportal.webhooks import addresses
from ecomportal.webhooks.addresses import AddressRefused, judged, parse_url

OUTSIDE = "93.184.215.14"


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        "hooks.example": [OUTSIDE],
        "inside.example": ["10.0.0.5"],
        "two-faced.example": [OUTSIDE, "127.0.0.1"],
        "erp.lan": ["192.168.1.4"],
    }
    monkeypatch.setattr(addresses, "resolve_host", lambda host, port: known.get(host, [host]))


def refusal(url: str) -> str:
    with pytest.raises(AddressRefused) as caught:
        judged(parse_url(url))
    return str(caught.value.reason)


def test_an_outside_server_by_https() -> None:
    assert judged(parse_url("https://hooks.example/in?token=1")) == [OUTSIDE]


@pytest.mark.parametrize(
    "url",
    [
        "https://inside.example/", "https://two-faced.example/", "https://127.0.0.1/",
        "https://[::1]/", "https://169.254.169.254/latest/", "https://[::ffff:10.0.0.1]/",
        "https://0.0.0.0/", "https://[64:ff9b::7f00:1]/",
    ],
)  # fmt: skip
def test_inside_servers_are_refused(url: str) -> None:
    assert "inside our own network" in refusal(url)


def test_plain_http_is_refused() -> None:
    assert "https:// alone" in refusal("http://hooks.example/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://hooks.example/", "https://", "hooks.example", "https://a b/", "https://x:0/",
        "https://user:pass@hooks.example/", "https://hooks.example/#x", "https://2130706433/",
        "https://0x7f.1/", "https://hooks.example:99999/", "https://hooks.example/" + "x" * 500,
        "https://hooks.example\\@evil/", "",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    assert refusal(url)


def test_what_the_deployer_listed_may_be_called(settings: Any) -> None:
    settings.WEBHOOK_URLS = ["http://erp.lan:8080", "https://127.0.0.1:9443"]
    assert judged(parse_url("http://erp.lan:8080/any/path")) == ["192.168.1.4"]
    assert judged(parse_url("https://127.0.0.1:9443/x")) == ["127.0.0.1"]
    assert "https:// alone" in refusal("http://erp.lan:8081/")
    assert "inside our own" in refusal("https://127.0.0.1:9444/")
