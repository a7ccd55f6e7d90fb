"""Feeds of a shop: made, looked at with what is wrong in them, renewed, closed."""

import csv
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Case, Count, Max, OuterRef, QuerySet, Subquery, TextField, When
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog import tasks
from catalog.products.exports.stream import pieces
from catalog.products.feeds.forms import FeedForm
from catalog.products.feeds.models import Feed
from catalog.products.feeds.reasons import REASONS
from catalog.products.filters import ProductFilters
from catalog.products.imports.guard import guard
from ecomportal.jobs.models import LIVE, Job, JobStatus
from ecomportal.jobs.start import start_job
from ecomportal.said import said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, EVERYONE, merchant_required
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant
from ecomportal.web.models import SavedView
from ecomportal.web.paging import cursor_of, keyset_page

PAGE_SIZE = 50


def _feed(request: HttpRequest, feed_id: UUID) -> Feed:
    return get_object_or_404(request.merchant.feeds, pk=feed_id)


def _page_of(request: HttpRequest, feed: Feed) -> HttpResponse:
    return redirect("catalog:feed", request.merchant.slug, feed.pk)


def _views(request: HttpRequest) -> list[tuple[str, str]]:
    """The lists that a person saved, and the one she comes from."""
    saved = SavedView.objects.filter(
        merchant=request.merchant, user=request.user, page="products"
    ).order_by("created_at")
    found = [(_narrow(request, query), name) for query, name in saved.values_list("query", "name")]
    given = _narrow(request, request.GET.get("query", "") or request.POST.get("given", ""))
    return [*found, *([(given, _("The list you came from"))] if given else [])]


def _narrow(request: HttpRequest, query: str) -> str:
    return ProductFilters(query, request.merchant).query()


@require_safe
@merchant_required(*EVERYONE)
def feeds(request: HttpRequest) -> HttpResponse:
    rows = request.merchant.feeds.order_by("name")
    context = {"feeds": rows, "can_edit": request.role in EDITORS}
    return render(request, "catalog/feeds/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EDITORS)
def feed_new(request: HttpRequest) -> HttpResponse:
    feed = Feed(merchant=request.merchant, created_by=request.user)
    feed.language = request.merchant.language
    return _form(request, feed, "feed.created")


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EDITORS)
def feed_edit(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    return _form(request, _feed(request, feed_id), "feed.changed")


def _form(request: HttpRequest, feed: Feed, action: str) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    given = _narrow(request, request.GET.get("query", ""))
    form = FeedForm(
        data, merchant=request.merchant, views=_views(request), instance=feed,
        initial={"query": feed.query or given},
    )  # fmt: skip
    if data is not None and form.is_valid():
        feed = form.save(commit=False)
        feed.updated_at = timezone.now()
        feed.save()
        audit.record(request, action, feed.name)
        _check(request, feed)
        messages.success(request, _("The feed is saved; its items are being checked."))
        return _page_of(request, feed)
    context = {
        "form": form,
        "feed": feed,
        "is_new": feed._state.adding,
        "given": given or request.POST.get("given", ""),
    }
    status = 422 if data is not None else 200
    return render(request, "catalog/feeds/form.html", context, status=status)


def _check(request: HttpRequest, feed: Feed) -> Job:
    return start_job(
        tasks.check_feed, request.merchant, request.user,
        title=said("Check feed %(name)s", name=feed.name), params={"feed_id": str(feed.pk)},
        dedupe_key=str(feed.pk),
    )  # fmt: skip


@require_safe
@merchant_required(*EVERYONE)
def feed(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """Where it is fetched, what is in it, and each item that lacks something."""
    found = get_object_or_404(_with_state(request.merchant), pk=feed_id)
    reason = request.GET.get("reason", "")
    problems = found.problems.all()
    counts = problems.order_by().values("reason").annotate(n=Count("pk"))
    if reason in REASONS:
        problems = problems.filter(reason=reason)
    page = keyset_page(problems, ["id"], cursor=cursor_of(request.GET), size=PAGE_SIZE)
    context = {
        "feed": found,
        "page": page,
        "rows": [(row, REASONS[row.reason]) for row in page.rows if row.reason in REASONS],
        "reason": reason if reason in REASONS else "",
        "counts": _counts(counts),
        "n_in": found.n_items - found.n_left_out,
        "addresses": _addresses(request, found),
        "chips": ProductFilters(found.query, request.merchant).chips(),
        "job": request.merchant.jobs.get(pk=found.job_id) if found.job_id else None,
        "is_stale": _is_stale(found),
        "can_edit": request.role in EDITORS,
    }
    return render(request, "catalog/feeds/feed.html", context)


def _counts(counts: Any) -> list[dict[str, Any]]:
    """The reasons in their order, those that leave items out first."""
    n_of = {row["reason"]: row["n"] for row in counts}
    return [
        {"name": name, "reason": reason, "n": n_of[name]}
        for name, reason in REASONS.items()
        if name in n_of
    ]


def _addresses(request: HttpRequest, found: Feed) -> dict[str, str]:
    base = request.build_absolute_uri("/feeds/")
    return {"TSV": f"{base}{found.token}.tsv", "RSS 2.0": f"{base}{found.token}.xml"}


def _with_state(merchant: Merchant) -> QuerySet:
    """Feeds with the check that runs now, or went wrong as the last, and the newest product."""
    products = merchant.products.order_by().values("merchant").annotate(at=Max("updated_at"))
    checks = merchant.jobs.filter(kind="check_feed", dedupe_key=Cast(OuterRef("pk"), TextField()))
    last = checks.order_by("-created_at")
    unsettled = Case(When(status__in=(*LIVE, JobStatus.FAILED), then="pk"))
    return merchant.feeds.annotate(
        newest=Subquery(products.values("at")), job_id=Subquery(last.values(wanted=unsettled)[:1])
    )


def _is_stale(found: Any) -> bool:
    """Whether something changed since the check: its settings, or some product."""
    newest = max(found.updated_at, found.newest or found.updated_at)
    return found.checked_at is not None and newest > found.checked_at


@require_POST
@merchant_required(*EDITORS)
def feed_check(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    found = _feed(request, feed_id)
    _check(request, found)
    return _page_of(request, found)


@require_POST
@merchant_required(*EDITORS)
def feed_address(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """Give it a new address; the former one is no longer found from now on."""
    found = _feed(request, feed_id)
    found.token_version += 1
    found.save(update_fields=["token_version"])
    audit.record(request, "feed.address_renewed", found.name)
    messages.success(request, _("The feed has a new address. Enter it where it is fetched."))
    return _page_of(request, found)


@require_POST
@merchant_required(*EDITORS)
def feed_open(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """Close the feed, or open it again at the same address."""
    found = _feed(request, feed_id)
    found.is_open = request.POST.get("is_open") == "1"
    found.save(update_fields=["is_open"])
    audit.record(request, "feed.opened" if found.is_open else "feed.closed", found.name)
    text = (
        _("The feed is open.") if found.is_open else _("The feed is closed: nobody can fetch it.")
    )
    messages.success(request, text)
    return _page_of(request, found)


@require_POST
@merchant_required(*EDITORS)
def feed_delete(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    found = _feed(request, feed_id)
    found.delete()
    audit.record(request, "feed.deleted", found.name)
    messages.success(request, _("The feed is deleted and its address no longer found."))
    return redirect("catalog:feeds", request.merchant.slug)


@require_safe
@merchant_required(*EVERYONE)
def feed_problems(request: HttpRequest, feed_id: UUID) -> StreamingHttpResponse:
    """What the last check found, as a table."""
    found, merchant = _feed(request, feed_id), request.merchant
    words = {
        name: [str(reason.label), str(reason.advice)] for name, reason in REASONS.items()
    }  # now: the answer is drawn when the person's language is no longer the active one
    header = [_("Id"), _("Product"), _("In the feed"), _("Reason"), _("Value"), _("What to do")]
    answers = {True: _("no"), False: _("yes")}
    reason = request.GET.get("reason", "")
    content = _problem_lines(merchant, found.pk, reason, header=header, words=words, is_in=answers)
    response = StreamingHttpResponse(pieces(content), content_type="text/csv; charset=utf-8")
    name = f"{merchant.slug}-feed-problems-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


class _Echo:
    def write(self, text: str) -> str:
        return text


def _problem_lines(
    merchant: Merchant,
    feed_id: UUID,
    reason: str,
    *,
    header: list[str],
    words: dict[str, list[str]],
    is_in: dict[bool, str],
) -> Iterator[bytes]:
    writer = csv.writer(_Echo())
    yield ("\ufeff" + writer.writerow(header)).encode()
    with tenant(merchant):
        rows = merchant.feed_problems.filter(feed=feed_id).order_by("id")
        rows = rows.filter(reason=reason) if reason in REASONS else rows
        for row in rows.iterator(chunk_size=2000):
            label, advice = words.get(row.reason, [row.reason, ""])
            cells = [row.item, row.label, is_in[row.is_left_out], label, row.value, advice]
            yield writer.writerow([guard(cell) for cell in cells]).encode()
