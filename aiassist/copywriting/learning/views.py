"""Pages of learning: how texts did, what was learnt from edits, and training a model."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from aiassist import tasks
from aiassist.copywriting.engines import choice_of
from aiassist.copywriting.engines.models import EngineName
from aiassist.copywriting.learning import report
from aiassist.copywriting.learning.lessons import decide
from aiassist.copywriting.learning.models import LessonKind
from aiassist.copywriting.learning.phrases import shown, weight_of
from aiassist.copywriting.learning.ready import ROWS_NEEDED, lacking
from aiassist.copywriting.learning.rows import row_of, training_rows
from ecomportal.jobs.start import start_job
from ecomportal.said import said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.tenancy.context import tenant
from ecomportal.web import charts, formats

EXPORT_BATCH = 500
LESSONS_SHOWN = 200
ROWS_SHOWN = 10


def percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


# --- Report ------------------------------------------------------------------------------------


@require_safe
@merchant_required()
def content_report(request: HttpRequest) -> HttpResponse:
    """How drafts did: in all, week by week, by engine, prompt and category."""
    days = _days(request)
    drafts = report.drafts_since(request.merchant, days)
    total = report.whole(drafts)
    context: dict[str, Any] = {"days": days, "choices": report.DAYS, "total": total}
    if total.n_written:
        engines = report.grouped(drafts, "engine_version")
        context |= {
            "tables": [
                (_("Engine"), [_row(one, _engine_name(one.name)) for one in engines]),
                (_("Prompt version"), _rows(drafts, "prompt_version", _g("no prompt"))),
                (_("Category"), _rows(drafts, "product__category__path", _g("no category"))),
            ],
            "by_engine": _bars(engines),
            "course": _course(report.weeks(drafts)),
            "figures": _row(total, ""),
        }
    return render(request, "aiassist/learning/report.html", context)


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked.isdecimal() and int(asked) in report.DAYS else report.DAYS[1]


def _rows(drafts: Any, column: str, unnamed: str) -> list[dict[str, Any]]:
    return [_row(one, one.name or unnamed) for one in report.grouped(drafts, column)]


def _engine_name(version: str) -> str:
    """The composer's versions are numbers, a model's its name."""
    is_composer = version.split(".")[0].isdecimal()
    return f"{EngineName.COMPOSER.label} {version}" if is_composer else version


def _row(group: report.Group, name: str) -> dict[str, Any]:
    low, high = group.interval or (None, None)
    return {
        "name": name,
        "n_written": group.n_written,
        "n_decided": group.n_decided,
        "n_approved": group.n_approved,
        "n_edited": group.n_edited,
        "acceptance": percent(group.acceptance),
        "interval": f"{percent(low)} – {percent(high)}" if group.interval else "",
        "edit_share": percent(group.edit_share),
        "blocked": percent(group.blocked),
        "hours": duration(group.hours),
    }


def duration(hours: float | None) -> str:
    """The time in the unit people would use for it."""
    if hours is None:
        return "–"
    if hours < 1:
        return _g("%(n)s min") % {"n": round(60 * hours)}
    if hours < 48:
        return _g("%(n)s h") % {"n": round(hours, 1)}
    return _g("%(n)s days") % {"n": round(hours / 24, 1)}


def _bars(groups: list[report.Group]) -> Any:
    rows = [
        charts.Bar(_engine_name(one.name), one.acceptance, *one.interval, kind="now")
        for one in groups
        if one.interval
    ]
    title = _g("Share of decided drafts that were approved, by engine")
    return charts.bars(rows, title, label=percent) if rows else ""


def _course(weeks: list[tuple[Any, report.Group]]) -> Any:
    """Two shares week by week; a week alone is no course."""
    if len(weeks) < 2:
        return ""
    groups = [group for _week, group in weeks]
    lines = [
        charts.Series(_g("Approved, of those decided"), [one.acceptance for one in groups]),
        charts.Series(
            _g("With a claim that blocks, as written"), [one.blocked for one in groups], "prev"
        ),
    ]
    labels = [formats.day(week.date()) for week, _group in weeks]
    return charts.line_chart(lines, labels, _g("Drafts week by week"), label=percent)


# --- What was learnt ---------------------------------------------------------------------------


@require_safe
@merchant_required()
def learning(request: HttpRequest) -> HttpResponse:
    """Training rows, the composer's lessons, and whether a model can be trained."""
    merchant = request.merchant
    rows = training_rows(merchant)
    lessons = list(merchant.lessons.select_related("decided_by").order_by("-n_changed", "pk"))
    context = {
        "n_rows": rows.count(),
        "n_edited": rows.exclude(final_text="").count(),
        "rows_needed": ROWS_NEEDED,
        "newest": rows.select_related("product").order_by("-reviewed_at", "pk")[:ROWS_SHOWN],
        "phrases": _told(lessons, LessonKind.PHRASE),
        "wordings": _told(lessons, LessonKind.WORDING),
        "lacking": lacking(merchant),
        "is_local": choice_of(merchant).engine == EngineName.LOCAL,
        "training": merchant.jobs.filter(kind="train_adapter").order_by("-created_at").first(),
        "may_edit": request.role in EDITORS,
    }
    return render(request, "aiassist/learning/learning.html", context)


def _told(lessons: list[Any], kind: str) -> list[dict[str, Any]]:
    return [
        {
            "lesson": one,
            "words": shown(one.words) if kind == LessonKind.PHRASE else one.words,
            "n": one.n_kept + one.n_changed,
            "weight": percent(weight_of(one.n_kept, one.n_changed)),
        }
        for one in lessons
        if one.kind == kind
    ][:LESSONS_SHOWN]


@require_POST
@merchant_required(*EDITORS)
def lesson_switch(request: HttpRequest, lesson_id: object) -> HttpResponse:
    """Take a lesson back, or let it hold again."""
    lesson = get_object_or_404(request.merchant.lessons, pk=lesson_id)
    is_on = request.POST.get("is_on") == "1"
    decide(lesson, request.user, is_on=is_on)
    action = "lesson.renewed" if is_on else "lesson.taken_back"
    audit.record(request, action, str(lesson), lesson=str(lesson.pk))
    told = _g("The lesson holds again.") if is_on else _g("Taken back: the lesson holds no more.")
    messages.success(request, told)
    return redirect("aiassist:learning", request.merchant.slug)


@require_POST
@merchant_required(*EDITORS)
def lessons_learn(request: HttpRequest) -> HttpResponse:
    """Look at the newest reviews now, not in an hour."""
    job = start_job(
        tasks.learn_from_edits,
        request.merchant,
        request.user,
        title=said("Learn from the newest reviews"),
        dedupe_key="learn_from_edits",
    )
    return redirect("job", request.merchant.slug, job.pk)


@require_POST
@merchant_required(*EDITORS)
def train(request: HttpRequest) -> HttpResponse:
    """Start a training, or say what it lacks."""
    if (reason := lacking(request.merchant)) is not None:
        messages.warning(request, str(reason))
        return redirect("aiassist:learning", request.merchant.slug)
    job = start_job(
        tasks.train_adapter,
        request.merchant,
        request.user,
        title=said("Teach the model your manner of writing"),
        dedupe_key="train_adapter",
    )
    if job.is_new:
        audit.record(request, "model.training", job.title, job=str(job.pk))
    else:
        messages.info(request, _g("A training runs already; this is its job."))
    return redirect("job", request.merchant.slug, job.pk)


@require_safe
@merchant_required(*EDITORS)
def training_export(request: HttpRequest) -> HttpResponse:
    """All training rows as JSON lines."""
    if not training_rows(request.merchant).exists():
        raise Http404("No reviewed drafts.")
    name = f"training-rows-{request.merchant.slug}-{timezone.localdate().isoformat()}.jsonl"
    answer = StreamingHttpResponse(
        _lines(request.merchant), content_type="application/x-ndjson; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    audit.record(request, "training.exported", name)
    return answer


def _lines(merchant: Any) -> Iterator[str]:
    """In batches, each in a transaction of its own: the request's has ended when this is read."""
    with tenant(merchant):
        ids = list(training_rows(merchant).values_list("pk", flat=True))
    for start in range(0, len(ids), EXPORT_BATCH):
        with tenant(merchant):
            rows = list(training_rows(merchant).filter(pk__in=ids[start : start + EXPORT_BATCH]))
        yield "".join(json.dumps(row_of(one), ensure_ascii=False) + "\n" for one in rows)
