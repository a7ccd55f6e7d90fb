"""One filter that is on, and the choice between two ways to a page of what it leaves.

Where few products match, they are looked up in an index and sorted. Where many do, walking
through the order and looking at each soon fills a page. The planner cannot choose: it takes the
kind of a fact and its value for independent, and knows nothing of pieces of words.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from ecomportal.tenancy.models import Merchant
from ecomportal.web.counting import n_up_to

COUNTED = 2000  # products that are looked up and sorted; above, "many"


@dataclass(frozen=True)
class Chip:
    """One filter that is on; `params` are those its cross takes out of the address."""

    label: Any
    value: Any
    params: tuple[str, ...]


@dataclass(frozen=True)
class Narrowing:
    """`condition` tells a product that matches. `ids` are the ids of those that match, from an
    index; None where no index knows them. `while_walking` is a cheaper way to look at one.
    `is_of_products`: each of `ids` is a live product of its own, so that they can be counted.
    `is_ordered`: an index has them in the order by change. `near`: what the function
    `matches_near` of the database is asked, which finds the next of them in that order."""

    chip: Chip
    condition: Any
    ids: QuerySet | RawSQL | None = None
    while_walking: Any = None
    is_of_products: bool = False
    is_ordered: bool = False
    near: tuple[str, str] | None = None

    @property
    def found(self) -> Any:
        """The condition by way of the index. The ids are gathered before any product is read, so
        that the planner takes them for a short list, whatever else is asked."""
        if isinstance(self.ids, RawSQL):
            return among(RawSQL(f"ARRAY({self.ids.sql})", self.ids.params))
        return among(ArraySubquery(self.ids.order_by()))


def among(ids: Any) -> Func:
    """Whether the primary key is among an array that is made before any row is read."""
    return Func(
        F("pk"),
        ids,
        arg_joiner=" = ANY (",
        template="%(expressions)s)",
        output_field=BooleanField(),
    )


def below(chip: Chip, rows: QuerySet) -> Narrowing:
    """Products that have one of these rows, whose index gives the products' ids.

    While walking, the first row is looked for product by product: for an EXISTS the planner would
    rather gather all such rows of the shop.
    """
    mine = rows.filter(product=OuterRef("pk")).order_by()
    return Narrowing(chip, Exists(mine), rows.values("product_id"), while_walking=has_one(mine))


def next_to(near: tuple[str, str], is_down: bool, edge: list[Value], n: int) -> Func:
    """At least `n` of those that match beyond an edge of the order by change, and few others."""
    place = [value.value for value in edge] or [None, None]
    ids = RawSQL("ARRAY(SELECT matches_near(%s, %s, %s, %s, %s, %s))", [*near, *place, is_down, n])
    return among(ids)


def has_one(rows: QuerySet) -> Subquery:
    return Subquery(rows.values(one=Value(True))[:1], output_field=BooleanField())


def has_none(rows: QuerySet) -> Any:
    return Coalesce(Subquery(rows.values(one=Value(False))[:1]), Value(True))


def counts(merchant: Any, narrowings: list[Narrowing], **more: Any) -> dict[str, Any]:
    """How many products each finds, up to COUNTED + 1 and in one statement; `more` are further
    columns of it."""
    columns = {f"n_{at}": _counted(one.ids) for at, one in enumerate(narrowings)}
    found = Merchant.objects.filter(pk=merchant.pk).order_by().values(**columns, **more)
    return found.get()


def _counted(ids: QuerySet | RawSQL) -> Any:
    if isinstance(ids, RawSQL):
        sql = f"(SELECT count(*)::integer FROM ({ids.sql} LIMIT {COUNTED + 1}) found)"
        return RawSQL(sql, ids.params, output_field=IntegerField())
    return n_up_to(ids, COUNTED)
