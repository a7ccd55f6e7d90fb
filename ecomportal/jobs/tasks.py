"""The sweeper as Celery's beat calls it."""

import logging

from django.db import OperationalError

from ecomportal.celery import app
from ecomportal.jobs.sweep import sweep

log = logging.getLogger(__name__)


@app.task(name="jobs.sweep", expires=10)
def sweep_jobs() -> None:
    """Every few seconds; a pass that waited longer than ten is stale, the next one comes."""
    try:
        sweep()
    except OperationalError as error:
        log.warning("The sweep found no database, the next one will try again: %s", error)
