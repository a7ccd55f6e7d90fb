"""The database and the plain reading of a rule name the same customers."""

from random import Random

import pytest

from aiassist.segments.language import customers_matching, matches, parse
from aiassist.segments.language.compiler import PROFILES, Compiler
from aiassist.segments.language.facts import facts_of_all
from ecomportal.tenancy.context import tenant
from tests.aiassist.segments.random_rules import random_rule
from tests.aiassist.segments.random_shops import fill, now_of
from tests.factories import make_shop

ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"]


@pytest.mark.parametrize("zone", ZONES)
def test_query_and_plain_reading_agree(db: None, zone: str) -> None:
    shop, rng = make_shop(f"shop-{ZONES.index(zone)}", timezone=zone, currency="EUR"), Random(zone)
    with tenant(shop):
        customers = fill(shop, rng, 40)
        now = now_of(shop)
        facts = facts_of_all(shop, customers, now=now)
        for _ in range(150):
            rule = random_rule(rng)
            expected = {c.pk for c, f in zip(customers, facts, strict=True) if matches(rule, f)}
            found = set(customers_matching(shop, rule, now=now).values_list("pk", flat=True))
            assert found == expected, rule.text
            few = Compiler(shop, root=PROFILES, now=now, is_few=True).condition(rule.tree)
            looked_up = set(shop.customer_profiles.filter(few).values_list("pk", flat=True))
            assert looked_up == expected, rule.text
            assert parse(rule.text) == rule
