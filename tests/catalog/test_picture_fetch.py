"""Fetching a picture from a stranger's address, against servers that really misbehave."""

import io
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from catalog.products import picture_fetch
from catalog.products.picture_fetch import FetchError, fetch_picture, is_public, judge_url
from ecomportal.web import outside


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(file, "PNG")
    return file.getvalue()


class Stranger(BaseHTTPRequestHandler):
    """A web server that a shop's file may name; each path misbehaves in its own way."""

    seen: list[tuple[str, str]]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers.get("Host", "")))
        name = self.path.split("?")[0].strip("/").replace("-", "_").removesuffix(".png")
        getattr(self, f"say_{name.split('/')[0]}", self.say_missing)()

    def give(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        sent = {"Content_Type": "image/png", "Content_Length": str(len(body)), **headers}
        for key, value in sent.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Connection", "close")
        self.end_headers()

    def say_missing(self) -> None:
        self.give(b"no", 404)

    def say_picture(self) -> None:
        self.give(png())

    def say_stream(self) -> None:
        self.give(png(), Content_Type="application/octet-stream")

    def say_page(self) -> None:
        self.give(b"<h1>sign in</h1>", Content_Type="text/html; charset=utf-8")

    def say_zipped(self) -> None:
        self.give(png(), Content_Encoding="gzip")

    def say_busy(self) -> None:
        self.give(b"", 429)

    def say_short(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", "5000")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(png())
        self.close_connection = True

    def say_said_large(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(10**12))
        self.end_headers()
        self.close_connection = True

    def say_endless(self) -> None:
        self.begin()
        self.pour(lambda: self.wfile.write(b"\0" * 65536))

    def say_chunked_endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.pour(lambda: self.wfile.write(b"10000\r\n" + b"\0" * 65536 + b"\r\n"))

    def say_drip(self) -> None:
        self.begin()
        self.pour(lambda: (self.wfile.write(b"\0"), time.sleep(0.05)))

    def say_drip_header(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        self.pour(lambda: (self.wfile.write(b"a"), time.sleep(0.05)))

    def say_silent(self) -> None:
        self.begin()
        self.server.released.wait(20)

    def pour(self, once: Callable[[], Any]) -> None:
        self.close_connection = True
        try:
            while not self.server.released.is_set():
                once()
        except OSError:
            self.server.hung_up.set()  # the reader left, as it should

    def say_to(self) -> None:
        self.give(b"", 302, Location=self.path.split("?to=")[1])

    def say_loop(self) -> None:
        self.give(b"", 301, Location="/loop")

    def say_nowhere(self) -> None:
        self.give(b"", 301)


@contextmanager
def serving(handler: type = Stranger, context: ssl.SSLContext | None = None) -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.seen, server.released, server.hung_up = [], threading.Event(), threading.Event()
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.base = f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def stranger(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A server on loopback, which only a setting of tests lets in."""
    settings.PICTURE_FETCH_TO_LOOPBACK = True
    monkeypatch.setattr(outside, "READ_SECONDS", 0.5)
    monkeypatch.setattr(picture_fetch, "TOTAL_SECONDS", 1.5)
    with serving() as server:
        settings.PICTURE_FETCH_PORTS = {80, 443, server.server_port}
        yield server


def code_of(url: str, **options: Any) -> str:
    with pytest.raises(FetchError) as caught:
        fetch_picture(url, **options)
    return caught.value.code


# --- What comes in -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/picture.png", "/stream", "/to?to=/picture.png"])
def test_a_picture_comes_as_it_is(stranger, path):
    fetched = fetch_picture(stranger.base + path)
    assert fetched.data == png()
    assert stranger.seen[0][1] == f"127.0.0.1:{stranger.server_port}"


def test_letters_outside_ascii_and_spaces_encoded_reach_the_server(stranger):
    assert fetch_picture(f"{stranger.base}/picture.png?名=壶%20a").data
    assert stranger.seen[0][0] == "/picture.png?%E5%90%8D=%E5%A3%B6%20a"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/page", "type"),
        ("/zipped", "type"),
        ("/gone", "status"),
        ("/busy", "busy"),
        ("/short", "cut"),
        ("/said-large", "size"),
        ("/nowhere", "status"),
        ("/loop", "redirects"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(stranger, path, code):
    assert code_of(stranger.base + path) == code


@pytest.mark.parametrize("path", ["/endless", "/chunked-endless"])
def test_an_endless_body_is_left_at_the_limit(stranger, settings, path):
    settings.IMAGE_MAX_BYTES = 200_000
    assert code_of(stranger.base + path) == "size"
    assert stranger.hung_up.wait(5)


@pytest.mark.parametrize("path", ["/drip", "/drip-header", "/silent"])
def test_a_server_that_drips_or_falls_silent_is_left_in_time(stranger, path):
    began = time.monotonic()
    assert code_of(stranger.base + path) == "slow"
    assert time.monotonic() - began < 3


def test_a_server_that_hangs_up_is_said_to(settings, stranger):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        settings.PICTURE_FETCH_PORTS = {port}
        thread = threading.Thread(target=lambda: mute.accept()[0].close(), daemon=True)
        thread.start()
        assert code_of(f"http://127.0.0.1:{port}/") == "broken"


def test_a_proxy_of_the_environment_is_not_used(stranger, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch_picture(f"{stranger.base}/picture.png").data == png()


def test_a_proxy_of_the_settings_is_told_the_judged_address(stranger, settings):
    asked = []

    def relay(listening: socket.socket) -> None:
        client, _ = listening.accept()
        asked.append(client.recv(1000).split(b"\r\n")[0])
        client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        with socket.create_connection(("127.0.0.1", stranger.server_port)) as onward, client:
            onward.sendall(client.recv(65536))
            while data := onward.recv(65536):
                client.sendall(data)

    with socket.create_server(("127.0.0.1", 0)) as proxy:
        settings.PICTURE_FETCH_PROXY = f"127.0.0.1:{proxy.getsockname()[1]}"
        threading.Thread(target=relay, args=(proxy,), daemon=True).start()
        url = f"http://pictures.example:{stranger.server_port}/picture.png"
        assert fetch_picture(url, resolve=lambda host, port: ["127.0.0.1"]).data == png()
    assert asked == [f"CONNECT 127.0.0.1:{stranger.server_port} HTTP/1.1".encode()]


# --- Where it must not go ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("0.0.0.0", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
        *("255.255.255.255", "168.63.129.16", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1"),
        *("fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::"),
        *("2002:a00:1::1", "2001:0:7f00:1::", "2001:db8::1", "100::1", "nonsense", ""),
    ],
)  # fmt: skip
def test_an_inner_address_is_no_public_one(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_a_public_address_is_one_in_each_form(address):
    assert is_public(address)


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "fe80::1"])
def test_the_setting_of_tests_opens_loopback_alone(settings, address):
    settings.PICTURE_FETCH_TO_LOOPBACK = True
    assert is_public("127.0.0.1")
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.com/a.png", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://example.com/", "scheme"),
        ("//example.com/a.png", "scheme"),
        ("a.png", "scheme"),
        ("", "scheme"),
        ("http://user:word@example.com/", "credentials"),
        ("http://user@example.com/", "credentials"),
        ("http://@example.com/", "credentials"),
        ("http://example.com:22/", "port"),
        ("https://example.com:8443/", "port"),
        ("http://example.com:0/", "port"),
        ("http://example.com:x/", "url"),
        ("http://example.com:99999/", "url"),
        ("http://2130706433/", "odd_host"),
        ("http://0x7f000001/", "odd_host"),
        ("http://0x7f.1/", "odd_host"),
        ("http://0177.0.0.1/", "odd_host"),
        ("http://127.1/", "odd_host"),
        ("http://１２７.1/", "odd_host"),
        ("http://example.com\\@inner/", "url"),
        ("http://exa mple.com/", "url"),
        ("http://example.com/\r\nX: y", "url"),
        ("http:///a.png", "url"),
        ("http://[::1/", "url"),
        ("http://[v1.x]/", "url"),
        ("http://ex%61mple.com/", "url"),
        ("http://" + "a" * 64 + ".com/", "url"),
        ("http://example.com/" + "a" * 2000, "url"),
    ],
)
def test_an_address_that_may_not_be_asked_is_refused(url, code):
    with pytest.raises(FetchError) as caught:
        judge_url(url)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Bücher.example/a.png", "xn--bcher-kva.example"),
        ("http://１２７.0.0.1/", "127.0.0.1"),
        ("http://[2606:2800::1]/", "2606:2800::1"),
        ("HTTPS://cdn_1.example.com./a", "cdn_1.example.com."),
    ],
)
def test_a_host_is_read_as_the_resolver_would(url, host):
    assert judge_url(url).hostname == host


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::ffff:192.168.0.1"], ["::1"]]
)
def test_a_host_with_an_inner_address_is_refused_whole(found):
    assert code_of("http://pictures.example/a.png", resolve=lambda host, port: found) == "private"


def test_a_host_without_an_address_is_named(monkeypatch):
    assert code_of("http://no-such-host.invalid/a.png") == "unknown_host"


def test_a_name_that_changes_its_answer_is_resolved_once(stranger):
    """DNS rebinding: the second answer would be inside, and nobody asks for it."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    url = f"http://pictures.example:{stranger.server_port}/picture.png"
    assert fetch_picture(url, resolve=rebinding).data == png()
    assert asked == ["pictures.example"]
    assert stranger.seen == [("/picture.png", f"pictures.example:{stranger.server_port}")]


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("http://10.0.0.1/latest", "private"),
        ("http://169.254.169.254/latest/meta-data/", "private"),
        ("http://[::ffff:10.0.0.1]/", "private"),
        ("file:///etc/passwd", "scheme"),
        ("http://a:b@10.0.0.1/", "credentials"),
        ("http://127.0.0.1:22/", "port"),
        ("//0x7f.1/", "odd_host"),
    ],
)
def test_a_redirect_is_judged_like_the_first_address(stranger, target, code):
    assert code_of(f"{stranger.base}/to?to={target}") == code
    assert len(stranger.seen) == 1


def test_a_redirect_to_a_name_that_leads_inside_is_refused(stranger):
    def resolve(host: str, port: int) -> list[str]:
        return ["10.1.2.3"] if host == "inner.example" else ["127.0.0.1"]

    url = f"http://pictures.example:{stranger.server_port}/to?to=http://inner.example/a.png"
    assert code_of(url, resolve=resolve) == "private"


# --- TLS ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for pictures.example that only those who are told to trust."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    key, crt = folder / "key.pem", folder / "crt.pem"
    command = (
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        f" -keyout {key} -out {crt} -subj /CN=pictures.example"
        f" -addext subjectAltName=DNS:pictures.example"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    return crt, key


@pytest.fixture
def secure(certificate: tuple[Path, Path], settings: Any) -> Iterator[Any]:
    settings.PICTURE_FETCH_TO_LOOPBACK = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with serving(context=context) as server:
        settings.PICTURE_FETCH_PORTS = {server.server_port}
        server.names = names
        yield server


def loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def test_tls_is_for_the_name_not_the_address(secure, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    url = f"https://pictures.example:{secure.server_port}/picture.png"
    assert fetch_picture(url, resolve=loopback).data == png()
    assert secure.names == ["pictures.example"]


def test_a_certificate_for_another_name_is_refused(secure, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    url = f"https://other.example:{secure.server_port}/picture.png"
    assert code_of(url, resolve=loopback) == "certificate"


def test_a_certificate_that_nobody_vouches_for_is_refused(secure):
    url = f"https://pictures.example:{secure.server_port}/picture.png"
    assert code_of(url, resolve=loopback) == "certificate"


def test_a_redirect_away_from_tls_is_refused(secure, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    target = f"http://pictures.example:{secure.server_port}/picture.png"
    url = f"https://pictures.example:{secure.server_port}/to?to={target}"
    assert code_of(url, resolve=loopback) == "downgrade"
