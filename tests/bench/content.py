"""What writing texts costs: a model in the worker, a model server, and the composer.

`python -m tests.bench content`: the local engine's code on a model made in the run, by continuous
batches, padded batches and one text at a time; the HTTP engine beside a bare client; the composer.
Exits 1 where a target is missed. `--width` and `--layers` make another model.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from typing import Any

TARGETS = {
    "batched_vs_one_by_one": (3.5, "at least"),
    "continuous_vs_static": (1.2, "at least"),
    "overhead_vs_bare_client": (1.1, "at most"),
}
N_COMPOSED = 600


def main(argv: Sequence[str] | None = None) -> int:
    options = _options(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from tests.bench import content_http, content_local

    found = content_local.measure(width=options.width, n_layers=options.layers)
    report: dict[str, Any] = {"bench": "content", "local": found}
    report |= {name: found[name] for name in TARGETS if name in found}
    report["http"] = content_http.measure()
    report["overhead_vs_bare_client"] = report["http"]["overhead_vs_bare_client"]
    report["composer_texts_per_core_second"] = composed_per_second(N_COMPOSED)
    report["missed"] = missed(report)
    print(json.dumps(report))
    return 1 if report["missed"] else 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench content")
    parser.add_argument("--width", type=int, default=640, help="of the model's layers")
    parser.add_argument("--layers", type=int, default=12)
    return parser.parse_args(argv)


def missed(report: dict[str, Any]) -> list[str]:
    """The names of figures that are not what they should be."""
    return [
        name
        for name, (bound, side) in TARGETS.items()
        if (report[name] < bound if side == "at least" else report[name] > bound)
    ]


def composed_per_second(n_products: int) -> int:
    """Descriptions in both languages by the composer, per second of one core."""
    from aiassist.copywriting.composer import Composer
    from aiassist.copywriting.engine import DraftText
    from tests.bench.composer_products import products

    requests = [one.request(lang) for one in products(n_products, 7) for lang in ("en", "zh")]
    composer = Composer()
    composer.generate(requests[:2])  # the tables are read once
    start = time.process_time()
    drafts = composer.generate(requests)
    seconds = time.process_time() - start
    if not all(isinstance(draft, DraftText) for draft in drafts):
        raise AssertionError("the composer wrote no text for some product")
    return round(len(drafts) / seconds)
