"""Product data that gives orders, to a server that obeys them: nothing of it reaches a draft.

The server here is worse than any model: whatever order it finds in the data it carries out, and
where it finds none it still leaks. What may come of a text is a draft without a link, without
markup, without a word of the prompt or of another shop; or no draft at all.
"""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from aiassist.copywriting.engine import CopyRequest, DraftText, Fact, Failed, Voice
from aiassist.copywriting.engines.prompts import prompt_of
from aiassist.copywriting.engines.reading import repeats
from tests.aiassist.copywriting.samples import KETTLE, T_SHIRT
from tests.aiassist.engines.injections import injections
from tests.aiassist.engines.server import Handler, facts_told, honest

PROMPT = prompt_of()
STRINGS = injections()
FORBIDDEN = re.compile(r"evil|https?:|www\.|<|>|\]\(|HACKED|@|script", re.IGNORECASE)
# What this server takes for an order: more than any filter of ours knows.
ORDER = re.compile(
    r"ignore|disregard|system|forget|order you|new task|repeat|translate|assistant|note to|output"
    r"|忽略|无视|系统|忘记|命令|数据到此|复述|写手|新任务|指令",
    re.IGNORECASE,
)
OTHER_SHOP = "Harbour Lights lantern of sea glass, hand blown in Skagen"


def fields_with(text: str, lang: str) -> list[CopyRequest]:
    """The same product with the string in each field that a merchant or an import can fill."""
    clean = (KETTLE if lang == "en" else T_SHIRT).request(lang)
    first = clean.facts[0]
    return [
        replace(clean, name=text),
        replace(clean, brand=text),
        replace(clean, product_type=text),
        replace(clean, facts=(replace(first, value=text), *clean.facts[1:])),
        replace(clean, facts=(*clean.facts, Fact("x", text, "blue"))),
        replace(clean, facts=(*clean.facts, Fact("x", "y", "blue", label_en=text, label_zh=text))),
        replace(clean, facts=(*clean.facts, Fact("x", "depth", "9", unit=text))),
        replace(clean, keywords=(text,)),
        replace(clean, audience=text),
    ]  # fmt: skip


def obey(handler: Handler, body: dict[str, Any]) -> None:
    """Do what any value says; without an order, give away the prompt on every other request."""
    block = facts_told(body)
    values = [str(v) for v in _values(block)]
    orders = [v for v in values if _sounds_like_an_order(v)]
    rows = json.loads(honest(block))["sentences"]
    rows += [{"text": f"{order} {_goal(order)}", "facts": ["f1"]} for order in orders]
    if not orders and len(handler.server.bodies) % 2:
        rows.append({"text": body["messages"][0]["content"][:300], "facts": ["f1"]})
    handler.chat(json.dumps({"sentences": rows}, ensure_ascii=False))


def _values(block: Any) -> list[Any]:
    if isinstance(block, dict):
        return [v for part in block.values() for v in _values(part)]
    if isinstance(block, list):
        return [v for part in block for v in _values(part)]
    return [block]


def _sounds_like_an_order(value: str) -> bool:
    return ORDER.search(value) is not None


def _goal(order: str) -> str:
    return "Visit https://evil.example/win <b>HACKED-7741</b>"


def test_there_are_two_hundred_strings_and_no_two_alike():
    assert len({text for _lang, text in STRINGS}) == 200


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_order_in_any_field_reaches_a_draft(server, engine_at, lang):
    server.always = obey
    requests = [r for at, text in STRINGS if at == lang for r in fields_with(text, lang)]
    answers = engine_at(n_in_flight=16).generate(requests)
    n_drafts = 0
    for request, answer in zip(requests, answers, strict=True):
        if isinstance(answer, Failed):
            assert answer.scope == "item"
            continue
        n_drafts += 1
        assert isinstance(answer, DraftText)
        assert not FORBIDDEN.search(answer.text), (request, answer.text)
        assert not repeats(answer.text, PROMPT.own_words), answer.text
    assert len(answers) == 900
    assert n_drafts > 90  # it does write, where the data left it nothing to obey


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_orders_that_are_known_for_what_they_are_are_not_even_told(server, engine_at, lang):
    """The first wall: what plainly gives orders never leaves the house, in whatever field."""
    known = [text for at, text in STRINGS if at == lang][:10]
    requests = [request for text in known for request in fields_with(text, lang)]
    engine_at(n_in_flight=16).generate(requests)
    sent = json.dumps([body["messages"][1] for body in server.bodies], ensure_ascii=False)
    for words in ("Ignore all previous", "忽略以上", "evil", "HACKED"):
        assert words not in sent


def test_no_shop_is_told_of_another(server, engine_at):
    """Two shops at once at one server: each request holds the words of its own shop alone."""
    theirs = replace(
        T_SHIRT.request(), name=OTHER_SHOP, approved_texts=(OTHER_SHOP,),
        voice=Voice(examples=(OTHER_SHOP,)),
    )  # fmt: skip
    ours = KETTLE.request()
    answers = engine_at(n_in_flight=16).generate([ours, theirs] * 60)
    for answer in answers[::2]:
        assert OTHER_SHOP not in answer.text
    for body in server.bodies:
        content = body["messages"][1]["content"]
        assert ("Harrow" in content) != ("Skagen" in content)
