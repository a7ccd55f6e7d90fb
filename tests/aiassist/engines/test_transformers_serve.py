"""Against a server that nobody here wrote: `transformers serve` over a tiny model made here.

One model has weights by chance, so it answers nonsense: the engine must say so, item by item. The
other learnt two answers by heart, so that the whole way to a draft is walked.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from aiassist.copywriting.engine import DraftText, Failed
from aiassist.copywriting.engines.addresses import parse_url
from aiassist.copywriting.engines.breaker import Breaker
from aiassist.copywriting.engines.calls import Caller
from aiassist.copywriting.engines.openai import OpenAIEngine
from aiassist.copywriting.engines.prompts import messages_for, prompt_of
from aiassist.copywriting.engines.wire import Wire
from tests.aiassist.copywriting.samples import KETTLE, T_SHIRT

PROMPT = prompt_of()
START_SECONDS = 120
ANSWERS = {
    "en": '{"sentences": [{"text": "A kettle of stainless steel that holds 1.8 L.", "facts": '
    '["f1", "f2"]}]}',
    "zh": '{"sentences": [{"text": "这款T恤采用有机棉。", "facts": ["f1"]}]}',
}
# The form that Qwen's own templates have; the server cuts answers out of it.
CHAT_ML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
REQUESTS = {"en": KETTLE.request(), "zh": T_SHIRT.request("zh")}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """`transformers serve FOLDER`, without a network; gives the base URL."""
    port = free_port()
    command = [
        str(Path(sys.executable).parent / "transformers"), "serve", str(folder),
        "--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--dtype", "float32",
    ]  # fmt: skip
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "HF_HOME": str(folder)}
    log = (folder / "serve.log").open("wb")
    server = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        _await(server, port, folder / "serve.log")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _await(server: subprocess.Popen, port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"transformers serve did not come up: {log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both models, saved as any model is."""
    from transformers import AutoTokenizer

    from tests import tiny_lm

    messages = {lang: messages_for(request, PROMPT) for lang, request in REQUESTS.items()}
    texts = [part["content"] for turns in messages.values() for part in turns]
    tokenizer = tiny_lm.make_tokenizer([*texts, *ANSWERS.values(), CHAT_ML] * 4, n_words=1200)
    tokenizer.chat_template = CHAT_ML
    found = {}
    for name in ("chance", "learnt"):
        model = tiny_lm.make_model(tokenizer)
        folder = tiny_lm.save(tmp_path_factory.mktemp(name), model, tokenizer)
        assert list(folder.glob("*.safetensors"))
        found[name] = folder
    # As the server reads it: another class may cut words another way.
    tokenizer = AutoTokenizer.from_pretrained(found["learnt"])
    rows = [_row(tokenizer, messages[lang], ANSWERS[lang]) for lang in ANSWERS]
    assert tiny_lm.teach(model, rows, n_steps=300) < 0.02
    tiny_lm.save(found["learnt"], model, tokenizer)
    return found


def _row(tokenizer: Any, messages: list[dict[str, str]], answer: str) -> tuple[list, list]:
    prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
    return prompt, [*tokenizer(answer)["input_ids"], tokenizer.eos_token_id]


def engine_at(url: str, folder: Path) -> OpenAIEngine:
    caller = Caller(Wire(parse_url(url)), model=str(folder), breaker=Breaker(), timeout_seconds=60)
    return OpenAIEngine(caller, PROMPT, n_in_flight=2)


def test_a_model_by_chance_fails_each_text_alone_and_says_why(folders, settings):
    settings.TEXT_ENGINE_LOOPBACK = True
    with serving(folders["chance"]) as url:
        engine = engine_at(url, folders["chance"])
        answers = engine.generate(list(REQUESTS.values()))
    for answer in answers:
        assert isinstance(answer, Failed)
        assert answer.scope == "item", str(answer.reason)
        assert answer.usage.tokens_in > 100
        assert answer.usage.n_calls == 2  # it was given a second chance


def test_a_model_that_learnt_its_answers_writes_drafts(folders, settings):
    settings.TEXT_ENGINE_LOOPBACK = True
    with serving(folders["learnt"]) as url:
        engine = engine_at(url, folders["learnt"])
        en, zh = engine.generate(list(REQUESTS.values()))
    assert isinstance(en, DraftText), (str(en.reason), en.raw)
    assert isinstance(zh, DraftText), (str(zh.reason), zh.raw)
    assert en.text == "A kettle of stainless steel that holds 1.8 L."
    assert en.sentences[0].fact_ids == ("material", "capacity")
    assert zh.text == "这款T恤采用有机棉。"
    assert en.usage.tokens_out > 5
