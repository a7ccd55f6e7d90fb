"""The page of personas."""

from typing import Any

import pytest
from django.urls import reverse

from aiassist.profiles.models import CustomerProfile, Persona
from aiassist.registry.models import ModelVersion
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry
from tests.aiassist.segments.people import person, segment_of

pytestmark = pytest.mark.django_db
LINE = {"kind": "category", "en": "38 % are from Teapots.", "zh": "38 % 来自茶壶。", "numbers": []}


def at(name: str, *ids: Any, shop: str = "northlight") -> str:
    return reverse(f"aiassist:{name}", args=[shop, *ids])


def a_persona(shop: Any, number: int, name: str, n: int = 0, **fields: Any) -> Persona:
    with tenant(shop):
        return Persona.objects.create(
            merchant=shop, number=number, name=name, n_members=n, facts=[LINE], **fields
        )


def a_version(shop: Any, **fields: Any) -> ModelVersion:
    given = {"kind": "personas", "n": 1, "state": "serving", "promoted_at": "2026-01-05T10:00Z"}
    with tenant(shop):
        return ModelVersion.objects.create(merchant=shop, **{**given, **fields})


@pytest.fixture
def two(shop: Any) -> list[Persona]:
    """Two personas, three customers of the first and one of the second."""
    rows = [
        a_persona(shop, 1, "Tea", 3, overlap=0.93, is_name_confirmed=True),
        a_persona(shop, 2, "Lamps", 1),
    ]
    for row, group in (
        (rows[0], "champions"),
        (rows[0], "champions"),
        (rows[0], "lost"),
        (rows[1], "new"),
    ):
        person(shop, profile={"persona": row, "rfm_group": group, "n_orders": 1})
    grid = [["champions", 1, 2], ["lost", 1, 1], ["new", 2, 1]]
    metrics = {"ari": 0.91, "k": 2, "share_kept": 0.97, "grid": grid, "n_unknown": 2}
    a_version(shop, metrics=metrics, config={"is_new": [False, True]})
    return rows


def page(client: Any) -> str:
    answer = client.get(at("personas"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_cards_grid_and_history_are_shown(client_of: Any, vera: Any, two: list[Persona]) -> None:
    shown = page(client_of(vera))
    assert "38 % are from Teapots." in shown
    assert "75 %" in shown
    assert "93 % as before" in shown
    assert 'customers/?group=champions&amp;persona=1" title="Champions · Tea: 66.7 %">2<' in shown
    assert "97 %" in shown
    assert "1 goes on · 1 new" in " ".join(shown.split())
    assert "2 customers with orders are in no persona" in shown


def test_a_viewer_looks_but_does_not_name(client_of: Any, vera: Any, two: list[Persona]) -> None:
    assert "persona__name" not in page(client_of(vera))
    answer = client_of(vera).post(at("persona-name", 1), {"name": "Mine"})
    assert answer.status_code == 403


def test_a_manager_names_a_persona(
    client_of: Any, max_: Any, shop: Any, two: list[Persona]
) -> None:
    client = client_of(max_)
    assert client.post(at("persona-name", 2), {"name": "  灯具  lovers "}).status_code == 302
    with tenant(shop):
        row = Persona.objects.get(number=2)
        assert (row.name, row.is_name_confirmed) == ("灯具 lovers", True)
        assert AuditEntry.objects.get(action="persona.named").detail["former"] == "Lamps"


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "required"), ("tea", "Another persona"), ("x" * 121, "at most 120"), ("O'Tea", "no '")],
)
def test_bad_names_are_refused_beside_the_field(
    name: str, words: str, client_of: Any, alice: Any, shop: Any, two: list[Persona]
) -> None:
    answer = client_of(alice).post(at("persona-name", 2), {"name": name})
    assert answer.status_code == 422
    assert words in answer.content.decode().replace("&#x27;", "'")
    with tenant(shop):
        assert Persona.objects.get(number=2).name == "Lamps"


def test_rules_that_say_the_old_name_are_told(
    client_of: Any, alice: Any, shop: Any, two: list[Persona]
) -> None:
    segment_of(shop, name="Tea fans", rule="persona = 'Tea'")
    answer = client_of(alice).post(at("persona-name", 1), {"name": "Drinkers"}, follow=True)
    text = answer.content.decode()
    assert "1 segment asks for “Tea”" in text
    assert "Tea fans" in text


def test_only_posts_name_and_only_current_personas(
    client_of: Any, alice: Any, shop: Any, two: list[Persona]
) -> None:
    client = client_of(alice)
    assert client.get(at("persona-name", 1)).status_code == 405
    assert client.post(at("persona-name", 99), {"name": "x"}).status_code == 404
    with tenant(shop):
        Persona.objects.filter(number=1).update(is_current=False)
    assert client.post(at("persona-name", 1), {"name": "x"}).status_code == 404


def test_a_stranger_gets_404(
    client_of: Any, mallory: Any, other_shop: Any, two: list[Persona]
) -> None:
    client = client_of(mallory)
    assert client.get(at("personas")).status_code == 404
    assert client.post(at("persona-name", 1), {"name": "x"}).status_code == 404
    assert client.post(at("persona-name", 1, shop="harbour"), {"name": "x"}).status_code == 404


def test_a_new_persona_asks_for_its_name(
    client_of: Any, alice: Any, shop: Any, two: list[Persona]
) -> None:
    assert "Confirm it, or give a better one" in page(client_of(alice))
    with tenant(shop):
        ModelVersion.objects.update(state="retired")
    a_version(shop, n=2, metrics={"k": 2, "ari": 0.9}, config={"is_new": [False, True]})
    assert "What shall it be called?" in page(client_of(alice))


def test_an_empty_shop_is_told_what_to_do(client_of: Any, alice: Any, shop: Any) -> None:
    assert "There are no customers yet" in page(client_of(alice))


def test_customers_without_a_reckoning(client_of: Any, alice: Any, shop: Any) -> None:
    person(shop)
    assert "Reckon now" in page(client_of(alice))


def test_too_little_data_is_told_in_numbers(client_of: Any, alice: Any, shop: Any) -> None:
    person(shop)
    a_version(shop, state="refused", promoted_at=None, reason="60 of 200 customers.")
    shown = page(client_of(alice))
    assert "No personas yet" in shown
    assert "60 of 200 customers." in shown


def test_a_refusal_keeps_what_was_there(
    client_of: Any, alice: Any, shop: Any, two: list[Persona]
) -> None:
    a_version(shop, n=2, state="refused", promoted_at=None, reason="No grouping held.")
    shown = page(client_of(alice))
    assert "The personas below are of before" in shown
    assert "38 % are from Teapots." in shown


def test_in_chinese(client_of: Any, alice: Any, shop: Any, two: list[Persona]) -> None:
    alice.language = "zh-hans"
    alice.save()
    shown = page(client_of(alice))
    assert "38 % 来自茶壶。" in shown
    assert "画像" in shown
    assert "These customers" not in shown


def test_the_page_costs_few_statements(
    client_of: Any, alice: Any, shop: Any, two: list[Persona], django_assert_max_num_queries: Any
) -> None:
    client = client_of(alice)
    page(client)
    with django_assert_max_num_queries(11):
        page(client)
    with tenant(shop):
        assert CustomerProfile.objects.exclude(persona=None).count() == 4


def test_versions_of_personas_are_not_switched_by_name_alone(
    client_of: Any, alice: Any, shop: Any, two: list[Persona]
) -> None:
    """Every customer's persona is written down: another version's name would not move them."""
    client = client_of(alice)
    listed = client.get(at("models")).content.decode()
    assert "Show the personas" in listed
    assert "Back to the model" not in listed
    answer = client.post(at("model-rollback", "personas"), follow=True)
    assert "on this page alone" in answer.content.decode()
    with tenant(shop):
        version = ModelVersion.objects.get()
        assert version.state == "serving"
    client.post(at("model-use", version.pk))
    with tenant(shop):
        assert ModelVersion.objects.get().state == "serving"
