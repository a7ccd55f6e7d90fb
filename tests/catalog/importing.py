"""Small files and a short way through an import, for the tests of it."""

import csv
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.products.imports.models import ImportRun
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant

HEADER = ["Handle", "Title", "Option1 Name", "Option1 Value", "Variant SKU", "Variant Price"]


def table(*rows: list[str], header: list[str] | None = None, delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header or HEADER, *rows])
    return text.getvalue()


def kettle(price: str = "79.00", **cells: str) -> list[str]:
    values = dict(zip(HEADER, ["kettle", "Kettle", "", "", "NK-1", price], strict=True)) | cells
    return [values[name] for name in HEADER]


def upload(
    client: Client, content: bytes | str, *, slug: str = "northlight", name: str = "a.csv"
) -> Any:
    content = content.encode() if isinstance(content, str) else content
    return client.post(f"/{slug}/products/import/", {"file": SimpleUploadedFile(name, content)})


def latest(shop: Merchant) -> ImportRun:
    with tenant(shop):
        return shop.import_runs.select_related("job", "change").latest("created_at")


def carry_out(job: Job) -> None:
    """What a worker does when the bell rings."""
    execute(job.kind, job.pk, job.merchant_id)


def compared(client: Client, shop: Merchant, content: bytes | str, **mapping: str) -> ImportRun:
    """Upload, accept the columns as they were recognised (or as given) and run the dry run."""
    answer = upload(client, content, slug=shop.slug)
    assert answer.status_code == 302, answer.content.decode()
    return mapped(client, shop, latest(shop), **mapping)


def mapped(
    client: Client, shop: Merchant, run: ImportRun, *, remember: str = "", **mapping: str
) -> ImportRun:
    """Send the columns page as it stands, some columns changed, and run the dry run."""
    chosen = {**run.mapping, **mapping}
    data = {f"column_{at}": chosen[name] for at, name in enumerate(run.header)}
    data["levels"] = mapping.get("levels", run.reading.get("levels", ""))
    data |= {"remember": "on", "name": remember} if remember else {}
    answer = client.post(f"/{shop.slug}/products/import/{run.pk}/columns/", data)
    assert answer.status_code == 302, answer.content.decode()
    carry_out(latest(shop).job)
    return latest(shop)


def written(client: Client, shop: Merchant, run: ImportRun) -> ImportRun:
    answer = client.post(f"/{shop.slug}/products/import/{run.pk}/write/")
    assert answer.status_code == 302
    carry_out(latest(shop).job)
    return latest(shop)


def imported(client: Client, shop: Merchant, content: bytes | str, **mapping: str) -> ImportRun:
    return written(client, shop, compared(client, shop, content, **mapping))


def problems(shop: Merchant, run: ImportRun) -> list[str]:
    """The codes of what kept rows aside, in the order of the file."""
    with tenant(shop):
        rows = run.rows.filter(outcome__in=["failed", "conflict"]).order_by("line", "id")
        return [found["code"] for row in rows for found in row.problems]
