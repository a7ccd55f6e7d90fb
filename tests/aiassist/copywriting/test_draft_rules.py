"""Rules that draft by themselves: which products, how many a day, and nothing behind one's back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aiassist.copywriting.models import Draft
from aiassist.copywriting.rules.beat import run_all
from aiassist.copywriting.rules.models import DraftRule
from aiassist.copywriting.rules.run import matching, run_rules
from aiassist.tasks import draft_what_arrived
from catalog.products.models import Fact, ProductText
from ecomportal.jobs.models import Job, JobItem
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry
from tests.aiassist.copywriting.test_review import make_draft
from tests.factories import make_category, make_product

pytestmark = pytest.mark.django_db

FACTS = {"material": "steel", "colour": "black", "finish": "matte"}
SENT = {
    "name": "Kettles", "languages": ["en", "zh"], "fields": ["description", "ad_google"],
    "tone": "formal", "min_facts": 3, "daily_limit": 10, "product_type": "",
}  # fmt: skip


@pytest.fixture
def here(shop: Any) -> str:
    return reverse("aiassist:rules", args=[shop.slug])


@pytest.fixture
def max_client(max_: Any, client_of: Any) -> Client:
    return client_of(max_)


def make_rule(shop: Any, **fields: Any) -> DraftRule:
    values = {
        "name": "Kettles", "languages": ["en"], "fields": ["description"], "tone": "formal",
        "min_facts": 3, "daily_limit": 10, **fields,
    }  # fmt: skip
    with tenant(shop):
        return DraftRule.objects.create(merchant=shop, **values)


def found(shop: Any, rule: DraftRule) -> set[str]:
    with tenant(shop):
        return set(matching(shop, rule).values_list("title", flat=True))


def fresh(shop: Any, rule: DraftRule) -> DraftRule:
    with tenant(shop):
        return DraftRule.objects.get(pk=rule.pk)


def started(shop: Any) -> list[str]:
    with tenant(shop):
        return list(JobItem.objects.order_by("id").values_list("subject_id", flat=True))


def test_a_rule_finds_products_with_enough_confirmed_facts(shop: Any) -> None:
    rule = make_rule(shop)
    make_product(shop, "Whole", facts=FACTS)
    make_product(shop, "Bare", facts={"material": "steel"})
    unsure = make_product(shop, "Unsure", facts=FACTS)
    with tenant(shop):
        Fact.objects.filter(product=unsure).update(status="proposed")
    assert found(shop, rule) == {"Whole"}


def test_a_rule_leaves_what_has_a_text_or_had_a_draft(shop: Any) -> None:
    rule = make_rule(shop)
    live, turned_down = (make_product(shop, name, facts=FACTS) for name in ("Live", "Down"))
    make_product(shop, "New", facts=FACTS)
    make_draft(shop, turned_down, status="rejected", reject_reason="dull")
    with tenant(shop):
        ProductText.objects.create(
            merchant=shop,
            product=live,
            language="en",
            field="description",
            text="x",
            origin="person",
        )
    assert found(shop, rule) == {"New"}


def test_a_rule_is_for_a_category_with_all_below_it_and_for_a_type(shop: Any) -> None:
    pots = make_category(shop, "Pots")
    small = make_category(shop, "Small", path="Pots > Small", parent=pots)
    other = make_category(shop, "Potsdam")
    for name, category in (("A", pots), ("B", small), ("C", other), ("D", None)):
        make_product(shop, name, facts=FACTS, category=category, product_type=f"Type {name}")
    assert found(shop, make_rule(shop, category=pots)) == {"A", "B"}
    assert found(shop, make_rule(shop, product_type="type c")) == {"C"}


def test_running_starts_a_job_within_the_limit_of_the_day(shop: Any) -> None:
    rule = make_rule(shop, daily_limit=2)
    for n in range(3):
        make_product(shop, f"Kettle {n}", facts=FACTS)
    assert run_rules(shop) == 2
    assert len(started(shop)) == 2
    assert run_rules(shop) == 0
    row = fresh(shop, rule)
    assert (row.n_today, str(row.last_result)) == (2, "The limit of the day is reached.")


def test_a_new_day_has_a_new_limit(shop: Any) -> None:
    rule = make_rule(shop, daily_limit=1, day=timezone.localdate() - timedelta(days=1), n_today=1)
    make_product(shop, facts=FACTS)
    assert run_rules(shop) == 1
    assert fresh(shop, rule).n_today == 1


def test_a_second_look_does_not_ask_for_the_same_products_again(shop: Any) -> None:
    make_rule(shop)
    make_product(shop, facts=FACTS)
    assert run_rules(shop) == 1
    assert run_rules(shop) == 0
    with tenant(shop):
        assert Job.objects.filter(kind="write_copy").count() == 1


def test_a_rule_that_is_off_does_nothing(shop: Any) -> None:
    make_rule(shop, is_on=False)
    make_product(shop, facts=FACTS)
    assert run_all() == 0
    assert started(shop) == []


def test_the_clock_runs_the_rules_of_every_shop(shop: Any, other_shop: Any) -> None:
    for one in (shop, other_shop):
        make_rule(one)
        make_product(one, facts=FACTS)
    assert run_all() == 2
    assert len(started(shop)) == len(started(other_shop)) == 1


def test_the_rules_look_after_an_import(shop: Any) -> None:
    make_rule(shop)
    make_product(shop, facts=FACTS)
    with tenant(shop):
        job = Job.objects.create(merchant=shop, kind="run_import", title="x", status="done")
    draft_what_arrived(job)
    assert len(started(shop)) == 1


def test_a_rule_is_made_changed_switched_off_and_removed(
    max_client: Client, shop: Any, here: str
) -> None:
    assert max_client.post(here, SENT).status_code == 302
    with tenant(shop):
        rule = DraftRule.objects.get()
    assert (rule.is_on, rule.fields, rule.languages) == (
        True, ["description", "ad_google"], ["en", "zh"]
    )  # fmt: skip
    one = reverse("aiassist:rule", args=[shop.slug, rule.pk])
    pots = make_category(shop, "Pots")
    max_client.post(one, {**SENT, "category": str(pots.pk), "daily_limit": 3})
    assert (fresh(shop, rule).daily_limit, fresh(shop, rule).category_id) == (3, pots.pk)
    assert f'value="{pots.pk}" selected' in max_client.get(one).content.decode()
    max_client.post(reverse("aiassist:rule-switch", args=[shop.slug, rule.pk]))
    assert fresh(shop, rule).is_on is False
    max_client.post(reverse("aiassist:rule-remove", args=[shop.slug, rule.pk]))
    with tenant(shop):
        assert not DraftRule.objects.exists()
        actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"rule.added", "rule.changed", "rule.off", "rule.removed"} <= actions


def test_one_switch_turns_all_off(max_client: Client, shop: Any) -> None:
    rules = [make_rule(shop), make_rule(shop)]
    max_client.post(reverse("aiassist:rules-off", args=[shop.slug]))
    assert [fresh(shop, rule).is_on for rule in rules] == [False, False]


@pytest.mark.parametrize(
    "wrong",
    [{"min_facts": 1}, {"daily_limit": 0}, {"fields": []}, {"fields": ["novel"]}, {"name": ""}],
)
def test_a_rule_that_cannot_be_is_refused(
    max_client: Client, shop: Any, here: str, wrong: dict[str, Any]
) -> None:
    assert max_client.post(here, {**SENT, **wrong}).status_code == 422
    with tenant(shop):
        assert not DraftRule.objects.exists()


def test_another_shops_category_cannot_be_chosen(
    max_client: Client, shop: Any, other_shop: Any, here: str
) -> None:
    theirs = make_category(other_shop, "Pots")
    assert max_client.post(here, {**SENT, "category": str(theirs.pk)}).status_code == 422


def test_the_count_tells_what_would_be_drafted_and_writes_nothing(
    max_client: Client, shop: Any
) -> None:
    for n in range(3):
        make_product(shop, f"Kettle {n}", facts=FACTS)
    url = reverse("aiassist:rule-count", args=[shop.slug])
    shown = max_client.post(url, {**SENT, "daily_limit": 2}).content.decode()
    assert "It finds 3 products now." in shown
    assert "2 would be drafted today." in shown
    assert started(shop) == []
    with tenant(shop):
        assert not DraftRule.objects.exists()
    assert max_client.post(url, {}).status_code == 422


def test_a_rule_can_be_run_by_hand(max_client: Client, shop: Any) -> None:
    rule = make_rule(shop, is_on=False)
    product = make_product(shop, facts=FACTS)
    max_client.post(reverse("aiassist:rule-run", args=[shop.slug, rule.pk]))
    assert started(shop) == [str(product.pk)]
    with tenant(shop):
        assert not Draft.objects.exists()  # a worker writes them, nobody publishes them


def test_a_viewer_sees_the_rules_and_no_buttons(
    vera: Any, client_of: Any, shop: Any, here: str
) -> None:
    rule = make_rule(shop)
    client = client_of(vera)
    shown = client.get(here).content.decode()
    assert "Kettles" in shown
    assert "rule-form" not in shown
    assert client.post(here, SENT).status_code == 403
    one = reverse("aiassist:rule", args=[shop.slug, rule.pk])
    assert client.post(one, SENT).status_code == 403
