"""Events as a storefront sends them, and what became of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.test import Client

from catalog.orders.events.models import EventDay, Interaction
from ecomportal.tenancy.context import tenant
from tests.api.test_products_api import post

ADDRESS = "/api/v1/events"
SITE = "https://shop.example"


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def event(name: str = "Product Viewed", **fields: Any) -> dict[str, Any]:
    own = {"id": str(uuid4()), "event": name, "user_id": "u1", "ts": ago(minutes=5)}
    found = {**own, "items": [{"sku": "FJ-1"}], **fields}
    return {name: value for name, value in found.items() if value is not None}


def send(client: Client, *events: Any, **headers: str) -> Any:
    return post(client, ADDRESS, {"events": list(events)}, **headers)


def rows(shop: Any) -> list[Interaction]:
    with tenant(shop):
        return list(shop.interactions.select_related("customer", "product").order_by("pk"))


def counted(shop: Any) -> dict[tuple[str, str], int]:
    """What was counted, by outcome and reason."""
    found: dict[tuple[str, str], int] = {}
    with tenant(shop):
        for row in EventDay.objects.all():
            found[row.outcome, row.code] = found.get((row.outcome, row.code), 0) + row.n
    return found
