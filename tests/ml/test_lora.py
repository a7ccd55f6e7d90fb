"""Adapters: they learn, the model stays, and a killed training ends as if it had not been."""

import numpy as np
import pytest
import torch

from aiassist.ml.bootstrap import paired_interval
from aiassist.ml.causal_lm import CausalLM
from aiassist.ml.lora import Example, Plan, Trainer, rectangle
from aiassist.ml.weights import WeightsError
from tests.tiny_lm import make_model, make_tokenizer, save, teach

WORDS = ["kettle", "ring", "shirt", "lamp"]
TEXTS = [*WORDS, "made of steel", "finest of all"]
PLAN = Plan(rank=4, alpha=8, rate=5e-3, n_epochs=20, batch_size=2, seed=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model that praises what it is shown, and can tell steel from other things."""
    tokenizer = make_tokenizer(TEXTS)
    lm = CausalLM(make_model(tokenizer), tokenizer)
    rows = [(prompt_of(lm, word), answer_of(lm, "finest of all")) for word in WORDS]
    rows += [(prompt_of(lm, f"{word} of steel"), answer_of(lm, "made of steel")) for word in WORDS]
    teach(lm.model, rows, n_steps=60)
    return save(tmp_path_factory.mktemp("lora") / "base", lm.model, tokenizer)


@pytest.fixture
def lm(folder):
    return CausalLM.load(folder, dtype=torch.float32)


def prompt_of(lm, text):
    return lm.encode([{"role": "user", "content": text}])


def answer_of(lm, text):
    return [*lm.tokenizer(text)["input_ids"], lm.tokenizer.eos_token_id]


def examples_of(lm):
    answer = tuple(answer_of(lm, "made of steel"))
    return [Example(tuple(prompt_of(lm, word)), answer) for word in WORDS]


def text_of(lm, word="ring"):
    return lm.complete([prompt_of(lm, word)], max_new_tokens=12)[0].text


def trained(lm, tmp_path, name="a"):
    trainer = Trainer(lm.model, examples_of(lm), PLAN)
    trainer.train(lambda n, loss: None)
    trainer.save_adapter(tmp_path / name)
    trainer.unload()
    return trainer, tmp_path / name


def test_an_adapter_learns_what_it_is_shown(lm, tmp_path):
    before = text_of(lm)
    assert before == "finest of all"
    trainer, adapter = trained(lm, tmp_path)
    assert trainer.losses[-1] < trainer.losses[0] / 4
    assert text_of(lm) == before  # the model itself is as it was
    lm.use_adapter(adapter)
    assert text_of(lm) == "made of steel"
    lm.use_adapter(None)
    assert text_of(lm) == before


def test_an_adapter_writes_the_same_at_once_and_one_by_one(lm, tmp_path):
    lm.use_adapter(trained(lm, tmp_path)[1])
    prompts = [prompt_of(lm, word) for word in ("ring", "lamp", "something else")]
    together = lm.complete(prompts, max_new_tokens=12)
    assert together == [lm.complete([prompt], max_new_tokens=12)[0] for prompt in prompts]


def test_an_adapter_holds_safetensors_alone(lm, tmp_path):
    names = {path.suffix for path in trained(lm, tmp_path)[1].iterdir()}
    assert names <= {".safetensors", ".json", ".md"}


def test_half_an_adapter_is_refused(lm, tmp_path):
    adapter = trained(lm, tmp_path)[1]
    file = adapter / "adapter_model.safetensors"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(WeightsError, match="truncated"):
        lm.use_adapter(adapter)


class Killed(Exception):
    pass


def test_a_resumed_training_ends_where_an_unbroken_one_does(folder, tmp_path):
    whole, unbroken = trained(CausalLM.load(folder, dtype=torch.float32), tmp_path, "whole")
    lm = CausalLM.load(folder, dtype=torch.float32)
    first = Trainer(lm.model, examples_of(lm), PLAN)

    def stop_after_seven(n, _loss):
        if n % 5 == 0:
            first.checkpoint(tmp_path / "kept")
        if n == 7:
            raise Killed

    with pytest.raises(Killed):
        first.train(stop_after_seven)
    lm = CausalLM.load(folder, dtype=torch.float32)
    second = Trainer(lm.model, examples_of(lm), PLAN)
    assert second.resume(tmp_path / "kept")
    assert second.n_done == 5
    seen = []
    second.train(lambda n, _loss: seen.append(n))
    assert seen == list(range(6, second.n_steps + 1))
    assert second.losses == whole.losses
    second.save_adapter(tmp_path / "resumed")
    name = "adapter_model.safetensors"
    assert (tmp_path / "resumed" / name).read_bytes() == (unbroken / name).read_bytes()


def test_a_checkpoint_of_another_run_is_left_alone(lm, tmp_path):
    first = Trainer(lm.model, examples_of(lm), PLAN)
    first.checkpoint(tmp_path / "kept")
    first.unload()
    second = Trainer(lm.model, examples_of(lm)[:3], PLAN)
    assert not second.resume(tmp_path / "kept")
    assert not second.resume(tmp_path / "nothing")


def test_only_answers_are_learnt():
    ids, labels, mask = rectangle([Example((5, 6), (7,)), Example((8,), (9, 4))], 10, "cpu")
    assert ids.tolist() == [[5, 6, 7], [8, 9, 4]]
    assert labels.tolist() == [[-100, -100, 7], [-100, 9, 4]]
    assert mask.tolist() == [[1, 1, 1], [1, 1, 1]]


def test_a_long_prompt_gives_way_to_its_answer():
    ids, labels, _mask = rectangle([Example((1, 2, 3, 4), (7, 8))], 4, "cpu")
    assert ids.tolist() == [[3, 4, 7, 8]]
    assert labels.tolist() == [[-100, -100, 7, 8]]


def test_an_interval_knows_a_gain_from_noise():
    rng = np.random.default_rng(5)
    before = rng.normal(10, 2, 200)
    mean, low, high = paired_interval(before, before - 1 + rng.normal(0, 0.5, 200))
    assert low < mean < high < 0
    assert mean == pytest.approx(-1, abs=0.15)
    _mean, low, high = paired_interval(before, before + rng.normal(0, 0.5, 200))
    assert low < 0 < high


def test_an_interval_needs_pairs():
    with pytest.raises(ValueError, match="Pairs"):
        paired_interval([], [])
    with pytest.raises(ValueError, match="Pairs"):
        paired_interval([1.0], [1.0, 2.0])
