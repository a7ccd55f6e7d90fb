"""Teaching a model a shop's manner of writing: a real training of a small model, judged and used.

The model was taught to write "The kettle is made of steel."; the shop's people make
"This kettle is made of steel." of it.
"""

import json
from datetime import timedelta
from functools import partial
from itertools import product as pairs

import pytest
from django.utils import timezone

from aiassist import tasks
from aiassist.copywriting.engines import engine_of, local_models
from aiassist.copywriting.engines import local as local_engine
from aiassist.copywriting.engines.models import EngineChoice
from aiassist.copywriting.engines.prompts import Prompt, messages_for
from aiassist.copywriting.learning import ready, training
from aiassist.copywriting.learning.judging import Judged, decide
from aiassist.copywriting.learning.rows import answer_of, digest_of, request_of, training_rows
from aiassist.copywriting.models import Draft
from aiassist.ml.lora import Plan, Trainer
from aiassist.registry.promotion import rollback
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.jobs.run import LeaseLost
from ecomportal.jobs.start import start_job
from ecomportal.tenancy.context import tenant
from tests.aiassist.copywriting.test_lessons import make_draft
from tests.factories import make_product
from tests.tiny_lm import make_model, make_tokenizer, save, teach

PROMPT = Prompt(
    "t1",
    "t1.abc",
    {
        "system": "Write.",
        "language en": "English.",
        "kind description": "Description.",
        "repair": "Again: {reason}",
    },
)
NAMES = ["kettle", "pan"]
MATERIALS = ["steel", "glass", "cotton"]
COMBINATIONS = list(pairs(NAMES, MATERIALS))


def facts_of(name, material):
    return [
        {"id": "name", "key": "name", "value": name, "type": "text"},
        {"id": "m", "key": "material", "value": material, "type": "choice"},
        {"id": "c", "key": "colour", "value": "black", "type": "choice"},
    ]


def asked(name, material):
    return request_of(facts_of(name, material), lang="en", field="description", tone="formal")


def before(name, material):
    return f"The {name} is made of {material} in black."


def after(name, material):
    return f"This {name} is made of {material} in black."


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A folder of models with one that writes in its own manner."""
    root = tmp_path_factory.mktemp("models")
    texts = [one for pair in COMBINATIONS for one in (before(*pair), after(*pair))]
    texts += [m["content"] for pair in COMBINATIONS for m in messages_for(asked(*pair), PROMPT)]
    tokenizer = make_tokenizer([*texts, '{"sentences": [{"text": "", "facts": ["f1", "f2"]}]}'])
    model = make_model(tokenizer, width=64)
    rows = []
    for pair in COMBINATIONS:
        prompt = tokenizer.apply_chat_template(
            messages_for(asked(*pair), PROMPT),
            add_generation_prompt=True, tokenize=True, return_dict=True,
        )["input_ids"]  # fmt: skip
        said = answer_of(before(*pair), asked(*pair))
        rows.append((list(prompt), [*tokenizer(said)["input_ids"], tokenizer.eos_token_id]))
    assert teach(model, rows, n_steps=300, rate=1e-2) < 0.01
    return save(root / "writer", model, tokenizer).parent


@pytest.fixture
def world(root, settings, monkeypatch, shop):
    """A shop that writes with that model, with enough reviewed texts and products."""
    settings.MODELS_ROOT = root
    settings.JOB_LEASE_SECONDS = 600  # the heartbeat's connection does not see the test's rows
    for module in (training, local_engine):
        monkeypatch.setattr(module, "prompt_of", lambda _name="": PROMPT)
    for name, n in {"ROWS_NEEDED": 12, "HELD_OUT_FEWEST": 6, "FROZEN": 6}.items():
        monkeypatch.setattr(ready, name, n)
    monkeypatch.setattr(training, "Plan", partial(Plan, rank=8, rate=5e-3, n_epochs=8))
    with tenant(shop):
        EngineChoice.objects.create(merchant=shop, engine="local", local_model="writer")
        for name, material in COMBINATIONS[:6]:
            make_product(shop, title=name, facts={"material": material, "colour": "black"})
        review(shop, after)
    yield shop
    local_models.forget()


def review(shop, final):
    """Four reviewed texts for each combination, the newest last."""
    now = timezone.now()
    for n, pair in enumerate(COMBINATIONS * 4):
        make_draft(
            shop, before(*pair), final(*pair), facts=facts_of(*pair), tone="formal",
            engine="local", reviewed_at=now + timedelta(seconds=n),
        )  # fmt: skip


def start(shop, user=None):
    return start_job(tasks.train_adapter, shop, user, title="Train", dedupe_key="train_adapter")


def run(shop, job):
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        job.refresh_from_db()
    return job


def test_a_manner_of_writing_is_learnt_judged_and_used(world, alice):
    job = run(world, start(world, alice))
    assert job.status == "done", job.error_detail or str(job.error)
    with tenant(world):
        version = world.model_versions.get()
        metrics = version.metrics
        assert version.state == "serving", str(version.reason)
        assert metrics["after"]["edit_distance"] < metrics["before"]["edit_distance"]
        assert metrics["edit_distance_change"][2] < 0
        assert metrics["after"]["unsupported_rate"] <= metrics["before"]["unsupported_rate"]
        assert (metrics["n_frozen"], metrics["n_edits"]) == (6, 6)
        assert version.data["n_learnt"] == version.data["n_edited"] == 18
        assert str(version.reason).startswith("Passed")
        assert job.n_done == job.n_total == version.config["n_steps"]
        entry = world.audit_entries.get(action="model.promoted")
        assert entry.actor == alice
        engine = engine_of(world)
    assert engine.version == "writer +1"
    (found,) = engine.generate([asked("kettle", "glass")])
    assert found.text == after("kettle", "glass")
    with tenant(world):
        rollback(world, "copy_adapter")
        engine = engine_of(world)
    (found,) = engine.generate([asked("kettle", "glass")])
    assert (engine.version, found.text) == ("writer", before("kettle", "glass"))


def test_nothing_to_learn_is_refused_and_changes_nothing(world):
    with tenant(world):
        Draft.objects.all().delete()
        review(world, before)
    job = run(world, start(world))
    assert job.status == "done", job.error_detail or str(job.error)
    with tenant(world):
        version = world.model_versions.get()
        assert version.state == "refused"
        assert "not certain that there would be less to edit" in str(version.reason)
        assert engine_of(world).version == "writer"


def test_a_killed_training_goes_on_from_its_checkpoint(world, monkeypatch):
    step, seen = Trainer.step, []

    def killed(self, batch):
        seen.append(self.n_done + 1)
        if len(seen) == 14:
            raise LeaseLost  # what a worker that froze or died leaves behind
        return step(self, batch)

    monkeypatch.setattr(Trainer, "step", killed)
    job = run(world, start(world))
    assert (job.status, job.n_done) == ("running", 10)
    with tenant(world):
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(hours=1))
    job = run(world, job)
    assert job.status == "done", job.error_detail or str(job.error)
    assert seen == [*range(1, 15), *range(11, job.n_total + 1)]
    with tenant(world):
        assert world.model_versions.get().state == "serving"
    assert not list((local_models.settings.MODELS_ROOT / "shops").rglob("state.safetensors"))


def test_a_cancelled_training_leaves_what_was_in_use(world, monkeypatch):
    step = Trainer.step

    def cancelled(self, batch):
        if self.n_done == 5:
            with tenant(world):
                Job.objects.filter(kind="train_adapter").update(cancel_requested=True)
        return step(self, batch)

    monkeypatch.setattr(Trainer, "step", cancelled)
    job = run(world, start(world))
    assert job.status == "cancelled"
    with tenant(world):
        assert not world.model_versions.filter(state="serving").exists()
        assert engine_of(world).version == "writer"


def test_frozen_products_are_chosen_once_and_never_learnt_from(world, in_shop):
    cases = ready.frozen_cases(in_shop)
    assert len(cases) == 6
    assert {one.pk for one in ready.frozen_cases(in_shop)} == {one.pk for one in cases}
    Draft.objects.filter(pk=training_rows(in_shop)[0].pk).update(product=cases[0].product_id)
    rows = ready.split_rows(in_shop, cases)
    assert (len(rows.learnt), len(rows.held_out)) == (17, 6)
    assert not {one.product_id for one in rows.learnt} & {one.product_id for one in cases}
    assert max(one.reviewed_at for one in rows.learnt) < min(
        one.reviewed_at for one in rows.held_out
    )


def test_too_few_reviews_are_told(world, in_shop):
    for draft in training_rows(in_shop)[:14]:
        draft.delete()
    assert "10 of 12" in str(ready.lacking(in_shop))


def test_too_few_products_are_told(world, in_shop):
    in_shop.products.filter(title="kettle", facts__isnull=False).first().facts.all().delete()
    assert "5 of 6" in str(ready.lacking(in_shop))


def test_a_job_that_lacks_rows_fails_with_the_reason(world):
    with tenant(world):
        Draft.objects.all().delete()
    job = run(world, start(world))
    assert job.status == "failed"
    assert "Too few reviewed texts" in str(job.error)


def test_a_missing_model_fails_with_what_to_do(world):
    with tenant(world):
        EngineChoice.objects.update(local_model="ghost")
    job = run(world, start(world))
    assert job.status == "failed"
    assert "There is no model “ghost”" in str(job.error)


# --- The gate ----------------------------------------------------------------------------------


def judged(unsupported=0.1, slots=0.2, distance=0.3, n=40):
    wave = [0.02 * (i % 5 - 2) for i in range(n)]
    return Judged(
        unsupported=[float(i < unsupported * n) for i in range(n)],
        slot_errors=[slots + w for w in wave],
        distances=[distance + w for w in wave],
    )


def test_less_to_edit_and_nothing_worse_passes():
    verdict = decide(judged(), judged(distance=0.2))
    assert verdict.passed
    assert "10.0 %" in str(verdict.reason)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (judged(unsupported=0.2, distance=0.1), "would rise from 10.0 % to 20.0 %"),
        (judged(slots=0.25, distance=0.1), "facts missing or wrong would rise"),
        (judged(), "not certain that there would be less to edit"),
        (judged(distance=0.4), "not certain that there would be less to edit"),
    ],
)
def test_whatever_is_worse_refuses(now, words):
    verdict = decide(judged(), now)
    assert not verdict.passed
    assert words in str(verdict.reason)


def test_a_text_becomes_the_answer_a_model_would_have_given():
    text = "This kettle is made of steel. It is black."
    rows = json.loads(answer_of(text, asked("kettle", "steel")))["sentences"]
    assert [row["text"] for row in rows] == ["This kettle is made of steel.", "It is black."]
    assert "f1" in rows[0]["facts"]
    assert rows[1]["facts"] == ["f2"]


def test_the_hash_of_the_rows_tells_an_edit(in_shop):
    make_draft(in_shop, "It is black.", facts=facts_of("pan", "steel"))
    first = digest_of(training_rows(in_shop))
    assert first == digest_of(training_rows(in_shop))
    Draft.objects.update(final_text="It is quite black.")
    assert digest_of(training_rows(in_shop)) != first
