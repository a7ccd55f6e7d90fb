"""Make or change a segment: conditions or text, with who they find while one types."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from aiassist.profiles.models import Segment
from aiassist.segments import live, saving
from aiassist.segments.actions import full_words, taken_words
from aiassist.segments.builder_state import State, first_rows, from_form, from_text
from aiassist.segments.forms import SegmentForm
from aiassist.segments.language import RuleError, check_references
from aiassist.segments.one_job import start_refresh
from aiassist.segments.page import segment_or_404
from aiassist.segments.ready import BY_KEY, READY
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EDITORS)
def segment_new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, *_begun(request))
    state, form = from_form(request.POST, _language()), SegmentForm(request.POST)
    if request.POST.get("do") != "save":
        return _page(request, state, SegmentForm(initial=_typed(request)))
    if _is_fit(request, state, form, None):
        if saving.is_full(request.merchant):
            form.add_error(None, full_words())
        else:
            return _create(request, state, form)
    return _page(request, state, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EDITORS)
def segment_edit(request: HttpRequest, segment_id: UUID) -> HttpResponse:
    row = segment_or_404(request, segment_id)
    row.merchant = request.merchant
    if row.is_static:
        messages.info(request, _("A fixed list has no rule to change."))
        return redirect("aiassist:segment", request.merchant.slug, row.pk)
    if request.method != "POST":
        fields = {name: getattr(row, name) for name in ("name", "description", "schedule")}
        state = from_text(row.rule, "builder", _language())
        if state.tree is None:
            state.mode = "text"
        return _page(request, state, SegmentForm(initial=fields), row=row)
    state, form = from_form(request.POST, _language()), SegmentForm(request.POST)
    if request.POST.get("do") != "save":
        return _page(request, state, SegmentForm(initial=_typed(request)), row=row)
    if _is_fit(request, state, form, row):
        return _change(request, row, state, form)
    return _page(request, state, form, row=row, status=422)


def _language() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"


def _typed(request: HttpRequest) -> dict[str, str]:
    """Between two steps the fields keep what was typed; they are judged when one saves."""
    return {name: request.POST.get(name, "") for name in SegmentForm.base_fields}


def _begun(request: HttpRequest) -> tuple[State, SegmentForm]:
    """An empty rule, a ready one (`?template=`) or one made elsewhere (`?rule=`)."""
    ready = BY_KEY.get(request.GET.get("template", ""))
    text = ready.rule if ready else request.GET.get("rule", "").replace("\0", "")
    initial = {"schedule": Segment.Schedule.DAILY}
    if ready:
        initial |= {"name": ready.name, "description": ready.purpose}
    state = from_text(text, "builder", _language())
    if state.tree is None:
        state.mode = "text"
    elif not text:
        state.tree = first_rows()
    if request.GET.get("mode") == "text":
        state.mode = "text"
    return state, SegmentForm(initial=initial)


def _is_fit(request: HttpRequest, state: State, form: SegmentForm, row: Segment | None) -> bool:
    """Whether it can be saved; what is wrong with the rule is kept in the state."""
    is_form_fit = form.is_valid()
    if state.rule is None:
        return False
    try:
        check_references(request.merchant, row.pk if row else None, state.rule)
    except RuleError as error:
        state.error = error
        return False
    return is_form_fit


def _create(request: HttpRequest, state: State, form: SegmentForm) -> HttpResponse:
    try:
        row = saving.create(
            request.merchant, request.user, rule=state.rule.text, **form.cleaned_data
        )
    except saving.NameTaken:
        form.add_error("name", taken_words(form.cleaned_data["name"]))
        return _page(request, state, form, status=422)
    audit.record(request, "segment.added", row.name, segment=str(row.pk), rule=row.rule)
    start_refresh(request, row)
    return redirect("aiassist:segment", request.merchant.slug, row.pk)


def _change(request: HttpRequest, row: Segment, state: State, form: SegmentForm) -> HttpResponse:
    sent = request.POST.get("version", "")
    version = int(sent) if sent.isdecimal() and len(sent) < 10 else 0
    fields = {"rule": state.rule.text, **form.cleaned_data}
    try:
        is_changed = saving.change(row, request.user, version=version, **fields)
    except saving.NameTaken:
        form.add_error("name", taken_words(form.cleaned_data["name"]))
        return _page(request, state, form, row=row, status=422)
    except saving.Stale:
        row.refresh_from_db()
        words = _(
            "Somebody changed the segment meanwhile, and yours below is not saved. Save again to"
            " replace theirs; the revisions keep it."
        )
        form.add_error(None, words)
        return _page(request, state, form, row=row, status=409)
    if is_changed:
        audit.record(
            request, "segment.changed", fields["name"], segment=str(row.pk), rule=fields["rule"]
        )
        row.refresh_from_db()
        start_refresh(request, row)
    return redirect("aiassist:segment", request.merchant.slug, row.pk)


def _page(
    request: HttpRequest,
    state: State,
    form: SegmentForm,
    *,
    row: Segment | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "state": state,
        "form": form,
        "segment": row,
        "ready": [] if row else READY,
        "version": row.version if row else "",
    }
    if request.htmx and status == 200:  # a step: the count comes by itself
        return render(request, "aiassist/segments/_builder.html", context)
    context |= live.found(request.merchant, state)
    if request.method == "POST":  # who asks without a script; with one, the page asks by itself
        context |= live.more(request.merchant, state)
    return render(request, "aiassist/segments/builder.html", context, status=status)
