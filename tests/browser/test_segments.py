"""The builder of segments as a person uses it: typing, proposals, two views, saving, undo."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import DEMO_SLUG, demo_account
from tests.browser.visit import sign_in
from tests.browser.watch import Watch
from tests.portal import Portal


@pytest.fixture(autouse=True)
def _overtaken_counts(watch: Watch) -> None:
    """A count that the next one overtakes is aborted, which htmx notes in the console."""
    watch.allow("htmx:afterRequest")
    watch.allow("htmx:sendAbort")


def open_builder(web: Page, demo: Portal, query: str = "") -> None:
    sign_in(web, **demo_account(demo, "owner"))
    web.goto(f"{demo.url}/{DEMO_SLUG}/segments/new/{query}")


def test_the_count_follows_what_is_typed(web: Page, demo: Portal) -> None:
    open_builder(web, demo, "?rule=number_of_orders+%3E%3D+0&mode=text")
    figure = web.locator("#live .tile__fig")
    everybody = re.sub(r"\D", "", figure.inner_text().split("of")[0])
    web.get_by_label("Rule text").fill("number_of_orders >= 3")
    expect(figure).not_to_contain_text(f"{int(everybody):,} of")
    fewer = int(re.sub(r"\D", "", figure.inner_text().split("of")[0]))
    assert 0 < fewer < int(everybody)
    expect(web.locator("#more li").first).to_be_visible()


def test_a_proposal_is_taken_by_keyboard(web: Page, demo: Portal) -> None:
    open_builder(web, demo, "?mode=text")
    rule = web.get_by_label("Rule text")
    rule.press_sequentially("number_of")
    expect(web.get_by_role("listbox")).to_be_visible()
    expect(web.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    web.keyboard.press("Enter")
    expect(rule).to_have_value(re.compile(r"^number_of_orders ?$"))
    expect(rule).to_be_focused()
    rule.press("Control+Space")
    expect(web.get_by_role("option").first).to_be_visible()
    web.keyboard.press("Escape")
    expect(web.get_by_role("listbox")).to_be_hidden()


def test_a_mistake_is_marked_and_mended_by_one_click(web: Page, demo: Portal) -> None:
    open_builder(web, demo, "?mode=text")
    web.get_by_label("Rule text").fill("amount_spend > 100")
    expect(web.locator("#rule-check .e")).to_have_text("amount_spend")
    web.get_by_role("button", name="amount_spent").click()
    expect(web.get_by_label("Rule text")).to_have_value("amount_spent > 100")
    expect(web.locator("#live .tile__fig")).to_be_visible()


def test_both_views_show_one_rule(web: Page, demo: Portal) -> None:
    open_builder(web, demo, "?template=one-time")
    web.get_by_role("button", name="Condition", exact=True).click()
    expect(web.locator(".cond")).to_have_count(3)
    web.locator("#c2-what").select_option("country")
    expect(web.locator("#c2-v0")).to_have_value("")
    web.locator("#c2-v0").fill("DE")
    web.get_by_role("button", name="Rule text").click()
    text = (
        "number_of_orders = 1 AND last_order_date BETWEEN -60d AND -30d AND country = 'DE'"
    )  # fmt: skip
    expect(web.get_by_label("Rule text")).to_have_value(text)
    web.get_by_role("button", name="Conditions").click()
    expect(web.locator(".cond")).to_have_count(3)
    expect(web.get_by_label("Name")).to_have_value("One-time buyers, 30 to 60 days ago")


def test_a_segment_is_saved_deleted_and_taken_back(web: Page, demo: Portal) -> None:
    open_builder(web, demo, "?rule=number_of_orders+%3E%3D+2")
    web.get_by_label("Name").fill("Came again")
    web.get_by_role("button", name="Save segment").click()
    expect(web.get_by_role("heading", name="Came again")).to_be_visible()
    web.get_by_role("button", name="Delete").click()
    web.get_by_role("button", name="Undo").click()
    expect(web.get_by_role("heading", name="Came again")).to_be_visible()


def test_the_builder_works_without_scripts(demo: Portal, browser: object) -> None:
    context = browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]
    web = context.new_page()
    web.goto(f"{demo.url}/account/login/")
    open_builder(web, demo, "?template=one-time")
    web.get_by_role("button", name="Condition", exact=True).click()
    expect(web.locator(".cond")).to_have_count(3)
    web.get_by_role("button", name="Remove the condition").last.click()
    expect(web.locator(".cond")).to_have_count(2)
    web.get_by_role("button", name="Rule text").click()
    web.get_by_label("Rule text").fill("number_of_orders >= 5")
    web.get_by_role("button", name="Show who fits").last.click()
    expect(web.locator("#live .tile__fig")).to_be_visible()
    context.close()
