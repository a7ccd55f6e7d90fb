"""A folder and a database of a measurement's own, gone when it is over."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch() -> Iterator[None]:
    """Point the settings at them; enter before Django is set up."""
    folder = Path(tempfile.mkdtemp(prefix="ecomportal-bench-"))
    os.environ.update(
        ECOMPORTAL_VAR=str(folder),
        DJANGO_SETTINGS_MODULE="ecomportal.settings",
        SECRET_KEY=os.environ.get("SECRET_KEY") or "only for this run",
        HTTPS_ONLY="0",
    )
    from tests.chaos.__main__ import database

    try:
        with database(folder, own_cluster=False):
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
