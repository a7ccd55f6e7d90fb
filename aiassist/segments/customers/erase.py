"""Take a customer out of everything the shop keeps, so that she can be found in nothing again.

The database does its part in one transaction (`erase_customer`, catalog/0032): the rows that point
at her, her words in every record. Files and versions of models are looked through before, while it
is known what names her (a repeat after a stop knows it no more), and once more after it. What was
read before and is written later is refused by the database (rows) or by `refuse_if_erased_since`
(files). Copies in backups go when those expire.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from aiassist import tasks
from aiassist.registry.models import ModelState, ModelVersion
from aiassist.segments.customers.files import forget_files_that_name, forget_lists_of
from catalog.orders.models import Customer
from ecomportal.jobs.models import Job
from ecomportal.jobs.run import JobError, Run
from ecomportal.jobs.start import start_job
from ecomportal.said import said
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant, User

LONG = "SET LOCAL statement_timeout = '30min'"  # every text of a large shop is looked at
# A job that is writing about her may hold her row for longer than a page would wait.
PATIENT = "SET LOCAL lock_timeout = '2min'"
# An erasure is seen by others this long after its moment, at most.
COMMITTED_IN = timedelta(minutes=1)
WORDS = """
SELECT c.external_id, c.name, c.id::text, c.email_sha256, c.phone_sha256, c.phone_digits_sha256,
    ARRAY(SELECT number FROM catalog_order WHERE customer_id = c.id),
    ARRAY(SELECT external_id FROM catalog_conversation WHERE customer_id = c.id)
FROM catalog_customer c WHERE c.id = %s
"""


@dataclass(frozen=True)
class Erased:
    """What went: rows by table, files, and versions of models that had to be given up."""

    counts: dict[str, int]
    n_files: int
    n_models: int


def start_erasure(
    merchant: Merchant, user: User | None, customer: Customer, *, with_orders: bool
) -> Job:
    """The job's row names nobody but by the id, which is taken out of it with all others."""
    return start_job(
        tasks.erase_customer,
        merchant,
        user,
        title=said("Erase a customer"),
        params={"customer": str(customer.pk), "with_orders": with_orders},
        n_total=1,
    )


def erase_customer(run: Run) -> None:
    """The job. Repeated after a stop it finds nobody any more, which is what it wanted."""
    try:
        customer_id = UUID(run.params["customer"])
    except ValueError:
        customer_id = None
    run.phase(_("Looking through files"))
    with run.tenant():
        words = words_of(customer_id)
    n_files = _forget_files(run.merchant, words)
    n_models = _give_up_models(run.merchant, words)
    run.phase(_("Erasing"))
    with run.commit(n_done=1):
        options = {"with_orders": run.params["with_orders"], "user_id": run.user_id}
        counts = erase_rows(run.merchant, customer_id, **options)
    n_files += _forget_files(run.merchant, words)
    n_models += _give_up_models(run.merchant, words)
    run.result({"text": _told(Erased(counts, n_files, n_models))})


def erase_now(merchant: Merchant, customer: Customer, *, with_orders: bool) -> Erased:
    """The same without a job, for the command line."""
    with tenant(merchant):
        words = words_of(customer.pk)
    n_files, n_models = _forget_files(merchant, words), _give_up_models(merchant, words)
    with tenant(merchant):
        counts = erase_rows(merchant, customer.pk, with_orders=with_orders, user_id=None)
    n_files += _forget_files(merchant, words)
    return Erased(counts, n_files, n_models + _give_up_models(merchant, words))


def erase_rows(
    merchant: Merchant, customer_id: UUID | None, *, with_orders: bool, user_id: int | None
) -> dict[str, int]:
    """In the transaction at hand: all of it or nothing. Tables and how many rows of each."""
    with connection.cursor() as cursor:
        cursor.execute(LONG)
        cursor.execute(PATIENT)
        cursor.execute(
            "SELECT erase_customer(%s, %s, %s, %s)",
            [merchant.pk, customer_id, with_orders, user_id],
        )
        found = cursor.fetchone()[0]
    return json.loads(found) if isinstance(found, str) else found or {}


def words_of(customer_id: UUID | None) -> list[str]:
    """What names her and nobody else, as files may spell it."""
    if customer_id is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(WORDS, [customer_id])
        row = cursor.fetchone()
    *plain, numbers, chats = row or ("", [], [])
    return [word for word in [*plain, *numbers, *chats] if word]


def refuse_if_erased_since(run: Run) -> None:
    """Before a job gives away a file of customers: it may name one who was erased meanwhile."""
    with run.tenant():
        since = run.job.started_at - COMMITTED_IN
        if run.merchant.erasures.filter(at__gte=since).exists():
            text = said("A customer was erased while this list was written. Start it again.")
            raise JobError(text)


def _forget_files(merchant: Merchant, words: list[str]) -> int:
    """Lists of customers all go, they are quickly made again; other files where they name her."""
    with tenant(merchant):
        n_lists = forget_lists_of(merchant)
    folder = Path(settings.MEDIA_ROOT) / str(merchant.pk)
    return n_lists + len(forget_files_that_name([folder], words))


def _give_up_models(merchant: Merchant, words: list[str]) -> int:
    """A version whose files name her serves no more: the next training makes one without her."""
    with tenant(merchant):
        versions = list(merchant.model_versions.exclude(folder=""))
    n = 0
    for version in versions:
        if forget_files_that_name([Path(settings.MODELS_ROOT) / version.folder], words):
            with tenant(merchant):
                reason = said("A file of this version named a customer who was erased.")
                ModelVersion.objects.filter(pk=version.pk).update(
                    state=ModelState.RETIRED, reason=reason
                )
            n += 1
    return n


def _told(erased: Erased) -> Any:
    n_rows = sum(erased.counts.values())
    return said(
        "Erased: %(rows)s rows and %(files)s files. "
        "Only fingerprints of the number and the e-mail are kept.",
        rows=n_rows,
        files=erased.n_files,
    )
