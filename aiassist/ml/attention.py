"""Attention of many requests in one step, each looking at its own tokens alone.

With `sdpa` the library multiplies every new token with the cache of all requests and masks what is
not its own: sixteen times the work for sixteen requests. On a GPU flash attention avoids that; this
does the same on a CPU with torch's own kernel, one request after the other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention as attention
from transformers import AttentionInterface, AttentionMaskInterface

# The library prepares lengths in place of a mask for names with "flash" in them.
NAME = "own_tokens_flash"


def own_tokens(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    """query: (1, H, T, D) of all requests one after the other; key, value: (1, H_kv, T, D).
    Returns (1, T, H, D)."""
    cache = kwargs.pop("cache")
    key, value = cache.update(
        key_states=key, value_states=value, layer_idx=module.layer_idx, kwargs=kwargs
    )  # (1, H_kv, S, D): the tokens of all requests, old and new
    ends_q, ends_k = kwargs["cu_seq_lens_q"].tolist(), kwargs["cu_seq_lens_k"].tolist()
    out = torch.empty_like(query)
    for n in range(len(ends_q) - 1):
        (q0, q1), (k0, k1) = ends_q[n : n + 2], ends_k[n : n + 2]
        if q1 > q0:
            mine = query[:, :, q0:q1], key[:, :, k0:k1], value[:, :, k0:k1]
            out[:, :, q0:q1] = _one(*mine, scaling)
    return out.transpose(1, 2), None


def _one(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, scaling: float | None) -> torch.Tensor:
    """One request: its last tokens against all of its tokens, none against a later one."""
    n_new, n_all = q.shape[2], k.shape[2]
    n_kv_heads = k.shape[1]
    if n_new == 1:
        # Query heads that share a key head stand as rows: nothing needs to be repeated.
        rows = q.view(1, n_kv_heads, -1, q.shape[3])
        return attention(rows, k, v, scale=scaling).view(q.shape)
    is_grouped = q.shape[1] != n_kv_heads
    if n_new == n_all:
        return attention(q, k, v, is_causal=True, scale=scaling, enable_gqa=is_grouped)
    seen = torch.ones(n_new, n_all, dtype=torch.bool).tril(n_all - n_new)
    return attention(q, k, v, attn_mask=seen, scale=scaling, enable_gqa=is_grouped)


def _no_mask(*_args: Any, **_kwargs: Any) -> None:
    return None


AttentionInterface.register(NAME, own_tokens)
AttentionMaskInterface.register(NAME, _no_mask)


def fits(model: Any) -> bool:
    """Whether plain attention over all tokens is all that the model's layers do, on a CPU."""
    config = model.config.get_text_config()
    kinds = set(getattr(config, "layer_types", None) or ["full_attention"])
    is_plain = kinds == {"full_attention"} and not _slides(config)
    return model.device.type == "cpu" and model.config._attn_implementation == "sdpa" and is_plain


def _slides(config: Any) -> bool:
    window = getattr(config, "sliding_window", None)
    return bool(window) and getattr(config, "use_sliding_window", True)


@contextmanager
def switched(model: Any) -> Iterator[None]:
    """The model with this attention, where it fits, and as it was afterwards."""
    before = model.config._attn_implementation
    if fits(model):
        # Not by set_attn_implementation: for such a name it looks for a kernel on the hub.
        model.config._attn_implementation = NAME
    try:
        yield
    finally:
        model.config._attn_implementation = before
