"""The engine with a model in the worker, over a small model that was taught what to answer."""

import json
import os
import shutil
from dataclasses import replace

import pytest

from aiassist.copywriting.engine import DraftText, Failed, NotEnoughFacts
from aiassist.copywriting.engines import engine_from, local_models
from aiassist.copywriting.engines.local import LocalEngine
from aiassist.copywriting.engines.models import EngineChoice
from aiassist.copywriting.engines.prompts import Prompt, messages_for, prompt_of, repair_messages
from aiassist.ml.weights import WeightsError
from tests.aiassist.copywriting.samples import RING, T_SHIRT
from tests.tiny_lm import make_model, make_tokenizer, save, teach

# Short, so that a model of a few layers learns it in seconds.
PROMPT = Prompt(
    "t1",
    "t1.abc",
    {
        "system": "Write.",
        "language en": "In English.",
        "language zh": "用中文。",
        "kind description": "A description.",
        "tone playful": "Lively.",
        "repair": "Again: {reason}",
    },
)
SHIRT, BAND = (replace(one, facts=one.facts[:2]) for one in (T_SHIRT, RING))
ENGLISH = SHIRT.request("en")
CHINESE = SHIRT.request("zh")
MUMBLED = BAND.request("en")  # answered with no JSON at first
LINKED = BAND.request("en", tone="playful")  # answered with a link, twice


def answer(*sentences):
    rows = [{"text": text, "facts": ids} for text, ids in sentences]
    return json.dumps({"sentences": rows}, ensure_ascii=False)


GOOD_EN = answer(("Lumo Crew T-Shirt is made of organic cotton.", ["name", "f1"]))
GOOD_ZH = answer(("这款T恤采用有机棉制成。", ["f1"]))
GOOD_RING = answer(("The ring is sterling silver.", ["f1"]))
BAD_LINK = answer(("See https://ring.example now.", ["f1"]))


def dialogues():
    mumbled = messages_for(MUMBLED, PROMPT)
    linked = messages_for(LINKED, PROMPT)
    no_json = repair_messages(mumbled, "Well, a ring.", "it was not JSON", prompt=PROMPT)
    link = repair_messages(linked, BAD_LINK, "it had a link in it", prompt=PROMPT)
    return [
        (messages_for(ENGLISH, PROMPT), GOOD_EN),
        (messages_for(CHINESE, PROMPT), GOOD_ZH),
        (mumbled, "Well, a ring."),
        (no_json, GOOD_RING),
        (linked, BAD_LINK),
        (link, BAD_LINK),
    ]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A folder of models with "writer" in it."""
    root = tmp_path_factory.mktemp("models")
    rows = dialogues()
    texts = [m["content"] for messages, said in rows for m in (*messages, {"content": said})]
    tokenizer = make_tokenizer(texts, n_words=800)
    model = make_model(tokenizer, width=128)
    pairs = []
    for messages, said in rows:
        prompt = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, tokenize=True, return_dict=True
        )["input_ids"]
        pairs.append((list(prompt), [*tokenizer(said)["input_ids"], tokenizer.eos_token_id]))
    assert teach(model, pairs, n_steps=120) < 0.05
    save(root / "writer", model, tokenizer)
    return root


@pytest.fixture(autouse=True)
def models(root, settings):
    settings.MODELS_ROOT = root
    yield
    local_models.forget()


def engine(model="writer"):
    return LocalEngine(model, PROMPT)


def test_a_models_answer_becomes_sentences_with_the_facts_they_rest_on():
    english, chinese = engine().generate([ENGLISH, CHINESE])
    assert english.text == "Lumo Crew T-Shirt is made of organic cotton."
    assert english.sentences[0].fact_ids == ("name", SHIRT.facts[0].id)
    assert chinese.text == "这款T恤采用有机棉制成。"
    assert (english.engine, english.engine_version) == ("local", "writer")
    assert english.prompt_version == PROMPT.version
    assert english.usage.n_calls == 1
    assert english.usage.tokens_in > english.usage.tokens_out > 5
    assert english.usage.cost_micros == 0


def test_answers_keep_the_order_of_what_was_asked():
    poor = replace(ENGLISH, facts=ENGLISH.facts[:1])
    answers = engine().generate([CHINESE, poor, ENGLISH])
    assert [type(one) for one in answers] == [DraftText, NotEnoughFacts, DraftText]
    assert answers[0].text.startswith("这款")
    assert answers[2].text.startswith("Lumo")


def test_an_answer_that_cannot_be_read_is_asked_for_once_more():
    (found,) = engine().generate([MUMBLED])
    assert found.text == "The ring is sterling silver."
    assert found.usage.n_calls == 2


def test_an_answer_that_stays_unreadable_fails_for_its_text_alone():
    good, bad = engine().generate([ENGLISH, LINKED])
    assert isinstance(good, DraftText)
    assert isinstance(bad, Failed)
    assert bad.scope == "item"
    assert "link" in str(bad.reason)
    assert bad.usage.n_calls == 2


def test_the_model_is_loaded_once():
    engine().generate([ENGLISH])
    first = local_models.model_at("writer")
    engine().generate([CHINESE])
    assert local_models.model_at("writer") is first


def test_facts_beyond_what_the_model_can_read_are_told(monkeypatch):
    monkeypatch.setattr(type(local_models.model_at("writer")), "max_tokens", 80)
    (found,) = engine().generate([ENGLISH])
    assert isinstance(found, Failed)
    assert "more than the model can read" in str(found.reason)


def test_fewer_go_at_once_when_memory_runs_out(monkeypatch):
    lm = local_models.model_at("writer")
    complete, tried = lm.complete, []

    def narrow(prompts, *, max_new_tokens, n_at_once):
        tried.append(n_at_once)
        if n_at_once > 4:
            raise RuntimeError("DefaultCPUAllocator: not enough memory")
        return complete(prompts, max_new_tokens=max_new_tokens, n_at_once=n_at_once)

    monkeypatch.setattr(lm, "complete", narrow)
    answers = engine().generate([ENGLISH, CHINESE])
    assert all(isinstance(one, DraftText) for one in answers)
    assert tried == [16, 8, 4]


def refused(model):
    (found,) = engine(model).generate([ENGLISH])
    assert isinstance(found, Failed)
    assert found.scope == "stop"
    return str(found.reason)


def test_a_missing_model_stops_the_work_and_says_what_to_give():
    assert "There is no model “ghost” on this machine" in refused("ghost")


@pytest.mark.parametrize("name", ["../writer", "/etc", "/", "..", ".", "", "a/../../b", "shops/1"])
def test_a_shop_cannot_point_outside_of_the_models(name, root):
    (root / "shops" / "1").mkdir(parents=True, exist_ok=True)
    shutil.copytree(root / "writer", root.parent / "writer", dirs_exist_ok=True)
    with pytest.raises(WeightsError):
        local_models.place_of(name)


def test_a_link_of_the_operators_is_followed(root, tmp_path):
    shutil.copytree(root / "writer", tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", root / "linked")
    (found,) = engine("linked").generate([ENGLISH])
    assert isinstance(found, DraftText)


def test_truncated_weights_stop_the_work(root):
    shutil.copytree(root / "writer", root / "half")
    file = root / "half" / "model.safetensors"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert "cut off or damaged" in refused("half")


def test_pickled_weights_stop_the_work(root):
    shutil.copytree(root / "writer", root / "pickled")
    (root / "pickled" / "model.safetensors").rename(root / "pickled" / "pytorch_model.bin")
    assert "They were not opened" in refused("pickled")


def test_the_shops_choice_leads_to_its_model(in_shop):
    choice = EngineChoice(merchant=in_shop, engine="local", local_model="writer")
    found = engine_from(choice)
    assert isinstance(found, LocalEngine)
    assert found.version == "writer"
    assert found.capabilities.can_translate
    assert not found.capabilities.is_instant
    assert found.prompt_version == prompt_of().version
    assert set(found.capabilities.kinds) >= {"description", "bullets", "seo_title"}
