"""Fits lifetimes' models to arrays and tells the time; runs in the peer's own environment.

    python fit.py FILE.npy KIND N_RUNS

FILE holds frequency, recency and age as three rows. KIND is bg or mbg.
"""

import json
import sys
import time

import numpy as np
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter

KINDS = {"bg": BetaGeoFitter, "mbg": ModifiedBetaGeoFitter}


def main() -> None:
    frequency, recency, age = np.load(sys.argv[1], allow_pickle=False)
    cpu, wall = [], []
    for _ in range(int(sys.argv[3])):
        fitter = KINDS[sys.argv[2]](penalizer_coef=0.0)
        started, began = time.process_time(), time.perf_counter()
        fitter.fit(frequency, recency, age)
        cpu.append(time.process_time() - started)
        wall.append(time.perf_counter() - began)
    parameters = [float(fitter.params_[name]) for name in ("r", "alpha", "a", "b")]
    print(json.dumps({"cpu": min(cpu), "wall": min(wall), "parameters": parameters}))


if __name__ == "__main__":
    main()
