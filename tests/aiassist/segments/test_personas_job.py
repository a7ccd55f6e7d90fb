"""Personas from orders to cards, and under the same names the next night."""

from collections import Counter
from typing import Any

import pytest

from aiassist.ml import personas
from aiassist.profiles.models import CustomerProfile, Persona
from aiassist.registry.models import ModelVersion
from aiassist.segments import personas_job
from catalog.orders.models import Order
from ecomportal.tenancy.context import tenant
from tests.aiassist.segments.tasty_shop import a_job, fill, find_personas, make_goods

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of the test's own, and fewer looks at small worlds whose groups are plain."""
    settings.MODELS_ROOT = tmp_path
    monkeypatch.setattr(personas, "K_RANGE", range(3, 6))
    monkeypatch.setattr(personas, "N_STARTS", 3)
    monkeypatch.setattr(personas, "N_REFITS", 3)


def current(shop: Any) -> list[Persona]:
    with tenant(shop):
        return list(Persona.objects.filter(is_current=True).order_by("number"))


def tastes(shop: Any) -> dict[Any, Counter]:
    """Persona -> how many of its members have each true taste."""
    with tenant(shop):
        rows = CustomerProfile.objects.exclude(persona=None).select_related("customer")
        found: dict[Any, Counter] = {}
        for row in rows:
            taste = int(row.customer.external_id[1:]) % 3
            found.setdefault(row.persona_id, Counter())[taste] += 1
        return found


def test_customers_of_a_taste_share_a_persona(shop: Any) -> None:
    fill(shop, make_goods(shop))
    find_personas(shop)
    found = tastes(shop)
    assert len(found) == 3
    for counted in found.values():
        assert max(counted.values()) > 0.95 * sum(counted.values())
    assert sum(one.n_members for one in current(shop)) == 210
    with tenant(shop):
        version = ModelVersion.objects.get(kind="personas")
    assert version.state == "serving"
    assert version.metrics["ari"] > 0.9


def test_a_card_says_what_the_orders_say(shop: Any) -> None:
    """Taste 0 buys tea things, spends 30 an order and reads Chinese."""
    fill(shop, make_goods(shop))
    find_personas(shop)
    (tea,) = [one for one in current(shop) if "Teapots" in str(one.facts)]
    kinds = Counter(line["kind"] for line in tea.facts)
    assert kinds["size"] == kinds["money"] == kinds["language"] == 1
    assert kinds["category"] == 3
    texts = {line["kind"]: line for line in tea.facts}
    assert "33 % of the customers" in texts["size"]["en"]
    assert "of 210" in texts["size"]["en"]
    assert texts["money"]["en"] == "Their typical order is €30.00; that of all customers is €90.00."
    assert texts["language"]["zh"].startswith("他们中 100 % 使用中文")
    assert {tea.name.split(", ")[0]} <= {"Teapots", "Cups", "Trays"}
    assert not tea.is_name_confirmed
    for line in tea.facts:
        assert line["numbers"], "a sentence without a number behind it"


def test_names_stay_with_their_members(shop: Any) -> None:
    goods = make_goods(shop)
    fill(shop, goods)
    find_personas(shop)
    before = tastes(shop)
    with tenant(shop):
        for one in current(shop):
            Persona.objects.filter(pk=one.pk).update(
                name=f"Mine {one.number}", is_name_confirmed=True
            )
    fill(shop, goods, n=60, seed=2, first=300)
    find_personas(shop)
    after = tastes(shop)
    assert set(before) == set(after)
    for pk, counted in after.items():
        assert counted.most_common(1)[0][0] == before[pk].most_common(1)[0][0]
    for one in current(shop):
        assert one.name == f"Mine {one.number}"
        assert one.is_name_confirmed
        assert one.overlap > 0.9
    with tenant(shop):
        assert (
            ModelVersion.objects.get(kind="personas", state="serving").metrics["share_kept"] > 0.95
        )


def test_a_group_of_others_gets_no_old_name(shop: Any) -> None:
    """All who loved tea turn to lamps: their persona's name must not go with whoever is left."""
    goods = make_goods(shop)
    people = fill(shop, goods)
    find_personas(shop)
    with tenant(shop):
        for one in current(shop):
            Persona.objects.filter(pk=one.pk).update(is_name_confirmed=True)
    numbers = {one.number for one in current(shop)}
    with tenant(shop):
        Order.objects.filter(customer__in=people).update(status="cancelled")
    fill(shop, goods, n=230, seed=9, first=1000)
    find_personas(shop)
    fresh = current(shop)
    assert {one.number for one in fresh}.isdisjoint(numbers)
    assert not any(one.is_name_confirmed for one in fresh)
    with tenant(shop):
        gone = Persona.objects.filter(number__in=numbers)
        assert not gone.filter(is_current=True).exists()
        assert not CustomerProfile.objects.filter(persona__in=gone).exists()


def test_too_few_customers_are_told_in_numbers(shop: Any) -> None:
    fill(shop, make_goods(shop), n=60)
    find_personas(shop)
    with tenant(shop):
        (version,) = ModelVersion.objects.filter(kind="personas")
        assert version.state == "refused"
        assert "60 of 200" in str(version.reason)
        assert not Persona.objects.exists()
    find_personas(shop)
    with tenant(shop):
        assert ModelVersion.objects.count() == 1, "the same refusal every night is no news"


def test_a_shop_without_orders_is_refused_quietly(shop: Any) -> None:
    find_personas(shop)
    assert current(shop) == []


def test_customers_who_buy_alike_get_no_personas(shop: Any) -> None:
    fill(shop, make_goods(shop), own=0.0)
    find_personas(shop)
    with tenant(shop):
        version = ModelVersion.objects.get(kind="personas")
    assert version.state == "refused"
    assert current(shop) == []


def test_a_job_that_was_killed_goes_on_with_the_same_groups(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(shop, make_goods(shop))
    job = a_job(shop)

    class Killed(BaseException):
        pass

    def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(personas_job, "write_cards", die)
        with pytest.raises(Killed):
            find_personas(shop, job)
    assert current(shop) == [], "half a result is not shown"
    with tenant(shop):
        sha = ModelVersion.objects.get().sha256

    def refit(*_: Any, **__: Any) -> None:
        raise AssertionError("fitted twice")

    with monkeypatch.context() as patched:
        patched.setattr(personas_job, "fit_personas", refit)
        find_personas(shop, job)
    assert len(current(shop)) == 3
    with tenant(shop):
        version = ModelVersion.objects.get()
        assert (version.state, version.sha256) == ("serving", sha)


def test_a_damaged_file_of_a_stopped_job_is_made_anew(
    shop: Any, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    fill(shop, make_goods(shop))
    job = a_job(shop)
    with monkeypatch.context() as patched:
        patched.setattr(personas_job, "_place_all", lambda *_: (_ for _ in ()).throw(KeyError))
        with pytest.raises(KeyError):
            find_personas(shop, job)
    for path in settings.MODELS_ROOT.rglob("*.safetensors"):
        path.write_bytes(b"not a tensor")
    find_personas(shop, job)
    assert len(current(shop)) == 3


def test_the_same_orders_give_the_same_personas(shop: Any) -> None:
    fill(shop, make_goods(shop))
    find_personas(shop)
    first = tastes(shop)
    find_personas(shop)
    assert tastes(shop) == first


def test_small_slices_change_nothing(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from aiassist.segments import personas_rows

    fill(shop, make_goods(shop))
    find_personas(shop)
    whole = tastes(shop)
    monkeypatch.setattr(personas_rows, "SLICE", 37)
    monkeypatch.setattr(personas_job, "SLICE", 41)
    find_personas(shop)
    assert tastes(shop) == whole


def test_other_shops_are_left_alone(shop: Any, other_shop: Any) -> None:
    fill(shop, make_goods(shop))
    fill(other_shop, make_goods(other_shop), n=210, seed=3)
    find_personas(shop)
    assert len(current(shop)) == 3
    assert current(other_shop) == []
    with tenant(other_shop):
        assert not CustomerProfile.objects.exclude(persona=None).exists()


def test_who_returned_everything_has_no_taste(shop: Any) -> None:
    people = fill(shop, make_goods(shop))
    find_personas(shop)
    with tenant(shop):
        Order.objects.filter(customer=people[0]).update(status="cancelled")
    from aiassist.segments.rfm import refresh_all

    refresh_all(shop)
    find_personas(shop)
    with tenant(shop):
        assert (
            people[0].profile.persona_id is None
            or not CustomerProfile.objects.get(customer=people[0]).persona_id
        )
