"""Many greedy continuations in one model: continuous batching, and padded batches in its place."""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

import torch
from transformers import GenerationConfig
from transformers.generation.configuration_utils import ContinuousBatchingConfig

from aiassist.ml import attention

PAGE = 32  # tokens a page of the cache; half a page a request is lost on average
# Sized by hand: left alone, the library took all memory it found for the cache of a tiny model,
# and minutes for what takes seconds.
TOKENS_A_STEP = {"cpu": 256, "cuda": 4096}
CACHE_BYTES = {"cpu": 1 << 30, "cuda": 8 << 30}  # the most the cache may take
WAIT_SECONDS = 0.5
NO_END = -1  # for the library: a token that never comes


class CannotContinue(Exception):
    """The model or the machine does not do continuous batching."""


class Interrupted(Exception):
    """`should_stop` said so."""


def continuous(
    model: Any,
    prompts: Sequence[list[int]],
    limits: Sequence[int],
    ends: Sequence[int],
    *,
    n_at_once: int,
    should_stop: Callable[[], bool] | None = None,
) -> list[list[int]]:
    """New tokens of each prompt; a request that ends makes room for the next one at once."""
    with attention.switched(model):
        return _continuous(model, prompts, limits, ends, n_at_once, should_stop)


def _continuous(
    model: Any,
    prompts: Sequence[list[int]],
    limits: Sequence[int],
    ends: Sequence[int],
    n_at_once: int,
    should_stop: Callable[[], bool] | None,
) -> list[list[int]]:
    needed = [len(prompt) + limit for prompt, limit in zip(prompts, limits, strict=True)]
    try:
        manager = model.init_continuous_batching(
            generation_config=_greedy(ends or [NO_END]),
            continuous_batching_config=cache_plan(model, needed, n_at_once),
        )
    except (ValueError, AttributeError, NotImplementedError, RuntimeError) as error:
        raise CannotContinue(str(error)) from error
    try:
        manager.start()
        ids = [
            manager.add_request(list(prompt), max_new_tokens=limit)
            for prompt, limit in zip(prompts, limits, strict=True)
        ]
        found = _collect(manager, len(ids), should_stop)
    finally:
        manager.stop(block=True)
        manager.destroy()
    return [found[one] for one in ids]


def _collect(manager: Any, n: int, should_stop: Callable[[], bool] | None) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    while len(found) < n:
        if should_stop is not None and should_stop():
            raise Interrupted
        result = manager.get_result(timeout=WAIT_SECONDS)
        if result is None:
            if not manager.is_running():
                raise CannotContinue("the loop ended early")
        elif result.error:
            raise CannotContinue(result.error)
        elif result.is_finished():
            found[result.request_id] = list(result.generated_tokens)
    return found


def cache_plan(model: Any, needed: Sequence[int], n_at_once: int) -> ContinuousBatchingConfig:
    """Room for the longest `n_at_once` requests, or for as many as the memory set aside holds."""
    kind = model.device.type
    pages = sorted((ceil(n / PAGE) + 1 for n in needed), reverse=True)
    most = max(CACHE_BYTES[kind] // page_bytes(model), pages[0])
    is_cpu = kind == "cpu"
    return ContinuousBatchingConfig(
        page_size=PAGE,
        num_blocks=min(sum(pages[:n_at_once]), most) + 1,
        max_batch_tokens=TOKENS_A_STEP[kind],
        max_requests_per_batch=n_at_once,
        # The head of the prompt is the same for all: it is read once.
        allow_block_sharing=True,
        use_async_batching=False if is_cpu else None,
        use_cuda_graph=False if is_cpu else None,
        max_blocks_per_request=0 if is_cpu else None,
    )


def page_bytes(model: Any) -> int:
    """What a page takes: keys and values of PAGE tokens in every layer."""
    config = model.config.get_text_config()
    n_heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return PAGE * 2 * config.num_hidden_layers * n_heads * size * model.dtype.itemsize


def padded(
    model: Any,
    prompts: Sequence[list[int]],
    limits: Sequence[int],
    ends: Sequence[int],
    *,
    n_at_once: int,
) -> list[list[int]]:
    """The same by batches of prompts of like length, padded on the left to the longest."""
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    found: list[list[int]] = [[] for _ in prompts]
    for start in range(0, len(order), n_at_once):
        chosen = order[start : start + n_at_once]
        rows = _one_batch(model, [prompts[i] for i in chosen], [limits[i] for i in chosen], ends)
        for i, row in zip(chosen, rows, strict=True):
            found[i] = row
    return found


@torch.inference_mode()
def _one_batch(
    model: Any, prompts: list[list[int]], limits: list[int], ends: Sequence[int]
) -> list[list[int]]:
    width = max(map(len, prompts))
    ids = torch.tensor([[0] * (width - len(p)) + list(p) for p in prompts], device=model.device)
    mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts])
    made = model.generate(
        ids,
        attention_mask=mask.to(model.device),
        generation_config=_greedy(ends, max_new_tokens=max(limits)),
    )
    new = made[:, width:].tolist()
    return [_until_end(row[:limit], ends) for row, limit in zip(new, limits, strict=True)]


def _until_end(tokens: list[int], ends: Sequence[int]) -> list[int]:
    """The tokens up to the first that ends a text, itself included."""
    at = next((n for n, token in enumerate(tokens) if token in ends), None)
    return tokens if at is None else tokens[: at + 1]


def _greedy(ends: Sequence[int], **limits: int) -> GenerationConfig:
    """Nothing by chance: the same facts give the same text, whatever stands beside them."""
    return GenerationConfig(
        do_sample=False, eos_token_id=list(ends) or None, pad_token_id=0, use_cache=True, **limits
    )
