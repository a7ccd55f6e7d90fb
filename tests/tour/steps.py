"""The steps of the tour. Each returns a line that says what it produced, or raises."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.portal import EMAIL, PASSWORD, ROOT, SLUG
from tests.tour.session import Page, Session

REAL_FILE = ROOT.parent / "shared" / "data" / "catalogue" / "shopify_apparel.csv"
SAMPLE = ROOT / "catalog" / "products" / "imports" / "sample" / "shopify_sample.csv"


class Tour:
    """What the steps hand on to each other."""

    def __init__(self, base: str) -> None:
        self.web = Session(base)
        self.shop = f"/{SLUG}/"
        self.file: Path = REAL_FILE if REAL_FILE.exists() else SAMPLE
        self.page: Page | None = None
        self.drafts: list[str] = []
        self.approved = ""
        self.prices: list[str] = []


def require(condition: Any, text: str) -> None:
    if not condition:
        raise AssertionError(text)


def sign_in(tour: Tour) -> str:
    page = tour.web.get("/account/login/")
    page = tour.web.submit(page, "/account/login/", login=EMAIL, password=PASSWORD)
    require(page.status == 200 and SLUG in page.url, f"landed on {page.url} ({page.status})")
    return f"{EMAIL} is in {page.url}"


def upload(tour: Tour) -> str:
    page = tour.web.get(f"{tour.shop}products/import/")
    page = tour.web.submit(page, "file", files={"file": tour.file})
    require("/columns/" in page.url, f"{page.status}: {page.text[:300]}")
    tour.page = page
    return f"{tour.file.name} is read, its columns are mapped"


def compare(tour: Tour) -> str:
    page = tour.web.submit(tour.page, "column_0")
    run = re.search(r"/import/([0-9a-f-]{36})/", page.url)[1]
    address = f"{tour.shop}products/import/{run}/"
    tour.page = tour.web.wait(address, lambda p: has_form(p, "/write/"))
    require(n_products(tour) == 0, "the dry run wrote something")
    return first(r"Would be new (\d+)", tour.page.text, "nothing would be new") + " would be new"


def is_over(page: Page) -> bool:
    """Whether a job's page says how long it took, which it does at the end alone."""
    return " took " in page.text


def has_form(page: Page, action_end: str) -> bool:
    return any(form.action.endswith(action_end) for form in page.forms)


def first(pattern: str, text: str, complaint: str) -> str:
    found = re.search(pattern, text)
    require(found, f"{complaint}: {text[:600]}")
    return found[1]


def product_ids(tour: Tour) -> list[str]:
    """Those on the first page of the list, by their boxes."""
    page = tour.web.get(f"{tour.shop}products/")
    return re.findall(r"name=ids value=([\w-]{22})", page.html)


def n_products(tour: Tour) -> int:
    return len(product_ids(tour))


def write(tour: Tour) -> str:
    address = tour.page.url
    tour.web.submit(tour.page, "/write/")
    tour.page = tour.web.wait(address, lambda p: has_form(p, "/undo/"))
    n = n_products(tour)
    require(n > 0, "no product is in the list")
    return f"{n} products are in the shop"


def ask(tour: Tour) -> str:
    query = "&".join(f"ids={pk}" for pk in product_ids(tour))
    page = tour.web.get(f"{tour.shop}content/write/?{query}")
    page = tour.web.submit(
        page,
        "/content/write/",
        languages=["en", "zh"],
        fields=["description"],
        tone="conversational",
        confirm_facts="on",
        start="1",
    )
    require("/jobs/" in page.url, f"{page.status}: {page.text[:600]}")
    page = tour.web.wait(page.url, is_over)
    return first(r"(\d+ drafts written)", page.text, "the job names no drafts")


def review(tour: Tour) -> str:
    page = tour.web.get(f"{tour.shop}content/")
    tour.page = page
    tour.drafts = page.links(rf"{tour.shop}content/drafts/[0-9a-f-]{{36}}/")
    claims = re.findall(r'class="claim" href="#f(\d+)"', page.html)
    require(claims, f"no claim is joined to a fact: {page.text[:400]}")
    require(all(f'id="f{n}"' in page.html for n in claims), "a claim points at no fact")
    return f"{len(tour.drafts)} drafts listed; the first has {len(claims)} claims joined to facts"


def approve(tour: Tour) -> str:
    tour.approved = draft_of(tour.page)
    product = tour.page.link(rf"{tour.shop}products/[0-9a-f-]{{36}}/")
    tour.page = tour.web.submit(tour.page, f"{tour.approved}/approve/")
    require("is live" in tour.page.text, f"{tour.page.status}: {tour.page.text[:300]}")
    shown = tour.web.get(product)
    require("composer" in shown.html.lower(), "the product does not tell where its text is from")
    return f"draft {tour.approved[-8:]} is live and tells its origin"


def draft_of(page: Page) -> str:
    form = next(f for f in page.forms if f.action.endswith("/approve/"))
    return re.search(r"drafts/([0-9a-f-]{36})/", form.action)[1]


def edit(tour: Tour) -> str:
    draft = draft_of(tour.page)
    page = tour.web.get(f"{tour.shop}content/drafts/{draft}/?edit=1")
    text = dict(page.form(f"{draft}/approve/").fields)["text"].strip()
    shorter = re.split(r"\.(?=\s|$)|。", text)[0]
    tour.page = tour.web.submit(page, f"{draft}/approve/", text=shorter)
    require("is live" in tour.page.text, f"{tour.page.status}: {tour.page.text[:400]}")
    return f"draft {draft[-8:]} was cut to its first sentence and is live: {shorter}"


def refuse_invented(tour: Tour) -> str:
    draft = draft_of(tour.page)
    page = tour.web.get(f"{tour.shop}content/drafts/{draft}/?edit=1")
    invented = "Recommended by doctors and made of pure titanium."
    page = tour.web.submit(page, f"{draft}/approve/", text=invented)
    require(page.status == 422, f"an invented claim was let through ({page.status})")
    require(invented in page.html, "the typed text was lost")
    return "an invented claim is blocked, the typed text is kept"


def reject(tour: Tour) -> str:
    draft = draft_of(tour.page)
    page = tour.web.get(f"{tour.shop}content/drafts/{draft}/")
    tour.page = tour.web.submit(page, f"{draft}/reject/", reason="Reads badly")
    require("is rejected" in tour.page.text, f"{tour.page.status}: {tour.page.text[:300]}")
    return f"draft {draft[-8:]} is rejected: Reads badly"


def history(tour: Tour) -> str:
    page = tour.web.get(f"{tour.shop}content/drafts/{tour.approved}/")
    product = page.link(rf"{tour.shop}products/[0-9a-f-]{{36}}/")
    page = tour.web.get(f"{product}history/")
    require(page.status == 200, f"{page.status} on {page.url}")
    require(EMAIL in page.text or "ida" in page.text.lower(), "history does not say who")
    return "the product's history names who put the text there"


def undo(tour: Tour) -> str:
    page = tour.web.get(f"{tour.shop}content/drafts/{tour.approved}/")
    page = tour.web.submit(page, f"{tour.approved}/undo/")
    require("waits again" in page.text, f"{page.status}: {page.text[:300]}")
    return f"draft {tour.approved[-8:]} waits again, the shop shows what it did before"


def advertise(tour: Tour) -> str:
    """An e-mail and a text message for one product, approved with all that is clean."""
    product = product_ids(tour)[0]
    page = tour.web.submit(
        tour.web.get(f"{tour.shop}content/write/?ids={product}"),
        "/content/write/",
        languages=["en"],
        fields=["email", "sms"],
        tone="persuasive",
        start="1",
    )
    page = tour.web.wait(page.url, is_over)
    require("2 drafts written" in page.text, f"no messages: {page.text[:400]}")
    page = tour.web.submit(tour.web.get(f"{tour.shop}content/"), "/approve-clean/")
    tour.page = tour.web.wait(page.url, is_over)
    n = first(r"(\d+) texts? (?:is|are) live", tour.page.text, "nothing went live")
    shown = tour.web.get(f"{tour.shop}content/copy/")
    require("Preheader" in shown.text, f"no e-mail is shown: {shown.text[-600:]}")
    require("Reply STOP to opt out." in shown.text, "no text message is shown")
    return f"{n} drafts without findings went live at once, an e-mail among them"


def unadvertise(tour: Tour) -> str:
    page = tour.web.submit(tour.page, "/undo/")
    page = tour.web.wait(page.url, is_over)
    n = first(r"(\d+) texts? (?:was|were) taken back", page.text, "nothing was taken back")
    shown = tour.web.get(f"{tour.shop}content/copy/")
    require("Preheader" not in shown.text, "the e-mail is still live")
    return f"{n} texts were taken back in one step"


STEPS: list[tuple[str, Callable[[Tour], str]]] = [
    ("Sign in", sign_in),
    ("Upload a file", upload),
    ("Dry run", compare),
    ("Write the import", write),
    ("Have texts written", ask),
    ("Review queue", review),
    ("Approve", approve),
    ("Edit and approve", edit),
    ("Refuse an invented claim", refuse_invented),
    ("Reject with a reason", reject),
    ("History", history),
    ("Undo the approval", undo),
    ("Advertise", advertise),
    ("Take it all back", unadvertise),
]
