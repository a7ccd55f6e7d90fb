"""Write drafts for many products: read facts, let the engine write, let the guard check."""

import zlib
from dataclasses import asdict
from itertools import product as pairs
from typing import Any

import pghistory
from django.urls import reverse

from aiassist.copywriting.checking import count_levels, findings_on
from aiassist.copywriting.composer import Composer
from aiassist.copywriting.engine import DraftText, NotEnoughFacts
from aiassist.copywriting.models import Draft, DraftStatus
from aiassist.copywriting.requests import (
    approved_texts,
    inputs_of,
    policy_for,
    request_for,
    with_facts,
)
from catalog.products.changes import Change
from catalog.products.missing.demand import record_demand
from catalog.products.missing.models import DemandSource
from catalog.products.models import Fact, FactStatus, Product, touch
from catalog.products.snapshot import recorded
from catalog.products.vocabulary.kinds import KINDS
from ecomportal.jobs.run import Run
from ecomportal.said import Said, in_both, said, said_n

BATCH = 25


def write_copy(run: Run) -> None:
    """One item a product; each gets a draft for every language and field that was asked for."""
    engine = Composer()
    n_drafts = 0
    with run.tenant():
        approved = approved_texts(run.merchant)
    run.phase(said("Writing"))
    for batch in run.batches(size=BATCH):
        if run.params.get("change_id"):
            confirm_facts(run, [item.subject_id for item in batch])
        with run.tenant():
            rows = run.merchant.products.live().filter(pk__in=[i.subject_id for i in batch])
            found = {str(p.pk): p for p in with_facts(rows)}
        done, held, drafts, lacking = [], [], [], []
        for item in batch:
            product = found.get(item.subject_id)
            if product is None:
                held.append((item, said("The product was deleted.")))
                continue
            written, missing = drafts_of(product, run, engine, approved)
            drafts += written
            if missing:
                held.append((item, missing_facts_reason(missing)))
                lacking += [(product.pk, key) for key in missing.missing]
            else:
                done.append((item, {"n_drafts": len(written)}))
        with run.commit(done=done, held=held):
            save_drafts(drafts)
            record_demand(run.merchant, lacking, DemandSource.DRAFT)
        n_drafts += len(drafts)
    run.result(result_of(run, n_drafts))


def confirm_facts(run: Run, product_ids: list[str]) -> None:
    """Say yes to what an import proposed, as the person asked, in a change that can be undone."""
    with (
        pghistory.context(user=run.user_id, source="confirmed", job=str(run.job.pk)),
        run.fenced(),
    ):
        proposed = Fact.objects.filter(product__in=product_ids, status=FactStatus.PROPOSED)
        ids = list(proposed.order_by("product").values_list("product", flat=True).distinct())
        with recorded(Change.objects.get(pk=run.params["change_id"]), ids):
            proposed.update(status=FactStatus.CONFIRMED)
            touch(ids)


def drafts_of(
    product: Product, run: Run, engine: Any, approved: dict[str, tuple[str, ...]]
) -> tuple[list[Draft], NotEnoughFacts | None]:
    """The drafts of one product, not saved yet, or none and what it lacks."""
    drafts = []
    for lang, field in pairs(run.params["languages"], run.params["fields"]):
        request = request_for(
            product,
            main_language=run.merchant.language,
            lang=lang,
            field=field,
            tone=run.params["tone"],
            max_chars=run.params.get("max_chars"),
            keywords=tuple(run.params.get("keywords", [])),
            approved_texts=approved[lang],
            seed=zlib.crc32(f"{run.job.pk}:{product.pk}:{lang}:{field}".encode()),
        )
        answer = engine.generate([request])[0]
        if isinstance(answer, NotEnoughFacts):
            return [], answer
        drafts.append(draft_from(answer, request, product, run, approved[lang]))
    return drafts, None


def draft_from(
    answer: DraftText, request: Any, product: Product, run: Run, approved: tuple[str, ...]
) -> Draft:
    inputs = inputs_of(product)
    policy = policy_for(product, request.lang, approved)
    channel = run.params.get("channel", "")
    findings = findings_on(answer.text, inputs, policy, field=request.field, channel=channel)
    return Draft(
        merchant_id=product.merchant_id,
        product=product,
        product_version=product.version,
        job=run.job,
        language=request.lang,
        field=request.field,
        tone=request.tone,
        channel=channel,
        seed=request.seed,
        sentences=[asdict(sentence) for sentence in answer.sentences],
        text=answer.text,
        facts=inputs,
        left_out=[list(pair) for pair in answer.left_out],
        findings=findings,
        engine=answer.engine,
        engine_version=answer.engine_version,
        **count_levels(findings),
    )


def texts_title(n_products: int) -> Said:
    return said_n("Write texts for %(n)s product", "Write texts for %(n)s products", n_products)


def missing_facts_reason(answer: NotEnoughFacts) -> Said:
    """ "Add at least: material, colour"."""
    return said(
        "Too few confirmed facts to write from. Add at least: %(facts)s.",
        facts=[_label(key) for key in answer.missing],
    )


def _label(key: str) -> Said | str:
    kind = KINDS.get(key)
    return in_both(en=kind.label_en.lower(), zh=kind.label_zh) if kind else key


def save_drafts(drafts: list[Draft]) -> None:
    """Replace the waiting drafts of the same product, language and field."""
    if not drafts:
        return
    waiting = Draft.objects.filter(
        status=DraftStatus.WAITING,
        product__in={draft.product_id for draft in drafts},
        language__in={draft.language for draft in drafts},
        field__in={draft.field for draft in drafts},
    )
    waiting.update(status=DraftStatus.SUPERSEDED)
    Draft.objects.bulk_create(drafts, batch_size=500)


def _confirmed(run: Run) -> dict[str, str]:
    """Where the facts are that the job confirmed, to look at or to take back."""
    with run.tenant():
        wanted = run.params.get("change_id") or None
        change = run.merchant.changes.filter(pk=wanted, n_rows__gt=0).first()
    if change is None:
        return {}
    place = [run.merchant.slug, change.pk]
    return {
        "change_url": reverse("catalog:change", args=place),
        "undo_url": reverse("catalog:change-undo", args=place),
    }


def result_of(run: Run, n_drafts: int) -> dict[str, Any]:
    return {
        "n_drafts": n_drafts,
        "url": reverse("aiassist:review", args=[run.merchant.slug]),
        "link": said("Review the drafts"),
        "text": said_n("%(n)s draft written", "%(n)s drafts written", n_drafts),
        **_confirmed(run),
    }
