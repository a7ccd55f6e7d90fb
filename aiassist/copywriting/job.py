"""Write drafts for many products: read facts, let the engine write, let the guard check.

Nothing is asked inside a transaction. Each batch is written as soon as it is there, so that what
is finished can be reviewed; what a full stop leaves is still waiting when the job is tried again.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pghistory
from django.db.models import F, Sum
from django.urls import reverse

from aiassist.copywriting.alt_texts import without_alt
from aiassist.copywriting.drafting import (
    Order,
    Wanted,
    drafts_from,
    failures_of,
    lacking_of,
    recall,
    save_drafts,
    usage_of,
    voices_of,
    wanted_of,
    with_more,
)
from aiassist.copywriting.engine import DraftText, NotEnoughFacts, TextEngine, Usage
from aiassist.copywriting.engines import choice_of, engine_from
from aiassist.copywriting.engines.budget import Promise, Purse
from aiassist.copywriting.engines.estimate import expected
from aiassist.copywriting.engines.models import TextSpend
from aiassist.copywriting.engines.money import price
from aiassist.copywriting.models import ALT_TEXT, Draft
from aiassist.copywriting.models import KINDS as TEXT_KINDS
from aiassist.copywriting.readers import audience_of
from aiassist.copywriting.requests import approved_texts, inputs_of, with_facts
from aiassist.copywriting.shop_rules import rules_of
from aiassist.copywriting.translation import sources
from aiassist.copywriting.twins import mark_twins
from catalog.products.changes import Change
from catalog.products.missing.demand import record_demand
from catalog.products.missing.models import DemandSource
from catalog.products.models import Fact, FactStatus, Product, touch
from catalog.products.snapshot import recorded
from catalog.products.vocabulary.kinds import KINDS
from ecomportal.jobs.models import JobItem
from ecomportal.jobs.run import JobError, Run
from ecomportal.said import Said, in_both, said, said_n, sentences
from ecomportal.webhooks import emit

MOST_ITEMS = 100  # products of a batch: finished texts are soon at hand
MAX_TOLD = 500  # drafts named in one letter of a webhook; `n_drafts` counts them all
# Seconds to wait before a server in trouble is asked again; after the last the job stops.
RESTS = (15, 45, 120)
LANGUAGES = {"en": "English", "zh": "中文"}


@dataclass
class Batch:
    """Some products of the job and how far their texts are."""

    items: list[JobItem]
    products: dict[str, Product]
    wanted: dict[int, list[Wanted]] = field(default_factory=dict)  # by the item's number
    promise: Promise = field(default_factory=Promise)
    n_left: int = 0  # items that the budget did not allow

    def texts(self) -> list[Wanted]:
        return [one for item in self.items for one in self.wanted.get(item.n, [])]


def write_copy(run: Run) -> None:
    """One item a product; each gets a draft for every language and kind that was asked for."""
    with run.tenant():
        choice = choice_of(run.merchant)
        engine = engine_from(choice)
        order = Order(
            run.job.pk,
            run.merchant.language,
            run.params,
            approved_texts(run.merchant),
            voices_of(choice),
            rules_of(run.merchant),
            audience_of(run.merchant, run.params),
        )
    purse = Purse(run.merchant, run.job.pk)
    purse.free()
    run.phase(said("Writing"))
    size = max(1, min(MOST_ITEMS, engine.capabilities.batch_size // max(1, order.n_texts)))
    for items in run.batches(size=size):
        batch = prepared(run, items, order, engine, purse)
        answer_all(run, batch.texts(), engine)
        commit(run, batch, order, purse)
        stop_if_need_be(run, batch, purse)
    run.result(result_of(run))


def prepared(
    run: Run, items: list[JobItem], order: Order, engine: TextEngine, purse: Purse
) -> Batch:
    """Read the products, recall what is known, and have the budget promise the rest."""
    if run.params.get("change_id"):
        confirm_facts(run, [item.subject_id for item in items])
    with run.tenant():
        rows = run.merchant.products.live().filter(pk__in=[i.subject_id for i in items])
        batch = Batch(items, {str(p.pk): p for p in with_facts(rows)})
        pictures = _pictures(batch, order)
        texts: dict[Any, str] = {}
        if order.translates and engine.capabilities.can_translate:
            texts = sources(product.pk for product in batch.products.values())
        for item in items:
            if product := batch.products.get(item.subject_id):
                batch.wanted[item.n] = wanted_of(
                    product, order, pictures.get(product.pk, ()), texts
                )
        if engine.capabilities.is_cached and not run.params.get("fresh"):
            recall(run.merchant, batch.texts(), engine)
    if engine.capabilities.is_cached:
        _promise(batch, engine, purse)
    return batch


def _pictures(batch: Batch, order: Order) -> dict[Any, Any]:
    """The pictures without an alternative text, where such texts are wanted."""
    if ALT_TEXT not in order.params["fields"]:
        return {}
    return without_alt(product.pk for product in batch.products.values())


def _promise(batch: Batch, engine: TextEngine, purse: Purse) -> None:
    """Keep only as many products of the batch as the budget allows."""
    unknown = [[o for o in batch.wanted.get(i.n, []) if o.known is None] for i in batch.items]
    costs = [sum((expected(o.request, engine) for o in texts), Usage()) for texts in unknown]
    n, batch.promise = purse.promise(costs)
    batch.n_left = len(batch.items) - n
    batch.items = batch.items[:n]


def answer_all(run: Run, wanted: Sequence[Wanted], engine: TextEngine) -> None:
    """Have the engine answer; a server in trouble is given some time, and then asked again."""
    _ask(run, [one for one in wanted if one.answer is None], engine)
    for rest in RESTS:
        paused = [one for one in failures_of(wanted) if one.answer.scope == "pause"]
        if not paused:
            return
        run.phase(sentences(said("Waiting for the server."), paused[0].answer.reason))
        _rest(run, rest)
        _ask(run, paused, engine)
        run.phase(said("Writing"))


def _ask(run: Run, wanted: list[Wanted], engine: TextEngine) -> None:
    if not wanted:
        return
    answers = engine.generate([one.request for one in wanted], check=run.check)
    for one, answer in zip(wanted, answers, strict=True):
        one.answer = with_more(answer, usage_of([one]))


def _rest(run: Run, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        run.check()
        time.sleep(min(0.5, left))


# --- Writing down ------------------------------------------------------------------------------


def commit(run: Run, batch: Batch, order: Order, purse: Purse) -> None:
    """Write what came of a batch: its drafts, its items and what it cost, in one transaction."""
    changed = changes_meanwhile(run, batch.products)
    done, failed, held, drafts, lacking = [], [], [], [], []
    for item in batch.items:
        wanted = batch.wanted.get(item.n)
        if wanted is None or changed.get(item.subject_id) == "deleted":
            held.append((item, _deleted(was_written=wanted is not None)))
            continue
        fresh = [o for o in wanted if isinstance(o.answer, DraftText) and not o.is_waiting]
        if missing := lacking_of(wanted):
            held.append((item, missing_facts_reason(missing)))
            lacking += [(wanted[0].product.pk, key) for key in missing.missing]
            continue
        drafts += [draft for one in fresh for draft in drafts_from(one, order)]
        failures = failures_of(wanted)
        if any(one.answer.scope != "item" for one in failures):
            continue  # stays waiting: what is written of it is kept and will be recalled
        if failures:
            failed.append((item, _failed(failures)))
        elif changed.get(item.subject_id) == "edited":
            held.append((item, said("The product was edited while its text was written, so the"
                                    " draft is marked as out of date.")))  # fmt: skip
        else:
            done.append((item, {"n_drafts": len(fresh)}))
    with run.commit(done=done, failed=failed, held=held):
        mark_twins(run.merchant.pk, drafts)
        save_drafts(drafts)
        _tell(run, drafts)
        record_demand(run.merchant, lacking, DemandSource.DRAFT)
        purse.settle(batch.promise, usage_of(batch.texts()))


def _tell(run: Run, drafts: list[Draft]) -> None:
    """Let the shop's own programs know, with the drafts or not at all."""
    if drafts:
        keys = ("id", "product_id", "language", "field")
        told = [{key: getattr(draft, key) for key in keys} for draft in drafts[:MAX_TOLD]]
        letter = {"job_id": run.job.pk, "n_drafts": len(drafts), "drafts": told}
        emit(run.merchant, "draft.ready", letter)


def changes_meanwhile(run: Run, products: dict[str, Product]) -> dict[str, str]:
    """Which of the products were "deleted" or "edited" since they were read, by id."""
    with run.tenant():
        live = run.merchant.products.live()
        versions = dict(live.filter(pk__in=list(products)).values_list("pk", "version"))
        moved = [p for p in products.values() if versions.get(p.pk, p.version) != p.version]
        now = {p.pk: inputs_of(p) for p in with_facts(live.filter(pk__in=[p.pk for p in moved]))}
    found = {key: "deleted" for key, product in products.items() if product.pk not in versions}
    for product in moved:
        if now.get(product.pk) != inputs_of(product):
            found[str(product.pk)] = "edited"
    return found


def stop_if_need_be(run: Run, batch: Batch, purse: Purse) -> None:
    """End the job where going on makes no sense; what still waits goes on when it is retried."""
    stuck = [one.answer for one in failures_of(batch.texts()) if one.answer.scope != "item"]
    if not stuck and not batch.n_left:
        return
    run.result(result_of(run))
    worst = next(
        (failed for failed in stuck if failed.scope == "stop"), stuck[0] if stuck else None
    )
    raise JobError(worst.reason if worst else purse.reason)


def _deleted(*, was_written: bool) -> Said:
    if was_written:
        return said("The product was deleted while its text was written; the text was dropped.")
    return said("The product was deleted.")


def _failed(failures: list[Wanted]) -> Said:
    """What went wrong with which text; the first three tell enough."""
    parts = [
        said("%(field)s (%(language)s): %(reason)s", field=dict(TEXT_KINDS)[one.request.field],
             language=LANGUAGES[one.request.lang], reason=one.answer.reason)
        for one in failures[:3]
    ]  # fmt: skip
    return sentences(*parts)


def missing_facts_reason(answer: NotEnoughFacts) -> Said:
    """ "Add at least: material, colour"."""
    return said(
        "Too few confirmed facts to write from. Add at least: %(facts)s.",
        facts=[_label(key) for key in answer.missing],
    )


def _label(key: str) -> Said | str:
    kind = KINDS.get(key)
    return in_both(en=kind.label_en.lower(), zh=kind.label_zh) if kind else key


# --- Before and after --------------------------------------------------------------------------


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


def texts_title(n_products: int) -> Said:
    return said_n("Write texts for %(n)s product", "Write texts for %(n)s products", n_products)


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


def result_of(run: Run) -> dict[str, Any]:
    """What the job wrote in all its runs, and what that took."""
    with run.tenant():
        n_drafts = Draft.objects.filter(job=run.job.pk).count()
        spend = TextSpend.objects.filter(job=run.job.pk)
        sums = spend.aggregate(
            tokens=Sum(F("tokens_in") + F("tokens_out"), default=0),
            cost_micros=Sum("cost_micros", default=0),
        )
    written = said_n("%(n)s draft written", "%(n)s drafts written", n_drafts)
    return {
        "n_drafts": n_drafts,
        "url": reverse("aiassist:review", args=[run.merchant.slug]),
        "link": said("Review the drafts"),
        "text": sentences(written, _took(run, **sums)) if sums["tokens"] else written,
        **sums,
        **_confirmed(run),
    }


def _took(run: Run, *, tokens: int, cost_micros: int) -> Said:
    if not cost_micros:
        return said("(%(tokens)s tokens)", tokens=tokens)
    cost = price(cost_micros, run.merchant.currency)
    return said("(%(tokens)s tokens, %(cost)s)", tokens=tokens, cost=cost)
