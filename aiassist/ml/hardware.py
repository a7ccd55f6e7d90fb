"""What this machine computes on, and in which number format it is really quick.

A format being supported says little: bfloat16 without hardware for it was measured at a fiftieth of
float32, and with it at five times. So both are timed once, on a matrix product of a usual size.
"""

import time
from functools import cache

import torch
from torch.nn.functional import linear

N_ROWS, WIDTH = 16, 1024  # a batch of sixteen tokens through a layer
N_TRIES = 5
WORTH_IT = 1.2  # times faster, for the digits that are lost


def best_device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


@cache
def best_dtype(device_type: str) -> torch.dtype:
    """The format to hold weights in: on a GPU what it has units for, on a CPU what is faster."""
    if device_type == "cuda":
        has_bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if has_bf16 else torch.float16
    seconds = {dtype: product_seconds(dtype) for dtype in (torch.float32, torch.bfloat16)}
    is_faster = seconds[torch.float32] > WORTH_IT * seconds[torch.bfloat16]
    return torch.bfloat16 if is_faster else torch.float32


def product_seconds(dtype: torch.dtype) -> float:
    """CPU seconds of one product, the best of a few: the machine may be busy with other things."""
    x = torch.ones(N_ROWS, WIDTH, dtype=dtype)
    weight = torch.ones(WIDTH, WIDTH, dtype=dtype)
    linear(x, weight)
    return min(_timed(x, weight) for _ in range(N_TRIES))


def _timed(x: torch.Tensor, weight: torch.Tensor) -> float:
    start = time.process_time()
    linear(x, weight)
    return time.process_time() - start
