"""Who entered and left a segment and when; how its rule was before, and the way back."""

from datetime import date, datetime, time, timedelta
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from aiassist.profiles.models import Segment, SegmentMove
from aiassist.segments.page import DAYS, chart, frame, with_others
from catalog.orders.models import Customer
from ecomportal.tenancy.access import merchant_required
from ecomportal.web.paging import cursor_of, keyset_page

PAGE_SIZE = 50
LAST_YEAR = 9999  # the day after its last one is no date
SHOWN = 50  # customers of a day that are named


@require_safe
@merchant_required()
def history(request: HttpRequest, segment_id: UUID) -> HttpResponse:
    """Moves, newest first; with a day named, who was in it at the end of that day."""
    row, others = with_others(request, segment_id)
    way = request.GET.get("way", "")
    moves = row.moves.select_related("customer")
    if way in ("in", "out"):
        moves = moves.filter(has_entered=way == "in")
    context = {
        **frame(request, row, others),
        "tab": "history",
        "way": way,
        "page": keyset_page(moves, ["-at", "-id"], cursor=cursor_of(request.GET), size=PAGE_SIZE),
        "chart": chart(row),
        "days": row.days.filter(day__gte=timezone.localdate() - timedelta(days=DAYS)),
        **_on_day(row, request.GET.get("on", "")),
    }
    return render(request, "aiassist/segments/history.html", context)


def _on_day(row: Segment, text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year < LAST_YEAR:
        return {"on": text, "on_problem": _("“%(text)s” is no day.") % {"text": text[:20]}}
    found = members_on(row, day)
    shown = list(found.order_by("-pk")[: SHOWN + 1])
    n = found.count() if len(shown) > SHOWN else len(shown)
    return {"on": text, "on_day": day, "on_n": n, "on_members": shown[:SHOWN]}


def members_on(row: Segment, day: date) -> QuerySet[Customer]:
    """Whose last move until the end of the day, in the shop's time, was into the segment."""
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    moves = SegmentMove.objects.filter(segment=row, at__lt=end)
    last = moves.order_by("customer", "-at", "-id").distinct("customer")
    inside = SegmentMove.objects.filter(pk__in=last.values("pk"), has_entered=True)
    return row.merchant.customers.filter(pk__in=inside.values("customer"))


@require_safe
@merchant_required()
def revisions(request: HttpRequest, segment_id: UUID) -> HttpResponse:
    row, others = with_others(request, segment_id)
    earlier = list(row.revisions.select_related("edited_by").order_by("-version"))
    newer: Any = row
    entries = []
    for revision in earlier:
        entries.append({"revision": revision, "changes": _changes(revision, newer)})
        newer = revision
    context = {**frame(request, row, others), "tab": "revisions", "entries": entries}
    return render(request, "aiassist/segments/revisions.html", context)


def _changes(before: Any, after: Any) -> list[dict[str, Any]]:
    """What an edit changed: the name, the schedule, the rule word by word."""
    shown = [
        (_("name"), before.name, after.name),
        (_("refreshed"), _schedule(before.schedule), _schedule(after.schedule)),
        (_("rule"), before.rule, after.rule),
    ]
    return [{"what": what, "parts": word_diff(old, new)} for what, old, new in shown if old != new]


def _schedule(value: str) -> str:
    return str(dict(Segment.Schedule.choices).get(value, value))


def word_diff(old: str, new: str) -> list[tuple[str, str]]:
    """The text as ("same" | "del" | "ins", words), what went before what came."""
    before, after = old.split(" "), new.split(" ")
    parts: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("same", " ".join(before[a:b])))
            continue
        if b > a:
            parts.append(("del", " ".join(before[a:b])))
        if d > c:
            parts.append(("ins", " ".join(after[c:d])))
    return parts
