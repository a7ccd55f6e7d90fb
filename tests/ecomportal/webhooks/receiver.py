"""A shop's own program: a real server that checks signatures and misbehaves when told to."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ecomportal.webhooks.signing import verify


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        fits = verify(server.secret, self.headers["Webhook-Signature"], body)
        server.calls.append({"path": self.path, "body": body, "headers": dict(self.headers)})
        self.say(server.say.pop(0) if server.say else (200 if fits else 401))

    def say(self, what: Any) -> None:
        if what == "silent":
            self.server.released.wait(20)
            self.close_connection = True
            return
        if what == "hang-up":
            self.close_connection = True
            return
        if what == "drip":
            self.drip()
            return
        status, headers = what if isinstance(what, tuple) else (what, {})
        answer = b"thank you" if status == 200 else b"no, thank you"
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def drip(self) -> None:
        """A header that never ends, a byte at a time."""
        self.close_connection = True
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while not self.server.released.is_set():
                self.wfile.write(b"a")
                time.sleep(0.05)
        except OSError:
            pass


@contextmanager
def receiving() -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.calls, server.say, server.secret = [], [], ""
    server.released = threading.Event()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
