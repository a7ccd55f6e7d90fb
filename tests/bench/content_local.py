"""The local engine's model code on a model made in the run: weights by chance, real architecture.

Times are CPU seconds of this process with one thread, so that what else the machine does counts as
little as can be. Answers are compared before anything is timed.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from aiassist.copywriting.composer import Composer
from aiassist.copywriting.engines.prompts import messages_for, prompt_of
from aiassist.ml import batching
from aiassist.ml.causal_lm import CausalLM
from aiassist.ml.hardware import best_device, best_dtype
from tests.bench.composer_products import products
from tests.tiny_lm import make_model, make_tokenizer

N_AT_ONCE = 16
N_RAGGED = 48  # three times as many as go at once, so that places become free while others write
N_EVEN = 40  # new tokens of each text where all are as long
FIELDS = ("description", "short_title", "bullets", "seo_title", "seo_description")
SEED = 20_261_125
READ_BYTES = 512 << 20  # several times what any cache holds


@dataclass(frozen=True)
class Work:
    """Prompts as the engine sends them, and how long the answers are: as long as the composer's."""

    prompts: list[list[int]]
    lengths: list[int]


def measure(*, width: int = 640, n_layers: int = 12) -> dict[str, Any]:
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _measure(width, n_layers)
    finally:
        torch.set_num_threads(n_threads)


def _measure(width: int, n_layers: int) -> dict[str, Any]:
    device = best_device()
    lm, work = make_world(width, n_layers)
    exact = check_answers(lm, work)
    dtype = best_dtype(device.type)
    lm.model.to(device, dtype)
    ratios, speeds = compare(lm, work)
    limit = read_bandwidth(device, dtype) / read_bytes(lm)
    return {
        "device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu",
        "dtype": str(dtype).removeprefix("torch."),
        "parameters": sum(p.numel() for p in lm.model.parameters()),
        "texts_equal": exact,
        **ratios,
        **{f"{name}_tokens_per_second": round(speed, 1) for name, speed in speeds.items()},
        "bandwidth_gb_per_second": round(limit * read_bytes(lm) / 1e9, 2),
        "limit_tokens_per_second": round(limit, 1),
        "share_of_limit_at_1": round(speeds["one_by_one"] / limit, 3),
    }


def make_world(width: int, n_layers: int) -> tuple[CausalLM, Work]:
    """A model of the given size, and the texts of products that it never saw."""
    prompt, composer = prompt_of(), Composer()
    some = products(N_RAGGED, SEED)
    rng = random.Random(SEED)
    requests = [one.request(rng.choice(["en", "zh"])) for one in some]
    asked = [[m["content"] for m in messages_for(r, prompt)] for r in requests]
    answers = [composer.generate([_of_kind(r, rng.choice(FIELDS))])[0].text for r in requests]
    tokenizer = make_tokenizer([text for row in asked for text in row] + answers, n_words=8000)
    lm = CausalLM(make_model(tokenizer, width=width, n_layers=n_layers), tokenizer)
    # The rules at the prompt's head are the same for all and read once; the facts are what differs.
    prompts = [lm.encode([{"role": "user", "content": row[1]}]) for row in asked]
    return lm, Work(prompts, [max(4, len(tokenizer(text)["input_ids"])) for text in answers])


def _of_kind(request: Any, field: str) -> Any:
    from dataclasses import replace

    return replace(request, field=field)


def one_by_one(lm: CausalLM, prompts: Sequence[list[int]], limits: Sequence[int]) -> list:
    return [
        batching.padded(lm.model, [prompt], [limit], [], n_at_once=1)[0]
        for prompt, limit in zip(prompts, limits, strict=True)
    ]


def check_answers(lm: CausalLM, work: Work) -> int:
    """Every way must write the same tokens, in float32, where rounding cannot decide a tie."""
    prompts, limits = work.prompts[:N_AT_ONCE], [min(24, n) for n in work.lengths[:N_AT_ONCE]]
    expected = one_by_one(lm, prompts, limits)
    for way in (batching.continuous, batching.padded):
        found = way(lm.model, prompts, limits, [], n_at_once=5)
        if found != expected:
            raise AssertionError(f"{way.__name__} batches write other texts than one by one")
    return len(expected)


def compare(lm: CausalLM, work: Work) -> tuple[dict[str, float], dict[str, float]]:
    """(ratios, tokens per CPU second by way)."""
    even, same = work.prompts[:N_AT_ONCE], [N_EVEN] * N_AT_ONCE
    few = 4  # one by one is slow, and each is like the others
    ragged, lengths = work.prompts, work.lengths
    by_length = sorted(range(len(ragged)), key=lambda i: lengths[i])
    told = [ragged[i] for i in by_length], [lengths[i] for i in by_length]
    one = _speed(lambda: one_by_one(lm, even[:few], same[:few]), sum(same[:few]))
    at_16 = _speed(lambda: _continuous(lm, even, same), sum(same))
    flowing = _speed(lambda: _continuous(lm, ragged, lengths), sum(lengths))
    padded = _speed(lambda: _padded(lm, ragged, lengths), sum(lengths))
    # What padding could do at best: lengths of answers are not known before they are written.
    foreseen = _speed(lambda: _in_order(lm, *told), sum(lengths))
    ratios = {
        "batched_vs_one_by_one": round(at_16 / one, 2),
        "continuous_vs_static": round(flowing / padded, 2),
        "continuous_vs_static_with_lengths_foreseen": round(flowing / foreseen, 2),
    }
    speeds = {"one_by_one": one, "batched_16": at_16, "continuous": flowing, "static": padded}
    return ratios, speeds


def _continuous(lm: CausalLM, prompts: Sequence[list[int]], limits: Sequence[int]) -> None:
    batching.continuous(lm.model, prompts, limits, [], n_at_once=N_AT_ONCE)


def _padded(lm: CausalLM, prompts: Sequence[list[int]], limits: Sequence[int]) -> None:
    batching.padded(lm.model, prompts, limits, [], n_at_once=N_AT_ONCE)


def _in_order(lm: CausalLM, prompts: Sequence[list[int]], limits: Sequence[int]) -> None:
    for n in range(0, len(prompts), N_AT_ONCE):
        _padded(lm, prompts[n : n + N_AT_ONCE], limits[n : n + N_AT_ONCE])


def _speed(work: Callable[[], Any], n_tokens: int) -> float:
    """Tokens per second of the processor, or of the clock where a GPU does the work."""
    clock = time.perf_counter if torch.cuda.is_available() else time.process_time
    start = clock()
    work()
    return n_tokens / (clock() - start)


def read_bytes(lm: CausalLM) -> int:
    """What one token makes the machine read: all weights once (tied ones at the output)."""
    return lm.weight_bytes


def read_bandwidth(device: torch.device, dtype: torch.dtype) -> float:
    """Bytes per second of reading weights that are in no cache, for products with one row.

    The matrices are those of a layer; nothing but reading costs anything in such a product.
    """
    rows, columns = 2048, 1024
    size = rows * columns * dtype.itemsize
    weights = [
        torch.ones(rows, columns, dtype=dtype, device=device) for _ in range(READ_BYTES // size)
    ]
    x = torch.ones(1, columns, dtype=dtype, device=device)
    best = 0.0
    for _try in range(3):
        speed = _speed(lambda: _products(x, weights), 1)
        best = max(best, speed * len(weights) * size)
    return best


def _products(x: torch.Tensor, weights: list[torch.Tensor]) -> None:
    for weight in weights:
        torch.nn.functional.linear(x, weight)
    if x.is_cuda:
        torch.cuda.synchronize()
