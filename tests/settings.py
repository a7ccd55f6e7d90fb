"""The product's settings in a folder of the test run's own.

pytest-django reads the settings before any conftest, so the environment is set here: else the run
would share its broker, its files and its key with the portal of whoever runs the tests.
"""

import atexit
import os
import shutil
import tempfile

if "ECOMPORTAL_VAR" not in os.environ:
    os.environ["ECOMPORTAL_VAR"] = tempfile.mkdtemp(prefix="ecomportal-test-")
    atexit.register(shutil.rmtree, os.environ["ECOMPORTAL_VAR"], ignore_errors=True)
os.environ.setdefault("JOB_LEASE_SECONDS", "5")
# Made-up addresses of pictures are not asked; the tests of fetching have servers of their own.
os.environ.setdefault("PICTURE_FETCH", "0")
# Playwright's synchronous API runs an event loop in the test's thread; the ORM must not mind.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

from ecomportal.settings import *  # noqa: E402, F403 (needs the environment)
