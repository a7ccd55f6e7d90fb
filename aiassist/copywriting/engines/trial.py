"""Try the engine on one product: a real answer, its cost, its time, and what the guard says."""

from dataclasses import asdict
from typing import Any

from django.urls import reverse

from aiassist.copywriting.drafting import Order, Wanted, draft_from, usage_of, voices_of, wanted_of
from aiassist.copywriting.engine import DraftText, Failed, NotEnoughFacts
from aiassist.copywriting.engines import choice_of, engine_from
from aiassist.copywriting.engines.budget import Purse
from aiassist.copywriting.engines.estimate import expected
from aiassist.copywriting.job import missing_facts_reason
from aiassist.copywriting.requests import approved_texts, with_facts
from ecomportal.jobs.run import JobError, Run
from ecomportal.said import said

MAX_RAW = 4000  # characters of the answer as it came, to look at
WISHES = {"fields": ["description"], "tone": "conversational", "max_chars": 600}


def try_engine(run: Run) -> None:
    """One text of one product, kept with the job and nowhere else."""
    with run.tenant():
        choice = choice_of(run.merchant)
        engine = engine_from(choice)
        rows = run.merchant.products.live().filter(pk=run.params["product_id"])
        products = with_facts(rows)
        approved, voices = approved_texts(run.merchant), voices_of(choice)
    if not products:
        raise JobError(said("The product was deleted."))
    params = {**WISHES, "languages": [run.params["language"]]}
    order = Order(run.job.pk, run.merchant.language, params, approved, voices)
    wanted = wanted_of(products[0], order)[0]
    purse = Purse(run.merchant)
    n, promise = purse.promise([expected(wanted.request, engine)])
    if not n:
        raise JobError(purse.reason)
    wanted.answer = engine.generate([wanted.request], check=run.check)[0]
    with run.commit(n_done=1):
        purse.settle(promise, usage_of([wanted]))
    run.result(
        {
            "trial": trial_of(wanted, order, engine),
            "url": reverse("aiassist:text-engine", args=[run.merchant.slug]) + "#trial",
            "link": said("Show the answer"),
        }
    )
    if isinstance(wanted.answer, NotEnoughFacts):
        raise JobError(missing_facts_reason(wanted.answer))
    if isinstance(wanted.answer, Failed):
        raise JobError(wanted.answer.reason)


def trial_of(wanted: Wanted, order: Order, engine: Any) -> dict[str, Any]:
    """What the settings page shows of a trial."""
    answer = wanted.answer
    told: dict[str, Any] = {
        "product_id": str(wanted.product.pk),
        "title": wanted.product.title,
        "language": wanted.request.lang,
        "engine": engine.name,
        "version": engine.version,
        "prompt": engine.prompt_version,
        "usage": asdict(usage_of([wanted])),
        "raw": getattr(answer, "raw", "")[:MAX_RAW],
    }
    if isinstance(answer, DraftText):
        draft = draft_from(wanted, order)
        told |= {"text": draft.text, "facts": draft.facts, "findings": draft.findings}
    return told
