"""Editing in the list: one field, few statements, nobody's work lost, and a way back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.utils import timezone

from catalog.products.changes import Change
from catalog.products.models import Product, Variant
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import AuditEntry
from tests.factories import make_product

HTMX = {"hx-request": "true"}


@pytest.fixture
def kettle(shop: Any) -> Product:
    product = make_product(shop, "Kettle", price_cents=7900, stock=12, sku="KTL-9")
    with tenant(shop):  # one that this very transaction made would not raise its version
        Product.objects.filter(pk=product.pk).update(updated_at=timezone.now())
        product.refresh_from_db()
    return product


def url(product: Product, field: str) -> str:
    return f"/northlight/products/{product.pk}/cell/{field}/"


def post(client: Any, product: Product, field: str, value: str, was: str) -> Any:
    return client.post(url(product, field), {"value": value, "was": was}, headers=HTMX)


FIELDS = [
    ("title", "Kettle", "Big kettle", "Big kettle"),
    ("status", "active", "draft", "draft"),
    ("price", "79.00", "84.5", 8450),
    ("stock", "12", "0", 0),
]


def stored(shop: Any, product: Product, field: str) -> Any:
    with tenant(shop):
        if field in ("price", "stock"):
            return getattr(
                product.variants.get(), {"price": "price_cents", "stock": "stock"}[field]
            )
        return getattr(Product.objects.get(pk=product.pk), field)


@pytest.mark.parametrize(("field", "was", "value", "expected"), FIELDS)
def test_a_cell_is_opened_saved_and_taken_back(
    alice: Any, shop: Any, kettle: Product, client_of: Any,
    field: str, was: str, value: str, expected: Any,
) -> None:  # fmt: skip
    client = client_of(alice)
    assert (
        f'name="was" value="{was}"' in client.get(url(kettle, field), headers=HTMX).content.decode()
    )
    before = stored(shop, kettle, field)
    saved = post(client, kettle, field, value, was)
    assert saved.status_code == 200
    assert "Undo" in saved.content.decode()
    assert stored(shop, kettle, field) == expected
    with tenant(shop):
        change = Change.objects.get()
        row = change.rows.get()
        assert row.version_after == Product.objects.get(pk=kettle.pk).version
        assert AuditEntry.objects.filter(action="product.saved").count() == 1
        events = (kettle.variants.get() if field in ("price", "stock") else kettle).events
        assert events.last().pgh_context.metadata["source"] == "list"
    undone = client.post(f"/northlight/products/edits/{change.pk}/undo/", headers=HTMX)
    assert undone.status_code == 204
    assert undone.headers["HX-Refresh"] == "true"
    assert stored(shop, kettle, field) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", "x" * 256), ("status", "sold"),
        ("price", "-1"), ("price", "1,5"), ("price", "1.999"), ("price", ""), ("price", "1e3"),
        ("stock", "1.5"), ("stock", "many"), ("stock", "9" * 11), ("stock", "٣"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_said_in_its_cell(
    alice: Any, shop: Any, kettle: Product, client_of: Any, field: str, value: str
) -> None:
    before = stored(shop, kettle, field)
    answer = post(client_of(alice), kettle, field, value, "opened")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert 'name="was" value="opened"' in page  # a refused value does not forgive a conflict
    assert stored(shop, kettle, field) == before
    with tenant(shop):
        assert not Change.objects.exists()


def test_anothers_save_in_between_shows_both_values(
    alice: Any, max_: Any, shop: Any, kettle: Product, client_of: Any
) -> None:
    assert post(client_of(max_), kettle, "price", "85.00", "79.00").status_code == 200
    client = client_of(alice)
    clash = post(client, kettle, "price", "70.00", "79.00")
    assert clash.status_code == 409
    page = clash.content.decode()
    assert "85.00" in page
    assert 'value="70.00"' in page
    assert stored(shop, kettle, "price") == 8500
    assert post(client, kettle, "price", "70.00", "85.00").status_code == 200
    assert stored(shop, kettle, "price") == 7000


@pytest.mark.parametrize(
    ("field", "odd", "value"), [("title", "", "Kettle"), ("stock", -2_000_000, "3")]
)
def test_what_nobody_may_type_can_be_mended(
    alice: Any, shop: Any, kettle: Product, client_of: Any,
    field: str, odd: Any, value: str,
) -> None:  # fmt: skip
    with tenant(shop):
        if field == "title":
            Product.objects.filter(pk=kettle.pk).update(title=odd)
        else:
            Variant.objects.filter(product=kettle.pk).update(stock=odd)
    client = client_of(alice)
    assert post(client, kettle, field, value, "other").status_code == 409
    assert post(client, kettle, field, value, str(odd)).status_code == 200
    assert str(stored(shop, kettle, field)) == value


def test_anothers_save_of_another_field_disturbs_nobody(
    alice: Any, max_: Any, shop: Any, kettle: Product, client_of: Any
) -> None:
    assert post(client_of(max_), kettle, "title", "Big kettle", "Kettle").status_code == 200
    assert post(client_of(alice), kettle, "price", "70.00", "79.00").status_code == 200
    assert stored(shop, kettle, "title") == "Big kettle"


def test_an_undo_leaves_what_was_written_since(
    alice: Any, shop: Any, kettle: Product, client_of: Any
) -> None:
    client = client_of(alice)
    post(client, kettle, "price", "85.00", "79.00")
    with tenant(shop):
        change = Change.objects.get()
    post(client, kettle, "price", "90.00", "85.00")
    client.post(f"/northlight/products/edits/{change.pk}/undo/", headers=HTMX)
    assert stored(shop, kettle, "price") == 9000


def test_nothing_changed_writes_nothing(
    alice: Any, shop: Any, kettle: Product, client_of: Any
) -> None:
    answer = post(client_of(alice), kettle, "price", "79", "79.00")
    assert answer.status_code == 200
    assert "Undo" not in answer.content.decode()
    with tenant(shop):
        assert not Change.objects.exists()
        assert Product.objects.get(pk=kettle.pk).version == kettle.version


def test_each_of_several_variants_has_its_own_price(
    alice: Any, shop: Any, kettle: Product, client_of: Any
) -> None:
    with tenant(shop):
        second = Variant.objects.create(merchant=shop, product=kettle, sku="KTL-10")
    client = client_of(alice)
    assert client.get(url(kettle, "price"), headers=HTMX).status_code == 404
    own = f"/northlight/products/{kettle.pk}/variants/{second.pk}/cell/price/"
    answer = client.post(own, {"value": "12.00", "was": "0.00"}, headers=HTMX)
    assert answer.status_code == 200
    with tenant(shop):
        assert Variant.objects.get(pk=second.pk).price_cents == 1200
        assert kettle.variants.get(sku="KTL-9").price_cents == 7900
    assert client.get(own.replace("price", "title"), headers=HTMX).status_code == 404
    other = make_product(shop, "Pan")
    stray = f"/northlight/products/{other.pk}/variants/{second.pk}/cell/price/"
    assert client.get(stray, headers=HTMX).status_code == 404


def test_what_cannot_be_edited_is_not_there(
    alice: Any, shop: Any, kettle: Product, client_of: Any
) -> None:
    assert client_of(alice).get(url(kettle, "version")).status_code == 404
    with tenant(shop):
        from catalog.products.snapshot import soft_delete

        soft_delete([kettle.pk])
    assert client_of(alice).get(url(kettle, "title")).status_code == 404


def test_people_who_may_not_write_are_refused(
    vera: Any, bob: Any, mallory: Any, kettle: Product, client_of: Any
) -> None:
    for person, status in ((vera, 403), (bob, 403), (mallory, 404)):
        assert post(client_of(person), kettle, "price", "1", "79.00").status_code == status
        assert client_of(person).get(url(kettle, "price")).status_code == status


def test_what_was_typed_stays_text(alice: Any, shop: Any, kettle: Product, client_of: Any) -> None:
    evil = '<script>alert("1")</script>'
    client = client_of(alice)
    saved = client.post(
        url(kettle, "title"),
        {"value": evil, "was": "Kettle", "link": '"><script>'},
        headers=HTMX,
    ).content.decode()
    assert "<script" not in saved
    assert "&lt;script&gt;" in saved
    assert "<script" not in post(client, kettle, "price", evil, "79.00").content.decode()


def test_it_works_without_script(alice: Any, shop: Any, kettle: Product, client_of: Any) -> None:
    client = client_of(alice)
    assert "<html" in client.get(url(kettle, "price")).content.decode()
    answer = client.post(url(kettle, "price"), {"value": "80.00", "was": "79.00"})
    assert answer.status_code == 302
    assert stored(shop, kettle, "price") == 8000
    refused = client.post(url(kettle, "price"), {"value": "free", "was": "80.00"})
    assert refused.status_code == 422
    assert "<html" in refused.content.decode()


def test_a_save_is_few_statements(alice: Any, shop: Any, kettle: Product, client_of: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(alice)
    post(client, kettle, "price", "80.00", "79.00")
    with CaptureQueriesContext(connection) as captured:
        post(client, kettle, "price", "81.00", "80.00")
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SELECT SET_CONFIG('APP.MERCHANT_ID', ''")
    asked = [q["sql"] for q in captured if not q["sql"].lstrip().upper().startswith(frame)]
    assert len(asked) <= 4, "\n".join(asked)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_lose_nothing_silently(alice: Any, shop: Any, client_of: Any) -> None:
    """Everybody writes another number over the one she saw. Whoever is answered 200 wrote over
    just that one, and nobody's number is gone without her or the next one having been told."""
    from django.db import connection

    product = make_product(shop, "Kettle", stock=0)

    def write_over(n: int) -> int:
        client = client_of(alice)
        try:
            seen = client.get(url(product, "stock"), headers=HTMX).context["was"]
            return post(client, product, "stock", str(1000 + n), seen).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(write_over, range(40)))
    assert set(answers) <= {200, 409}
    with tenant(shop):
        variant = product.variants.get()
        rows = [change.rows.get() for change in Change.objects.order_by("rows__version_after")]
    steps = [
        tuple(part["variants"][str(variant.pk)]["stock"] for part in (row.before, row.after))
        for row in rows
    ]
    assert len(steps) == answers.count(200) > 0
    assert [was for was, _is in steps] == [0, *(now for _was, now in steps[:-1])]
    assert steps[-1][1] == variant.stock
