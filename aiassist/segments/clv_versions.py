"""A predictor in the register of models: its file, what it learnt from, and how it did."""

import math
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Max
from safetensors.numpy import load_file, save_file

from aiassist.ml.clv.backtest import BackTest
from aiassist.ml.clv.predictor import Predictor, Trained
from aiassist.registry.artefacts import fingerprint, new_folder, serving
from aiassist.registry.models import ModelKind, ModelVersion
from ecomportal.jobs.run import Run
from ecomportal.tenancy.models import Merchant

FILE = "predictor.safetensors"
# What a version is made for: another number of tensors or features would not be read.
BASE = "clv-1"
Z_90 = 1.6449  # standard deviations that hold nine tenths


def version_of(run: Run) -> ModelVersion | None:
    """The one this job made already; a resumed job goes on with it. Inside the tenant."""
    return run.merchant.model_versions.filter(job=run.job, kind=ModelKind.CLV).first()


def new_version(run: Run, *, data: dict[str, Any]) -> ModelVersion:
    """Without its number, which it gets when it is written: training takes minutes."""
    return ModelVersion(
        merchant=run.merchant,
        kind=ModelKind.CLV,
        base=BASE,
        data=data,
        job=run.job,
        created_by_id=run.user_id,
    )


def insert(version: ModelVersion) -> None:
    """Write it under the next number, inside a transaction; of two jobs the later one waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('clv version', %s))",
            [version.merchant_id],
        )
    versions = version.merchant.model_versions.filter(kind=ModelKind.CLV)
    version.n = (versions.aggregate(newest=Max("n"))["newest"] or 0) + 1
    version.save(force_insert=True)


def save(version: ModelVersion, predictor: Predictor) -> None:
    folder = new_folder(version)
    tensors = {name: np.ascontiguousarray(one) for name, one in predictor.tensors().items()}
    save_file(tensors, folder / FILE)
    version.sha256 = fingerprint(folder)


def serving_predictor(merchant: Merchant) -> tuple[ModelVersion, Predictor, np.ndarray] | None:
    """The version in use with its predictor and the limits of value bands; inside the tenant."""
    found = serving(merchant, ModelKind.CLV, base=BASE)
    if found is None:
        return None
    version, folder = found
    predictor = Predictor.of_tensors(load_file(folder / FILE))
    return version, predictor, np.array(version.config["bands"])


def config_of(trained: Trained, bands: np.ndarray) -> dict[str, Any]:
    model, spend = trained.predictor.purchases, trained.predictor.spend
    sure = np.sqrt(np.maximum(np.diag(trained.fit.covariance), 0))
    sure_spend = np.sqrt(np.maximum(np.diag(trained.spend.covariance), 0))
    return {
        "model": model.kind,
        "purchases": _with_ends(("r", "alpha", "a", "b"), model.parameters, sure),
        "spend": _with_ends(("p", "q", "gamma"), spend.parameters, sure_spend),
        "bands": [float(one) for one in bands],
        "season": trained.predictor.season,
        "is_chance_tuned": trained.predictor.chance is not None,
        "is_orders_tuned": trained.predictor.orders is not None,
    }


def _with_ends(names: tuple[str, ...], values: np.ndarray, sure: np.ndarray) -> dict[str, Any]:
    """Each parameter with the ends of its 90 % interval (Laplace, of its logarithm)."""
    spread = np.exp(np.minimum(Z_90 * sure, 20))
    return {
        name: [float(value), float(value / wide), float(value * wide)]
        for name, value, wide in zip(names, values, spread, strict=True)
    }


def metrics_of(trained: Trained, test: BackTest) -> dict[str, Any]:
    return finite(
        {
            **test.report,
            "points": test.points,
            "log_likelihood": trained.fit.log_likelihood,
            "has_dropout": trained.fit.has_dropout,
            "correlation": trained.correlation,
            "is_spend_by_moments": trained.spend.is_moments,
        }
    )


def finite(value: Any) -> Any:
    """The same for a JSON column, which knows no NaN."""
    if isinstance(value, dict):
        return {name: finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [finite(one) for one in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value
