"""The Jobs pages: who sees what, what polls, what the buttons do."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from ecomportal.jobs.models import Job, JobItem
from ecomportal.said import pack, said
from ecomportal.templatetags.jobs import remaining
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry


def make_job(shop: Any, n_items: int = 0, **fields: Any) -> Job:
    with tenant(shop):
        job = Job.objects.create(
            merchant=shop, **{"kind": "run_import", "title": "Import autumn.csv", **fields}
        )
        JobItem.objects.bulk_create(
            JobItem(merchant=shop, job=job, n=n, subject_id=f"row-{n}") for n in range(n_items)
        )
    return job


def of(job: Job, name: str = "job") -> str:
    return reverse(name, args=[job.merchant.slug, job.pk])


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Client:
    return client_of(alice)


# --- Who -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["job", "job-progress", "job-cancel", "job-retry"])
def test_a_stranger_gets_404(client_of, shop, mallory, name):
    job = make_job(shop)
    client = client_of(mallory)
    send = client.post if name in ("job-cancel", "job-retry") else client.get
    assert send(of(job, name)).status_code == 404
    own_address = of(job, name).replace("northlight", "harbour")
    assert send(own_address).status_code == 404


def test_a_stranger_sees_neither_list_nor_badge(client_of, shop, mallory):
    assert client_of(mallory).get(reverse("jobs", args=["northlight"])).status_code == 404
    assert client_of(mallory).get(reverse("jobs-badge", args=["northlight"])).status_code == 404


def test_a_viewer_sees_jobs_but_gets_no_button(client_of, shop, vera):
    job = make_job(shop)
    page = client_of(vera).get(of(job)).content.decode()
    assert "Import autumn.csv" in page
    assert of(job, "job-cancel") not in page
    assert client_of(vera).post(of(job, "job-cancel")).status_code == 403
    assert client_of(vera).post(of(job, "job-retry")).status_code == 403


def test_an_agent_stops_only_her_own_jobs(client_of, shop, bob, alice):
    own, foreign = make_job(shop, created_by=bob), make_job(shop, created_by=alice)
    client = client_of(bob)
    assert client.post(of(foreign, "job-cancel")).status_code == 403
    assert of(foreign, "job-cancel") not in client.get(of(foreign)).content.decode()
    assert client.post(of(own, "job-cancel")).status_code == 302
    with tenant(shop):
        assert [Job.objects.get(pk=j.pk).status for j in (own, foreign)] == ["cancelled", "queued"]


@pytest.mark.parametrize("name", ["job-cancel", "job-retry"])
def test_a_link_changes_nothing(alices, shop, name):
    assert alices.get(of(make_job(shop), name)).status_code == 405


# --- The list --------------------------------------------------------------------------------


def test_the_list_shows_only_this_shops_jobs(alices, shop, other_shop):
    make_job(shop)
    make_job(other_shop, title="Somebody else's import")
    page = alices.get(reverse("jobs", args=[shop.slug])).content.decode()
    assert "Import autumn.csv" in page
    assert "Somebody" not in page


def test_an_empty_list_says_how_to_begin(alices, shop):
    page = alices.get(reverse("jobs", args=[shop.slug])).content.decode()
    assert "No jobs yet" in page
    assert reverse("catalog:imports", args=[shop.slug]) in page


STATUSES = ["queued", "running", "done", "failed", "dead", "cancelled"]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("", set(STATUSES)),
        ("live", {"queued", "running"}),
        ("done", {"done"}),
        ("failed", {"failed", "dead"}),
        ("cancelled", {"cancelled"}),
        ("nonsense", set(STATUSES)),
    ],
)
def test_chips_filter_by_state(alices, shop, chosen, expected):
    for status in STATUSES:
        make_job(shop, title=f"title-{status}", status=status)
    page = alices.get(reverse("jobs", args=[shop.slug]), {"status": chosen}).content.decode()
    table = page[page.index("<table") :]
    assert set(re.findall(r"title-(\w+)", table)) == expected


def test_a_filter_without_a_match_leads_back(alices, shop):
    make_job(shop)
    page = alices.get(reverse("jobs", args=[shop.slug]), {"status": "failed"}).content.decode()
    assert "No job matches" in page


def test_the_kind_filters_too(alices, shop):
    make_job(shop, title="one")
    make_job(shop, title="other", kind="write_copy")
    page = alices.get(reverse("jobs", args=[shop.slug]), {"kind": "write_copy"}).content.decode()
    assert ">other</a>" in page
    assert ">one</a>" not in page


def test_pages_follow_each_other_there_and_back(alices, shop):
    jobs = [make_job(shop, title=f"n-{n:03}", status="done") for n in range(120)]
    newest_first = [job.title for job in sorted(jobs, key=lambda job: job.pk, reverse=True)]
    address, seen = reverse("jobs", args=[shop.slug]), []
    page = alices.get(address).content.decode()
    while True:
        seen += re.findall(r">(n-\d{3})</a>", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        if not found:
            break
        page = alices.get(address + found[1].replace("&amp;", "&")).content.decode()
    assert seen == newest_first
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    page = alices.get(address + back[1].replace("&amp;", "&")).content.decode()
    assert re.findall(r">(n-\d{3})</a>", page) == newest_first[50:100]


def test_a_broken_cursor_gives_the_first_page(alices, shop):
    make_job(shop)
    page = alices.get(reverse("jobs", args=[shop.slug]), {"after": "n'; DROP"}).content.decode()
    assert "Import autumn.csv" in page


def count_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len([q for q in queries if "SAVEPOINT" not in q["sql"]])


def test_the_list_asks_no_more_for_more_rows(alices, shop, bob):
    address = reverse("jobs", args=[shop.slug])
    for _n in range(10):
        make_job(shop, created_by=bob)
    few = count_queries(alices, address)
    for _n in range(39):
        make_job(shop, created_by=bob)
    assert count_queries(alices, address) == few <= 8


def test_the_job_page_asks_no_more_for_more_items(alices, shop):
    few, many = make_job(shop, 5), make_job(shop, 90)
    with tenant(shop):
        JobItem.objects.update(status="failed", error="no picture")
    assert count_queries(alices, of(few)) == count_queries(alices, of(many)) <= 8


# --- One job ---------------------------------------------------------------------------------


def test_a_running_job_asks_for_itself_and_an_ended_one_no_more(alices, shop):
    job = make_job(shop, status="running", n_total=200, n_done=50, phase="Writing")
    fragment = alices.get(of(job, "job-progress")).content.decode()
    assert 'hx-trigger="every 2s"' in fragment
    assert "50 of 200" in fragment
    assert 'value="25"' in fragment
    assert "Writing" in fragment
    with tenant(shop):
        Job.objects.update(status="done", finished_at=now(), started_at=now())
    fragment = alices.get(of(job, "job-progress")).content.decode()
    assert "hx-" not in fragment
    assert 'value="100"' in fragment
    assert 'role="status"' in fragment


def test_a_fragment_has_one_root_with_the_jobs_id(alices, shop):
    job = make_job(shop)
    fragment = alices.get(of(job, "job-progress")).content.decode().strip()
    assert fragment.startswith("<article")
    assert fragment.endswith("</article>")
    assert f'id="job-{job.pk}"' in fragment


def test_the_page_of_a_finished_job_says_what_it_changed(alices, shop):
    result = {"text": "12 products written", "url": "/northlight/there/", "undo_url": "/back/"}
    job = make_job(shop, status="done", result=result)
    page = alices.get(of(job)).content.decode()
    assert "12 products written" in page
    assert 'href="/northlight/there/"' in page
    assert 'action="/back/"' in page
    assert "What it changed" in page


def test_the_page_of_a_job_that_changed_nothing_does_not_say_it_did(alices, shop):
    result = {"text": "3 new", "url": "/there/", "link": pack(said("Show what it would change"))}
    page = alices.get(of(make_job(shop, status="done", result=result))).content.decode()
    assert "What it changed" not in page
    assert '<a class="btn btn--s" href="/there/">Show what it would change</a>' in page


def test_a_result_links_to_its_report_and_to_each_change(alices, shop):
    result = {"text": "3 written", "url": "/report/", "change_url": "/change/", "undo_url": "/u/"}
    page = alices.get(of(make_job(shop, status="done", result=result))).content.decode()
    assert 'href="/report/">Show the result</a>' in page
    assert 'href="/change/">Show each change</a>' in page


def test_a_job_that_took_no_time_took_less_than_a_second(alices, shop):
    moment = now()
    job = make_job(shop, status="done", started_at=moment, finished_at=moment)
    page = alices.get(of(job)).content.decode()
    assert "took less than a second" in page
    assert "took 0 s" not in page


def test_a_failed_job_says_why_and_offers_another_try(alices, shop):
    job = make_job(shop, status="failed", error="The file was moved.", error_detail="Traceback: x")
    page = alices.get(of(job)).content.decode()
    assert "The file was moved." in page
    assert "Traceback" not in page
    assert of(job, "job-retry") in page
    assert of(job, "job-cancel") not in page


def test_failed_and_held_rows_stand_there_with_their_reason(alices, shop):
    job = make_job(shop, 3, status="done", n_failed=1)
    with tenant(shop):
        job.items.filter(n=0).update(status="failed", error="<b>no picture</b>")
        job.items.filter(n=1).update(status="skipped", error="two facts", payload={"label": "Tea"})
    page = alices.get(of(job)).content.decode()
    assert "row-0" in page
    assert "&lt;b&gt;no picture&lt;/b&gt;" in page
    assert ">Tea<" in page
    assert "row-2" not in page


def test_the_badge_polls_while_jobs_run_and_then_stops(alices, shop):
    address = reverse("jobs-badge", args=[shop.slug])
    assert "hx-get" not in alices.get(address).content.decode()
    make_job(shop)
    fragment = alices.get(address).content.decode()
    assert 'hx-trigger="every 5s"' in fragment
    assert "1 job running" in fragment


def test_cancel_is_said_and_written_down(alices, shop, alice):
    job = make_job(shop)
    page = alices.post(of(job, "job-cancel"), follow=True).content.decode()
    assert "What is done stays" in page
    with tenant(shop):
        entry = AuditEntry.objects.get(action="job.cancelled")
        assert (entry.actor, entry.subject) == (alice, "Import autumn.csv")
    page = alices.post(of(job, "job-cancel"), follow=True).content.decode()
    assert "already ended" in page


def test_try_again_queues_the_job(alices, shop):
    job = make_job(shop, status="failed", error="x")
    page = alices.post(of(job, "job-retry"), follow=True).content.decode()
    assert "queued again" in page
    with tenant(shop):
        assert Job.objects.get().status == "queued"
        assert AuditEntry.objects.filter(action="job.retried").exists()
    assert "nothing to try again" in alices.post(of(job, "job-retry"), follow=True).content.decode()


def test_try_again_gives_way_to_a_newer_job(alices, shop):
    job = make_job(shop, status="failed", dedupe_key="x")
    make_job(shop, dedupe_key="x")
    page = alices.post(of(job, "job-retry"), follow=True).content.decode()
    assert "A newer job is already doing this" in page


def test_the_pages_speak_chinese(client_of, shop, alice):
    alice.language = "zh-hans"
    alice.save()
    client = client_of(alice)
    job = make_job(shop, status="running", n_total=200, n_done=50)
    assert "任务" in client.get(reverse("jobs", args=[shop.slug])).content.decode()
    page = client.get(of(job)).content.decode()
    assert "50 / 200" in page
    assert "取消" in page


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"n_total": 100, "n_done": 50}, "about 5 min left"),
        ({"n_total": 100, "n_done": 1}, ""),
        ({"n_total": 0, "n_done": 50}, ""),
        ({"n_total": 100, "n_done": 95}, "about 16 s left"),
        ({"n_total": 2000, "n_done": 100}, "about 1 h 35 min left"),
    ],
)
def test_a_forecast_comes_from_the_pace_so_far(fields, expected):
    job = Job(status="running", started_at=now() - timedelta(seconds=300), **fields)
    assert remaining(job) == expected
