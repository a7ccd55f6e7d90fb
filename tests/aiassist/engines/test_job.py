"""The job that writes with a model server: nothing is lost, nothing is paid for twice."""

from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest

from aiassist import tasks
from aiassist.copywriting import job as job_module
from aiassist.copywriting.engines import breaker
from aiassist.copywriting.engines.models import EngineChoice, TextSpend
from aiassist.copywriting.models import Draft, DraftStatus
from catalog.products.models import Fact, Product
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job, JobItem
from ecomportal.jobs.run import Cancelled, Run
from ecomportal.jobs.start import retry_job, start_job
from ecomportal.tenancy.context import tenant
from tests.aiassist.engines.server import ChatServer, facts_told, says, slow, status, well
from tests.factories import make_product

pytestmark = pytest.mark.django_db
PARAMS = {"languages": ["en"], "fields": ["description"], "tone": "formal", "max_chars": None}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_module, "RESTS", (0.02,))
    monkeypatch.setattr(breaker, "FIRST_REST", 0.01)
    breaker._breakers.clear()


@pytest.fixture
def choose(shop: Any, server: ChatServer) -> Callable[..., EngineChoice]:
    def choose(**fields: Any) -> EngineChoice:
        wishes = {"engine": "openai", "base_url": server.url, "model": "tiny", **fields}
        with tenant(shop):
            return EngineChoice.objects.update_or_create(wishes, merchant=shop)[0]

    return choose


@pytest.fixture
def products(shop: Any) -> list[Product]:
    return [
        make_product(
            shop, f"Kettle {n}", vendor="Fjord", product_type="kettle",
            facts={"material": f"steel {n}", "colour": "black"},
        )
        for n in range(1, 7)
    ]  # fmt: skip


def begin(shop: Any, products: list[Product], **params: Any) -> Job:
    items = [(str(product.pk), {}) for product in products]
    return start_job(
        tasks.write_copy, shop, None, title="Texts", params={**PARAMS, **params}, items=items
    )


def carry_out(shop: Any, job: Job) -> Job:
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        return Job.objects.get(pk=job.pk)


def write(shop: Any, products: list[Product], **params: Any) -> Job:
    return carry_out(shop, begin(shop, products, **params))


def again(shop: Any, job: Job) -> Job:
    with tenant(shop):
        assert retry_job(job)
    return carry_out(shop, job)


def drafts(shop: Any, **filters: Any) -> list[Draft]:
    with tenant(shop):
        return list(Draft.objects.filter(**filters).order_by("created_at"))


def items(shop: Any, job: Job, status: str) -> list[JobItem]:
    with tenant(shop):
        return list(job.items.filter(status=status).order_by("n"))


def spent(shop: Any) -> TextSpend:
    with tenant(shop):
        return TextSpend.objects.get()


def test_drafts_keep_engine_prompt_and_cost(shop, server, choose, products):
    choose(price_in_micros=2_000_000, price_out_micros=10_000_000)
    job = write(shop, products)
    assert job.status == "done", job.error
    assert "1,200" not in job.result_text
    assert "(720 tokens, €0.0024)" in job.result_text
    draft = drafts(shop)[0]
    assert (draft.engine, draft.engine_version) == ("openai", "tiny")
    assert draft.prompt_version.startswith("v1.")
    assert (draft.tokens_in, draft.tokens_out, draft.cost_micros) == (100, 20, 400)
    assert "steel" in draft.text
    row = spent(shop)
    assert (row.n_calls, row.tokens_in, row.cost_micros) == (6, 600, 2400)
    assert (row.held_tokens, row.held_micros) == (0, 0)


def test_the_same_again_is_not_asked_again(shop, server, choose, products):
    choose()
    write(shop, products)
    job = write(shop, products)
    assert len(server.bodies) == 6
    assert job.status == "done"
    assert len(drafts(shop)) == 6  # what waits for review is not copied either


def test_another_prompt_model_or_wish_is_asked_again(shop, server, choose, products):
    choose()
    write(shop, products[:1])
    write(shop, products[:1], tone="playful")
    choose(model="other")
    write(shop, products[:1])
    choose(words_use=["sturdy"])
    write(shop, products[:1])
    assert len(server.bodies) == 4
    write(shop, products[:1], fresh=True)
    assert len(server.bodies) == 5
    assert len(drafts(shop, status=DraftStatus.WAITING)) == 1


def test_changed_facts_are_asked_again(shop, server, choose, products):
    choose()
    write(shop, products[:1])
    with tenant(shop):
        Fact.objects.filter(product=products[0], attribute__key="material").update(value="copper")
    write(shop, products[:1])
    assert len(server.bodies) == 2
    assert "copper" in drafts(shop, status=DraftStatus.WAITING)[0].text


def test_a_rejected_text_is_not_recalled(shop, server, choose, products):
    choose()
    write(shop, products[:1])
    with tenant(shop):
        Draft.objects.update(status=DraftStatus.REJECTED)
    write(shop, products[:1])
    assert len(server.bodies) == 2


def test_voice_reaches_the_model_in_its_language(shop, server, choose, products):
    choose(
        voice_examples=["Short and dry.", "短句，不夸张。"],
        words_use=["sturdy", "结实"],
        words_avoid=["cheap", "便宜"],
    )
    write(shop, products[:1], languages=["en", "zh"])
    voices = {b["language"]: b["voice"] for b in map(facts_told, server.bodies)}
    assert voices["en"] == {"examples": ["Short and dry."], "use": ["sturdy"], "avoid": ["cheap"]}
    assert voices["zh"]["examples"] == ["短句，不夸张。"]
    assert voices["zh"]["avoid"] == ["cheap", "便宜"]


# --- What goes wrong -------------------------------------------------------------------------


def test_one_bad_answer_fails_its_product_alone_and_is_tried_again(shop, server, choose, products):
    choose(n_in_flight=1)
    server.acts = [says("nonsense"), says("nonsense")]
    job = write(shop, products)
    assert (job.status, job.n_done, job.n_failed) == ("done", 5, 1)
    assert "not JSON" in str(items(shop, job, "failed")[0].error)
    assert "English" in str(items(shop, job, "failed")[0].error)
    job = again(shop, job)
    assert (job.n_done, job.n_failed) == (6, 0)
    assert len(drafts(shop)) == 6


def test_what_was_written_of_a_product_survives_the_failure_of_the_rest(
    shop, server, choose, products
):
    choose(n_in_flight=1)
    server.acts = [well, says("nonsense"), says("nonsense")]
    job = write(shop, products[:1], languages=["en", "zh"])
    assert job.n_failed == 1
    assert [d.language for d in drafts(shop)] == ["en"]
    n = len(server.bodies)
    again(shop, job)
    assert len(server.bodies) == n + 1  # the Chinese one alone
    assert {d.language for d in drafts(shop, status=DraftStatus.WAITING)} == {"en", "zh"}


def test_a_server_that_is_down_leaves_everything_waiting(shop, server, choose, products):
    choose()
    server.always = status(500, "out of memory")
    job = write(shop, products)
    assert job.status == "failed"
    assert "in trouble (500): out of memory" in str(job.error) or "left alone" in str(job.error)
    assert len(items(shop, job, "pending")) == 6
    assert drafts(shop) == []
    assert spent(shop).held_tokens == 0
    server.always = well
    breaker._breakers.clear()
    job = again(shop, job)
    assert (job.status, job.n_done) == ("done", 6)


def test_trouble_for_a_while_is_waited_out_by_the_job(shop, server, choose, products):
    choose(n_in_flight=1)
    server.acts = [status(500)] * 5
    job = write(shop, products)
    assert (job.status, job.n_done) == ("done", 6), job.error


def test_a_wrong_key_stops_at_once_and_says_so(shop, server, choose, products):
    choose(n_in_flight=1)
    server.always = status(401, "bad key")
    job = write(shop, products)
    assert job.status == "failed"
    assert "refused the key (401): bad key" in str(job.error)
    assert len(server.bodies) == 1
    assert len(items(shop, job, "pending")) == 6


def test_settings_that_cannot_work_say_so(shop, server, choose, products):
    choose(base_url="nonsense")
    assert "not the address" in str(write(shop, products).error) or "must begin" in str(
        write(shop, products).error
    )
    choose(sealed_key="no seal")
    assert "Enter the key again" in str(write(shop, products).error)


def test_a_product_without_facts_is_held_with_what_to_add(shop, server, choose):
    choose()
    job = write(shop, [make_product(shop, "Bare", product_type="kettle")])
    assert "Add at least" in str(items(shop, job, "skipped")[0].error)
    assert server.bodies == []


# --- Budgets -----------------------------------------------------------------------------------


def test_a_budget_used_up_in_mid_job_holds_the_rest_and_goes_on_later(
    shop, server, choose, products, monkeypatch
):
    monkeypatch.setattr(job_module, "MOST_ITEMS", 2)
    server.always = lambda handler, body: handler.chat(
        '{"sentences": [{"text": "The colour is black.", "facts": ["f2"]}]}',
        usage={"prompt_tokens": 800, "completion_tokens": 300},
    )
    choose(job_tokens=3500)
    job = write(shop, products)
    assert job.status == "failed"
    assert "budget of this job is used up" in str(job.error)
    n = len(drafts(shop))
    assert 0 < n < 6
    assert len(server.bodies) == n
    assert spent(shop).tokens_in + spent(shop).tokens_out <= 3500 + 2 * 1100
    assert len(items(shop, job, "pending")) == 6 - n
    assert f"{n} drafts written" in job.result_text
    assert again(shop, job).status == "failed"  # nothing changed, so nothing more is spent
    assert len(server.bodies) == n
    choose(job_tokens=100_000)
    assert again(shop, job).status == "done"
    assert len(drafts(shop)) == len(server.bodies) == 6


def test_a_days_money_is_for_all_jobs_of_the_day(shop, server, choose, products):
    choose(price_in_micros=10_000_000, price_out_micros=10_000_000, day_micros=30_000)
    first = write(shop, products[:1])
    assert first.status == "done"
    with tenant(shop):
        TextSpend.objects.update(cost_micros=29_000)
    second = write(shop, products[1:])
    assert "Today's budget" in str(second.error)
    assert len(server.bodies) == 1


def test_a_killed_worker_costs_one_batch_at_most(shop, server, choose, products, monkeypatch):
    class Killed(BaseException):
        """As final as a kill -9: nothing of the job gets to tidy up."""

    real = job_module.commit

    def commit(*args: Any) -> None:
        if len(server.bodies) == 4:
            raise Killed
        real(*args)

    choose(job_tokens=100_000)
    monkeypatch.setattr(job_module, "MOST_ITEMS", 2)
    monkeypatch.setattr(job_module, "commit", commit)
    job = begin(shop, products)
    with pytest.raises(Killed):
        carry_out(shop, job)
    assert spent(shop).held_tokens > 0
    monkeypatch.setattr(job_module, "commit", real)
    with tenant(shop):
        Job.objects.update(lease_until="2026-01-01T00:00Z")
    job = carry_out(shop, job)
    assert (job.status, job.n_done) == ("done", 6)
    assert len(drafts(shop)) == 6
    assert len(server.bodies) == 6 + 2
    assert (spent(shop).held_tokens, spent(shop).n_calls) == (0, 6)


def test_what_a_killed_worker_had_promised_is_free_again(shop, server, choose, products):
    choose(job_tokens=50_000)
    job = begin(shop, products)
    with tenant(shop):
        TextSpend.objects.create(
            merchant=shop, day="2026-01-01", job=job, held_tokens=49_999, held_micros=5
        )
    assert carry_out(shop, job).status == "done"


# --- Meanwhile ---------------------------------------------------------------------------------


@pytest.fixture
def meanwhile(server, monkeypatch):
    """Runs what a test hands over after the answers came and before they are written down."""

    def set_up(act: Callable[[], None]) -> None:
        real = job_module.answer_all

        def answer_all(*args: Any) -> None:
            real(*args)
            act()

        monkeypatch.setattr(job_module, "answer_all", answer_all)

    return set_up


def test_a_product_deleted_meanwhile_gets_no_draft(shop, choose, products, meanwhile):
    choose()

    def delete() -> None:
        with tenant(shop):
            shop.products.filter(pk=products[0].pk).update(deleted_at="2026-01-01T00:00Z")

    meanwhile(delete)
    job = write(shop, products[:2])
    assert "deleted while its text was written" in str(items(shop, job, "skipped")[0].error)
    assert [d.product_id for d in drafts(shop)] == [products[1].pk]


def test_a_product_edited_meanwhile_gets_a_draft_that_is_out_of_date(
    shop, choose, products, meanwhile, max_, client_of
):
    choose()

    def edit() -> None:
        with tenant(shop):
            shop.products.filter(pk=products[0].pk).update(title="Another name")
            shop.products.filter(pk=products[1].pk).update(tags=["new"])

    meanwhile(edit)
    job = write(shop, products[:2])
    held = items(shop, job, "skipped")
    assert [item.subject_id for item in held] == [str(products[0].pk)]
    assert "marked as out of date" in str(held[0].error)
    draft = drafts(shop, product=products[0])[0]
    page = client_of(max_).get(f"/{shop.slug}/content/drafts/{draft.pk}/").content.decode()
    assert "The product changed after this was written." in page


def test_cancelling_does_not_wait_for_the_answers(shop, server, choose, products, monkeypatch):
    choose(n_in_flight=2)
    server.always = slow(1.5)

    def check(run: Run) -> None:
        """As if somebody had pressed Cancel when the first requests were on their way."""
        if len(server.bodies) >= 2:
            raise Cancelled

    monkeypatch.setattr(Run, "check", check)
    began = monotonic()
    job = write(shop, products)
    assert job.status == "cancelled"
    assert len(server.bodies) == 2
    assert monotonic() - began < 1.5 + 1
