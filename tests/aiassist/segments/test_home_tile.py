"""The home page's tile of segments that grew or shrank."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aiassist.home import moved_tile, numbers
from aiassist.profiles.models import GroupDay, Segment, SegmentDay
from ecomportal.tenancy.context import tenant
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def tile(shop):
    with tenant(shop):
        return moved_tile(numbers(shop))


def make_segment(shop, name, *, now, before, **fields):
    with tenant(shop):
        segment = Segment.objects.create(merchant=shop, name=name, n_members=now, **fields)
        for days_ago, n in before.items():
            SegmentDay.objects.create(
                merchant=shop, segment=segment, n_members=n,
                day=timezone.localdate() - timedelta(days=days_ago),
            )  # fmt: skip


def test_the_segments_that_changed_most_within_a_week_come_first(shop):
    make_segment(shop, "Up a little", now=12, before={7: 10})
    make_segment(shop, "Down a lot", now=10, before={9: 100, 3: 11})
    make_segment(shop, "As before", now=5, before={8: 5})
    make_segment(shop, "New", now=50, before={2: 49})
    make_segment(shop, "Fixed", now=9, before={8: 1}, is_static=True)
    rows = tile(shop)["rows"]
    assert [(row["name"], row["signed"]) for row in rows] == [
        ("Down a lot", "−90"), ("Up a little", "+2"),
    ]  # fmt: skip


def test_without_segments_the_groups_are_compared(shop):
    with tenant(shop):
        today = timezone.localdate()
        for group, day, n in [("lost", 8, 10), ("lost", 0, 4), ("new", 8, 3), ("new", 0, 3)]:
            GroupDay.objects.create(
                merchant=shop, group=group, day=today - timedelta(days=day), n_members=n
            )
    found = tile(shop)
    assert [(row["name"], row["signed"]) for row in found["rows"]] == [("Lost", "−6")]
    assert not found["is_of_segments"]


def test_the_page_shows_it_and_says_when_nothing_moved(shop, client_of, vera):
    make_product(shop)
    assert "none changed within a week" in client_of(vera).get("/northlight/").content.decode()
    make_segment(shop, "Regulars", now=12, before={7: 10})
    page = client_of(vera).get("/northlight/").content.decode()
    assert "Regulars" in page
    assert "+2" in page
