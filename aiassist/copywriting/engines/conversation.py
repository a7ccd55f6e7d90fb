"""Ask, read, and ask once more where the answer would not do: the same for every model."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from aiassist.copywriting.engine import Answer, CopyRequest, DraftText, Failed, Usage
from aiassist.copywriting.engines.block import lacks_facts, one_line
from aiassist.copywriting.engines.prompts import (
    Messages,
    Prompt,
    UnknownPrompt,
    messages_for,
    repair_messages,
)
from aiassist.copywriting.engines.reading import Unreadable, read_answer
from ecomportal.said import said

# Tokens an answer may have: some models think before they write.
MOST_TOKENS = {"short_title": 400, "seo_title": 400, "seo_description": 600}
MOST_TOKENS_ELSE = 1600


@dataclass(frozen=True)
class Turn:
    """What a model said in one turn."""

    text: str
    usage: Usage
    is_cut: bool = False
    refusal: str = ""


class Trouble(Exception):
    """A turn that came to nothing; `failed` says why, and for how many."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(str(failed.reason))
        self.failed = failed


Ask = Callable[[Messages, int], Turn]  # (messages, the most tokens) -> a turn; raises Trouble


def most_tokens(request: CopyRequest) -> int:
    return MOST_TOKENS.get(request.field, MOST_TOKENS_ELSE)


def write_one(
    request: CopyRequest, prompt: Prompt, ask: Ask, *, engine: str, engine_version: str
) -> Answer:
    """The draft, or why there is none; what it took is counted either way."""
    if lacking := lacks_facts(request):
        return lacking
    try:
        messages = messages_for(request, prompt)
    except UnknownPrompt:
        reason = said("The prompt %(name)s has no words for this kind of text.", name=prompt.name)
        return Failed(reason)
    spent, limit = Usage(), most_tokens(request)
    for is_last in (False, True):
        try:
            turn = ask(messages, limit)
        except Trouble as trouble:
            return replace(trouble.failed, usage=spent + trouble.failed.usage)
        spent += turn.usage
        if turn.refusal:
            words = one_line(turn.refusal)[:160]
            return Failed(said("The model refused: %(words)s", words=words), usage=spent)
        found = read_answer(
            turn.text,
            request,
            prompt,
            engine=engine,
            engine_version=engine_version,
            is_cut=turn.is_cut,
        )
        if isinstance(found, DraftText):
            return replace(found, usage=spent)
        if is_last or not found.may_repair:
            return _failed(found, turn, spent)
        messages = repair_messages(messages, turn.text, found.hint, prompt=prompt)
    raise AssertionError("unreachable")


def _failed(found: Unreadable, turn: Turn, spent: Usage) -> Failed:
    return Failed(found.reason, usage=spent, raw=turn.text[:2000])
