"""One call to one address: bytes out, an answer back, and never more than ten seconds."""

import http.client
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from urllib.parse import SplitResult, quote
from uuid import UUID

from ecomportal.said import Said, said
from ecomportal.web.outside import PinnedConnection
from ecomportal.webhooks.addresses import AddressRefused, judged, parse_url
from ecomportal.webhooks.signing import HEADER, ID_HEADER, signature

TOTAL_SECONDS = 10  # of one call, from the first look at the name to the answer's last byte
MAX_ANSWER = 16 * 1024  # bytes read; what a receiver says more is not waited for
KEPT = 500  # characters of it that people may read
URL_SAFE = "%/:=&?~+!$,;'@()*[]"
BUSY, GONE = {429, 503}, 410
MAX_WAIT = 24 * 3600  # seconds; who asks for more is asked again after a day


@dataclass(frozen=True)
class Outcome:
    """What came of a call; `error` is empty when it was taken."""

    ms: int
    status: int | None = None
    answer: str = ""
    error: Said | str = ""
    wait_seconds: int = 0  # what a busy receiver asked for

    @property
    def is_taken(self) -> bool:
        return not self.error

    @property
    def is_gone(self) -> bool:
        return self.status == GONE


def send(url: str, body: str, *, event_id: UUID, secret_keys: Sequence[str]) -> Outcome:
    """Call the address once; raises nothing for what the world does."""
    began = monotonic()
    data, at = body.encode(), int(time.time())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(data)),
        "User-Agent": "ecomportal-webhooks/1.0",
        "Accept-Encoding": "identity",
        "Connection": "close",
        ID_HEADER: str(event_id),
        HEADER: signature(secret_keys, data, at=at),
    }
    try:
        parts = parse_url(url)
        status, answer, wait_seconds = _post(parts, data, headers, began + TOTAL_SECONDS)
    except Exception as error:
        reason = _reason(error)
        if reason is None:
            raise
        return Outcome(_ms(began), error=reason)
    return Outcome(_ms(began), status, answer, _refusal(status), wait_seconds)


def _post(
    parts: SplitResult, data: bytes, headers: dict[str, str], deadline: float
) -> tuple[int, str, int]:
    path = quote(parts.path or "/", safe=URL_SAFE)
    query = f"?{quote(parts.query, safe=URL_SAFE)}" if parts.query else ""
    with PinnedConnection(parts, judged(parts), deadline) as connection:
        connection.request("POST", path + query, body=data, headers=headers)
        with connection.getresponse() as response:
            asked = response.getheader("Retry-After", "")
            waits = response.status in BUSY and asked.isascii() and asked.isdigit()
            wait_seconds = min(int(asked[:9]), MAX_WAIT) if waits else 0
            return response.status, _text(response, deadline), wait_seconds


def _text(response: http.client.HTTPResponse, deadline: float) -> str:
    """The beginning of the answer. What goes wrong now changes nothing: the status has come."""
    data = bytearray()
    try:
        while len(data) < MAX_ANSWER and monotonic() < deadline:
            chunk = response.read1(MAX_ANSWER - len(data))
            if not chunk:
                break
            data += chunk
    except (OSError, http.client.HTTPException):
        pass
    return bytes(data).decode("utf-8", "replace").replace("\0", "")[:KEPT]


def _refusal(status: int) -> Said | str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return said(
            "The address answered %(status)s and named another one. Redirects are not followed:"
            " enter the final address.",
            status=status,
        )
    return said("The address answered %(status)s.", status=status)


def _reason(error: Exception) -> Said | None:
    """Words for what happens between machines; None for a mistake of ours."""
    if isinstance(error, AddressRefused):
        return error.reason
    if isinstance(error, TimeoutError):
        return said("No answer within %(n)s seconds.", n=TOTAL_SECONDS)
    if isinstance(error, ssl.SSLCertVerificationError):
        return said("The server's certificate is not valid.")
    if isinstance(error, ConnectionRefusedError):
        return said("Nothing listens at this address.")
    if isinstance(error, OSError | http.client.HTTPException):
        return said("The connection broke before an answer came.")
    return None


def _ms(began: float) -> int:
    return round(1000 * (monotonic() - began))
