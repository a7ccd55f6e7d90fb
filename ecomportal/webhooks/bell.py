"""Ring for a worker to send what waits; a lost bell is rung again by the clock."""

import logging
from uuid import UUID

from django.db import connection, transaction

from ecomportal.celery import app, make_broker_folders

log = logging.getLogger(__name__)
TASK = "webhooks.deliver"


def ring(merchant_id: int, webhook_id: UUID) -> bool:
    try:
        make_broker_folders()
        app.send_task(
            TASK, kwargs={"merchant_id": merchant_id, "webhook_id": str(webhook_id)}, retry=False
        )
    except Exception as error:  # every transport has its own; the clock rings again anyway
        log.warning("The broker could not be told of webhook %s: %s", webhook_id, error)
        return False
    return True


def ring_due() -> int:
    """Ring for every address, of all shops, that something is due for and nobody sends to now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT merchant_id, webhook_id FROM due_webhooks()")
        due = cursor.fetchall()
    return sum(ring(merchant_id, webhook_id) for merchant_id, webhook_id in due)
