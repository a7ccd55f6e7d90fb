"""What the clock does for events of all shops: months ahead of time, and links that were missed."""

from django.db import connection, transaction


def make_months() -> int:
    """This month's part of the table and the next two, and those of rows that lie apart."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT keep_event_months()")
        return cursor.fetchone()[0]


def link_pending() -> int:
    """Rows that waited for a product and came while it was being made. Gives their number."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT link_pending(NULL)")
        return cursor.fetchone()[0]
