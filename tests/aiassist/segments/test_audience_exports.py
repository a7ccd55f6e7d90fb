"""Audiences leave with consent alone, counted to the last member, and some are held out."""

import csv
import hashlib
import io
import os
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aiassist.profiles.models import Segment
from aiassist.segments.audiences import job as audience_job
from aiassist.segments.audiences.files import KEPT, forget_old_files, path_of
from aiassist.segments.audiences.job import is_held_out
from aiassist.segments.audiences.measure import Arm, Uplift, uplift_of
from aiassist.segments.audiences.models import AudienceExport, AudienceMember
from aiassist.segments.customers.erase import erase_now
from catalog.orders.models import Order
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry
from tests.aiassist.segments.people import people, person, segment_of

pytestmark = pytest.mark.django_db
EMAIL, PHONE, DIGITS = "e" * 64, "f" * 64, "d" * 64
AGREED = {"accepts_marketing": True, "email_sha256": EMAIL}


def url(name: str, shop: Any, *args: Any) -> str:
    return reverse(f"aiassist:{name}", args=[shop.slug, *args])


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def alice_client(alice: Any, client_of: Any) -> Client:
    return client_of(alice)


def ask(client: Client, shop: Any, row: Segment, **wishes: Any) -> Any:
    sent = {"target": "google", "campaign": "May", "holdout_percent": "0", **wishes}
    return client.post(url("audience-new", shop, row.pk), sent)


def exported(client: Client, shop: Any, row: Segment, **wishes: Any) -> AudienceExport:
    assert ask(client, shop, row, **wishes).status_code == 302
    with tenant(shop):
        job = Job.objects.filter(kind="export_audience").latest("created_at")
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        export = AudienceExport.objects.latest("created_at")
        assert export.finished_at, Job.objects.get(pk=job.pk).error
        return export


def rows_of(export: AudienceExport) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path_of(export).read_text("utf-8-sig"))))


def counts(export: AudienceExport) -> dict[str, int]:
    names = ("members", "written", "held_out", "no_consent", "no_contact")
    return {name: getattr(export, f"n_{name}") for name in names}


# --- Who is in the file --------------------------------------------------------------------------


def test_only_those_who_agreed_and_can_be_reached_are_written(
    shop: Any, alice_client: Client
) -> None:
    members = [
        person(shop, **AGREED, phone_sha256=PHONE),
        person(shop, accepts_marketing=True, phone_sha256=PHONE),
        person(shop, accepts_marketing=True),
        person(shop, email_sha256=EMAIL),
    ]
    export = exported(alice_client, shop, segment_of(shop, members))
    assert sorted(rows_of(export)) == sorted([["Email", "Phone"], [EMAIL, PHONE], ["", PHONE]])
    assert counts(export) == {
        "members": 4, "written": 2, "held_out": 0, "no_consent": 1, "no_contact": 1
    }  # fmt: skip


def test_meta_gets_the_phone_as_digits(shop: Any, alice_client: Client) -> None:
    member = person(shop, **AGREED, phone_sha256=PHONE, phone_digits_sha256=DIGITS)
    export = exported(alice_client, shop, segment_of(shop, [member]), target="meta")
    assert rows_of(export) == [["email", "phone"], [EMAIL, DIGITS]]


def test_our_own_file_tells_what_is_known_and_guards_spreadsheets(
    shop: Any, alice_client: Client
) -> None:
    profile = {"n_orders": 2, "spent_cents": 1234, "clv_cents": 900, "rfm_group": "loyal"}
    member = person(
        shop, "=1+1", name="@SUM(A1)", profile=profile, accepts_marketing=True, country="DE"
    )
    export = exported(alice_client, shop, segment_of(shop, [member]), target="own")
    header, line = rows_of(export)
    told = dict(zip(header, line, strict=True))
    assert told["customer_id"] == "'=1+1"
    assert told["name"] == "'@SUM(A1)"
    assert (told["amount_spent"], told["currency"], told["predicted_clv"]) == (
        "12.34",
        "EUR",
        "9.00",
    )


def test_money_without_a_hundredth_is_whole(shop: Any, alice_client: Client) -> None:
    shop.currency = "JPY"
    shop.save()
    member = person(shop, profile={"spent_cents": 1234}, accepts_marketing=True)
    header, line = rows_of(
        exported(alice_client, shop, segment_of(shop, [member]), target="own")
    )  # fmt: skip
    assert dict(zip(header, line, strict=True))["amount_spent"] == "1234"


def test_more_members_than_a_batch_are_all_written(
    shop: Any, alice_client: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr("aiassist.segments.audiences.job.BATCH", 3)
    export = exported(alice_client, shop, segment_of(shop, people(shop, 10, **AGREED)))
    assert len(rows_of(export)) == 11


# --- Held out ------------------------------------------------------------------------------------


def test_some_are_held_out_and_remembered(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, people(shop, 40, **AGREED))
    export = exported(alice_client, shop, row, holdout_percent="50")
    assert 0 < export.n_held_out < 40
    assert export.n_written + export.n_held_out == 40
    with tenant(shop):
        held = AudienceMember.objects.filter(export=export, is_held_out=True).count()
        assert held == export.n_held_out
        assert AudienceMember.objects.filter(export=export).count() == 40


def test_chance_holds_out_about_as_many_as_were_asked_for() -> None:
    export = uuid4()
    held = sum(is_held_out(export, uuid4(), 10) for _ in range(20_000))
    assert 1_800 < held < 2_200


def test_a_second_try_holds_out_the_same(shop: Any, alice_client: Client) -> None:
    export, customer = uuid4(), uuid4()
    assert is_held_out(export, customer, 50) == is_held_out(export, customer, 50)
    assert not is_held_out(export, customer, 0)


def test_the_difference_is_told_with_its_interval() -> None:
    uplift = Uplift(Arm(100, 30), Arm(50, 10))
    low, high = uplift.interval()
    assert uplift.difference == pytest.approx(0.1)
    assert low < 0 < 0.1 < high  # so few may be chance
    low, _high = Uplift(Arm(10_000, 3_000), Arm(5_000, 1_000)).interval()
    assert low > 0.08


def test_wilsons_interval_is_the_published_one() -> None:
    """81 of 263 at 95 %: Newcombe, Statistics in Medicine 1998;17:857, table I, method 3."""
    import aiassist.segments.audiences.measure as measure

    measure.Z, kept = 1.959964, measure.Z
    try:
        low, high = Arm(263, 81).interval()
    finally:
        measure.Z = kept
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_orders_after_the_export_are_counted_on_both_sides(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, people(shop, 40, **AGREED))
    export = exported(alice_client, shop, row, holdout_percent="50")
    with tenant(shop):
        rows = AudienceMember.objects.filter(export=export)
        ones = [rows.filter(is_held_out=held).first().customer for held in (True, False)]
        times = [timezone.now() + timedelta(days=1), timezone.now() - timedelta(days=1)]
        for n, (customer, at) in enumerate([(c, t) for c in ones for t in times]):
            Order.objects.create(
                merchant=shop, customer=customer, number=str(n), status="paid", currency="EUR",
                total_cents=100, ordered_at=at,
            )  # fmt: skip
        export.merchant = shop
        uplift = uplift_of(export)
    assert (uplift.written.n_bought, uplift.held_out.n_bought) == (1, 1)


# --- The file ------------------------------------------------------------------------------------


def test_the_file_is_fetched_and_the_audit_knows(shop: Any, alice_client: Client) -> None:
    export = exported(alice_client, shop, segment_of(shop, [person(shop, **AGREED)]))
    answer = alice_client.get(url("audience-file", shop, export.pk))
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest() == export.sha256
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    with tenant(shop):
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"audience.exported", "audience.fetched"} <= actions


def test_an_expired_file_is_gone(shop: Any, alice_client: Client) -> None:
    export = exported(alice_client, shop, segment_of(shop, [person(shop, **AGREED)]))
    with tenant(shop):
        AudienceExport.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert alice_client.get(url("audience-file", shop, export.pk)).status_code == 404
    page = alice_client.get(url("audience", shop, export.pk)).content.decode()
    assert "The file was deleted" in page


def test_old_files_are_deleted_and_young_ones_kept(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, [person(shop, **AGREED)])
    old, young = (path_of(exported(alice_client, shop, row)) for _ in range(2))
    then = time.time() - KEPT.total_seconds() - 60
    os.utime(old, (then, then))
    assert forget_old_files() == 1
    assert not old.exists()
    assert young.exists()


def test_a_part_left_by_a_killed_worker_is_no_file(shop: Any, alice_client: Client) -> None:
    export = exported(alice_client, shop, segment_of(shop, [person(shop, **AGREED)]))
    assert [p.suffix for p in path_of(export).parent.iterdir()] == [".csv"]
    assert str(path_of(export)).startswith(str(settings.MEDIA_ROOT))


# --- The form ------------------------------------------------------------------------------------


def test_the_form_says_how_many_could_be_in_it(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, [*people(shop, 2, **AGREED), person(shop, accepts_marketing=True)])
    page = alice_client.get(url("audience-new", shop, row.pk))
    assert page.context["counts"] == {"n_members": 3, "google": 2, "meta": 2, "own": 3}
    assert "below 100" in page.content.decode()


@pytest.mark.parametrize(
    "wishes",
    [
        {"target": "myspace"}, {"holdout_percent": "51"}, {"holdout_percent": "-1"},
        {"holdout_percent": "x"}, {"campaign": "x" * 121},
    ],
)  # fmt: skip
def test_bad_wishes_are_told(shop: Any, alice_client: Client, wishes: dict[str, str]) -> None:
    row = segment_of(shop, [person(shop, **AGREED)])
    assert ask(alice_client, shop, row, **wishes).status_code == 422
    with tenant(shop):
        assert not AudienceExport.objects.exists()


def test_without_anybodys_consent_nothing_is_exported(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, [person(shop, email_sha256=EMAIL)])
    answer = ask(alice_client, shop, row)
    assert answer.status_code == 422
    assert "agreed to marketing" in answer.content.decode()


def test_a_segment_deleted_meanwhile_ends_the_job(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, [person(shop, **AGREED)])
    ask(alice_client, shop, row)
    alice_client.post(url("segment-delete", shop, row.pk))
    with tenant(shop):
        job = Job.objects.get(kind="export_audience")
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        assert "deleted meanwhile" in str(Job.objects.get(pk=job.pk).error)


@pytest.mark.parametrize("name", ["audience-new", "audience-file"])
def test_a_viewer_takes_nothing_out(shop: Any, vera: Any, client_of: Any, name: str) -> None:
    row = segment_of(shop, [person(shop, **AGREED)])
    with tenant(shop):
        export = AudienceExport.objects.create(merchant=shop, segment=row, target="google")
    pk = row.pk if name == "audience-new" else export.pk
    assert client_of(vera).get(url(name, shop, pk)).status_code == 403


@pytest.mark.parametrize("name", ["audience-new", "audience", "audience-file"])
def test_a_stranger_finds_no_audience(shop: Any, mallory: Any, client_of: Any, name: str) -> None:
    row = segment_of(shop, [person(shop, **AGREED)])
    with tenant(shop):
        export = AudienceExport.objects.create(merchant=shop, segment=row, target="google")
    pk = row.pk if name == "audience-new" else export.pk
    assert client_of(mallory).get(url(name, shop, pk)).status_code == 404


@pytest.mark.django_db(transaction=True)  # the database looks at keys when a transaction ends
@pytest.mark.parametrize("at", ["arm_of", "_finish"])
def test_an_erasure_meanwhile_is_why_nothing_is_exported(
    shop: Any, alice_client: Client, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    her = person(shop, **AGREED)
    row = segment_of(shop, [her])
    ask(alice_client, shop, row)
    went_on, is_erased = getattr(audience_job, at), []

    def erased_first(*args: Any) -> Any:
        if not is_erased:
            is_erased.append(True)
            erase_now(shop, her, with_orders=False)
        return went_on(*args)

    monkeypatch.setattr(audience_job, at, erased_first)
    with tenant(shop):
        job = Job.objects.get(kind="export_audience")
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        assert "A customer was erased while" in str(Job.objects.get(pk=job.pk).error)
        assert not AudienceMember.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
