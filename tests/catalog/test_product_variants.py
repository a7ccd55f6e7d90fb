"""A product with hundreds of variants: pages, pastes, one change for all, combinations, order."""

import json
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.products.changes import Change
from catalog.products.models import Product, Variant
from ecomportal.tenancy.context import tenant
from tests.catalog.test_product_editor import fields_of
from tests.factories import make_product

SIZES, COLOURS = ["S", "M", "L"], ["Red", "Blue"]


def add_variants(shop: Any, product: Product, n: int) -> None:
    """Variants of three sizes and as many colours as it takes, beside the first one."""
    with tenant(shop):
        product.variants.update(options=["S", "Colour 0"], sku="T-0")
        Variant.objects.bulk_create(
            Variant(
                merchant=shop, product=product, position=at + 1, sku=f"T-{at}",
                options=[SIZES[at % 3], f"Colour {at // 3}"], price_cents=1000 + at, stock=at,
            )
            for at in range(1, n)
        )  # fmt: skip


@pytest.fixture
def tee(shop: Any) -> Product:
    """A T-shirt of 120 variants."""
    product = make_product(shop, "Tee", option_names=["Size", "Colour"], price_cents=1000, stock=0)
    add_variants(shop, product, 120)
    return product


@pytest.fixture
def url(tee: Product) -> str:
    return f"/northlight/products/{tee.pk}/"


@pytest.fixture
def client(client_of: Any, alice: Any) -> Any:
    return client_of(alice)


def live(shop: Any, product: Product) -> list[Variant]:
    with tenant(shop):
        return list(product.variants.filter(deleted_at=None).order_by("position", "pk"))


def skus(response: Any) -> list[str]:
    rows = response.context["grid"]["rows"]
    return [row["cells"]["sku"].value for row in rows]


def previewed(client: Any, url: str, **data: str) -> Any:
    response = client.post(f"{url}variants/many/{data.pop('query', '')}", data)
    assert response.status_code == 200, response.content.decode()
    return response


def write(client: Any, url: str, preview: Any, **changes: str) -> Any:
    """Press the preview's button, as the page offers it."""
    sent = fields_of(preview, url)
    assert sent["cells"]
    return client.post(url, sent | changes)


# --- Pages -------------------------------------------------------------------------------------


def test_a_page_holds_fifty_and_the_last_the_rest(client, url):
    first, last = client.get(url), client.get(f"{url}?vpage=3")
    assert skus(first) == [f"T-{n}" for n in range(50)]
    assert skus(last) == [f"T-{n}" for n in range(100, 120)]
    assert "1 to 50 of 120" in first.content.decode()
    assert skus(client.get(f"{url}?vpage=99")) == skus(last)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("vo1=M&vo2=Colour+7", ["T-22"]),
        ("vq=t-11", ["T-11", *(f"T-{n}" for n in range(110, 120))]),
        ("vq=blau", []),
        ("vq=T-2+colour+7", ["T-21", "T-22", "T-23", "T-27"]),
        ("vq=nothing", []),
        ("vsort=-price&vpage=1", [f"T-{n}" for n in range(119, 69, -1)]),
        ("vsort=-o2&vq=t-1&vo1=S&vpage=1", [f"T-{n}" for n in (18, 15, 12, 117, 114, 111, 108)]),
        ("vpage=x&vsort=secret", [f"T-{n}" for n in range(50)]),
        ("vpage=-1", [f"T-{n}" for n in range(50)]),
    ],
)
def test_variants_are_found_and_sorted(client, url, query, expected):
    found = skus(client.get(f"{url}?{query}"))
    assert found[: len(expected)] == expected
    assert len(found) == len(expected) or query.startswith("vsort=-o2")


def test_a_page_of_300_variants_asks_no_more_than_one_of_one(client, shop, alice):
    counts, sizes = [], []
    for n in (1, 300):
        product = make_product(shop, f"Tee {n}", option_names=["Size", "Colour"])
        if n > 1:
            add_variants(shop, product, n)
        with CaptureQueriesContext(connection) as statements:
            response = client.get(f"/northlight/products/{product.pk}/")
        counts.append(sum(not s["sql"].startswith(("SAVEPOINT", "RELEASE")) for s in statements))
        sizes.append(len(fields_of(response)))
    assert counts[0] == counts[1]
    assert counts[1] <= 8
    assert sizes[1] < 51 * 12 + 80


def test_a_save_of_one_page_leaves_the_others_alone(client, shop, tee, url):
    fields = fields_of(client.get(f"{url}?vpage=2"))
    variant = live(shop, tee)[60]
    response = client.post(url, fields | {f"v-{variant.pk}-price": "99"})
    assert response["Location"] == f"{url}?vpage=2"
    after = live(shop, tee)
    assert [v.price_cents for v in after if v.price_cents == 9900] == [9900]
    assert [v.sku for v in after] == [f"T-{n}" for n in range(120)]


def test_only_what_changed_needs_to_be_sent(client, shop, tee, url):
    fields, variant = fields_of(client.get(url)), live(shop, tee)[110]
    cells = {f"v-{variant.pk}-price": "77"}
    sent = {"version": fields["version"], "base": fields["base"], "cells": json.dumps(cells)}
    assert client.post(url, sent).status_code == 302
    after = live(shop, tee)[110]
    assert (after.price_cents, after.sku, after.stock) == (7700, "T-110", 110)
    with tenant(shop):
        assert Product.objects.get(pk=tee.pk).title == "Tee"
        assert Change.objects.get().n_rows == 1


@pytest.mark.parametrize(
    "cells", ["", "[1]", "{", '{"v-x-price": 1}', '{"a": {"b": 1}}', "[" * 9999]
)
def test_nonsense_for_cells_is_left_out(client, tee, url, cells):
    fields = fields_of(client.get(url)) | {"cells": cells}
    assert "Nothing was changed" in client.post(url, fields, follow=True).content.decode()


def test_an_error_on_another_page_is_shown_first_and_the_rest_travels_along(client, shop, tee, url):
    fields, variants = fields_of(client.get(url)), live(shop, tee)
    cells = {f"v-{variants[100].pk}-price": "cheap", f"v-{variants[101].pk}-price": "5"}
    sent = {"version": fields["version"], "base": fields["base"], "cells": json.dumps(cells)}
    response = client.post(url, sent)
    assert response.status_code == 422
    assert skus(response)[0] == "T-100"
    assert "1 changed variant on another page" in response.content.decode()
    again = fields_of(response) | {f"v-{variants[100].pk}-price": "6"}
    assert client.post(url, again).status_code == 302
    assert [v.price_cents for v in live(shop, tee)[100:102]] == [600, 500]


def test_a_stale_save_from_a_page_meets_its_conflict_with_nothing_lost(
    client, client_of, max_, shop, tee, url
):
    fields, his = fields_of(client.get(f"{url}?vpage=2")), client_of(max_)
    variants = live(shop, tee)
    other = fields_of(his.get(url)) | {
        f"v-{variants[60].pk}-price": "50", f"v-{variants[0].pk}-sku": "ZERO",
        "v-new900-sku": "NEW", "v-new900-price": "1",
    }  # fmt: skip
    other |= {"cells": json.dumps({f"v-{variants[60].pk}-price": "50"})}
    assert his.post(url, other).status_code == 302
    mine = fields | {f"v-{variants[60].pk}-price": "40", f"v-{variants[61].pk}-stock": "9"}
    response = client.post(url, mine)
    assert response.status_code == 409
    asked = {d.name: (d.opened, d.mine, d.theirs) for d in response.context["differences"]}
    assert asked[f"v-{variants[60].pk}-price"] == ("10.60", "40", "50.00")
    assert set(asked) == {f"v-{variants[60].pk}-price", f"v-{variants[61].pk}-stock"}
    assert response.context["added"] == ["Variant “NEW”"]
    assert client.post(url, fields_of(response, f"{tee.pk}/")).status_code == 302
    after = live(shop, tee)
    assert (after[60].price_cents, after[61].stock) == (4000, 9)
    assert (after[0].sku, after[-1].sku) == ("ZERO", "NEW")


def test_a_variant_of_a_part_sent_is_kept_though_the_other_removed_it(
    client, client_of, max_, shop, tee, url
):
    page, his, variant = client.get(url), client_of(max_), live(shop, tee)[3]
    fields = fields_of(page)
    his.post(url, fields_of(his.get(url)) | {f"v-{variant.pk}-remove": "1"})
    names = ("version", "base", "base-rows")
    sent = {name: fields[name] for name in names} | {f"v-{variant.pk}-stock": "8"}
    response = client.post(url, sent)
    assert response.status_code == 409
    assert "removed" in response.content.decode()
    assert client.post(url, fields_of(response, f"{tee.pk}/")).status_code == 302
    with tenant(shop):
        kept = Variant.objects.get(pk=variant.pk)
        assert (kept.deleted_at, kept.stock, kept.price_cents) == (None, 8, 1003)


# --- Order and removal -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({110: "1"}, ["T-110", "T-0", "T-1"]),
        ({0: "3"}, ["T-1", "T-2", "T-0"]),
        ({2: "1", 0: "3"}, ["T-2", "T-1", "T-0"]),
        ({0: "9999"}, ["T-1", "T-2", "T-3"]),
    ],
)
def test_variants_take_the_places_they_are_given(client, shop, tee, url, places, expected):
    fields, variants = fields_of(client.get(url)), live(shop, tee)
    cells = {f"v-{variants[n].pk}-place": place for n, place in places.items()}
    client.post(url, {"version": fields["version"], "cells": json.dumps(cells)})
    after = live(shop, tee)
    assert [v.sku for v in after][:3] == expected
    assert [v.position for v in after] == list(range(1, 121))


def test_a_place_that_is_none_is_refused(client, shop, tee, url):
    variant = live(shop, tee)[0]
    response = client.post(url, fields_of(client.get(url)) | {f"v-{variant.pk}-place": "first"})
    assert response.status_code == 422
    assert "A place is a whole number" in response.content.decode()


def test_a_removed_variant_comes_back_by_the_message_of_the_save(client, shop, tee, url):
    variant = live(shop, tee)[5]
    fields = fields_of(client.get(url)) | {f"v-{variant.pk}-remove": "1"}
    page = client.post(url, fields, follow=True).content.decode()
    assert len(live(shop, tee)) == 119
    with tenant(shop):
        change = Change.objects.get()
    assert f'href="/northlight/changes/{change.pk}/"' in page
    client.post(f"/northlight/changes/{change.pk}/undo/")
    assert [v.sku for v in live(shop, tee)] == [f"T-{n}" for n in range(120)]


# --- Pasted rows -------------------------------------------------------------------------------


def test_rows_with_column_names_find_their_variants_by_sku(client, shop, tee, url):
    rows = "SKU\tPrice\tWhen sold out\nT-119\t5\tKeep selling\nT-3\t6.50\t不计库存\n"
    preview = previewed(client, url, what="paste", rows=rows)
    page = unescape(preview.content.decode())
    for words in ("2 variants change", "11.19", "5", "Keep selling", "nothing is written yet"):
        assert words in page
    assert live(shop, tee)[119].price_cents == 1119
    assert write(client, url, preview).status_code == 302
    after = live(shop, tee)
    assert (after[119].price_cents, after[119].sells_without_stock) == (500, True)
    assert after[3].price_cents == 650


def test_the_chinese_names_and_the_options_find_them_too(client, shop, tee, url):
    rows = "Size\tcolour\t库存\nM\tColour 7\t5"
    write(client, url, previewed(client, url, what="paste", rows=rows))
    assert live(shop, tee)[22].stock == 5


def test_rows_without_names_are_laid_from_a_cell_on(client, shop, tee, url):
    variants = live(shop, tee)
    data = {"what": "paste", "rows": "1\t2\n3\t4", "row": str(variants[60].pk), "column": "price"}
    cells = json.loads(previewed(client, url, **data).context["preview"]["cells"])
    assert cells == {
        f"v-{variants[60].pk}-price": "1", f"v-{variants[60].pk}-compare_at": "2",
        f"v-{variants[61].pk}-price": "3", f"v-{variants[61].pk}-compare_at": "4",
    }  # fmt: skip


def test_a_paste_follows_the_filter_and_the_sort(client, shop, tee, url):
    variants = live(shop, tee)
    data = {"what": "paste", "rows": "7\n8", "column": "stock", "query": "?vo1=M&vsort=-price"}
    cells = json.loads(previewed(client, url, **data).context["preview"]["cells"])
    assert cells == {f"v-{variants[118].pk}-stock": "7", f"v-{variants[115].pk}-stock": "8"}


def test_300_pasted_rows_are_one_small_form(client, shop):
    product = make_product(shop, "Wide", option_names=["Size", "Colour"])
    add_variants(shop, product, 300)
    url = f"/northlight/products/{product.pk}/"
    lines = (f"T-{n}\t{n}.50\t{n + 1}\t{n}.25\t7" for n in range(300))
    rows = "\n".join(["SKU\tPrice\tPrice before\tCost\tStock", *lines])
    preview = previewed(client, url, what="paste", rows=rows)
    assert len(fields_of(preview, url)) < 10
    assert write(client, url, preview).status_code == 302
    after = live(shop, product)
    assert [v.cost_cents for v in after] == [n * 100 + 25 for n in range(300)]
    assert {v.stock for v in after} == {7}


def test_each_cell_that_cannot_be_saved_is_named_before_anything_is_written(client, shop, tee, url):
    rows = "SKU\tPrice\tStock\nT-1\tcheap\t5\nT-2\t2\tmany\nT-3\t3\t3"
    preview = previewed(client, url, what="paste", rows=rows)
    page = preview.content.decode()
    assert "2 cells cannot be saved" in page
    assert "digits and one point" in page
    assert "Write these changes" not in page
    assert preview.context["typed"]["rows"] == rows
    assert [line.is_bad for line in preview.context["preview"]["lines"]] == [True, True, False]


def test_more_rows_than_variants_are_offered_as_new_ones(client, shop, tee, url):
    rows = "SKU\tSize\tColour\tPrice\nT-1\tM\tColour 0\t3\nNEW-1\tXL\tRed\t4\nNEW-2\tXL\tBlue\t"
    preview = previewed(client, url, what="paste", rows=rows)
    assert "2 rows more than there are variants" in preview.content.decode()
    preview = previewed(client, url, what="paste", rows=rows, adds="1")
    assert "1 cell cannot be saved" in preview.content.decode()
    preview = previewed(client, url, what="paste", rows=rows + "5", adds="1")
    assert "2 new variants" in preview.content.decode()
    write(client, url, preview)
    new = live(shop, tee)[120:]
    assert [(v.sku, v.options, v.price_cents) for v in new] == [
        ("NEW-1", ["XL", "Red"], 400), ("NEW-2", ["XL", "Blue"], 500),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("", "Paste at least one row"),
        (" \n\t\n", "Paste at least one row"),
        ("1\n" * 2001, "At most 2000 rows"),
        ("\t" * 50_000, "Paste at least one row"),
        ("x\t" * 50_000, "At most 2000 rows"),
    ],
)
def test_a_paste_that_is_none_is_refused_in_words(client, tee, url, rows, words):
    response = client.post(f"{url}variants/many/", {"what": "paste", "rows": rows})
    assert response.status_code == 422
    assert words in response.content.decode()


def test_cells_beyond_the_table_and_unknown_columns_are_told(client, tee, url):
    preview = previewed(client, url, what="paste", rows="1\t2\t3", column="weight")
    assert "1 column stands beyond the table" in preview.content.decode()
    preview = previewed(client, url, what="paste", rows="SKU\tShelf\tPrice\nT-1\tA\t2")
    assert "Not known and left out: Shelf" in preview.content.decode()


def test_a_quoted_cell_may_hold_tabs_and_lines(client, shop, tee, url):
    rows = 'SKU\tBarcode\nT-1\t"a""b"'
    write(client, url, previewed(client, url, what="paste", rows=rows))
    assert live(shop, tee)[1].barcode == 'a"b'


def test_a_sku_of_another_product_is_refused_in_the_preview(client, shop, tee, url):
    make_product(shop, "Other", sku="TAKEN")
    variant = live(shop, tee)[0]
    data = {"what": "paste", "rows": "TAKEN", "row": str(variant.pk), "column": "sku"}
    assert "“Other” has this SKU" in previewed(client, url, **data).content.decode()


def test_the_grid_gets_a_fragment(client, tee, url):
    response = client.post(
        f"{url}variants/many/", {"what": "paste", "rows": "x", "column": "price"},
        headers={"hx-request": "true"},
    )  # fmt: skip
    page = response.content.decode()
    assert page.lstrip().startswith('<div class="stack" id="preview"')
    assert "digits and one point" in page
    assert "<html" not in page


def test_a_stale_preview_is_a_conflict(client, client_of, max_, shop, tee, url):
    preview = previewed(client, url, what="paste", rows="SKU\tPrice\nT-1\t3")
    his = client_of(max_)
    his.post(url, fields_of(his.get(url)) | {"title": "Shirt"})
    response = write(client, url, preview)
    assert response.status_code == 409
    assert client.post(url, fields_of(response, f"{tee.pk}/")).status_code == 302
    assert live(shop, tee)[1].price_cents == 300


def test_a_product_takes_two_thousand_variants_and_no_more(client, shop, tee, url):
    rows = "\n".join(["SKU\tPrice", *(f"N-{n}\t1" for n in range(1890))])
    preview = previewed(client, url, what="paste", rows=rows, adds="1")
    page = preview.content.decode()
    assert "A product has at most 2000 variants" in page
    assert "Write these changes" not in page
    fields = fields_of(client.get(url))
    cells = {f"v-new{n}-{name}": "1" for n in range(1890) for name in ("price", "stock")}
    sent = {"version": fields["version"], "cells": json.dumps(cells)}
    response = client.post(url, sent)
    assert response.status_code == 422
    assert "A product has at most 2000 variants" in response.content.decode()


# --- One change for all ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "query", "expected"),
    [
        ({"field": "price", "how": "set", "value": "9.90"}, "?vo2=Colour+0", [990, 990, 990, 1003]),
        ({"field": "price", "how": "add", "value": "-0.50"}, "", [950, 951, 952, 953]),
        ({"field": "price", "how": "percent", "value": "10"}, "?vo1=S", [1100, 1001, 1002, 1103]),
        ({"field": "price", "how": "percent", "value": "−12.5%"}, "", [875, 876, 877, 878]),
    ],
)
def test_all_that_match_are_set_or_raised(client, shop, tee, url, data, query, expected):
    preview = previewed(client, url, what="set", query=query, **data)
    assert write(client, url, preview).status_code == 302
    assert [v.price_cents for v in live(shop, tee)[:4]] == expected


def test_stock_and_policy_of_all_are_set(client, shop, tee, url):
    write(client, url, previewed(client, url, what="set", field="stock", how="add", value="5"))
    data = {"field": "policy", "how": "set", "policy": "sell"}
    write(client, url, previewed(client, url, what="set", **data))
    after = live(shop, tee)
    assert [v.stock for v in after] == [n + 5 for n in range(120)]
    assert all(v.sells_without_stock for v in after)


def test_what_falls_below_nothing_is_refused_before_it_is_written(client, shop, tee, url):
    data = {"field": "price", "how": "add", "value": "-10.01"}
    page = previewed(client, url, what="set", **data).content.decode()
    assert "1 cell cannot be saved" in page
    assert "-0.01" in page


@pytest.mark.parametrize(
    ("field", "how", "value"),
    [
        ("price", "percent", "many"), ("price", "percent", "NaN"), ("price", "percent", "1e9"),
        ("price", "add", "x"), ("stock", "add", "1.5"), ("stock", "percent", "5"),
        ("policy", "add", "1"), ("sku", "set", "same"), ("", "set", ""),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_read_is_refused(client, tee, url, field, how, value):
    data = {"what": "set", "field": field, "how": how, "value": value}
    assert client.post(f"{url}variants/many/", data).status_code == 422


# --- Combinations ------------------------------------------------------------------------------


def test_missing_combinations_are_made(client, shop, tee, url):
    data = {
        "option1": "Size", "values1": "S, M，XL", "option2": "Colour", "values2": "Colour 0\nRed",
        "price": "12", "stock": "3", "sku": "TEE",
    }  # fmt: skip
    preview = previewed(client, url, what="combine", **data)
    assert "4 new variants" in preview.content.decode()
    write(client, url, preview)
    new = live(shop, tee)[120:]
    assert [(v.options, v.sku) for v in new] == [
        (["S", "Red"], "TEE-S-RED"), (["M", "Red"], "TEE-M-RED"),
        (["XL", "Colour 0"], "TEE-XL-COLOUR-0"), (["XL", "Red"], "TEE-XL-RED"),
    ]  # fmt: skip
    assert {(v.price_cents, v.stock) for v in new} == {(1200, 3)}


def test_a_product_without_options_gets_them(client, shop):
    product = make_product(shop, "Mug")
    url = f"/northlight/products/{product.pk}/"
    data = {"option1": "颜色", "values1": "红、蓝", "price": "5", "stock": "1", "sku": ""}
    write(client, url, previewed(client, url, what="combine", **data))
    assert [v.options for v in live(shop, product)] == [[], ["红"], ["蓝"]]
    with tenant(shop):
        assert Product.objects.get(pk=product.pk).option_names == ["颜色"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"option1": "Size", "values1": ""}, "a name and at least one value"),
        ({"option1": "", "values1": "S"}, "a name and at least one value"),
        ({}, "a name and at least one value"),
        ({"option2": "Size", "values2": "S"}, "without a gap"),
        (
            {"option1": "Size", "values1": "S,M,L", "option2": "Colour", "values2": "Colour 1"},
            "all",
        ),
        ({"option1": "A", "values1": ",".join(map(str, range(1900)))}, "at most 2000 variants"),
    ],
)
def test_combinations_that_cannot_be_made_are_refused(client, tee, url, data, words):
    response = client.post(f"{url}variants/many/", {"what": "combine", **data})
    assert response.status_code == 422
    if words != "all":
        assert words in response.content.decode()
    else:
        assert "is there already" in response.content.decode()


def test_a_deleted_product_leads_back_to_itself(client, tee, url):
    client.post(f"{url}delete/")
    assert client.get(f"{url}variants/many/")["Location"] == url


def test_who_may_change_many(vera, bob, mallory, client_of, tee, url):
    for user in (vera, bob):
        assert client_of(user).get(f"{url}variants/many/").status_code == 403
    assert client_of(mallory).get(f"{url}variants/many/").status_code == 404
