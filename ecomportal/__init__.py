"""The platform every page stands on: people, shops, keys, jobs."""

from ecomportal.celery import app as celery_app

__all__ = ["celery_app"]
