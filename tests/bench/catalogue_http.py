"""Servers of one worker each, browsers that are signed in, and the CPU that an answer cost.

Everything goes over real HTTP on the loopback; CPU is read from /proc in nanoseconds and counts
the web worker and its database backends together. Parallel helpers of a query end with it and are
not counted, which favours whoever makes the server count and scan.
"""

import http.client
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import psycopg

START_SECONDS = 60
ANSWER_SECONDS = 600  # some of the peers' pages take minutes at a million products
PIECE = 1 << 18  # bytes of an answer that are read at once, at most
IN_ADDRESS = "/?&=+%:;,.~"  # what an address may hold as it is
CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Browser:
    """Keeps cookies and sends the CSRF token back, as a person's browser does."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Reply:
        return self._send("GET", path, None, {})

    def post(
        self,
        path: str,
        fields: Any,
        *,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        told = {**self._of_a_form(path), **(headers or {})}
        if files:
            boundary = "catalogue-bench-boundary"
            told["Content-Type"] = f"multipart/form-data; boundary={boundary}"
            return self._send("POST", path, _multipart(fields, files, boundary), told)
        told["Content-Type"] = "application/x-www-form-urlencoded"
        return self._send("POST", path, urlencode(fields, doseq=True).encode(), told)

    def stream(self, path: str, fields: Any) -> Iterator[bytes]:
        """The answer of a POST in pieces, as they come."""
        body = urlencode(fields, doseq=True).encode()
        told = {"Content-Type": "application/x-www-form-urlencoded", **self._of_a_form(path)}
        with self._answer("POST", path, body, told) as answer:
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
            while piece := answer.read1(PIECE):
                yield piece

    def sign_in(self, path: str, **fields: str) -> None:
        token = CSRF.search(self.get(path).body)
        if token is None:
            raise RuntimeError(f"no sign-in form at {path}")
        reply = self.post(path, {**fields, "csrfmiddlewaretoken": token[1].decode()})
        if reply.status != 302:
            raise RuntimeError(f"could not sign in at {path}: {reply.status}")

    def _of_a_form(self, path: str) -> dict[str, str]:
        token = self.cookies.get("csrftoken")
        told = {"Referer": f"http://127.0.0.1:{self.port}{path}"}
        return {**told, "X-CSRFToken": token} if token else told

    def _send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Reply:
        with self._answer(method, path, body, headers) as answer:
            return Reply(answer.status, dict(answer.headers), answer.read())

    @contextmanager
    def _answer(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Iterator[http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            address = quote(path, safe=IN_ADDRESS)
            connection.request(method, address, body, {**headers, "Cookie": cookies})
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or ():
                self.cookies.update((n, m.value) for n, m in SimpleCookie(line).items())
            yield answer
        finally:
            connection.close()


def _multipart(
    fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]], boundary: str
) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, (filename, content) in files.items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"'
        parts.append(f"--{boundary}\r\n{head}\r\nContent-Type: text/csv\r\n\r\n".encode())
        parts += [content, b"\r\n"]
    return b"".join((*parts, f"--{boundary}--\r\n".encode()))


class _Form(HTMLParser):
    """What a browser would send of the forms of a page: every field with its present value."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, value = found.get("name") or "", found.get("value") or ""
        if tag == "input" and name and found.get("type") not in ("submit", "file", "button"):
            is_box = found.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in found:
                self._add(name, value or ("on" if is_box else ""))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in found:
            self._add(self.select, value)
        elif tag == "textarea":
            self.textarea = name
            self._add(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.fields[self.textarea][-1] += data

    def _add(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)


def form_fields(body: bytes) -> dict[str, list[str]]:
    form = _Form()
    form.feed(body.decode())
    return {name: [value.removeprefix("\n") for value in vs] for name, vs in form.fields.items()}


def path_of(reply: Reply) -> str:
    """Where a redirect leads."""
    parts = urlsplit(reply.headers["Location"])
    return parts.path + (f"?{parts.query}" if parts.query else "")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Server:
    """A gunicorn with one sync worker; a context manager."""

    name: str
    python: Path
    wsgi: str
    cwd: Path
    env: dict[str, str]
    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        command = [
            *(str(self.python), "-m", "gunicorn", "--workers=1", "--worker-class=sync"),
            *(
                f"--bind=127.0.0.1:{self.port}",
                f"--timeout={ANSWER_SECONDS}",
                "--log-level=warning",
            ),
            self.wsgi,
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.cwd, env={**os.environ, **self.env}, stdout=log, stderr=log
            )
        self._wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"{self.name} did not start; see {self.log}")

    def worker_pid(self) -> int:
        pid = self.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def rss_mb(self) -> float:
        status = Path(f"/proc/{self.worker_pid()}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) / 1024


class Backends:
    """The database processes that serve one database."""

    def __init__(self, superuser_dsn: str, database: str) -> None:
        self.connection = psycopg.connect(superuser_dsn, autocommit=True)
        self.database = database

    def pids(self) -> list[int]:
        """Of clients alone: neither our own connection nor the server's housekeeping."""
        rows = self.connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend' ORDER BY pid",
            [self.database],
        )
        return [pid for (pid,) in rows]


def cpu_seconds(pids: Iterable[int]) -> float:
    """Seconds on the processor so far; those that have ended count nothing."""
    return sum(map(_on_cpu, pids)) / 1e9


def _on_cpu(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    except (OSError, IndexError):
        return 0
