"""What a customer did and what was made of her, newest first: orders, visits, chats, moves.

Each kind is asked for the entries before a moment and the newest of all are shown, so that the
hundredth page costs what the first does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from catalog.conversations.models import Utterance
from catalog.orders.models import Customer, Interaction, OrderLine

SHOWN = 25  # entries of a page
READ = SHOWN + 15  # of each kind: those of one moment stay together
MOST_EVENTS = 600  # read for the visits of a page; a longer visit is shown in parts
MOST_GOODS = 6  # named of one visit
SNIPPET = 240  # characters of a chat


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `kind` names its template; `of` is what that needs."""

    at: datetime
    kind: str  # order, visit, chat, move
    of: Any
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Timeline:
    entries: list[Entry]
    older: str  # the moment before which the next page begins; "" at the end


KINDS = {
    "orders": _("Orders"),
    "visits": _("Visits"),
    "chats": _("Chats"),
    "moves": _("Segments"),
}


def timeline(customer: Customer, *, kind: str = "", before: str = "") -> Timeline:
    until = read_moment(before)
    found: list[Entry] = []
    for name, read in SOURCES.items():
        if kind in ("", name):
            found += read(customer, until)
    found.sort(key=lambda entry: entry.at, reverse=True)
    shown = found[:SHOWN]
    # Entries of one moment stay together: the next page begins before it.
    shown += [entry for entry in found[SHOWN:] if shown and entry.at == shown[-1].at]
    has_more = len(found) > len(shown)
    return Timeline(shown, shown[-1].at.isoformat() if has_more else "")


def read_moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text.replace(" ", "+")) if text else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _cut(rows: QuerySet, column: str, until: datetime | None) -> list[Any]:
    rows = rows.filter(**{f"{column}__lt": until}) if until else rows
    found = list(rows.order_by(f"-{column}")[:READ])
    # Of the last moment some may have been cut off: all of them come with the next page.
    last = getattr(found[-1], column) if len(found) == READ else None
    return [row for row in found if getattr(row, column) != last] or found


def orders(customer: Customer, until: datetime | None) -> list[Entry]:
    lines = OrderLine.objects.select_related("product").order_by("id")
    rows = customer.orders.prefetch_related(Prefetch("lines", lines))
    return [Entry(order.ordered_at, "order", order) for order in _cut(rows, "ordered_at", until)]


def visits(customer: Customer, until: datetime | None) -> list[Entry]:
    """Events of one session in a row are one visit."""
    rows = customer.interactions.select_related("product")
    rows = rows.filter(at__lt=until) if until else rows
    events = list(rows.order_by("-at")[:MOST_EVENTS])
    runs = [list(run) for _key, run in groupby(events, lambda e: e.session_id or e.pk)]
    # What was cut off stands at the end: half a visit, unless it is all there is.
    if len(events) == MOST_EVENTS and len(runs) > 1:
        runs.pop()
    return [Entry(run[-1].at, "visit", run, _of_visit(run)) for run in runs[:READ]]


def _of_visit(events: list[Interaction]) -> dict[str, Any]:
    """Counts by kind and the goods, each once, in the order they were looked at."""
    counts: dict[str, int] = {}
    for event in events:
        counts[event.kind] = counts.get(event.kind, 0) + 1
    labels = dict(Interaction.Kind.choices)
    goods = list(dict.fromkeys(filter(None, map(_good, reversed(events)))))
    return {
        "counts": [(labels.get(kind, kind), n) for kind, n in counts.items()],
        "goods": goods[:MOST_GOODS],
        "n_more": max(len(goods) - MOST_GOODS, 0),
    }


def _good(event: Interaction) -> tuple[Any, str] | None:
    if event.product is not None:
        return event.product.pk, event.product.title
    return (None, event.sku) if event.sku else None


def chats(customer: Customer, until: datetime | None) -> list[Entry]:
    words = Utterance.objects.filter(conversation=OuterRef("pk")).order_by("position")
    first = words.filter(speaker=Utterance.Speaker.CUSTOMER).values("text")[:1]
    n = words.order_by().values("conversation").annotate(n=Count("*")).values("n")
    rows = customer.conversations.select_related("reading").annotate(
        first=Subquery(first), n_words=Subquery(n)
    )
    return [
        Entry(chat.started_at, "chat", chat, {"first": (chat.first or "")[:SNIPPET]})
        for chat in _cut(rows, "started_at", until)
    ]


def moves(customer: Customer, until: datetime | None) -> list[Entry]:
    """Into segments and out of them, and her last change of group."""
    rows = customer.segment_moves.select_related("segment")
    found = [Entry(move.at, "move", move) for move in _cut(rows, "at", until)]
    return found + list(_of_group(customer, until))


def _of_group(customer: Customer, until: datetime | None) -> Iterator[Entry]:
    profile = customer.profile
    is_known = profile.moved_at and profile.former_group
    if is_known and (until is None or profile.moved_at < until):
        yield Entry(profile.moved_at, "group", profile)


SOURCES: dict[str, Callable[[Customer, datetime | None], list[Entry]]] = {
    "orders": orders,
    "visits": visits,
    "chats": chats,
    "moves": moves,
}
