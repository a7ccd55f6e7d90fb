"""What a receiver can rely on."""

import pytest

from ecomportal.webhooks.signing import new_secret, signature, verify

BODY = '{"id":"1","data":"茶"}'.encode()
NOW = 1_800_000_000


def test_the_signature_is_the_documented_one() -> None:
    """By hand: printf '1800000000.{}' | openssl dgst -sha256 -hmac secret"""
    header = signature(["secret"], b"{}", at=NOW)
    wanted = "bb7079132825ac793cea8c013c1dd24d926b9b02132245b10588d9e5c0df70d7"
    assert header == f"t=1800000000,v1={wanted}"
    assert verify("secret", header, b"{}", now=NOW)


@pytest.mark.parametrize(
    ("seconds", "is_fine"), [(0, True), (300, True), (301, False), (-301, False)]
)
def test_the_window_is_five_minutes(seconds: int, is_fine: bool) -> None:
    header = signature(["s"], BODY, at=NOW)
    assert verify("s", header, BODY, now=NOW + seconds) is is_fine


def test_a_changed_body_time_or_secret_is_refused() -> None:
    header = signature(["s"], BODY, at=NOW)
    assert not verify("s", header, BODY + b" ", now=NOW)
    assert not verify("other", header, BODY, now=NOW)
    assert not verify("s", header.replace(str(NOW), str(NOW + 1)), BODY, now=NOW)


@pytest.mark.parametrize(
    "header",
    ["", "v1=aa", "t=1", "t=x,v1=aa", "t=1,t=2,v1=a", "t=²,v1=a", f"t={'9' * 50},v1=a", "t=1,v1=é"],
)
def test_nonsense_is_refused(header: str) -> None:
    assert not verify("s", header, BODY, now=1)


def test_either_of_two_signatures_will_do() -> None:
    header = signature(["new", "old"], BODY, at=NOW)
    assert verify("new", header, BODY, now=NOW)
    assert verify("old", header, BODY, now=NOW)
    assert not verify("third", header, BODY, now=NOW)


def test_no_two_secrets_are_the_same() -> None:
    assert len({new_secret() for _ in range(50)}) == 50
