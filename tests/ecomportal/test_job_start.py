"""Starting a job: in the caller's transaction, once, and whatever the broker does."""

import json
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from ecomportal.jobs.models import Job, JobItem
from ecomportal.jobs.run import Run, job_task
from ecomportal.jobs.start import AlreadyRunning, cancel_job, retry_job, start_job
from ecomportal.jobs.sweep import sweep
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.rls import OPS


@job_task(queue="llm", params_version=3)
def started_kind(run: Run) -> None:
    """Only ever started here."""


def waiting_messages() -> list[Path]:
    folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
    return sorted(folder.glob("*.msg"))


@pytest.fixture
def no_messages() -> None:
    for path in waiting_messages():
        path.unlink()


def test_a_job_remembers_what_was_asked_for(in_shop, alice):
    job = start_job(started_kind, in_shop, alice, title="Autumn", params={"n_bins": 5})
    found = Job.objects.get(pk=job.pk)
    assert (found.kind, found.queue, found.params_version) == ("started_kind", "llm", 3)
    assert (found.title, found.params, found.created_by) == ("Autumn", {"n_bins": 5}, alice)
    assert found.status == "queued"
    assert job.is_new


def test_items_are_numbered_and_counted(in_shop):
    items = [("a", {}), ("b", {"colour": "红"})]
    job = start_job(started_kind, in_shop, None, title="Two", items=items)
    assert job.n_total == 2
    assert list(job.items.order_by("n").values_list("n", "subject_id", "payload")) == [
        (1, "a", {}),
        (2, "b", {"colour": "红"}),
    ]


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_on_commit_and_carries_ids_alone(shop, no_messages):
    with tenant(shop):
        job = start_job(started_kind, shop, None, title="t", params={"secret": "hush"})
        assert waiting_messages() == []
    (message,) = waiting_messages()
    assert message.name.endswith(".llm.msg")
    assert "hush" not in message.read_text()
    assert json.loads(message.read_text())["headers"]["task"] == "jobs.started_kind"
    with tenant(shop):
        assert Job.objects.get(pk=job.pk).rung_at is not None


@pytest.mark.django_db(transaction=True)
def test_the_broker_folders_are_for_this_user_alone(shop, no_messages):
    start_job(started_kind, shop, None, title="t")
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    for name in ("data_folder_in", "control_folder"):
        assert Path(options[name]).stat().st_mode & 0o777 == 0o700


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_request_leaves_neither_job_nor_bell(shop, no_messages):
    with tenant(shop):
        start_job(started_kind, shop, None, title="t")
        transaction.set_rollback(True)
    with tenant(shop):
        assert not Job.objects.exists()
    assert waiting_messages() == []


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_fails_costs_no_job(shop, no_messages):
    folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"])
    moved = folder.rename(folder.with_name("away"))
    folder.write_text("a file where the folder should be")
    try:
        job = start_job(started_kind, shop, None, title="t")
        assert job.is_new
    finally:
        folder.unlink()
        moved.rename(folder)
    assert waiting_messages() == []
    wait_in_queue(job, seconds=6)
    assert sweep() == 1
    assert len(waiting_messages()) == 1


def wait_in_queue(job: Job, *, seconds: int) -> None:
    """As if the last ring were that long ago, by the database's clock."""
    with tenant(job.merchant_id), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ecomportal_job SET rung_at = now() - make_interval(secs => %s) WHERE id = %s",
            [seconds, job.pk],
        )


def test_a_second_click_finds_the_running_job(in_shop, other_shop):
    first = start_job(started_kind, in_shop, None, title="t", dedupe_key="retrain")
    second = start_job(
        started_kind, in_shop, None, title="t", dedupe_key="retrain", items=[("a", {})]
    )
    assert (second.pk, second.is_new) == (first.pk, False)
    assert JobItem.objects.count() == 0
    assert start_job(started_kind, other_shop, None, title="t", dedupe_key="retrain").is_new
    assert start_job(started_kind, in_shop, None, title="t", dedupe_key="other").is_new


def test_an_ended_job_frees_its_place(in_shop):
    first = start_job(started_kind, in_shop, None, title="t", dedupe_key="retrain")
    cancel_job(first)
    assert start_job(started_kind, in_shop, None, title="t", dedupe_key="retrain").is_new


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_at_once_make_one_job(shop, no_messages):
    answers, gate = [], threading.Barrier(20)

    def click() -> None:
        gate.wait()
        job = start_job(started_kind, shop, None, title="t", dedupe_key="retrain")
        answers.append((job.pk, job.is_new))
        connection.close()

    threads = [threading.Thread(target=click) for _n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 20
    assert len({pk for pk, _is_new in answers}) == 1
    assert [is_new for _pk, is_new in answers].count(True) == 1
    assert len(waiting_messages()) == 1


def test_a_retry_gives_way_to_a_newer_job(in_shop):
    old = start_job(started_kind, in_shop, None, title="t", dedupe_key="retrain")
    cancel_job(old)
    start_job(started_kind, in_shop, None, title="t", dedupe_key="retrain")
    with pytest.raises(AlreadyRunning):
        retry_job(old)
    old.refresh_from_db()
    assert old.status == "cancelled"


def test_a_running_job_is_not_queued_again(in_shop):
    job = start_job(started_kind, in_shop, None, title="t")
    assert not retry_job(job)
    Job.objects.update(status="done")
    assert not retry_job(job)


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_waits_longer_each_time(shop, no_messages):
    job = start_job(started_kind, shop, None, title="t")
    assert sweep() == 0, "five seconds have not passed"
    wait_in_queue(job, seconds=6)
    assert sweep() == 1
    wait_in_queue(job, seconds=25)
    assert sweep() == 0, "the second ring comes after thirty seconds"
    wait_in_queue(job, seconds=31)
    assert sweep() == 1
    wait_in_queue(job, seconds=50)
    assert sweep() == 0


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_rings_for_every_shop_but_for_no_ended_job(shop, other_shop, no_messages):
    for merchant in (shop, other_shop):
        for status in ("queued", "done", "failed", "dead", "cancelled"):
            with tenant(merchant):
                Job.objects.create(merchant=merchant, kind="started_kind", status=status)
    assert sweep() == 2


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_leaves_a_lease_that_holds(shop, no_messages):
    with tenant(shop):
        job = Job.objects.create(merchant=shop, kind="started_kind", status="running")
        set_lease(job, seconds=30)
    assert sweep() == 0
    with tenant(shop):
        set_lease(job, seconds=-1)
    assert sweep() == 1


def set_lease(job: Job, *, seconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ecomportal_job SET lease_until = now() + make_interval(secs => %s) "
            "WHERE id = %s",
            [seconds, job.pk],
        )


def test_the_operations_role_reads_jobs_and_nothing_else(in_shop):
    tables = ["ecomportal_membership", "catalog_product", "ecomportal_auditentry"]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT has_table_privilege('{OPS}', '{table}', 'SELECT')")
            assert cursor.fetchone() == (False,), table
        with transaction.atomic():
            cursor.execute("SELECT has_table_privilege(%s, 'ecomportal_job', 'DELETE')", [OPS])
            assert cursor.fetchone() == (False,)
