"""One real portal and one real browser for all browser tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import chrome
from tests.browser.watch import Watch
from tests.portal import Portal, running_portal

WAIT_MS = 15_000  # a busy build machine is slow, a broken page is broken for good
# A shop that stays without products, and its owner.
BARE_SLUG, BARE_EMAIL = "bare", "bea@example.com"
# The shop of the walk without script.
PLAIN_SLUG, PLAIN_EMAIL = "plain", "pia@example.com"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if not chrome.executable():
        pytest.skip("Chromium is not installed: apt-get install chromium, or set CHROMIUM")
    return chrome.launch_options()


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"}


@pytest.fixture(scope="session")
def portal(browser_type_launch_args: dict[str, Any]) -> Iterator[Portal]:
    """The portal with the walks' empty shops and one that stays bare."""
    expect.set_options(timeout=WAIT_MS)
    with running_portal() as running:
        running.create_shop(BARE_SLUG, BARE_EMAIL)
        running.create_shop(PLAIN_SLUG, PLAIN_EMAIL)
        yield running


@pytest.fixture(scope="session")
def demo(portal: Portal) -> Portal:
    """The same portal with a small demo."""
    portal.manage("load_demo", "--small")
    return portal


@pytest.fixture
def watch(context: BrowserContext) -> Iterator[Watch]:
    context.set_default_timeout(WAIT_MS)
    watched = Watch(context)
    yield watched
    assert watched.complaints() == []


@pytest.fixture
def web(context: BrowserContext, portal: Portal, watch: Watch) -> Page:
    """A fresh page of the portal; whatever the browser complains about fails the test."""
    page = context.new_page()
    page.goto(portal.url + "/account/login/")
    return page
