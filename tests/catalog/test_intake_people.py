"""Customers by file: hashes alone are kept, whoever is meant is found, and the way back."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from catalog.orders.contacts import email_hash, phone_hash
from catalog.orders.erasures import Erasure, fingerprint
from catalog.orders.imports import undo
from catalog.orders.imports.store import forget_old_files
from catalog.products.imports.store import file_of
from catalog.products.imports.values import BadValue
from ecomportal.tenancy.context import tenant
from tests.catalog.taking import (
    CUSTOMERS,
    ORDERS,
    act,
    compared,
    imported,
    latest,
    orders,
    page,
    people,
    problems,
    table,
)

pytestmark = pytest.mark.django_db
EMAIL = "ada@example.com"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def test_a_customer_is_written_and_contacts_are_hashes(shop: Any, alices: Any) -> None:
    header = [*CUSTOMERS, "phone"]
    row = {"email_sha256": f"  {EMAIL.upper()} ", "phone": "030 / 123 456-7"}
    run = imported(alices, shop, people(row, header=header))
    assert run.dialect == "own-customers"
    with tenant(shop):
        customer = shop.customers.get()
        assert (customer.external_id, customer.name, customer.tags) == ("C1", "Ada Berg", ["gift"])
        assert customer.email_sha256 == sha(EMAIL)
        assert customer.phone_sha256 == sha("+49301234567")
        assert customer.phone_digits_sha256 == sha("49301234567")
        assert customer.accepts_marketing


@pytest.mark.parametrize(
    ("cell", "country", "digits"),
    [
        ("+49 (0)30 123456", "", "4930123456"),
        ("0049 30 123456", "", "4930123456"),
        ("138 0013 8000", "CN", "8613800138000"),
        ("8613800138000", "CN", "8613800138000"),
        ("(212) 555-0100", "US", "12125550100"),
        ("06 1234 5678", "IT", "390612345678"),
    ],
)
def test_a_phone_is_hashed_in_both_ways(cell: str, country: str, digits: str) -> None:
    assert phone_hash(cell, country) == (sha(f"+{digits}"), sha(digits))


@pytest.mark.parametrize("cell", ["030 123456", "n/a", "12", "+0123456789", "1" * 16, "１２３"])
def test_what_is_no_phone_is_refused(cell: str) -> None:
    with pytest.raises(BadValue):
        phone_hash(cell)


@pytest.mark.parametrize("cell", ["ada", "ada@", "a b@example.com", "ada@example", "a@b@c.de"])
def test_what_is_no_email_is_refused(cell: str) -> None:
    with pytest.raises(BadValue):
        email_hash(cell)


def test_a_hash_stays_the_hash_it_is() -> None:
    assert email_hash(sha(EMAIL).upper()) == sha(EMAIL)


@pytest.mark.django_db(transaction=True)
def test_contacts_stand_nowhere_in_clear(shop: Any, alices: Any, caplog: Any) -> None:
    """Not in the rows, the error file, the pages, the log, nor on the disk once it is written."""
    header = [*ORDERS, "email", "phone", "note"]
    rows = [
        {"email": EMAIL, "phone": "+49 30 5550123", "note": f"call {EMAIL}"},
        {"order_id": "1002", "email": EMAIL, "quantity": "-1", "note": EMAIL},
        {"order_id": "1003", "customer_id": EMAIL, "status": EMAIL},
    ]
    run = compared(alices, shop, orders(*rows, header=header), note="")
    sent = alices.get(page(shop, run, "errors.csv")).content.decode()
    seen = [alices.get(page(shop, run) + f"?show={tab}") for tab in ("created", "failed")]
    path = file_of(run)
    assert path.exists()
    run = act(alices, shop, run, "write")
    assert not path.exists()
    with tenant(shop):
        kept = [str(list(rows.values())) for rows in (run.rows, shop.customers, shop.orders)]
        kept.append(str(list(shop.intake_runs.values())))
    texts = [sent, caplog.text, *(answer.content.decode() for answer in seen), *kept]
    texts.append(alices.get(page(shop, run)).content.decode())
    for text in texts:
        assert "ada@" not in text.lower()
        assert "5550123" not in text
    assert sha(EMAIL) in sent


def test_the_corrected_error_file_means_the_same_people(shop: Any, alices: Any) -> None:
    header = [*ORDERS, "email", "phone"]
    row = {"customer_id": "", "email": EMAIL, "phone": "+49305550123", "quantity": "-1"}
    run = imported(alices, shop, orders(row, {"order_id": "1002"}, header=header))
    sent = alices.get(page(shop, run, "errors.csv")).content.decode()
    again = imported(alices, shop, sent.replace(",'-1,", ",1,"))
    assert (again.n_created, again.n_failed) == (1, 0)
    with tenant(shop):
        customer = shop.orders.get(number="1001").customer
        assert customer.email_sha256 == sha(EMAIL)
        assert customer.phone_digits_sha256 == sha("49305550123")


def test_who_came_with_an_email_gets_the_number_a_file_brings(shop: Any, alices: Any) -> None:
    header = [*ORDERS, "email"]
    imported(alices, shop, orders({"customer_id": "", "email": EMAIL}, header=header))
    with tenant(shop):
        made = shop.customers.get()
        assert made.external_id == f"email-{sha(EMAIL)[:24]}"
    run = imported(alices, shop, people({"customer_id": "C9", "email_sha256": EMAIL}))
    assert (run.n_created, run.n_changed) == (0, 1)
    with tenant(shop):
        customer = shop.customers.get()
        assert (customer.pk, customer.external_id) == (made.pk, "C9")
    run = compared(alices, shop, orders({"customer_id": "", "email": EMAIL}, header=header))
    assert run.n_unchanged == 1, "the order by e-mail still means the same person"


def test_an_order_by_email_finds_the_customer_with_a_number(shop: Any, alices: Any) -> None:
    imported(alices, shop, people({"email_sha256": EMAIL}))
    imported(alices, shop, orders({"customer_id": "", "email": EMAIL}, header=[*ORDERS, "email"]))
    with tenant(shop):
        assert shop.orders.get().customer.external_id == "C1"


def test_a_customer_stated_twice_is_refused_unless_alike(shop: Any, alices: Any) -> None:
    alike, other = {"customer_id": "C2"}, {"customer_id": "C3", "name": "Bo"}
    run = compared(alices, shop, people(alike, alike, other, {**other, "name": "Bea"}))
    assert problems(shop, run) == ["row_again"]
    assert run.n_created == 1


def test_only_stated_columns_change(shop: Any, alices: Any) -> None:
    imported(alices, shop, people({"email_sha256": EMAIL}))
    header = ["customer_id", "email", "accepts_marketing"]
    imported(alices, shop, table(header, [{"customer_id": "C1", "accepts_marketing": "no"}]))
    with tenant(shop):
        customer = shop.customers.get()
    assert not customer.accepts_marketing
    assert (customer.name, customer.email_sha256) == ("Ada Berg", sha(EMAIL))


def test_a_bad_phone_loses_no_customer(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, people({"phone": "ask Bob"}, header=[*CUSTOMERS, "phone"]))
    assert (run.n_created, run.n_failed) == (1, 0)
    with tenant(shop):
        assert [p["code"] for p in run.rows.get().problems] == ["not_phone"]


def test_shopify_customers_are_known(shop: Any, alices: Any) -> None:
    header = (
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
        "Default Address Address1,Default Address Country Code,Default Address Phone,Phone,"
        "Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags"
    )
    row = "'7001,Lei,Li,li@example.com,yes,,,CN,,'+8613800138000,no,10.00,1,,no,\"vip, tea\""
    run = imported(alices, shop, f"{header}\n{row}\n'7002,雷,李,,no,,,,,,,,,,,\n")
    assert (run.dialect, run.n_created) == ("shopify-customers", 2)
    with tenant(shop):
        first, second = shop.customers.order_by("external_id")
        assert (first.external_id, first.name, first.country) == ("7001", "Lei Li", "CN")
        assert first.phone_sha256 == sha("+8613800138000")
        assert (first.tags, first.accepts_marketing) == (["vip", "tea"], True)
        assert second.name == "李雷"


# --- The way back ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_undo_takes_orders_and_their_customers_away_again(shop: Any, alices: Any) -> None:
    imported(alices, shop, orders({"status": "pending"}, {"order_id": "1002"}))
    with tenant(shop):
        before = list(shop.orders.order_by("number").values("number", "status", "total_cents"))
        lines = list(shop.order_lines.order_by("pk").values("order", "line_number", "sku"))
    run = imported(
        alices,
        shop,
        orders(
            {"sku": "OTHER"},
            {"line_id": "2"},
            {"order_id": "1002"},
            {"order_id": "1003", "customer_id": "C7"},
        ),
    )
    run = act(alices, shop, run, "undo")
    assert run.undone_at
    assert run.notes["n_people_back"] == 1
    with tenant(shop):
        now = list(shop.orders.order_by("number").values("number", "status", "total_cents"))
        assert now == before
        assert lines == list(shop.order_lines.order_by("pk").values("order", "line_number", "sku"))
        assert [c.external_id for c in shop.customers.all()] == ["C1"]


@pytest.mark.django_db(transaction=True)
def test_no_order_can_hang_on_a_customer_while_undo_asks(
    shop: Any, alices: Any, monkeypatch: Any
) -> None:
    run = imported(alices, shop, orders({"customer_id": "C7"}))
    free: list[Any] = []
    used = undo._used

    def asked(merchant: Any, ids: Any) -> Any:
        """An order of hers would need this lock; another connection asks for it."""
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT set_config('app.merchant_id', %s, false)", [str(merchant.pk)])
            for rows in ("", " FOR KEY SHARE SKIP LOCKED"):
                cursor.execute(f"SELECT external_id FROM catalog_customer{rows}")
                free.append([name for (name,) in cursor.fetchall()])
        other.close()
        return used(merchant, ids)

    monkeypatch.setattr(undo, "_used", asked)
    run = act(alices, shop, run, "undo")
    assert run.notes["n_people_back"] == 1
    assert free == [["C7"], []]


@pytest.mark.django_db(transaction=True)
def test_undo_leaves_what_somebody_changed_and_says_so(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, orders({}, {"order_id": "1002", "customer_id": "C2"}))
    with tenant(shop):
        shop.orders.filter(number="1001").update(status="delivered")
    run = act(alices, shop, run, "undo")
    with tenant(shop):
        assert [order.number for order in shop.orders.all()] == ["1001"]
        assert [c.external_id for c in shop.customers.all()] == ["C1"], "an order hangs on her"
        assert run.rows.get(undo="stays").problems[0]["code"] == "stays_changed"
    assert "changed after the import" in alices.get(page(shop, run)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_undo_of_customers_spares_those_who_bought(shop: Any, alices: Any) -> None:
    imported(alices, shop, people({"name": "Before"}))
    run = imported(
        alices, shop, people({"name": "After"}, {"customer_id": "C2"}, {"customer_id": "C3"})
    )
    imported(alices, shop, orders({"customer_id": "C3"}))
    act(alices, shop, run, "undo")
    with tenant(shop):
        names = dict(shop.customers.values_list("external_id", "name"))
    assert names == {"C1": "Before", "C3": "Ada Berg"}


def test_failed_rows_are_tried_again_as_an_import_of_their_own(shop: Any, alices: Any) -> None:
    run = imported(alices, shop, orders({"unit_price": ""}, {"order_id": "1002"}))
    assert problems(shop, run) == ["line_without_price"]
    imported(alices, shop, orders({"quantity": "1"}))  # the line's price is known from now on
    new = act_retry(alices, shop, run)
    assert new.retry_of_id == run.pk
    assert (new.n_failed, new.n_unchanged) == (0, 1)


def act_retry(client: Any, shop: Any, run: Any) -> Any:
    from tests.catalog.importing import carry_out

    assert client.post(page(shop, run, "retry/")).status_code == 302
    carry_out(latest(shop).job)
    return latest(shop)


def test_a_row_left_out_is_not_written(shop: Any, alices: Any) -> None:
    run = compared(alices, shop, orders({}, {"order_id": "1002"}))
    with tenant(shop):
        row = run.rows.get(key="1002")
    assert alices.post(page(shop, run, f"rows/{row.pk}/")).status_code == 302
    act(alices, shop, run, "write")
    with tenant(shop):
        assert [order.number for order in shop.orders.all()] == ["1001"]


@pytest.mark.django_db(transaction=True)
def test_what_changed_since_the_dry_run_is_not_overwritten(shop: Any, alices: Any) -> None:
    imported(alices, shop, orders({}, {"order_id": "1002"}))
    run = compared(
        alices, shop, orders({"status": "shipped"}, {"order_id": "1002", "status": "shipped"})
    )
    with tenant(shop):
        shop.orders.filter(number="1001").update(status="cancelled")
    run = act(alices, shop, run, "write")
    with tenant(shop):
        assert dict(shop.orders.values_list("number", "status")) == {
            "1001": "cancelled",
            "1002": "shipped",
        }
    assert problems(shop, run) == ["changed_since"]


def test_a_discarded_file_is_gone(shop: Any, alices: Any) -> None:
    run = compared(alices, shop, people())
    assert alices.post(page(shop, run, "discard/")).status_code == 302
    with tenant(shop):
        assert not shop.customers.exists()
        assert not run.rows.exists()


def test_a_file_nobody_decided_on_is_gone_after_a_week(shop: Any, alices: Any) -> None:
    run, fresh = compared(alices, shop, people()), compared(alices, shop, people())
    path = file_of(run)
    with tenant(shop):
        shop.intake_runs.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(days=8))
    forget_old_files()
    assert not path.exists()
    assert file_of(fresh).exists()
    with tenant(shop):
        assert shop.intake_runs.get(pk=run.pk).state == "discarded"
        assert shop.intake_runs.get(pk=fresh.pk).state == "ready"
    assert "discarded" in alices.get(page(shop, run)).content.decode()


def test_who_was_erased_is_not_made_again(shop: Any, alices: Any) -> None:
    with tenant(shop):
        Erasure.objects.create(merchant=shop, key_hash=fingerprint(shop.pk, "C1"))
    run = compared(alices, shop, people({}, {"customer_id": "C2"}))
    assert problems(shop, run) == ["erased"]
    assert run.n_created == 1
    run = compared(alices, shop, orders({}, {"order_id": "1002", "customer_id": "C2"}))
    assert problems(shop, run) == ["erased"]


def test_an_erasure_after_the_dry_run_is_kept_to(shop: Any, alices: Any) -> None:
    run = compared(alices, shop, orders({}, {"order_id": "1002", "customer_id": "C2"}))
    with tenant(shop):
        Erasure.objects.create(merchant=shop, key_hash=fingerprint(shop.pk, "C1"))
    run = act(alices, shop, run, "write")
    with tenant(shop):
        assert [order.number for order in shop.orders.all()] == ["1002"]
    assert problems(shop, run) == ["erased_since"]
