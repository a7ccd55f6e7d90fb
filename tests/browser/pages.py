"""Every page a person can come to, and a shop in which each of them has something to show."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from tests.portal import Portal
from tests.tour.session import Page, Session
from tests.tour.steps import SAMPLE, has_form

UUID = "[0-9a-f-]{36}"
SHORT = r"[\w-]{22}"  # the same as the list writes it
N_WRITTEN = 12  # products that get texts: a queue that fills a screen
PLACES = {
    "home": "",
    "products": "products/",
    "products-none-match": "products/?q=zzzzzz",
    "product-filter": "products/filter/?fact=material",
    "product-columns": "products/columns/",
    "product-new": "products/new/",
    "categories": "products/categories/",
    "attributes": "products/facts/",
    "missing-facts": "products/missing-facts/",
    "shop-doctor": "products/availability/",
    "feeds": "products/feeds/",
    "feed-new": "products/feeds/new/",
    "changes": "changes/",
    "imports": "products/import/",
    "order-imports": "customers/import/",
    "currencies": "settings/currencies/",
    "events": "customers/events/",
    "review": "content/",
    "approved-sentences": "content/sentences/",
    "copy": "content/copy/",
    "glossary": "content/glossary/",
    "draft-rules": "content/rules/",
    "checks": "content/checks/",
    "content-report": "content/report/",
    "learning": "content/learning/",
    "segments": "segments/",
    "segment-new": "segments/new/",
    "segment-text": "segments/new/?mode=text&rule=amount_spend+%3E+5",
    "segment-overlap": "segments/overlap/",
    "back-test": "segments/back-test/",
    "models": "models/",
    "customers": "customers/",
    "customers-none-match": "customers/?q=zzzzzz",
    "customers-filter": "customers/filter/?group=champions",
    "customers-columns": "customers/columns/",
    "cohorts": "customers/cohorts/",
    "cohorts-money": "customers/cohorts/?show=money",
    "privacy": "settings/privacy/",
    "jobs": "jobs/",
    "team": "settings/team/",
    "api-keys": "settings/keys/",
    "webhooks": "settings/webhooks/",
    "personas": "segments/personas/",
    "audit": "settings/audit/",
    "shop-settings": "settings/shop/",
    "text-engine": "settings/text-engine/",
    "not-found": "no-such-page/",
}
# Found on another page: (that page, what its link looks like).
LINKED = {
    "category": ("categories", rf"products/categories/{UUID}/$"),
    "attribute": ("attributes", rf"products/facts/{UUID}/$"),
    "change": ("changes", rf"changes/{UUID}/$"),
    "customer": ("customers", rf"customers/{UUID}/$"),
    "job": ("jobs", rf"jobs/{UUID}/$"),
    "draft": ("review", rf"content/drafts/{UUID}/$"),
    "product": ("products", rf"products/{SHORT}/$"),
    "segment": ("segments", rf"segments/{UUID}/$"),
}
# Below an address found so.
BELOW = {
    "customer-chats": ("customer", "?show=chats"),
    "customer-erase": ("customer", "erase/"),
    "product-history": ("product", "history/"),
    "product-doctor": ("product", "availability/"),
    "variants-many": ("product", "variants/many/"),
    "missing-fact": ("missing-facts", "material/"),
    "draft-edit": ("draft", "?edit=1"),
    "segment-edit": ("segment", "edit/"),
    "segment-history": ("segment", "history/"),
    "segment-revisions": ("segment", "revisions/"),
    "segment-export": ("segment", "export/"),
    "segment-campaign": ("segment", "campaign/"),
}
NOT_FOUND = "not-found"
OUTER_PAGES = {
    "sign-in": "/account/login/",
    "password-reset": "/account/password/reset/",
    "api-docs": "/api/v1/docs",
}
ADMIN_PAGES = {
    "admin": "/admin/",
    "admin-people": "/admin/ecomportal/user/",
    "admin-shops": "/admin/ecomportal/merchant/",
    "admin-products": "/admin/catalog/product/",
}
# Drawn by Swagger UI in its own language and colours.
FOREIGN = {"api-docs"}
DEMO_SLUG = "northlight"


def demo_account(portal: Portal, role: str) -> dict[str, str]:
    """As a person finds it: in the file that the demo leaves behind."""
    lines = (portal.var / "demo-sign-ins.txt").read_text().splitlines()
    email, password = next(line.split()[1:] for line in lines if line.split()[:1] == [role])
    return {"email": email, "password": password}


def bare_pages(slug: str) -> dict[str, str]:
    return {name: f"/{slug}/{path}" for name, path in PLACES.items()}


def full_pages(web: Session, slug: str) -> dict[str, str]:
    """All pages of a shop by name, after each has been given something to show."""
    found = bare_pages(slug)
    found.update(furnish(web, f"/{slug}/"))
    for name, (place, pattern) in LINKED.items():
        link = first_link(web.get(found[place]), pattern)
        if link:
            found[name] = link
    for name, (place, ending) in BELOW.items():
        if place in found:
            found[name] = found[place] + ending
    return found


def first_link(page: Page, pattern: str) -> str | None:
    return next((link for link in hrefs(page) if re.search(pattern, link)), None)


def hrefs(page: Page) -> Iterator[str]:
    """The page's links; the list's own are relative and without quotes."""
    for quoted, bare in re.findall(r'href=(?:"([^"]+)"|([^\s">]+))', page.html):
        link = (quoted or bare).replace("&amp;", "&").split("#")[0]
        yield urlsplit(urljoin(page.url, bare)).path if bare else link


def furnish(web: Session, shop: str) -> dict[str, str]:
    """An import at each of its steps and drafts in both languages; returns their pages."""
    written = compared(web, shop, SAMPLE)
    web.submit(web.get(written), "/write/")
    web.wait(written, lambda page: has_form(page, "/undo/"))
    with tempfile.TemporaryDirectory() as folder:
        changed = Path(folder) / "autumn-prices.csv"
        changed.write_text(dearer(SAMPLE.read_text()))
        dry_run = compared(web, shop, changed)
        orders = of_orders(web, shop, Path(folder))
    a_studio(web, shop)
    query = ask_for_texts(web, shop)
    return {
        "import-mapping": upload(web, shop, SAMPLE).url.removeprefix(web.base),
        "import-dry-run": dry_run,
        "import-report": written,
        **orders,
        "generate": f"{shop}content/write/?{query}",
        "export": f"{shop}products/export/?all_matching=1",
        "feed": a_feed(web, shop),
    }


def dearer(rows: str) -> str:
    """The sample a tenth dearer, with a price that fell far, a new product and one unreadable."""
    rows = re.sub(r",(\d+)\.00,,", lambda price: f",{int(price[1]) * 11 // 10}.00,,", rows)
    rows = rows.replace("harbour-linen-shirt", "dune-linen-shirt")
    rows = re.sub(r",(\d\d)\.50,,", r",\g<1>.x5,,", rows, count=1)
    return re.sub(r",\d\d\d\.00,,", ",4.00,,", rows, count=1)


def upload(web: Session, shop: str, file: Path) -> Page:
    page = web.get(f"{shop}products/import/")
    return web.submit(page, "file", files={"file": file})


def of_orders(web: Session, shop: str, folder: Path) -> dict[str, str]:
    """Imports of orders: its columns, its dry run with failed rows, and its report."""
    file, place = folder / "orders.csv", f"{shop}customers/import/"
    rows = [f"{n},1,LOOK-{n % 3},NK-LOOK,{n % 5},79.00,2026-03-01,USD" for n in range(1, 30)]
    header = "order_id,line_id,customer_id,sku,quantity,unit_price,ordered_at,currency"
    faulty = ["90,1,LOOK-1,NK,-2,9.00,2026-03-01,EUR", "91,1,,NK,1,9.00,someday,EUR"]
    file.write_text("\n".join([header, *rows, *faulty, "92,1,,NK,1,9.00,2026-03-02,EUR"]) + "\n")
    pages = {"order-import-columns": web.submit(web.get(place), "file", files={"file": file}).url}
    for name, act in (("order-import-dry-run", ""), ("order-import-report", "/write/")):
        page = web.submit(web.get(place), "file", files={"file": file})
        run = f"{place}{re.search(f'/import/({UUID})/', page.url)[1]}/"
        web.submit(page, "column_0")
        web.wait(run, lambda page: has_form(page, "/write/"))
        if act:
            web.submit(web.get(run), act)
            web.wait(run, lambda page: has_form(page, "/undo/"))
        pages[name] = run
    return {name: url.removeprefix(web.base) for name, url in pages.items()}


def compared(web: Session, shop: str, file: Path) -> str:
    page = web.submit(upload(web, shop, file), "column_0")
    run = f"{shop}products/import/{re.search(f'/import/({UUID})/', page.url)[1]}/"
    web.wait(run, lambda page: has_form(page, "/write/"))
    return run


def a_feed(web: Session, shop: str) -> str:
    """A feed whose items were checked; some of the demo's lack what Google asks for."""
    page = web.get(f"{shop}products/feeds/new/")
    page = web.submit(page, "link", name="Google", link="https://shop.example/{handle}")
    web.wait(page.url, lambda page: "problems.csv" in page.html or "Google asks for" in page.html)
    return page.url.removeprefix(web.base)


def ask_for_texts(web: Session, shop: str) -> str:
    """Have texts written for the first products of the list; returns the selection."""
    listed = web.get(f"{shop}products/?sort=title")
    ids = dict.fromkeys(re.findall(rf"name=ids value=({SHORT})", listed.html))
    query = "&".join(f"ids={pk}" for pk in list(ids)[:N_WRITTEN])
    page = web.submit(
        web.get(f"{shop}content/write/?{query}"),
        "/content/write/",
        languages=["en", "zh"],
        fields=["description"],
        tone="conversational",
        confirm_facts="on",
        start="1",
    )
    web.wait(page.url, lambda page: "job--done" in page.html)
    return query


def a_studio(web: Session, shop: str) -> None:
    """Terms, a rule, and approved ads, messages and answers."""
    for en, zh, kind in (("bergamot", "佛手柑", "term"), ("Northlight", "", "brand")):
        page = web.get(f"{shop}content/glossary/")
        web.submit(page, "/content/glossary/", en=en, zh=zh, kind=kind)
    page = web.get(f"{shop}content/rules/")
    wishes = {"languages": ["en"], "fields": ["sms"], "min_facts": "3"}
    web.submit(page, "/content/rules/", name="Kettles", **wishes)
    listed = web.get(f"{shop}products/?sort=title")
    first = re.search(rf"name=ids value=({SHORT})", listed.html)[1]
    page = web.submit(
        web.get(f"{shop}content/write/?ids={first}"),
        "/content/write/",
        languages=["en", "zh"],
        fields=["ad_google", "email", "faq"],
        tone="conversational",
        confirm_facts="on",
        start="1",
    )
    web.wait(page.url, lambda page: "job--done" in page.html)
    page = web.submit(web.get(f"{shop}content/"), "/approve-clean/")
    web.wait(page.url, lambda page: "job--done" in page.html)


def signed_in(base: str, *, email: str, password: str) -> Session:
    web = Session(base)
    web.submit(web.get("/account/login/"), "/account/login/", login=email, password=password)
    return web
