"""How sure a mean difference is, from the pairs themselves."""

from collections.abc import Sequence

import numpy as np

N_SAMPLES = 2000


def paired_interval(
    before: Sequence[float], after: Sequence[float], *, seed: int = 0, level: float = 0.95
) -> tuple[float, float, float]:
    """(mean, low, high) of after - before over pairs, by the percentile bootstrap.

    The two sequences have one entry a case, in the same order. Raises ValueError without pairs.
    """
    if not len(before) or len(before) != len(after):
        raise ValueError("Pairs are needed: the same cases before and after.")
    differences = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(differences), size=(N_SAMPLES, len(differences)))
    means = differences[chosen].mean(axis=1)
    edge = (1 - level) / 2
    low, high = np.quantile(means, [edge, 1 - edge])
    return float(differences.mean()), float(low), float(high)
