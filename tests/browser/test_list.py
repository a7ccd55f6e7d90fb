"""The product list with the keyboard alone: walk, select, edit, take back, unfold, filter."""

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import DEMO_SLUG, demo_account
from tests.browser.visit import sign_in
from tests.portal import Portal


def open_list(web: Page, demo: Portal, query: str = "sort=title") -> None:
    sign_in(web, **demo_account(demo, "owner"))
    web.goto(f"{demo.url}/{DEMO_SLUG}/products/?{query}")


def name_of(web: Page, n: int) -> str:
    return web.locator("#listing > tbody > tr > th > a").nth(n).inner_text()


def test_rows_are_walked_and_selected_by_key(web: Page, demo: Portal) -> None:
    open_list(web, demo)
    for key in ("j", "j", "x", "j", "j", "Shift+X", "k"):
        web.keyboard.press(key)
    expect(web.get_by_role("region", name="Selection")).to_contain_text("3 selected")
    assert web.evaluate("document.activeElement.textContent") == name_of(web, 2)
    third = web.locator("input[name=ids]").nth(2)
    expect(third).to_have_accessible_name(name_of(web, 2))


def test_a_name_is_edited_and_taken_back(web: Page, demo: Portal) -> None:
    open_list(web, demo)
    before = name_of(web, 0)
    web.keyboard.press("j")
    web.keyboard.press("e")
    field = web.get_by_role("textbox", name=re.compile("^Name: "))
    expect(field).to_be_focused()
    web.keyboard.press("Escape")
    expect(field).to_have_count(0)
    web.keyboard.press("e")
    field.fill(f"{before} XL")
    web.keyboard.press("Enter")
    expect(web.locator("#listing > tbody > tr > th > a").first).to_have_text(f"{before} XL")
    expect(web.locator("#listing > tbody > tr > th > a").first).to_be_focused()
    web.get_by_role("button", name="Undo").click()
    expect(web.locator(".toasts")).to_contain_text("Taken back")
    expect(web.locator("#listing > tbody > tr > th > a").first).to_have_text(before)


def test_variants_unfold_below_their_product(web: Page, demo: Portal) -> None:
    open_list(web, demo)
    button = web.get_by_role("button", name=re.compile("variants")).first
    row = web.locator("#listing > tbody > tr").filter(has=button).first
    row.locator("th > a").focus()
    web.keyboard.press("ArrowRight")
    expect(button).to_have_attribute("aria-expanded", "true")
    below = web.locator("tr.vs tbody tr")
    expect(below.first).to_be_visible()
    assert below.count() == int(re.match(r"\d+", button.inner_text())[0])
    web.keyboard.press("ArrowLeft")
    expect(below).to_have_count(0)


def test_a_fact_is_filtered_by_from_the_menu(web: Page, demo: Portal) -> None:
    open_list(web, demo)
    web.locator("summary", has_text="Filter").click()
    web.locator("summary", has_text="By a fact").click()
    web.locator("[data-fact=material]").click()
    value = web.locator("#fact-fields input[type=checkbox]").first
    expect(value).to_be_focused()
    wanted = value.get_attribute("value")
    value.check()
    web.get_by_role("button", name="Show", exact=True).click()
    expect(web.locator(".chip--on")).to_contain_text(wanted)
    expect(web).to_have_url(re.compile(r"f\.material="))


SAVE_AT_ONCE = """() => new MutationObserver((_, observer) => {
    const form = document.querySelector("form[data-celledit]");
    if (!form) return;
    observer.disconnect();
    form.querySelector("[name=value]").value += " XXL";
    form.requestSubmit();
}).observe(document.getElementById("listing"), { childList: true, subtree: true })"""


def test_a_cell_saved_the_moment_its_field_appears_stays_in_the_list(
    web: Page, demo: Portal
) -> None:
    open_list(web, demo)
    before = name_of(web, 0)
    web.evaluate(SAVE_AT_ONCE)
    web.keyboard.press("j")
    web.keyboard.press("e")
    web.get_by_role("button", name="Undo").click()
    expect(web.locator(".toasts")).to_contain_text("Taken back")
    assert name_of(web, 0) == before
