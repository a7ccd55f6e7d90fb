"""Two segments beside each other: who is in both, who in one alone; and a segment of that."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Avg, Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aiassist.profiles.models import Segment, SegmentMember
from aiassist.segments import saving
from aiassist.segments.actions import full_words, taken_words
from aiassist.segments.language import RuleError, check_references, parse
from aiassist.segments.language.writing import quoted
from aiassist.segments.limits import NAME_MAX
from aiassist.segments.one_job import start_refresh
from aiassist.segments.usage import live_segments
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required

RULES = {
    "a_not_b": "{a} AND NOT {b}",
    "b_not_a": "{b} AND NOT {a}",
    "both": "{a} AND {b}",
    "either": "{a} OR {b}",
}


@dataclass(frozen=True)
class Side:
    """Some of the members: how many, what they spent and are predicted to be worth, on average."""

    n: int
    spent: float | None
    value: float | None


@dataclass(frozen=True)
class Overlap:
    only_a: Side
    both: Side
    only_b: Side

    @property
    def n_a(self) -> int:
        return self.only_a.n + self.both.n

    @property
    def n_b(self) -> int:
        return self.only_b.n + self.both.n

    @property
    def n_either(self) -> int:
        return self.only_a.n + self.both.n + self.only_b.n

    @property
    def rows(self) -> list[tuple[str, Side, float, float]]:
        """Name, members, and where its bar begins and how long it is, of all in either."""
        whole, at, rows = self.n_either or 1, 0.0, []
        for name, side in (("a_not_b", self.only_a), ("both", self.both), ("b_not_a", self.only_b)):
            rows.append((name, side, 100 * at, 100 * side.n / whole))
            at += side.n / whole
        return rows


def overlap_of(a: Segment, b: Segment) -> Overlap:
    """In two statements, each over one segment's members."""
    only_a, both = _sides(a, b)
    only_b, _both = _sides(b, a)
    return Overlap(only_a, both, only_b)


def _sides(one: Segment, other: Segment) -> tuple[Side, Side]:
    others = SegmentMember.objects.filter(segment=other, customer=OuterRef("customer"))
    rows = SegmentMember.objects.filter(segment=one).order_by().annotate(shared=Exists(others))
    found = rows.aggregate(
        **{f"n_{name}": Count("pk", filter=Q(shared=shared)) for name, shared in ARMS},
        **{
            f"{column}_{name}": Avg(f"customer__profile__{column}_cents", filter=Q(shared=shared))
            for name, shared in ARMS
            for column in ("spent", "clv")
        },
    )
    alone, both = (
        Side(found[f"n_{name}"], found[f"spent_{name}"], found[f"clv_{name}"])
        for name, _shared in ARMS
    )
    return alone, both


ARMS = (("alone", False), ("both", True))


@require_safe
@merchant_required()
def overlap(request: HttpRequest) -> HttpResponse:
    segments = list(live_segments(request.merchant).order_by("name"))
    a, b = (_chosen(segments, request.GET.get(name, "")) for name in ("a", "b"))
    if any(request.GET.get(name) and one is None for name, one in (("a", a), ("b", b))):
        raise Http404("No such segment.")
    context: dict[str, Any] = {
        "segments": segments,
        "a": a,
        "b": b,
        "is_same": bool(a and b and a.pk == b.pk),
        "may_edit": request.role in EDITORS,
    }
    if a and b and a.pk != b.pk:
        context["found"] = overlap_of(a, b)
        context["names"] = {name: _name(name, a, b) for name in RULES}
    return render(request, "aiassist/segments/overlap.html", context)


def _chosen(segments: list[Segment], text: str) -> Segment | None:
    """None where nothing was chosen, or none of the shop's."""
    return next((one for one in segments if str(one.pk) == text), None)


def _name(kind: str, a: Segment, b: Segment) -> str:
    words = {
        "a_not_b": _("%(a)s without %(b)s"),
        "b_not_a": _("%(b)s without %(a)s"),
        "both": _("%(a)s and %(b)s"),
        "either": _("%(a)s or %(b)s"),
    }
    return (words[kind] % {"a": a.name, "b": b.name})[:NAME_MAX]


@require_POST
@merchant_required(*EDITORS)
def save(request: HttpRequest) -> HttpResponse:
    """A segment of one without the other, of both, or of either; it follows them from then on."""
    segments = list(live_segments(request.merchant))
    a, b = (_chosen(segments, request.POST.get(name, "")) for name in ("a", "b"))
    kind = request.POST.get("kind", "")
    if not a or not b or a.pk == b.pk or kind not in RULES:
        messages.error(request, _("Choose two different segments."))
        return redirect("aiassist:segment-overlap", request.merchant.slug)
    name = " ".join(request.POST.get("name", "").split())[:NAME_MAX] or _name(kind, a, b)
    back = redirect("aiassist:segment-overlap", request.merchant.slug)
    back["Location"] += f"?a={a.pk}&b={b.pk}"
    if saving.is_full(request.merchant):
        messages.error(request, full_words())
        return back
    try:
        rule = parse(RULES[kind].format(a=in_segment(a), b=in_segment(b)))
        check_references(request.merchant, None, rule)
        row = saving.create(request.merchant, request.user, name=name, rule=rule.text)
    except RuleError as error:
        messages.error(request, str(error.message))
        return back
    except saving.NameTaken:
        messages.error(request, taken_words(name))
        return back
    audit.record(request, "segment.added", row.name, segment=str(row.pk), rule=row.rule)
    start_refresh(request, row)
    return redirect("aiassist:segment", request.merchant.slug, row.pk)


def in_segment(row: Segment) -> str:
    return f"in_segment({quoted(row.name)})"
