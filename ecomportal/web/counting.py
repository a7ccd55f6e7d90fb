"""How many rows there are, up to a cap: nobody needs the exact number of a million, and counting
on would take longer than a page may."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, QuerySet, Value


def n_up_to(rows: QuerySet, most: int) -> Func:
    """A column of a bigger statement: the number of rows, or `most` + 1 where there are more.

    Rows are counted, not ids, so that an index alone can answer.
    """
    few = ArraySubquery(rows.order_by().values(one=Value(1))[: most + 1])
    return Func(few, function="cardinality", output_field=IntegerField())
