"""Fetch a picture from an address that a stranger wrote, without becoming their tool.

The address is judged, its host is resolved once, all that it resolves to is judged, and the
connection goes to one of those very addresses: a name that answers differently the second time
gains nothing. Redirects are followed by hand, each judged like the first. What comes back is
counted and timed while it comes; whether it is a picture is for `images.store_image` to say.

No database here: it runs in threads.
"""

import http.client
import re
import socket
import ssl
from dataclasses import dataclass
from time import monotonic
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

from ecomportal.web.outside import (
    DEFAULT_PORTS,
    FetchError,
    PinnedConnection,
    Resolve,
    ascii_host,
    is_loopback,
    is_outside,
    resolve_host,
)

MAX_REDIRECTS = 3
MAX_URL = 2000  # characters
MAX_ADDRESSES = 3  # of a host, tried one after the other
TOTAL_SECONDS = 30  # of one address, redirects included
CHUNK = 64 * 1024
REDIRECTS = {301, 302, 303, 307, 308}
BUSY = {429, 503}
HEADERS = {
    "User-Agent": "ecomportal-pictures/1.0",
    "Accept": "image/webp,image/png,image/jpeg;q=0.9,*/*;q=0.1",
    "Accept-Encoding": "identity",  # no second size hidden in the first
    "Connection": "close",
}
# Some stores serve every file as a stream of bytes; what it is, its content tells.
UNTOLD = {"", "application/octet-stream", "binary/octet-stream"}
# As they are in an address already; everything else is percent-encoded.
URL_SAFE = "%/:=&?~#+!$,;'@()*[]"


@dataclass(frozen=True)
class Fetched:
    data: bytes
    url: str  # where it was in the end
    content_type: str


def fetch_picture(url: str, *, resolve: Resolve | None = None) -> Fetched:
    """The bytes at a public http(s) address that claims to be a picture; raises FetchError."""
    deadline = monotonic() + TOTAL_SECONDS
    for _ in range(MAX_REDIRECTS + 1):
        parts = judge_url(url)
        addresses = judged_addresses(parts, resolve or resolve_host)
        outcome = _ask(parts, addresses, deadline)
        if isinstance(outcome, Fetched):
            return outcome
        if parts.scheme == "https" and urlsplit(outcome).scheme.lower() != "https":
            raise FetchError("downgrade")
        url = outcome
    raise FetchError("redirects", n=MAX_REDIRECTS)


# --- Judging an address ----------------------------------------------------------------------


def judge_url(url: str) -> SplitResult:
    """The parts of an address that may be asked, its host in ASCII; raises FetchError."""
    if len(url) > MAX_URL or re.search(r"[\x00-\x20\x7f\\]", url):
        raise FetchError("url")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise FetchError("url") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise FetchError("scheme")
    if "@" in parts.netloc:
        raise FetchError("credentials")
    port = DEFAULT_PORTS[parts.scheme] if port is None else port
    if port not in settings.PICTURE_FETCH_PORTS:
        raise FetchError("port", port=port)
    if "[" in parts.netloc and ":" not in host:
        raise FetchError("url")
    host = ascii_host(host)
    netloc = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return parts._replace(netloc=netloc, fragment="")


def judged_addresses(parts: SplitResult, resolve: Resolve) -> list[str]:
    """The addresses to try; a host with any address inside is refused whole."""
    host, port = parts.hostname or "", parts.port or 0
    found = resolve(host, port)
    if not found:
        raise FetchError("unknown_host", host=host)
    if not all(is_public(address) for address in found):
        raise FetchError("private", host=host)
    return list(dict.fromkeys(found))[:MAX_ADDRESSES]


def is_public(text: str) -> bool:
    """Whether pictures may be fetched from this address."""
    return is_outside(text) or (settings.PICTURE_FETCH_TO_LOOPBACK and is_loopback(text))


# --- Asking ----------------------------------------------------------------------------------


class PictureConnection(PinnedConnection):
    """Through PICTURE_FETCH_PROXY, if there is one: it is told the judged address, not the name."""

    def dial(self, address: str, timeout: float) -> socket.socket:
        if settings.PICTURE_FETCH_PROXY:
            return _through_proxy(settings.PICTURE_FETCH_PROXY, address, self.port, timeout)
        return super().dial(address, timeout)


def _through_proxy(proxy: str, address: str, port: int, timeout: float) -> socket.socket:
    host, _, proxy_port = proxy.rpartition(":")
    connected = socket.create_connection((host, int(proxy_port)), timeout=timeout)
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    connected.sendall(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        byte = connected.recv(1)
        answer += byte
        if not byte or len(answer) > 8192:
            break
    if not re.match(rb"HTTP/1\.[01] 200 ", answer):
        connected.close()
        raise FetchError("proxy")
    return connected


def _ask(parts: SplitResult, addresses: list[str], deadline: float) -> Fetched | str:
    """The picture, or the address that it is said to be at instead."""
    path = quote(parts.path or "/", safe=URL_SAFE)
    query = f"?{quote(parts.query, safe=URL_SAFE)}" if parts.query else ""
    try:
        with PictureConnection(parts, addresses, deadline) as connection:
            connection.request("GET", path + query, headers=HEADERS)
            with connection.getresponse() as response:
                return _answer(response, parts.geturl(), deadline)
    except TimeoutError:
        raise FetchError("slow") from None
    except ssl.SSLCertVerificationError:
        raise FetchError("certificate", host=parts.hostname) from None
    except (http.client.HTTPException, OSError, ValueError):
        raise FetchError("broken", host=parts.hostname) from None


def _answer(response: http.client.HTTPResponse, url: str, deadline: float) -> Fetched | str:
    if response.status in REDIRECTS:
        if not (location := response.getheader("Location")):
            raise FetchError("status", status=response.status)
        # http.client reads headers as Latin-1; what a server sends unencoded is mostly UTF-8.
        return urljoin(url, location.encode("latin-1").decode("utf-8", "replace"))
    if response.status in BUSY:
        raise FetchError("busy", status=response.status)
    if response.status != 200:
        raise FetchError("status", status=response.status)
    content_type = response.getheader("Content-Type", "").partition(";")[0].strip().lower()
    if not (content_type.startswith("image/") or content_type in UNTOLD):
        raise FetchError("type", type=content_type[:60])
    if response.getheader("Content-Encoding", "identity").strip().lower() != "identity":
        raise FetchError("type", type="Content-Encoding")
    return Fetched(_body(response, deadline), url, content_type)


def _body(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """All of the body, counted as it comes: no header is believed about its size."""
    limit, data = settings.IMAGE_MAX_BYTES, bytearray()
    if (response.length or 0) > limit:
        raise FetchError("size", mib=limit // 1024**2)
    while chunk := response.read1(CHUNK):
        data += chunk
        if len(data) > limit:
            raise FetchError("size", mib=limit // 1024**2)
        if monotonic() > deadline:
            raise FetchError("slow")
    if response.length:
        raise FetchError("cut")
    return bytes(data)
