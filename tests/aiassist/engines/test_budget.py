"""Promises of money are made one at a time, whoever asks."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from aiassist.copywriting.engine import Usage
from aiassist.copywriting.engines.budget import Promise, Purse
from aiassist.copywriting.engines.models import EngineChoice, TextSpend
from ecomportal.tenancy.context import tenant

TEXT = Usage(tokens_in=80, tokens_out=20, cost_micros=10, n_calls=1)


def limit(shop: Any, **limits: int) -> None:
    with tenant(shop):
        EngineChoice.objects.update_or_create({"engine": "openai", **limits}, merchant=shop)


def held(shop: Any) -> int:
    with tenant(shop):
        return sum(TextSpend.objects.values_list("held_tokens", flat=True))


@pytest.mark.django_db
def test_as_much_is_promised_as_there_is_room_for(shop):
    limit(shop, day_tokens=250)
    purse = Purse(shop)
    n, promise = purse.promise([TEXT] * 5)
    assert (n, promise.tokens, promise.micros) == (2, 200, 20)
    assert purse.promise([TEXT]) == (0, Promise())
    assert "Today's budget" in str(purse.reason)


@pytest.mark.django_db
def test_what_was_cheaper_than_promised_leaves_room(shop):
    limit(shop, day_micros=25)
    purse = Purse(shop)
    n, promise = purse.promise([TEXT] * 3)
    assert n == 2
    with tenant(shop):
        purse.settle(promise, Usage(10, 10, 2, 2))
    assert purse.promise([TEXT] * 3)[0] == 2


@pytest.mark.django_db
def test_without_limits_everything_is_promised_and_still_counted(shop):
    limit(shop)
    n, promise = Purse(shop).promise([TEXT] * 1000)
    assert (n, promise.tokens) == (1000, 100_000)


@pytest.mark.django_db
def test_a_budget_begins_anew_at_the_shops_midnight(shop, other_shop):
    limit(shop, day_tokens=100)
    with tenant(shop):
        TextSpend.objects.create(merchant=shop, day="2020-01-01", tokens_in=10**6)
    limit(other_shop)
    Purse(other_shop).promise([TEXT] * 50)
    assert Purse(shop).promise([TEXT])[0] == 1


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_cannot_promise_the_same_money_twice(shop):
    limit(shop, day_tokens=1500)

    def ask(_n: int) -> int:
        try:
            return sum(Purse(shop).promise([TEXT])[0] for _ in range(5))
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        granted = sum(pool.map(ask, range(10)))
    assert granted == 15
    assert held(shop) == 1500
