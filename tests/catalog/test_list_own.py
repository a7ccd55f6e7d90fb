"""What a person keeps of the list, and going to a place in it."""

from typing import Any

import pytest

from ecomportal.tenancy.context import tenant
from ecomportal.web.models import SavedView
from tests.factories import make_attribute, make_product

URL = "/northlight/products/"


def titles(page: Any) -> list[str]:
    return [row["title"] for row in page.context["rows"]]


def test_a_view_is_renamed_and_never_over_another(alice: Any, shop: Any, client_of: Any) -> None:
    client = client_of(alice)
    for name in ("Cheap", "Dear"):
        client.post(f"{URL}views/", {"name": name, "query": f"q={name}"})
    with tenant(shop):
        cheap = SavedView.objects.get(name="Cheap")
    client.post(f"{URL}views/{cheap.pk}/rename/", {"name": "Bargains"})
    taken = client.post(f"{URL}views/{cheap.pk}/rename/", {"name": "Dear"}, follow=True)
    assert "called “Dear” already" in taken.content.decode()
    client.post(f"{URL}views/{cheap.pk}/rename/", {"name": " "})
    with tenant(shop):
        assert sorted(SavedView.objects.values_list("name", flat=True)) == ["Bargains", "Dear"]


def test_too_many_values_are_not_kept_in_part(alice: Any, shop: Any, client_of: Any) -> None:
    query = "&".join(f"f.colour=a-long-colour-name-number-{n}" for n in range(50))
    answer = client_of(alice).post(f"{URL}views/", {"name": "All", "query": query}, follow=True)
    assert "too many values" in answer.content.decode()
    with tenant(shop):
        assert not SavedView.objects.exists()


def test_the_list_opens_with_the_view_a_person_chose(
    alice: Any, max_: Any, shop: Any, client_of: Any
) -> None:
    make_product(shop, "Kettle")
    make_product(shop, "Apron", status="draft")
    client = client_of(alice)
    client.post(f"{URL}views/first/", {"query": "status=draft"})
    assert titles(client.get(URL, follow=True)) == ["Apron"]
    assert len(titles(client.get(f"{URL}?view=all"))) == 2
    assert len(titles(client_of(max_).get(URL))) == 2
    client.post(f"{URL}views/first/", {"query": ""})
    assert len(titles(client.get(URL))) == 2


def test_columns_are_remembered_in_their_order(
    alice: Any, max_: Any, shop: Any, client_of: Any
) -> None:
    make_attribute(shop, "colour", label_en="Colour")
    make_product(shop, "Kettle", facts={"colour": "black"})
    client = client_of(alice)
    client.post(
        f"{URL}columns/save/",
        {"cols": ["price", "f.colour", "nonsense"], "order": ["f.colour", "stock", "price"]},
    )
    page = client.get(URL)
    assert [head["column"].name for head in page.context["heads"]] == ["f.colour", "price"]
    assert "<td>black<td>€10.00" in page.content.decode()
    assert len(client_of(max_).get(URL).context["heads"]) == 7
    form = client.get(f"{URL}columns/").content.decode()
    assert 'value="f.colour" checked' in form
    client.post(f"{URL}columns/save/", {"usual": "1"})
    assert len(client.get(URL).context["heads"]) == 7


@pytest.fixture
def many(shop: Any) -> list[str]:
    names = [f"{letter}{n:02}" for letter in "ABK" for n in range(40)]
    for at, name in enumerate(names):
        make_product(shop, name, price_cents=at + 1, stock=at)
    return names


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("sort=title&goto=61", "B20"),
        ("sort=title&goto=k", "K00"),
        ("sort=title&goto=B1", "B10"),
        ("sort=title&goto=0", "A00"),
        ("sort=title&goto=1", "A00"),
        ("sort=title&goto=999,999", "B30"),  # the last page
        ("sort=-title&goto=B", "B39"),
        ("sort=-title&goto=2", "K38"),
        ("sort=price&goto=61", "B20"),
        ("sort=-stock&goto=2", "K38"),
        ("sort=title&goto=", "A00"),
        ("sort=price&goto=k", "A00"),
        ("q=B&sort=title&goto=11", "B10"),
        ("smin=40&sort=price&goto=11", "B10"),
    ],
)
def test_going_to_a_place(
    alice: Any, many: list[str], client_of: Any, query: str, first: str
) -> None:
    page = client_of(alice).get(f"{URL}?{query}", follow=True)
    assert titles(page)[0] == first
    assert "goto" not in page.request["QUERY_STRING"]


def test_the_last_page_is_the_end_of_the_first_order(
    alice: Any, many: list[str], client_of: Any
) -> None:
    client = client_of(alice)
    last = client.get(f"{URL}?sort=title").context["last"]
    page = client.get(f"{URL}?sort=title&after={last}")
    assert titles(page) == many[-50:]
    assert not page.context["page"].next
    before = client.get(f"{URL}?sort=title&before={page.context['page'].previous}")
    assert titles(before) == many[20:70]
    assert before.context["page"].next


def test_going_reads_no_product_twice(alice: Any, many: list[str], client_of: Any) -> None:
    """A page after a jump goes on as any other page does."""
    client = client_of(alice)
    page = client.get(f"{URL}?sort=title&goto=31", follow=True)
    after = client.get(f"{URL}?sort=title&after={page.context['page'].next}")
    assert titles(page) + titles(after) == many[30:]
