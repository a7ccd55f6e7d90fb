"""Every page in a real browser: both languages, both themes, wide and narrow, full and empty."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import BARE_EMAIL, BARE_SLUG
from tests.browser.pages import (
    ADMIN_PAGES,
    DEMO_SLUG,
    OUTER_PAGES,
    bare_pages,
    demo_account,
    full_pages,
    signed_in,
)
from tests.browser.visit import enter, faults_of
from tests.browser.watch import Watch
from tests.portal import PASSWORD, Portal

# English wide and by day, Chinese narrow and by night; `python -m tests.browser.look` crosses all.
LOOKS = {"en": ("light", "1440"), "zh-hans": ("dark", "390")}
LookAt = Callable[..., None]


@pytest.fixture(scope="session")
def demo_pages(demo: Portal) -> dict[str, str]:
    return full_pages(signed_in(demo.url, **demo_account(demo, "owner")), DEMO_SLUG)


@pytest.fixture(params=list(LOOKS))
def look_at(request: pytest.FixtureRequest, context: BrowserContext, watch: Watch) -> LookAt:
    """Opens each page and fails with what is wrong, one line each."""
    language = request.param

    def look(base: str, pages: dict[str, str], **account: str) -> None:
        page, found = context.new_page(), []
        enter(page, base, language, **account)
        for name, path in pages.items():
            at = {"address": base + path, "language": language}
            found += faults_of(page, watch, name, looks=[LOOKS[language]], **at)
        assert not found, "\n".join(found)

    return look


def test_pages_of_a_full_shop(look_at: LookAt, demo: Portal, demo_pages: dict[str, str]) -> None:
    look_at(demo.url, demo_pages, **demo_account(demo, "owner"))


def test_pages_of_an_empty_shop(look_at: LookAt, portal: Portal) -> None:
    look_at(portal.url, bare_pages(BARE_SLUG), email=BARE_EMAIL, password=PASSWORD)


def test_pages_before_signing_in(look_at: LookAt, portal: Portal) -> None:
    look_at(portal.url, OUTER_PAGES)


def test_pages_of_the_admin(look_at: LookAt, demo: Portal) -> None:
    look_at(demo.url, ADMIN_PAGES, **demo_account(demo, "admin"))
