"""How a receiver knows that a call is ours, and not an old one sent again by somebody else.

`Webhook-Signature: t=<Unix seconds>,v1=<hex>` where v1 is HMAC-SHA256 of "<t>.<body>" with the
address's secret. While a secret is being replaced there are two v1, and one that fits is enough.
A receiver refuses what is older than five minutes, and remembers the `Webhook-Id`s of that time.
"""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Sequence

WINDOW_SECONDS = 300
HEADER, ID_HEADER = "Webhook-Signature", "Webhook-Id"


def new_secret() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"


def signature(secret_keys: Sequence[str], body: bytes, *, at: int) -> str:
    """The header's value; one v1 for each secret."""
    return ",".join([f"t={at}", *(f"v1={_digest(key, body, at)}" for key in secret_keys)])


def verify(secret: str, header: str, body: bytes, *, now: float | None = None) -> bool:
    """What a receiver does: whether the call is ours and of the last five minutes."""
    parts = [part.partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not re.fullmatch("[0-9]{1,12}", times[0]):
        return False
    at = int(times[0])
    if abs((time.time() if now is None else now) - at) > WINDOW_SECONDS:
        return False
    expected = _digest(secret, body, at).encode()
    given = [value.encode() for name, _, value in parts if name == "v1"]
    return any(hmac.compare_digest(expected, one) for one in given)


def _digest(secret: str, body: bytes, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
