"""`python -m tests.browser.look --out DIR`: every page, both languages and themes, wide and
narrow, of a full and an empty shop: screenshots to look at, faults one a line. Exits 1 on any."""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from playwright.sync_api import Browser, sync_playwright

from tests.browser import chrome, faults
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
from tests.portal import EMAIL, PASSWORD, SLUG, Portal, running_portal

Visit = tuple[str, dict[str, str], dict[str, str]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where the screenshots go")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecomportal.settings")
    django.setup()  # for the catalogue of messages; the pages come from the portal
    n_faults = 0
    with running_portal() as portal, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chrome.launch_options())
        for who, pages, account in visits(portal):
            wanted = {name: path for name, path in pages.items() if options.only in name}
            for fault in look(browser, portal.url, wanted, account, out=options.out / who):
                n_faults += 1
                print(f"{who}: {fault}", flush=True)
        browser.close()
    print(f"{n_faults} faults; the screenshots are in {options.out}")
    return 1 if n_faults else 0


def visits(portal: Portal) -> Iterator[Visit]:
    """Whose pages, which, and the account that sees them."""
    yield "empty", bare_pages(SLUG), {"email": EMAIL, "password": PASSWORD}
    portal.manage("load_demo")
    owner = demo_account(portal, "owner")
    yield "demo", full_pages(signed_in(portal.url, **owner), DEMO_SLUG), owner
    yield "outside", OUTER_PAGES, {}
    yield "admin", ADMIN_PAGES, demo_account(portal, "admin")


def look(
    browser: Browser, base: str, pages: dict[str, str], account: dict[str, str], *, out: Path
) -> Iterator[str]:
    out.mkdir(parents=True, exist_ok=True)
    for language in faults.HTML_LANG:
        context = browser.new_context(viewport=faults.DESKTOP)
        watch, page = Watch(context), context.new_page()
        enter(page, base, language, **account)
        for name, path in pages.items():

            def shoot(seen: str, start: str = f"{name}-{language}") -> None:
                page.screenshot(path=out / f"{start}-{seen}.png", full_page=True)  # noqa: B023

            at = {"address": base + path, "language": language}
            yield from faults_of(page, watch, name, on_look=shoot, **at)
        context.close()


if __name__ == "__main__":
    sys.exit(main())
