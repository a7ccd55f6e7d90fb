"""A product's version tells of every write below it: triggers see to that (migration 0009)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def versions_by_hand() -> Iterator[None]:
    """The block writes each product whose variants, facts, texts or pictures it writes, so that
    the triggers need not raise their versions once more. Inside a transaction only."""
    _say("1")
    yield
    # After an error the database itself turns the setting back, with the savepoint.
    if not connection.needs_rollback:
        _say("")


def _say(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.versions_by_hand', %s, true)", [value])
