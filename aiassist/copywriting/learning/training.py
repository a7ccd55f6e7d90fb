"""The job that teaches a shop's model its manner of writing, and uses it only if it is better."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from aiassist.copywriting.engines import choice_of, local_models
from aiassist.copywriting.engines.local import LocalEngine
from aiassist.copywriting.engines.models import EngineChoice
from aiassist.copywriting.engines.prompts import Prompt, messages_for, prompt_of
from aiassist.copywriting.learning.judging import Verdict, decide, judge
from aiassist.copywriting.learning.models import FrozenCase
from aiassist.copywriting.learning.ready import Rows, frozen_cases, lacking, split_rows
from aiassist.copywriting.learning.rows import (
    answer_of,
    digest_of,
    final_of,
    request_of,
    request_of_draft,
)
from aiassist.ml.causal_lm import CausalLM
from aiassist.ml.lora import Example, Plan, Trainer
from aiassist.ml.weights import WeightsError
from aiassist.registry.artefacts import fingerprint, new_folder, serving
from aiassist.registry.models import ModelKind, ModelState, ModelVersion
from aiassist.registry.promotion import promote
from ecomportal.jobs.run import JobError, Run
from ecomportal.said import said
from ecomportal.tenancy.models import AuditEntry

STEPS_A_CHECKPOINT = 10
LONGEST = 1536  # tokens of an example


def train_adapter(run: Run) -> None:
    """Train, judge beside what is in use, and switch if it is better in what counts."""
    with run.fenced():
        if (reason := lacking(run.merchant)) is not None:
            raise JobError(reason)
        choice = choice_of(run.merchant)
        cases = frozen_cases(run.merchant)
        rows = split_rows(run.merchant, cases)
        version = _version(run, choice, rows)
    lm = _model(choice.local_model)
    prompt = prompt_of(choice.prompt_version)
    plan = Plan(seed=run.params.get("seed", 0), max_tokens=min(LONGEST, lm.max_tokens))
    losses = train(run, lm, examples_of(lm, rows, prompt), plan, version)
    verdict = judged(run, choice, prompt, cases=cases, rows=rows, version=version)
    finish(run, version, verdict, losses)
    shutil.rmtree(checkpoints_of(run), ignore_errors=True)


def _version(run: Run, choice: EngineChoice, rows: Rows) -> ModelVersion:
    """The job's row in the register; a resumed job goes on with the one it began."""
    kind = ModelKind.COPY_ADAPTER
    found = run.merchant.model_versions.filter(job=run.job, kind=kind).first()
    if found is not None:
        return found
    newest = run.merchant.model_versions.filter(kind=kind).order_by("-n").first()
    n_edited = sum(bool(draft.final_text) for draft in rows.learnt)
    counts = {"n_learnt": len(rows.learnt), "n_edited": n_edited, "n_held_out": len(rows.held_out)}
    return ModelVersion.objects.create(
        merchant=run.merchant,
        kind=kind,
        n=newest.n + 1 if newest else 1,
        base=choice.local_model,
        data={"sha256": digest_of(rows.learnt), **counts},
        job=run.job,
        created_by_id=run.user_id,
    )


def _model(name: str) -> CausalLM:
    """The model without any adapter that an earlier job left on it."""
    try:
        lm = local_models.model_at(name)
        if lm.adapters:
            local_models.forget()
            lm = local_models.model_at(name)
    except WeightsError as error:
        raise JobError(local_models.refusal(error)) from error
    return lm


def examples_of(lm: CausalLM, rows: Rows, prompt: Prompt) -> list[Example]:
    """Each reviewed text as what the model was asked and should have answered."""
    ends = lm.ends()[:1]
    examples = []
    for draft in rows.learnt:
        request = request_of_draft(draft)
        asked = lm.encode(messages_for(request, prompt))
        answer = lm.tokenizer(answer_of(final_of(draft), request))["input_ids"]
        examples.append(Example(tuple(asked), (*answer, *ends)))
    return examples


def checkpoints_of(run: Run) -> Path:
    return settings.MODELS_ROOT / "shops" / str(run.merchant.pk) / f"training-{run.job.pk}"


def train(
    run: Run, lm: CausalLM, examples: list[Example], plan: Plan, version: ModelVersion
) -> list[float]:
    """Train to the end, from the last checkpoint if there is one; leaves the adapter's files."""
    trainer = Trainer(lm.model, examples, plan)
    try:
        trainer.resume(checkpoints_of(run))
        run.phase(said("Training"))
        run.set_total(trainer.n_steps, n_done=trainer.n_done)
        kept = Kept(run, trainer)
        trainer.train(kept.after_step)
        folder = new_folder(version)
        trainer.save_adapter(folder)
    finally:
        trainer.unload()
    version.sha256 = fingerprint(folder)
    version.config = {"rank": plan.rank, "rate": plan.rate, "n_epochs": plan.n_epochs}
    version.config |= {"seed": plan.seed, "n_steps": trainer.n_steps}
    return trainer.losses


class Kept:
    """Progress and checkpoints between the steps of a training."""

    def __init__(self, run: Run, trainer: Trainer) -> None:
        self.run, self.trainer, self.n_told = run, trainer, trainer.n_done

    def after_step(self, n_done: int, loss: float) -> None:
        self.run.check()
        if n_done % STEPS_A_CHECKPOINT and n_done < self.trainer.n_steps:
            return
        self.trainer.checkpoint(checkpoints_of(self.run))
        with self.run.commit(n_done=n_done - self.n_told):
            pass
        self.n_told = n_done
        self.run.log(said("Step %(n)s: loss %(loss)s", n=n_done, loss=f"{loss:.3f}"))


def judged(
    run: Run,
    choice: EngineChoice,
    prompt: Prompt,
    *,
    cases: list[FrozenCase],
    rows: Rows,
    version: ModelVersion,
) -> Verdict:
    """The new version and the one in use write the same texts."""
    with run.tenant():
        now = serving(run.merchant, ModelKind.COPY_ADAPTER, base=choice.local_model)
    frozen = [
        request_of(c.facts, lang=c.language, field="description", tone=c.tone, subject=c.pk)
        for c in cases
    ]
    edits = [(request_of_draft(draft), final_of(draft)) for draft in rows.held_out]
    run.phase(said("Judging what is in use"))
    former = LocalEngine(choice.local_model, prompt, adapter=now[1] if now else None)
    before = judge(former, frozen, edits, on_batch=run.check)
    run.phase(said("Judging the new version"))
    folder = settings.MODELS_ROOT / version.folder
    after = judge(
        LocalEngine(choice.local_model, prompt, adapter=folder), frozen, edits, on_batch=run.check
    )
    return decide(before, after)


def finish(run: Run, version: ModelVersion, verdict: Verdict, losses: list[float]) -> None:
    """Write down how it went; a version that passed serves from here on."""
    with run.fenced():
        version.metrics = {**verdict.metrics, "losses": losses}
        version.reason = verdict.reason
        version.state = ModelState.CANDIDATE if verdict.passed else ModelState.REFUSED
        version.save()
        if verdict.passed:
            version = promote(run.merchant, version.pk)
            _audit(run, version)
    run.log(verdict.reason)
    run.result(result_of(run, version, verdict))


def _audit(run: Run, version: ModelVersion) -> None:
    who = run.job.created_by
    AuditEntry.objects.create(
        merchant=run.merchant,
        actor=who,
        actor_label=str(who or run.job.title)[:200],
        action="model.promoted",
        subject=said("Manner of writing, version %(n)s", n=version.n),
    )


def result_of(run: Run, version: ModelVersion, verdict: Verdict) -> dict[str, Any]:
    return {
        "text": verdict.reason,
        "url": reverse("aiassist:models", args=[run.merchant.slug]),
        "link": said("See the versions"),
    }
