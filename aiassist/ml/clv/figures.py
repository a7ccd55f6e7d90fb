"""How right predictions were: errors, order, level, and what probabilities are worth."""

import numpy as np

from aiassist.ml.clv.histories import Array

N_GROUPS = 10


def ranks(values: Array) -> Array:
    """1 for the lowest; equals share the mean of their places."""
    _, place, n = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(n)
    return (ends - (n - 1) / 2)[place]


def spearman(a: Array, b: Array) -> float:
    if not np.ptp(a) or not np.ptp(b):
        return 0.0
    return float(np.corrcoef(ranks(a), ranks(b))[0, 1])


def auc(score: Array, happened: Array) -> float:
    """P(one to whom it happened scores higher than one to whom it did not); nan if all alike."""
    n_yes = int(happened.sum())
    n_no = len(happened) - n_yes
    if not n_yes or not n_no:
        return float("nan")
    return float((ranks(score)[happened].sum() - n_yes * (n_yes + 1) / 2) / (n_yes * n_no))


def groups(score: Array, n_groups: int = N_GROUPS) -> list[Array]:
    """Places in equal groups, the lowest score first; equals in a mixed order that is fixed."""
    mixed = np.random.default_rng(0).permutation(len(score))
    order = mixed[np.argsort(score[mixed], kind="stable")]
    return [part for part in np.array_split(order, n_groups) if len(part)]


def shares(score: Array, actual: Array) -> list[dict[str, float]]:
    """Of each tenth by predicted value, the highest first: what was foretold and what came."""
    return [
        {"predicted": float(score[part].mean()), "actual": float(actual[part].mean())}
        for part in reversed(groups(score))
    ]


def top_lift(score: Array, actual: Array) -> float:
    """Mean of the top tenth over the mean of all."""
    mean = float(actual.mean())
    return float(actual[groups(score)[-1]].mean()) / mean if mean else float("nan")


def top_share(score: Array, actual: Array, *, share: float = 0.2) -> float:
    """What part of the total the best 20 % brought."""
    total = float(actual.sum())
    best = np.concatenate(groups(score, round(1 / share))[-1:])
    return float(actual[best].sum()) / total if total else float("nan")


def reliability(probability: Array, happened: Array) -> list[dict[str, float]]:
    """Of each tenth by probability: what was said, what share it happened to, how many."""
    return [
        {
            "said": float(probability[part].mean()),
            "came": float(happened[part].mean()),
            "n": len(part),
        }
        for part in groups(probability)
    ]


def calibration_error(probability: Array, happened: Array) -> float:
    """Mean over ten equal groups of how far the said share lies from what came."""
    rows = reliability(probability, happened)
    return float(np.mean([abs(row["said"] - row["came"]) for row in rows]))


def brier(probability: Array, happened: Array) -> float:
    return float(np.mean((probability - happened) ** 2))


def errors(predicted: Array, actual: Array) -> dict[str, float]:
    """All figures of predicted amounts beside what came."""
    total = float(actual.sum())
    return {
        "mae": float(np.abs(predicted - actual).mean()),
        "rmse": float(np.sqrt(((predicted - actual) ** 2).mean())),
        "spearman": spearman(predicted, actual),
        "top_decile_lift": top_lift(predicted, actual),
        "top_20_share": top_share(predicted, actual),
        "level": float(predicted.sum()) / total if total else float("nan"),
    }


def of_probability(probability: Array, happened: Array) -> dict[str, float]:
    return {
        "auc": auc(probability, happened),
        "brier": brier(probability, happened),
        "calibration_error": calibration_error(probability, happened),
    }
