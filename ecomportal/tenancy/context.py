"""Which shop the code at hand works for: the first wall, and the switch of the third.

The tenant lives in two places that must agree: a context variable, which managers ask before
they build a query, and the transaction's `app.merchant_id`, which row-level security asks. The
latter is local to a transaction, so a pooled connection cannot carry it to the next request.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction

_merchant_id: ContextVar[int | None] = ContextVar("merchant_id", default=None)


class NoTenant(RuntimeError):
    """A query on a shop's rows was built while no shop was chosen."""


def current_merchant_id() -> int | None:
    return _merchant_id.get()


def _tell_database(merchant_id: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.merchant_id', %s, true)", [str(merchant_id or "")])


@contextmanager
def _active(merchant_id: int | None) -> Iterator[None]:
    token = _merchant_id.set(merchant_id)
    try:
        yield
    finally:
        _merchant_id.reset(token)


@contextmanager
def tenant(merchant: Any) -> Iterator[None]:
    """Work for one shop inside one transaction; give a Merchant or its id. Blocks nest."""
    merchant_id = getattr(merchant, "pk", merchant)
    is_nested = connection.in_atomic_block
    with transaction.atomic(), _active(merchant_id):
        _tell_database(merchant_id)
        yield
    # After an error the database itself turned the setting back, with the savepoint.
    if is_nested and not connection.needs_rollback:
        _tell_database(_merchant_id.get())


@contextmanager
def entered(function: str, *args: Any) -> Iterator[dict[str, Any]]:
    """Enter a shop through a definer function, in one statement and one transaction.

    `enter_shop(user_id, slug)` and `enter_by_key(key_hash)` look up who may enter before any
    tenant is known, set `app.merchant_id` when somebody may, and return what they found as JSON
    with the key "merchant" (null: nobody may).
    """
    is_nested = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(args))
            cursor.execute(f"SELECT {function}({marks})", args)
            found = cursor.fetchone()[0]
        found = json.loads(found) if isinstance(found, str) else found
        with _active((found["merchant"] or {}).get("id")):
            yield found
    if is_nested and not connection.needs_rollback:
        _tell_database(_merchant_id.get())


@contextmanager
def ops() -> Iterator[None]:
    """Act as the operations role, which sees every shop's jobs and nothing else."""
    # Managers may build queries here; the role decides what they see.
    with transaction.atomic(), _active(0), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE ecom_ops")
        yield
        cursor.execute("SET LOCAL ROLE NONE")
