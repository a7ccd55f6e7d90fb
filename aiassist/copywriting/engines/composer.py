"""The grounded composer as an engine: no network, no weights, no cost, both languages."""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from aiassist.copywriting.composer import NAME, VERSION, Composer
from aiassist.copywriting.engine import Answer, Capabilities, CopyRequest, DraftText, Usage


class ComposerEngine:
    name, version, prompt_version = NAME, VERSION, ""
    capabilities = Capabilities(is_instant=True)

    def generate(self, requests: Sequence[CopyRequest]) -> list[Answer]:
        answers: list[Answer] = []
        for request in requests:
            began = perf_counter()
            answer = Composer().generate([request])[0]
            if isinstance(answer, DraftText):
                answer = replace(answer, usage=Usage(seconds=perf_counter() - began))
            answers.append(answer)
        return answers
