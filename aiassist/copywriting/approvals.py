"""Approve all drafts without findings at once, and take such an approval back: as jobs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aiassist import tasks
from aiassist.copywriting import publish
from aiassist.copywriting.models import DraftStatus
from catalog.products.changes import Change
from ecomportal.jobs.run import Run
from ecomportal.jobs.start import start_job
from ecomportal.jobs.writes import settle_items
from ecomportal.said import Said, said, said_n
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.tenancy.models import User

BATCH = 25
MOST = 10_000  # drafts of one approval


def clean(merchant: Any) -> Any:
    """Waiting drafts that nothing objects to, the oldest first."""
    return merchant.drafts.filter(
        status=DraftStatus.WAITING, product__deleted_at=None, n_blocking=0, n_warnings=0
    ).order_by("created_at", "pk")


@require_POST
@merchant_required(*EDITORS)
def approve_clean(request: HttpRequest) -> HttpResponse:
    merchant = request.merchant
    rows = clean(merchant).values_list("pk", "product__title")[:MOST]
    chosen = list(rows)
    if not chosen:
        messages.info(request, _("No draft without findings waits, so nothing was approved."))
        return redirect("aiassist:review", merchant.slug)
    job = start_job(
        tasks.approve_drafts, merchant, request.user,
        title=said_n("Approve %(n)s draft", "Approve %(n)s drafts", len(chosen)),
        dedupe_key="approve",
        items=[
            (str(pk), {"label": title, "url": _draft_url(merchant, pk)}) for pk, title in chosen
        ],
    )  # fmt: skip
    if job.is_new:
        audit.record(request, "draft.approved_many", job.title, job=str(job.pk), n=len(chosen))
    return redirect("job", merchant.slug, job.pk)


def _draft_url(merchant: Any, draft_id: UUID) -> str:
    return reverse("aiassist:draft", args=[merchant.slug, draft_id])


@require_POST
@merchant_required(*EDITORS)
def undo_many(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Take an approval of many back: the drafts wait again, the shop shows what it did."""
    merchant = request.merchant
    change = get_object_or_404(merchant.changes, pk=change_id, kind="approval")
    ids = list(
        merchant.drafts.filter(change=change, status=DraftStatus.APPROVED)
        .order_by("pk").values_list("pk", flat=True)
    )  # fmt: skip
    if not ids or change.undone_at:
        messages.info(request, _("This approval was taken back already."))
        return redirect("aiassist:review", merchant.slug)
    job = start_job(
        tasks.undo_approvals, merchant, request.user,
        title=said("Undo: %(title)s", title=change.title),
        dedupe_key=str(change.pk), params={"change_id": str(change.pk)},
        items=[(str(pk), {"url": _draft_url(merchant, pk)}) for pk in ids],
    )  # fmt: skip
    if job.is_new:
        audit.record(request, "draft.undone", change.title, change=str(change.pk), n=len(ids))
    return redirect("job", merchant.slug, job.pk)


# --- The jobs ----------------------------------------------------------------------------------


def approve_drafts(run: Run) -> None:
    """Each draft is checked once more; what became stale or got a finding is left waiting."""
    change = _change_of(run)
    run.phase(said("Approving"))
    user = _user(run)

    def one(draft_id: str) -> Said | str | None:
        return _approve(run, draft_id, change, user)

    _each(run, one)
    with run.fenced():
        n = change.rows.count()
        Change.objects.filter(pk=change.pk).update(n_rows=n)
    place = [run.merchant.slug, change.pk]
    run.result(
        {
            "text": said_n("%(n)s text is live", "%(n)s texts are live", n),
            "url": reverse("aiassist:review", args=[run.merchant.slug]),
            "link": said("Review the drafts"),
            "change_url": reverse("catalog:change", args=place),
            "undo_url": reverse("aiassist:approvals-undo", args=place),
        }
    )


def _change_of(run: Run) -> Change:
    """One change for the job, however often it is resumed."""
    with run.fenced():
        return Change.objects.get_or_create(
            merchant=run.merchant, job=run.job, kind="approval",
            defaults={"title": run.job.title, "created_by_id": run.user_id},
        )[0]  # fmt: skip


def _user(run: Run) -> User | None:
    with run.tenant():
        return User.objects.filter(pk=run.user_id).first()


def _each(run: Run, act: Callable[[str], Said | str | None]) -> None:
    """Act on every item, a batch in one transaction; what `act` answers holds the item."""
    for batch in run.batches(size=BATCH):
        with run.commit(n_done=len(batch)):
            told = [(item, act(item.subject_id)) for item in batch]
            done = [(item, {}) for item, why in told if why is None]
            held = [(item, why) for item, why in told if why is not None]
            settle_items(run.job, done=done, failed=[], held=held)


def _approve(run: Run, draft_id: str, change: Change, user: User | None) -> Said | str | None:
    draft = run.merchant.drafts.filter(pk=draft_id).select_for_update(of=("self",)).first()
    if draft is None or draft.status != DraftStatus.WAITING:
        return said("It was decided meanwhile.")
    try:
        product = publish.load_product(run.merchant, draft.product_id)
    except publish.ReviewError:
        return said("The product was deleted.")
    if publish.is_stale(draft, product):
        return said("The product changed since this was written.")
    findings = publish.check_text(draft, product, draft.text)
    if any(f["level"] in ("block", "warn") for f in findings):
        return said("There is a finding now that was not there before.")
    try:
        publish.put_live(
            draft, product, draft.text, change=change, user=user, reason="", findings=findings
        )
    except publish.ReviewError as refusal:
        return str(refusal)
    return None


def undo_approvals(run: Run) -> None:
    """Each draft of the approval waits again, unless somebody wrote its text since."""
    change_id = run.params["change_id"]
    with run.fenced():
        change = Change.objects.get(pk=change_id)
        undo = Change.objects.get_or_create(
            merchant=run.merchant, job=run.job, kind="undo",
            defaults={"title": run.job.title, "undoes": change, "created_by_id": run.user_id},
        )[0]  # fmt: skip
    user = _user(run)

    def one(draft_id: str) -> Said | str | None:
        draft = run.merchant.drafts.filter(pk=draft_id, change_id=change_id).first()
        if draft is None:
            return said("It was decided meanwhile.")
        try:
            publish.undo(run.merchant, draft.pk, user, into=undo)
        except publish.ReviewError as refusal:
            return str(refusal)
        return None

    _each(run, one)
    with run.fenced():
        n = run.job.items.filter(status="done").count()
        Change.objects.filter(pk=undo.pk).update(n_rows=n)
    run.result(
        {
            "text": said_n("%(n)s text was taken back", "%(n)s texts were taken back", n),
            "url": reverse("aiassist:review", args=[run.merchant.slug]),
            "link": said("Review the drafts"),
        }
    )
