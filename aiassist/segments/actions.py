"""What a person does with a segment: refresh, copy, delete, take back, go back to a revision."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aiassist.profiles.models import Segment
from aiassist.segments import saving
from aiassist.segments.language import RuleError
from aiassist.segments.limits import COPY_MAX, NAME_MAX, SEGMENTS_MAX
from aiassist.segments.membership import copy_static
from aiassist.segments.one_job import start_refresh
from aiassist.segments.page import segment_or_404
from ecomportal.said import said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.web.formats import number


@require_POST
@merchant_required(*EDITORS)
def refresh(request: HttpRequest, segment_id: UUID) -> HttpResponse:
    row = segment_or_404(request, segment_id)
    if row.is_static:
        messages.info(request, _("A fixed list does not change by itself."))
    else:
        start_refresh(request, row)
    return redirect("aiassist:segment", request.merchant.slug, row.pk)


class CopyForm(forms.Form):
    name = forms.CharField(max_length=NAME_MAX)


@require_POST
@merchant_required(*EDITORS)
def copy(request: HttpRequest, segment_id: UUID) -> HttpResponse:
    """A fixed list of who is in it now."""
    row = segment_or_404(request, segment_id)
    form = CopyForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, _("Give the copy a name of at most %(n)s characters.") % {"n": NAME_MAX}
        )
        return redirect("aiassist:segment", request.merchant.slug, row.pk)
    if problem := _why_not_copied(request, row):
        messages.error(request, problem)
        return redirect("aiassist:segment", request.merchant.slug, row.pk)
    name = form.cleaned_data["name"]
    if request.merchant.segments.filter(deleted_at=None, name__iexact=name).exists():
        messages.error(request, taken_words(name))
        return redirect("aiassist:segment", request.merchant.slug, row.pk)
    made = copy_static(row, name, request.user)
    audit.record(request, "segment.copied", made.name, of=row.name, n=made.n_members)
    messages.success(request, _("This list stays as it is now, whatever the rule finds later."))
    return redirect("aiassist:segment", request.merchant.slug, made.pk)


def _why_not_copied(request: HttpRequest, row: Segment) -> str:
    if saving.is_full(request.merchant):
        return full_words()
    if row.n_members > COPY_MAX:  # they are copied while the page waits
        return _(
            "A fixed list has at most %(n)s members. Export the segment instead to keep who is in"
            " it now."
        ) % {"n": number(COPY_MAX)}
    return ""


def full_words() -> str:
    return _("A shop has at most %(n)s segments. Delete one that is not used.") % {
        "n": SEGMENTS_MAX
    }


def taken_words(name: str) -> str:
    return _("A segment named “%(name)s” exists already.") % {"name": name}


def rule_words(error: RuleError) -> str:
    return _("Its rule cannot be used any more: %(reason)s") % {"reason": error}


@require_POST
@merchant_required(*EDITORS)
def delete(request: HttpRequest, segment_id: UUID) -> HttpResponse:
    row = segment_or_404(request, segment_id)
    row.merchant = request.merchant
    try:
        saving.delete(row)
    except saving.InUse as error:
        names = [user.name for user in error.users]
        used = said("It is used by %(names)s, so it was kept. Change those first.", names=names)
        messages.error(request, str(used))
        return redirect("aiassist:segment", request.merchant.slug, row.pk)
    audit.record(request, "segment.deleted", row.name, segment=str(row.pk), rule=row.rule)
    address = reverse("aiassist:segments", args=[request.merchant.slug])
    return redirect(f"{address}?deleted={row.pk}")


@require_POST
@merchant_required(*EDITORS)
def restore(request: HttpRequest, segment_id: UUID) -> HttpResponse:
    """Take a deletion back."""
    gone = request.merchant.segments.exclude(deleted_at=None)
    row = get_object_or_404(gone, pk=segment_id)
    row.merchant = request.merchant
    if saving.is_full(request.merchant):
        messages.error(request, full_words())
        return redirect("aiassist:segments", request.merchant.slug)
    try:
        saving.restore(row)
    except saving.NameTaken:
        messages.error(request, taken_words(row.name))
        return redirect("aiassist:segments", request.merchant.slug)
    except RuleError as error:
        messages.error(request, rule_words(error))
        return redirect("aiassist:segments", request.merchant.slug)
    audit.record(request, "segment.restored", row.name, segment=str(row.pk))
    messages.success(request, _("“%(name)s” is back.") % {"name": row.name})
    return redirect("aiassist:segment", request.merchant.slug, row.pk)


@require_POST
@merchant_required(*EDITORS)
def revision_restore(request: HttpRequest, segment_id: UUID, version: int) -> HttpResponse:
    """Make an earlier revision the segment again; what is now becomes a revision in turn."""
    row = segment_or_404(request, segment_id)
    row.merchant = request.merchant
    before = get_object_or_404(row.revisions, version=version)
    try:
        saving.go_back(row, request.user, before)
    except saving.NameTaken:
        messages.error(request, taken_words(before.name))
        return redirect("aiassist:segment-revisions", request.merchant.slug, row.pk)
    except RuleError as error:
        messages.error(request, rule_words(error))
        return redirect("aiassist:segment-revisions", request.merchant.slug, row.pk)
    except saving.Stale:
        messages.error(request, _("Somebody changed the segment just now. Look again."))
        return redirect("aiassist:segment-revisions", request.merchant.slug, row.pk)
    audit.record(request, "segment.changed", before.name, segment=str(row.pk), version=version)
    row.refresh_from_db()
    if not row.is_static:
        start_refresh(request, row)
    messages.success(request, _("Revision %(n)s is in use again.") % {"n": version})
    return redirect("aiassist:segment", request.merchant.slug, row.pk)
