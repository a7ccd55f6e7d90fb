"""The back-test page: how right predictions were, what they are made of, and the way back."""

from typing import Any

from django.contrib import messages
from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _g
from django.views.decorators.http import require_POST, require_safe

from aiassist import tasks
from aiassist.registry.models import ModelKind, ModelState, ModelVersion
from aiassist.registry.promotion import CannotSwitch, promote, rollback
from aiassist.segments import clv_charts
from aiassist.segments.clv_gate import basis_of, needs
from aiassist.segments.rfm_days import shop_day
from ecomportal.jobs.models import LIVE, Job
from ecomportal.jobs.start import start_job
from ecomportal.said import Said, said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required
from ecomportal.tenancy.models import Merchant

KIND = ModelKind.CLV
SHOWN = 30
# Of purchases: which one is used is the newest version's, until another is asked for.
MODELS = {"mbg": "MBG/NBD", "bg": "BG/NBD"}


@require_safe
@merchant_required()
def back_test(request: HttpRequest) -> HttpResponse:
    """The newest version, or the one asked for, with all its figures; the others below."""
    merchant = request.merchant
    versions = _versions(merchant)
    # Counting every buyer takes a while in a large shop: only where the last run fell short.
    is_asked = not versions or versions[0].lacks
    conditions = needs(basis_of(merchant), shop_day(merchant)) if is_asked else []
    shown = _chosen(versions, request.GET.get("version", ""))
    serving = next((one for one in versions if one.state == ModelState.SERVING), None)
    context = {
        "versions": [_line(one) for one in versions],
        "shown": shown,
        "serving": serving,
        "conditions": conditions,
        "is_short": any(not need.is_met for need in conditions),
        "job": _live_job(request),
        "may_edit": request.role in EDITORS,
        "models": MODELS.items(),
        "model": (serving or shown).config.get("model", "mbg") if serving or shown else "mbg",
    }
    if shown is not None and shown.metrics:
        context |= clv_charts.charts_of(shown, merchant.currency)
    return render(request, "aiassist/segments/back_test.html", context)


def _versions(merchant: Merchant) -> list[ModelVersion]:
    """The newest finished ones; each says what the last run found to lack (`lacks`)."""
    refreshed = merchant.profile_refreshes.filter(finished_at__isnull=False)
    lacks = refreshed.order_by("-started_at").values("data__clv__shortfall")[:1]
    finished = merchant.model_versions.filter(kind=KIND).exclude(state=ModelState.CANDIDATE)
    related = finished.select_related("created_by", "previous")
    return list(related.annotate(lacks=Subquery(lacks)).order_by("-n")[:SHOWN])


def _chosen(versions: list[ModelVersion], asked: str) -> ModelVersion | None:
    found = [one for one in versions if str(one.n) == asked]
    return (found or versions or [None])[0]


def _line(version: ModelVersion) -> dict[str, Any]:
    money = version.metrics.get("value", {})
    model, naive = money.get("model", {}).get("mae"), money.get("naive", {}).get("mae")
    change = f"{100 * (model / naive - 1):+.1f} %" if model is not None and naive else ""
    can_use = version.state == ModelState.RETIRED and not version.broken_at
    return {"version": version, "change": change, "can_use": can_use}


def _live_job(request: HttpRequest) -> Job | None:
    kinds = ["predict_customers", "build_segments"]
    live = request.merchant.jobs.filter(kind__in=kinds, status__in=LIVE)
    return live.order_by("-created_at").first()


@require_POST
@merchant_required(*EDITORS)
def back_test_run(request: HttpRequest) -> HttpResponse:
    """Train and test now, in place of waiting for the night."""
    asked = request.POST.get("model", "")
    more = {"model": asked} if asked in MODELS else {}
    _start(request, said("Train and test predictions"), scope="full", **more)
    return _back(request)


@require_POST
@merchant_required(*EDITORS)
def back_test_rollback(request: HttpRequest) -> HttpResponse:
    """Back to the version before, and its predictions."""
    try:
        left, former = rollback(request.merchant, KIND)
    except CannotSwitch as refusal:
        messages.error(request, str(refusal.text))
        return _back(request)
    audit.record(request, "model.rolled_back", _name(left), to=former.n if former else 0)
    _start(request, said("Write the predictions of the version before"), scope="written")
    if former is not None:
        text = _g("Version %(n)s is in use again. Its predictions are being written.")
        messages.success(request, text % {"n": former.n})
    else:
        messages.success(request, _g("No version is in use now. Predictions are taken away."))
    return _back(request)


@require_POST
@merchant_required(*EDITORS)
def back_test_use(request: HttpRequest, version_id: object) -> HttpResponse:
    """Put an earlier version into use again."""
    versions = request.merchant.model_versions.filter(kind=KIND)
    version = get_object_or_404(versions, pk=version_id)
    try:
        promote(request.merchant, version.pk)
    except CannotSwitch as refusal:
        messages.error(request, str(refusal.text))
        return _back(request)
    audit.record(request, "model.promoted", _name(version))
    _start(request, said("Write the predictions of version %(n)s", n=version.n), scope="written")
    text = _g("Version %(n)s is in use again. Its predictions are being written.")
    messages.success(request, text % {"n": version.n})
    return _back(request)


def _start(request: HttpRequest, title: Said, *, scope: str, **more: str) -> Job:
    return start_job(
        tasks.predict_customers,
        request.merchant,
        request.user,
        title=title,
        params={"scope": scope, **more},
        dedupe_key=f"predict_customers:{scope}",
    )


def _back(request: HttpRequest) -> HttpResponse:
    return redirect("aiassist:back-test", request.merchant.slug)


def _name(version: ModelVersion) -> Said:
    return said("%(kind)s, version %(n)s", kind=KIND.label, n=version.n)
