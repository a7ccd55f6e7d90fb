"""Texts by a language model in the worker itself: no server, nothing leaves the machine."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from aiassist.copywriting.engine import (
    Answer,
    Capabilities,
    CopyRequest,
    DraftText,
    Failed,
    Usage,
)
from aiassist.copywriting.engines.block import lacks_facts
from aiassist.copywriting.engines.local_models import model_at, refusal
from aiassist.copywriting.engines.models import EngineChoice, EngineName
from aiassist.copywriting.engines.prompts import (
    Messages,
    Prompt,
    messages_for,
    prompt_of,
    repair_messages,
)
from aiassist.copywriting.engines.reading import read_answer
from aiassist.ml.causal_lm import CausalLM, Completion
from aiassist.ml.weights import WeightsError
from aiassist.registry.artefacts import serving
from aiassist.registry.models import ModelKind
from ecomportal.said import said

log = logging.getLogger(__name__)
AT_ONCE = 16  # requests in the model at the same time
# New tokens a text may take: its characters (the worst tokenizer has one each) and the JSON around.
DEFAULT_CHARS = {"description": 900, "bullets": 700}
OTHER_CHARS = 300
JSON_TOKENS = 160
FEWEST_TOKENS = 64  # less room than that holds no text


@dataclass
class Asked:
    """A request on its way: what the model was told, and what it took so far."""

    n: int
    request: CopyRequest
    messages: Messages
    usage: Usage = Usage()


class LocalEngine:
    name = str(EngineName.LOCAL)

    def __init__(
        self, model: str, prompt: Prompt, *, adapter: Path | None = None, adapter_n: int = 0
    ) -> None:
        self.model, self.prompt, self.adapter = model, prompt, adapter
        self.version = f"{model} +{adapter_n}" if adapter_n else model
        self.prompt_version = prompt.version
        self.n_at_once = AT_ONCE
        self.capabilities = Capabilities(
            kinds=prompt.kinds, can_translate=True, is_cached=True, batch_size=AT_ONCE
        )

    @classmethod
    def of(cls, choice: EngineChoice) -> "LocalEngine":
        """The shop's engine with what was trained for it; call it inside the shop's tenant."""
        prompt, model = prompt_of(choice.prompt_version), choice.local_model
        trained = serving(choice.merchant, ModelKind.COPY_ADAPTER, base=model)
        if trained is None:
            return cls(model, prompt)
        version, folder = trained
        return cls(model, prompt, adapter=folder, adapter_n=version.n)

    def generate(
        self, requests: Sequence[CopyRequest], *, check: Callable[[], None] | None = None
    ) -> list[Answer]:
        """`check` is called between the two turns; a batch is small, so nobody waits long."""
        try:
            lm = model_at(self.model)
            lm.use_adapter(self.adapter)
        except WeightsError as error:
            return [Failed(refusal(error), "stop")] * len(requests)
        answers: list[Answer | None] = [lacks_facts(request) for request in requests]
        asked = [
            Asked(n, request, messages_for(request, self.prompt))
            for n, (request, answer) in enumerate(zip(requests, answers, strict=True))
            if answer is None
        ]
        unread = self._ask(lm, asked, answers)
        if check:
            check()
        self._ask(lm, unread, answers, is_last=True)
        return [answer for answer in answers if answer is not None]

    def _ask(
        self, lm: CausalLM, asked: list[Asked], answers: list[Any], *, is_last: bool = False
    ) -> list[Asked]:
        """Fill in the answers; returns what is worth another try."""
        again = []
        for one, completion in self._completions(lm, asked, answers):
            found = read_answer(
                completion.text, one.request, self.prompt,
                engine=self.name, engine_version=self.version, is_cut=not completion.is_whole,
            )  # fmt: skip
            if isinstance(found, DraftText):
                answers[one.n] = replace(found, usage=one.usage)
            elif is_last or not found.may_repair:
                answers[one.n] = Failed(found.reason, usage=one.usage, raw=completion.text)
            else:
                one.messages = repair_messages(
                    one.messages, completion.text, found.hint, prompt=self.prompt
                )
                again.append(one)
        return again

    def _completions(
        self, lm: CausalLM, asked: list[Asked], answers: list[Any]
    ) -> list[tuple[Asked, Completion]]:
        """What the model says to each; those it has no room for are answered here."""
        fitting, prompts, limits = [], [], []
        for one in asked:
            prompt = lm.encode(one.messages)
            room = lm.max_tokens - len(prompt)
            if room < FEWEST_TOKENS:
                answers[one.n] = Failed(
                    said("The product's facts are more than the model can read at once."),
                    usage=one.usage,
                )
                continue
            fitting.append(one)
            prompts.append(prompt)
            limits.append(min(room, _limit(one.request)))
        if not prompts:
            return []
        began = perf_counter()
        completions = self._complete(lm, prompts, limits)
        seconds = (perf_counter() - began) / len(prompts)
        for one, completion in zip(fitting, completions, strict=True):
            one.usage += Usage(completion.n_read, completion.n_written, 0, 1, seconds)
        return list(zip(fitting, completions, strict=True))

    def _complete(
        self, lm: CausalLM, prompts: list[list[int]], limits: list[int]
    ) -> list[Completion]:
        """Fewer at once where the memory does not hold them; one alone must fit."""
        while True:
            try:
                return lm.complete(prompts, max_new_tokens=limits, n_at_once=self.n_at_once)
            except (MemoryError, RuntimeError) as error:
                if self.n_at_once == 1 or not _is_memory(error):
                    raise
                self.n_at_once //= 2
                log.warning("Not enough memory, %s requests at once from here", self.n_at_once)


def _is_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or "memory" in str(error).lower()


def _limit(request: CopyRequest) -> int:
    chars = request.max_chars or DEFAULT_CHARS.get(request.field, OTHER_CHARS)
    return JSON_TOKENS + max(chars, len(request.source_text) * 2)
