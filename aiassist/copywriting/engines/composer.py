"""The grounded composer as an engine: no network, no weights, no cost, both languages."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter

from aiassist.copywriting.composer import KINDS, NAME, VERSION, Composer
from aiassist.copywriting.engine import Answer, Capabilities, CopyRequest, DraftText, Usage


class ComposerEngine:
    name, version, prompt_version = NAME, VERSION, ""
    capabilities = Capabilities(kinds=KINDS, is_instant=True, batch_size=250)

    def generate(
        self, requests: Sequence[CopyRequest], *, check: Callable[[], None] | None = None
    ) -> list[Answer]:
        answers: list[Answer] = []
        for request in requests:
            began = perf_counter()
            answer = Composer().generate([request])[0]
            if isinstance(answer, DraftText):
                answer = replace(answer, usage=Usage(seconds=perf_counter() - began))
            answers.append(answer)
        return answers
