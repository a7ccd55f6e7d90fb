"""Go to a page as a person, in a language, and tell what is wrong with it."""

from collections.abc import Callable, Iterable

from playwright.sync_api import Page, expect

from tests.browser import faults
from tests.browser.pages import FOREIGN, NOT_FOUND
from tests.browser.watch import Watch
from tests.portal import EMAIL, PASSWORD

Look = tuple[str, str]  # theme, name of a size
SIZES = {"1440": faults.DESKTOP, "390": faults.MOBILE}
EVERY_LOOK = [(theme, size) for theme in ("light", "dark") for size in SIZES]


def sign_in(page: Page, email: str = EMAIL, password: str = PASSWORD) -> None:
    """In either language, so by the fields' ids."""
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(password)
    page.locator("form:has(#id_login) button[type=submit]").click()
    page.wait_for_url(lambda address: "/account/" not in address)


def enter(page: Page, base: str, language: str, *, email: str = "", password: str = "") -> None:
    """Sign in (or not, without an address) and have everything in this language."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{base}/account/login/")
    speak(page, language)
    if email:
        sign_in(page, email, password)
        speak(page, language)


def speak(page: Page, language: str) -> None:
    wanted = faults.HTML_LANG[language]
    if not wanted.fullmatch(page.locator("html").get_attribute("lang") or ""):
        page.locator(f"button[name=language][value={language}]:visible").first.click()
    expect(page.locator("html")).to_have_attribute("lang", wanted)


def faults_of(
    page: Page,
    watch: Watch,
    name: str,
    *,
    address: str,
    language: str,
    looks: Iterable[Look] = EVERY_LOOK,
    on_look: Callable[[str], None] = lambda look: None,
) -> list[str]:
    """Open the page once, look at it in each theme and size, listen to the console."""
    page.set_viewport_size(faults.DESKTOP)
    page.goto(address)
    expect(page.locator(".htmx-request")).to_have_count(0)
    found = [] if name in FOREIGN else faults.wrong_language(page, language)
    for theme, size in looks:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size(SIZES[size])
        on_look(f"{theme}-{size}")
        seen = faults.overflow(page) + ([] if name in FOREIGN else faults.inaccessible(page))
        found += [f"{theme}, {size} px: {fault}" for fault in seen]
    found += [line for line in watch.take() if not (name == NOT_FOUND and "of 404" in line)]
    return [f"{name} ({language}): {fault}" for fault in found]
