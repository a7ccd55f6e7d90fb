"""Events into the table: once each, durable with the caller's transaction, and every one told of.

Late, early, and again: an event may be 10 minutes ahead of the clock (browsers' clocks are wrong),
30 days behind it with a publishable key, ten years with a secret one. An id counts once, whatever
time it states the second time, as long as its first time lies no more than 31 days before the
oldest event of the call that brings it again.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from catalog.orders.erasures import erased_among
from catalog.orders.events import counts
from catalog.orders.events.names import EVENTS
from catalog.orders.events.reading import Event, Reader, Refused, Rejected
from catalog.orders.taking import people
from catalog.products.imports.stage import as_copied
from ecomportal.tenancy.models import Merchant

MAX_EVENTS = 1000  # of one call
SHARES = 64  # locks that the ids of a shop's events are spread over
LOOKED_BACK = timedelta(days=31)

COLUMNS = (
    *("event_id", "item", "event", "kind", "customer_id", "anonymous_id", "session_id"),
    *("product_id", "sku", "quantity", "price_cents", "currency", "order_number", "rec_id"),
    *("query_id", '"position"', "placement", "at"),
)
NAMES = ", ".join(COLUMNS)
STAGE = "event_stage"
# One for the connection, emptied at the end of each transaction: making it anew for every call
# would cost more than a small call itself.
MAKE_STAGE = (
    f"CREATE TEMP TABLE IF NOT EXISTS {STAGE} ON COMMIT DELETE ROWS AS "
    f"SELECT {NAMES} FROM catalog_interaction WITH NO DATA"
)
COPY = f"COPY {STAGE} ({NAMES}) FROM STDIN (DELIMITER E'\\x1f', NULL E'\\x1d')"
INSERT = f"""
INSERT INTO catalog_interaction (merchant_id, received_at, {NAMES})
SELECT %s, %s, {NAMES} FROM {STAGE} ON CONFLICT DO NOTHING
"""
LOOK_UP = """
SELECT 'seen', event_id::text, NULL FROM catalog_interaction
WHERE merchant_id = %(shop)s AND event_id = ANY (%(ids)s::uuid[]) AND item = 0 AND at >= %(since)s
UNION ALL
SELECT 'user', external_id, id::text FROM catalog_customer
WHERE merchant_id = %(shop)s AND external_id = ANY (%(users)s)
UNION ALL
SELECT 'email', email_sha256, id::text FROM catalog_customer
WHERE merchant_id = %(shop)s AND email_sha256 = ANY (%(emails)s) AND email_sha256 <> ''
UNION ALL
SELECT 'visitor', anonymous_id, customer_id::text FROM catalog_anonymousid
WHERE merchant_id = %(shop)s AND anonymous_id = ANY (%(visitors)s)
UNION ALL
SELECT 'sku', sku, product_id::text FROM catalog_variant
WHERE merchant_id = %(shop)s AND sku = ANY (%(skus)s) AND deleted_at IS NULL AND sku <> ''
"""


@dataclass
class Verdict:
    accepted: int = 0
    duplicates: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    made_customers: int = 0


@dataclass
class Known:
    """What the shop has of what the events name."""

    seen: set[str] = field(default_factory=set)
    users: dict[str, str] = field(default_factory=dict)
    visitors: dict[str, str] = field(default_factory=dict)
    products: dict[str, str] = field(default_factory=dict)
    by_email: dict[str, str] = field(default_factory=dict)


def take_events(
    merchant: Merchant,
    raws: Sequence[Any],
    *,
    may_be_old: bool = True,
    is_clean: bool = False,
    counted: bool = True,
    now: datetime | None = None,
) -> Verdict:
    """Write events in the caller's transaction, of which this is the first write: making a month
    locks tables. What is refused, or came before, harms none of the others."""
    reader = Reader(merchant.currency, may_be_old, is_clean, now or datetime.now(UTC))
    verdict = Verdict()
    events = _read(reader, raws, verdict)
    if events:
        _open(merchant, events)
        known = _look_up(merchant, events, reader)
        events = _unseen(events, known, verdict)
        events = _with_customers(merchant, events, known, reader, verdict)
        _write(merchant, events, known, reader.now)
    verdict.accepted = len(events)
    verdict.rejected.sort()
    if counted:
        _count(merchant, verdict, raws, reader.now)
    return verdict


def _read(reader: Reader, raws: Sequence[Any], verdict: Verdict) -> list[Event]:
    found: list[Event] = []
    for index, raw in enumerate(raws):
        try:
            found.append(reader.read(index, raw))
        except Refused as why:
            verdict.rejected.append(Rejected(index, why.code, why.field, why.detail))
    first = {event.id: event for event in reversed(found)}
    if len(first) < len(found):
        verdict.duplicates += len(found) - len(first)
        found = [event for event in found if first[event.id] is event]
    return found


def _open(merchant: Merchant, events: list[Event]) -> None:
    months = {(event.at.year, event.at.month) for event in events}
    shares = {int(event.id[-8:], 16) % SHARES for event in events}
    days = [date(year, month, 1) for year, month in sorted(months)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT open_events(%s, %s, %s::integer[])", [merchant.pk, days, sorted(shares)]
        )


def _look_up(merchant: Merchant, events: list[Event], reader: Reader) -> Known:
    """In a statement of its own after the locks, so that it sees what they waited for."""
    since = min(reader.now, min(event.at for event in events)) - LOOKED_BACK
    wanted = {
        "shop": merchant.pk,
        "since": since,
        "ids": "{" + ",".join([event.id for event in events]) + "}",
        "users": list({event.user_id for event in events} - {""}),
        "emails": list(reader.emails.values()),
        "visitors": list({e.anonymous_id for e in events if not e.user_id} - {""}),
        "skus": list({item.sku for event in events for item in event.items} - {""}),
    }
    known = Known()
    kept = {"user": known.users, "visitor": known.visitors, "sku": known.products}
    kept["email"] = known.by_email
    with connection.cursor() as cursor:
        cursor.execute(LOOK_UP, wanted)
        for kind, key, value in cursor.fetchall():
            if kind == "seen":
                known.seen.add(key)
            else:
                kept[kind][key] = value
    for number, sha256 in reader.emails.items():
        if pk := known.by_email.get(sha256):
            known.users.setdefault(number, pk)
    return known


def _unseen(events: list[Event], known: Known, verdict: Verdict) -> list[Event]:
    if not known.seen:
        return events
    fresh = [event for event in events if event.id not in known.seen]
    verdict.duplicates += len(events) - len(fresh)
    return fresh


def _with_customers(
    merchant: Merchant, events: list[Event], known: Known, reader: Reader, verdict: Verdict
) -> list[Event]:
    """Unknown users become customers, but for those who were erased: their events are refused."""
    first: dict[str, datetime] = {}
    for event in events:
        if event.user_id and event.user_id not in known.users:
            first[event.user_id] = min(event.at, first.get(event.user_id, event.at))
    if not first:
        return events
    erased = _make_customers(merchant, first, known.users, reader.emails, verdict)
    if not erased:
        return events
    verdict.rejected += [
        Rejected(event.index, "erased", "user_id", ERASED)
        for event in events
        if event.user_id in erased
    ]
    return [event for event in events if event.user_id not in erased]


ERASED = "This customer was erased. The shop can let the number in again in Settings, Privacy."


def _make_customers(
    merchant: Merchant,
    first: dict[str, datetime],
    users: dict[str, str],
    emails: dict[str, str],
    verdict: Verdict,
) -> set[str]:
    """Make customers, each since some moment, and note their ids in `users`. Gives those who may
    not be made because they were erased."""
    erased: set[str] = set()
    for _ in range(3):  # an erasure between look and write shows at the second look
        erased |= erased_among(merchant, first, emails=emails).keys()
        rows = [
            people.new_row(merchant, _person(number, emails), since=first[number].isoformat())
            for number in sorted(first.keys() - erased)
        ]
        try:
            with transaction.atomic():
                made = people.make(rows)
        except IntegrityError as error:
            if not people.is_refused(error):
                raise
            continue
        users |= {number: str(pk) for number, pk in made.items()}
        verdict.made_customers += len(made)
        break
    if missing := first.keys() - erased - users.keys():  # somebody else made them meanwhile
        rows = merchant.customers.filter(external_id__in=missing)
        users |= {number: str(pk) for number, pk in rows.values_list("external_id", "pk")}
    return erased


def _person(number: str, emails: dict[str, str]) -> dict[str, str]:
    return {"email": emails[number]} if number in emails else {"customer": number}


def _write(merchant: Merchant, events: list[Event], known: Known, now: datetime) -> None:
    if not events:
        return
    rows = _rows(events, known, merchant.currency)
    with connection.cursor() as cursor:
        cursor.execute(MAKE_STAGE)
        cursor.execute(f"DELETE FROM {STAGE}")  # what an earlier call of this transaction left
        with cursor.copy(COPY) as copy:
            # A text may hold half of a pair of signs, which UTF-8 cannot say.
            copy.write(as_copied(rows, len(COLUMNS)).encode(errors="replace"))
        cursor.execute(INSERT, [merchant.pk, now])
    counts.note_pending(merchant, _unlinked(events, known))


def _rows(events: list[Event], known: Known, own: str) -> list[list[Any]]:
    users, visitors, products = known.users, known.visitors, known.products
    rows: list[list[Any]] = []
    for e in events:
        customer = users[e.user_id] if e.user_id else visitors.get(e.anonymous_id)
        kind, at = EVENTS[e.name].value, e.at.isoformat()
        for n, (sku, quantity, cents, place) in enumerate(e.items):
            currency = e.currency or (own if cents is not None else "")
            rows.append(
                [e.id, n, e.name, kind, customer, e.anonymous_id, e.session_id, products.get(sku),
                 sku, quantity, cents, currency, e.order_id, e.rec_id, e.query_id, place,
                 e.placement, at]
            )  # fmt: skip
    return rows


def _unlinked(events: Iterable[Event], known: Known) -> Iterable[tuple[str, datetime]]:
    return (
        (item.sku, event.at)
        for event in events
        for item in event.items
        if item.sku and item.sku not in known.products
    )


def _count(merchant: Merchant, verdict: Verdict, raws: Sequence[Any], now: datetime) -> None:
    found: Counter[tuple[str, str]] = Counter()
    found["accepted", ""] = verdict.accepted
    found["duplicate", ""] = verdict.duplicates
    found.update(("rejected", one.code) for one in verdict.rejected)
    if verdict.rejected:
        counts.keep_rejects(merchant, verdict.rejected, raws, now)
    counts.count(merchant, found, now)
