"""Gathers the platform's tables, so that Django finds them."""

from ecomportal.jobs.models import Job, JobItem
from ecomportal.tenancy.models import (
    ApiKey,
    AuditEntry,
    Invitation,
    Membership,
    Merchant,
    User,
    WebSession,
)
from ecomportal.web.models import IdempotencyRecord, SavedView
from ecomportal.webhooks.models import Webhook, WebhookDelivery

__all__ = [
    "ApiKey",
    "AuditEntry",
    "IdempotencyRecord",
    "Invitation",
    "Job",
    "JobItem",
    "Membership",
    "Merchant",
    "SavedView",
    "User",
    "WebSession",
    "Webhook",
    "WebhookDelivery",
]
