"""A thousand edits of twenty products at once: every one is kept, or its person told.

`python -m tests.bench catalogue_crowd [--edits 1000] [--products 20]` lets eight threads save in
the editor, edit prices in the list and run bulk edits, on the same products of a throw-away
database. Then each product's changes are replayed: every edit must have found what the one before
it left. The last line is one JSON object; it exits 1 where an edit was lost.
"""

import argparse
import json
import time

from tests.bench.scratch import scratch


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="catalogue_crowd", description=__doc__)
    parser.add_argument("--edits", type=int, default=1000)
    parser.add_argument("--products", type=int, default=20)
    options = parser.parse_args(argv)
    with scratch():
        import django

        django.setup()
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        setup_test_environment()
        call_command("migrate", verbosity=0, skip_checks=True)
        call_command("collectstatic", verbosity=0, interactive=False)
        from tests.catalog.editing import Crowd

        crowd = Crowd(options.products)
        began = time.perf_counter()
        crowd.edit(options.edits)
        seconds = time.perf_counter() - began
        lost = _lost(crowd)
    answers = {f"{kind}_{code}": n for (kind, code), n in sorted(crowd.answers.items())}
    found = {"edits": options.edits, "seconds": round(seconds, 1), **answers, "lost": lost}
    print(json.dumps(found | {"conflicts_told": crowd.n_conflicts}))
    return 1 if lost else 0


def _lost(crowd: object) -> str:
    try:
        crowd.check()
    except AssertionError as error:
        return str(error)
    return ""
