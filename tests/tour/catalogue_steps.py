"""The tour through the catalogue: change many, take it back, out and in again, feed, facts."""

import re
import tempfile
import urllib.request
from pathlib import Path

from tests.tour.session import KeepStatus, Page
from tests.tour.steps import Tour, first, is_over, product_ids, require


def listed(tour: Tour) -> Page:
    return tour.web.get(f"{tour.shop}products/")


def prices(tour: Tour) -> list[str]:
    """What the list says everything costs, whatever its order."""
    return sorted(re.findall(r"€[\d,.]+|\$[\d,.]+|¥[\d,.]+", listed(tour).text))


def reprice(tour: Tour) -> str:
    """Ten percent on everything that matches, shown first, then written by a job."""
    before = prices(tour)
    page = tour.web.submit(listed(tour), "/products/bulk/", all_matching="1", action="price")
    wishes = {"how": "percent", "value": "10", "rounding": "99"}
    page = tour.web.submit(page, "/products/bulk/", preview="1", **wishes)
    require("What it would do" in page.text, f"{page.status}: {page.text[:400]}")
    require(prices(tour) == before, "the preview wrote something")
    page = tour.web.submit(page, "/products/bulk/", confirmed="1", **wishes)
    require("/jobs/" in page.url, f"{page.status}: {page.text[:400]}")
    page = tour.web.wait(page.url, is_over)
    require(prices(tour) != before, "no price changed")
    tour.page = tour.web.get(page.link(rf"{tour.shop}changes/[0-9a-f-]{{36}}/"))
    tour.prices = before
    return first(r"(\d+ products? changed)", page.text, "the job does not say what it changed")


def unprice(tour: Tour) -> str:
    address = tour.page.url
    page = tour.web.submit(tour.page, "/undo/")
    tour.web.wait(address, lambda p: "Taken back" in p.text)
    require(prices(tour) == tour.prices, f"the old prices are not back: {page.text[:300]}")
    return "every price is what it was"


def out_and_in(tour: Tour) -> str:
    """An export that is imported again must change nothing."""
    page = tour.web.get(f"{tour.shop}products/export/?all_matching=1&query=")
    file = tour.web.submit(page, "/products/export/", format="own")
    require(file.status == 200, f"{file.status}: {file.text[:300]}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.csv"
        path.write_text(file.html, newline="")
        page = tour.web.get(f"{tour.shop}products/import/")
        page = tour.web.submit(page, "file", files={"file": path})
    require("/columns/" in page.url, f"{page.status}: {page.text[:300]}")
    page = tour.web.submit(page, "column_0")
    run = re.search(r"/import/([0-9a-f-]{36})/", page.url)[1]
    address = f"{tour.shop}products/import/{run}/"
    page = tour.web.wait(address, lambda p: "Would be new" in p.text)
    new = first(r"Would be new (\d+)", page.text, "no count")
    changed = first(r"Would change (\d+)", page.text, "no count")
    require((new, changed) == ("0", "0"), f"{new} new, {changed} changed")
    return f"{file.html.count(chr(10))} lines out and in again: nothing new, nothing changed"


def feed(tour: Tour) -> str:
    """A feed that anybody with its address can fetch, and that answers 304 to who has it."""
    page = tour.web.get(f"{tour.shop}products/feeds/new/")
    link = "https://shop.example/products/{handle}"
    page = tour.web.submit(page, "link", name="Google", link=link)
    require(re.search(r"/feeds/[0-9a-f-]{36}/", page.url), f"{page.status}: {page.text[:400]}")
    address = first(r'value="(http[^"]+\.tsv)"', page.html, "no address")
    anybody = urllib.request.build_opener(KeepStatus)
    with anybody.open(address, timeout=60) as answer:
        lines, mark = answer.read().decode().splitlines(), answer.headers["ETag"]
    require(lines[0].startswith("id\t"), f"not a feed: {lines[0][:80]}")
    again = urllib.request.Request(address, headers={"If-None-Match": mark})
    with anybody.open(again, timeout=60) as answer:
        require(answer.status == 304, f"fetched again it answers {answer.status}")
    with anybody.open(address.replace(".tsv", "x.tsv"), timeout=60) as answer:
        require(answer.status == 404, f"a wrong address answers {answer.status}")
    return f"{len(lines) - 1} items for anybody with the address, 304 to who has them"


def missing(tour: Tour) -> str:
    """What is missing most, filled in for one product."""
    page = tour.web.get(f"{tour.shop}products/missing-facts/")
    fact = page.links(rf"{tour.shop}products/missing-facts/[a-z_]+/")
    if not fact:
        require("No fact is missing" in page.text, f"{page.status}: {page.text[:300]}")
        return "every product on sale states what its kind cannot do without"
    for address in fact:
        page = tour.web.get(f"{address}?show=all")
        if any("value" in form.names for form in page.forms):
            break
    product = dict(page.form("value").fields)["product"]
    page = tour.web.submit(page, "value", product=[product], value=["2"])
    require("states it now" in page.text, f"{page.status}: {page.text[:400]}")
    return f"{len(fact)} kinds are missing somewhere; {address.split('/')[-2]} is filled in for one"


def doctor(tour: Tour) -> str:
    product = product_ids(tour)[0]
    page = tour.web.get(f"{tour.shop}products/{product}/availability/")
    require("Can it be bought?" in page.text, f"{page.status}: {page.text[:300]}")
    return (
        first(r"Can it be bought\? (\S+)", page.text, "no answer") + ", with a check for each cause"
    )


CATALOGUE_STEPS = [
    ("Change all prices", reprice),
    ("Take the prices back", unprice),
    ("Export and import again", out_and_in),
    ("Feed", feed),
    ("Missing facts", missing),
    ("Availability", doctor),
]
