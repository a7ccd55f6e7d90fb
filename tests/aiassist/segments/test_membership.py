"""Who is in a segment: moves, days, order, and rules that cannot be carried out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from aiassist.profiles.models import Segment, SegmentDay, SegmentMember, SegmentMove
from aiassist.segments.membership import copy_static, in_order, is_due, refresh_segment
from ecomportal.tenancy.context import tenant
from ecomportal.webhooks.models import Webhook, WebhookDelivery
from tests.aiassist.segments.people import person, segment_of

RULE = "number_of_orders >= 3"


def names(shop: Any, segment: Segment) -> set[str]:
    with tenant(shop):
        members = SegmentMember.objects.filter(segment=segment)
        return set(members.values_list("customer__external_id", flat=True))


def refresh(shop: Any, segment: Segment, **fields: Any) -> tuple[int, int, int]:
    with tenant(shop):
        return tuple(refresh_segment(segment, **fields))


def test_members_are_those_the_rule_fits_and_moves_are_remembered(shop: Any) -> None:
    stays = person(shop, "stays", profile={"n_orders": 5})
    leaves = person(shop, "leaves", profile={"n_orders": 1})
    person(shop, "enters", profile={"n_orders": 3})
    person(shop, "never", profile={"n_orders": 2})
    segment = segment_of(shop, [stays, leaves], rule=RULE)
    with tenant(shop):
        since = SegmentMember.objects.get(customer=stays).since
    assert refresh(shop, segment) == (2, 1, 1)
    assert names(shop, segment) == {"stays", "enters"}
    with tenant(shop):
        moves = SegmentMove.objects.values_list("customer__external_id", "has_entered")
        assert set(moves) == {("enters", True), ("leaves", False)}
        assert SegmentMember.objects.get(customer=stays).since == since
        segment.refresh_from_db()
    assert (segment.n_members, segment.problem) == (2, "")
    assert segment.refreshed_at is not None
    assert refresh(shop, segment) == (2, 0, 0)


def test_what_came_and_went_in_a_day_adds_up(shop: Any) -> None:
    segment = segment_of(shop, rule=RULE)
    at = datetime(2026, 5, 5, 9, tzinfo=UTC)
    first = person(shop, profile={"n_orders": 3})
    refresh(shop, segment, at=at)
    with tenant(shop):
        shop.customer_profiles.filter(customer=first).update(n_orders=0)
    person(shop, profile={"n_orders": 4})
    refresh(shop, segment, at=at + timedelta(hours=3))
    with tenant(shop):
        day = SegmentDay.objects.get(segment=segment)
    assert (day.n_members, day.n_entered, day.n_left) == (1, 2, 1)


def test_a_fixed_list_and_a_deleted_segment_stay_as_they_are(shop: Any) -> None:
    anna = person(shop, "anna")
    fixed = segment_of(shop, [anna], "Fixed", is_static=True)
    gone = segment_of(shop, [anna], "Gone", deleted_at=timezone.now())
    assert refresh(shop, fixed) == (1, 0, 0)
    assert refresh(shop, gone) == (1, 0, 0)
    assert names(shop, fixed) == names(shop, gone) == {"anna"}


def test_a_copy_keeps_who_is_in_it_whatever_the_rule_finds_later(shop: Any, alice: Any) -> None:
    anna = person(shop, "anna", profile={"n_orders": 3})
    segment = segment_of(shop, [anna], rule=RULE)
    with tenant(shop):
        copy = copy_static(segment, "Spring", alice)
        shop.customer_profiles.filter(customer=anna).update(n_orders=0)
    refresh(shop, segment)
    assert names(shop, segment) == set()
    assert names(shop, copy) == {"anna"}
    assert (copy.is_static, copy.rule, copy.n_members) == (True, RULE, 1)
    with tenant(shop), pytest.raises(IntegrityError), transaction.atomic():
        copy_static(segment, "Spring", alice)


def test_a_rule_that_cannot_be_carried_out_keeps_the_members_and_says_why(shop: Any) -> None:
    anna = person(shop, "anna")
    segment = segment_of(shop, [anna], rule="in_segment('No such segment')")
    assert refresh(shop, segment) == (1, 0, 0)
    assert names(shop, segment) == {"anna"}
    with tenant(shop):
        segment.refresh_from_db()
    assert "No such segment" in str(segment.problem)
    with tenant(shop):
        Segment.objects.filter(pk=segment.pk).update(rule=RULE)
    refresh(shop, segment)
    with tenant(shop):
        segment.refresh_from_db()
    assert segment.problem == ""


def test_segments_come_after_those_they_refer_to(shop: Any) -> None:
    last = segment_of(shop, name="Last", rule="in_segment('Middle') AND number_of_orders > 0")
    first = segment_of(shop, name="First", rule=RULE)
    middle = segment_of(shop, name="Middle", rule="in_segment('first')")
    assert in_order([last, middle, first]) == [first, middle, last]


def test_a_circle_ends(shop: Any) -> None:
    one = segment_of(shop, name="One", rule="in_segment('Two')")
    two = segment_of(shop, name="Two", rule="in_segment('One')")
    assert set(in_order([one, two])) == {one, two}


def test_a_segment_of_another_shop_is_not_reached(shop: Any, other_shop: Any) -> None:
    person(other_shop, "hers", profile={"n_orders": 9})
    person(shop, "mine", profile={"n_orders": 9})
    segment = segment_of(shop, rule=RULE)
    assert refresh(shop, segment) == (1, 1, 0)
    assert names(shop, segment) == {"mine"}


def test_the_shops_programs_are_told_of_moves_alone(shop: Any) -> None:
    person(shop, profile={"n_orders": 3})
    segment = segment_of(shop, rule=RULE)
    with tenant(shop):
        Webhook.objects.create(
            merchant=shop, url="https://hooks.example/", events=["segment.changed"], is_on=True
        )
    refresh(shop, segment)
    refresh(shop, segment)
    with tenant(shop):
        (call,) = WebhookDelivery.objects.all()
        assert '"n_entered":1' in call.body.replace(" ", "")


@pytest.mark.parametrize(
    ("schedule", "hours_ago", "is_it"),
    [
        ("never", 9999, False),
        ("hourly", 1, True),
        ("hourly", 0.5, False),
        ("daily", 12, False),  # refreshed at 6:00, after this morning's four o'clock
        ("daily", 15, True),
        ("weekly", 15, False),  # Wednesday night: this Monday's was before
        ("weekly", 24 * 3, True),
    ],
)
def test_schedules_follow_the_shops_clock(
    shop: Any, schedule: str, hours_ago: float, is_it: bool
) -> None:
    shop.timezone = "Asia/Shanghai"
    now = datetime(2026, 11, 25, 10, tzinfo=UTC)  # Wednesday 18:00 there
    segment = Segment(schedule=schedule, refreshed_at=now - timedelta(hours=hours_ago))
    assert is_due(segment, shop, now) is is_it


def test_a_new_segment_is_due_and_a_fixed_one_never(shop: Any) -> None:
    now = timezone.now()
    assert is_due(Segment(schedule="weekly"), shop, now)
    assert not is_due(Segment(schedule="hourly", is_static=True), shop, now)
