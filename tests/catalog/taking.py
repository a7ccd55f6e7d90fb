"""Small files of orders and customers, and a short way through an import of them."""

import csv
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.orders.imports.models import IntakeRun
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant
from tests.catalog.importing import carry_out

ORDERS = [
    *("order_id", "line_id", "customer_id", "sku", "quantity", "unit_price", "discount"),
    *("currency", "ordered_at", "status", "refunded_amount"),
]
CUSTOMERS = [
    *("customer_id", "email_sha256", "name", "language", "country", "created_at"),
    *("accepts_marketing", "tags"),
]
PLAIN = {
    "order_id": "1001", "line_id": "1", "customer_id": "C1", "sku": "NK-1", "quantity": "1",
    "unit_price": "79.00", "discount": "0", "currency": "EUR",
    "ordered_at": "2026-03-01T10:00:00Z", "status": "paid", "refunded_amount": "0",
}  # fmt: skip
PERSON = {
    "customer_id": "C1", "email_sha256": "", "name": "Ada Berg", "language": "en",
    "country": "DE", "created_at": "2025-01-02", "accepts_marketing": "yes", "tags": "gift",
}  # fmt: skip


def table(header: list[str], rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([header, *[[row.get(name, "") for name in header] for row in rows]])
    return out.getvalue()


def orders(*rows: dict[str, str], header: list[str] = ORDERS) -> str:
    """Our own order CSV; each row says how it differs from a plain one."""
    return table(header, [{**PLAIN, **row} for row in rows or [{}]])


def people(*rows: dict[str, str], header: list[str] = CUSTOMERS) -> str:
    return table(header, [{**PERSON, **row} for row in rows or [{}]])


def upload(client: Client, content: bytes | str, *, slug: str, name: str = "a.csv") -> Any:
    content = content.encode() if isinstance(content, str) else content
    return client.post(f"/{slug}/customers/import/", {"file": SimpleUploadedFile(name, content)})


def latest(shop: Merchant) -> IntakeRun:
    with tenant(shop):
        return shop.intake_runs.select_related("job").latest("created_at")


def page(shop: Merchant, run: IntakeRun, act: str = "") -> str:
    return f"/{shop.slug}/customers/import/{run.pk}/{act}"


def compared(client: Client, shop: Merchant, content: bytes | str, **mapping: str) -> IntakeRun:
    """Upload, accept the columns as they were recognised (or as given) and run the dry run."""
    answer = upload(client, content, slug=shop.slug)
    assert answer.status_code == 302, answer.content.decode()
    return mapped(client, shop, latest(shop), **mapping)


def mapped(client: Client, shop: Merchant, run: IntakeRun, **mapping: str) -> IntakeRun:
    days = mapping.pop("days", run.reading["days"])
    chosen = {**run.mapping, **mapping}
    data = {f"column_{at}": chosen[name] for at, name in enumerate(run.header)}
    answer = client.post(page(shop, run, "columns/"), {**data, "days": days})
    assert answer.status_code == 302, answer.content.decode()
    carry_out(latest(shop).job)
    return latest(shop)


def act(client: Client, shop: Merchant, run: IntakeRun, name: str) -> IntakeRun:
    assert client.post(page(shop, run, f"{name}/")).status_code == 302
    with tenant(shop):
        run = shop.intake_runs.select_related("job").get(pk=run.pk)
    carry_out(run.job)
    with tenant(shop):
        return shop.intake_runs.select_related("job").get(pk=run.pk)


def imported(client: Client, shop: Merchant, content: bytes | str, **mapping: str) -> IntakeRun:
    return act(client, shop, compared(client, shop, content, **mapping), "write")


def problems(shop: Merchant, run: IntakeRun) -> list[str]:
    """The codes of what kept rows aside, in the order of the file."""
    with tenant(shop):
        rows = run.rows.filter(outcome__in=["failed", "conflict"]).order_by("line", "id")
        return [found["code"] for row in rows for found in row.problems]
