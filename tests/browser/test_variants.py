"""The editor in a browser: a spreadsheet over hundreds of variants, and a description as read."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visit import sign_in
from tests.portal import SLUG, Portal

N = 120
DESCRIPTION = (
    "<p>Wide <strong>cotton</strong> tee.</p><table><tbody><tr><td>S</td></tr></tbody></table>"
)
# Writes a product as an import would and prints its id.
MAKE = """
from catalog.products.models import Product, ProductImage, ProductText, Variant
from ecomportal.ids import uuid7
from ecomportal.tenancy.context import tenant
from ecomportal.tenancy.models import Merchant
shop = Merchant.objects.get(slug={slug!r})
with tenant(shop):
    pk = uuid7()
    tee = Product.objects.create(
        pk=pk, merchant=shop, title="Tee", handle=f"tee-{{pk}}", option_names=["Size"]
    )
    Variant.objects.bulk_create(
        Variant(merchant=shop, product=tee, position=n + 1, sku=f"{{pk.hex[-6:]}}-{{n}}",
                options=[f"Size {{n}}"], price_cents=1000, stock=n)
        for n in range({n})
    )
    ProductText.objects.create(
        merchant=shop, product=tee, language="en", field="description", origin="import",
        text={description!r},
    )
    for n in (1, 2, 3):
        ProductImage.objects.create(
            merchant=shop, product=tee, position=n, alt=f"View {{n}}",
            source_url=f"http://pictures.example/{{n}}.png",
        )
    print("made", tee.pk)
"""


@pytest.fixture
def tee(portal: Portal) -> str:
    """The address of a product with a hundred and twenty variants."""
    code = MAKE.format(slug=SLUG, n=N, description=DESCRIPTION)
    said = portal.manage("shell", "-c", code)
    pk = re.search(r"made ([0-9a-f-]{36})", said)[1]
    return f"{portal.url}/{SLUG}/products/{pk}/"


@pytest.fixture
def editor(web: Page, tee: str) -> Page:
    sign_in(web)
    web.context.grant_permissions(["clipboard-read", "clipboard-write"])
    web.goto(tee)
    return web


def cell(page: Page, row: int, column: str) -> Locator:
    return page.locator("tr[data-row]").nth(row).locator(f"[name$='-{column}']")


def put(page: Page, text: str) -> None:
    """Onto the clipboard, as a spreadsheet does, and from there into the focused cell."""
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def save(page: Page) -> None:
    page.locator("[data-savebar] button").click()
    expect(page.get_by_role("status").filter(has_text="Saved “Tee”")).to_be_visible()


def test_rows_pasted_over_two_pages_are_shown_then_written_together(editor: Page) -> None:
    rows = "\n".join(f"{n}.50\t{n + 1}" for n in range(60))
    cell(editor, 40, "price").focus()
    put(editor, rows)
    dialog = editor.locator("#paste-dialog")
    expect(dialog.get_by_role("status")).to_contain_text("60 variants change")
    expect(dialog).to_contain_text("10.00 → 0.50")
    dialog.get_by_role("button", name="Put into the table").click()

    expect(cell(editor, 49, "price")).to_have_value("9.50")
    expect(editor.locator("[data-kept]")).to_contain_text("50")
    editor.get_by_role("link", name="Next").click()
    expect(editor.get_by_text("51 to 100 of 120")).to_be_visible()
    expect(cell(editor, 0, "price")).to_have_value("10.50")
    expect(editor.locator("[data-kept]")).to_contain_text("10")
    cell(editor, 1, "stock").fill("777")

    save(editor)
    expect(editor.get_by_text("51 to 100 of 120")).to_be_visible()
    expect(cell(editor, 49, "price")).to_have_value("59.50")
    expect(cell(editor, 1, "stock")).to_have_value("777")
    expect(cell(editor, 0, "compare_at")).to_have_value("11.00")
    editor.get_by_role("link", name="Previous").click()
    expect(cell(editor, 40, "price")).to_have_value("0.50")
    expect(cell(editor, 39, "price")).to_have_value("10.00")


def test_a_pasted_cell_that_cannot_be_saved_is_named_before(editor: Page) -> None:
    cell(editor, 0, "price").focus()
    put(editor, "cheap\n5")
    dialog = editor.locator("#paste-dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("1 cell cannot be saved")
    dialog.get_by_role("button", name="Put into the table").click()
    expect(cell(editor, 0, "price")).to_have_attribute("aria-invalid", "true")
    cell(editor, 0, "price").fill("4")
    save(editor)
    expect(cell(editor, 0, "price")).to_have_value("4.00")
    expect(cell(editor, 1, "price")).to_have_value("5.00")


def test_rows_beyond_the_last_variant_become_new_ones(editor: Page) -> None:
    editor.goto(editor.url + "?vpage=3")
    cell(editor, 19, "sku").focus()
    put(editor, "LAST\t1\nNEW-1\t2\nNEW-2\t3")
    dialog = editor.locator("#paste-dialog")
    expect(dialog).to_contain_text("2 rows more than there are variants")
    dialog.get_by_role("button", name="Add them as new variants").click()
    expect(dialog.get_by_role("status")).to_contain_text("2 new variants")
    dialog.get_by_role("button", name="Put into the table").click()
    save(editor)
    expect(editor.get_by_text("101 to 122 of 122")).to_be_visible()
    expect(cell(editor, 21, "sku")).to_have_value("NEW-2")


def test_keys_move_mark_copy_and_fill_and_only_what_changed_is_sent(editor: Page) -> None:
    cell(editor, 0, "stock").fill("31")
    editor.keyboard.press("Shift+ArrowDown")
    editor.keyboard.press("Shift+ArrowDown")
    expect(editor.locator("td.is-marked")).to_have_count(3)
    editor.keyboard.press("Control+d")
    expect(cell(editor, 2, "stock")).to_have_value("31")
    editor.keyboard.press("Control+c")
    editor.keyboard.press("Enter")
    expect(cell(editor, 1, "stock")).to_be_focused()
    for _ in range(3):
        editor.keyboard.press("ArrowDown")
    expect(cell(editor, 4, "stock")).to_be_focused()
    copied = editor.evaluate("() => navigator.clipboard.readText()")
    assert copied.splitlines() == ["31", "31", "31"]
    editor.keyboard.press("Alt+ArrowUp")
    expect(cell(editor, 3, "o1")).to_have_value("Size 4")

    with editor.expect_request(lambda request: request.method == "POST") as posted:
        save(editor)
    sent = posted.value.post_data
    names = set(re.findall(r"v-[0-9a-f-]{36}-(\w+)=", sent))
    assert names == {"stock", "place"}
    assert len(re.findall(r"v-[0-9a-f-]{36}-\w+=", sent)) == 5
    expect(cell(editor, 3, "o1")).to_have_value("Size 4")
    expect(cell(editor, 1, "stock")).to_have_value("31")


def test_what_is_typed_survives_filter_and_sort(editor: Page) -> None:
    cell(editor, 5, "stock").fill("55")
    editor.get_by_label("Search in variants").fill("Size 11")
    editor.keyboard.press("Enter")
    expect(editor.get_by_text("1 to 11 of 11")).to_be_visible()
    editor.get_by_role("link", name="Stock").click()
    editor.get_by_role("link", name="Stock ↑").click()
    expect(cell(editor, 0, "stock")).to_have_value("119")
    editor.get_by_role("link", name="Show all").click()
    expect(cell(editor, 5, "stock")).to_have_value("55")


def test_a_description_is_edited_as_it_is_read(editor: Page) -> None:
    view = editor.locator("[data-view]").first
    expect(view.locator("td")).to_have_text("S")
    view.locator("p").click()
    editor.keyboard.press("End")
    editor.keyboard.type(" New")
    save(editor)
    source = editor.locator("textarea[name=t-en-description]")
    assert source.input_value() == DESCRIPTION.replace("tee.", "tee. New")


def test_markup_pasted_into_a_description_is_cleaned(editor: Page) -> None:
    editor.locator("[data-view]").first.locator("p").click()
    editor.keyboard.press("Control+a")
    html = json.dumps('<p onclick="x()" style="color:red">Hi <u>there</u><script>1</script></p>')
    editor.evaluate(
        f"""() => {{
          const data = new DataTransfer();
          data.setData("text/html", {html});
          const event = {{clipboardData: data, bubbles: true, cancelable: true}};
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", event));
        }}"""
    )
    source = editor.locator("textarea[name=t-en-description]")
    assert re.fullmatch(r"<p>Hi <u>there</u></p>", source.input_value())


def test_pictures_change_places_by_their_arrows(editor: Page) -> None:
    third = editor.locator("[data-picture]").nth(2)
    forward = third.get_by_role("button", name="forward")
    forward.click()
    editor.locator("[data-picture]").nth(1).get_by_role("button", name="forward").click()
    editor.get_by_role("button", name="Save order and texts").click()
    shown = editor.locator("[data-picture] textarea")
    expect(shown.first).to_have_value("View 3")
    expect(shown.nth(1)).to_have_value("View 1")


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_rows_are_pasted_without_a_script_too(web: Page, tee: str) -> None:
    sign_in(web)
    web.goto(tee)
    expect(web.locator(".rich__view").first).to_contain_text("Wide cotton tee.")
    web.get_by_role("link", name="Paste or change many…").click()
    web.get_by_label("Rows, one variant a line").fill("Size\tStock\nSize 119\t5\nSize 3\t6")
    web.get_by_role("button", name="Show what would change").first.click()
    expect(web.get_by_text("2 variants change")).to_be_visible()
    web.get_by_role("button", name="Write these changes").click()
    expect(web.get_by_role("status").filter(has_text="Saved “Tee”")).to_be_visible()
    expect(cell(web, 3, "stock")).to_have_value("6")
    web.get_by_label("Search in variants").fill("Size 119")
    web.get_by_role("button", name="Show", exact=True).click()
    expect(cell(web, 0, "stock")).to_have_value("5")
