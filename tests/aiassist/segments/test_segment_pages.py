"""The segments' pages: list, one segment, its history and revisions, and what one does with it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aiassist.profiles.models import (
    GroupDay,
    ProfileRefresh,
    Segment,
    SegmentDay,
    SegmentMember,
    SegmentMove,
    SegmentRevision,
)
from aiassist.segments.groups import before_a_week, weekly
from aiassist.segments.history import word_diff
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from tests.aiassist.segments.people import people, person, segment_of

pytestmark = pytest.mark.django_db
FRAME = 3  # a savepoint, its release and the tenant's end: here a page stands in a transaction
REGULAR = {"n_orders": 4, "spent_cents": 42_000, "rfm_group": "loyal"}


def url(name: str, shop: Any, *args: Any) -> str:
    return reverse(f"aiassist:{name}", args=[shop.slug, *args])


def text_of(client: Client, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


@pytest.fixture
def alice_client(alice: Any, client_of: Any) -> Client:
    return client_of(alice)


def reckoned(shop: Any, **data: Any) -> ProfileRefresh:
    now = timezone.now()
    with tenant(shop):
        return ProfileRefresh.objects.create(
            merchant=shop, seen_until=now, finished_at=now, n_customers=1, data=data
        )


# --- The list ------------------------------------------------------------------------------------


def test_an_empty_shop_is_told_to_import_orders(shop: Any, alice_client: Client) -> None:
    assert "There are no customers yet" in text_of(alice_client, url("segments", shop))


def test_customers_without_a_reckoning_get_a_button(shop: Any, alice_client: Client) -> None:
    person(shop)
    page = text_of(alice_client, url("segments", shop))
    assert "Nothing is reckoned yet" in page
    assert "Reckon now" in page


def test_groups_show_their_change_and_their_value_with_its_interval(
    shop: Any, alice_client: Client
) -> None:
    values = {"clv_cents": 120_000, "clv_low_cents": 96_000, "clv_high_cents": 150_000}
    people(shop, 3, profile={**REGULAR, **values})
    reckoned(shop)
    today = timezone.localdate()
    with tenant(shop):
        for weeks, n in ((0, 3), (1, 1)):
            GroupDay.objects.create(
                merchant=shop, group="loyal", day=today - timedelta(weeks=weeks), n_members=n
            )
    page = text_of(alice_client, url("segments", shop))
    assert "€1,200" in page
    assert "€960 – €1,500" in page
    assert "+2" in page


def test_the_list_shows_members_refresh_and_who_uses_a_segment(
    shop: Any, alice_client: Client
) -> None:
    person(shop)
    segment_of(shop, people(shop, 2), "Big spenders", refreshed_at=timezone.now(), build_ms=41)
    segment_of(shop, name="Quiet ones", rule="in_segment('Big spenders') AND r_score = 1")
    page = text_of(alice_client, url("segments", shop))
    assert "41 ms" in page
    assert page.count("Quiet ones") == 2  # its own row, and beside the one it uses


def test_weeks_are_the_last_counts_of_each() -> None:
    day = timezone.localdate()
    days = {day - timedelta(days=n): 100 - n for n in (0, 3, 7, 9, 30)}
    assert weekly(days) == [70, 93, 100]
    assert before_a_week(days) == 93
    assert before_a_week({}) is None


def test_the_limits_of_the_steps_are_told(shop: Any, alice_client: Client) -> None:
    limits = {
        "r": ["2026-01-05", "2026-03-01", "2026-07-01", "2026-10-01"],
        "f": [1.0, 2.0, 3.0, 7.5], "m": [1000, 2000, 5000, 90_000],
    }  # fmt: skip
    left_out = {"currencies": {"USD": 3}, "cancelled": 2}
    reckoned(shop, limits=limits, left_out=left_out)
    page = text_of(alice_client, url("segments", shop))
    assert "≥ 2026-10-01" in page
    assert "&lt; 2026-01-05" in page
    assert "&gt; 7.5" in page
    assert "&gt; €900" in page
    assert "3 orders in USD do not count" in page


def test_the_list_takes_few_statements(
    shop: Any, alice_client: Client, django_assert_max_num_queries: Any
) -> None:
    people(shop, 3, profile=REGULAR)
    reckoned(shop, groups={"loyal": {"n": 3}}, cells={"53": {"loyal": 3}})
    for n in range(5):
        segment_of(shop, people(shop, 2), f"S{n}")
    alice_client.get(url("segments", shop))
    with django_assert_max_num_queries(8 + FRAME):
        text_of(alice_client, url("segments", shop))


# --- One segment ---------------------------------------------------------------------------------


def test_a_segment_shows_its_members_and_its_rule_in_words(shop: Any, alice_client: Client) -> None:
    members = [person(shop, "C-7", name="Ada Lind", profile=REGULAR)]
    row = segment_of(shop, members)
    page = text_of(alice_client, url("segment", shop, row.pk))
    assert "Ada Lind" in page
    assert "number_of_orders" in page
    assert "€420.00" in page


def test_members_are_searched_by_name_and_number(shop: Any, alice_client: Client) -> None:
    row = segment_of(
        shop, [person(shop, "C-7", name="Ada Lind"), person(shop, "X-9", name="Quint")]
    )
    assert "Quint" not in text_of(alice_client, url("segment", shop, row.pk), q="ada")
    assert "Ada Lind" not in text_of(alice_client, url("segment", shop, row.pk), q="x-")
    assert "No member is called so" in text_of(alice_client, url("segment", shop, row.pk), q="zz")


def test_members_are_paged_without_losing_any(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, people(shop, 60))
    first = alice_client.get(url("segment", shop, row.pk)).context["page"]
    second = alice_client.get(url("segment", shop, row.pk), {"after": first.next}).context["page"]
    assert len({member.pk for member in [*first.rows, *second.rows]}) == 60
    assert not second.next


def test_a_fixed_list_says_so(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, is_static=True, rule="")
    page = text_of(alice_client, url("segment", shop, row.pk))
    assert "A fixed list" in page
    assert "Refresh now" not in page


def test_a_segments_page_takes_few_statements(
    shop: Any, alice_client: Client, django_assert_max_num_queries: Any
) -> None:
    row = segment_of(shop, people(shop, 30, profile=REGULAR))
    alice_client.get(url("segment", shop, row.pk))
    with django_assert_max_num_queries(8 + FRAME):
        text_of(alice_client, url("segment", shop, row.pk))


# --- History -------------------------------------------------------------------------------------


def moved(shop: Any, row: Segment, customer: Any, *, days_ago: int, has_entered: bool) -> None:
    with tenant(shop):
        SegmentMove.objects.create(
            merchant=shop, segment=row, customer=customer, has_entered=has_entered,
            at=timezone.now() - timedelta(days=days_ago),
        )  # fmt: skip


def test_who_entered_and_left_is_listed(shop: Any, alice_client: Client) -> None:
    ada, bo = person(shop, name="Ada Lind"), person(shop, name="Bo Falk")
    row = segment_of(shop, [ada])
    moved(shop, row, ada, days_ago=5, has_entered=True)
    moved(shop, row, bo, days_ago=2, has_entered=False)
    assert "Bo Falk" in text_of(alice_client, url("segment-history", shop, row.pk))
    entered = text_of(alice_client, url("segment-history", shop, row.pk), way="in")
    assert "Ada Lind" in entered
    assert "Bo Falk" not in entered


def test_members_of_an_earlier_day_are_replayed(shop: Any, alice_client: Client) -> None:
    ada, bo = person(shop, name="Ada Lind"), person(shop, name="Bo Falk")
    row = segment_of(shop, [ada])
    moved(shop, row, bo, days_ago=9, has_entered=True)
    moved(shop, row, ada, days_ago=5, has_entered=True)
    moved(shop, row, bo, days_ago=2, has_entered=False)
    day = (timezone.localdate() - timedelta(days=3)).isoformat()
    answer = alice_client.get(url("segment-history", shop, row.pk), {"on": day})
    assert {one.name for one in answer.context["on_members"]} == {"Ada Lind", "Bo Falk"}
    day = timezone.localdate().isoformat()
    answer = alice_client.get(url("segment-history", shop, row.pk), {"on": day})
    assert [one.name for one in answer.context["on_members"]] == ["Ada Lind"]


@pytest.mark.parametrize("day", ["yesterday", "2026-13-40", "2026-02-31", "0000-00-00"])
def test_what_is_no_day_is_said(shop: Any, alice_client: Client, day: str) -> None:
    row = segment_of(shop)
    assert "is no day" in text_of(alice_client, url("segment-history", shop, row.pk), on=day)


def test_the_chart_needs_two_days(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop)
    today = timezone.localdate()
    with tenant(shop):
        for n in range(2):
            SegmentDay.objects.create(
                merchant=shop, segment=row, day=today - timedelta(days=n), n_members=5 + n
            )
    assert "Members of “Regulars” by day" in text_of(alice_client, url("segment", shop, row.pk))


# --- Revisions -----------------------------------------------------------------------------------


def test_words_that_went_and_came_are_told_apart() -> None:
    parts = word_diff("r_score = 1 AND m_score = 5", "r_score = 2 AND m_score = 5")
    assert parts == [
        ("same", "r_score ="), ("del", "1"), ("ins", "2"), ("same", "AND m_score = 5")
    ]  # fmt: skip


# --- What one does -------------------------------------------------------------------------------


def test_refreshing_lists_who_fits(shop: Any, alice_client: Client) -> None:
    people(shop, 3, profile=REGULAR)
    person(shop, profile={"n_orders": 1})
    row = segment_of(shop)
    alice_client.post(url("segment-refresh", shop, row.pk))
    with tenant(shop):
        job = Job.objects.get(kind="refresh_one_segment")
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        assert Job.objects.get(pk=job.pk).result_text == "3 members, 3 entered and 0 left."
        assert SegmentMember.objects.filter(segment=row).count() == 3


def test_a_copy_stays_as_it_was(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, people(shop, 2))
    alice_client.post(url("segment-copy", shop, row.pk), {"name": "Regulars in May"})
    with tenant(shop):
        made = Segment.objects.get(name="Regulars in May")
        assert made.is_static
        assert made.members.count() == 2


@pytest.mark.parametrize("name", ["", "x" * 121, "regulars"])
def test_a_copy_needs_a_name_of_its_own(shop: Any, alice_client: Client, name: str) -> None:
    row = segment_of(shop, people(shop, 2))
    alice_client.post(url("segment-copy", shop, row.pk), {"name": name})
    with tenant(shop):
        assert Segment.objects.count() == 1


def test_a_deleted_segment_can_be_taken_back(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, people(shop, 2))
    answer = alice_client.post(url("segment-delete", shop, row.pk), follow=True)
    assert "Undo" in answer.content.decode()
    assert alice_client.get(url("segment", shop, row.pk)).status_code == 404
    alice_client.post(url("segment-restore", shop, row.pk))
    assert "Regulars" in text_of(alice_client, url("segment", shop, row.pk))


def test_a_used_segment_is_kept_and_its_users_named(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, name="Base")
    segment_of(shop, name="On top", rule="in_segment('Base')")
    page = alice_client.post(url("segment-delete", shop, row.pk), follow=True).content.decode()
    assert "It is used by On top" in page
    with tenant(shop):
        assert Segment.objects.get(pk=row.pk).deleted_at is None


def test_taking_back_is_refused_while_the_name_is_taken(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop)
    alice_client.post(url("segment-delete", shop, row.pk))
    segment_of(shop)
    page = alice_client.post(url("segment-restore", shop, row.pk), follow=True).content.decode()
    assert "exists already" in page


# --- Who may -------------------------------------------------------------------------------------

READ = ["segment", "segment-history", "segment-revisions"]
WRITE = ["segment-refresh", "segment-copy", "segment-delete", "segment-restore"]


@pytest.mark.parametrize("name", READ)
def test_a_viewer_reads(shop: Any, vera: Any, client_of: Any, name: str) -> None:
    row = segment_of(shop, people(shop, 1))
    page = text_of(client_of(vera), url(name, shop, row.pk))
    assert 'method="post" action="/northlight/segments' not in page


@pytest.mark.parametrize("name", WRITE)
def test_a_viewer_changes_nothing(shop: Any, vera: Any, client_of: Any, name: str) -> None:
    row = segment_of(shop)
    assert client_of(vera).post(url(name, shop, row.pk), {"name": "x"}).status_code == 403


@pytest.mark.parametrize("name", WRITE)
def test_writing_takes_a_post(shop: Any, alice_client: Client, name: str) -> None:
    row = segment_of(shop)
    assert alice_client.get(url(name, shop, row.pk)).status_code == 405


@pytest.mark.parametrize("name", READ)
def test_a_stranger_finds_nothing(shop: Any, mallory: Any, client_of: Any, name: str) -> None:
    row = segment_of(shop)
    assert client_of(mallory).get(url(name, shop, row.pk)).status_code == 404


@pytest.mark.parametrize("name", READ)
def test_another_shops_segment_is_not_there(
    shop: Any, other_shop: Any, alice_client: Client, name: str
) -> None:
    theirs = segment_of(other_shop)
    assert alice_client.get(url(name, shop, theirs.pk)).status_code == 404


# --- What does not hold any more -----------------------------------------------------------------


def test_no_segment_comes_back_with_a_rule_that_names_none(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, name="On top", rule="in_segment('Gone')", deleted_at=timezone.now())
    page = alice_client.post(url("segment-restore", shop, row.pk), follow=True).content.decode()
    assert "There is no segment “Gone”." in page
    with tenant(shop):
        assert Segment.objects.get(pk=row.pk).deleted_at


def test_no_revision_comes_back_that_would_go_in_a_circle(
    shop: Any, alice: Any, alice_client: Client
) -> None:
    row = segment_of(shop, name="Base")
    segment_of(shop, name="On top", rule="in_segment('Base')")
    with tenant(shop):
        SegmentRevision.objects.create(
            merchant=shop, segment=row, version=7, edited_by=alice,
            name="Base", rule="in_segment('On top')", schedule="daily",
        )  # fmt: skip
    address = url("segment-revision-restore", shop, row.pk, 7)
    page = alice_client.post(address, follow=True).content.decode()
    assert "in a circle: Base → On top → Base." in page
    with tenant(shop):
        assert Segment.objects.get(pk=row.pk).rule == row.rule
        assert row.revisions.count() == 1


def test_a_very_large_segment_is_not_copied(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop, n_members=50_001)
    address = url("segment-copy", shop, row.pk)
    page = alice_client.post(address, {"name": "Now"}, follow=True).content.decode()
    assert "at most 50,000 members. Export the segment" in page
    with tenant(shop):
        assert Segment.objects.count() == 1


def test_what_is_no_id_and_what_is_no_day_break_no_page(shop: Any, alice_client: Client) -> None:
    row = segment_of(shop)
    text_of(alice_client, url("segments", shop), deleted="abc")
    page = text_of(alice_client, url("segment-history", shop, row.pk), on="9999-12-31")
    assert "“9999-12-31” is no day." in page


@pytest.mark.parametrize("digits", ["²", "9" * 5000])
def test_digits_that_are_no_number_break_no_step(
    shop: Any, alice_client: Client, digits: str
) -> None:
    row = segment_of(shop)
    asked = [
        ("segment-suggest", [], {"rule": "number", "caret": digits}),
        ("segment-count", [], {"mode": "builder", "do": f"remove:{digits}", "rows": digits}),
        ("segment-edit", [row.pk], {"do": "save", "version": digits, "name": "x",
                                    "rule": row.rule, "schedule": "daily"}),
    ]  # fmt: skip
    for name, ids, sent in asked:
        assert alice_client.post(url(name, shop, *ids), sent).status_code < 500
