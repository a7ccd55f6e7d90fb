"""Ask for texts: say what will happen, show one, start the job. And the shop's own sentences."""

import zlib
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aiassist import tasks
from aiassist.copywriting import readers
from aiassist.copywriting.checking import audience_rows, paragraphs, with_audience
from aiassist.copywriting.composer import Composer
from aiassist.copywriting.engine import NotEnoughFacts
from aiassist.copywriting.engines import choice_of
from aiassist.copywriting.engines.models import EngineName
from aiassist.copywriting.forms import ApprovedTextForm, GenerateForm
from aiassist.copywriting.job import missing_facts_reason, texts_title
from aiassist.copywriting.models import KINDS, Tone
from aiassist.copywriting.order import ORDERS, in_order
from aiassist.copywriting.requests import (
    ONCE_CONFIRMED,
    USABLE,
    approved_texts,
    inputs_of,
    policy_for,
    request_for,
    with_facts,
)
from aiassist.profiles.audience import facts_of, texts_in
from catalog.products.changes import Change
from catalog.products.models import Fact, FactStatus
from catalog.products.selection import selected_products
from ecomportal.jobs.start import start_job
from ecomportal.said import said_n
from ecomportal.tenancy import audit
from ecomportal.tenancy.access import EDITORS, merchant_required

PROPOSED_SHOWN = 30
SELECTION_FIELDS = ("ids", "all_matching", "query")
INITIAL = {"languages": ["en", "zh"], "fields": ["description"], "tone": "conversational"}


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EDITORS)
def generate(request: HttpRequest) -> HttpResponse:
    """GET or POST with a selection shows the form; POST with `start` begins the job."""
    products = selected_products(request)
    n_products = products.count()
    if n_products == 0:
        messages.info(request, _("Choose at least one product first."))
        return redirect("catalog:products", request.merchant.slug)
    is_start = request.method == "POST" and "start" in request.POST
    can_translate = choice_of(request.merchant).engine != EngineName.COMPOSER
    segment = readers.asked_for(request)
    sent = request.POST if is_start else None
    form = GenerateForm(sent, initial=_initial(request), can_translate=can_translate)
    if is_start and form.is_valid():
        audience = str(segment.pk) if segment else ""
        return _start(request, products, {**form.params(), "audience": audience})
    context = {
        "form": form,
        "audience": facts_of(segment) if segment else None,
        "can_translate": can_translate,
        "n_products": n_products,
        "n_without_facts": _n_without_facts(products),
        **_proposed(products),
        "selection": _selection(request),
    }
    status = 422 if is_start else 200
    return render(request, "aiassist/copywriting/generate.html", context, status=status)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """The kinds of text that were chosen where one came from, or the usual ones."""
    kinds = [kind for kind in request.GET.getlist("fields") if kind in dict(KINDS)]
    return INITIAL | ({"fields": kinds} if kinds else {})


@require_POST
@merchant_required(*EDITORS)
def preview(request: HttpRequest) -> HttpResponse:
    """One real text for the first product of the selection, written and checked now."""
    form = GenerateForm(request.POST)
    if not form.is_valid():
        return render(request, "aiassist/copywriting/_preview.html", {"form": form}, status=422)
    statuses = ONCE_CONFIRMED if form.cleaned_data["confirm_facts"] else USABLE
    chosen = with_facts(_with_most_facts(selected_products(request), statuses)[:1], statuses)
    if not chosen:
        return render(request, "aiassist/copywriting/_preview.html", {"form": form}, status=422)
    product = chosen[0]
    samples = [
        _sample(request, product, lang, form.params()) for lang in form.params()["languages"]
    ]
    writer = choice_of(request.merchant)
    context = {"product": product, "samples": samples, "writer": writer}
    return render(request, "aiassist/copywriting/_preview.html", context)


def _sample(request: HttpRequest, product: Any, lang: str, params: dict[str, Any]) -> dict:
    approved = approved_texts(request.merchant)[lang]
    audience = readers.audience_of(request.merchant, request.POST)
    wishes = request_for(
        product,
        main_language=request.merchant.language,
        lang=lang,
        field=params["fields"][0],
        tone=params["tone"],
        max_chars=params["max_chars"],
        keywords=tuple(params["keywords"]),
        approved_texts=approved,
        seed=zlib.crc32(f"{product.pk}:{lang}".encode()),
        audience_texts=tuple(texts_in(audience, lang)),
    )
    answer = Composer().generate([wishes])[0]
    if isinstance(answer, NotEnoughFacts):
        return {"lang": lang, "refusal": missing_facts_reason(answer)}
    inputs = [*inputs_of(product), *audience_rows(audience)]
    policy = with_audience(policy_for(product, lang, approved), audience)
    lines = paragraphs(answer.text, inputs, policy, field=params["fields"][0])
    return {"lang": lang, "lines": lines, "n_chars": len(answer.text)}


def _with_most_facts(products: Any, statuses: Any) -> Any:
    usable = Count("facts", filter=Q(facts__status__in=statuses))
    return products.order_by().annotate(n_usable=usable).order_by("-n_usable", "pk")


def _n_without_facts(products: Any) -> int:
    confirmed = Fact.objects.filter(product=OuterRef("pk"), status=FactStatus.CONFIRMED)
    return products.order_by().filter(~Exists(confirmed)).count()


def _proposed(products: Any) -> dict[str, Any]:
    """Facts that wait for a yes: without one they are not written about."""
    rows = Fact.objects.filter(
        product__in=products.order_by().values("pk"), status=FactStatus.PROPOSED
    )
    shown = rows.select_related("product", "attribute").order_by("product__title", "attribute__key")
    return {"n_proposed": rows.count(), "proposed": shown[:PROPOSED_SHOWN]}


def _selection(request: HttpRequest) -> list[tuple[str, str]]:
    """The selection as hidden fields, so that the next step means the same products."""
    sent = request.POST if request.method == "POST" else request.GET
    return [(name, value) for name in SELECTION_FIELDS for value in sent.getlist(name)]


def _start(request: HttpRequest, products: Any, params: dict[str, Any]) -> HttpResponse:
    ordered = in_order(products, params["order"])
    chosen = list(ordered.values_list("pk", "title"))
    change = _change_of_facts(request, products) if params["confirm_facts"] else None
    job = start_job(
        tasks.write_copy,
        request.merchant,
        request.user,
        title=texts_title(len(chosen)),
        params={**params, "change_id": str(change.pk) if change else ""},
        dedupe_key="write_copy",
        items=[(str(pk), {"label": title, "url": _facts_url(request, pk)}) for pk, title in chosen],
    )
    if change and job.is_new:
        Change.objects.filter(pk=change.pk).update(job=job)
    elif change:
        change.delete()
    if not job.is_new:
        messages.warning(
            request,
            _("Texts are being written already. This is that job; start yours when it is done."),
        )
    else:
        audit.record(request, "copy.asked", job.title, job=str(job.pk), **_named(params))
    return redirect("job", request.merchant.slug, job.pk)


def _named(params: dict[str, Any]) -> dict[str, Any]:
    """The wishes as people call them, for the audit."""
    chosen = {"languages": dict(GenerateForm.base_fields["languages"].choices)}
    chosen |= {"fields": dict(KINDS)}
    named = {name: [labels[one] for one in params[name]] for name, labels in chosen.items()}
    named["order"] = dict(ORDERS)[params["order"]] if params["order"] else ""
    return {**params, **named, "tone": Tone(params["tone"]).label}


def _facts_url(request: HttpRequest, product_id: Any) -> str:
    """Where a product that is held for want of facts gets them."""
    return reverse("catalog:product", args=[request.merchant.slug, product_id]) + "#facts"


def _change_of_facts(request: HttpRequest, products: Any) -> Change:
    """What the job confirms can be taken back like any other change."""
    with_some = products.filter(facts__status=FactStatus.PROPOSED).order_by()
    n = with_some.values("pk").distinct().count()
    title = said_n(
        "Confirm proposed facts of %(n)s product", "Confirm proposed facts of %(n)s products", n
    )
    return Change.objects.create(
        merchant=request.merchant, kind="bulk_edit", title=title, created_by=request.user
    )


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required(*EDITORS)
def approved(request: HttpRequest) -> HttpResponse:
    """The sentences drafts may use as they stand."""
    form = ApprovedTextForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _add_approved(request, form):
            return redirect("aiassist:approved-texts", request.merchant.slug)
        status = 422
    context = {"form": form, "texts": request.merchant.approved_texts.order_by("language", "text")}
    return render(request, "aiassist/copywriting/approved.html", context, status=status)


def _add_approved(request: HttpRequest, form: ApprovedTextForm) -> bool:
    form.instance.merchant, form.instance.created_by = request.merchant, request.user
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        form.add_error("text", _("This sentence is on the list already."))
        return False
    audit.record(request, "copy.sentence_approved", form.instance.text)
    return True


@require_POST
@merchant_required(*EDITORS)
def approved_remove(request: HttpRequest, text_id: object) -> HttpResponse:
    row = get_object_or_404(request.merchant.approved_texts, pk=text_id)
    audit.record(request, "copy.sentence_removed", row.text)
    row.delete()
    return redirect("aiassist:approved-texts", request.merchant.slug)
