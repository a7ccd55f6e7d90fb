"""Running a job: the claim, the fence, batches, and every way it can end."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import translation
from psycopg.errors import DeadlockDetected

from ecomportal.jobs.execute import execute
from ecomportal.jobs.lease import claim
from ecomportal.jobs.models import Job, JobItem
from ecomportal.jobs.run import AFTER, KINDS, JobError, LeaseLost, Run, job_task
from ecomportal.jobs.start import cancel_job, retry_job, start_job
from ecomportal.said import said
from ecomportal.tenancy.context import current_merchant_id, tenant
from ecomportal.tenancy.models import AuditEntry

Body = Callable[[Run], None]


@job_task()
def scripted(run: Run) -> None:
    """Does what the test at hand wants."""
    SCRIPT["body"](run)


SCRIPT: dict[str, Body] = {}


def start(shop: Any, n_items: int = 0, *, user: Any = None, **fields: Any) -> Job:
    items = [(n, {}) for n in range(1, n_items + 1)]
    return start_job(scripted, shop, user, title="Scripted", items=items, **fields)


def carry_out(job: Job, body: Body) -> Job:
    SCRIPT["body"] = body
    execute("scripted", job.pk, job.merchant_id)
    with tenant(job.merchant_id):
        job.refresh_from_db()
    return job


def do_all(run: Run, size: int = 100) -> None:
    for batch in run.batches(size=size):
        with run.commit(done=[(item, {"n": item.n}) for item in batch]):
            for item in batch:
                write_effect(run, item.n)


def write_effect(run: Run, n: int) -> None:
    AuditEntry.objects.create(merchant=run.merchant, action="effect", subject=str(n))


def effects() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("subject", flat=True))


def run_out(job: Job) -> None:
    """Let the lease end a second ago, by the database's clock."""
    with tenant(job.merchant_id), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ecomportal_job SET lease_until = now() - interval '1 s' WHERE id = %s", [job.pk]
        )


def abandoned(job: Job, body: Body) -> Job:
    """Carry out until `body` raises what stands for a kill, and let the lease run out."""

    class Killed(BaseException):
        pass

    def killed(run: Run) -> None:
        body(run)
        raise Killed

    with pytest.raises(Killed):
        carry_out(job, killed)
    run_out(job)
    return job


# --- The ways it ends ------------------------------------------------------------------------


def test_every_item_is_done_once_and_counted(in_shop):
    job = carry_out(start(in_shop, 7), lambda run: do_all(run, size=3))
    assert (job.status, job.n_done, job.n_failed, job.percent) == ("done", 7, 0, 100)
    assert effects() == ["1", "2", "3", "4", "5", "6", "7"]
    assert job.items.get(n=5).output == {"n": 5}
    assert (job.lease_token, job.lease_until) == (None, None)
    assert job.finished_at >= job.started_at


def test_a_redelivered_message_changes_nothing(in_shop):
    job = carry_out(start(in_shop, 3), do_all)
    before = Job.objects.filter(pk=job.pk).values().get()
    carry_out(job, do_all)
    assert len(effects()) == 3
    assert Job.objects.filter(pk=job.pk).values().get() == before


def test_a_message_with_unknown_arguments_is_understood(in_shop):
    job = start(in_shop, 1)
    SCRIPT["body"] = do_all
    KINDS["scripted"](job_id=str(job.pk), merchant_id=in_shop.pk, colour="of a later release")
    job.refresh_from_db()
    assert job.status == "done"


def test_an_older_worker_leaves_newer_parameters_to_a_newer_one(in_shop):
    job = start(in_shop, 1)
    Job.objects.update(params_version=2)
    assert carry_out(job, do_all).status == "queued"


def test_the_merchant_reads_why_a_job_was_refused(in_shop):
    def body(run: Run) -> None:
        raise JobError("There are no orders yet, so there is nobody to segment.")

    job = carry_out(start(in_shop), body)
    assert (job.status, job.error_code) == ("failed", "refused")
    assert job.error == "There are no orders yet, so there is nobody to segment."
    assert job.error_detail == ""


def test_an_unexpected_error_is_one_plain_sentence_and_a_traceback(in_shop, caplog):
    job = carry_out(start(in_shop), lambda run: 1 / 0)
    assert (job.status, job.error_code) == ("failed", "unexpected")
    assert "ZeroDivisionError" not in job.error
    assert "ZeroDivisionError" in job.error_detail
    assert "ZeroDivisionError" in caplog.text


def test_a_body_speaks_the_language_of_who_asked(in_shop, alice):
    spoken = []

    def body(run: Run) -> None:
        spoken.append(translation.get_language())

    alice.language = "zh-hans"
    alice.save()
    carry_out(start(in_shop, user=alice), body)
    in_shop.language = "zh"
    in_shop.save()
    carry_out(start(in_shop), body)
    in_shop.language = "en"
    in_shop.save()
    carry_out(start(in_shop), body)
    assert spoken == ["zh-hans", "zh-hans", "en"]


def test_errors_speak_the_language_of_who_reads(in_shop, alice):
    alice.language = "zh-hans"
    alice.save()
    job = carry_out(start(in_shop, user=alice), lambda run: 1 / 0)
    assert "try again" in job.error
    with translation.override("zh-hans"):
        assert "可以重试" in job.error


def test_a_refusal_speaks_the_language_of_who_reads(in_shop):
    def body(run: Run) -> None:
        raise JobError(said("%(n)s of %(total)s", n=1, total=said("Log")))

    job = carry_out(start(in_shop), body)
    with translation.override("zh-hans"):
        assert job.error == "1 / 日志"


def test_failed_and_held_items_keep_their_reason(in_shop):
    def body(run: Run) -> None:
        (batch,) = run.batches()
        a, b, c = batch
        with run.commit(done=[(a, {})], failed=[(b, "no\0 picture")], held=[(c, "two facts")]):
            pass

    job = carry_out(start(in_shop, 3), body)
    assert (job.status, job.n_done, job.n_failed) == ("done", 2, 1)
    assert [(item.status, item.error) for item in job.items.order_by("n")] == [
        ("done", ""),
        ("failed", "no picture"),
        ("skipped", "two facts"),
    ]


def test_items_a_body_forgets_fail_the_job_loudly(in_shop):
    def body(run: Run) -> None:
        for batch in run.batches(size=2):
            with run.commit(done=[(batch[0], {})]):
                pass

    job = carry_out(start(in_shop, 4), body)
    assert job.status == "failed"
    assert "undecided: [2, 4]" in job.error_detail


def test_phase_total_result_and_log_are_written_at_once(in_shop):
    seen = []

    def body(run: Run) -> None:
        run.set_total(40)
        run.phase("Reading the file")
        run.log("第 1 行")
        with run.commit(n_done=10):
            pass
        seen.append(Job.objects.values("n_total", "phase", "n_done").get())
        run.result({"url": "/x/", "text": "10 products"})

    job = carry_out(start(in_shop), body)
    assert seen == [{"n_total": 40, "phase": "Reading the file", "n_done": 10}]
    assert job.log[0]["text"] == "第 1 行"
    assert job.result == {"url": "/x/", "text": "10 products"}


def test_the_log_keeps_its_newest_lines(in_shop, monkeypatch):
    monkeypatch.setattr("ecomportal.jobs.run.MAX_LOG_LINES", 3)
    job = carry_out(start(in_shop), lambda run: [run.log(str(n)) for n in range(5)])
    assert [line["text"] for line in job.log] == ["2", "3", "4"]


def test_a_body_works_for_its_shop_only_inside_transactions(shop):
    seen = []

    def body(run: Run) -> None:
        seen.append(current_merchant_id())
        with run.commit(n_done=1):
            seen.append(current_merchant_id())
        with run.tenant():
            seen.append(current_merchant_id())

    carry_out(start(shop), body)
    assert seen == [None, shop.pk, shop.pk]


# --- Whose job it is -------------------------------------------------------------------------


def test_only_one_of_two_claims_succeeds(in_shop):
    job = start(in_shop)
    assert claim(job.pk).lease_token
    assert claim(job.pk) is None


def test_a_lease_that_ran_out_is_free_again(in_shop):
    job = start(in_shop)
    first = claim(job.pk)
    run_out(job)
    second = claim(job.pk)
    assert second.lease_token != first.lease_token
    assert second.n_claims == 2


def test_another_shop_cannot_claim(shop, other_shop):
    job = start(shop)
    with tenant(other_shop):
        assert claim(job.pk) is None


WRITES: dict[str, Body] = {
    "commit": lambda run: run.commit(n_done=1).__enter__(),
    "phase": lambda run: run.phase("late"),
    "log": lambda run: run.log("late"),
    "total": lambda run: run.set_total(9),
    "result": lambda run: run.result({"late": True}),
    "batch": lambda run: next(run.batches()),
    "end": lambda run: run.close("done"),
    "hand back": lambda run: run.hand_back(),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_worker_that_was_overtaken_writes_nothing(in_shop, name):
    def overtaken(run: Run) -> None:
        run_out(run.job)
        assert claim(run.job.pk)
        before.append(Job.objects.values().get())
        with pytest.raises(LeaseLost):
            WRITES[name](run)
        raise LeaseLost

    before: list[dict[str, Any]] = []
    job = carry_out(start(in_shop, 2), overtaken)
    assert [Job.objects.values().get()] == before
    assert job.status == "running"
    assert set(JobItem.objects.values_list("n_attempts", flat=True)) == {0}


def test_an_overtaken_batch_leaves_no_effect(in_shop):
    def overtaken(run: Run) -> None:
        (batch,) = run.batches()
        run_out(run.job)
        claim(run.job.pk)
        with run.commit(done=[(item, {}) for item in batch]):
            raise AssertionError("the block must not be entered")

    carry_out(start(in_shop, 3), overtaken)
    assert effects() == []
    assert set(JobItem.objects.values_list("status", flat=True)) == {"pending"}


def test_a_failing_block_takes_the_batch_back(in_shop):
    def body(run: Run) -> None:
        (batch,) = run.batches()
        with run.commit(done=[(item, {}) for item in batch]):
            write_effect(run, 1)
            raise ValueError

    job = carry_out(start(in_shop, 3), body)
    assert (job.status, job.n_done) == ("failed", 0)
    assert effects() == []
    assert set(JobItem.objects.values_list("status", flat=True)) == {"pending"}


# --- Going on --------------------------------------------------------------------------------


def one_batch(run: Run) -> None:
    batch = next(run.batches(size=2))
    with run.commit(done=[(item, {}) for item in batch]):
        for item in batch:
            write_effect(run, item.n)


def test_the_next_claim_goes_on_where_the_last_one_stopped(in_shop):
    job = abandoned(start(in_shop, 5), one_batch)
    job = carry_out(job, do_all)
    assert (job.status, job.n_done, job.n_claims, job.n_stalls) == ("done", 5, 2, 0)
    assert effects() == ["1", "2", "3", "4", "5"]


def test_a_body_without_items_is_told_how_far_it_came(in_shop):
    seen = []

    def body(run: Run) -> None:
        seen.append(run.job.n_done)
        with run.commit(n_done=4):
            pass

    job = abandoned(start(in_shop, n_total=8), body)
    carry_out(job, body)
    assert seen == [0, 4]


def test_many_claims_with_progress_are_no_reason_to_give_up(in_shop):
    job = start(in_shop, 20)
    for _n in range(6):
        abandoned(job, one_batch)
    assert (carry_out(job, do_all).status, job.n_claims) == ("done", 7)


def test_three_claims_without_progress_end_the_job_with_a_clear_word(in_shop):
    job = start(in_shop)
    for _n in range(3):
        abandoned(job, lambda run: None)
        assert Job.objects.get().status == "running"
    job = carry_out(job, do_all)
    assert (job.status, job.error_code, job.n_stalls) == ("dead", "killed", 3)
    assert "lack of memory" in job.error


def test_an_item_that_stops_the_worker_is_found_and_left_out(in_shop):
    def body(run: Run) -> None:
        for batch in run.batches(size=30):
            if any(item.n == 17 for item in batch):
                raise Poisoned
            with run.commit(done=[(item, {}) for item in batch]):
                pass

    class Poisoned(BaseException):
        pass

    job, n_crashes = start(in_shop, 60), 0
    while Job.objects.get().status in ("queued", "running"):
        try:
            carry_out(job, body)
        except Poisoned:
            n_crashes += 1
            run_out(job)
    job.refresh_from_db()
    assert (job.status, job.n_done, job.n_failed) == ("done", 59, 1)
    assert job.items.get(status="failed").n == 17
    assert "stopped the worker" in job.items.get(status="failed").error
    assert n_crashes <= 6


def test_a_worker_without_memory_gives_up_with_that_reason(in_shop):
    def body(run: Run) -> None:
        bytearray(1 << 60)  # more than any machine has

    job = start(in_shop)
    for _n in range(3):
        assert carry_out(job, body).status == "running"
        assert job.error_code == "oom"
    job = carry_out(job, body)
    assert (job.status, job.error_code) == ("dead", "oom")
    assert "ran out of memory" in job.error


def test_a_deadlock_is_tried_again_and_never_seen(in_shop):
    tries = []

    def body(run: Run) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("deadlock detected") from DeadlockDetected()
        do_all(run)

    assert carry_out(start(in_shop, 4), body).status == "done"
    assert len(tries) == 3
    assert len(effects()) == 4


def test_a_deadlock_that_stays_fails_the_job(in_shop):
    tries = []

    def body(run: Run) -> None:
        tries.append(1)
        raise OperationalError("deadlock detected") from DeadlockDetected()

    assert carry_out(start(in_shop), body).status == "failed"
    assert len(tries) == 4


# --- Cancel and retry ------------------------------------------------------------------------


def test_a_waiting_job_is_cancelled_at_once(in_shop):
    job = start(in_shop, 2)
    assert cancel_job(job)
    job.refresh_from_db()
    assert (job.status, job.is_finished) == ("cancelled", True)
    assert carry_out(job, do_all).n_done == 0


def test_a_running_job_keeps_the_batch_in_hand_and_stops(in_shop):
    def body(run: Run) -> None:
        for batch in run.batches(size=2):
            if batch[0].n == 3:
                cancel_job(run.job)
                run.heart.cancel_requested = True  # what the next beat would read
            with run.commit(done=[(item, {}) for item in batch]):
                pass

    job = carry_out(start(in_shop, 9), body)
    assert (job.status, job.n_done) == ("cancelled", 4)


def test_a_job_without_items_writes_nothing_after_the_wish_to_stop(in_shop):
    def body(run: Run) -> None:
        cancel_job(run.job)
        with run.commit(n_done=5):
            write_effect(run, 1)

    job = carry_out(start(in_shop, n_total=5), body)
    assert (job.status, job.n_done) == ("cancelled", 0)
    assert effects() == []


def test_an_ended_job_cannot_be_cancelled(in_shop):
    job = carry_out(start(in_shop, 1), do_all)
    assert not cancel_job(job)
    job.refresh_from_db()
    assert job.status == "done"


def test_a_retry_does_only_what_is_left(in_shop):
    def half(run: Run) -> None:
        (batch,) = run.batches()
        with run.commit(done=[(batch[0], {})], failed=[(batch[1], "engine away")]):
            write_effect(run, batch[0].n)
        raise JobError("The text engine is away.")

    job = carry_out(start(in_shop, 3), half)
    assert retry_job(job)
    job.refresh_from_db()
    assert (job.status, job.n_failed, job.error, job.finished_at) == ("queued", 0, "", None)
    job = carry_out(job, do_all)
    assert (job.status, job.n_done, job.n_failed) == ("done", 3, 0)
    assert effects() == ["1", "2", "3"]


def test_a_stop_of_the_worker_hands_the_job_back(in_shop, monkeypatch):
    def body(run: Run) -> None:
        for batch in run.batches(size=2):
            monkeypatch.setattr("ecomportal.jobs.run.is_stopping", lambda: True)
            with run.commit(done=[(item, {}) for item in batch]):
                pass

    job = carry_out(start(in_shop, 6), body)
    assert (job.status, job.n_done, job.lease_token) == ("queued", 2, None)
    monkeypatch.setattr("ecomportal.jobs.run.is_stopping", lambda: False)
    job = carry_out(job, do_all)
    assert (job.status, job.n_done, job.n_stalls) == ("done", 6, 0)


def test_what_follows_a_job_is_called_once_it_is_done_and_cannot_harm_it(
    in_shop, monkeypatch, caplog
):
    seen: list[str] = []

    def broken(job: Job) -> None:
        raise RuntimeError("no luck")

    def follow(job: Job) -> None:
        seen.append(Job.objects.get(pk=job.pk).status)

    job = start(in_shop, 2)
    monkeypatch.setitem(AFTER, job.kind, [broken, follow])
    job = carry_out(job, do_all)
    assert (job.status, seen) == ("done", ["done"])
    assert "no luck" in caplog.text


def test_nothing_follows_a_job_that_failed(in_shop, monkeypatch):
    def refuse(run: Run) -> None:
        raise JobError("The text engine is away.")

    seen: list[Job] = []
    job = start(in_shop, 1)
    monkeypatch.setitem(AFTER, job.kind, [seen.append])
    assert carry_out(job, refuse).status == "failed"
    assert seen == []
