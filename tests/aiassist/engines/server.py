"""A chat endpoint of our own that does what the outside world does: fail, in every known way."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Act = Callable[["Handler", dict[str, Any]], None]


def facts_told(body: dict[str, Any]) -> dict[str, Any]:
    """The data block of a request, as a model reads it."""
    return json.loads(next(m["content"] for m in body["messages"] if m["role"] == "user"))


def honest(block: dict[str, Any]) -> str:
    """What a faithful model answers: each fact in a sentence of its own."""
    form = "这款商品的{name}为{value}。" if block["language"] == "zh" else "The {name} is {value}."
    rows = [{"text": form.format(**fact), "facts": [fact["id"]]} for fact in block["facts"]]
    return json.dumps({"sentences": rows}, ensure_ascii=False)


# --- What it may do -----------------------------------------------------------------------------


def well(handler: "Handler", body: dict[str, Any]) -> None:
    handler.chat(honest(facts_told(body)))


def says(text: str | None, **choice: Any) -> Act:
    return lambda handler, body: handler.chat(text, **choice)


def status(code: int, message: str = "it went wrong", **headers: str) -> Act:
    def act(handler: "Handler", body: dict[str, Any]) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        handler.send(code, {"error": {"message": message}}, headers=named)

    return act


def slow(seconds: float) -> Act:
    def act(handler: "Handler", body: dict[str, Any]) -> None:
        time.sleep(seconds)
        well(handler, body)

    return act


def reset(handler: "Handler", body: dict[str, Any]) -> None:
    """The connection dies without a word (RST)."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def cut_body(handler: "Handler", body: dict[str, Any]) -> None:
    """The connection ends in the middle of what was announced."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [{"mess')
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def only(*supported: str) -> Act:
    """A server that knows no other response_format than these."""

    def act(handler: "Handler", body: dict[str, Any]) -> None:
        wanted = (body.get("response_format") or {}).get("type")
        if wanted and wanted not in supported:
            handler.send(400, {"error": {"message": f"response_format {wanted} is unknown"}})
        else:
            well(handler, body)

    return act


def raw(data: bytes, content_type: str = "text/html") -> Act:
    return lambda handler, body: handler.send_bytes(200, data, content_type)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "ChatServer"

    def do_POST(self) -> None:
        n = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(n))
        act = self.server.next_act(self, body)
        try:
            act(self, body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client had waited long enough
        finally:
            self.server.n_open -= 1

    def chat(
        self, text: str | None, *, usage: Any = ..., finish: str = "stop", **more: Any
    ) -> None:
        answer: dict[str, Any] = {
            "id": "x",
            "object": "chat.completion",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish,
                    "message": {"role": "assistant", "content": text, **more},
                }
            ],
        }
        usage = {"prompt_tokens": 100, "completion_tokens": 20} if usage is ... else usage
        if usage is not None:
            answer["usage"] = usage
        self.send(200, answer)

    def send(self, code: int, answer: Any, *, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(answer, ensure_ascii=False).encode()
        self.send_bytes(code, data, "application/json", headers)

    def send_bytes(
        self, code: int, data: bytes, content_type: str, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(code)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests look at `server.bodies`."""


class ChatServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.always: Act = well
        self.acts: list[Act] = []  # done first, one a request
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.at: list[float] = []
        self.n_open = self.most_open = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def next_act(self, handler: Handler, body: dict[str, Any]) -> Act:
        with self.lock:
            self.bodies.append(body)
            self.headers.append(dict(handler.headers))
            self.paths.append(handler.path)
            self.at.append(time.monotonic())
            self.n_open += 1
            self.most_open = max(self.most_open, self.n_open)
            return self.acts.pop(0) if self.acts else self.always

    def handle_error(self, *_: Any) -> None:
        """A client that left is no news."""


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    server = ChatServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
