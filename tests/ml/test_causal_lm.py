"""A model from a folder, as a merchant's own would be: read safely, and the same text however many
are written at once."""

import json
import shutil

import pytest
import torch
from safetensors.torch import load_file
from transformers import (
    AttentionInterface,
    AutoModelForCausalLM,
    GPT2Config,
    LlamaConfig,
    MambaConfig,
    MistralConfig,
)

from aiassist.ml import attention, batching
from aiassist.ml.causal_lm import CausalLM, from_hub
from aiassist.ml.hardware import best_dtype, product_seconds
from aiassist.ml.weights import WeightsError, check_model
from tests.tiny_lm import make_model, make_tokenizer, save

TEXTS = ["The Harrow kettle holds 1.8 L.", "这款水壶容量为1.8升，采用不锈钢材质。"]
PROMPTS = ["a", "The kettle holds", "这款水壶", "The Harrow kettle holds 1.8 L. " * 6, "x y z"]
LIMITS = [9, 3, 14, 1, 6]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    tokenizer = make_tokenizer(TEXTS)
    return save(tmp_path_factory.mktemp("lm") / "tiny", make_model(tokenizer), tokenizer)


@pytest.fixture(scope="module")
def lm(folder):
    return CausalLM.load(folder, dtype=torch.float32)


@pytest.fixture
def copy(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "copy")


def prompts_of(lm):
    return [lm.encode([{"role": "user", "content": text}]) for text in PROMPTS]


def one_by_one(lm, prompts, limits, ends):
    return [
        batching.padded(lm.model, [prompt], [limit], ends, n_at_once=1)[0]
        for prompt, limit in zip(prompts, limits, strict=True)
    ]


def test_continuous_batching_writes_what_one_at_a_time_writes(lm):
    prompts = prompts_of(lm)
    found = batching.continuous(lm.model, prompts, LIMITS, [], n_at_once=2)
    assert found == one_by_one(lm, prompts, LIMITS, [])
    assert [len(tokens) for tokens in found] == LIMITS


def test_padded_batches_write_what_one_at_a_time_writes(lm):
    prompts = prompts_of(lm)
    found = batching.padded(lm.model, prompts, LIMITS, [], n_at_once=2)
    assert found == one_by_one(lm, prompts, LIMITS, [])


@pytest.mark.parametrize("way", ["continuous", "padded"])
def test_a_text_ends_where_the_model_ends_it(lm, way):
    prompts = prompts_of(lm)
    whole = one_by_one(lm, prompts, [14] * 5, [])
    end = whole[2][5]  # some token that comes up: now it means the end
    found = getattr(batching, way)(lm.model, prompts, [14] * 5, [end], n_at_once=3)
    for tokens, free in zip(found, whole, strict=True):
        n = free.index(end) + 1 if end in free else len(free)
        assert tokens == free[:n]


def test_a_cut_text_is_known_from_a_whole_one(lm, monkeypatch):
    prompts = prompts_of(lm)
    whole = one_by_one(lm, prompts, [14] * 5, [])
    monkeypatch.setattr(lm, "ends", lambda: [whole[2][5]])
    answers = lm.complete(prompts, max_new_tokens=14)
    assert answers[2].is_whole
    assert answers[2].n_written == whole[2].index(whole[2][5]) + 1
    assert answers[2].n_read == len(prompts[2])
    for answer, tokens in zip(answers, whole, strict=True):
        assert answer.is_whole == (whole[2][5] in tokens)


def test_a_model_that_cannot_continue_is_padded(lm, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise batching.CannotContinue("no paged attention")

    expected = [c.text for c in lm.complete(prompts_of(lm), max_new_tokens=LIMITS)]
    monkeypatch.setattr(batching, "continuous", refuse)
    found = lm.complete(prompts_of(lm), max_new_tokens=LIMITS)
    assert [c.text for c in found] == expected
    assert not lm.can_continue
    lm.can_continue = True


def test_writing_stops_when_asked_to(lm):
    with pytest.raises(batching.Interrupted):
        lm.complete(prompts_of(lm), max_new_tokens=200, stops=False, should_stop=lambda: True)
    assert lm.complete(prompts_of(lm)[:2], max_new_tokens=2, stops=False)[1].n_written == 2


def test_the_cache_is_as_large_as_the_requests_need(lm):
    small = batching.cache_plan(lm.model, [40, 10, 64], 2)
    assert small.num_blocks == (2 + 1) + (2 + 1) + 1
    assert small.max_requests_per_batch == 2


def test_the_cache_has_a_limit_but_always_holds_the_longest_request(lm, monkeypatch):
    monkeypatch.setitem(batching.CACHE_BYTES, "cpu", batching.page_bytes(lm.model) * 5)
    assert batching.cache_plan(lm.model, [64] * 20, 16).num_blocks == 6
    assert batching.cache_plan(lm.model, [640] * 20, 16).num_blocks == 22


def test_a_cache_too_small_for_all_at_once_changes_no_answer(lm, monkeypatch):
    prompts = prompts_of(lm)
    expected = one_by_one(lm, prompts, LIMITS, [])
    monkeypatch.setitem(batching.CACHE_BYTES, "cpu", 1)
    assert batching.continuous(lm.model, prompts, LIMITS, [], n_at_once=5) == expected


def test_the_format_is_the_one_that_is_quicker_here():
    chosen = best_dtype("cpu")
    other = {torch.float32: torch.bfloat16, torch.bfloat16: torch.float32}[chosen]
    # Twice the time would be a wrong choice whatever else the machine was doing.
    assert product_seconds(chosen) < 2 * product_seconds(other)


def test_bfloat16_without_units_for_it_is_not_chosen(monkeypatch):
    slow = {torch.float32: 0.001, torch.bfloat16: 0.05}
    monkeypatch.setattr("aiassist.ml.hardware.product_seconds", slow.get)
    assert best_dtype.__wrapped__("cpu") is torch.float32


def code_of(folder):
    with pytest.raises(WeightsError) as caught:
        CausalLM.load(folder)
    return caught.value.code


def test_a_missing_folder_is_told(tmp_path):
    assert code_of(tmp_path / "nothing") == "missing"


def test_half_a_file_of_weights_is_told(copy):
    file = copy / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    assert code_of(copy) == "truncated"


def test_an_empty_file_of_weights_is_told(copy):
    (copy / "model.safetensors").write_bytes(b"")
    assert code_of(copy) == "truncated"


def test_pickled_weights_are_refused_unopened(copy):
    weights = load_file(copy / "model.safetensors")
    (copy / "model.safetensors").unlink()
    torch.save(weights, copy / "pytorch_model.bin")
    assert code_of(copy) == "pickled"


def test_a_folder_without_weights_is_told(copy):
    (copy / "model.safetensors").unlink()
    assert code_of(copy) == "no_weights"


def test_a_folder_without_settings_is_told(copy):
    (copy / "config.json").unlink()
    assert code_of(copy) == "no_config"
    (copy / "config.json").write_text("{", encoding="utf-8")
    assert code_of(copy) == "broken_config"


def test_a_folder_without_a_tokenizer_is_told(copy):
    (copy / "tokenizer.json").unlink()
    assert code_of(copy) == "no_tokenizer"


def test_a_missing_part_of_the_weights_is_told(copy):
    index = {"metadata": {}, "weight_map": {"a": "model.safetensors", "b": "gone.safetensors"}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    assert code_of(copy) == "shard_missing"


def test_a_part_outside_of_the_folder_is_not_opened(copy):
    shutil.copy(copy / "model.safetensors", copy.parent / "other.safetensors")
    index = {"metadata": {}, "weight_map": {"a": "../other.safetensors"}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    assert code_of(copy) == "shard_missing"


def test_a_model_that_brings_its_own_code_is_not_run(copy):
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    config |= {"model_type": "own", "auto_map": {"AutoModelForCausalLM": "own.Model"}}
    config["auto_map"]["AutoConfig"] = "own.Config"
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (copy / "own.py").write_text("raise SystemExit('it ran')", encoding="utf-8")
    assert code_of(copy) == "unknown_model"


def test_weights_in_several_files_are_read(lm, tmp_path):
    lm.model.save_pretrained(tmp_path, max_shard_size="60KB")
    lm.tokenizer.save_pretrained(tmp_path)
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    check_model(tmp_path)
    same = CausalLM.load(tmp_path, dtype=torch.float32)
    prompts = prompts_of(lm)
    assert same.complete(prompts, max_new_tokens=5) == lm.complete(prompts, max_new_tokens=5)


def test_a_name_that_is_no_hub_id_asks_nobody():
    with pytest.raises(WeightsError) as caught:
        from_hub("kettle")
    assert caught.value.code == "missing"


def test_a_hub_that_cannot_be_reached_is_told(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(WeightsError) as caught:
        from_hub("nobody/nothing")
    assert caught.value.code == "unreachable"


@pytest.mark.parametrize("n_tokens", [7, 16, 64])
def test_prompts_read_in_pieces_change_no_answer(lm, monkeypatch, n_tokens):
    monkeypatch.setitem(batching.TOKENS_A_STEP, "cpu", n_tokens)
    prompts = prompts_of(lm) + [lm.encode([{"role": "user", "content": "kettle holds 1.8 " * 20}])]
    limits = [*LIMITS, 12]
    found = batching.continuous(lm.model, prompts, limits, [], n_at_once=4)
    assert found == one_by_one(lm, prompts, limits, [])


def test_each_request_looks_at_its_own_tokens_and_no_mask_is_made(lm, monkeypatch):
    used = []

    def seen(module, query, key, value, attention_mask, **kwargs):
        used.append(attention_mask)
        return attention.own_tokens(module, query, key, value, attention_mask, **kwargs)

    monkeypatch.setitem(AttentionInterface._global_mapping, attention.NAME, seen)
    batching.continuous(lm.model, prompts_of(lm), LIMITS, [], n_at_once=3)
    assert used
    assert not any(mask is not None for mask in used)
    assert lm.model.config._attn_implementation == "sdpa"


SMALL = {"vocab_size": 600, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2}
SMALL |= {"num_attention_heads": 4, "num_key_value_heads": 2}
OTHERS = {
    "llama": LlamaConfig(**SMALL),
    "window": MistralConfig(**SMALL, sliding_window=16),
    "gpt2": GPT2Config(vocab_size=600, n_embd=64, n_layer=2, n_head=4),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_architectures_write_the_same_at_once_and_one_by_one(lm, name):
    torch.manual_seed(1)
    other = CausalLM(AutoModelForCausalLM.from_config(OTHERS[name]), lm.tokenizer)
    prompts = prompts_of(lm)
    found = batching.continuous(other.model, prompts, LIMITS, [], n_at_once=3)
    assert found == one_by_one(other, prompts, LIMITS, [])
    assert attention.fits(other.model) == (name != "window")


def test_an_architecture_without_a_paged_cache_is_padded(lm):
    config = MambaConfig(vocab_size=600, hidden_size=32, num_hidden_layers=1, state_size=4)
    other = CausalLM(AutoModelForCausalLM.from_config(config), lm.tokenizer)
    found = other.complete(prompts_of(lm)[:3], max_new_tokens=[2, 3, 4], stops=False)
    assert [one.n_written for one in found] == [2, 3, 4]
    assert not other.can_continue
