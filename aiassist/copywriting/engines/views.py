"""The settings page of the text engine, and trying it out."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aiassist import tasks
from aiassist.copywriting.checking import in_language, paragraphs
from aiassist.copywriting.engines import choice_of
from aiassist.copywriting.engines import forms as parts
from aiassist.copywriting.engines.budget import NO_LIMIT, room_in, today
from aiassist.copywriting.engines.forms import EngineForm, TrialForm
from aiassist.copywriting.engines.models import EngineName, TextSpend
from aiassist.copywriting.engines.money import price
from aiassist.copywriting.requests import approved_texts, load_facts, policy_for
from catalog.products.models import Fact, FactStatus
from ecomportal.jobs.models import Job
from ecomportal.jobs.start import start_job
from ecomportal.said import said
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import OWNERS, merchant_required

TRIALS = ("try_engine", "try_local_engine")
N_PRODUCTS = 12  # to choose from for a trial: those with the most facts


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*OWNERS)
def settings(request: HttpRequest) -> HttpResponse:
    choice = choice_of(request.merchant)
    form = EngineForm(request.POST or None, instance=choice)
    if request.method == "POST" and form.is_valid():
        choice.updated_by = request.user
        was_dropped = form.key_is_dropped
        form.save()
        changed = form.changed_labels()
        audit.record(request, "engine.changed", choice.get_engine_display(), fields=changed)
        messages.success(request, _("The text engine is saved."))
        if was_dropped:
            messages.warning(
                request,
                _("The key was for another server, so it was forgotten. Enter the new one."),
            )
        return redirect("aiassist:text-engine", request.merchant.slug)
    return _page(request, form, status=422 if form.errors else 200)


def _page(request: HttpRequest, form: EngineForm, *, status: int = 200) -> HttpResponse:
    saved = choice_of(request.merchant)
    products = _to_try(request.merchant)
    context = {
        "form": form,
        "parts": {
            name: [form[field] for field in getattr(parts, name) if field in form.fields]
            for name in ("SERVER", "LOCAL", "PRICES", "BUDGETS", "VOICE")
        },
        "choice": saved,
        "products_url": reverse("catalog:products", args=[request.merchant.slug]),
        "spend": _spend(request.merchant, saved),
        "trial_form": TrialForm(products=products) if products else None,
        "last": _shown(
            request, request.merchant.jobs.filter(kind__in=TRIALS).order_by("-pk").first()
        ),
    }
    return render(request, "settings/text_engine.html", context, status=status)


def _to_try(merchant: Any) -> list[Any]:
    """The products with the most confirmed facts: a trial shows most with them."""
    facts = Fact.objects.filter(merchant=merchant, status=FactStatus.CONFIRMED, variant=None)
    ranked = facts.values("product").annotate(n=Count("pk")).order_by("-n", "product")
    ids = [row["product"] for row in ranked[: N_PRODUCTS * 2]]
    found = {p.pk: p for p in merchant.products.live().filter(pk__in=ids).only("title", "merchant")}
    return [found[pk] for pk in ids if pk in found][:N_PRODUCTS]


def _spend(merchant: Any, choice: Any) -> dict[str, Any]:
    """What was spent today and in the last 30 days, and what is left of today."""
    room = room_in(choice, merchant)
    rows = TextSpend.objects.filter(merchant=merchant)
    since = today(merchant) - timedelta(days=29)

    def sums(some: Any) -> dict[str, Any]:
        found = some.aggregate(
            n_calls=Sum("n_calls", default=0),
            tokens=Sum(F("tokens_in") + F("tokens_out"), default=0),
            micros=Sum("cost_micros", default=0),
        )
        return {**found, "price": price(found["micros"], merchant.currency)}

    return {
        "today": sums(rows.filter(day=today(merchant))),
        "month": sums(rows.filter(day__gte=since)),
        "tokens_left": max(0, room.tokens) if room.tokens != NO_LIMIT else None,
        "money_left": price(max(0, room.micros), merchant.currency)
        if room.micros != NO_LIMIT
        else None,
    }


@require_POST
@merchant_required(*OWNERS)
def attempt(request: HttpRequest) -> HttpResponse:
    """Start a trial of what is saved; the answer comes into the page."""
    choice = choice_of(request.merchant)
    form = TrialForm(request.POST, products=_to_try(request.merchant))
    if not form.is_valid():
        messages.error(request, _("Choose a product to try it on."))
        return redirect("aiassist:text-engine", request.merchant.slug)
    is_local = choice.engine == EngineName.LOCAL
    job = start_job(
        tasks.try_local_engine if is_local else tasks.try_engine,
        request.merchant,
        request.user,
        title=said("Try the text engine"),
        params={
            "product_id": form.cleaned_data["product"],
            "language": form.cleaned_data["language"],
        },
        dedupe_key="try",
        n_total=1,
    )
    if job.is_new:
        audit.record(request, "engine.tried", choice.get_engine_display(), job=str(job.pk))
    if request.htmx:
        context = {"last": _shown(request, job)}
        return render(request, "settings/_trial.html", context)
    return redirect("aiassist:text-engine", request.merchant.slug)


@require_safe
@merchant_required(*OWNERS)
def trial(request: HttpRequest, job_id: object) -> HttpResponse:
    """The trial as far as it is; the fragment asks again while it runs."""
    job = get_object_or_404(request.merchant.jobs.filter(kind__in=TRIALS), pk=job_id)
    return render(request, "settings/_trial.html", {"last": _shown(request, job)})


def _shown(request: HttpRequest, job: Job | None) -> dict[str, Any] | None:
    """A trial for the page: its answer cut at its claims, its findings, cost and time."""
    if job is None:
        return None
    told = job.result.get("trial", {})
    usage = told.get("usage", {})
    shown = {
        "job": job,
        **told,
        "tokens": usage.get("tokens_in", 0) + usage.get("tokens_out", 0),
        "seconds": round(usage.get("seconds", 0), 1),
        "price": price(usage.get("cost_micros", 0), request.merchant.currency),
    }
    if shown.get("engine") in EngineName.values:
        shown["engine"] = EngineName(shown["engine"]).label
    if "text" in told:
        shown["findings"] = in_language(told["findings"], get_language())
        shown["lines"] = _lines(request, told)
    return shown


def _lines(request: HttpRequest, told: dict[str, Any]) -> Any:
    product = request.merchant.products.filter(pk=told["product_id"]).first()
    if product is None:
        return None
    product = load_facts([product])[0]
    approved = approved_texts(request.merchant)[told["language"]]
    return paragraphs(told["text"], told["facts"], policy_for(product, told["language"], approved))
