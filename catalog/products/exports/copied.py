"""What a `COPY ... TO STDOUT` gives, line by line as it comes from the server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import Copy
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many
from psycopg.pq import ExecStatus, PGconn
from psycopg.waiting import Wait


@contextmanager
def copied(text: str) -> Iterator[Iterator[Any]]:
    """The lines as they are."""
    with connection.cursor() as cursor, cursor.copy(text) as copy:
        yield _lines(copy)


@contextmanager
def copied_rows(text: str) -> Iterator[Iterator[tuple[str | None, ...]]]:
    """The lines of a statement in text format, as cells."""
    with connection.cursor() as cursor, cursor.copy(text) as copy:
        yield copy.rows()


def _lines(copy: Copy) -> Iterator[Any]:
    """As iterating over `copy`, which asks for each line whether it has come; here those that
    have come are taken, and only then is waited for more. That halves what reading costs."""
    server = copy.connection.pgconn
    while True:
        n_bytes, line = server.get_copy_data(1)
        if n_bytes > 0:
            yield line
        elif n_bytes == 0:
            copy.connection.wait(_more(server))
        else:
            break
    for result in copy.connection.wait(fetch_many(server)):
        if result.status != ExecStatus.COMMAND_OK:
            raise error_from_result(result)


def _more(server: PGconn) -> Iterator[Wait]:
    while not (yield Wait.R):
        continue
    server.consume_input()
