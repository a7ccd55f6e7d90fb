"""Any server with OpenAI's chat endpoint: vLLM, SGLang, Ollama, llama.cpp, `transformers serve`."""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Self

from aiassist.copywriting.engine import Answer, Capabilities, CopyRequest, Failed
from aiassist.copywriting.engines.addresses import AddressRefused, parse_url
from aiassist.copywriting.engines.breaker import breaker_of
from aiassist.copywriting.engines.calls import Caller
from aiassist.copywriting.engines.conversation import write_one
from aiassist.copywriting.engines.models import EngineChoice
from aiassist.copywriting.engines.prompts import Prompt, UnknownPrompt, prompt_of
from aiassist.copywriting.engines.wire import Wire
from ecomportal.said import Said
from ecomportal.sealed import SealBroken, unseal

NAME = "openai"
LOOK_SECONDS = 0.5  # how often whoever waits is asked whether to go on
ROUNDS = 6  # of requests in a batch: few, so that finished texts are soon at hand, and enough that
# the end of a batch, when fewer and fewer are in flight, weighs little


class OpenAIEngine:
    """Requests in flight at once, each a conversation of at most two turns."""

    name = NAME

    def __init__(self, caller: Caller, prompt: Prompt, *, n_in_flight: int = 16) -> None:
        self.caller, self.prompt, self.n_in_flight = caller, prompt, n_in_flight
        self.version, self.prompt_version = caller.model, prompt.version
        self.capabilities = Capabilities(
            kinds=prompt.kinds,
            can_translate="translation" in prompt.kinds,
            needs_network=True,
            is_cached=True,
            batch_size=n_in_flight * ROUNDS,
            price_in_micros=caller.prices[0],
            price_out_micros=caller.prices[1],
        )

    @classmethod
    def of(cls, choice: EngineChoice) -> "Self | BrokenEngine":
        """The engine as a shop set it up; one that answers why not where that cannot be."""
        try:
            base = parse_url(choice.base_url)
            key = unseal(choice.sealed_key) if choice.sealed_key else ""
            prompt = prompt_of(choice.prompt_version)
        except AddressRefused as refusal:
            return BrokenEngine(refusal.reason)
        except SealBroken as broken:
            return BrokenEngine(broken.reason)
        except UnknownPrompt:
            prompt = prompt_of()
        caller = Caller(
            Wire(base, key=key),
            model=choice.model,
            breaker=breaker_of(choice.merchant_id, base.origin, base.path, choice.model),
            timeout_seconds=choice.timeout_seconds,
            prices=(choice.price_in_micros, choice.price_out_micros),
        )
        return cls(caller, prompt, n_in_flight=choice.n_in_flight)

    def generate(
        self, requests: Sequence[CopyRequest], *, check: Callable[[], None] | None = None
    ) -> list[Answer]:
        """`check` is called now and then while answers are awaited; what it raises ends the wait,
        and with it what has not left yet."""
        pool = ThreadPoolExecutor(self.n_in_flight, thread_name_prefix="text")
        self.caller.stopped.clear()
        futures = [pool.submit(self._write, request) for request in requests]
        try:
            self._await(futures, check)
        except BaseException:
            self.caller.stopped.set()
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return [future.result() for future in futures]

    def _await(self, futures: list[Future[Answer]], check: Callable[[], None] | None) -> None:
        waiting = set(futures)
        while waiting:
            waiting = wait(waiting, LOOK_SECONDS, return_when=FIRST_COMPLETED).not_done
            if check:
                check()

    def _write(self, request: CopyRequest) -> Answer:
        return write_one(
            request,
            self.prompt,
            partial(self.caller.ask, seed=request.seed),
            engine=self.name,
            engine_version=self.version,
        )


class BrokenEngine:
    """Stands for an engine whose settings cannot work, and says why to every request."""

    name, version, prompt_version = NAME, "", ""
    capabilities = Capabilities(needs_network=True)

    def __init__(self, reason: Said) -> None:
        self.reason = reason

    def generate(
        self, requests: Sequence[CopyRequest], *, check: Callable[[], None] | None = None
    ) -> list[Answer]:
        return [Failed(self.reason, "stop") for _ in requests]
