"""The slow part of a bulk edit: batch by batch, each one statement that writes and records."""

import re
from typing import Any
from uuid import UUID

import pghistory
from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from catalog.products.bulk_sql import TAKEN, Edit, edit_for
from catalog.products.changes import Change, ChangeRow
from catalog.products.models import Product
from catalog.products.snapshot import lock
from catalog.products.versions import versions_by_hand
from ecomportal.jobs.models import Job, JobItem
from ecomportal.jobs.run import JobError, Run
from ecomportal.said import said, said_n

BATCH = 1000  # products of one transaction: a second or so in which others wait for their locks

# One item for each batch: what was selected is fixed the moment the job is asked for, however
# large it is, and a job that was stopped goes on with the batch it was in.
FIX = """
INSERT INTO ecomportal_jobitem (merchant_id, job_id, n, subject_id, payload, status, output, error,
    n_attempts)
SELECT %(merchant)s, %(job)s::uuid, n, n::text,
    jsonb_build_object('ids', jsonb_agg(id ORDER BY id)), 'pending', '{{}}', '', 0
FROM (
    SELECT id, (row_number() OVER (ORDER BY id) - 1) / %(size)s + 1 AS n FROM ({chosen}) c (id)
) numbered GROUP BY n
RETURNING jsonb_array_length(payload -> 'ids')
"""


def named(products: QuerySet) -> tuple[str, dict[str, Any]]:
    """The ids of a queryset as SQL with named parameters, to stand beside others of that kind."""
    sql, args = products.order_by().values("pk").query.sql_with_params()
    names = iter(names_of := [f"chosen_{n}" for n in range(len(args))])
    sql = re.sub("%s", lambda _match: f"%({next(names)})s", sql)
    return sql, dict(zip(names_of, args, strict=True))


def fix_selection(job: Job, products: QuerySet, *, size: int = BATCH) -> int:
    """Note down which products the job is for, in the caller's transaction; tells how many."""
    chosen, values = named(products)
    values |= {"merchant": job.merchant_id, "job": job.pk, "size": size}
    with connection.cursor() as cursor:
        cursor.execute(FIX.format(chosen=chosen), values)
        n_products = sum(n for (n,) in cursor.fetchall())
    Job.objects.filter(pk=job.pk).update(n_total=n_products)
    job.n_total = n_products
    return n_products


def run_bulk_edit(run: Run) -> None:
    """Change the products batch by batch; each batch is recorded in the change it belongs to."""
    with run.tenant():
        change = run.merchant.changes.get(pk=run.params["change_id"])
        if run.params["action"] == "category" and _is_gone(run):
            text = said("The category was deleted meanwhile, so nothing was changed.")
            raise JobError(text)
    edit = edit_for(run.params["action"], run.params, run.merchant.currency)
    run.phase(said("Writing"))
    context = {
        "user": run.user_id,
        "source": "bulk_edit",
        "job": str(run.job.pk),
        "change": str(change.pk),
    }
    for (item,) in run.batches(size=1):
        ids = item.payload["ids"]
        with pghistory.context(**context), commit(run, item):
            n_rows = write_batch(edit, change, ids)
            Change.objects.filter(pk=change.pk).update(n_rows=F("n_rows") + n_rows)
    run.result(_result(run, change))


def _is_gone(run: Run) -> bool:
    category = run.params["category"]
    return bool(category) and not run.merchant.categories.filter(pk=category).exists()


def commit(run: Run, item: JobItem) -> Any:
    """The item is one row to the job and many products to the person who watches it."""
    return run.commit(done=[(item, {})], n_done=len(item.payload["ids"]) - 1)


def write_batch(edit: Edit, change: Change, ids: list[str]) -> int:
    """Write one batch in the caller's transaction; tells how many products changed.

    Half by half where two of them would have the same handle or SKU.
    """
    lock(ids)
    try:
        with transaction.atomic(), versions_by_hand(), connection.cursor() as cursor:
            values = {"ids": ids, "change": change.pk, "now": timezone.now()}
            cursor.execute(edit.write, {**edit.values, **values})
            n_written, _n_refused = cursor.fetchone()
        return n_written
    except IntegrityError:
        if len(ids) == 1:
            _refuse(change, ids[0])
            return 0
        half = len(ids) // 2
        return write_batch(edit, change, ids[:half]) + write_batch(edit, change, ids[half:])


def _refuse(change: Change, product_id: str) -> None:
    product = Product.objects.get(pk=UUID(product_id))
    ChangeRow.objects.create(
        merchant_id=change.merchant_id, change=change, product_id=product.pk,
        label=product.title[:255], before={}, after={}, version_before=product.version,
        version_after=product.version, state="refused", why=TAKEN,
    )  # fmt: skip


def _result(run: Run, change: Change) -> dict[str, Any]:
    with run.tenant():
        change.refresh_from_db()
        n_refused = change.rows.filter(state="refused").count()
    n = change.n_rows
    text = said_n("%(n)s product changed", "%(n)s products changed", n)
    if n_refused:
        left = said_n("%(n)s left as it is", "%(n)s left as they are", n_refused)
        text = said("%(what)s, %(more)s", what=text, more=left)
    place = [run.merchant.slug, change.pk]
    undo_url = reverse("catalog:change-undo", args=place) if n else ""
    url = reverse("catalog:change", args=place)
    return {"url": url, "link": said("Show each change"), "text": text, "undo_url": undo_url}
