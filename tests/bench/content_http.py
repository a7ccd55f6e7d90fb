"""What the HTTP engine adds to the server's own time: against a bare client, 16 in flight.

Both ask the same server with the same bodies over kept connections from 16 threads. The server is
a process of its own that answers after a fixed time, as a model server with room for all 16 does;
so the walls of time compare what stands around the requests. The bare client is http.client with
nothing around it: no checks of addresses, no budget of time, no reading of what comes back. The
processor time of each side is told too, since on a busy machine it is the steadier figure.
"""

import asyncio
import http.client
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import local
from typing import Any

IN_FLIGHT = 16
N_REQUESTS = 480
ROUNDS = 5
SERVER_SECONDS = 0.15  # far less than a model needs: a slower server would hide more
TARGET = 1.1


def measure() -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.conf import settings

    settings.TEXT_ENGINE_LOOPBACK = True
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    try:
        return _compared(ours.recv())
    finally:
        server.terminate()
        server.join()


def _compared(port: int) -> dict[str, Any]:
    requests = _requests()
    bare, engine = _bare(port), _engine(port)
    bodies = [engine.caller._body(_messages(engine, one), 1600, 1) for one in requests]
    for side, some in ((bare, bodies[:IN_FLIGHT]), (_check, engine.generate(requests[:IN_FLIGHT]))):
        side(some)
    walls: dict[str, list[float]] = {"bare": [], "engine": []}
    works: dict[str, list[float]] = {"bare": [], "engine": []}
    for _ in range(ROUNDS):  # in turn, so that a busy minute hits both
        for name, act in (
            ("bare", lambda: bare(bodies)),
            ("engine", lambda: _check(engine.generate(requests))),
        ):
            wall, work = _timed(act)
            walls[name].append(wall)
            works[name].append(work)
    ratio = statistics.median(e / b for e, b in zip(walls["engine"], walls["bare"], strict=True))
    return {
        "overhead_vs_bare_client": round(ratio, 3),
        "http_in_flight": IN_FLIGHT,
        "http_server_ms": round(SERVER_SECONDS * 1000),
        "http_engine_cpu_ms_per_text": _per_text(works["engine"]),
        "http_bare_cpu_ms_per_text": _per_text(works["bare"]),
    }


def _per_text(works: list[float]) -> float:
    return round(min(works) / N_REQUESTS * 1000, 3)


def _timed(act: Callable[[], Any]) -> tuple[float, float]:
    wall, work = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - wall, time.process_time() - work


# --- Our side ------------------------------------------------------------------------------------


def _requests() -> list[Any]:
    from tests.aiassist.copywriting.samples import BACKPACK, KETTLE, T_SHIRT, WATCH

    samples = [KETTLE, T_SHIRT, BACKPACK, WATCH]
    return [
        samples[n % 4].request("en" if n % 2 else "zh", product_id=str(n), seed=n)
        for n in range(N_REQUESTS)
    ]


def _engine(port: int) -> Any:
    from aiassist.copywriting.engines.addresses import parse_url
    from aiassist.copywriting.engines.breaker import Breaker
    from aiassist.copywriting.engines.calls import Caller
    from aiassist.copywriting.engines.openai import OpenAIEngine
    from aiassist.copywriting.engines.prompts import prompt_of
    from aiassist.copywriting.engines.wire import Wire

    wire = Wire(parse_url(f"http://127.0.0.1:{port}/v1"), key="sk-bench")
    caller = Caller(wire, model="bench", breaker=Breaker(), timeout_seconds=30)
    return OpenAIEngine(caller, prompt_of(), n_in_flight=IN_FLIGHT)


def _messages(engine: Any, request: Any) -> Any:
    from aiassist.copywriting.engines.prompts import messages_for

    return messages_for(request, engine.prompt)


def _check(answers: list[Any]) -> None:
    """A figure for wrong answers would be no figure."""
    from aiassist.copywriting.engine import DraftText

    wrong = [answer for answer in answers if not isinstance(answer, DraftText)]
    if wrong:
        raise AssertionError(f"{len(wrong)} of {len(answers)} texts failed: {wrong[0]}")


# --- The bare client -----------------------------------------------------------------------------


def _bare(port: int) -> Callable[[list[bytes]], None]:
    """Posts bodies from as many threads, each with a connection that it keeps."""
    kept = local()

    def post(body: bytes) -> int:
        if not hasattr(kept, "connection"):
            kept.connection = http.client.HTTPConnection("127.0.0.1", port)
        headers = {"Content-Type": "application/json", "Authorization": "Bearer sk-bench"}
        kept.connection.request("POST", "/v1/chat/completions", body=body, headers=headers)
        with kept.connection.getresponse() as response:
            return len(json.loads(response.read())["choices"])

    def run(bodies: list[bytes]) -> None:
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            assert sum(pool.map(post, bodies)) == len(bodies)

    return run


# --- The server ----------------------------------------------------------------------------------


def serve(told: Any) -> None:
    """Answer every request after the same time, in the language that was asked for."""
    asyncio.run(_serve(told))


async def _serve(told: Any) -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    told.send(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while head := await _head(reader):
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        body = await reader.readexactly(length)
        await asyncio.sleep(SERVER_SECONDS)
        data = ANSWERS["zh" if b'\\"language\\":\\"zh\\"' in body else "en"]
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
        await writer.drain()
    writer.close()


async def _head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    except (asyncio.IncompleteReadError, ConnectionResetError):
        return ""


def _body(text: str) -> bytes:
    rows = [{"text": text, "facts": [f"f{n}"]} for n in range(1, 6)]
    content = json.dumps({"sentences": rows}, ensure_ascii=False)
    choice = {"index": 0, "finish_reason": "stop", "message": {"content": content}}
    usage = {"prompt_tokens": 700, "completion_tokens": 160}
    return json.dumps({"choices": [choice], "usage": usage}, ensure_ascii=False).encode()


ANSWERS = {
    "en": _body("It is made of a good material and holds what you put into it."),
    "zh": _body("它采用好材料制成，可以装下您放进去的东西。"),
}


if __name__ == "__main__":
    print(json.dumps(measure()))
