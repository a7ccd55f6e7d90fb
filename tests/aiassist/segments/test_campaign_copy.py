"""Campaign texts for a segment: what holds for every member may be said, and nothing more."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aiassist.copywriting.models import Draft
from aiassist.copywriting.reader_claims import reader_claims
from aiassist.profiles.audience import FEWEST, facts_of
from catalog.orders.models import Order, OrderLine
from catalog.products.models import Category, Product
from ecomportal.jobs.execute import execute
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from tests.aiassist.segments.people import people, person, segment_of
from tests.factories import make_product

pytestmark = pytest.mark.django_db
FIRST = "Thank you for your first order."
LONG_AGO = {"n_orders": 1, "spent_cents": 4000, "rfm_group": "lost"}


@pytest.fixture
def kettle(shop: Any) -> Product:
    facts = {"material": "stainless steel", "colour": "black"}
    return make_product(shop, "Fjord Kettle", vendor="Fjord", product_type="kettle", facts=facts)


def once(days: int = 10) -> dict[str, Any]:
    at = timezone.now() - timedelta(days=days)
    return {**LONG_AGO, "last_order_at": at, "first_order_at": at}


def ask(client: Client, shop: Any, product: Product, segment: Any, kinds: list[str]) -> list[Draft]:
    body = {
        "ids": [str(product.pk)], "start": "1", "languages": ["en", "zh"], "fields": kinds,
        "tone": "conversational", "audience": str(segment.pk) if segment else "",
    }  # fmt: skip
    answer = client.post(reverse("aiassist:generate", args=[shop.slug]), body)
    assert answer.status_code == 302, answer.content.decode()
    with tenant(shop):
        job = Job.objects.order_by("-created_at").first()
    execute(job.kind, job.pk, shop.pk)
    with tenant(shop):
        return list(Draft.objects.filter(job=job).order_by("language", "field"))


def test_a_letter_says_what_holds_for_every_member(
    shop: Any, max_: Any, client_of: Any, kettle: Product
) -> None:
    segment = segment_of(shop, people(shop, FEWEST, profile=once()), "First-timers")
    english, chinese = ask(client_of(max_), shop, kettle, segment, ["email"])
    assert FIRST in english.text.splitlines()
    assert "感谢您的首次下单。" in chinese.text.splitlines()
    assert english.n_blocking == chinese.n_blocking == 0
    assert english.audience["name"] == "First-timers"


def test_the_same_sentence_is_blocked_where_it_does_not_hold(
    shop: Any, max_: Any, client_of: Any, kettle: Product
) -> None:
    members = people(shop, FEWEST, profile=once()) + [
        person(shop, profile={**once(), "n_orders": 4})
    ]
    mixed = segment_of(shop, members, "Mixed")
    (draft, _zh) = ask(client_of(max_), shop, kettle, mixed, ["email"])
    assert FIRST not in draft.text
    address = reverse("aiassist:draft-approve", args=[shop.slug, draft.pk])
    text = draft.text.replace("Hello,", f"Hello,\n{FIRST}")
    assert client_of(max_).post(address, {"text": text}).status_code == 422
    assert client_of(max_).post(address, {"text": draft.text}).status_code == 302


def test_the_reviewer_sees_the_segments_numbers_beside_the_text(
    shop: Any, max_: Any, client_of: Any, kettle: Product
) -> None:
    segment = segment_of(shop, people(shop, FEWEST, profile=once(70)), "Quiet")
    client = client_of(max_)
    draft = ask(client, shop, kettle, segment, ["email"])[0]
    page = client.get(reverse("aiassist:draft", args=[shop.slug, draft.pk])).content.decode()
    assert "for “Quiet”" in page
    assert "days since the last order" in page


def test_numbers_of_readers_back_no_claim_about_the_product(
    shop: Any, max_: Any, client_of: Any, kettle: Product
) -> None:
    segment = segment_of(shop, people(shop, 24, profile=once()), "Few")
    client = client_of(max_)
    draft = ask(client, shop, kettle, segment, ["email"])[0]
    address = reverse("aiassist:draft-approve", args=[shop.slug, draft.pk])
    text = f"{draft.text}\nIt comes with 24 lids."
    assert client.post(address, {"text": text}).status_code == 422


def test_ads_say_nothing_of_their_readers(
    shop: Any, max_: Any, client_of: Any, kettle: Product
) -> None:
    segment = segment_of(shop, people(shop, FEWEST, profile=once()), "First-timers")
    drafts = ask(client_of(max_), shop, kettle, segment, ["ad_meta", "ad_google"])
    assert drafts
    assert not any(FIRST in draft.text or "首次" in draft.text for draft in drafts)


def test_few_members_are_described_by_their_number_alone(shop: Any) -> None:
    segment = segment_of(shop, people(shop, FEWEST - 1, profile=once()), "Tiny")
    with tenant(shop):
        audience = facts_of(segment)
    assert [fact.id for fact in audience.facts] == ["audience_size"]


def test_the_form_keeps_for_whom_it_is(
    shop: Any, max_: Any, client_of: Any, kettle: Product
) -> None:
    segment = segment_of(shop, people(shop, FEWEST, profile=once()), "First-timers")
    address = reverse("aiassist:generate", args=[shop.slug])
    query = {"ids": str(kettle.pk), "audience": str(segment.pk), "fields": "sms"}
    page = client_of(max_).get(address, query).content.decode()
    assert "For “First-timers”" in page
    assert f'name="audience" value="{segment.pk}"' in page


def test_a_segment_of_another_shop_is_nobodys_audience(
    shop: Any, other_shop: Any, max_: Any, client_of: Any, kettle: Product
) -> None:
    theirs = segment_of(other_shop, people(other_shop, FEWEST, profile=once()), "Theirs")
    draft = ask(client_of(max_), shop, kettle, theirs, ["email"])[0]
    assert draft.audience == {}
    assert FIRST not in draft.text


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "You bought a kettle last spring."),
        ("en", "We miss you. Welcome back!"),
        ("en", "As a loyal customer you deserve it."),
        ("zh", "您上次购买的水壶还好用吗？"),
        ("zh", "感谢老顾客的支持。"),
    ],
)
def test_claims_about_readers_are_told(lang: str, text: str) -> None:
    assert reader_claims(text, field="email", lang=lang, allowed=())
    assert reader_claims(text, field="description", lang=lang, allowed=()) == []
    assert reader_claims(text, field="email", lang=lang, allowed=[text]) == []


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Hello,\nHere is the Fjord Kettle. Have a look at it in our shop."),
        ("en", "Order yours in black or white."),
        ("zh", "您好，\n这款水壶采用不锈钢材质。欢迎到店铺查看详情。"),
    ],
)
def test_plain_invitations_claim_nothing_of_readers(lang: str, text: str) -> None:
    assert reader_claims(text, field="email", lang=lang, allowed=()) == []


def test_the_example_speaks_to_the_readers(
    shop: Any, max_: Any, client_of: Any, kettle: Product
) -> None:
    segment = segment_of(shop, people(shop, FEWEST, profile=once()), "First-timers")
    body = {
        "ids": [str(kettle.pk)], "languages": ["en"], "fields": ["email"],
        "tone": "conversational", "audience": str(segment.pk),
    }  # fmt: skip
    answer = client_of(max_).post(reverse("aiassist:generate-preview", args=[shop.slug]), body)
    assert FIRST.rstrip(".") in answer.content.decode()


def test_the_page_of_a_campaign_offers_what_members_bought(
    shop: Any, max_: Any, client_of: Any, kettle: Product
) -> None:
    other = make_product(shop, "Unsold lamp")
    members = people(shop, FEWEST, profile=once())
    row = segment_of(shop, members, "First-timers")
    with tenant(shop):
        order = Order.objects.create(
            merchant=shop, customer=members[0], number="1", status="paid", currency="EUR",
            total_cents=100, ordered_at=timezone.now(),
        )  # fmt: skip
        OrderLine.objects.create(
            merchant=shop, order=order, line_number="1", product=kettle, sku="x",
            unit_price_cents=100,
        )  # fmt: skip
    page = client_of(max_).get(reverse("aiassist:segment-campaign", args=[shop.slug, row.pk]))
    assert [product.title for product in page.context["products"]] == ["Fjord Kettle"]
    assert other.title not in page.content.decode()
    assert FIRST in page.content.decode()


@pytest.mark.parametrize(("status", "refunded"), [("cancelled", 0), ("pending", 0), ("refunded", 0),
                                                  ("paid", 100)])  # fmt: skip
def test_orders_that_do_not_count_say_nothing_of_what_is_bought_most(
    shop: Any, max_: Any, client_of: Any, kettle: Product, status: str, refunded: int
) -> None:
    members = people(shop, FEWEST, profile=once())
    row = segment_of(shop, members, "First-timers")
    with tenant(shop):
        kettle.category = Category.objects.create(merchant=shop, name="Kettles")
        kettle.save()
        order = Order.objects.create(
            merchant=shop, customer=members[0], number="1", status="paid", currency="EUR",
            total_cents=100, ordered_at=timezone.now(),
        )  # fmt: skip
        OrderLine.objects.create(
            merchant=shop, order=order, line_number="1", product=kettle, sku="x",
            unit_price_cents=100,
        )  # fmt: skip
    page = reverse("aiassist:segment-campaign", args=[shop.slug, row.pk])
    client = client_of(max_)

    def told() -> tuple[int, bool]:
        shown = client.get(page).context
        facts = [fact.id for fact in shown["audience"].facts]
        return shown["products"][0].n_buyers, "audience_categories" in facts

    assert told() == (1, True)
    with tenant(shop):
        Order.objects.filter(pk=order.pk).update(status=status, refunded_cents=refunded)
    assert told() == (0, False)
