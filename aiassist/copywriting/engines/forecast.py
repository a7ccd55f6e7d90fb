"""What a job will take before it is started: tokens, money, time, and whether the budgets allow it.

Tokens are counted on a sample of the very products; what answers usually have is taken from this
shop's own drafts once there are some. Time is what the last job with this engine took for a text,
or the last trial; for the composer a few texts are written and timed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.db.models import Avg, Count

from aiassist.copywriting.drafting import Order, draft_from, voices_of, wanted_of
from aiassist.copywriting.engine import Capabilities, DraftText, TextEngine, Usage
from aiassist.copywriting.engines import choice_of, engine_from
from aiassist.copywriting.engines.budget import NO_LIMIT, Room, room_in
from aiassist.copywriting.engines.estimate import expected
from aiassist.copywriting.engines.models import EngineChoice, EngineName
from aiassist.copywriting.engines.money import price
from aiassist.copywriting.engines.prompts import UnknownPrompt, prompt_of
from aiassist.copywriting.models import Draft
from aiassist.copywriting.requests import approved_texts, with_facts
from ecomportal.jobs.models import Job, JobStatus

N_SAMPLE = 12  # products that are looked at
N_TIMED = 3  # texts that are written to see how long one takes
ENOUGH = 10  # drafts from which on the shop's own experience counts
RECENT = 300


@dataclass(frozen=True)
class Forecast:
    n_texts: int
    tokens: int  # 0 where nothing is counted
    cost: Any  # in words; None where it costs nothing
    seconds: float | None  # None where nobody can tell yet
    n_allowed: int | None  # products that the budgets allow; None where they allow all
    engine: str

    @property
    def minutes(self) -> int | None:
        return None if self.seconds is None else max(1, round(self.seconds / 60))


def forecast(merchant: Any, products: Any, params: dict[str, Any], *, n: int) -> Forecast:
    """For `n` products; call it inside the shop's tenant."""
    choice = choice_of(merchant)
    sample = with_facts(products.order_by("pk")[:N_SAMPLE])
    order = Order(None, merchant.language, params, approved_texts(merchant), voices_of(choice))
    wanted = [one for product in sample for one in wanted_of(product, order)]
    n_texts = n * order.n_texts
    if choice.engine == EngineName.COMPOSER:
        each = _timed(engine_from(choice), wanted[:N_TIMED], order)
        return Forecast(n_texts, 0, None, each and each * n_texts, None, str(choice))
    usage = _mean(choice, [one.request for one in wanted])
    total = usage.tokens_in + usage.tokens_out
    each = seconds_of(merchant, choice)
    return Forecast(
        n_texts,
        round(total * n_texts),
        price(usage.cost_micros * n_texts, merchant.currency) if usage.cost_micros else None,
        None if each is None else each * n_texts,
        _allowed(room_in(choice, merchant), choice, usage, order.n_texts, n=n),
        str(choice),
    )


def _timed(engine: TextEngine, wanted: Sequence[Any], order: Order) -> float | None:
    """Seconds of one text, the guard's check included."""
    began, n = perf_counter(), 0
    for one in wanted:
        one.answer = engine.generate([one.request])[0]
        if isinstance(one.answer, DraftText):
            draft_from(one, order)
            n += 1
    return (perf_counter() - began) / n if n else None


def _mean(choice: EngineChoice, requests: Sequence[Any]) -> Usage:
    """What one text takes, by the sample and by what such texts took before."""
    engine = rates_of(choice)
    told = [expected(request, engine) for request in requests]
    if not told:
        return Usage()
    n_in = sum(usage.tokens_in for usage in told) / len(told)
    n_out = sum(usage.tokens_out for usage in told) / len(told)
    recent = Draft.objects.filter(
        merchant=choice.merchant, engine=choice.engine, engine_version__startswith=_model(choice),
        field__in={request.field for request in requests}, tokens_out__gt=0,
    ).order_by("-created_at")[:RECENT]  # fmt: skip
    seen = Draft.objects.filter(pk__in=recent.values("pk")).aggregate(
        n=Count("pk"), n_in=Avg("tokens_in"), n_out=Avg("tokens_out")
    )
    if seen["n"] >= ENOUGH:
        n_in, n_out = seen["n_in"], seen["n_out"]
    micros = n_in * choice.price_in_micros + n_out * choice.price_out_micros
    return Usage(round(n_in), round(n_out), -(-round(micros) // 1_000_000), 1)


@dataclass(frozen=True)
class Rates:
    """What `expected` asks of an engine, without loading one: a local one has weights."""

    prompt_version: str
    capabilities: Capabilities


def rates_of(choice: EngineChoice) -> Rates:
    try:
        prompt = prompt_of(choice.prompt_version)
    except UnknownPrompt:
        prompt = prompt_of()
    prices = {"price_in_micros": choice.price_in_micros}
    prices |= {"price_out_micros": choice.price_out_micros}
    return Rates(prompt.version, Capabilities(**prices))


def _model(choice: EngineChoice) -> str:
    return choice.model if choice.engine == EngineName.OPENAI else choice.local_model


def seconds_of(merchant: Any, choice: EngineChoice) -> float | None:
    """What a text took in the last job with this engine, or in the last trial of it."""
    last = (
        Draft.objects.filter(
            merchant=merchant, engine=choice.engine, engine_version__startswith=_model(choice),
            job__status=JobStatus.DONE, job__isnull=False,
        ).order_by("-created_at").first()
    )  # fmt: skip
    if last and last.job and last.job.finished_at and last.job.started_at:
        took = (last.job.finished_at - last.job.started_at).total_seconds()
        return took / max(1, Draft.objects.filter(job=last.job_id).count())
    trials = Job.objects.filter(
        merchant=merchant, kind__in=("try_engine", "try_local_engine"), status=JobStatus.DONE
    )
    trial = trials.order_by("-pk").first()
    told = trial.result.get("trial", {}) if trial else {}
    if told.get("engine") != choice.engine or not told.get("version", "").startswith(
        _model(choice)
    ):
        return None
    at_once = choice.n_in_flight if choice.engine == EngineName.OPENAI else 1
    return told["usage"]["seconds"] / at_once


def _allowed(room: Room, choice: EngineChoice, usage: Usage, n_each: int, *, n: int) -> int | None:
    """How many of the products the budgets pay for."""
    tokens, micros = (usage.tokens_in + usage.tokens_out) * n_each, usage.cost_micros * n_each
    limits = [room.tokens // tokens] if room.tokens != NO_LIMIT and tokens else []
    limits += [room.micros // micros] if room.micros != NO_LIMIT and micros else []
    limits += [choice.job_tokens // tokens] if choice.job_tokens is not None and tokens else []
    limits += [choice.job_micros // micros] if choice.job_micros is not None and micros else []
    fewest = max(0, min(limits, default=n))
    return None if fewest >= n else fewest
