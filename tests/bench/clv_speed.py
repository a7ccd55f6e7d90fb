"""How long our fit takes beside lifetimes', on the same arrays in the same run."""

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from aiassist.ml.clv.fitting import Fit, fit_purchases
from aiassist.ml.clv.histories import Histories
from aiassist.ml.clv.purchases import MBG, PurchaseModel
from aiassist.ml.clv.simulate import simulate_histories
from tests.bench.peers.site import environment

PEER = Path(__file__).parent / "peers" / "purchases"
# Parameters are equal if the likelihood is, to this share of a unit a customer.
EQUAL = 1e-6
TRUE = PurchaseModel(MBG, 0.6, 60.0, 0.8, 2.5)
N_LARGE = 1_000_000


class NotEqual(AssertionError):
    """The two fits did not find the same optimum, so their times say nothing."""


def against_lifetimes(seen: Histories, kind: str, *, cache: Path, n_runs: int) -> dict[str, Any]:
    """CPU seconds of both (least of several runs), and that their likelihood is the same."""
    python = environment(cache, PEER / "requirements.txt")
    ours, fit = _ours(seen, kind, n_runs)
    theirs = _theirs(python, seen, kind, n_runs)
    model = PurchaseModel.of(kind, np.array(theirs["parameters"]))
    rows, _ = seen.distinct()
    their_likelihood = float(rows.weight @ model.log_likelihoods(rows))
    if their_likelihood - fit.log_likelihood > EQUAL * seen.n_customers:
        raise NotEqual(f"{kind}: {fit.log_likelihood} against {their_likelihood}")
    return {
        "customers": int(seen.n_customers),
        "distinct": len(rows),
        "log_likelihood": fit.log_likelihood,
        "log_likelihood_lifetimes": their_likelihood,
        "cpu_s": ours["cpu"],
        "cpu_s_lifetimes": theirs["cpu"],
        "wall_s": ours["wall"],
        "wall_s_lifetimes": theirs["wall"],
        "speedup": theirs["cpu"] / ours["cpu"],
    }


def _ours(seen: Histories, kind: str, n_runs: int) -> tuple[dict[str, float], Fit]:
    """Putting equal histories together is part of it, and so is the doubt of the parameters."""
    fit_purchases(seen.take(np.arange(min(len(seen), 2000))), kind)  # libraries are loaded once
    cpu, wall = [], []
    for _ in range(n_runs):
        started, began = time.process_time(), time.perf_counter()
        fit = fit_purchases(seen, kind)
        cpu.append(time.process_time() - started)
        wall.append(time.perf_counter() - began)
    return {"cpu": min(cpu), "wall": min(wall)}, fit


def _theirs(python: Path, seen: Histories, kind: str, n_runs: int) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        np.save(file.name, np.array([seen.repeats, seen.last, seen.age]), allow_pickle=False)
        command = [str(python), str(PEER / "fit.py"), file.name, kind, str(n_runs)]
        # As ours: threads for four numbers only cost.
        env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        raise RuntimeError(f"lifetimes failed: {done.stderr[-500:]}")
    return json.loads(done.stdout.splitlines()[-1])


def large(n: int = N_LARGE) -> Histories:
    """Simulated customers of two years, in whole days as a shop's are."""
    seen = simulate_histories(TRUE, n=n, age=730, rng=np.random.default_rng(1))
    return Histories.of(seen.repeats, np.floor(seen.last), seen.age)


def recovered(n: int) -> dict[str, Any]:
    """How far the fit of simulated customers lies from how they were made."""
    seen = simulate_histories(TRUE, n=n, age=730, rng=np.random.default_rng(2))
    fit = fit_purchases(seen)
    off = np.abs(fit.model.parameters / TRUE.parameters - 1)
    return {
        "customers": n,
        "true": TRUE.parameters.tolist(),
        "found": fit.model.parameters.tolist(),
        "off_at_most": float(off.max()),
    }
