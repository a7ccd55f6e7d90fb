"""How much a text will take, before anybody has counted it."""

import re

from aiassist.copywriting.engine import CopyRequest, TextEngine, Usage
from aiassist.copywriting.engines.prompts import UnknownPrompt, messages_for, prompt_of

CJK = re.compile(r"[\u3000-\u9fff\uf900-\uffef]")
CHARS_PER_TOKEN = 3.6  # of Latin text and JSON; CJK characters are about a token each
OVERHEAD_TOKENS = 12  # of the chat form around the messages
# What a text of a kind usually has, in tokens of the answer with its JSON.
USUAL = {"short_title": 60, "seo_title": 60, "seo_description": 110, "alt_text": 80, "sms": 80}
USUAL_ELSE = 320


def tokens_in(text: str) -> int:
    n_cjk = len(CJK.findall(text))
    return n_cjk + round((len(text) - n_cjk) / CHARS_PER_TOKEN)


def expected(request: CopyRequest, engine: TextEngine) -> Usage:
    """Tokens and money a request will most likely take; nothing where nothing is prompted."""
    if not engine.prompt_version:
        return Usage()
    try:
        messages = messages_for(request, prompt_of(engine.prompt_version.partition(".")[0]))
    except UnknownPrompt:
        return Usage()
    n_in = OVERHEAD_TOKENS + sum(tokens_in(message["content"]) for message in messages)
    n_out = USUAL.get(request.field, USUAL_ELSE)
    if request.max_chars:
        n_out = min(n_out, round(request.max_chars / 2) + 60)
    can = engine.capabilities
    micros = n_in * can.price_in_micros + n_out * can.price_out_micros
    return Usage(n_in, n_out, -(-micros // 1_000_000), 1)
