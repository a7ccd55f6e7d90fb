"""Asking a server whose address somebody else wrote, without becoming their tool.

What pictures, text engines and webhooks have in common: a host is read as the resolver will read
it, resolved once, all that it resolves to is judged, and the connection goes to one of those very
addresses, so that a name that answers differently the second time gains nothing.

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
from time import monotonic
from typing import Any, Self
from urllib.parse import SplitResult

CONNECT_SECONDS = 5
READ_SECONDS = 10  # without a byte
DEFAULT_PORTS = {"http": 80, "https": 443}
# Reachable from everywhere in one cloud and in no list of reserved networks.
METADATA = {ipaddress.ip_address("168.63.129.16"), ipaddress.ip_address("192.0.0.192")}
NAT64 = ipaddress.ip_network("64:ff9b::/96")
OUTSIDE = ipaddress.ip_network("2000::/3")  # all of IPv6 that is routed between strangers
TEREDO = ipaddress.ip_network("2001::/32")
# A last label of digits or hex is an address in one of the spellings that only some read.
NUMERIC = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)
HOSTNAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]


class FetchError(Exception):
    """Why an address was not asked or gave nothing: a code, and what belongs into its words."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


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

    http.client takes no proxy from the environment; who has one of his own overrides `dial`.
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
        connected = self.dial(address, timeout)
        if not self.is_tls:
            return connected
        try:
            context = ssl.create_default_context()
            return context.wrap_socket(connected, server_hostname=self.host)
        except BaseException:
            connected.close()
            raise

    def dial(self, address: str, timeout: float) -> socket.socket:
        return socket.create_connection((address, self.port), timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.open_socket:
            self.open_socket.finish()
