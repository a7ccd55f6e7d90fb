"""Missing facts: counted, ranked by what they hold up, filled in and taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalog.conversations.models import Conversation, Utterance
from catalog.products.changes import Change
from catalog.products.missing import views
from catalog.products.missing.asked import asked_keys
from catalog.products.missing.counting import count_missing
from catalog.products.missing.demand import n_blocked, open_demands, record_demand
from catalog.products.missing.job import read_chats
from catalog.products.missing.models import FactDemand, MissingCount
from catalog.products.models import Fact, Product, touch
from catalog.products.must_have import family_of, wanted_keys
from catalog.products.typed_facts import read_fact
from catalog.products.undo import undo_change
from ecomportal.jobs.models import Job
from ecomportal.tenancy.context import tenant
from tests.factories import make_attribute, make_category, make_product

pytestmark = pytest.mark.django_db
URL = "/northlight/products/missing-facts/"


@pytest.fixture
def kettles(shop: Any) -> list[Product]:
    kitchen = make_category(shop, "Kitchen", family="kitchen")
    make_attribute(shop, "capacity", type="number", unit="L", label_en="Capacity")
    common = {"category": kitchen, "product_type": "Kettle"}
    return [
        make_product(shop, "Fjord Kettle", facts={"material": "steel"}, **common),
        make_product(shop, "Dune Kettle", **common),
        make_product(shop, "Old Kettle", status="draft", **common),
    ]


def confirm(shop: Any, product: Product, key: str, value: str) -> None:
    attribute = make_attribute(shop, key)
    with tenant(shop):
        Fact.objects.create(merchant=shop, product=product, attribute=attribute, value=value)
        touch([product.pk])


# --- Counting --------------------------------------------------------------------------------


def test_the_count_is_what_a_look_at_each_product_gives(shop, kettles):
    make_product(shop, "Zorb")
    make_product(shop, "Apron", category=kettles[0].category, product_type="Apron")
    with tenant(shop):
        slow: dict[tuple[str, str], int] = {}
        for product in Product.objects.filter(status="active").select_related("category"):
            family = family_of(
                product.category.family if product.category else "", product.product_type
            )
            stated = set(product.facts.values_list("attribute__key", flat=True))
            for key in set(wanted_keys(family, product.product_type)) - stated:
                slow[key, family] = slow.get((key, family), 0) + 1
        quick = {(row["key"], row["family"]): row["n"] for row in count_missing(shop)}
    assert quick == slow
    assert quick["capacity", "kitchen"] == 2


def test_what_holds_up_most_comes_first(shop, kettles, alice, client_of):
    with tenant(shop):
        record_demand(shop, [(kettles[0].pk, "capacity")], "draft")
        record_demand(shop, [(kettles[0].pk, "capacity"), (kettles[1].pk, "warranty")], "chat")
    page = client_of(alice).get(URL)
    keys = [row["key"] for row in page.context["rows"]]
    assert keys[:2] == ["capacity", "warranty"]
    first = page.context["rows"][0]
    assert (first["draft"], first["chat"], first["n"], first["of"]) == (1, 1, 2, 2)


def test_an_empty_shop_and_a_complete_one_are_told_apart(shop, alice, client_of):
    assert "No products yet" in client_of(alice).get(URL).content.decode()
    make_product(shop, "Zorb", facts={"material": "oak"})
    assert "No fact is missing" in client_of(alice).get(URL).content.decode()


def test_a_large_shop_is_counted_by_a_job(shop, kettles, alice, client_of, monkeypatch):
    monkeypatch.setattr(views, "COUNTED_LIVE", 1)
    client = client_of(alice)
    assert "Not counted yet" in client.get(URL).content.decode()
    answer = client.post(URL + "count/")
    with tenant(shop):
        job = Job.objects.get(kind="count_missing_facts")
        assert str(job.pk) in answer["Location"]
        counts = count_missing(shop)
        moment = timezone.now() - timedelta(hours=2)
        MissingCount.objects.create(merchant=shop, counts=counts, counted_at=moment)
    page = client.get(URL).content.decode()
    assert "2 hours ago" in page
    assert "Capacity" in page


# --- Demand ----------------------------------------------------------------------------------


def test_demand_adds_up_and_closes_with_the_fact(shop, kettles):
    wanted = [(kettles[0].pk, "capacity")] * 2
    with tenant(shop):
        record_demand(shop, wanted, "draft")
        record_demand(shop, wanted, "draft")
        assert FactDemand.objects.get().n == 4
        assert n_blocked(shop) == {"capacity": {"draft": 1}}
    confirm(shop, kettles[0], "capacity", "1.5")
    with tenant(shop):
        assert not open_demands(shop).exists()


def test_demand_for_a_product_that_is_gone_is_left_out(shop, other_shop, kettles):
    theirs = make_product(other_shop)
    with tenant(shop):
        record_demand(shop, [(theirs.pk, "material"), (kettles[0].pk, "colour")], "search")
        assert list(FactDemand.objects.values_list("key", flat=True)) == ["colour"]


# --- Chats -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("What is the capacity of the Fjord Kettle?", {"capacity"}),
        ("Fjord Kettle 的容量是多少？", {"capacity"}),
        ("How long is the warranty, and what material is it?", {"warranty", "material"}),
        ("I love the material.", set()),
        ("Where is my order?", set()),
    ],
)
def test_a_question_names_kinds_of_fact(text, keys):
    assert asked_keys(text) == keys


def talk(shop: Any, *texts: str) -> None:
    with tenant(shop):
        n = Conversation.objects.count()
        one = Conversation.objects.create(
            merchant=shop, external_id=f"c{n}", started_at=timezone.now()
        )
        for at, text in enumerate(texts):
            Utterance.objects.create(
                merchant=shop, conversation=one, external_id=str(at), position=at,
                speaker="customer", text=text, at=timezone.now(),
            )  # fmt: skip


def demands(shop: Any) -> set[tuple[str, str, int]]:
    with tenant(shop):
        rows = FactDemand.objects.values_list("product__title", "key", "n")
        return set(rows)


def test_chats_are_read_once(shop, kettles):
    talk(shop, "Hello, I look at the Fjord Kettle.", "What is its capacity?")
    talk(shop, "Is there a warranty on Dune Kettle?", "So, is there a warranty?")
    talk(shop, "What is the capacity of the Moon Kettle?")
    with tenant(shop):
        read_chats(shop)
    expected = {("Fjord Kettle", "capacity", 1), ("Dune Kettle", "warranty", 1)}
    assert demands(shop) == expected
    with tenant(shop):
        read_chats(shop)
    assert demands(shop) == expected


def test_a_product_is_known_by_its_sku_and_by_a_chinese_title(shop):
    make_product(shop, "手工铁壶", sku="TH-88")
    talk(shop, "请问手工铁壶的容量是多少？")
    talk(shop, "What is the weight of TH-88?")
    with tenant(shop):
        read_chats(shop)
    assert demands(shop) == {("手工铁壶", "capacity", 1), ("手工铁壶", "weight", 1)}


# --- Filling in ------------------------------------------------------------------------------


def save(client: Any, values: dict[Product, str], key: str = "capacity") -> Any:
    sent = {"product": [p.pk for p in values], "value": list(values.values()), "show": "all"}
    return client.post(f"{URL}{key}/", sent)


def test_facts_are_filled_in_and_undone_as_one_change(shop, kettles, alice, client_of):
    client = client_of(alice)
    page = client.get(f"{URL}capacity/").content.decode()
    assert "Dune Kettle" in page
    assert "Old Kettle" not in page
    answer = save(client, {kettles[0]: "1.7 L", kettles[1]: "900 ml"})
    assert answer.status_code == 302
    with tenant(shop):
        facts = Fact.objects.filter(attribute__key="capacity").order_by("product__title")
        found = [(f.value, str(f.number), f.unit, f.status) for f in facts]
        assert [(v, u, s) for v, _n, u, s in found] == [
            ("900", "ml", "confirmed"),
            ("1.7", "L", "confirmed"),
        ]
        change = Change.objects.get()
        assert change.n_rows == 2
    told = client.get(answer["Location"]).content.decode()
    assert "2 products state it now." in told
    assert f"ids={kettles[0].pk}" in told or f"{kettles[0].pk}" in told
    with tenant(shop):
        assert undo_change(change, alice).n_undone == 2
        assert not Fact.objects.filter(attribute__key="capacity").exists()


def test_a_proposal_is_shown_and_confirmed(shop, kettles, alice, client_of):
    attribute = make_attribute(shop, "capacity")
    with tenant(shop):
        Fact.objects.create(
            merchant=shop, product=kettles[0], attribute=attribute, value="1.7", unit="L",
            status="proposed", evidence="holds 1.7 litres",
        )  # fmt: skip
    client = client_of(alice)
    assert "holds 1.7 litres" in client.get(f"{URL}capacity/").content.decode()
    save(client, {kettles[0]: "1.7 L"})
    with tenant(shop):
        fact = Fact.objects.get(attribute__key="capacity")
        assert (fact.status, fact.unit) == ("confirmed", "L")


def test_what_cannot_be_read_saves_nothing_and_keeps_all(shop, kettles, alice, client_of):
    answer = save(client_of(alice), {kettles[0]: "1.7 L", kettles[1]: "big"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "One number, please." in page
    assert 'value="1.7 L"' in page
    assert 'value="big"' in page
    with tenant(shop):
        assert not Change.objects.exists()


def test_a_unit_of_another_quantity_is_refused(shop, kettles, alice, client_of):
    page = save(client_of(alice), {kettles[0]: "3 kg"}).content.decode()
    assert "kg does not measure the same as L." in page


def test_nothing_typed_saves_nothing(shop, kettles, alice, client_of):
    answer = save(client_of(alice), {kettles[0]: " "})
    assert answer.status_code == 422
    assert "nothing was saved" in answer.content.decode()


def test_only_ones_own_products_are_written(shop, other_shop, kettles, alice, client_of):
    theirs = make_product(other_shop)
    save(client_of(alice), {theirs: "2 L"})
    with tenant(other_shop):
        assert not Fact.objects.exists()
    with tenant(shop):
        assert not Fact.objects.filter(attribute__key="capacity").exists()


def test_an_unknown_kind_is_not_there(shop, kettles, alice, client_of):
    assert client_of(alice).get(f"{URL}flux-density/").status_code == 404


def test_a_viewer_looks_and_does_not_write(shop, kettles, vera, client_of):
    client = client_of(vera)
    page = client.get(f"{URL}capacity/").content.decode()
    assert "Dune Kettle" in page
    assert 'name="value"' not in page
    assert save(client, {kettles[0]: "1 L"}).status_code == 403


def test_lists_are_split_and_bools_are_text(shop):
    care = make_attribute(shop, "care", type="list")
    assert read_fact(care, "hand wash, dry flat、iron low").values == (
        "hand wash",
        "dry flat",
        "iron low",
    )


@pytest.mark.parametrize("tab", ["", "show=all", "show=asked"])
def test_the_pages_ask_little_of_the_database(alice, shop, kettles, client_of, tab):
    from tests.bench.catalogue_pages import MAX_STATEMENTS, statements

    client = client_of(alice)
    with tenant(shop):
        record_demand(shop, [(kettles[1].pk, "capacity")], "search")
    posted = {"product": [str(kettles[1].pk)], "value": ["1.7 L"], "show": "all"}
    saved = client.post(f"{URL}capacity/", posted).headers["Location"]
    assert "saved=" in saved
    for address in (URL, f"{URL}capacity/?{tab}", f"{saved}&{tab}"):
        assert len(statements(client, address)) <= MAX_STATEMENTS, address
