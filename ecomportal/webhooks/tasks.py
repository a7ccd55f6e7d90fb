"""Webhooks as Celery knows them. No jobs of a shop: a call a second would bury its list of jobs."""

import logging
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from ecomportal.celery import app
from ecomportal.webhooks.bell import TASK, ring_due

log = logging.getLogger(__name__)


@app.task(name=TASK)
def deliver(merchant_id: int, webhook_id: str, **_: object) -> None:
    from ecomportal.webhooks.delivery import deliver

    try:
        deliver(merchant_id, UUID(webhook_id))
    except (OperationalError, InterfaceError) as error:
        connection.close()
        log.warning("Webhook %s waits for the next bell: %s", webhook_id, error)


@app.task(name="webhooks.ring_due", expires=10)
def ring_for_due() -> None:
    """Every few seconds; a pass that waited longer than ten is stale, the next one comes."""
    try:
        ring_due()
    except (OperationalError, InterfaceError) as error:
        log.warning("The sweep of webhooks found no database, the next one tries again: %s", error)


@app.task(name="webhooks.purge")
def purge() -> None:
    """For every shop at once, so no job of any one of them."""
    from ecomportal.webhooks.purge import purge_deliveries

    purge_deliveries()
