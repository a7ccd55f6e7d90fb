"""Prices in bulk: the rounding rules against exact arithmetic, the preview against the run."""

import random
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import pytest
from django.db import connection

from catalog.products.bulk_preview import totals
from catalog.products.bulk_sql import edit_for, roundings
from catalog.products.changes import Change
from catalog.products.models import Product, Variant
from ecomportal.tenancy.context import tenant
from tests.catalog.test_product_bulk import Bulk
from tests.factories import make_member, make_product, make_shop

LOOK = "SELECT old, new FROM priced"


@pytest.fixture
def desk(db: Any, client_of: Any) -> Bulk:
    shop = make_shop()
    return Bulk(client_of(make_member(shop)), shop)


def by_hand(old: int, how: str, value: str, *, rule: tuple[int, int]) -> int:
    """What a careful person with a calculator gets, half a step going up."""
    exact = {
        "set": Decimal(value),
        "amount": old + Decimal(value),
        "percent": Decimal(old) * (100 + Decimal(value)) / 100,
    }[how]
    step, offset = rule
    if exact <= 0:
        return int((exact + Decimal("0.5")).to_integral_value(ROUND_FLOOR))
    steps = ((exact + offset) / step + Decimal("0.5")).to_integral_value(ROUND_FLOOR)
    if offset:
        steps = max(steps, Decimal(1))
    return int(steps * step - offset)


@pytest.mark.parametrize("currency", ["EUR", "CNY", "JPY", "KWD"])
@pytest.mark.parametrize("how", ["amount", "percent"])
def test_every_rounding_rule_rounds_as_by_hand(db: Any, currency: str, how: str) -> None:
    shop, rng = make_shop(currency=currency), random.Random(7)
    product = make_product(shop)
    olds = [0, 1, 4, 5, 49, 50, 94, 95, 99, 100, 1250, *(rng.randrange(10**6) for _ in range(40))]
    with tenant(shop):
        Variant.objects.bulk_create(
            Variant(merchant=shop, product=product, price_cents=old, position=n)
            for n, old in enumerate(olds, start=2)
        )
        for rule, numbers in roundings(currency).items():
            for value in ("7", "-3", "33") if how == "amount" else ("10", "-12.5", "0.333", "-50"):
                params = {"how": how, "value": value, "rounding": rule}
                edit = edit_for("price", params, currency)
                priced = edit.plan.split("WITH", 1)[1].split("SELECT c.id")[0]
                sql = f"WITH chosen (id) AS (VALUES (%(product)s)), {priced} {LOOK}"
                with connection.cursor() as cursor:
                    cursor.execute(sql, {**edit.values, "product": product.pk})
                    for old, new in cursor.fetchall():
                        assert int(new) == by_hand(old, how, value, rule=numbers), (
                            rule,
                            old,
                            value,
                        )


def prices(desk: Bulk) -> list[int]:
    with tenant(desk.shop):
        return list(Variant.objects.order_by("pk").values_list("price_cents", flat=True))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"how": "set", "value": "12.50"}, [1250, 1250]),
        ({"how": "amount", "value": "-0.50"}, [950, 1949]),
        ({"how": "amount", "value": "+3"}, [1300, 2299]),
        ({"how": "percent", "value": "10"}, [1100, 2199]),
        ({"how": "percent", "value": "-12.5%", "rounding": "99"}, [899, 1799]),
        ({"how": "percent", "value": "10", "rounding": "95"}, [1095, 2195]),
        ({"how": "percent", "value": "10", "rounding": "whole"}, [1100, 2200]),
        ({"how": "percent", "value": "3", "rounding": "0.05"}, [1030, 2060]),
    ],
)
def test_prices_are_written_as_shown_and_taken_back(desk: Bulk, form: Any, expected: Any) -> None:
    ids = [make_product(desk.shop, price_cents=cents).pk for cents in (1000, 1999)]
    form = {"action": "price", "ids": ids, **form}
    shown = desk.ask(preview="1", **form)
    assert shown.context["totals"].sum_cents == sum(expected) - 2999
    job = desk.run(**form)
    assert prices(desk) == expected
    with tenant(desk.shop):
        row = Change.objects.get(job=job).rows.first()
        assert row.before == {"variants": {str(Variant.objects.first().pk): {"price_cents": 1000}}}
    desk.client.post(job.result["undo_url"])
    assert prices(desk) == [1000, 1999]


def test_the_preview_shows_old_and_new_ranges_and_totals(desk: Bulk) -> None:
    shirt = make_product(desk.shop, "Linen shirt", price_cents=1000)
    with tenant(desk.shop):
        Variant.objects.create(merchant=desk.shop, product=shirt, price_cents=3000, position=2)
    form = {"action": "price", "how": "percent", "value": "10", "ids": shirt.pk}
    page = desk.ask(preview="1", **form).content.decode()
    for words in ("€10.00 – €30.00", "€11.00 – €33.00", "€4.00", "€2.00", "Change 1 product"):
        assert words in page
    assert prices(desk) == [1000, 3000]


def test_htmx_is_given_the_preview_alone(desk: Bulk) -> None:
    mug = make_product(desk.shop, "Mug", price_cents=1000)
    form = {"action": "price", "how": "percent", "value": "x", "ids": mug.pk, "preview": "1"}
    bad = desk.client.post(desk.url, form, headers={"HX-Request": "true"})
    assert (bad.status_code, "<html" in bad.content.decode()) == (422, False)
    assert "Write the percentage as a number" in bad.content.decode()
    good = desk.client.post(desk.url, {**form, "value": "5"}, headers={"HX-Request": "true"})
    assert (good.status_code, "€10.50" in good.content.decode()) == (200, True)


def test_a_result_below_zero_stops_the_run_until_it_is_left_out(desk: Bulk) -> None:
    cheap = make_product(desk.shop, "Cheap", price_cents=300)
    dear = make_product(desk.shop, "Dear", price_cents=900)
    form = {"action": "price", "how": "amount", "value": "-5", "ids": [cheap.pk, dear.pk]}
    page = desk.ask(confirmed="1", **form)
    text = page.content.decode()
    assert page.status_code == 422
    assert "1 product cannot be changed like this" in text
    assert "The price would be below zero: 1" in text
    assert [row.title for row in page.context["refused"]] == ["Cheap"]
    assert prices(desk) == [300, 900]
    job = desk.run(leave_out="on", **form)
    assert prices(desk) == [300, 400]
    assert job.result_text == "1 product changed, 1 left as it is"
    change = desk.client.get(job.result["url"]).content.decode()
    assert "The price would be below zero" in change


@pytest.mark.parametrize(
    ("cents", "form", "why"),
    [
        (40, {"how": "percent", "value": "-10", "rounding": "whole"}, "rounded"),
        (100, {"how": "percent", "value": "-110"}, "below"),
        (99_999_999_999_999, {"how": "percent", "value": "100"}, "large"),
    ],
)
def test_why_a_product_is_refused(desk: Bulk, cents: int, form: Any, why: str) -> None:
    product = make_product(desk.shop, price_cents=cents)
    page = desk.ask(action="price", preview="1", ids=product.pk, **form)
    assert page.context["totals"].refused == {why: 1}


def test_free_stays_free_and_rounding_that_eats_a_change_is_told(desk: Bulk) -> None:
    free = make_product(desk.shop, "Free", price_cents=0)
    paid = make_product(desk.shop, "Paid", price_cents=1000)
    form = {"how": "percent", "value": "1", "rounding": "whole"}
    found = desk.ask(action="price", preview="1", ids=[free.pk, paid.pk], **form).context["totals"]
    assert (found.n_changing, found.n_lost, found.n_same, found.refused) == (0, 1, 2, {})


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"how": "set", "value": "20"}, [2000, 2000]),
        ({"how": "percent", "value": "10"}, [None, 1650]),
        ({"how": "copy"}, [1000, 1200]),
        ({"how": "clear"}, [None, None]),
    ],
)
def test_the_price_before(desk: Bulk, form: Any, expected: Any) -> None:
    ids = [make_product(desk.shop, price_cents=cents).pk for cents in (1000, 1200)]
    with tenant(desk.shop):
        Variant.objects.filter(product=ids[1]).update(compare_at_cents=1500)
    job = desk.run(action="compare_at", ids=ids, **form)

    def before() -> list[Any]:
        with tenant(desk.shop):
            return list(Variant.objects.order_by("pk").values_list("compare_at_cents", flat=True))

    assert before() == expected
    desk.client.post(job.result["undo_url"])
    assert before() == [None, 1500]


def test_the_numbers_are_those_of_the_whole_selection(desk: Bulk) -> None:
    rng = random.Random(3)
    for _ in range(60):
        make_product(desk.shop, price_cents=rng.randrange(1, 3000))
    params = {"how": "amount", "value": "-500", "rounding": "none"}
    with tenant(desk.shop):
        olds = list(Variant.objects.values_list("price_cents", flat=True))
        found = totals(edit_for("price", params, "EUR"), Product.objects.all())
    kept = [old for old in olds if old >= 500]
    assert (found.n_products, found.n_changing, found.sum_cents) == (
        60,
        len(kept),
        -500 * len(kept),
    )
    assert found.refused == {"below": 60 - len(kept)}
    assert len(found.refused_ids) == min(20, 60 - len(kept))


def test_who_may_look_and_who_not(desk: Bulk, client_of: Any) -> None:
    form = {"action": "price", "how": "set", "value": "1", "preview": "1"}
    viewer, stranger = make_member(desk.shop, role="viewer"), make_member(make_shop())
    assert client_of(viewer).post(desk.url, form).status_code == 403
    assert client_of(stranger).post(desk.url, form).status_code == 404
