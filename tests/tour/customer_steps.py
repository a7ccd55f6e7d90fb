"""The tour through the customers: orders in, groups, a segment, and one customer erased."""

import csv
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.tour.steps import Tour, first, is_over, require

HEADER = (
    "order_id", "line_id", "customer_id", "sku", "quantity", "unit_price", "discount", "currency",
    "ordered_at", "status", "refunded_amount",
)  # fmt: skip
N_CUSTOMERS = 40
N_OFTEN = 10  # who ordered five times, the others once


def orders_file(folder: str) -> Path:
    """Ten regulars and thirty who bought once, in the last two hundred days."""
    path, today = Path(folder) / "orders.csv", datetime.now(UTC)
    with path.open("w", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(HEADER)
        for n in range(N_CUSTOMERS):
            for k in range(5 if n < N_OFTEN else 1):
                at = (today - timedelta(days=5 + 30 * k + n)).isoformat()
                line = [
                    f"T{n}-{k}",
                    "1",
                    f"tour-{n:02}",
                    "",
                    "1",
                    "20.00",
                    "0",
                    "",
                    at,
                    "paid",
                    "0",
                ]
                sheet.writerow(line)
    return path


def orders_in(tour: Tour) -> str:
    with tempfile.TemporaryDirectory() as folder:
        page = tour.web.get(f"{tour.shop}customers/import/")
        page = tour.web.submit(page, "file", files={"file": orders_file(folder)})
    require("/columns/" in page.url, f"{page.status}: {page.text[:400]}")
    page = tour.web.submit(page, "column_0")
    run = re.search(r"/import/([0-9a-f-]{36})/", page.url)[1]
    address = f"{tour.shop}customers/import/{run}/"
    page = tour.web.wait(address, lambda p: any(f.action.endswith("/write/") for f in p.forms))
    page = tour.web.submit(page, "/write/")
    page = tour.web.wait(address, lambda p: any(f.action.endswith("/undo/") for f in p.forms))
    listed = tour.web.get(f"{tour.shop}customers/?q=tour-07")
    require("tour-07" in listed.text, listed.text[:400])
    return f"{N_CUSTOMERS + 4 * N_OFTEN} orders of {N_CUSTOMERS} customers, with the way back"


def reckon(tour: Tour) -> str:
    page = tour.web.get(f"{tour.shop}segments/")
    tour.web.submit(page, "/segments/build/")
    job = tour.web.get(f"{tour.shop}jobs/").link(rf"{tour.shop}jobs/[0-9a-f-]{{36}}/")
    tour.web.wait(job, is_over)
    page = tour.web.get(f"{tour.shop}segments/")
    require("Champions" in page.text, page.text[:400])
    return first(r"([\d,]+ customers with orders)", page.text, "no customers are reckoned")


def segment(tour: Tour) -> str:
    """A rule is counted before it is saved, and the members are those it counted."""
    page = tour.web.get(f"{tour.shop}segments/new/?rule=number_of_orders%20%3E%3D%205")
    n = first(r"(\d+) of [\d,]+ customers", page.text, "nobody is counted")
    require(n == str(N_OFTEN), f"{n} customers ordered five times, not {N_OFTEN}")
    page = tour.web.submit(page, "mode", name="Tour regulars", do="save")
    require(re.search(r"/segments/[\w-]+/", page.url), f"{page.status}: {page.text[:400]}")
    page = tour.web.wait(page.url, lambda p: "tour-03" in p.text or "tour-04" in p.text)
    return f"“Tour regulars” has the {n} members that were counted beforehand"


def erase(tour: Tour) -> str:
    page = tour.web.get(f"{tour.shop}customers/?q=tour-07")
    page = tour.web.get(page.link(rf"{tour.shop}customers/[\w-]{{22,36}}/"))
    page = tour.web.get(page.link(r"/erase/"))
    page = tour.web.submit(page, "number", number="tour-07")
    require("/jobs/" in page.url, f"{page.status}: {page.text[:400]}")
    tour.web.wait(page.url, is_over)
    gone = tour.web.get(f"{tour.shop}customers/?q=tour-07")
    require(not gone.links(rf"{tour.shop}customers/[\w-]{{22,36}}/"), "she is still listed")
    return "one customer is gone from every table"


CUSTOMER_STEPS = [
    ("Orders in", orders_in),
    ("Reckon customers", reckon),
    ("Segment", segment),
    ("Erase a customer", erase),
]
