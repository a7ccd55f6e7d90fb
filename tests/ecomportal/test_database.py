"""A kept connection is looked at before a request uses it, without asking the server."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper


@pytest.fixture
def kept(db: None) -> Iterator[BaseDatabaseWrapper]:
    one = connection.copy()
    one.ensure_connection()
    yield one
    one.close()


def last_asked(one: BaseDatabaseWrapper) -> datetime:
    """When the server had its last statement from this connection, by its own account."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT query_start FROM pg_stat_activity WHERE pid = %s",
            [one.connection.info.backend_pid],
        )
        return cursor.fetchone()[0]


def test_one_that_stands_is_used_without_asking(kept: BaseDatabaseWrapper) -> None:
    with kept.cursor() as cursor:
        cursor.execute("SELECT 2")
    before = last_asked(kept)
    assert kept.is_usable()
    assert last_asked(kept) == before


def test_one_that_the_server_ended_is_made_anew(kept: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [kept.connection.info.backend_pid])
    assert not kept.is_usable()
    kept.health_check_enabled, kept.health_check_done = True, False
    kept.close_if_health_check_failed()
    with kept.cursor() as cursor:
        cursor.execute("SELECT 3")
        assert cursor.fetchone() == (3,)


def test_news_of_a_setting_does_not_cost_the_connection(kept: BaseDatabaseWrapper) -> None:
    with kept.cursor() as cursor:
        cursor.execute("SET application_name = 'news'")
    assert kept.is_usable()
