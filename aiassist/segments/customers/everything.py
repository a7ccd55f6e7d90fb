"""Everything a shop keeps of one customer, as JSON in one archive for her to take away.

Which tables there are is asked of the database, as the erasure asks it: what is erased was handed
out before. Drafts are not hers.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aiassist.segments.customers.erase import LONG, refuse_if_erased_since
from aiassist.segments.customers.files import KEPT, new_file
from aiassist.segments.customers.models import CustomerFile
from ecomportal.jobs.run import JobError, Run
from ecomportal.said import said

FETCHED = 500  # rows at once
# Tables with rows below them, written with those inside; and what is told apart by a key of hers.
NESTED = {
    "catalog_customer": "SELECT to_jsonb(t) FROM catalog_customer t WHERE t.id = %(id)s",
    "catalog_order": (
        "SELECT to_jsonb(t) || jsonb_build_object('lines', (SELECT coalesce(jsonb_agg(to_jsonb(l)"
        " ORDER BY l.id), '[]') FROM catalog_orderline l WHERE l.order_id = t.id))"
        " FROM catalog_order t WHERE t.customer_id = %(id)s ORDER BY t.ordered_at"
    ),
    "catalog_conversation": (
        "SELECT to_jsonb(t) || jsonb_build_object("
        "'utterances', (SELECT coalesce(jsonb_agg(to_jsonb(u) ORDER BY u.position), '[]')"
        " FROM catalog_utterance u WHERE u.conversation_id = t.id),"
        "'reading', (SELECT to_jsonb(r) FROM aiassist_conversationreading r"
        " WHERE r.conversation_id = t.id))"
        " FROM catalog_conversation t WHERE t.customer_id = %(id)s OR t.order_id IN ("
        " SELECT id FROM catalog_order WHERE customer_id = %(id)s) ORDER BY t.started_at"
    ),
    "catalog_intakerow": (
        "SELECT to_jsonb(t) FROM catalog_intakerow t WHERE t.subject_id = %(id)s"
        " OR t.made_customer = %(id)s OR t.key <> '' AND t.key IN ("
        " SELECT external_id FROM catalog_customer WHERE id = %(id)s UNION"
        " SELECT number FROM catalog_order WHERE customer_id = %(id)s)"
    ),
}
# A file about her is not a fact about her.
LEFT_OUT = {"aiassist_customerfile"}
PLACES = "SELECT place::text, col FROM columns_that_point_at('catalog_customer') ORDER BY 1"
README = (
    "Everything kept about one customer, one file a kind. Times are UTC; amounts are in the "
    "smallest unit of their currency, such as cents."
)


def export_customer(run: Run) -> None:
    """The job."""
    file = file_of(run)
    run.phase(_("Collecting"))
    with new_file(run, file, ".zip") as (part, path):
        with run.tenant():
            n = write_everything(part, file.customer_id)
        offer(run, file, part, path, n_rows=n)
    text = said("Everything about the customer is in one archive. It is deleted after 7 days.")
    run.result({"text": text, **link_of(run, file)})


def file_of(run: Run) -> CustomerFile:
    with run.tenant():
        found = run.merchant.customer_files.filter(pk=run.params["file"]).first()
    if found is None:
        raise JobError(said("The customer was erased meanwhile, so there is nothing to export."))
    return found


def offer(run: Run, file: CustomerFile, part: Path, path: Path, *, n_rows: int) -> None:
    """From here on it can be fetched, unless somebody in it was erased while it was written."""
    refuse_if_erased_since(run)
    try:
        part.replace(path)
        _publish(run, file, path, n_rows=n_rows)
    except FileNotFoundError:
        refuse_if_erased_since(run)
        raise


def _publish(run: Run, file: CustomerFile, path: Path, *, n_rows: int) -> None:
    with run.commit(n_done=max(run.job.n_total - run.job.n_done, 0)):
        run.merchant.customer_files.filter(pk=file.pk).update(
            file=str(path.relative_to(settings.MEDIA_ROOT)),
            n_rows=n_rows,
            n_bytes=path.stat().st_size,
            expires_at=timezone.now() + KEPT,
        )


def link_of(run: Run, file: CustomerFile) -> dict[str, Any]:
    address = reverse("aiassist:customer-file", args=[run.merchant.slug, file.pk])
    return {"url": address, "link": _("Download the file")}


def write_everything(path: Path, customer_id: UUID) -> int:
    """The archive, in the transaction at hand; how many rows are in it."""
    n = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README)
        for table, statement in _statements():
            name = table.split("_", 1)[1]
            with archive.open(f"{name}.json", "w") as out:
                n += _write(out, _rows(statement, customer_id))
    return n


def _statements() -> Iterator[tuple[str, str]]:
    yield from NESTED.items()
    with connection.cursor() as cursor:
        cursor.execute(LONG)
        cursor.execute(PLACES)
        places = cursor.fetchall()
    for table, column in places:
        if table not in NESTED and table not in LEFT_OUT:
            name = connection.ops.quote_name(column)
            yield table, f"SELECT to_jsonb(t) FROM {table} t WHERE t.{name} = %(id)s"


def _rows(statement: str, customer_id: UUID) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"id": customer_id})
        while rows := cursor.fetchmany(FETCHED):
            for (row,) in rows:
                found = json.loads(row) if isinstance(row, str) else row
                found.pop("merchant_id", None)
                yield found


def _write(out: IO[bytes], rows: Iterator[dict[str, Any]]) -> int:
    """An array, row by row."""
    n = 0
    out.write(b"[")
    for n, row in enumerate(rows, start=1):
        out.write(b",\n" if n > 1 else b"\n")
        out.write(json.dumps(row, ensure_ascii=False).encode())
    out.write(b"\n]\n")
    return n
