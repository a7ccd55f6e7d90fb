"""Pages of any ordered queryset by key, not by number: page 2,000 costs what page 1 costs.

The cursor is the sort values of the row at the edge, as base64 of JSON. It is no secret and not
signed: it can only choose where among the person's own rows a page begins.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan

FORWARD, BACKWARD = "n", "p"
Near = Callable[[bool, list[Value], int], Any]


@dataclass(frozen=True)
class Page:
    """Rows of one page; `next` and `previous` are cursors, "" where no page lies that way."""

    rows: list[Any]
    next: str
    previous: str

    @property
    def is_all(self) -> bool:
        return not (self.next or self.previous)


def keyset_page(
    queryset: QuerySet,
    ordering: Sequence[str],
    *,
    cursor: str,
    size: int,
    dress: Callable[[QuerySet], QuerySet] | None = None,
    near: Near | None = None,
    first: Callable[[], list[Any]] | None = None,
) -> Page:
    """One page in this order, in one statement.

    `dress` makes of the query that finds the page's rows the one that shows them, so that what
    only the page needs is asked for the page alone; its rows have the values of the ordering.
    `near` is a condition that knows where the page begins: for a direction (whether it goes down),
    the values at the edge (none at the end of the list) and a number it lets through at least as
    many of the next rows. `first` gives the rows of the first page and one more, where who asks
    has them cheaper.

    `ordering` are field or annotation names with "-" for descending; the last is unique, and none
    may be null. A cursor that cannot be read gives the first page; one without values, backward,
    the last: the same statement with its order turned.
    """

    def read(names: list[str], edge: list[Any]) -> list[Any]:
        found = queryset.filter(_beyond(names, edge)) if edge else queryset
        if near:
            found = found.filter(near(names[0].startswith("-"), edge, size + 1))
        cut = found.order_by(*names)[: size + 1]
        return list(cut if dress is None else dress(cut).order_by(*names))

    if cursor == LAST:
        rows = read(list(map(_turned, ordering)), [])
        return _page(rows, ordering, size=size, is_backward=True, is_edge=True)
    direction, values = _read(cursor, ordering)
    is_backward = direction == BACKWARD
    names = [_turned(name) for name in ordering] if is_backward else list(ordering)
    try:
        rows = read(names, _typed(queryset, names, values)) if values else []
    except (ValidationError, ValueError, TypeError, OverflowError):
        values, is_backward = [], False
    if not values:
        rows = first() if first else read(list(ordering), [])
    return _page(rows, ordering, size=size, is_backward=is_backward, is_edge=not values)


def _page(
    rows: list[Any], ordering: Sequence[str], *, size: int, is_backward: bool, is_edge: bool
) -> Page:
    """The page of rows that were read in its direction, one more than it holds if there are."""
    has_more, rows = len(rows) > size, rows[:size]
    if is_backward:
        rows.reverse()
    has_previous = has_more if is_backward else not is_edge
    has_next = has_more if not is_backward else bool(rows) and not is_edge
    return Page(
        rows=rows,
        next=_write(FORWARD, rows[-1], ordering) if has_next else "",
        previous=_write(BACKWARD, rows[0], ordering) if has_previous and rows else "",
    )


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _typed(queryset: QuerySet, names: Sequence[str], values: Sequence[Any]) -> list[Value]:
    """A cursor's values as the columns have them; their fields raise what they find wrong."""
    query = queryset.query.clone()  # asking for a field may join its table
    fields = [F(name.removeprefix("-")).resolve_expression(query).output_field for name in names]
    return [
        Value(field.get_prep_value(value), output_field=field)
        for field, value in zip(fields, values, strict=True)
    ]


def _beyond(names: Sequence[str], edge: Sequence[Value]) -> Any:
    """The rows after `edge`: (a, b) > (x, y), which an index on both columns goes straight to,
    however many rows have the same `a`."""
    downs = {name.startswith("-") for name in names}
    if len(downs) > 1:
        return _spelled_out(names, edge)
    columns = [F(name.removeprefix("-")) for name in names]
    return (LessThan if downs == {True} else GreaterThan)(_row(columns), _row(edge))


def _row(columns: Sequence[Any]) -> Func:
    return Func(*columns, template="(%(expressions)s)", output_field=BooleanField())


def _spelled_out(names: Sequence[str], edge: Sequence[Value]) -> Q:
    """The same where one goes up and another down; a >= x first, which an index on the leading
    column can use."""
    beyond, equal = Q(), Q()
    for name, value in zip(names, edge, strict=True):
        field, is_down = name.removeprefix("-"), name.startswith("-")
        beyond |= equal & Q(**{f"{field}__{'lt' if is_down else 'gt'}": value})
        equal &= Q(**{field: value})
    first, is_down = names[0].removeprefix("-"), names[0].startswith("-")
    return Q(**{f"{first}__{'lte' if is_down else 'gte'}": edge[0]}) & beyond


def _write(direction: str, row: Model | dict[str, Any], ordering: Sequence[str]) -> str:
    names = [name.removeprefix("-") for name in ordering]
    values = [row[name] if isinstance(row, dict) else getattr(row, name) for name in names]
    return cursor_at(direction, values)


def cursor_at(direction: str, values: Sequence[Any]) -> str:
    """The cursor of the page beyond these sort values; BACKWARD without any is the last page."""
    text = json.dumps([direction, *map(_plain, values)], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def _read(cursor: str, ordering: Sequence[str]) -> tuple[str, list[Any]]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        direction, *values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError):
        return FORWARD, []
    plain = all(isinstance(value, str | int | float) and "\0" not in str(value) for value in values)
    if direction not in {FORWARD, BACKWARD} or len(values) != len(ordering) or not plain:
        return FORWARD, []
    return direction, values


LAST = cursor_at(BACKWARD, ())


def estimate(queryset: QuerySet) -> int:
    """About how many rows, from the planner's statistics: no row is read."""
    plan = queryset.order_by().values("pk").explain(format="json")
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"])


def cursor_of(query: Any) -> str:
    """The cursor of an address: `after` or `before`, as components/_pager.html writes it."""
    return query.get("after") or query.get("before") or ""


def about(n: int) -> int:
    """An estimate without digits that it cannot stand for: 1,283 becomes 1,280."""
    return n if n < 100 else round(n, 2 - len(str(n)) + 1)
