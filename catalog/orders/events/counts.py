"""What the page of events shows, kept as it happens: counts of days, examples, SKUs that wait."""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from catalog.orders.events.models import EventReject
from catalog.orders.events.reading import FIELDS, Rejected, is_storable
from ecomportal.tenancy.models import Merchant

PARTS = 8  # rows that one count is spread over
EXAMPLES = 5  # of one call
KEPT_REJECTS = 200  # of a shop
MAX_EXAMPLE = 2000  # characters
PERSONAL = ("user_id", "anonymous_id", "session_id")
HIDDEN = "…"

COUNT = """
INSERT INTO catalog_eventday (merchant_id, day, outcome, code, part, n)
SELECT %s, %s, o, c, %s, k FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS told (o, c, k)
ON CONFLICT (merchant_id, day, outcome, code, part)
DO UPDATE SET n = catalog_eventday.n + EXCLUDED.n
"""
PENDING = """
INSERT INTO catalog_pendingsku (merchant_id, sku, n, first_at, last_at)
SELECT %s, s, k, low, high
FROM unnest(%s::text[], %s::int[], %s::timestamptz[], %s::timestamptz[]) AS told (s, k, low, high)
ON CONFLICT (merchant_id, sku) DO UPDATE SET n = catalog_pendingsku.n + EXCLUDED.n,
    first_at = least(catalog_pendingsku.first_at, EXCLUDED.first_at),
    last_at = greatest(catalog_pendingsku.last_at, EXCLUDED.last_at)
"""
FORGET = """
DELETE FROM catalog_eventreject WHERE merchant_id = %s AND id IN (
    SELECT id FROM catalog_eventreject WHERE merchant_id = %s ORDER BY id DESC OFFSET %s)
"""


def day_of(merchant: Merchant, now: datetime) -> Any:
    """The shop's own day."""
    return now.astimezone(ZoneInfo(merchant.timezone)).date()


def count(merchant: Merchant, found: Mapping[tuple[str, str], int], now: datetime) -> None:
    """Add to the day's counts; the last write before the end, because it locks a row of all."""
    told = sorted((outcome, code, n) for (outcome, code), n in found.items() if n)
    if not told:
        return
    outcomes, codes, numbers = map(list, zip(*told, strict=True))
    part = random.randrange(PARTS)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [merchant.pk, day_of(merchant, now), part, outcomes, codes, numbers])


def note_pending(merchant: Merchant, unlinked: Iterable[tuple[str, datetime]]) -> None:
    """SKUs that no product has; in order, so that two calls cannot wait for each other."""
    found: dict[str, list[Any]] = {}
    for sku, at in unlinked:
        own = found.setdefault(sku, [0, at, at])
        own[:] = own[0] + 1, min(own[1], at), max(own[2], at)
    if not found:
        return
    skus = sorted(found)
    columns = [list(column) for column in zip(*(found[sku] for sku in skus), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(PENDING, [merchant.pk, skus, *columns])


def keep_rejects(
    merchant: Merchant, rejected: Sequence[Rejected], raws: Sequence[Any], now: datetime
) -> None:
    """An example of each reason, without the person; the newest of the shop stay."""
    seen: dict[tuple[str, str], Rejected] = {}
    for one in rejected:
        seen.setdefault((one.code, one.field), one)
    EventReject.objects.bulk_create(
        EventReject(
            merchant=merchant,
            code=one.code,
            field=one.field[:60],
            detail=one.detail[:300],
            example=as_example(raws[one.index]),
            at=now,
        )
        for one in list(seen.values())[:EXAMPLES]
    )
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [merchant.pk, merchant.pk, KEPT_REJECTS])


def as_example(raw: Any) -> dict[str, Any]:
    """The event as it came, but for whom it was about and for fields nobody knows, which may say
    anything of her."""
    if not isinstance(raw, dict):
        return {}
    kept = {
        name: HIDDEN if name in PERSONAL or name not in FIELDS else value
        for name, value in raw.items()
    }
    return kept if _fits(kept) else {name: HIDDEN for name in kept if name in FIELDS}


def _fits(kept: dict[str, Any]) -> bool:
    """Whether it is short and a jsonb column takes it: 1e999 is read as Infinity, which it does
    not, and lists may lie in lists without end."""
    try:
        text = json.dumps(kept, allow_nan=False)
    except (ValueError, RecursionError):
        return False
    return len(text) <= MAX_EXAMPLE and is_storable(kept)
