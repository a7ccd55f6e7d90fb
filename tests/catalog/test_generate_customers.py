"""Generated customers: exact numbers, the same for a seed, and such as real shops have."""

from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Q

from catalog.generator.customers import DAYS, SECONDS_A_DAY, STATUSES, draw
from catalog.generator.customers_write import write_customers
from catalog.orders.models import Customer, Order, OrderLine
from ecomportal.tenancy.context import tenant
from tests.factories import make_product


def drawn(n_customers: int = 4000, n_orders: int = 40_000, **fields: Any) -> Any:
    given = {"seed": 7, "language": "en", "end_day": 329, **fields}
    return draw(n_customers, n_orders, **given)


@pytest.mark.parametrize(("customers", "orders"), [(1, 0), (1, 30), (50, 20), (300, 301), (9, 900)])
def test_there_are_exactly_as_many_as_asked_for(customers: int, orders: int) -> None:
    one = drawn(customers, orders)
    assert (one.joined.size, one.customer.size, one.at.size) == (customers, orders, orders)
    assert not orders or one.customer.max() < customers


def test_a_seed_gives_the_same_and_another_seed_others() -> None:
    one, same, other = drawn(), drawn(), drawn(seed=8)
    assert np.array_equal(one.at, same.at)
    assert np.array_equal(one.cents, same.cents)
    assert not np.array_equal(one.cents, other.cents)


def test_some_never_order_many_order_seldom_and_a_few_carry_the_shop() -> None:
    one = drawn()
    n = np.sort(np.bincount(one.customer, minlength=4000))
    assert 0.02 < (n == 0).mean() < 0.09
    assert np.median(n) < n.mean(), "the middle orders less than the mean"
    assert n[-800:].sum() > 0.5 * n.sum(), "a fifth makes more than half of the orders"


def test_orders_lie_in_the_years_before_and_none_before_its_customer() -> None:
    one = drawn()
    assert one.at.min() > 0
    assert one.at.max() <= (DAYS + 1) * SECONDS_A_DAY
    first = np.zeros(4000)
    np.maximum.at(first, one.customer, one.at)
    assert (one.joined >= first - SECONDS_A_DAY).all()


def test_seasons_are_the_shops() -> None:
    """Of a year's orders, more than a day's share falls into the days of the peak."""
    one = drawn(end_day=1)  # the last days of the history are those of December
    days = (one.at[one.at < 365 * SECONDS_A_DAY] / SECONDS_A_DAY).astype(int)
    before_holidays = ((days >= 10) & (days < 40)).mean()
    spring = ((days >= 270) & (days < 300)).mean()
    assert before_holidays > 1.5 * spring


def test_refunds_never_exceed_the_order_and_fit_the_status() -> None:
    one = drawn()
    assert (one.refunded <= one.cents).all()
    is_back = one.status == STATUSES.index("refunded")
    assert (one.refunded[is_back] == one.cents[is_back]).all()
    assert 0.01 < is_back.mean() < 0.06
    assert 0.02 < (one.status == STATUSES.index("cancelled")).mean() < 0.05


# The writers have connections of their own, which see only what is committed.
@pytest.mark.django_db(transaction=True)
def test_rows_are_written_with_profiles_and_lines(shop: Any) -> None:
    for n in range(12):
        make_product(shop, f"Lamp {n}")
    with tenant(shop):
        shop.variants.update(position=1)
    counts = list(write_customers(shop, 60, 500, seed=3))
    assert counts == [{"customer": 60}, {"order": 500, "line": 500}]
    with tenant(shop):
        assert shop.customer_profiles.count() == Customer.objects.count() == 60
        orders = Order.objects.aggregate(
            n=Count("pk"), numbers=Count("number", distinct=True), odd=Count("pk", filter=Q(
                delivered_at__lt=F("ordered_at"))))  # fmt: skip
        assert orders == {"n": 500, "numbers": 500, "odd": 0}
        lines = OrderLine.objects.filter(unit_price_cents=F("order__total_cents"))
        assert lines.filter(product__isnull=False, variant__sku=F("sku")).count() == 500
        languages = dict(Customer.objects.values_list("language").annotate(n=Count("pk")))
    assert languages["en"] > languages.get("zh", 0)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_command_tells_what_it_wrote_and_refuses_a_second_time(shop: Any) -> None:
    out = StringIO()
    given = {"shop": shop.slug, "customers": 30, "orders": 200, "stdout": out}
    call_command("generate_customers", **given)
    assert "30 customers, 200 orders" in out.getvalue()
    with pytest.raises(CommandError, match="already"):
        call_command("generate_customers", **given)
    with pytest.raises(CommandError, match="--customers"):
        call_command("generate_customers", **{**given, "customers": 0})
    with pytest.raises(CommandError, match="--create"):
        call_command("generate_customers", **{**given, "shop": "nowhere"})
