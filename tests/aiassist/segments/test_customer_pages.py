"""The customer list and page, as each kind of member sees them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aiassist.profiles.models import (
    ConversationReading,
    CustomerProfile,
    Persona,
    Segment,
    SegmentMember,
    SegmentMove,
)
from aiassist.segments.customers.filters import CustomerFilters
from aiassist.segments.language import customers_matching, parse
from aiassist.segments.rfm_grid import counted_cells, grid
from catalog.conversations.models import Conversation, Utterance
from catalog.orders.models import Customer, Interaction, Order, OrderLine
from ecomportal.tenancy.context import tenant
from tests.factories import make_product

pytestmark = pytest.mark.django_db
LIST = "/northlight/customers/"


def make_customer(shop, number, *, profile=None, **fields):
    customer = Customer.objects.create(merchant=shop, external_id=number, **fields)
    CustomerProfile.objects.filter(pk=customer.pk).update(**(profile or {}))
    return Customer.objects.get(pk=customer.pk)


@pytest.fixture
def people(shop):
    """Five customers, each the only one with something."""
    now = timezone.now()
    with tenant(shop):
        persona = Persona.objects.create(merchant=shop, number=3, name="Bakers")
        segment = Segment.objects.create(merchant=shop, name="It's big", n_members=1)
        anna = make_customer(
            shop, "C-1001", name="Anna Smith", country="DE", language="de",
            accepts_marketing=True, tags=["vip"], email_sha256="0" * 64,
            profile={"n_orders": 9, "spent_cents": 90000, "average_cents": 10000,
                     "first_order_at": now - timedelta(days=300),
                     "last_order_at": now - timedelta(days=3), "r_score": 5, "f_score": 5,
                     "m_score": 4, "rfm_group": "champions", "clv_cents": 50000,
                     "clv_low_cents": 40000, "clv_high_cents": 61000, "value_band": 5,
                     "churn_probability": 0.1, "n_repeats": 8, "last_repeat_days": 240,
                     "persona": persona},
        )  # fmt: skip
        SegmentMember.objects.create(merchant=shop, segment=segment, customer=anna)
        make_customer(
            shop, "C-1002", name="王伟", country="CN", language="zh",
            profile={"n_orders": 1, "spent_cents": 1000, "r_score": 1, "f_score": 1, "m_score": 1,
                     "last_order_at": now - timedelta(days=400), "rfm_group": "lost",
                     "clv_cents": 100, "clv_low_cents": 0, "clv_high_cents": 300, "value_band": 1,
                     "churn_probability": 0.9},
        )  # fmt: skip
        make_customer(shop, "X-7", name="Bob", profile={"n_unresolved": 2, "n_chats": 3})
        make_customer(
            shop, "X-8", name="Annabel Jones", country="DE",
            profile={"n_orders": 2, "spent_cents": 5000, "r_score": 4, "f_score": 3, "m_score": 2,
                     "last_order_at": now - timedelta(days=50), "rfm_group": "potential_loyal",
                     "churn_probability": 0.5, "clv_cents": 900, "value_band": 3,
                     "clv_low_cents": 500, "clv_high_cents": 1500},
        )  # fmt: skip
    return shop


def numbers(shop, query):
    with tenant(shop), timezone.override(shop.timezone):
        found = CustomerFilters(query, shop).apply(shop.customers.all())
        return sorted(found.values_list("external_id", flat=True))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("q=ann", ["C-1001", "X-8"]),
        ("q=smi+ann", ["C-1001"]),
        ("q=c-1001", ["C-1001"]),
        ("q=1002", ["C-1002"]),
        ("q=伟", ["C-1002"]),
        ("q=mith", []),
        ("q=%25", []),
        ("group=champions", ["C-1001"]),
        ("r=4&f=3", ["X-8"]),
        ("m=1", ["C-1002"]),
        ("country=de", ["C-1001", "X-8"]),
        ("language=zh", ["C-1002"]),
        ("marketing=yes", ["C-1001"]),
        ("marketing=no", ["C-1002", "X-7", "X-8"]),
        ("churn=low", ["C-1001"]),
        ("churn=middle", ["X-8"]),
        ("churn=high", ["C-1002"]),
        ("value=3", ["X-8"]),
        ("persona=3", ["C-1001"]),
        ("unresolved=1", ["X-7"]),
        ("tag=VIP", ["C-1001"]),
        ("last=7", ["C-1001"]),
        ("last=90", ["C-1001", "X-8"]),
        ("last=older", ["C-1002"]),
        ("last=never", ["X-7"]),
        ("country=DE&churn=middle", ["X-8"]),
    ],
)
def test_filters_find_whom_they_say(people, query, wanted):
    assert numbers(people, query) == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [("q=ann", ["C-1001", "X-8"]), ("q=SMI+ann", ["C-1001"]), ("q=c-100", ["C-1001", "C-1002"]),
     ("q=伟", ["C-1002"]), ("q=mith", []), ("q=.*", []), ("tag=vip", ["C-1001"]),
     ("unresolved=1", ["X-7"])],
)  # fmt: skip
def test_what_many_match_is_found_without_the_index_too(people, monkeypatch, query, wanted):
    monkeypatch.setattr("aiassist.segments.customers.filters.COUNTED", 0)
    assert numbers(people, query) == wanted


def test_those_without_an_order_are_in_the_order_they_came(people, client_of, bob):
    page = client_of(bob).get(f"{LIST}?last=never&sort=-spent").context
    assert page["sort"] == "-created"
    assert [row["number"] for row in page["rows"]] == ["X-7"]


def test_an_address_of_mail_is_compared_as_its_fingerprint(people):
    from hashlib import sha256

    with tenant(people):
        digest = sha256(b"bob@example.com").hexdigest()
        Customer.objects.filter(external_id="X-7").update(email_sha256=digest)
    assert numbers(people, "q=%20Bob@Example.com ") == ["X-7"]


@pytest.mark.parametrize(
    "query",
    ["group=champions", "r=4&f=3", "m=1", "country=DE", "language=zh", "marketing=yes",
     "churn=low", "churn=middle", "churn=high", "persona=3", "unresolved=1", "tag=vip", "last=90",
     "last=never", "last=older"],
)  # fmt: skip
def test_a_segment_made_of_the_filters_finds_the_same(people, query):
    with tenant(people), timezone.override(people.timezone):
        rule = parse(CustomerFilters(query, people).rule())
        found = sorted(customers_matching(people, rule).values_list("external_id", flat=True))
    assert found == numbers(people, query) != []


def test_members_of_a_segment_are_listed_and_its_name_goes_into_a_rule(people):
    with tenant(people):
        segment = Segment.objects.get()
        filters = CustomerFilters(f"segment={segment.pk}", people)
        assert parse(filters.rule()).segments()
    assert numbers(people, f"segment={segment.pk}") == ["C-1001"]
    with tenant(people):
        Segment.objects.update(n_members=99_999)
    assert numbers(people, f"segment={segment.pk}") == ["C-1001"]


@pytest.mark.parametrize(
    "query",
    ["group=kings", "r=9", "persona=77", "persona=x", "segment=no", "last=5", "churn=x",
     "marketing=maybe"],
)  # fmt: skip
def test_a_value_nobody_knows_is_left_out_and_said(people, client_of, bob, query):
    page = client_of(bob).get(f"{LIST}?{query}")
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()
    assert "Anna Smith" in page.content.decode()


@pytest.mark.parametrize("who", ["alice", "max_", "bob", "vera"])
def test_every_member_sees_the_list(people, client_of, request, who):
    page = client_of(request.getfixturevalue(who)).get(LIST).content.decode()
    assert "Anna Smith" in page
    assert ("customers/export/" in page) == (who != "vera")


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        ("-spent", ["C-1001", "X-8", "C-1002", "X-7"]),
        ("last", ["C-1002", "X-8", "C-1001"]),
        ("-value", ["C-1001", "X-8", "C-1002"]),
        ("-churn", ["C-1002", "X-8", "C-1001"]),
        ("name", ["C-1001", "X-8", "X-7", "C-1002"]),
        ("-created", ["X-8", "X-7", "C-1002", "C-1001"]),
        ("nonsense", ["C-1001", "X-8", "C-1002", "X-7"]),
    ],
)
def test_orders_of_the_list_go_on_from_page_to_page(
    people, client_of, bob, sort, wanted, monkeypatch
):
    monkeypatch.setattr("aiassist.segments.customers.list_view.PAGE_SIZE", 2)
    client, seen, query = client_of(bob), [], f"?sort={sort}"
    while query:
        page = client.get(f"{LIST}{query}").context
        seen += [row["number"] for row in page["rows"]]
        query = f"?sort={sort}&after={page['page'].next}" if page["page"].next else ""
    assert seen == wanted


def test_the_list_takes_as_many_statements_for_one_row_as_for_many(
    people, client_of, bob, django_assert_max_num_queries
):
    client = client_of(bob)
    client.get(LIST)
    with django_assert_max_num_queries(8):
        client.get(LIST)


def test_views_and_columns_are_kept_for_one_person(people, client_of, bob, vera):
    client = client_of(bob)
    client.post(f"{LIST}views/", {"name": "Germans", "query": "country=DE&r=junk"})
    client.post(
        f"{LIST}columns/save/", {"cols": ["country", "spent"], "order": ["spent", "country"]}
    )
    page = client.get(f"{LIST}?country=DE").content.decode()
    assert "Germans" in page
    heads = [head["column"].name for head in client.get(LIST).context["heads"]]
    assert heads == ["spent", "country"]
    assert "Germans" not in client_of(vera).get(LIST).content.decode()
    view = client.get(LIST).context["views"][-1]["pk"]
    assert client_of(vera).post(f"{LIST}views/{view}/remove/").status_code == 404
    client.post(f"{LIST}views/{view}/remove/")
    assert [view["pk"] for view in client.get(LIST).context["views"] if view["pk"]] == []


@pytest.mark.parametrize("path", ["filter/?group=champions", "columns/?cols=spent"])
def test_forms_are_pages_without_script_and_fragments_with_it(people, client_of, vera, path):
    client = client_of(vera)
    assert "<html" in client.get(LIST + path).content.decode()
    assert "<html" not in client.get(LIST + path, headers={"HX-Request": "true"}).content.decode()


def test_an_empty_shop_is_told_where_customers_come_from(shop, client_of, alice):
    page = client_of(alice).get(LIST).content.decode()
    assert "No customers yet" in page


@pytest.fixture
def anna(people):
    """With an order, a visit, a chat and a move."""
    with tenant(people):
        anna = Customer.objects.get(external_id="C-1001")
        now = timezone.now()
        product = make_product(people, "Stoneware mug")
        order = Order.objects.create(
            merchant=people, customer=anna, number="A-1", status="paid", currency="EUR",
            total_cents=5000, refunded_cents=1000, ordered_at=now - timedelta(days=3),
        )  # fmt: skip
        OrderLine.objects.create(
            merchant=people, order=order, line_number="1", product=product, sku="MUG", quantity=2,
            unit_price_cents=2500, refunded_cents=1000,
        )  # fmt: skip
        for n, kind in enumerate(["view", "view", "cart"]):
            Interaction.objects.create(
                merchant=people, customer=anna, kind=kind, session_id="s1", product=product,
                at=now - timedelta(days=4, minutes=n),
            )  # fmt: skip
        chat = Conversation.objects.create(
            merchant=people, customer=anna, external_id="chat-1", status="open",
            started_at=now - timedelta(days=2),
        )  # fmt: skip
        Utterance.objects.create(
            merchant=people, conversation=chat, external_id="1", position=1, speaker="customer",
            text="My mug came <b>broken</b>", at=now,
        )  # fmt: skip
        ConversationReading.objects.create(
            merchant=people, conversation=chat, intents=["refund"], sentiment="negative"
        )
        segment = Segment.objects.get()
        SegmentMove.objects.create(
            merchant=people, segment=segment, customer=anna, has_entered=True, at=now
        )
    return anna


def test_her_page_tells_what_happened_and_why(anna, client_of, vera):
    page = client_of(vera).get(f"{LIST}{anna.pk}/").content.decode()
    for words in ["Order A-1", "€10.00 refunded", "Stoneware mug", "View 2", "Cart 1",
                  "My mug came &lt;b&gt;broken&lt;/b&gt;", "refund", "Came into the segment",
                  "30 days between", "Champions", "Bakers", "€500", "€400 – €610"]:  # fmt: skip
        assert words in page, words
    assert "/erase/" not in page
    assert "/everything/" not in page


@pytest.mark.parametrize(
    ("show", "there", "not_there"),
    [("orders", "Order A-1", "Came into"), ("chats", "My mug", "Order A-1"),
     ("visits", "Cart 1", "My mug"), ("moves", "Came into", "Cart 1")],
)  # fmt: skip
def test_the_timeline_shows_one_kind(anna, client_of, bob, show, there, not_there):
    address = f"{LIST}{anna.pk}/?show={show}"
    page = client_of(bob).get(address, headers={"HX-Request": "true"}).content.decode()
    assert there in page
    assert not_there not in page


def test_the_timeline_goes_on_to_older_pages_and_loses_nothing(anna, client_of, bob):
    with tenant(anna.merchant):
        moment = timezone.now() - timedelta(days=40)
        Order.objects.bulk_create(
            Order(merchant=anna.merchant, customer=anna, number=f"B-{n}", status="paid",
                  currency="EUR", total_cents=1, ordered_at=moment - timedelta(hours=n // 2))
            for n in range(61)
        )  # fmt: skip
    client, seen, before = client_of(bob), [], ""
    for _turn in range(9):
        page = client.get(f"{LIST}{anna.pk}/", {"show": "orders", "before": before}).context
        seen += [entry.of.number for entry in page["timeline"].entries]
        before = page["timeline"].older
        if not before:
            break
    assert sorted(seen) == sorted(["A-1", *(f"B-{n}" for n in range(61))])


@pytest.mark.parametrize("before", ["x", "2026-13-45", "2026-01-01", "9" * 400])
def test_a_moment_that_is_none_shows_the_newest(anna, client_of, bob, before):
    page = client_of(bob).get(f"{LIST}{anna.pk}/", {"before": before})
    assert "Order A-1" in page.content.decode()


def test_why_she_is_in_a_segment_is_told_clause_by_clause(anna, client_of, bob):
    with tenant(anna.merchant):
        Segment.objects.update(rule="number_of_orders >= 3 AND country = 'FR'")
        segment = Segment.objects.get()
    address = f"{LIST}{anna.pk}/segments/{segment.pk}/"
    page = client_of(bob).get(address).content.decode()
    assert "number_of_orders &gt;= 3" in page
    assert "country = &#x27;FR&#x27;" in page
    assert "state--ok" in page
    assert "state--bad" in page


def test_a_stranger_finds_nobody(anna, client_of, mallory, other_shop):
    client = client_of(mallory)
    assert client.get(LIST).status_code == 404
    assert client.get(f"/harbour/customers/{anna.pk}/").status_code == 404


def test_the_grid_counts_each_field_and_links_to_its_customers(people, client_of, bob):
    with tenant(people):
        found = grid(people, {"r": "5", "f": "5"})
        assert found.n == 3
        assert (found.chosen.n, found.chosen.group) == (1, "champions")
        assert counted_cells(people)[4, 3] == {"potential_loyal": 1}
    page = client_of(bob).get(f"{LIST}cohorts/").content.decode()
    assert "?r=5&amp;f=5" in page
