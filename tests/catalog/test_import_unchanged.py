"""A row that changes nothing is known by its digest, and never taken for one that changes much."""

import random
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.products.imports.models import ImportedProduct, ImportRun
from catalog.products.models import Attribute, Category, Fact, Product, ProductText, Variant
from ecomportal.tenancy.context import tenant
from tests.catalog.importing import compared, imported, table

HEADER = [
    *("handle", "title", "category", "tags", "status", "sku", "option1_name", "option1_value"),
    *("price", "stock", "image_url", "description:en", "fact:material", "fact:width", "Bin"),
]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def alices(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def line(handle: str, sku: str, **cells: str) -> list[str]:
    values = {
        **dict.fromkeys(HEADER, ""),
        **{"handle": handle, "title": handle.title(), "category": "Home > Pots", "sku": sku},
        **{"price": "5.00", "stock": "3", "description:en": "<p>A pot.</p>"},
        **{"fact:material": "tin", "tags": "new, red", "status": "active", "Bin": "A1"},
    }
    return [(values | cells)[name] for name in HEADER]


def file(*lines: list[str]) -> str:
    return table(*lines, header=HEADER)


POTS = file(line("pot", "P-1"), line("pan", "P-2", price="9.00"))


def rows(shop: Any, run: ImportRun) -> list[tuple[Any, ...]]:
    """All that a dry run says of its rows."""
    names = "line handle label outcome is_included product_id product_version diff problems"
    with tenant(shop):
        return list(run.rows.order_by("line", "id").values_list(*names.split()))


def outcomes(shop: Any, run: ImportRun) -> list[str]:
    return [row[3] for row in rows(shop, run)]


def forget(shop: Any) -> None:
    with tenant(shop):
        ImportedProduct.objects.all().delete()


def test_the_same_file_is_known_without_reading_the_products(shop: Any, alices: Any) -> None:
    imported(alices, shop, POTS)
    with CaptureQueriesContext(connection) as captured:
        again = compared(alices, shop, POTS)
    assert outcomes(shop, again) == ["unchanged", "unchanged"]
    assert not [q for q in captured if 'FROM "catalog_producttext"' in q["sql"]]


def test_a_row_is_known_wherever_it_stands(shop: Any, alices: Any) -> None:
    imported(alices, shop, POTS)
    moved = file(line("lid", "P-3"), line("pan", "P-2", price="9.00"), line("pot", "P-1"))
    with CaptureQueriesContext(connection) as captured:
        again = compared(alices, shop, moved)
    assert outcomes(shop, again) == ["created", "unchanged", "unchanged"]
    assert not [q for q in captured if 'FROM "catalog_producttext"' in q["sql"]]


def edit_title() -> None:
    Product.objects.filter(handle="pot").update(title="Kettle")


def edit_price() -> None:
    Variant.objects.filter(sku="P-1").update(price_cents=1)


def edit_text() -> None:
    ProductText.objects.filter(product__handle="pot").update(text="<p>Other.</p>")


def reject_fact() -> None:
    Fact.objects.filter(product__handle="pot", value="tin").delete()


def rename_category() -> None:
    Category.objects.filter(path="Home > Pots").update(path="Home > Pans")


def rename_kind() -> None:
    Attribute.objects.filter(key="material").update(key="stuff")


# Really committed: what is laid below a product in the transaction that made it is no edit.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "edit", [edit_title, edit_price, edit_text, reject_fact, rename_category, rename_kind]
)
def test_what_was_edited_since_is_a_change(shop: Any, alices: Any, edit: Any) -> None:
    imported(alices, shop, POTS)
    with tenant(shop):
        edit()
    again = compared(alices, shop, POTS)
    assert outcomes(shop, again)[0] == "changed"
    forget(shop)
    assert rows(shop, compared(alices, shop, POTS)) == rows(shop, again)


def test_another_mapping_of_the_same_file_is_a_change(shop: Any, alices: Any) -> None:
    imported(alices, shop, POTS)
    again = compared(alices, shop, POTS, Bin="vendor")
    assert outcomes(shop, again) == ["changed", "changed"]


def test_the_other_shop_knows_nothing_of_it(
    shop: Any, alices: Any, other_shop: Any, client_of: Any, mallory: Any
) -> None:
    imported(alices, shop, POTS)
    run = compared(client_of(mallory), other_shop, POTS)
    assert outcomes(other_shop, run) == ["created", "created"]


def test_variants_that_a_known_row_leaves_out_are_still_told(shop: Any, alices: Any) -> None:
    both = [
        line("pot", "P-1", option1_name="Size", option1_value="S"),
        line("pot", "P-2", title="", option1_value="L"),
    ]
    imported(alices, shop, file(*both))
    compared(alices, shop, file(both[0]))
    again = compared(alices, shop, file(both[0]))
    [row] = rows(shop, again)
    assert (row[3], [found["code"] for found in row[8]]) == ("unchanged", ["variants_kept"])


def drawn(rng: random.Random) -> list[list[str]]:
    """Some products with cells drawn from few values, good and bad ones."""
    lines = []
    for n in rng.sample(range(8), k=rng.randint(1, 6)):
        cells = {
            "title": rng.choice(["", "Pot", "Topf", "壶"]),
            "category": rng.choice(["", "Home", "Home > Pots", "Pots>Lids"]),
            "tags": rng.choice(["", "a, b", "b,a", "a,a"]),
            "price": rng.choice(["", "5", "5.00", "1.234", "x"]),
            "stock": rng.choice(["", "0", "3", "three"]),
            "image_url": rng.choice(["", "https://a.test/1.jpg", "nowhere"]),
            "description:en": rng.choice(["", "<p>A pot.</p>", "<b onclick=x>bold</b>"]),
            "fact:material": rng.choice(["", "tin", "tin; wool", "wool;tin"]),
            "fact:width": rng.choice(["", "12 cm", "12cm", "12", "wide"]),
            "Bin": rng.choice(["", "A1"]),
        }
        sku = rng.choice(["", f"S-{n}", "S-1"])
        lines.append(line(f"p{n}", sku, **cells))
        if rng.random() < 0.4:
            lines[-1][HEADER.index("option1_name")] = "Size"
            lines[-1][HEADER.index("option1_value")] = "S"
            lines.append(line(f"p{n}", f"T-{n}", title="", option1_value=rng.choice(["L", "S"])))
    return lines


@pytest.mark.parametrize("seed", range(8))
def test_a_dry_run_with_digests_says_what_one_without_them_says(
    shop: Any, alices: Any, seed: int
) -> None:
    rng = random.Random(seed)
    files = [file(*drawn(rng)) for _ in range(2)]
    imported(alices, shop, files[0])
    with tenant(shop):
        ids = list(Product.objects.order_by("handle").values_list("pk", flat=True))
        Product.objects.filter(pk__in=rng.sample(ids, k=len(ids) // 3)).update(vendor="Ours")
    for content in (files[0], files[1], files[0], files[0]):
        fast = rows(shop, compared(alices, shop, content))
        forget(shop)
        assert rows(shop, compared(alices, shop, content)) == fast
