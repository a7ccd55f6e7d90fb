"""Two segments beside each other, and a segment made of what was found."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aiassist.profiles.models import Segment
from aiassist.segments.language import parse
from aiassist.segments.limits import SEGMENTS_MAX
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from tests.aiassist.segments.people import people, segment_of

pytestmark = pytest.mark.django_db


def url(name: str, shop: Any) -> str:
    return reverse(f"aiassist:{name}", args=[shop.slug])


@pytest.fixture
def alice_client(alice: Any, client_of: Any) -> Client:
    return client_of(alice)


@pytest.fixture
def pair(shop: Any) -> tuple[Segment, Segment]:
    """Five members and four, two of them in both."""
    alone, both, others = (
        people(shop, n, profile={"spent_cents": cents})
        for n, cents in ((3, 1000), (2, 3000), (2, 500))
    )
    a = segment_of(shop, [*alone, *both], "It's A")
    return a, segment_of(shop, [*both, *others], "B")


def test_counts_and_means_are_of_each_part(
    shop: Any, alice_client: Client, pair: tuple[Segment, Segment]
) -> None:
    a, b = pair
    found = alice_client.get(url("segment-overlap", shop), {"a": a.pk, "b": b.pk}).context["found"]
    assert (found.only_a.n, found.both.n, found.only_b.n) == (3, 2, 2)
    assert (found.n_a, found.n_b, found.n_either) == (5, 4, 7)
    assert [side.spent for side in (found.only_a, found.both, found.only_b)] == [1000, 3000, 500]


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("a_not_b", "in_segment('It''s A') AND NOT in_segment('B')"),
        ("b_not_a", "in_segment('B') AND NOT in_segment('It''s A')"),
        ("both", "in_segment('It''s A') AND in_segment('B')"),
        ("either", "in_segment('It''s A') OR in_segment('B')"),
    ],
)
def test_what_is_found_becomes_a_segment(
    shop: Any, alice_client: Client, pair: tuple[Segment, Segment], kind: str, rule: str
) -> None:
    sent = {"a": pair[0].pk, "b": pair[1].pk, "kind": kind, "name": ""}
    assert alice_client.post(url("segment-overlap-save", shop), sent).status_code == 302
    with tenant(shop):
        made = Segment.objects.latest("created_at")
        assert made.rule == parse(rule).text
        assert Job.objects.filter(kind="refresh_one_segment", dedupe_key=str(made.pk)).exists()


@pytest.mark.parametrize("fields", [{"kind": "neither"}, {"same": True}, {"name": "b"}])
def test_what_cannot_be_saved_is_told(
    shop: Any, alice_client: Client, pair: tuple[Segment, Segment], fields: dict[str, Any]
) -> None:
    a, b = pair
    sent = {"a": a.pk, "b": a.pk if fields.pop("same", False) else b.pk, "kind": "both", **fields}
    alice_client.post(url("segment-overlap-save", shop), sent)
    with tenant(shop):
        assert Segment.objects.count() == 2


def test_a_full_shop_saves_no_more(
    shop: Any, alice_client: Client, pair: tuple[Segment, Segment]
) -> None:
    with tenant(shop):
        Segment.objects.bulk_create(
            Segment(merchant=shop, name=f"S{n}") for n in range(SEGMENTS_MAX - 2)
        )
    sent = {"a": pair[0].pk, "b": pair[1].pk, "kind": "both"}
    page = alice_client.post(url("segment-overlap-save", shop), sent, follow=True)
    assert "at most 250 segments" in page.content.decode()


def test_one_segment_is_not_compared_with_itself(
    shop: Any, alice_client: Client, pair: tuple[Segment, Segment]
) -> None:
    page = alice_client.get(url("segment-overlap", shop), {"a": pair[0].pk, "b": pair[0].pk})
    assert "Choose two different segments" in page.content.decode()


def test_a_shop_with_one_segment_is_told_to_make_another(shop: Any, alice_client: Client) -> None:
    segment_of(shop)
    assert (
        "Two segments are needed" in alice_client.get(url("segment-overlap", shop)).content.decode()
    )


@pytest.mark.parametrize("wanted", ["x", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_segment_is_not_there(
    shop: Any, alice_client: Client, pair: tuple[Segment, Segment], wanted: str
) -> None:
    query = {"a": pair[0].pk, "b": wanted}
    assert alice_client.get(url("segment-overlap", shop), query).status_code == 404


def test_another_shops_segment_is_not_compared(
    shop: Any, other_shop: Any, alice_client: Client, pair: tuple[Segment, Segment]
) -> None:
    theirs = segment_of(other_shop)
    query = {"a": pair[0].pk, "b": theirs.pk}
    assert alice_client.get(url("segment-overlap", shop), query).status_code == 404


def test_saving_takes_a_post_and_an_editor(shop: Any, vera: Any, client_of: Any) -> None:
    assert client_of(vera).post(url("segment-overlap-save", shop)).status_code == 403
    assert client_of(vera).get(url("segment-overlap-save", shop)).status_code == 405
