"""A server that fails on demand, and engines that ask it."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from aiassist.copywriting.engines import calls
from aiassist.copywriting.engines.addresses import parse_url
from aiassist.copywriting.engines.breaker import Breaker
from aiassist.copywriting.engines.calls import Caller
from aiassist.copywriting.engines.openai import OpenAIEngine
from aiassist.copywriting.engines.prompts import prompt_of
from aiassist.copywriting.engines.wire import Wire
from tests.aiassist.engines.server import ChatServer, chat_server

_n = count()


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    settings.TEXT_ENGINE_LOOPBACK = True
    # The pauses between tries are real, only shorter.
    monkeypatch.setattr(calls, "FIRST_PAUSE", 0.01)
    with chat_server() as running:
        yield running


@pytest.fixture
def engine_at(server: ChatServer) -> Iterator[Callable[..., OpenAIEngine]]:
    made = []

    def make(*, url: str = "", key: str = "", timeout: float = 5, n_in_flight: int = 4, **wishes):
        wire = Wire(parse_url(url or server.url), key=key)
        caller = Caller(
            wire,
            model="tiny",
            breaker=wishes.pop("breaker", None) or Breaker(),
            timeout_seconds=timeout,
            **wishes,
        )
        made.append(wire)
        return OpenAIEngine(caller, prompt_of(), n_in_flight=n_in_flight)

    yield make
    for wire in made:
        wire.close()
