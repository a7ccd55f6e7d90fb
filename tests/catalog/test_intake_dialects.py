"""Files of others: Shopify's and WooCommerce's orders, any table by mapping, and real data."""

import csv
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from catalog.orders.imports.detect import detect
from ecomportal.tenancy.context import tenant
from tests.catalog.taking import compared, imported, latest, mapped, page, problems, table, upload

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "customers"
SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,"
    "Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,"
    "Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,"
    "Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,"
    "Billing Country,Billing Phone,Cancelled at,Payment Method,Refunded Amount,Vendor,Id,Tags,"
    "Lineitem discount,Phone"
)
WOO = (
    "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),"
    "Country Code (Billing),Email (Billing),Phone (Billing),Item #,SKU,Item Name,Quantity,"
    "Item Cost,Order Line Total,Order Line Total Refunded,Order Refund Amount,Order Total Amount"
)


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def shopify(*rows: dict[str, str]) -> str:
    return table(SHOPIFY.split(","), list(rows))


def test_shopify_orders_are_known_with_shipping_and_refunds(shop: Any, alices: Any) -> None:
    first = {
        "Name": "#1001", "Email": "ada@example.com", "Financial Status": "partially_refunded",
        "Fulfillment Status": "fulfilled", "Currency": "USD", "Total": "56.29",
        "Refunded Amount": "5.00", "Created at": "2026-03-01 10:14:00 -0500",
        "Lineitem quantity": "2", "Lineitem price": "16.00", "Lineitem sku": "FERN-1",
        "Billing Name": "Ada Berg", "Billing Country": "DE",
    }  # fmt: skip
    more = {
        "Name": "#1001", "Email": "ada@example.com", "Lineitem quantity": "1",
        "Lineitem price": "20.00", "Lineitem sku": "TOTE-1",
    }  # fmt: skip
    void = {**first, "Name": "#1002", "Email": "", "Cancelled at": "2026-03-02 10:00:00 -0500",
            "Financial Status": "voided", "Refunded Amount": "0.00"}  # fmt: skip
    run = imported(alices, shop, shopify(first, more, void))
    assert (run.dialect, run.n_created, run.n_failed) == ("shopify-orders", 2, 0)
    with tenant(shop):
        order = shop.orders.get(number="#1001")
        assert (order.total_cents, order.refunded_cents, order.currency) == (5629, 500, "USD")
        assert order.status == "shipped"
        assert order.ordered_at.isoformat() == "2026-03-01T15:14:00+00:00"
        assert [line.sku for line in order.lines.order_by("line_number")] == ["FERN-1", "TOTE-1"]
        assert (order.customer.name, order.customer.country) == ("Ada Berg", "DE")
        assert shop.orders.get(number="#1002").status == "cancelled"
        assert shop.orders.get(number="#1002").customer is None


def test_woocommerce_orders_are_known(shop: Any, alices: Any) -> None:
    row = {
        "Order Number": "812", "Order Status": "wc-completed", "Order Date": "2026-03-01 09:30",
        "First Name (Billing)": "Lei", "Last Name (Billing)": "Li", "Country Code (Billing)": "CN",
        "Email (Billing)": "li@example.com", "Item #": "1", "SKU": "TEA-1", "Quantity": "3",
        "Item Cost": "3.333333", "Order Line Total": "9.00", "Order Line Total Refunded": "0",
        "Order Refund Amount": "0", "Order Total Amount": "14.00",
    }  # fmt: skip
    run = imported(alices, shop, table(WOO.split(","), [row, {**row, "Item #": "2"}]))
    assert (run.dialect, run.n_created) == ("woo-orders", 1)
    with tenant(shop):
        order = shop.orders.get()
        assert (order.status, order.total_cents, order.lines.count()) == ("delivered", 1400, 2)
        line = order.lines.first()
        assert (line.unit_price_cents, line.quantity, line.discount_cents) == (333, 3, 99)


def test_a_file_of_one_row_an_order_has_totals_alone(shop: Any, alices: Any) -> None:
    header = ["order_id", "order_date", "status", "billing_email", "order_total", "order_currency"]
    row = dict(
        zip(header, ["7", "2026-03-01", "refunded", "a@example.com", "20", "EUR"], strict=True)
    )
    imported(alices, shop, table(header, [row]))
    with tenant(shop):
        order = shop.orders.get()
    assert (order.total_cents, order.refunded_cents, order.status) == (2000, 2000, "refunded")


def test_any_table_is_mapped_by_hand_and_remembered(shop: Any, alices: Any) -> None:
    content = "Bon,Kunde,Wann,Artikel,Stück,Preis\nB1,K1,03/04/2026,A-1,2,9.50\n"
    answer = upload(alices, content, slug=shop.slug)
    assert answer.status_code == 302
    run = latest(shop)
    assert run.dialect == "any"
    chosen = {
        "Bon": "number", "Kunde": "customer", "Wann": "ordered_at", "Artikel": "sku",
        "Stück": "quantity", "Preis": "unit_price",
    }  # fmt: skip
    run = mapped(alices, shop, run, days="dmy", **chosen)
    assert run.n_created == 1
    from tests.catalog.taking import act

    act(alices, shop, run, "write")
    with tenant(shop):
        assert shop.orders.get().ordered_at.date().isoformat() == "2026-04-03"
    upload(alices, content.replace("B1", "B2"), slug=shop.slug)
    again = latest(shop)
    assert again.mapping == run.mapping
    assert again.reading["days"] == "dmy"


def test_near_names_are_proposed(shop: Any) -> None:
    found = detect(["Order Nummber", "Cust. Email", "Order Totals", "Colour"])
    assert found.subject == "orders"
    assert found.mapping["Order Nummber"] == "number"
    assert found.mapping["Order Totals"] == "total"
    assert found.mapping["Cust. Email"] == "email"
    assert found.mapping["Colour"] == ""


def test_a_mapping_without_what_names_the_order_is_refused(shop: Any, alices: Any) -> None:
    upload(alices, "sku,qty\nA,1\n", slug=shop.slug)
    run = latest(shop)
    answer = alices.post(page(shop, run, "columns/"), {"column_0": "sku", "column_1": "quantity"})
    assert answer.status_code == 422
    assert "number of the order" in answer.content.decode()


def test_a_person_says_what_the_rows_are(shop: Any, alices: Any) -> None:
    upload(alices, "id,email\nC1,ada@example.com\n", slug=shop.slug)
    run = latest(shop)
    answer = alices.post(page(shop, run, "reading/"), {"subject": "orders", "has_header": "yes"})
    assert answer.status_code == 302
    assert latest(shop).subject == "orders"


def test_a_workbook_is_read_like_a_table(shop: Any, alices: Any) -> None:
    book = Workbook()
    book.active.append(["order_id", "customer_id", "ordered_at", "sku", "quantity", "unit_price"])
    book.active.append([1001, "C1", datetime(2026, 3, 1, 9, 30), "A", 2, 9.5])
    out = io.BytesIO()
    book.save(out)
    imported(alices, shop, out.getvalue())
    with tenant(shop):
        order = shop.orders.get()
    assert (order.number, order.total_cents) == ("1001", 1900)


@pytest.mark.parametrize(
    "content",
    [b"", b"   ", b"order_id\n", b"%PDF-1.4", b'{"a": 1}', b"<html></html>", b"\x00\x01" * 99],
)
def test_what_is_no_table_is_refused_and_nothing_kept(
    content: bytes, shop: Any, alices: Any
) -> None:
    answer = upload(alices, content, slug=shop.slug)
    assert answer.status_code == 422
    with tenant(shop):
        assert not shop.intake_runs.exists()


# --- Real data -------------------------------------------------------------------------------


@pytest.mark.skipif(not DATA.exists(), reason="the files of real shops are not here")
def test_cdnow_comes_in_whole(shop: Any, alices: Any) -> None:
    """Every transaction of 2,357 customers, as orders with a total alone."""
    with (DATA / "cdnow" / "transactions_sample.csv").open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    lines = [
        {"order_id": f"T{n}", "customer_id": who, "ordered_at": day, "total": value}
        for n, (who, day, _cds, value) in enumerate([cell.strip() for cell in r[-4:]] for r in rows)
    ]
    header = ["order_id", "customer_id", "ordered_at", "total"]
    run = imported(alices, shop, table(header, lines))
    assert (run.n_created, run.n_failed) == (len(lines), 0)
    with tenant(shop):
        cents = sum(shop.orders.values_list("total_cents", flat=True))
        assert cents == sum(round(float(line["total"]) * 100) for line in lines)
        assert shop.customers.count() == 2357


@pytest.mark.skipif(not DATA.exists(), reason="the files of real shops are not here")
def test_a_part_of_online_retail_comes_in_and_its_returns_are_refused(
    shop: Any, alices: Any
) -> None:
    """Negative quantities stand in it as rows of their own, and a fifth names nobody."""
    polars = pytest.importorskip("polars")
    frame = polars.read_parquet(DATA / "online_retail" / "2009-12_2010-12.parquet").head(6000)
    rows = frame.to_dicts()
    lines = [
        {
            "order_id": str(row["invoice"]), "line_id": str(n), "sku": str(row["sku"]),
            "customer_id": f"{row['customer']:.0f}" if row["customer"] else "",
            "quantity": str(row["quantity"]), "unit_price": f"{row['price']:.2f}",
            "ordered_at": str(row["at"]), "currency": "GBP",
        }
        for n, row in enumerate(rows)
    ]  # fmt: skip
    run = imported(alices, shop, table(list(lines[0]), lines))
    bad = {row["invoice"] for row in rows if row["quantity"] < 0 or row["price"] < 0}
    free = worthless(rows) - bad
    assert run.n_failed == len(bad)
    assert set(problems(shop, run)) <= {"negative_quantity", "negative"}
    assert run.n_created == len({row["invoice"] for row in rows}) - len(bad)
    assert run.notes["n_nobody"] > 0
    with tenant(shop):
        assert shop.orders.filter(total_cents=0).count() == len(free)
        assert not compared(alices, shop, table(list(lines[0]), lines)).n_created


def worthless(rows: list[dict[str, Any]]) -> set[str]:
    worth: dict[str, float] = {}
    for row in rows:
        worth[row["invoice"]] = worth.get(row["invoice"], 0) + row["quantity"] * row["price"]
    return {invoice for invoice, value in worth.items() if round(value, 2) == 0}
