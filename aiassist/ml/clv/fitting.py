"""Fits a purchase model by maximum likelihood, and says how sure its parameters are."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from aiassist.ml.clv.histories import Array, Histories
from aiassist.ml.clv.purchases import MBG, Likelihood, PurchaseModel

# Of the logarithms, in units of the mean age: far outside what any shop's customers do.
BOUNDS = (-9.0, 9.0)
# Above this many distinct histories a part of them finds the way first.
MANY, PART = 60_000, 50_000
OPTIONS = {"maxiter": 400, "ftol": 1e-13, "gtol": 1e-7, "maxcor": 12}
# Below this share of customers thought to have left, leaving cannot be told from buying rarely.
LEAST_GONE = 0.02
STEP = 1e-4
Objective = Callable[[Array], tuple[float, Array]]


class CannotFit(ValueError):
    """There is nothing to learn from: nobody has bought twice."""


@dataclass(frozen=True)
class Fit:
    """A fitted model; `covariance` is of the logarithms of its parameters."""

    model: PurchaseModel
    log_likelihood: float
    covariance: Array
    n_customers: float
    has_dropout: bool
    n_steps: int

    def draws(self, n: int, rng: np.random.Generator) -> list[PurchaseModel]:
        """Other parameters that would explain the same orders about as well."""
        logs = drawn(np.log(self.model.parameters), self.covariance, n=n, rng=rng)
        return [PurchaseModel.of(self.model.kind, np.exp(one)) for one in logs]


def fit_purchases(seen: Histories, kind: str = MBG) -> Fit:
    """The parameters under which these histories are likeliest. Raises CannotFit."""
    if not len(seen) or not (seen.repeats * seen.weight).sum() or not seen.age.max():
        raise CannotFit
    rows, _ = seen.distinct()
    unit = float(rows.weight @ rows.age / rows.weight.sum())
    scaled = Histories(rows.repeats, rows.last / unit, rows.age / unit, rows.weight)
    objective = negative(Likelihood(scaled, kind), scaled.n_customers)
    if len(scaled) > MANY:
        found, spread, n_steps = _by_part(objective, scaled, kind)
    else:
        found, n_steps = minimised(objective, np.zeros(4))
        spread = covariance(objective, found)
    model = PurchaseModel.of(kind, np.exp(found) * [1, unit, 1, 1])
    gone = 1 - float(rows.weight @ model.p_active(rows) / rows.weight.sum())
    is_inside = bool((np.abs(found) < BOUNDS[1] - 0.01).all())
    return Fit(
        model=model,
        log_likelihood=float(rows.weight @ model.log_likelihoods(rows)),
        covariance=spread / scaled.n_customers,
        n_customers=rows.n_customers,
        has_dropout=gone >= LEAST_GONE and is_inside,
        n_steps=n_steps,
    )


def _by_part(objective: Objective, scaled: Histories, kind: str) -> tuple[Array, Array, int]:
    """The optimum by way of a part of the customers, whose optimum is near and whose curvature is
    about the same: seen in the units of its doubt, the whole is a bowl, and a few steps suffice."""
    shares = scaled.weight / scaled.weight.sum()
    counts = np.random.default_rng(0).multinomial(PART, shares)
    part = scaled.take(np.flatnonzero(counts))
    part = Histories.of(part.repeats, part.last, part.age, counts[counts > 0])
    of_part = negative(Likelihood(part, kind), part.n_customers)
    near, n_part = minimised(of_part, np.zeros(4))
    spread = covariance(of_part, near)
    values, vectors = np.linalg.eigh(spread)
    root = vectors * np.sqrt(np.maximum(values, 0))

    def in_doubts(steps: Array) -> tuple[float, Array]:
        value, gradient = objective(np.clip(near + root @ steps, *BOUNDS))
        return value, root.T @ gradient

    found = minimize(in_doubts, np.zeros(4), jac=True, method="L-BFGS-B", options=OPTIONS)
    return np.clip(near + root @ found.x, *BOUNDS), spread, n_part + int(found.nfev)


def negative(likelihood: Callable[[Array], tuple[float, Array]], n: float) -> Objective:
    """Minus the mean log-likelihood of a customer, by the logarithms of the parameters."""

    def objective(logs: Array) -> tuple[float, Array]:
        parameters = np.exp(logs)
        value, gradient = likelihood(parameters)
        return -value / n, -gradient * parameters / n

    return objective


def minimised(objective: Objective, start: Array) -> tuple[Array, int]:
    bounds = [BOUNDS] * len(start)
    found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options=OPTIONS)
    return found.x, int(found.nfev)


def covariance(objective: Objective, at: Array) -> Array:
    """The inverse of the second derivatives there, without directions that are flat."""
    rows = []
    for k in range(len(at)):
        step = np.zeros(len(at))
        step[k] = STEP
        rows.append((objective(at + step)[1] - objective(at - step)[1]) / (2 * STEP))
    hessian = np.array(rows)
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    # A flat direction would send its parameter anywhere; one unit of the logarithm is plenty.
    inverse = 1 / np.maximum(values, 1e-6)
    return (vectors * inverse) @ vectors.T


def drawn(mean: Array, spread: Array, *, n: int, rng: np.random.Generator) -> Array:
    """Draws of logarithms around the optimum (Laplace); none further than one unit off."""
    values, vectors = np.linalg.eigh(spread)
    root = vectors * np.sqrt(np.maximum(values, 0))
    steps = rng.standard_normal((n, len(mean))) @ root.T
    return mean + np.clip(steps, -1, 1)
