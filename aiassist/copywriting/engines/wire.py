"""Bytes to a model server and back: kept connections, one deadline for each request, no redirects.

http.client on purpose: it costs a tenth of a millisecond a request, and it lets the connection be
made to the very address that was judged.
"""

import http.client
import queue
import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPMessage
from time import monotonic

from aiassist.copywriting.engines.addresses import BaseUrl, judged
from ecomportal.web.outside import DEFAULT_PORTS, TimedSocket

CONNECT_SECONDS = 5
MAX_BODY = 4 * 1024 * 1024
CHUNK = 64 * 1024
MAX_ADDRESSES = 3


class TooLong(Exception):
    """The server sent more than any answer needs."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: HTTPMessage
    body: bytes


class Connection(http.client.HTTPConnection):
    """One kept connection; every request on it gets a deadline of its own."""

    def __init__(self, base: BaseUrl) -> None:
        self.default_port = DEFAULT_PORTS[base.scheme]  # of the Host header
        super().__init__(base.host, base.port)
        self.base, self.deadline, self.is_used = base, 0.0, False
        self.open_socket: TimedSocket | None = None

    def connect(self) -> None:
        addresses = judged(self.base)[:MAX_ADDRESSES]
        for n, address in enumerate(addresses, start=1):
            try:
                self.sock = self.open_socket = self._open(address)
                return
            except ssl.SSLError:
                raise
            except OSError:
                if n == len(addresses):
                    raise

    def _open(self, address: str) -> TimedSocket:
        timeout = min(CONNECT_SECONDS, self.deadline - monotonic())
        if timeout <= 0:
            raise TimeoutError
        raw = socket.create_connection((address, self.base.port), timeout=timeout)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.base.scheme == "https":
            try:
                context = ssl.create_default_context()
                raw = context.wrap_socket(raw, server_hostname=self.base.host)
            except BaseException:
                raw.close()
                raise
        # A model is silent until it has thought; only the deadline ends the wait.
        return TimedSocket(raw, self.deadline, silence=float("inf"))

    def post(self, path: str, body: bytes, headers: dict[str, str], *, deadline: float) -> Reply:
        self.deadline = deadline
        if self.open_socket:
            self.open_socket.deadline = deadline
        self.request("POST", path, body=body, headers=headers)
        with self.getresponse() as response:
            reply = Reply(response.status, response.headers, _body(response, deadline))
            keeps = not response.will_close
        if keeps:
            self.is_used = True
        else:
            self.finish()
        return reply

    def finish(self) -> None:
        self.close()
        if self.open_socket:
            self.open_socket.finish()
        self.open_socket, self.is_used = None, False


def _body(response: http.client.HTTPResponse, deadline: float) -> bytes:
    data = bytearray()
    while chunk := response.read1(CHUNK):
        data += chunk
        if len(data) > MAX_BODY:
            raise TooLong
        if monotonic() > deadline:
            raise TimeoutError
    if response.length:
        raise http.client.IncompleteRead(bytes(data), response.length)
    return bytes(data)


class Wire:
    """The connections to one server, for as many threads as like to use them."""

    def __init__(self, base: BaseUrl, *, key: str = "") -> None:
        self.base, self.key = base, key
        self.headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "ecomportal-text/1.0",
        }
        if key:
            self.headers["Authorization"] = f"Bearer {key}"
        self.idle: queue.SimpleQueue[Connection] = queue.SimpleQueue()

    def post(self, path: str, body: bytes, *, timeout_seconds: float) -> Reply:
        """Raises AddressRefused, TooLong, TimeoutError, OSError or http.client.HTTPException."""
        deadline = monotonic() + timeout_seconds
        connection = self._taken()
        was_used = connection.is_used
        try:
            return self._on(connection, path, body, deadline)
        except TimeoutError:
            raise
        except (ConnectionError, http.client.RemoteDisconnected):
            if not was_used:
                raise
        # A kept connection may have been closed by the server while nobody looked.
        return self._on(Connection(self.base), path, body, deadline)

    def _on(self, connection: Connection, path: str, body: bytes, deadline: float) -> Reply:
        try:
            reply = connection.post(self.base.path + path, body, self.headers, deadline=deadline)
        except BaseException:
            connection.finish()
            raise
        self.idle.put(connection)
        return reply

    def _taken(self) -> Connection:
        try:
            return self.idle.get_nowait()
        except queue.Empty:
            return Connection(self.base)

    def close(self) -> None:
        while True:
            try:
                self.idle.get_nowait().finish()
            except queue.Empty:
                return
