"""Orders by file: what is written, what is refused with what to do, and what is counted."""

from pathlib import Path
from typing import Any

import pytest

from catalog.orders.models import Order
from ecomportal.tenancy.context import tenant
from tests.catalog.taking import act, compared, imported, latest, orders, page, problems, upload
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def test_an_order_is_written_with_its_lines(shop: Any, alices: Any) -> None:
    product = make_product(shop, "Kettle", sku="NK-1")
    run = imported(
        alices,
        shop,
        orders(
            {"quantity": "2", "discount": "8.00"},
            {"line_id": "2", "sku": "NK-2", "unit_price": "5.50", "refunded_amount": "5.50"},
        ),
    )
    assert (run.state, run.subject, run.dialect) == ("done", "orders", "own-orders")
    with tenant(shop):
        order = shop.orders.select_related("customer").get()
        assert (order.number, order.status, order.currency) == ("1001", "paid", "EUR")
        assert (order.total_cents, order.refunded_cents) == (15550, 550)
        assert order.customer.external_id == "C1"
        first, second = order.lines.order_by("line_number")
        assert (first.product_id, first.quantity, first.discount_cents) == (product.pk, 2, 800)
        assert (second.sku, second.product_id, second.refunded_cents) == ("NK-2", None, 550)


def test_the_same_file_again_changes_nothing(shop: Any, alices: Any) -> None:
    content = orders({}, {"line_id": "2", "sku": "B"}, {"order_id": "1002", "customer_id": "C2"})
    imported(alices, shop, content)
    with tenant(shop):
        before = list(shop.orders.order_by("number").values_list("number", "changed_at"))
    run = compared(alices, shop, content)
    assert (run.n_created, run.n_changed, run.n_unchanged, run.n_failed) == (0, 0, 2, 0)
    with tenant(shop):
        assert before == list(shop.orders.order_by("number").values_list("number", "changed_at"))


@pytest.mark.django_db(transaction=True)
def test_only_what_differs_is_changed_and_raises_the_time(shop: Any, alices: Any) -> None:
    imported(alices, shop, orders({}, {"order_id": "1002"}))
    with tenant(shop):
        before = dict(shop.orders.values_list("number", "changed_at"))
    run = compared(alices, shop, orders({"status": "shipped"}, {"order_id": "1002"}))
    with tenant(shop):
        row = run.rows.get(outcome="changed")
        assert row.diff == [{"field": "status", "before": "paid", "after": "shipped"}]
    page_text = alices.get(page(shop, run) + "?show=changed").content.decode()
    assert "Shipped" in page_text
    assert "Paid" in page_text
    act(alices, shop, run, "write")
    with tenant(shop):
        after = dict(shop.orders.values_list("number", "changed_at"))
        assert after["1001"] > before["1001"]
        assert after["1002"] == before["1002"]


def test_a_line_left_out_stays_and_a_total_with_shipping_moves_with_its_lines(
    shop: Any, alices: Any
) -> None:
    header = [*orders().splitlines()[0].split(","), "total"]
    first = orders({"total": "84.90"}, {"line_id": "2", "total": "84.90"}, header=header)
    imported(alices, shop, first.replace("79.00", "40.00"))
    imported(alices, shop, orders({"unit_price": "41.00"}))
    with tenant(shop):
        order = shop.orders.get()
        assert order.total_cents == 8590
        assert order.lines.count() == 2


def test_an_unknown_customer_is_made_and_nobody_stays_nobody(shop: Any, alices: Any) -> None:
    run = imported(
        alices,
        shop,
        orders({}, {"order_id": "1002"}, {"order_id": "1003", "customer_id": ""}),
    )
    assert run.notes["n_new_people"] == 1
    assert run.notes["n_nobody"] == 1
    with tenant(shop):
        assert shop.customers.get().orders.count() == 2
        assert shop.orders.get(number="1003").customer is None
        assert shop.customers.get().created_at == shop.orders.get(number="1001").ordered_at


@pytest.mark.parametrize(
    ("cells", "code", "told"),
    [
        ({"quantity": "-2"}, "negative_quantity", "refunded_amount"),
        ({"quantity": "1.5"}, "not_whole", "1.5"),
        ({"unit_price": "-3"}, "negative", "below zero"),
        ({"unit_price": ""}, "line_without_price", "no unit price"),
        ({"refunded_amount": "79.01"}, "refund_too_large", "€79.01 were paid back"),
        ({"discount": "80"}, "discount_too_large", "larger than the line"),
        ({"currency": "XQQ"}, "not_currency", "XQQ"),
        ({"status": "teleported"}, "not_order_status", "cancelled"),
        ({"ordered_at": "2199-01-01"}, "in_future", "future"),
        ({"ordered_at": "tomorrow"}, "not_a_date", "2026-03-31"),
        ({"ordered_at": "3/4/2026"}, "day_or_month", "day or the month"),
        ({"ordered_at": "1203-01-01"}, "too_early", "1970"),
        ({"ordered_at": ""}, "no_time", "placed"),
        ({"order_id": ""}, "no_order_number", "no order number"),
        ({"order_id": "9" * 61}, "too_long", "60"),
        ({"discount": "0.005"}, "too_precise", "decimals"),
    ],
)
def test_a_bad_cell_keeps_its_order_aside_with_what_to_do(
    cells: dict[str, str], code: str, told: str, shop: Any, alices: Any
) -> None:
    run = compared(alices, shop, orders(cells, {"order_id": "1002"}))
    assert problems(shop, run) == [code]
    assert (run.n_failed, run.n_created) == (1, 1), "the other order is not harmed"
    assert told in alices.get(page(shop, run) + "?show=failed").content.decode()


def test_one_bad_line_keeps_the_whole_order_aside(shop: Any, alices: Any) -> None:
    run = compared(alices, shop, orders({}, {"line_id": "2", "quantity": "-1"}))
    assert (run.n_failed, run.n_created) == (1, 0)
    sent = alices.get(page(shop, run, "errors.csv")).content.decode()
    assert len(sent.strip().splitlines()) == 3, "both lines are sent back"


def test_an_order_of_two_customers_is_refused(shop: Any, alices: Any) -> None:
    run = compared(alices, shop, orders({}, {"line_id": "2", "customer_id": "C2"}))
    assert problems(shop, run) == ["two_values"]
    text = alices.get(page(shop, run) + "?show=failed").content.decode()
    assert "Customer number" in text
    assert "C2" in text


def test_the_same_line_twice_is_refused_unless_it_says_the_same(shop: Any, alices: Any) -> None:
    run = compared(
        alices, shop, orders({}, {"quantity": "3"}, {"order_id": "1002"}, {"order_id": "1002"})
    )
    assert problems(shop, run) == ["line_again"]
    assert run.n_created == 1


def test_lines_of_an_order_may_stand_apart(shop: Any, alices: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("catalog.orders.imports.reading.BATCH", 2)
    rows = [{"order_id": str(n % 3), "line_id": str(n), "sku": f"S{n}"} for n in range(9)]
    imported(alices, shop, orders(*rows))
    with tenant(shop):
        assert [order.lines.count() for order in shop.orders.all()] == [3, 3, 3]


def test_a_time_without_a_zone_is_of_the_shop(shop: Any, alices: Any) -> None:
    shop.timezone = "Asia/Shanghai"
    shop.save()
    imported(alices, shop, orders({"ordered_at": "2026-03-01 09:30"}))
    with tenant(shop):
        assert shop.orders.get().ordered_at.isoformat() == "2026-03-01T01:30:00+00:00"


def test_ten_currencies_are_kept_and_those_without_a_rate_told(shop: Any, alices: Any) -> None:
    codes = ["EUR", "USD", "GBP", "CNY", "JPY", "CHF", "SEK", "PLN", "KWD", "AUD"]
    rows = [
        {"order_id": code, "currency": code, "unit_price": "100", "discount": "0"} for code in codes
    ]
    run = imported(alices, shop, orders(*rows))
    assert run.notes["no_rate"] == dict.fromkeys(codes[1:], 1)
    with tenant(shop):
        totals = dict(shop.orders.values_list("currency", "total_cents"))
    assert totals["EUR"] == 10_000
    assert totals["JPY"] == 100
    assert totals["KWD"] == 100_000
    assert "USD" in alices.get(page(shop, run)).content.decode()


def test_a_refunded_order_without_an_amount_gave_all_back(shop: Any, alices: Any) -> None:
    imported(alices, shop, orders({"status": "已退款"}))
    with tenant(shop):
        order = shop.orders.get()
    assert (order.status, order.refunded_cents) == (Order.Status.REFUNDED, 7900)


def test_a_viewer_may_not_and_a_stranger_finds_nothing(
    shop: Any, client_of: Any, alices: Any, vera: Any, mallory: Any
) -> None:
    run = compared(alices, shop, orders())
    assert client_of(vera).get(page(shop, run)).status_code == 403
    assert upload(client_of(vera), orders(), slug=shop.slug).status_code == 403
    assert client_of(mallory).get(page(shop, run)).status_code == 404
    assert client_of(mallory).post(page(shop, run, "write/")).status_code == 404
    assert latest(shop).pk == run.pk
