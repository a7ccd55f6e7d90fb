"""The main job in a browser: from a real file to an approved text, and back."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PLAIN_EMAIL
from tests.browser.visit import sign_in
from tests.portal import EMAIL, SLUG, Portal
from tests.tour.steps import REAL_FILE, SAMPLE

FILE = REAL_FILE if REAL_FILE.exists() else SAMPLE
JOB_MS = 120_000  # for a job of some dozen products on a busy machine
MAX_SHIFT = 0.02  # a line of text that pushes a page down makes more
REASON = "Reads badly"
UUID = r"[0-9a-f-]{36}"


def test_a_merchant_brings_a_file_to_an_approved_text_and_takes_it_back(
    web: Page, portal: Portal
) -> None:
    sign_in(web)
    expect(web).to_have_url(f"{portal.url}/{SLUG}/")

    bring_in(web)
    n_products = n_listed(web)
    ask_for_texts(web, n_products)
    follow_the_job(web)
    see_claims_joined_to_facts(web)
    move_with_keys(web)
    approved = approve_with_a(web)
    edit_and_approve(web)
    reject_with_r(web)
    see_it_live(web, approved)
    undo_with_u(web, approved)


def bring_in(web: Page) -> None:
    """Upload, map, dry run, write."""
    go(web, "Products")
    web.get_by_role("main").get_by_role("link", name="Import").first.click()
    web.locator("input[type=file]").set_input_files(FILE)
    web.get_by_role("button", name="Read the file").click()
    web.get_by_role("button", name="Compare with the shop").first.click()

    write = web.get_by_role("button", name=re.compile(r"^Write \d+ new product"))
    expect(write).to_be_enabled(timeout=JOB_MS)
    expect(web.get_by_text("Nothing has been written yet")).to_be_visible()
    announced = int(re.search(r"\d+", write.inner_text())[0])
    rows = web.get_by_role("checkbox", name=re.compile(r"^Include line"))
    expect(rows).to_have_count(announced)

    write.click()
    expect(web.get_by_role("button", name="Undo this import")).to_be_visible(timeout=JOB_MS)
    expect(tile(web, "New")).to_have_text(str(announced))


def tile(web: Page, name: str) -> Locator:
    named = web.locator(".tile__name").get_by_text(name, exact=True)
    return web.locator(".tile").filter(has=named).locator(".tile__fig")


def go(web: Page, section: str) -> None:
    web.get_by_role("navigation", name="Sections").get_by_role("link", name=section).click()


def n_listed(web: Page) -> int:
    go(web, "Products")
    rows = web.locator("tbody tr")
    expect(rows.first).to_be_visible()
    return rows.count()


def ask_for_texts(web: Page, n_products: int) -> None:
    """Select all, ask for descriptions in both languages, confirm what was proposed."""
    bar = web.get_by_role("region", name="Selection")
    expect(bar).to_be_hidden()
    web.get_by_role("checkbox", name="Select this page").check()
    expect(bar).to_contain_text(f"{n_products} selected")
    bar.get_by_role("button", name="Write texts…").click()

    expect(web.get_by_role("heading", level=1)).to_have_text(
        f"Write texts for {n_products} products"
    )
    for box in ("English", "简体中文", "Description"):
        web.get_by_role("checkbox", name=box, exact=True).check()
    web.get_by_role("checkbox", name=re.compile("Confirm the .* proposed fact")).check()
    preview = web.locator("#preview .claim")
    expect(preview.first).to_be_visible()
    web.get_by_role("button", name=f"Write for {n_products} products").click()


def follow_the_job(web: Page) -> None:
    """The job's page comes to its end by itself; its result leads to the drafts."""
    web.wait_for_url(re.compile(rf"/jobs/{UUID}/"))
    address = web.url
    expect(web.locator(".job--done")).to_be_visible(timeout=JOB_MS)
    assert web.url == address
    expect(web.locator("progress").first).to_have_attribute("value", "100")
    assert web.evaluate(SHIFTED) < MAX_SHIFT
    web.get_by_role("link", name="Show the result").click()
    expect(web.get_by_role("heading", level=1)).to_have_text("Review drafts")


# How far things jumped while fragments came in: the browser's own measure, 0 is none.
SHIFTED = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.hadRecentInput ? 0 : entry.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(sum), 300);
})"""


def see_claims_joined_to_facts(web: Page) -> None:
    """A claim under the pointer lights up its fact, and the fact its claims."""
    claim = web.locator("a.claim").first
    numbers = claim.get_attribute("data-fact").split()
    fact = web.locator(f"a.fact[data-fact='{numbers[0]}']")
    for pointed, lit in ((claim, fact), (fact, claim)):
        web.mouse.move(0, 0)
        before = shade(lit)
        pointed.hover()
        expect(lit).not_to_have_css("background-color", before)
    web.mouse.move(0, 0)


def shade(place: Locator) -> str:
    return place.evaluate("element => getComputedStyle(element).backgroundColor")


def move_with_keys(web: Page) -> None:
    """`j` goes to the next draft, `k` back to where one was."""
    first = open_draft(web)
    web.keyboard.press("j")
    web.wait_for_url(lambda address: address != first)
    expect(web.get_by_role("button", name="Approve")).to_be_visible()
    web.keyboard.press("k")
    web.wait_for_url(first)


def approve_with_a(web: Page) -> str:
    """Approves the draft on show and returns its address."""
    address = open_draft(web)
    waiting = n_waiting(web)
    web.keyboard.press("a")
    expect(web.get_by_role("status").filter(has_text="is live")).to_be_visible()
    assert n_waiting(web) == waiting - 1
    return address


def open_draft(web: Page) -> str:
    """Go to the draft on show by its own address, which is the queue's current one."""
    web.locator(".queue [aria-current]").click()
    web.wait_for_url(re.compile(rf"/content/drafts/{UUID}/"))
    return web.url


def n_waiting(web: Page) -> int:
    return int(re.search(r"(\d+) waits?\.", web.get_by_role("main").inner_text())[1])


def edit_and_approve(web: Page) -> None:
    waiting = n_waiting(web)
    web.keyboard.press("e")
    box = web.get_by_label("Your text")
    expect(box).to_be_focused()
    # Without its full stop, so that a text of one sentence becomes another one too.
    shorter = re.split(r"\.(?=\s|$)|。", box.input_value())[0]
    box.fill(shorter)
    expect(web.locator("#checked .review__copy")).to_contain_text(shorter[:12])
    web.get_by_role("button", name="Save and approve").click()
    expect(web.get_by_role("status").filter(has_text="is live")).to_be_visible()
    assert n_waiting(web) == waiting - 1


def reject_with_r(web: Page) -> None:
    rejected = open_draft(web)
    web.keyboard.press("r")
    why = web.get_by_label("Why?")
    expect(why).to_be_focused()
    why.fill(REASON)
    web.get_by_role("button", name="Reject", exact=True).click()
    expect(web.get_by_role("status").filter(has_text="is rejected")).to_be_visible()
    web.goto(rejected)
    expect(web.get_by_role("main")).to_contain_text(REASON)


def see_it_live(web: Page, approved: str) -> None:
    """The product shows the text with its origin, and its history says who put it there."""
    web.goto(approved)
    text = web.locator(".review__copy").evaluate(TEXT_WITHOUT_MARKS)
    language = web.locator(".review__copy").get_attribute("lang")
    web.locator("#draft-title a").click()
    box = web.locator(f"textarea[lang={language}]")
    live = web.locator(".texts").locator(box).first
    expect(live).to_have_value(re.compile(re.escape(text[:30])))
    origin = web.locator(".texts .field").filter(has=box).first.locator(".origin")
    expect(origin).to_contain_text("composer")
    history = web.get_by_role("region", name="History")
    expect(history).to_contain_text(re.compile(EMAIL.split("@")[0], re.I))
    expect(history).to_contain_text("Description")


TEXT_WITHOUT_MARKS = """element => {
  const copy = element.cloneNode(true);
  for (const mark of copy.querySelectorAll("sup")) mark.remove();
  return copy.textContent.trim();
}"""


def undo_with_u(web: Page, approved: str) -> None:
    web.goto(approved)
    expect(web.get_by_role("button", name="Approve")).to_have_count(0)
    web.keyboard.press("u")
    expect(web.get_by_text("waits again")).to_be_visible()
    web.goto(approved)
    expect(web.get_by_role("button", name="Approve")).to_be_visible()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_the_same_walk_works_without_script(web: Page, portal: Portal) -> None:
    sign_in(web, PLAIN_EMAIL)
    go(web, "Products")
    web.get_by_role("main").get_by_role("link", name="Import").first.click()
    web.locator("input[type=file]").set_input_files(FILE)
    web.get_by_role("button", name="Read the file").click()
    web.get_by_role("button", name="Compare with the shop").first.click()
    reload_until(web, web.get_by_role("button", name=re.compile(r"^Write \d+ new product"))).click()
    reload_until(web, web.get_by_role("button", name="Undo this import"))

    go(web, "Products")
    for n in range(3):
        web.locator("input[name=ids]").nth(n).check()
    web.get_by_role("button", name="Write texts…").click()
    web.get_by_role("checkbox", name=re.compile("Confirm the .* proposed fact")).check()
    web.get_by_role("button", name="Write for 3 products").click()
    reload_until(web, web.get_by_role("link", name="Show the result")).click()

    web.get_by_role("button", name="Approve").click()
    expect(web.get_by_role("status").filter(has_text="is live")).to_be_visible()
    web.get_by_role("button", name="Undo").click()
    expect(web.get_by_text("waits again")).to_be_visible()
    web.get_by_role("link", name="Edit").click()
    text = web.get_by_label("Your text")
    text.fill(re.split(r"(?<=[.。])\s*", text.input_value())[0])
    web.get_by_role("button", name="Save and approve").click()
    expect(web.get_by_role("status").filter(has_text="is live")).to_be_visible()
    web.locator("summary", has_text="Reject").click()
    web.get_by_label("Why?").fill(REASON)
    web.get_by_role("button", name="Reject", exact=True).click()
    expect(web.get_by_role("status").filter(has_text="is rejected")).to_be_visible()


def reload_until(web: Page, wanted: Locator) -> Locator:
    """What one does without script while a job runs: look again."""
    deadline = time.monotonic() + JOB_MS / 1000
    while not wanted.is_visible():
        assert time.monotonic() < deadline, web.get_by_role("main").inner_text()
        web.wait_for_timeout(500)
        web.reload()
    return wanted
