"""Fetch a picture from an address that a stranger wrote, without becoming their tool.

The address is judged, its host is resolved once, all that it resolves to is judged, and the
connection goes to one of those very addresses: a name that answers differently the second time
gains nothing. Redirects are followed by hand, each judged like the first. What comes back is
counted and timed while it comes; whether it is a picture is for `images.store_image` to say.

No database here: it runs in threads.
"""

import http.client
import io
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass
from time import monotonic
from typing import Any, Self
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

MAX_REDIRECTS = 3
MAX_URL = 2000  # characters
MAX_ADDRESSES = 3  # of a host, tried one after the other
CONNECT_SECONDS = 5
READ_SECONDS = 10  # without a byte
TOTAL_SECONDS = 30  # of one address, redirects included
CHUNK = 64 * 1024
REDIRECTS = {301, 302, 303, 307, 308}
BUSY = {429, 503}
DEFAULT_PORTS = {"http": 80, "https": 443}
HEADERS = {
    "User-Agent": "ecomportal-pictures/1.0",
    "Accept": "image/webp,image/png,image/jpeg;q=0.9,*/*;q=0.1",
    "Accept-Encoding": "identity",  # no second size hidden in the first
    "Connection": "close",
}
# Some stores serve every file as a stream of bytes; what it is, its content tells.
UNTOLD = {"", "application/octet-stream", "binary/octet-stream"}
# Reachable from everywhere in one cloud and in no list of reserved networks.
METADATA = {ipaddress.ip_address("168.63.129.16"), ipaddress.ip_address("192.0.0.192")}
NAT64 = ipaddress.ip_network("64:ff9b::/96")
OUTSIDE = ipaddress.ip_network("2000::/3")  # all of IPv6 that is routed between strangers
TEREDO = ipaddress.ip_network("2001::/32")
# A last label of digits or hex is an address in one of the spellings that only some read.
NUMERIC = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)
HOSTNAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")
# As they are in an address already; everything else is percent-encoded.
URL_SAFE = "%/:=&?~#+!$,;'@()*[]"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]


class FetchError(Exception):
    """Why nothing came: a code that `picture_words` puts into words, and what belongs into them."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


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


def ascii_host(host: str) -> str:
    """A host as the resolver is asked for it; odd spellings of an address are refused."""
    if ":" in host:  # brackets are gone by now
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError:
            raise FetchError("url") from None
    try:
        host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise FetchError("url") from None
    if NUMERIC.fullmatch(host):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise FetchError("odd_host") from None
    if not HOSTNAME.fullmatch(host):
        raise FetchError("url")
    return host


def resolve_host(host: str, port: int) -> list[str]:
    """Every address of the host. The system's resolver knows no timeout, so it gets a thread."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="resolve")
    try:
        found = pool.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        return [str(entry[4][0]) for entry in found.result(CONNECT_SECONDS)]
    except (OSError, UnicodeError):
        raise FetchError("unknown_host", host=host) from None
    except NotInTime:
        raise FetchError("slow") from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


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


def is_loopback(text: str) -> bool:
    try:
        return _unwrapped(ipaddress.ip_address(text)).is_loopback
    except ValueError:
        return False


def is_outside(text: str) -> bool:
    """Whether the address is one that strangers can reach, in whatever form it is written."""
    try:
        address = _unwrapped(ipaddress.ip_address(text))
    except ValueError:
        return False
    if address in METADATA or (address.version == 6 and address not in OUTSIDE):
        return False
    inside = (
        address.is_private or address.is_loopback or address.is_link_local
        or address.is_multicast or address.is_reserved or address.is_unspecified
    )  # fmt: skip
    return address.is_global and not inside


def _unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that leads to it; raises ValueError for a tunnel."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in TEREDO:
        raise ValueError("a tunnel")
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


# --- Asking ----------------------------------------------------------------------------------


class TimedReader(io.RawIOBase):
    """A socket's bytes, each read bounded by the silence allowed and by what is left in all."""

    def __init__(self, connected: socket.socket, deadline: float, silence: float) -> None:
        self.connected, self.deadline, self.silence = connected, deadline, silence

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        self.connected.settimeout(min(self.silence, left))
        return self.connected.recv_into(buffer)


class TimedSocket:
    """What http.client needs of a socket, with the deadline on every read."""

    def __init__(
        self, connected: socket.socket, deadline: float, *, silence: float = READ_SECONDS
    ) -> None:
        self.connected, self.deadline, self.silence = connected, deadline, silence

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(TimedReader(self.connected, self.deadline, self.silence))

    def sendall(self, data: bytes) -> None:
        self.connected.settimeout(READ_SECONDS)
        self.connected.sendall(data)

    def close(self) -> None:
        """http.client lets go of the socket before the body is read; `finish` closes it."""

    def finish(self) -> None:
        self.connected.close()


class PinnedConnection(http.client.HTTPConnection):
    """Speaks to judged addresses and never asks the resolver; TLS is for the name, as it should be.

    http.client takes no proxy from the environment; the one of PICTURE_FETCH_PROXY is told the
    judged address, not the name.
    """

    def __init__(self, parts: SplitResult, addresses: list[str], deadline: float) -> None:
        self.default_port = DEFAULT_PORTS[parts.scheme]  # of the Host header
        super().__init__(parts.hostname or "", parts.port)
        self.is_tls, self.addresses, self.deadline = parts.scheme == "https", addresses, deadline
        self.open_socket: TimedSocket | None = None

    def connect(self) -> None:
        for n, address in enumerate(self.addresses, start=1):
            try:
                self.sock = self.open_socket = TimedSocket(self._open(address), self.deadline)
                return
            except ssl.SSLError:
                raise
            except OSError:
                if n == len(self.addresses):
                    raise

    def _open(self, address: str) -> socket.socket:
        timeout = min(CONNECT_SECONDS, self.deadline - monotonic())
        if timeout <= 0:
            raise TimeoutError
        connected = _open(address, self.port, timeout)
        if not self.is_tls:
            return connected
        try:
            context = ssl.create_default_context()
            return context.wrap_socket(connected, server_hostname=self.host)
        except BaseException:
            connected.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.open_socket:
            self.open_socket.finish()


def _open(address: str, port: int, timeout: float) -> socket.socket:
    proxy = settings.PICTURE_FETCH_PROXY
    if not proxy:
        return socket.create_connection((address, port), timeout=timeout)
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
        with PinnedConnection(parts, addresses, deadline) as connection:
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
