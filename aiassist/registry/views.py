"""The versions of what was trained: which serves and why, and the way back."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _g
from django.views.decorators.http import require_POST, require_safe

from aiassist.registry.models import ModelKind, ModelState, ModelVersion
from aiassist.registry.promotion import CannotSwitch, promote, rollback
from ecomportal.jobs.models import LIVE
from ecomportal.said import said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.web import charts

SHOWN = 50
# What these say of customers is written down for each of them, so switching is more than naming
# another version: their own pages do it, where it can be done.
PAGES = {ModelKind.CLV: "aiassist:back-test", ModelKind.PERSONAS: "aiassist:personas"}


@require_safe
@merchant_required()
def models(request: HttpRequest) -> HttpResponse:
    """All versions, the newest first; one that a job left unfinished is not shown."""
    finished = ~Q(state=ModelState.CANDIDATE) | Q(job__status__in=LIVE)
    rows = request.merchant.model_versions.filter(finished).select_related("created_by", "previous")
    versions = [_shown(one) for one in rows.order_by("kind", "-n")[:SHOWN]]
    context = {
        "versions": versions,
        "serving": [one for one in versions if one["version"].state == ModelState.SERVING],
        "may_edit": request.role in EDITORS,
    }
    return render(request, "aiassist/registry/models.html", context)


def _shown(version: ModelVersion) -> dict[str, Any]:
    before, after = (version.metrics.get(name, {}) for name in ("before", "after"))
    names = {
        "unsupported_rate": _g("Texts with an unbacked claim"),
        "slot_error_rate": _g("Facts missing or wrong"),
        "edit_distance": _g("To edit, of a text"),
    }
    rows = [
        {"name": name, "before": _percent(before[key]), "after": _percent(after[key])}
        for key, name in names.items()
        if key in before and key in after
    ]
    losses = version.metrics.get("losses") or []
    return {
        "version": version,
        "figures": rows,
        "losses": charts.sparkline(losses, _g("Loss step by step")) if len(losses) > 1 else "",
        "can_use": version.state == ModelState.RETIRED and not version.broken_at,
    }


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


@require_POST
@merchant_required(*EDITORS)
def model_use(request: HttpRequest, version_id: object) -> HttpResponse:
    """Put an earlier version into use again."""
    version = get_object_or_404(request.merchant.model_versions, pk=version_id)
    if version.kind in PAGES:
        return _on_its_page(request, version.kind)
    try:
        promote(request.merchant, version.pk)
    except CannotSwitch as refusal:
        return _refused(request, refusal)
    audit.record(request, "model.promoted", _name(version))
    messages.success(request, _g("Version %(n)s is in use.") % {"n": version.n})
    return redirect("aiassist:models", request.merchant.slug)


@require_POST
@merchant_required(*EDITORS)
def model_rollback(request: HttpRequest, kind: str) -> HttpResponse:
    """Back to the version before, in one click."""
    if not request.merchant.model_versions.filter(kind=kind).exists():
        raise Http404("Nothing of this kind was trained.")
    if kind in PAGES:
        return _on_its_page(request, kind)
    try:
        left, former = rollback(request.merchant, kind)
    except CannotSwitch as refusal:
        return _refused(request, refusal)
    audit.record(request, "model.rolled_back", _name(left), to=former.n if former else 0)
    if former is not None:
        told = _g("Version %(n)s is in use again.") % {"n": former.n}
    else:
        told = _g("The model as it came is in use again.")
    messages.success(request, told)
    return redirect("aiassist:models", request.merchant.slug)


def _refused(request: HttpRequest, refusal: CannotSwitch) -> HttpResponse:
    messages.error(request, str(refusal.text))
    return redirect("aiassist:models", request.merchant.slug)


def _on_its_page(request: HttpRequest, kind: str) -> HttpResponse:
    messages.info(request, _g("What this model says of customers is changed on this page alone."))
    return redirect(PAGES[ModelKind(kind)], request.merchant.slug)


def _name(version: ModelVersion) -> Any:
    return said("%(kind)s, version %(n)s", kind=ModelKind(version.kind).label, n=version.n)
